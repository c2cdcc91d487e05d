/** What arrived at the receiving side, held against what the sensors gave. */
import { type HandedOut } from "../../src/drivers/shared/register-model.js"

/** A reading that came out of the broker. */
export interface Delivered {
    readonly channel: string
    /** Its own time, Unix ms. */
    readonly time: number
    readonly value: number
    /** When the message with it first reached the broker, virtual ms. */
    readonly atMs: number
}

export interface Matching {
    /** Readings that arrived, by what the sensor gave. */
    readonly pairs: ReadonlyMap<HandedOut, Delivered>
    /** Arrived once more than they were given. */
    readonly duplicates: number
    /** Arrived with a time or value that no sensor gave. */
    readonly invented: number
}

/** A row's time is that of its beginning, in whole seconds. */
const TIME_TOLERANCE_MS = 2000
/** A step of the coarsest channel is 1.2 lx, one of CO2 1 ppm; the stock client sends 7 digits. */
const VALUE_TOLERANCE = 1.3

export function match(given: readonly HandedOut[], delivered: readonly Delivered[]): Matching {
    const pairs = new Map<HandedOut, Delivered>()
    const bySecond = new Map<string, HandedOut>()
    for (const reading of given) bySecond.set(key(reading.channel, reading.unixMs), reading)
    let duplicates = 0
    let invented = 0
    for (const reading of delivered) {
        const source = find(bySecond, reading)
        if (source === undefined) invented++
        else if (pairs.has(source)) duplicates++
        else pairs.set(source, reading)
    }
    return { pairs, duplicates, invented }
}

function key(channel: string, unixMs: number): string {
    return `${channel}@${Math.floor(unixMs / 1000)}`
}

function find(given: ReadonlyMap<string, HandedOut>, reading: Delivered): HandedOut | undefined {
    for (let away = 0; away <= TIME_TOLERANCE_MS; away += 1000)
        for (const at of [reading.time + away, reading.time - away]) {
            const found = given.get(key(reading.channel, at))
            if (found !== undefined && Math.abs(found.value - reading.value) <= VALUE_TOLERANCE)
                return found
        }
    return undefined
}
