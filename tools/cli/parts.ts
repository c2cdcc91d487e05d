/** Parts as people name them on the command line. */
import { InvalidArgumentError } from "commander"
import { loadAnyPart, partFolders, type CataloguedPart } from "../../sim/parts/catalogue.js"
import { UsageError } from "./errors.js"

/** @throws UsageError for a part that is not there, with those that are */
export async function partCalled(name: string): Promise<CataloguedPart> {
    const wanted = name.toLowerCase()
    const folders = partFolders()
    if (folders.includes(wanted)) return loadAnyPart(wanted)
    const near = folders.filter(folder => folder.slice(0, 3) === wanted.slice(0, 3))
    throw new UsageError(
        `there is no part "${name}"; ` +
            (near.length > 0 ? `did you mean ${near.join(" or ")}? ` : "") +
            "suitcase sensors lists all"
    )
}

/**
 * "0x44" → 68. Without 0x it is refused: datasheets and boards write addresses as hexadecimal
 * numbers, and 76 could be either.
 */
export function addressOption(text: string): number {
    if (/^[0-9a-f]{2}$/i.test(text))
        throw new InvalidArgumentError(`Write an I2C address with 0x: 0x${text.toLowerCase()}.`)
    const value = /^0x[0-9a-f]{1,2}$/i.test(text) ? Number(text) : NaN
    if (!(value >= 0x08 && value <= 0x77))
        throw new InvalidArgumentError("Write an I2C address from 0x08 to 0x77.")
    return value
}

/** 68 → "0x44" */
export function addressText(address: number): string {
    return `0x${address.toString(16).padStart(2, "0")}`
}
