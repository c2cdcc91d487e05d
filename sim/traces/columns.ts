/**
 * Finds the column of a trace that fits a sensor's input, by the words in its
 * name, and converts its unit: "s1_light_lux" fits illuminance in lx.
 */
import { type ModelChannel } from "../../src/drivers/shared/register-model.js"
import { TraceError, type Trace, type TraceColumn } from "./trace.js"

/** Words that name a quantity, by the model channel they fit. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
    temperature: ["temperature", "temp"],
    humidity: ["humidity", "rh", "hum"],
    co2: ["co2"],
    illuminance: ["illuminance", "light", "lux", "lx"],
    pressure: ["pressure"],
}

/** SenML unit, and value in it = value × factor + offset. */
interface Unit {
    readonly senml: string
    readonly factor: number
    readonly offset: number
}

const UNITS: Readonly<Record<string, Unit>> = {
    degc: { senml: "Cel", factor: 1, offset: 0 },
    cel: { senml: "Cel", factor: 1, offset: 0 },
    degf: { senml: "Cel", factor: 5 / 9, offset: -160 / 9 },
    kelvin: { senml: "Cel", factor: 1, offset: -273.15 },
    pctrh: { senml: "%RH", factor: 1, offset: 0 },
    pct: { senml: "%RH", factor: 1, offset: 0 },
    ppm: { senml: "ppm", factor: 1, offset: 0 },
    lux: { senml: "lx", factor: 1, offset: 0 },
    lx: { senml: "lx", factor: 1, offset: 0 },
    pa: { senml: "Pa", factor: 1, offset: 0 },
    hpa: { senml: "Pa", factor: 100, offset: 0 },
    kpa: { senml: "Pa", factor: 1000, offset: 0 },
}

/**
 * The first column whose name holds a word for the channel's quantity and whose
 * unit converts into the channel's, in that unit. A column without unit is
 * taken to be in the channel's.
 */
export function columnFor(trace: Trace, channel: ModelChannel): TraceColumn | undefined {
    const wanted = WORDS[channel.name] ?? [channel.name]
    for (const column of trace.columns) {
        const words = column.name.toLowerCase().split(/[^a-z0-9]+/)
        if (!wanted.some(word => words.includes(word))) continue
        const unit = UNITS[words.at(-1) as string]
        if (unit === undefined) return column
        if (unit.senml !== channel.unit) continue
        const { factor, offset } = unit
        if (factor === 1 && offset === 0) return column
        return { ...column, values: column.values.map(value => value * factor + offset) }
    }
    return undefined
}

/** No column of a trace fits any of the inputs. */
export function noColumnFits(trace: Trace, channels: readonly ModelChannel[]): TraceError {
    const names = [...new Set(channels.map(channel => `${channel.name} (${channel.unit})`))]
    return new TraceError(
        `${trace.name}: no column fits a sensor; the columns are ` +
            `${trace.columns.map(column => column.name).join(", ")}, the sensors measure ` +
            `${names.join(", ")}; name columns like temperature_degC, humidity_pctRH, co2_ppm, light_lux`
    )
}
