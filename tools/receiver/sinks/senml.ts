/**
 * Readings as SenML (RFC 8428), one pack a frame and line: a JSON array whose first record has
 * what all have in common.
 */
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { toUnit } from "../../../src/core/channel.js"
import { type ResolvedFrame } from "../../decoder/index.js"

/** Version 10 and the feature "secondary units" (RFC 9100, section 3): 10 + 2^4. */
const VERSION_WITH_SECONDARY_UNITS = 26
/** Of RFC 8798, table 1, those that channels can have. */
const SECONDARY_UNITS: ReadonlySet<string> = new Set([
    ...["ms", "min", "h", "kW", "Wh", "kWh", "mV", "mA", "dBm", "ug/m3", "mm/h"],
    ...["ppm", "/100", "hPa", "mm", "cm", "km", "km/h", "ppb"],
])

interface SenmlRecord {
    bver?: number
    bn?: string
    bt?: number
    readonly n: string
    readonly u?: string
    readonly v?: number
    readonly vs?: string
    readonly t?: number
}

/** Name of the record that says how wrong the times of a row may be. */
const UNCERTAINTY = "time:uncertainty"

/**
 * What is missing has no value but its reason, as a text under the name with ":quality"; so has
 * what is doubtful, beside its value. How wrong the time of a row may be, where it is known, is a
 * record of its own, and so is the id of the calibration that a channel's values were corrected by.
 */
export function senmlLines({ site, node, frame, schema, moments }: ResolvedFrame): string {
    const records: SenmlRecord[] = []
    const baseMs = moments[0]?.unixMs ?? 0
    for (let row = 0, cell = 0; row < frame.rows; row++) {
        const { unixMs, uncertaintyMs } = moments[row]
        const offset = seconds(unixMs - baseMs)
        const at = offset === 0 ? {} : { t: offset }
        for (const channel of schema.channels) {
            const quality = frame.qualities[cell]
            const n = senmlName(channel.name)
            if (!isGap(quality))
                records.push({ n, u: channel.unit, v: toUnit(channel, frame.values[cell]), ...at })
            if (quality !== 0) records.push({ n: `${n}:quality`, vs: qualityName(quality), ...at })
            // Once a pack is enough: all of its values of a channel are of one calibration.
            if (row === 0 && channel.calibration !== 0)
                records.push({ n: `${n}:calibration`, v: channel.calibration })
            cell++
        }
        if (uncertaintyMs !== undefined)
            records.push({ n: UNCERTAINTY, u: "ms", v: uncertaintyMs, ...at })
    }
    const units = [...schema.channels.map(({ unit }) => unit), ...records.map(({ u = "" }) => u)]
    const isSecondary = units.some(unit => SECONDARY_UNITS.has(unit))
    const base = {
        ...(isSecondary ? { bver: VERSION_WITH_SECONDARY_UNITS } : {}),
        bn: `${senmlName(site)}/${senmlName(node)}/`,
        bt: seconds(baseMs),
    }
    return `${JSON.stringify(records.map((r, i) => (i === 0 ? { ...base, ...r } : r)))}\n`
}

/** RFC 8428, section 4.5.1: letters, digits and - : . / _, a letter or digit first. */
function senmlName(name: string): string {
    const allowed = name.replace(/[^A-Za-z0-9:./_-]/g, "_")
    return /^[A-Za-z0-9]/.test(allowed) ? allowed : `0${allowed}`
}

/** ms as seconds, exact to the microsecond. */
function seconds(ms: number): number {
    return Math.round(ms * 1000) / 1e6
}
