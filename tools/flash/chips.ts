/** Where what lies in the flash of each kind of board, and how images for it are recognised. */

export type FlashArchitecture = "esp32" | "esp32c3" | "esp32s2" | "esp32s3" | "rp2040" | "rp2040w"

interface FlashLayout {
    /** Maker's name of the chip. */
    readonly chip: string
    /** Where the runtime begins: an offset in flash (ESP32), an address (RP2040). */
    readonly runtime: number
    /** Board configuration. */
    readonly config: number
    /** Room for it, B. */
    readonly configBytes: number
    /** Settings and program. */
    readonly store: number
    readonly storeBytes: number
}

export interface EspLayout extends FlashLayout {
    readonly family: "esp32"
    /** Number in the header of images (ESP-IDF, esp_chip_id_t). */
    readonly chipId: number
    /** Offset of the table of partitions in flash. */
    readonly partitions: number
    /** Offset of the application in flash. */
    readonly application: number
}

export interface PicoLayout extends FlashLayout {
    readonly family: "rp2040"
    /** First address behind what the runtime and its files use. */
    readonly end: number
}

export type Layout = EspLayout | PicoLayout

const ESP_COMMON = {
    family: "esp32",
    config: 0x9000,
    configBytes: 0x2000,
    store: 0x1c0000,
    storeBytes: 0x40000,
    partitions: 0x8000,
    application: 0x10000,
} as const

const PICO = {
    family: "rp2040",
    chip: "RP2040",
    runtime: 0x10000000,
    config: 0x100dc000,
    configBytes: 0x1000,
    store: 0x100e0000,
    storeBytes: 0x20000,
    end: 0x10100000,
} as const

/** microsoft/devicescript-esp32 partitions.csv and arch files; devicescript-pico linker script. */
const LAYOUTS: Readonly<Record<FlashArchitecture, Layout>> = {
    esp32: { ...ESP_COMMON, chip: "ESP32", chipId: 0, runtime: 0x1000 },
    esp32s2: { ...ESP_COMMON, chip: "ESP32-S2", chipId: 2, runtime: 0x1000 },
    esp32c3: { ...ESP_COMMON, chip: "ESP32-C3", chipId: 5, runtime: 0 },
    esp32s3: { ...ESP_COMMON, chip: "ESP32-S3", chipId: 9, runtime: 0 },
    rp2040: PICO,
    rp2040w: PICO,
}

/** @throws RangeError for an architecture that no board of the kit has */
export function layoutOf(architecture: string): Layout {
    if (!(architecture in LAYOUTS))
        throw new RangeError(`boards of the architecture "${architecture}" cannot be flashed`)
    return LAYOUTS[architecture as FlashArchitecture]
}

/** Two digits a byte. */
export function hexDigits(bytes: Uint8Array): string {
    return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("")
}

/** "0x1c0000" */
export function hex(value: number): string {
    return `0x${value.toString(16)}`
}
