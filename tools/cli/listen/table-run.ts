/** `suitcase listen --format table`: for people who look; nothing is kept. */
import { FrameCollector } from "../../decoder/index.js"
import { EXIT_OK } from "../errors.js"
import { line } from "../terminal.js"
import { type Run } from "./run.js"
import { countsNow, summaryOf } from "./summary.js"
import { openTable } from "./writers.js"

/** @returns the exit code @throws UsageError when the broker cannot be reached */
export async function listenForPeople(run: Run): Promise<number> {
    const writer = openTable(run.terminal)
    run.noteWith(text => writer.note(text))
    const collector = new FrameCollector(
        { ...run.observers.events, onReading: reading => writer.reading(reading) },
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
