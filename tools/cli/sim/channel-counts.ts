/** How many readings and gaps each channel gave in a run. */
import { type Reading } from "../../decoder/index.js"

export interface ChannelCount {
    readonly readings: number
    readonly gaps: number
    /** Why the latest gap is one. */
    readonly reason: string | undefined
}

export type ChannelCounts = ReadonlyMap<string, ChannelCount>

/** @param counts of the run so far; changed */
export function countReading(counts: Map<string, ChannelCount>, reading: Reading): void {
    const before = counts.get(reading.channel) ?? { readings: 0, gaps: 0, reason: undefined }
    counts.set(reading.channel, {
        readings: before.readings + (reading.isGap ? 0 : 1),
        gaps: before.gaps + (reading.isGap ? 1 : 0),
        reason: reading.isGap ? reading.quality : before.reason,
    })
}
