/**
 * Channels out of the table of quantities, src/drivers/shared/channels.ts: the same quantity has the
 * same name, unit and step in every driver. What is not in it gets a function of its own.
 */
import { type Channel } from "../../../src/core/channel.js"
import {
    airPressureChannel,
    batteryLevelChannel,
    co2Channel,
    currentChannel,
    distanceChannel,
    gasResistanceChannel,
    humidityChannel,
    illuminanceChannel,
    powerChannel,
    temperatureChannel,
    uvIndexChannel,
    voltageChannel,
} from "../../../src/drivers/shared/channels.js"
import { steps, type NewChannel } from "./plan.js"

interface Entry {
    readonly make: (prefix: string, ...args: number[]) => Channel
    readonly args: (channel: NewChannel) => readonly number[]
}

const low = (channel: NewChannel) => steps(channel, channel.min)
const high = (channel: NewChannel) => steps(channel, channel.max)
const range = (channel: NewChannel) => [low(channel), high(channel)]
const perUnit = (channel: NewChannel) => channel.scale[1]

/** What a channel's name ends with, and the function that makes it. */
const TABLE: Readonly<Record<string, Entry>> = {
    temperature: { make: temperatureChannel, args: range },
    humidity: { make: humidityChannel, args: () => [] },
    pressure: { make: airPressureChannel, args: c => [...range(c), perUnit(c)] },
    co2: { make: co2Channel, args: range },
    illuminance: { make: illuminanceChannel, args: c => [high(c), perUnit(c)] },
    distance: { make: distanceChannel, args: c => [high(c)] },
    uv_index: { make: uvIndexChannel, args: c => [high(c)] },
    voltage: { make: voltageChannel, args: c => [perUnit(c), ...range(c)] },
    current: { make: currentChannel, args: c => [high(c)] },
    power: { make: powerChannel, args: c => [high(c)] },
    gas_resistance: { make: gasResistanceChannel, args: range },
    battery_level: { make: batteryLevelChannel, args: () => [] },
}

/** A channel as the table makes it. */
export interface TableCall {
    /** "temperatureChannel" */
    readonly name: string
    /** "temperatureChannel(options?.prefix, -4000, 8500)" */
    readonly source: string
    readonly quantity: string
    readonly unitCode: string
}

/** @returns undefined when the table has no such channel: another step, unit, or lower limit */
export function tableCall(channel: NewChannel): TableCall | undefined {
    const ending = Object.keys(TABLE).find(
        end => channel.name === end || channel.name.endsWith(`_${end}`)
    )
    if (ending === undefined) return undefined
    const { make, args } = TABLE[ending]
    const prefix = channel.name.slice(0, -ending.length)
    const values = args(channel)
    const made = make(prefix, ...values)
    const isSame =
        made.unit === channel.unit &&
        made.scaleNumerator === channel.scale[0] &&
        made.scaleDenominator === channel.scale[1] &&
        made.min === low(channel) &&
        made.max === high(channel)
    if (!isSame) return undefined
    const first = prefix === "" ? "options?.prefix" : `(options?.prefix ?? "") + "${prefix}"`
    const source = `${make.name}(${[first, ...values].join(", ")})`
    return { name: make.name, source, quantity: made.quantity, unitCode: made.unitCode }
}
