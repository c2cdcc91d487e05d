/** The real firmware against a broker and a link that do what they may, and more. */
import { afterEach, describe, expect, it } from "vitest"
import { indoorClimate } from "../../../sim/apps/indoor-climate.js"
import { randomAcks } from "../../../sim/net/virtual-broker.js"
import { compile } from "../../../sim/program/compile.js"
import { hours, minutes } from "../../../sim/time/duration.js"
import { SeededRandom } from "../../../sim/time/random.js"
import { SimSession } from "./session.js"

let session: SimSession | undefined

afterEach(async () => {
    await session?.close()
    session = undefined
})

async function open(seed = 1): Promise<SimSession> {
    session = await SimSession.open({
        app: indoorClimate,
        program: compile("devs/indoor-climate.ts"),
        seed,
    })
    return session
}

describe("a node in a hostile world delivers each reading once", () => {
    it("with packets split and joined at will, and keeps to MQTT 3.1.1", async () => {
        const run = await open()
        for (const node of run.nodes) node.link.isRechunking = true
        await run.run(hours(2))
        const report = await run.finish()
        expect(report.readingsReceived).toBe(report.readingsSampled)
        expect(report.readingsSampled).toBeGreaterThanOrEqual(4 * 118)
        expect(report.duplicates).toBe(0)
        expect(run.broker?.violations).toEqual([])
    })

    it("with acknowledgements that are lost, doubled, late and for nothing: what comes twice is removed", async () => {
        const run = await open()
        const { broker } = run
        if (broker === undefined) throw new Error("no virtual broker")
        await run.run(minutes(10))
        const fate = randomAcks(new SeededRandom(5), { drop: 0.3, duplicate: 0.2, delay: 0.2 })
        broker.faults.onAck = ack => {
            broker.injectAck(ack.clientId, (ack.packetId + 1000) & 0xffff)
            return fate(ack)
        }
        await run.run(hours(3))
        broker.faults.onAck = undefined
        const report = await run.finish()
        expect(report.readingsReceived).toBe(report.readingsSampled)
        expect(report.readingsLost).toBe(0)
        expect(report.duplicates).toBeGreaterThan(0)
        expect(broker.counts.repeated, "sent again with DUP").toBeGreaterThan(0)
    })

    it("with the stream cut at odd places in both directions", async () => {
        const run = await open()
        const [node] = run.nodes
        if (node === undefined) throw new Error("no node")
        let turn = 0
        node.link.onConnection = connection => {
            turn++
            connection.cutAfter("up", 60 + 97 * turn)
            connection.cutAfter("down", 20 + 13 * turn)
        }
        node.link.connection?.reset("connection reset")
        await run.run(hours(2))
        node.link.onConnection = undefined
        const report = await run.finish()
        expect(turn).toBeGreaterThan(3)
        expect(report.readingsReceived).toBe(report.readingsSampled)
        expect(report.silentNodes).toBe(0)
    })
})

describe("a simulated run on the virtual broker", () => {
    it("gives the same frames as on one that reacts in real time", async () => {
        const figures = async (brokerPort?: number) => {
            const frames: string[] = []
            const run = await SimSession.open({
                app: indoorClimate,
                program: compile("devs/indoor-climate.ts"),
                onMessage: (topic, payload) => {
                    if (topic.endsWith("/frame")) frames.push(Buffer.from(payload).toString("hex"))
                },
                ...(brokerPort === undefined ? {} : { brokerPort }),
            })
            try {
                await run.run(hours(1))
                const { readingsReceived, wireBytes } = await run.finish()
                return { frames, readingsReceived, wireBytes }
            } finally {
                await run.close()
            }
        }
        const virtual = await figures()
        expect(virtual.frames.length).toBeGreaterThanOrEqual(4)
        const { wireBytes, ...real } = await figures(0)
        expect({ ...real, wireBytes: virtual.wireBytes }).toEqual(virtual)
        // Each piece that comes takes the node a turn of 10 ms: uptimes may have one digit more.
        expect(Math.abs(wireBytes - virtual.wireBytes), "B on the wire").toBeLessThanOrEqual(8)
    })
})
