/** What a new driver is to be, checked. */
import { existsSync } from "node:fs"
import path from "node:path"
import { ownOrToolkit } from "../../../sim/program/project.js"
import { UsageError } from "../errors.js"
import { addressText } from "../parts.js"
import { QUANTITY_NAMES, UNITS, quantityOf } from "../quantities.js"

export type Family = "registers" | "words" | "commands" | "sensirion"

export const FAMILIES: Readonly<Record<Family, string>> = {
    registers: "registers with an address of 8 bits, one of them tells the part",
    words: "registers of 16 bits: address, wait, bare read; no status bit",
    commands: "a command of 8 bits, wait, bare read; no CRC, no status bit",
    sensirion: "commands of 16 bits, answers in words with a CRC-8",
}

/** One channel of the new driver. */
export interface NewChannel {
    /** Lower case: "pressure". */
    readonly name: string
    /** SenML unit: "Pa". */
    readonly unit: string
    /** UN/CEFACT code of the unit. */
    readonly unitCode: string
    /** In the words of the Smart Data Models. */
    readonly quantity: string
    /** One step of the reading in the unit, numerator and denominator. */
    readonly scale: readonly [number, number]
    /** Range in the unit. */
    readonly min: number
    readonly max: number
}

export interface DriverPlan {
    /** Folder: "lps22hb". */
    readonly folder: string
    /** Class: "LPS22HB". */
    readonly className: string
    readonly maker: string
    readonly family: Family
    readonly addresses: readonly number[]
    readonly channels: readonly NewChannel[]
}

const NUMBER = "-?\\d+(?:\\.\\d+)?"
const CHANNEL = new RegExp(
    `^([a-z][a-z0-9_]*)(?:=([a-z][A-Za-z0-9]*))?:([^:]+):(${NUMBER}):(${NUMBER})\\.\\.(${NUMBER})$`
)

/** How a channel is written, for messages and help. */
export const CHANNEL_FORM = "temperature:Cel:0.01:-40..85"

/** "temperature:Cel:0.01:-40..85" → a channel @throws UsageError in words */
export function parseChannel(text: string): NewChannel {
    const match = CHANNEL.exec(text)
    if (match === null)
        throw new UsageError(
            `a channel is NAME:UNIT:STEP:LOWEST..HIGHEST, such as ${CHANNEL_FORM}; got "${text}"`
        )
    const [, name, wanted, unit, step, low, high] = match as unknown as [
        string,
        string,
        string | undefined,
        ...string[],
    ]
    const [min, max] = [Number(low), Number(high)]
    const scale = fraction(step)
    if (min >= max) throw new UsageError(`${name}: ${low} is not below ${high}`)
    if ((max - min) / Number(step) > 2 ** 24 - 2)
        throw new UsageError(
            `${name}: from ${low} to ${high} in steps of ${step} is more than 24 bits`
        )
    const unitCode = UNITS[unit]?.code
    if (unitCode === undefined)
        throw new UsageError(
            `${name}: there is no unit "${unit}" in tools/cli/quantities.ts; it has ${Object.keys(UNITS).join(" ")}`
        )
    const quantity = wanted ?? quantityOf(name)
    if (quantity === undefined)
        throw new UsageError(
            `${name} does not tell what is measured: end the name with one of ${QUANTITY_NAMES.join(", ")}, ` +
                `or write ${name}=QUANTITY:${unit}:…, in the words of the Smart Data Models`
        )
    return { name, unit, unitCode, quantity, scale, min, max }
}

/**
 * @param name as people write the part: "LPS22HB"
 * @throws UsageError for what cannot be a part, or is one already
 */
export function checkedName(name: string): { folder: string; className: string } {
    if (!/^[A-Za-z][A-Za-z0-9]{1,19}$/.test(name))
        throw new UsageError(
            `"${name}" cannot name a driver: use the part's name, letters and digits, such as LPS22HB`
        )
    const folder = name.toLowerCase()
    if (existsSync(ownOrToolkit(path.join("src", "drivers", folder))))
        throw new UsageError(`src/drivers/${folder} exists already; see npx suitcase sensors`)
    // As makers print it: capitals, unless the name was given in mixed case.
    const className = name === folder ? name.toUpperCase() : name
    return { folder, className }
}

/** @throws UsageError for two channels of one name, or no channel */
export function checkChannels(channels: readonly NewChannel[]): void {
    if (channels.length === 0 || channels.length > 8)
        throw new UsageError(`a driver has 1 to 8 channels, got ${channels.length}`)
    for (const [i, { name }] of channels.entries())
        if (channels.findIndex(other => other.name === name) !== i)
            throw new UsageError(`two channels are called ${name}`)
}

/** @throws UsageError for addresses that are no part's, or given twice */
export function checkAddresses(addresses: readonly number[]): void {
    if (addresses.length === 0) throw new UsageError("give the part's I2C address: --address 0x5c")
    for (const [i, address] of addresses.entries())
        if (addresses.indexOf(address) !== i)
            throw new UsageError(`${addressText(address)} is given twice`)
}

/** A value in steps of the channel. */
export function steps({ scale }: NewChannel, value: number): number {
    return Math.round((value * scale[1]) / scale[0])
}

/** "0.01" → [1, 100]; "0.0625" → [1, 16]; "2" → [2, 1] */
function fraction(step: string): readonly [number, number] {
    const digits = step.split(".")[1]?.length ?? 0
    let denominator = 10 ** digits
    let numerator = Math.round(Number(step) * denominator)
    if (numerator <= 0) throw new UsageError(`a step is above 0, got ${step}`)
    for (const prime of [2, 5])
        while (numerator % prime === 0 && denominator % prime === 0) {
            numerator /= prime
            denominator /= prime
        }
    return [numerator, denominator]
}
