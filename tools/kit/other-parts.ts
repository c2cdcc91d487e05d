/** Parts of a node that are no sensors: memories and clocks. */

export interface OtherPart {
    /** As in the kit file. */
    readonly name: string
    readonly className: string
    /** Folder of its driver. */
    readonly folder: string
    readonly addresses: readonly number[]
}

const EEPROM_ADDRESSES = [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57]

export const MEMORIES: readonly OtherPart[] = [
    { name: "mb85rc256v", className: "MB85RC256V", folder: "mb85rc", addresses: EEPROM_ADDRESSES },
    { name: "mb85rc64", className: "MB85RC64", folder: "mb85rc", addresses: EEPROM_ADDRESSES },
    { name: "at24c256", className: "AT24C256", folder: "at24", addresses: EEPROM_ADDRESSES },
]

export const CLOCKS: readonly OtherPart[] = [
    { name: "ds3231", className: "DS3231", folder: "ds3231", addresses: [0x68] },
]

/** What `store` takes. */
export const STORES = ["mb85rc256v", "mb85rc64", "at24c256", "none"] as const
