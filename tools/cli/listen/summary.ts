/** The last line of `suitcase listen`. */
import { type FrameCollector } from "../../decoder/index.js"
import { counted } from "../view/format.js"
import { refusalSummary } from "./refusals.js"

/** What had come when this run began, or came since. */
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

/** What came since then. */
export function countsSince(collector: FrameCollector, before: Before): Before {
    const now = countsNow(collector)
    const malformed = [...now.malformed].map(([code, number]): [string, number] => [
        code,
        number - (before.malformed.get(code) ?? 0),
    ])
    return {
        readings: now.readings - before.readings,
        gaps: now.gaps - before.gaps,
        frames: now.frames - before.frames,
        duplicates: now.duplicates - before.duplicates,
        malformed: new Map(malformed.filter(([, number]) => number > 0)),
    }
}

export function sumOf(a: Before, b: Before): Before {
    const malformed = new Map(a.malformed)
    for (const [code, number] of b.malformed)
        malformed.set(code, (a.malformed.get(code) ?? 0) + number)
    return {
        readings: a.readings + b.readings,
        gaps: a.gaps + b.gaps,
        frames: a.frames + b.frames,
        duplicates: a.duplicates + b.duplicates,
        malformed,
    }
}

export const NOTHING: Before = {
    readings: 0,
    gaps: 0,
    frames: 0,
    duplicates: 0,
    malformed: new Map(),
}

/** What came in this run; what is missing and what waits, also from earlier ones. */
export function summaryOf(collector: FrameCollector, before: Before): string {
    return summaryOfAll([collector], countsSince(collector, before))
}

/** @param collectors those whose missing and waiting frames are told */
export function summaryOfAll(collectors: readonly FrameCollector[], came: Before): string {
    const sum = (of: (collector: FrameCollector) => number) =>
        collectors.reduce((total, collector) => total + of(collector), 0)
    const byBroker = sum(collector => collector.framesLostByBroker)
    const waiting = sum(collector => collector.heldFrames)
    return (
        `${counted(came.readings, "reading")} and ${counted(came.gaps, "gap")} in ` +
        `${counted(came.frames, "frame")}; ` +
        `${counted(
            sum(collector => collector.lostFrames),
            "frame"
        )} missing, ` +
        (byBroker > 0 ? `${byBroker} of them lost by the broker, ` : "") +
        `${counted(came.duplicates, "duplicate")} dropped, ` +
        `${counted(waiting, "frame")} waiting for schema or time, or damaged; ` +
        `messages refused: ${refusalSummary(came.malformed)}`
    )
}
