/** `suitcase listen --format table`: for people who look; nothing is kept. */
import { FrameCollector, type CollectorEvents } from "../../decoder/index.js"
import { EXIT_OK } from "../errors.js"
import { line } from "../terminal.js"
import { type ReadingWriter } from "./reading-writer.js"
import { type Run } from "./run.js"
import { countsNow, summaryOf } from "./summary.js"
import { openTable } from "./writers.js"

/** @returns the exit code @throws UsageError when the broker cannot be reached */
export async function listenForPeople(run: Run): Promise<number> {
    const writer = openTable(run.terminal)
    const events = showOn(writer, run)
    const collector = new FrameCollector(
        { ...events, onReading: reading => writer.reading(reading) },
        run.opener
    )
    run.count(collector)
    const before = countsNow(collector)
    const link = await run.dial({ onMessage: (topic, payload) => collector.accept(topic, payload) })
    const describer = run.describe(link, collector)
    writer.start(run.headline)
    await run.ended
    describer.close()
    await run.close(link)
    writer.close()
    line(run.terminal.err, `suitcase: ${summaryOf(collector, before)}`)
    return EXIT_OK
}

/** Notes, outages and what nodes say of themselves go to the table. @returns what the decoder tells */
export function showOn(writer: ReadingWriter, run: Run): CollectorEvents {
    const { events } = run.observers
    run.noteWith(text => writer.note(text))
    run.linkWith(writer.link?.bind(writer))
    return {
        ...events,
        onState: (origin, state) => {
            if (writer.state === undefined) events.onState?.(origin, state)
            else writer.state(origin, state)
        },
    }
}
