/**
 * A calibration as a file: a line of JSON for what was wanted, then one for each exchange with a node, look at the clock,
 * and answer of a person, in their order. The same session runs again from it, without a node.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs"
import { setImmediate as turn } from "node:timers/promises"
import { z } from "zod"
import { BoardError } from "../flash/board-access.js"
import { NodeItems, NodeServiceError } from "../flash/usb/node-service.js"
import { type Bench } from "./bench.js"
import { NodeCalibration } from "./node-calibration.js"

const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/)
const HEAD = z.strictObject({
    v: z.literal(1),
    /** Whether it asked for what it needed. */
    guided: z.boolean(),
    /** The options of the command. */
    options: z.record(z.string(), z.unknown()),
    nodes: z.array(
        z.strictObject({
            device: z.string(),
            name: z.string().optional(),
            simulated: z.boolean(),
        })
    ),
})
const ENTRY = z.union([
    /** A question to a node, and its answer, or the status or the words of what came instead. */
    z.strictObject({
        node: z.int().min(0),
        operation: z.int(),
        index: z.int(),
        args: hex,
        data: hex.optional(),
        status: z.int().optional(),
        error: z.string().optional(),
    }),
    z.strictObject({ node: z.int().min(0), now: z.number() }),
    /** A wait that was ended by Ctrl-C. */
    z.strictObject({ node: z.int().min(0), interrupted: z.literal(true) }),
    /** What somebody answered. */
    z.strictObject({ answer: z.union([z.string(), z.number(), z.boolean()]) }),
    /** The key that was pressed since the last look; null: none. */
    z.strictObject({ key: z.string().nullable() }),
    /** How it ended. */
    z.strictObject({ code: z.int(), certificates: z.array(z.unknown()) }),
])
export type RecordingHead = z.infer<typeof HEAD>
export type RecordingEntry = z.infer<typeof ENTRY>
type Exchange = Extract<RecordingEntry, { operation: number }>

/** What is no recording, or has a damaged line: the message names it. */
export class RecordingError extends Error {
    override name = "RecordingError"
}

/** The session does something else than what was recorded, or goes on where the recording ends. */
export class ReplayDiffers extends Error {
    override name = "ReplayDiffers"
}

/** Writes as the session goes on: what ends in the middle is there up to that. */
export class Recorder {
    constructor(
        private readonly file: string,
        head: RecordingHead
    ) {
        writeFileSync(file, `${JSON.stringify(head)}\n`)
    }

    add(entry: RecordingEntry): void {
        appendFileSync(this.file, `${JSON.stringify(entry)}\n`)
    }
}

/** A bench of which all that is said is recorded. @param node its place among those of the session */
export function recorded(bench: Bench, node: number, recorder: Recorder): Bench {
    const { service } = bench.node
    const item: NodeItems["item"] = async (operation, index, args) => {
        const asked = { node, operation, index, args: hexOf(args) }
        try {
            const data = await service.item(operation, index, args)
            recorder.add({ ...asked, data: Buffer.from(data).toString("hex") })
            return data
        } catch (e) {
            if (e instanceof NodeServiceError) recorder.add({ ...asked, status: e.status })
            else if (e instanceof BoardError) recorder.add({ ...asked, error: e.message })
            throw e
        }
    }
    return {
        ...bench,
        node: new NodeCalibration(new ItemsFrom(item)),
        nowMs: () => {
            const now = bench.nowMs()
            recorder.add({ node, now })
            return now
        },
        sleep: async ms => {
            try {
                await bench.sleep(ms)
            } catch (e) {
                recorder.add({ node, interrupted: true })
                throw e
            }
        },
    }
}

/** A node's service whose items come from elsewhere. */
class ItemsFrom extends NodeItems {
    constructor(override readonly item: NodeItems["item"]) {
        super()
    }

    protected override exchange(): Promise<Uint8Array> {
        return Promise.reject(new Error("items are asked for whole here"))
    }
}

/** A recording that is gone through once more. */
export class Replay {
    readonly head: RecordingHead
    /** What comes with time: exchanges, clocks, keys. */
    private readonly steps: RecordingEntry[] = []
    /** What a person answered, and after how many of the steps. */
    private readonly answers: {
        readonly answer: string | number | boolean
        readonly at: number
    }[] = []
    private readonly end: Extract<RecordingEntry, { code: number }> | undefined
    private done = 0
    private waiting: (() => void) | undefined

    /** @throws RecordingError */
    constructor(file: string) {
        const [first, ...rest] = readFileSync(file, "utf8").split("\n").slice(0, -1)
        this.head = parsed(HEAD, first ?? "", file, 1)
        for (const [i, text] of rest.entries()) {
            const entry = parsed(ENTRY, text, file, i + 2)
            if ("answer" in entry) this.answers.push({ ...entry, at: this.steps.length })
            else if ("code" in entry) this.end = entry
            else this.steps.push(entry)
        }
    }

    /** How it ended when it was recorded; undefined: the recording stops before. */
    get ending(): { readonly code: number; readonly certificates: readonly unknown[] } | undefined {
        return this.end
    }

    /** How many of the recorded steps were made again. */
    get repeated(): string {
        return `${this.done} of ${this.steps.length}`
    }

    /** @param interrupted what a wait ends with that was ended by Ctrl-C */
    benches(interrupted: () => Error): Bench[] {
        return this.head.nodes.map(({ device, name, simulated }, node) => ({
            node: new NodeCalibration(
                new ItemsFrom(async (operation, index, args) => {
                    await turn()
                    return this.exchange(node, operation, index, args)
                })
            ),
            device,
            ...(name === undefined ? {} : { name }),
            during: work => work,
            sleep: async () => {
                await turn()
                const step = this.steps.at(this.done)
                if (step === undefined || !("interrupted" in step) || step.node !== node) return
                this.next()
                throw interrupted()
            },
            nowMs: () => {
                const step = this.next()
                if (!("now" in step) || step.node !== node)
                    throw differs("looks at the clock", step)
                return step.now
            },
            ...(simulated ? { bring: () => undefined } : {}),
            close: () => Promise.resolve(),
        }))
    }

    /** What was answered here, once all is done that was done before. */
    async answer(): Promise<string | number | boolean> {
        const next = this.answers.shift()
        if (next === undefined)
            throw new ReplayDiffers("the session asks, and the recording ends here")
        while (this.done < next.at) await new Promise<void>(resolve => (this.waiting = resolve))
        return next.answer
    }

    key(): string | undefined {
        const step = this.next()
        if (!("key" in step)) throw differs("looks at the keys", step)
        return step.key ?? undefined
    }

    private exchange(
        node: number,
        operation: number,
        index: number,
        args: Uint8Array | undefined
    ): Uint8Array {
        const step = this.next()
        const asked = { node, operation, index, args: hexOf(args) }
        if (!isSame(step, asked)) throw differs(JSON.stringify(asked), step)
        if (step.status !== undefined) throw new NodeServiceError(operation, step.status)
        if (step.data === undefined) throw new BoardError(step.error ?? "")
        return Uint8Array.from(Buffer.from(step.data, "hex"))
    }

    private next(): RecordingEntry {
        if (this.done >= this.steps.length)
            throw new ReplayDiffers("the session goes on, and the recording ends here")
        const step = this.steps[this.done++]
        this.waiting?.()
        return step
    }
}

function isSame(
    step: RecordingEntry,
    { node, operation, index, args }: Pick<Exchange, "node" | "operation" | "index" | "args">
): step is Exchange {
    return (
        "operation" in step &&
        step.node === node &&
        step.operation === operation &&
        step.index === index &&
        step.args === args
    )
}

function differs(what: string, step: RecordingEntry): ReplayDiffers {
    return new ReplayDiffers(`the session: ${what}; the recording: ${JSON.stringify(step)}`)
}

function hexOf(bytes: Uint8Array | undefined): string {
    return Buffer.from(bytes ?? []).toString("hex")
}

function parsed<T>(shape: z.ZodType<T>, text: string, file: string, number: number): T {
    try {
        return shape.parse(JSON.parse(text))
    } catch {
        throw new RecordingError(
            `${file}: line ${number} is no part of a recording of suitcase calibrate --record`
        )
    }
}
