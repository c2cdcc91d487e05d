/**
 * A broker and a network that answer wrongly, late, or not at all. Whatever they
 * do, every reading arrives once and in order when it is over, nothing on the
 * wire is against the standard, and the program never stops.
 */
import { afterEach, describe, expect, it } from "vitest"
import { randomAcks } from "../../sim/net/virtual-broker.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { SeededRandom } from "../../sim/time/random.js"
import { provide } from "./provisioning.js"
import { Testbed, expectAllArrived } from "./testbed.js"

/** Every row is a frame of its own. */
const OPTIONS = { intervalSeconds: 10, reportSeconds: 10 }
/** src/station/start.ts, s */
const KEEP_ALIVE_SECONDS = 300

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

/** A node that has been working for two minutes. */
async function start(): Promise<Testbed> {
    const b = new Testbed({ seed: 4, ...OPTIONS })
    bed = b
    await b.world.run(minutes(2))
    expect(b.broker.counts.connects, "connections at the start").toBe(1)
    return b
}

/** All is well again: the longest backoff passes, then everything has to be there. */
async function expectWhole(b: Testbed): Promise<void> {
    await b.world.run(minutes(4))
    await b.drain()
    expectAllArrived(b.account())
    expect(b.broker.violations).toEqual([])
    expect(b.problems).toEqual([])
    expect(b.node.panics).toEqual([])
    expect(b.collector.lostFrames).toBe(0)
    expect(b.status).toMatchObject({ dropped: 0, errors: 0 })
}

const clientOf = (b: Testbed) => b.node.deviceId
/** What the uplink said on the console. */
const consoleOf = (b: Testbed) =>
    b.node.console.map(line => line.text).filter(text => text.startsWith("uplink: "))

describe("acknowledgements", () => {
    it.each([
        ["in the order of the messages", () => "kept" as const],
        ["in the reverse order", () => "reversed" as const],
        ["in a random order", () => new SeededRandom("acks")],
    ])("that come late, %s, end no connection", async (_name, order) => {
        const b = await start()
        for (let round = 0; round < 6; round++) {
            b.broker.faults.onAck = () => "hold"
            await b.world.run(seconds(25))
            b.broker.faults.onAck = undefined
            const before = b.broker.counts.acknowledged
            b.broker.releaseAcks(order())
            expect(b.broker.counts.acknowledged - before, "held").toBeGreaterThan(1)
            await b.world.run(seconds(5))
        }
        await expectWhole(b)
        expect(b.broker.counts).toMatchObject({ connects: 1, repeated: 0 })
    })

    it("that are held until the node gives up and never sent: the messages come again", async () => {
        const b = await start()
        b.broker.faults.onAck = () => "hold"
        await b.world.run(minutes(3))
        b.broker.faults.onAck = undefined
        b.broker.dropAcks()
        await expectWhole(b)
        expect(b.broker.counts.connects).toBeGreaterThan(1)
        expect(b.collector.counts.duplicates, "frames that came twice").toBeGreaterThan(0)
    })

    it("of which every second one is lost", async () => {
        const b = await start()
        let n = 0
        b.broker.faults.onAck = () => (n++ % 2 === 0 ? "drop" : "send")
        await b.world.run(minutes(10))
        b.broker.faults.onAck = undefined
        await expectWhole(b)
        expect(b.broker.counts.repeated, "messages with DUP").toBeGreaterThan(5)
    })

    it("that all come twice change nothing", async () => {
        const b = await start()
        b.broker.faults.onAck = () => "duplicate"
        await b.world.run(minutes(5))
        await expectWhole(b)
        expect(b.broker.counts.acknowledged).toBeGreaterThan(2 * 30)
        expect(b.broker.counts).toMatchObject({ connects: 1, repeated: 0 })
    })

    it("for messages that were never sent change nothing", async () => {
        const b = await start()
        for (let i = 0; i < 100; i++) {
            expect(b.broker.injectAck(clientOf(b), 60_000 + 7 * i)).toBe(true)
            await b.world.run(seconds(3))
        }
        await expectWhole(b)
        expect(b.broker.counts).toMatchObject({ connects: 1, repeated: 0 })
    })

    it("lost, doubled and overtaking each other at random", async () => {
        const b = await start()
        b.broker.faults.onAck = randomAcks(new SeededRandom("all"), {
            drop: 0.1,
            duplicate: 0.2,
            delay: 0.5,
            maxDelayMs: 20_000,
        })
        await b.world.run(minutes(20))
        b.broker.faults.onAck = undefined
        await expectWhole(b)
        expect(b.broker.counts.repeated).toBeGreaterThan(0)
    })
})

describe("a broker that", () => {
    it("refuses the connection is quoted in words, for each of the five codes", async () => {
        const b = await start()
        const reasons = [
            "the broker does not speak MQTT 3.1.1",
            "the broker does not allow this client id",
            "the broker is not available",
            "wrong user name or password",
            "not authorised",
        ]
        for (const [i, reason] of reasons.entries()) {
            b.broker.faults.refuseCode = i + 1
            b.node.cutConnection()
            const before = consoleOf(b).length
            await b.world.run(minutes(1.5))
            expect(consoleOf(b).slice(before), `CONNACK with code ${i + 1}`).toContain(
                `uplink: connection refused: ${reason}`
            )
        }
        b.broker.faults.refuseCode = 0
        await expectWhole(b)
    })

    it("forgot the session and refuses the subscriptions is told so, and asked again", async () => {
        const b = await start()
        b.broker.faults.isRefusingSubscriptions = true
        b.broker.restart(1000, true)
        await b.world.run(minutes(3))
        expect(consoleOf(b).join("\n")).toMatch(/the broker refused to subscribe to .*\/cmd/)
        b.broker.faults.isRefusingSubscriptions = false
        await expectWhole(b)
    })

    it.each(["connack", "pingresp", "suback"] as const)("never sends %s", async reply => {
        const b = await start()
        // A node with nothing to say, so that it has to ping.
        b.command({ do: "interval", seconds: 3600 })
        await b.world.run(seconds(20))
        const { connects } = b.broker.counts
        b.broker.faults.silent.add(reply)
        if (reply === "connack") b.node.cutConnection()
        if (reply === "suback") b.broker.restart(1000, true)
        await b.world.run(seconds(3 * KEEP_ALIVE_SECONDS))
        expect(consoleOf(b).at(-1)).toMatch(/^uplink: the broker does not answer/)
        b.broker.faults.silent.clear()
        await b.world.run(minutes(3))
        expect(b.broker.counts.connects, "connections").toBeGreaterThan(connects)
        b.command({ do: "interval", seconds: 10 })
        await expectWhole(b)
    })
})

describe("a connection that", () => {
    it.each([
        ["down", 20, 0],
        ["up", 20, 0],
        ["down", 200, 1],
        ["up", 200, 1],
    ] as const)("stalls %s for %d s", async (direction, stallSeconds, lost) => {
        const b = await start()
        b.node.link.connection?.stall(direction, stallSeconds * 1000)
        await b.world.run(seconds(stallSeconds))
        await expectWhole(b)
        expect(b.broker.counts.connects - 1, "connections given up").toBe(lost)
    })

    it.each([
        ["is busy", 10],
        ["has nothing to say", 3600],
    ])("is half open while it %s is given up within 1.5 × keep-alive", async (_name, interval) => {
        const b = await start()
        b.command({ do: "interval", seconds: interval })
        await b.world.run(minutes(1))
        const { clock } = b.world
        const lines = consoleOf(b).length
        const from = clock.now
        b.node.cutConnection()
        const isFound = await b.world.runUntil(() => consoleOf(b).length > lines, minutes(30))
        expect(isFound, consoleOf(b).join("\n")).toBe(true)
        const foundSeconds = (clock.now - from) / 1e6
        expect(foundSeconds, "s").toBeLessThanOrEqual(1.5 * KEEP_ALIVE_SECONDS)
        b.command({ do: "interval", seconds: 10 })
        await expectWhole(b)
        expect(b.broker.counts.connects).toBe(2)
    })

    it("has a latency of 2 to 4 s and cuts and joins packets anywhere", async () => {
        const b = await start()
        const { link } = b.node
        link.latencyUs = 2_000_000
        link.jitterUs = 2_000_000
        link.isRechunking = true
        b.node.cutConnection()
        await b.world.run(minutes(30))
        expect(b.broker.counts.connects, "connections").toBe(2)
        await expectWhole(b)
    })

    it("takes no more bytes for a while (−1) gets the same packets again", async () => {
        const b = await start()
        for (let round = 0; round < 5; round++) {
            b.node.link.writeResults.push(...new Array<number>(30).fill(-1))
            await b.world.run(seconds(25))
            expect(b.node.link.writeResults.length, "refused writes left").toBe(0)
        }
        await expectWhole(b)
        expect(b.broker.counts).toMatchObject({ connects: 1, repeated: 0 })
    })

    it.each([
        ["takes no more bytes at all (−1)", -1, 50],
        ["is closed (−10)", -10, 1],
    ])("%s is replaced", async (_name, result, times) => {
        const b = await start()
        for (let round = 0; round < 5; round++) {
            b.node.link.writeResults.push(...new Array<number>(times).fill(result))
            await b.world.run(minutes(2))
        }
        await expectWhole(b)
        expect(b.broker.counts.connects).toBe(6)
    })
})

describe("a broker with TLS", () => {
    it("whose certificate is refused: the console says so, and the readings wait", async () => {
        const b = await start()
        await provide(b, { "mqtt.tls": true, "mqtt.port": 8883 })
        b.node.link.isTlsFailing = true
        b.node.cutConnection()
        const { connects } = b.broker.counts
        await b.world.run(minutes(10))
        expect(b.broker.counts.connects - connects, "connections").toBe(0)
        expect(consoleOf(b).at(-1)).toMatch(/mbedtls_ssl_handshake/)
        b.node.link.isTlsFailing = false
        await b.world.run(minutes(4))
        await b.drain()
        // The restart with the new settings takes what is in RAM.
        const { missing } = b.account()
        expect(missing.length, "readings lost in the restart").toBeLessThanOrEqual(2)
        expect(b.broker.violations).toEqual([])
        expect(b.node.panics).toEqual([])
        expect(b.status).toMatchObject({ dropped: 0, settings: "ok" })
    })
})
