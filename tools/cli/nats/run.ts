/** `suitcase listen` at a NATS server: several processes share the nodes (docs/scale.md). */
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { jetstream, jetstreamManager, type JetStreamClient } from "@nats-io/jetstream"
import { type NatsConnection } from "@nats-io/transport-node"
import {
    LEAF_COMMAND,
    LEAF_TIME_GET,
    LEAF_TIME_SET,
    topicOf,
} from "../../../src/core/protocol/topics.js"
import { timeReply } from "../../../src/core/protocol/time-reply.js"
import { parseTopic } from "../../decoder/index.js"
import { type Places } from "../../receiver/index.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { Describer } from "../listen/describer.js"
import { sinksOf, type Outputs } from "../listen/outputs.js"
import { type Run } from "../listen/run.js"
import { NOTHING, countsSince, sumOf, summaryOfAll } from "../listen/summary.js"
import { line } from "../terminal.js"
import { connectNats } from "./connection.js"
import { hashOf, readMapping } from "./mapping.js"
import { Part, nameOfPart } from "./part.js"
import { Peers } from "./peers.js"
import { Records } from "./records.js"
import { prepareStreams } from "./streams.js"

/** How often to look whether parts are to be taken or given away, ms. */
const LOOK_MS = 200

export interface NatsFlags {
    readonly folder: string
    readonly outputs: Outputs
    readonly places: Places
    /** Only these parts; default all. */
    readonly parts?: readonly number[]
}

/**
 * @returns the exit code
 * @throws UsageError when the server cannot be reached, or is not set up for it
 */
export async function listenOnNats(run: Run, flags: NatsFlags): Promise<number> {
    const connection = await connectNats(run.options.broker, isUp => run.noteLink(isUp))
    try {
        return await new SharedListener(run, flags, connection).listen()
    } finally {
        await connection.close()
    }
}

class SharedListener {
    private readonly stream: JetStreamClient
    private readonly owned = new Map<number, Part>()
    /** What came in parts that were given away. */
    private came = NOTHING
    private readonly records: Records
    /** How many parts the server makes of all nodes. */
    private count = 0
    private problem: string | undefined

    constructor(
        private readonly run: Run,
        private readonly flags: NatsFlags,
        private readonly connection: NatsConnection
    ) {
        this.stream = jetstream(connection)
        this.records = new Records(this.stream, (number, topic, payload) => {
            const origin = parseTopic(topic)
            if (origin === undefined) return
            const part = this.owned.get(hashOf(origin.site, origin.node) % this.count)
            part?.record(number, topic, payload)
        })
    }

    async listen(): Promise<number> {
        const { run, connection, flags } = this
        this.count = await readMapping(connection)
        const mine = flags.parts ?? Array.from({ length: this.count }, (_, part) => part)
        if (mine.some(part => part >= this.count))
            throw new UsageError(`--parts: the server has parts 0 to ${this.count - 1}`)
        const manager = await jetstreamManager(connection)
        await prepareStreams(connection, manager, this.count, text => run.note(text))
        await this.answerTime()
        const peers = new Peers(connection, flags.folder)
        const describer = this.describe()
        try {
            await peers.settled()
            line(run.terminal.err, run.headline)
            while (!run.stop.aborted) {
                await this.balance(mine, peers.shareOf(mine.length))
                await Promise.race([run.ended, sleep(LOOK_MS)])
            }
        } finally {
            peers.close()
            describer.close()
            await this.records.close()
            const collectors = [...this.owned.values()].map(({ receiver }) => receiver.collector)
            await Promise.all([...this.owned.keys()].map(part => this.release(part)))
            await connection.flush().catch(() => undefined)
            run.release()
            if (this.problem !== undefined) run.note(this.problem)
            run.note(summaryOfAll(collectors, this.came))
        }
        return this.problem === undefined ? EXIT_OK : EXIT_FAILED
    }

    /** Takes parts that are free, or gives some away, one at a time. */
    private async balance(mine: readonly number[], share: number): Promise<void> {
        const before = this.owned.size
        if (before > share) await this.release([...this.owned.keys()][before - 1])
        for (const part of mine) {
            if (this.owned.size >= share || this.run.stop.aborted) break
            if (!this.owned.has(part)) await this.take(part)
        }
        if (this.owned.size > before) await this.records.restart()
        if (this.owned.size !== before)
            this.run.note(`has ${this.owned.size} of ${this.count} parts`)
    }

    private async take(number: number): Promise<void> {
        const { run, flags, stream, count } = this
        const name = nameOfPart(number, count)
        const folders = flags.outputs.folders.map(({ format, folder }) => ({
            format,
            folder: path.join(folder, name),
        }))
        const part = await Part.take({
            stream,
            number,
            of: count,
            folder: flags.folder,
            sinks: sinksOf({ ...flags.outputs, folders }, flags.places, run.terminal),
            events: run.observers.events,
            ...(run.opener === undefined ? {} : { opener: run.opener }),
            note: text => run.note(text),
            onFailure: words => {
                this.problem ??= words
                run.end()
            },
        })
        if (part !== undefined) this.owned.set(number, part)
    }

    private async release(number: number): Promise<void> {
        const part = this.owned.get(number)
        if (part === undefined) return
        this.owned.delete(number)
        await part.release()
        this.came = sumOf(this.came, countsSince(part.receiver.collector, part.before))
    }

    /** Nodes ask for the time; of all processes one answers. */
    private async answerTime(): Promise<void> {
        const unixMs = await this.run.startClock()
        if (unixMs === undefined) return
        this.connection.subscribe(subjectOf("*", "*", LEAF_TIME_GET), {
            queue: "suitcase-time",
            callback: (_error, message) => {
                const arrivedMs = unixMs()
                const [, site, node] = message.subject.split(".")
                if (arrivedMs === undefined) return
                const reply = timeReply(message.string(), arrivedMs)
                if (reply !== undefined)
                    this.connection.publish(subjectOf(site, node, LEAF_TIME_SET), reply)
            },
        })
    }

    /** Asks nodes for records that did not arrive. */
    private describe(): Describer {
        const describer = new Describer({
            waiting: () =>
                [...this.owned.values()].flatMap(({ receiver }) => receiver.collector.waitingNodes),
            ask: async ({ site, node }, id) => {
                const command = JSON.stringify({ id, do: "describe" })
                this.connection.publish(subjectOf(site, node, LEAF_COMMAND), command)
                return await this.connection.flush().then(
                    () => true,
                    () => false
                )
            },
        })
        describer.start()
        return describer
    }
}

/** The server's MQTT listener takes levels of topics for tokens of subjects. */
function subjectOf(site: string, node: string, leaf: string): string {
    return topicOf(site, node, leaf).replaceAll("/", ".")
}
