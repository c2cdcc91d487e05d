/** What a collector remembers: bounded, not to be pushed out by strangers, and kept in a file. */
import v8 from "node:v8"
import vm from "node:vm"
import { describe, expect, it } from "vitest"
import {
    EPOCH,
    TICK_MS,
    clockText,
    decoderBench as bench,
    frame,
    json,
    schemaBytes,
    statusText,
} from "../../tests/support/decoder-bench.js"
import { FrameCollector, type Reading, type SavedPart } from "./index.js"

const SECOND = EPOCH / TICK_MS

/** Through JSON, as a file has it. */
function reopened(collector: FrameCollector, readings: Reading[]): FrameCollector {
    const fresh = new FrameCollector({ onReading: reading => readings.push(reading) })
    for (const part of collector.save())
        fresh.restore(JSON.parse(JSON.stringify(part)) as SavedPart)
    return fresh
}

/** Without garbage, B: other tests of the process leave some. */
function heapInUse(): number {
    v8.setFlagsFromString("--expose-gc")
    const collect = vm.runInNewContext("gc") as () => void
    collect()
    return process.memoryUsage().heapUsed
}

describe("what a collector remembers", () => {
    /** Two nodes with restarts, late records, repetitions and gaps. */
    const script: [string, string, Buffer][] = [
        ["n1", "frame", frame(0, { unixTime: false, time: 60 })],
        ["n1", "state", json({ v: 1, online: true, boot: 7 })],
        ["n1", "schema", schemaBytes],
        ["n2", "frame", frame(4, { time: SECOND })],
        ["n1", "clock", clockText()],
        ["n1", "frame", frame(1, { time: SECOND + 100 })],
        ["n1", "frame", frame(3, { time: SECOND + 300 })],
        ["n1", "frame", frame(1, { time: SECOND + 100 })],
        ["n2", "schema", schemaBytes],
        ["n1", "status", statusText()],
        ["n1", "frame", frame(0, { boot: 8, unixTime: false, time: 10 })],
        ["n1", "frame", frame(2, { time: SECOND + 200 })],
        ["n1", "clock", clockText({ boot: 9, unix: EPOCH + 900_000 })],
        ["n1", "frame", frame(2, { boot: 9, time: SECOND + 1000 })],
        ["n1", "frame", frame(2, { boot: 9, time: SECOND + 1000 })],
        ["n2", "frame", frame(6, { time: SECOND + 700, rows: [[1, undefined]] })],
    ]

    function play(isSavedAfter: (step: number) => boolean) {
        const readings: Reading[] = []
        let collector = new FrameCollector({ onReading: reading => readings.push(reading) })
        script.forEach(([node, leaf, payload], step) => {
            collector.accept(`suitcase/town/${node}/${leaf}`, payload)
            if (isSavedAfter(step)) collector = reopened(collector, readings)
        })
        const { counts, lostFrames, heldFrames } = collector
        const boots = collector.bootsOf({ site: "town", node: "n1" })
        return { readings, counts, lostFrames, heldFrames, boots }
    }

    it("survives being saved and read back after any message: the same readings and counts", () => {
        const whole = play(() => false)
        expect(whole.lostFrames, "n1: 0 and 1 of boot 9; n2: 5").toBe(3)
        expect(whole.counts.duplicates).toBe(2)
        for (let step = 0; step < script.length; step++)
            expect(
                play(at => at === step),
                `saved after message ${step}`
            ).toEqual(whole)
        expect(play(() => true)).toEqual(whole)
    })

    it("tells of missing frames at once, and when they come after all", () => {
        const events: string[] = []
        const collector = new FrameCollector({
            onGap: ({ node }, boot, { from, to }) =>
                events.push(`${node} ${boot} lacks ${from}-${to}`),
            onLate: ({ node }, boot, sequence) => events.push(`${node} ${boot} has ${sequence}`),
        })
        for (const [node, leaf, payload] of script)
            collector.accept(`suitcase/town/${node}/${leaf}`, payload)
        expect(events).toEqual(["n1 7 lacks 2-2", "n1 7 has 2", "n1 9 lacks 0-1", "n2 7 lacks 5-5"])
    })

    it("of nodes that delivered is not pushed out by 110,000 invented names, whatever they send", () => {
        const { collector, readings, publish } = bench()
        const real = Array.from({ length: 50 }, (_, i) => `real-${i}`)
        for (const node of real) {
            publish("schema", schemaBytes, node)
            publish("frame", frame(0), node)
        }
        const before = heapInUse()
        const invented = frame(0, { schema: 4711 })
        const names = (from: number, to: number) => {
            for (let i = from; i < to; i++) {
                publish("state", json({ v: 1, online: true, boot: i & 0xffff }), `x${i}`)
                if (i % 5 === 0) publish("frame", invented, `x${i}`)
                if (i % 7 === 0)
                    publish(
                        "schema",
                        Buffer.from(
                            `${schemaBytes.toString()} ${" ".repeat(i % 9000)}${i}`.replace(
                                /\d+$/,
                                ""
                            )
                        ),
                        `x${i}`
                    )
                if (i % 11 === 0) publish("status", statusText({ boot: i & 0xffff }), `x${i}`)
            }
        }
        names(0, 10_000)
        readings.length = 0
        for (const node of real) publish("frame", frame(1), node)
        expect(readings.length).toBe(2 * real.length)
        names(10_000, 110_000)
        readings.length = 0
        for (const node of real) {
            publish("frame", frame(1), node)
            publish("frame", frame(2), node)
        }
        expect(readings.length, "what came before is still known as a repetition").toBe(
            2 * real.length
        )
        expect(collector.lostFrames).toBe(0)
        const grown = (heapInUse() - before) / 1e6
        expect(grown, "MB").toBeLessThan(150)
    }, 60_000)

    it("has room for every boot of a node that restarted again and again before it reached its broker", () => {
        const { readings, publish } = bench()
        const boots = 600
        publish("schema", schemaBytes)
        for (let boot = 0; boot < boots; boot++)
            publish("frame", frame(0, { boot, unixTime: false, time: 60 }))
        publish("clock", clockText({ boot: boots, unix: EPOCH + boots * 600_000, uptime: 0 }))
        const times = readings.filter(r => r.channel === "co2").map(r => r.time)
        expect(times.length).toBe(boots)
        expect(
            [...times].sort((a, b) => a - b),
            "in the order of the boots"
        ).toEqual(times)
    })

    it("of a site that invents names leaves other sites' strangers their room", () => {
        const { collector, readings } = bench()
        collector.accept("suitcase/school/new/schema", schemaBytes)
        for (let i = 0; i < 30_000; i++)
            collector.accept(`suitcase/town/x${i}/state`, json({ v: 1, online: true, boot: 1 }))
        collector.accept("suitcase/school/new/frame", frame(0))
        expect(readings.length).toBe(2)
    })

    it("finds a node's waiting frames at once among those of thousands of others", () => {
        const { readings, publish } = bench()
        const timeOf = (waiting: number) => {
            for (let i = 0; i < waiting; i++) publish("frame", frame(0), `w${waiting}-${i}`)
            const started = performance.now()
            for (let i = 0; i < 300; i++) publish("schema", schemaBytes, `s${waiting}-${i}`)
            return performance.now() - started
        }
        timeOf(10)
        const few = timeOf(10)
        const many = timeOf(8000)
        expect(many, `ms, beside ${few} ms with few`).toBeLessThan(5 * few + 50)
        publish("schema", schemaBytes, "w8000-7999")
        expect(readings.length).toBe(2)
    })
})
