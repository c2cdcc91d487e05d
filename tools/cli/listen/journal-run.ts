/** `suitcase listen` into files or a pipe: nothing is lost or doubled, whatever ends it (docs/receiving.md). */
import { Occupancy } from "../../receiver/occupancy.js"
import { readingsOf, type CollectorEvents } from "../../decoder/index.js"
import { Receiver, type Places, type Sink } from "../../receiver/index.js"
import { readSession, writeSession } from "../../receiver/state-folder.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { type Intake } from "../mqtt/ack-gate.js"
import { type LinkOptions } from "../mqtt/link.js"
import { line } from "../terminal.js"
import { sinksOf, type Outputs } from "./outputs.js"
import { type ReadingWriter } from "./reading-writer.js"
import { type Run } from "./run.js"
import { countsNow, summaryOf } from "./summary.js"
import { showOn } from "./table-run.js"
import { openTable } from "./writers.js"

/** Bytes that wait for the disk, beyond which no more is taken. */
const MAX_UNSYNCED_BYTES = 8_000_000

export interface JournalFlags {
    readonly folder: string
    readonly outputs: Outputs
    readonly places: Places
    /** Further ones. */
    readonly sinks: readonly Sink[]
    /** Waits while another listener uses the folder. */
    readonly isStandby: boolean
}

/**
 * @returns the exit code
 * @throws UsageError when the broker cannot be reached, or another listener uses the folder
 */
export async function listenWithJournal(run: Run, flags: JournalFlags): Promise<number> {
    const { terminal } = run
    run.noteWith(text => line(terminal.err, text))
    await readSession(flags.folder)
    const occupancy = await occupy(run, flags)
    if (occupancy === undefined) return EXIT_OK
    try {
        return await listenAlone(run, flags, occupancy)
    } finally {
        await occupancy.release()
    }
}

/** @returns undefined when the run ended while it waited */
async function occupy(
    run: Run,
    { folder, isStandby }: JournalFlags
): Promise<Occupancy | undefined> {
    for (let isFirst = true; ; isFirst = false) {
        const occupancy = await Occupancy.take(folder)
        if (occupancy !== undefined) {
            if (!isFirst) run.note("took over")
            return occupancy
        }
        if (!isStandby)
            throw new UsageError(
                `another listener uses ${folder}; choose another --state, or add --standby to ` +
                    "take over when it ends"
            )
        if (isFirst) run.note(`another listener uses ${folder}; standing by`)
        await Occupancy.untilFree(folder, run.stop)
        if (run.stop.aborted) return undefined
    }
}

async function listenAlone(run: Run, flags: JournalFlags, occupancy: Occupancy): Promise<number> {
    const { terminal, observers } = run
    const { folder, outputs, places, sinks } = flags
    const session = await readSession(folder)
    const table = outputs.shown === "table" ? openTable(terminal) : undefined
    const receiver = await Receiver.open({
        folder,
        sinks: [...sinksOf(outputs, places, terminal), ...sinks],
        events: table === undefined ? observers.events : withReadings(showOn(table, run), table),
        ...(run.opener === undefined ? {} : { opener: run.opener }),
        note: text => run.note(text),
    })
    let problem: string | undefined
    let saving: Promise<void> | undefined
    const fail = (words: string) => {
        problem ??= words
        run.end()
    }
    receiver.onDurable(() => {
        if (receiver.error !== undefined)
            fail(
                `the journal in ${folder}: ${fileProblem(receiver.error.cause)}; stopped. Nothing is ` +
                    "lost: what is not in it, the broker keeps"
            )
    })
    occupancy.onLost(() => fail(`another listener took ${folder}; stopped`))
    run.count(receiver.collector)
    const before = countsNow(receiver.collector)
    for (const { origin, schemas, status } of receiver.collector.known()) {
        for (const schema of schemas) observers.events.onSchema?.(origin, schema)
        if (status !== undefined) observers.home?.publisher.status(origin, status)
    }
    try {
        const options: LinkOptions = {
            intake: intakeOf(receiver),
            session: {
                clientId: session.clientId,
                filters: session.filters,
                onSubscribed: filters => {
                    if (filters.join() === session.filters.join()) return
                    // Without it, the next run subscribes again.
                    saving = writeSession(folder, { ...session, filters }).catch(() => undefined)
                },
                onLost: () =>
                    run.note(
                        "the broker lost the session of this listener: what nodes sent meanwhile " +
                            "did not come; frames that are missing are counted"
                    ),
            },
        }
        // A spare that took over does not give up because the broker is not there just now.
        const link = flags.isStandby ? await run.dialPatiently(options) : await run.dial(options)
        if (link === undefined) return EXIT_OK
        const describer = run.describe(link, receiver.collector)
        if (table === undefined) line(terminal.err, run.headline)
        else table.start(run.headline)
        await run.ended
        describer.close()
        // What is on disk is still acknowledged.
        await receiver.synced().catch(() => undefined)
        await run.close(link)
    } finally {
        table?.close()
        run.noteWith(text => line(terminal.err, text))
        run.linkWith(undefined)
        await saving
        await receiver.close().catch(() => undefined)
    }
    if (problem !== undefined) run.note(problem)
    run.note(summaryOf(receiver.collector, before))
    return problem === undefined ? EXIT_OK : EXIT_FAILED
}

/** A table shows what comes now, whatever the outputs have of it. */
function withReadings(events: CollectorEvents, table: ReadingWriter): CollectorEvents {
    return {
        ...events,
        onFrame: frame => {
            events.onFrame?.(frame)
            for (const reading of readingsOf(frame)) table.reading(reading)
        },
    }
}

function intakeOf(receiver: Receiver): Intake {
    return {
        take: (topic, payload) => receiver.accept(topic, payload, Date.now()),
        get durable() {
            return receiver.durable
        },
        get isFull() {
            return receiver.unsyncedBytes > MAX_UNSYNCED_BYTES
        },
        onDurable: listener => receiver.onDurable(listener),
    }
}
