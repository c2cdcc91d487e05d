/** The last line of `suitcase listen`. */
import { type FrameCollector } from "../../decoder/index.js"
import { counted } from "../view/format.js"
import { refusalSummary } from "./refusals.js"

/** What had come when this run began. */
export interface Before {
    readonly readings: number
    readonly gaps: number
    readonly frames: number
    readonly duplicates: number
    readonly malformed: ReadonlyMap<string, number>
}

export function countsNow({ counts }: FrameCollector): Before {
    const { readings, gaps, frames, duplicates, malformed } = counts
    return { readings, gaps, frames, duplicates, malformed: new Map(malformed) }
}

/** What came in this run; what is missing and what waits, also from earlier ones. */
export function summaryOf(collector: FrameCollector, before: Before): string {
    const now = countsNow(collector)
    const byBroker = collector.framesLostByBroker
    const refused = [...now.malformed]
        .map(([code, number]): [string, number] => [
            code,
            number - (before.malformed.get(code) ?? 0),
        ])
        .filter(([, number]) => number > 0)
    return (
        `${counted(now.readings - before.readings, "reading")} and ` +
        `${counted(now.gaps - before.gaps, "gap")} in ` +
        `${counted(now.frames - before.frames, "frame")}; ` +
        `${counted(collector.lostFrames, "frame")} missing, ` +
        (byBroker > 0 ? `${byBroker} of them lost by the broker, ` : "") +
        `${counted(now.duplicates - before.duplicates, "duplicate")} dropped, ` +
        `${counted(collector.heldFrames, "frame")} waiting for schema or time, or damaged; ` +
        `messages refused: ${refusalSummary(new Map(refused))}`
    )
}
