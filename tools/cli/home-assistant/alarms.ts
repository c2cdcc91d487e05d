/** Alarms of nodes as Home Assistant is told of them: which record counts, and what it says. */
import { decimals, toUnit } from "../../../src/core/channel.js"
import { MAX_UNIX_MS, type NodeAlarm, type SchemaChannel } from "../../decoder/index.js"

/** What tells two records of an alarm apart. */
export interface AlarmChange {
    readonly boot: number
    readonly count: number
    /** When it changed, Unix ms; undefined: not known, or no time that can be. */
    readonly time: number | undefined
}

/** Counts come around behind this one. */
const COUNTS = 0x10000

/**
 * Whether a record tells of a later change than what is shown. Within a boot changes are counted; over
 * restarts the times count, where both have one, and else what comes later.
 */
export function isLater(record: AlarmChange, shown: AlarmChange): boolean {
    if (record.boot === shown.boot) {
        const ahead = (record.count - shown.count + COUNTS) % COUNTS
        return ahead > 0 && ahead < COUNTS / 2
    }
    if (record.time !== undefined && shown.time !== undefined) return record.time > shown.time
    return true
}

/** The state of an alarm. @param channel that it watches, where the node's schema has it */
export function alarmState(
    { isOn, boot, count, channel, value, limit }: NodeAlarm,
    time: number | undefined,
    known: SchemaChannel | undefined
): string {
    const inUnit = (integer: number) =>
        known === undefined ? integer : Number(toUnit(known, integer).toFixed(decimals(known)))
    return JSON.stringify({
        state: isOn ? "ON" : "OFF",
        time: time === undefined ? null : new Date(time).toISOString(),
        channel,
        value: value === undefined ? null : inUnit(value),
        limit: inUnit(limit),
        unit: known?.unit ?? "integers of the channel",
        boot,
        count,
    })
}

/** What a state that an earlier run left at the broker tells; undefined when it is none of an alarm. */
export function changeOf(state: Readonly<Record<string, unknown>>): AlarmChange | undefined {
    const { boot, count, time } = state
    if (!isCount(boot) || !isCount(count)) return undefined
    const unixMs = typeof time === "string" ? Date.parse(time) : NaN
    return { boot, count, time: unixMs >= 0 && unixMs <= MAX_UNIX_MS ? unixMs : undefined }
}

function isCount(value: unknown): value is number {
    return Number.isInteger(value) && (value as number) >= 0 && (value as number) < COUNTS
}
