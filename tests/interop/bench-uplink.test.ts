/** The benchmark of the uplink, in small: that its figures can be trusted. */
import { beforeAll, describe, expect, it } from "vitest"
import { PacketSplitter, publishOf, typeOf } from "../../bench/uplink/packets.js"
import { runCase, wireBytes, type CaseResult } from "../../bench/uplink/case.js"
import { match, type Delivered } from "../../bench/uplink/deliveries.js"
import { runPlan, type Plan } from "../../bench/uplink/plan.js"
import { type ProgramName } from "../../bench/uplink/programs.js"
import { LEGEND, tablesOf } from "../../bench/uplink/report.js"
import { SegmentCount } from "../../bench/uplink/segments.js"
import { type CutKind } from "../../bench/uplink/tapped-link.js"
import { minutes } from "../../sim/time/duration.js"
import { putPublishHead, publishLength } from "../../src/core/mqtt/packets.js"

const PLAN: Plan = {
    seed: 3,
    brokers: ["embedded"],
    steadyMs: minutes(30),
    beforeCutMs: minutes(10),
    cutMs: minutes(20),
    latenciesMs: [50],
}

/** Four channels, one row a minute. */
const READINGS_OF_CUT = 80

describe("npm run bench:uplink, in small", () => {
    let results: CaseResult[]

    beforeAll(async () => {
        results = await runPlan(PLAN)
    })

    function resultOf(program: ProgramName, kind?: CutKind): CaseResult {
        const found = results.find(
            r => r.case.program === program && (r.case.cut?.kind ?? undefined) === kind
        )
        if (found === undefined) throw new Error(`no case ${program} ${kind ?? "without cut"}`)
        return found
    }

    it("gives the same figures in two runs of one seed", async () => {
        for (const program of ["ours", "stock-queue"] as const) {
            const before = resultOf(program, "closed")
            expect(await runCase(before.case)).toEqual(before)
        }
    })

    it("sees no reading that no sensor gave, none twice, and no program stop", () => {
        for (const { invented, duplicates, panics, case: which } of results)
            expect({ invented, duplicates, panics }, JSON.stringify(which)).toEqual({
                invented: 0,
                duplicates: 0,
                panics: 0,
            })
    })

    it("gives both programs the same readings to send, and neither loses one while the link is up", () => {
        const ours = resultOf("ours")
        const stock = resultOf("stock")
        expect(ours.lost).toBe(0)
        expect(stock.lost).toBe(0)
        expect(stock.delivered, "readings, 31 rows and the first without CO2").toBe(123)
        expect(ours.delivered).toBe(stock.delivered)
    })

    it("counts at least the JSON text for each stock reading, and a fraction of it for ours", () => {
        const stock = resultOf("stock")
        const perReading = (stock.cost.payloadUp + stock.cost.payloadDown) / stock.delivered
        // PUBLISH of 44 B, JSON of 45 to 55 B, PUBACK of 4 B.
        expect(perReading, "B per reading").toBeGreaterThan(92)
        expect(perReading, "B per reading").toBeLessThan(106)
        expect(stock.cost.headers, "40 B for each segment").toBe(40 * stock.cost.segments)
        expect(wireBytes(resultOf("ours").cost)).toBeLessThan(wireBytes(stock.cost) / 4)
    })

    it("finds what the stock client loses in a cut, and that ours loses nothing", () => {
        for (const kind of ["closed", "silent"] as const) {
            for (const program of ["ours", "stock", "stock-queue"] as const)
                expect(resultOf(program, kind).backlog?.sampled).toBe(READINGS_OF_CUT)
            expect(resultOf("ours", kind).backlog?.delivered, kind).toBe(READINGS_OF_CUT)
            expect(resultOf("ours", kind).lost, kind).toBe(0)
            expect(resultOf("stock", kind).backlog?.delivered, kind).toBe(0)
        }
        // A queue helps as far as publish() knows that the link is gone.
        expect(resultOf("stock-queue", "closed").backlog?.delivered).toBe(READINGS_OF_CUT)
        expect(resultOf("stock-queue", "silent").lost).toBeGreaterThanOrEqual(4)
    })

    it("measures a burst after the cut only where a backlog came", () => {
        const { backlog } = resultOf("ours", "closed")
        expect(backlog?.burst).toBeGreaterThanOrEqual(READINGS_OF_CUT - 15 * 4)
        expect(backlog?.burstMs, "CONNECT to the last frame, ms").toBeGreaterThanOrEqual(100)
        expect(backlog?.cost.connects).toBe(1)
        expect(resultOf("stock", "closed").backlog).toMatchObject({ burst: 0, perSecond: 0 })
    })

    it("prints tables and a legend of at most 80 columns", () => {
        const lines = [...tablesOf("embedded", results).split("\n"), ...LEGEND.split("\n")]
        expect(lines.length).toBeGreaterThan(30)
        expect(lines.filter(line => line.length > 80)).toEqual([])
    })
})

describe("what the benchmark counts with", () => {
    it("TCP: a reply within 200 ms carries the acknowledgement, later ones cost a segment", () => {
        const count = new SegmentCount(50)
        count.opened()
        expect(count.total).toBe(3)
        count.write("up", 100, 1000)
        count.write("down", 4, 1000)
        expect(count.total, "PUBLISH and PUBACK").toBe(5)
        // The node heard of it at 1,050 ms and next speaks at 59,950 ms.
        count.write("up", 100, 60_000)
        expect(count.total, "the PUBACK's own acknowledgement, and a PUBLISH").toBe(7)
        count.write("up", 2881, 60_001)
        expect(count.total, "three segments; the second and the fourth acknowledged").toBe(12)
        count.closed()
        expect(count.total).toBe(16)
    })

    it("TCP: a segment that was sent before the other one came acknowledges nothing", () => {
        const count = new SegmentCount(50)
        count.write("down", 4, 1000)
        // Sent at 1,040 ms, but the node has the first one at 1,050 ms only.
        count.write("up", 10, 1090)
        expect(count.total).toBe(2)
        count.write("up", 10, 1400)
        expect(count.total, "the third, and one acknowledgement for each side").toBe(5)
    })

    it("MQTT: packets are found in any pieces, long ones too", () => {
        const payload = new Uint8Array(300).fill(7)
        const topic = "suitcase/demo/x/frame"
        const packet = Buffer.alloc(publishLength(topic, 9, payload.length))
        putPublishHead(packet, topic, 9, payload.length, false, false)
        packet.set(payload, packet.length - payload.length)
        const ping = Buffer.from([0xc0, 0])
        const stream = Buffer.concat([ping, packet, packet, ping])
        for (const size of [1, 2, 3, 299, stream.length]) {
            const splitter = new PacketSplitter()
            const packets: Buffer[] = []
            for (let at = 0; at < stream.length; at += size)
                packets.push(...splitter.push(stream.subarray(at, at + size)))
            expect(packets.map(typeOf), `pieces of ${size} B`).toEqual([12, 3, 3, 12])
            const publish = publishOf(packets[1])
            expect(publish).toMatchObject({ topic, qos: 1 })
            expect(publish.payload.equals(payload)).toBe(true)
        }
    })

    it("readings: each is paired once; a second one is a duplicate, a foreign one invented", () => {
        const given = [
            { unixMs: 60_400, channel: "co2", value: 800 },
            { unixMs: 120_400, channel: "co2", value: -3 },
        ]
        const reading = (time: number, value: number): Delivered => ({
            channel: "co2",
            time,
            value,
            atMs: 0,
        })
        const result = match(given, [
            reading(60_000, 800),
            reading(60_000, 800),
            reading(120_000, 3),
            reading(180_000, 800),
        ])
        expect(result.pairs.size).toBe(1)
        expect(result.duplicates).toBe(1)
        expect(result.invented).toBe(2)
    })
})
