/** What can happen to bytes between a node and its broker. */
import { beforeEach, describe, expect, it } from "vitest"
import { VirtualClock } from "../time/clock.js"
import { AedesBroker } from "./aedes-broker.js"
import { type Line, type LineHandler, type VirtualEndpoint } from "./endpoint.js"
import { VirtualNetwork } from "./network.js"
import { RawClient } from "./raw-client.js"

/** A peer that keeps what it gets, and says what it is told. */
class Peer implements VirtualEndpoint {
    readonly description = "peer"
    line: Line | undefined
    received = Buffer.alloc(0)
    /** Bytes in each call. */
    pieces: number[] = []
    isClosed = false

    accept(line: Line): LineHandler {
        this.line = line
        this.received = Buffer.alloc(0)
        this.pieces = []
        this.isClosed = false
        return {
            data: bytes => {
                this.received = Buffer.concat([this.received, bytes])
                this.pieces.push(bytes.length)
            },
            closed: () => {
                this.isClosed = true
            },
        }
    }
}

let clock: VirtualClock
let network: VirtualNetwork
let peer: Peer
let raw: RawClient

function setUp(seed = 1): void {
    clock = new VirtualClock(0)
    network = new VirtualNetwork(clock, {}, seed)
    peer = new Peer()
    network.defaultEndpoint = peer
    raw = new RawClient(clock, network.newLink("node1"))
}

beforeEach(() => setUp())

const stream = (length: number) => Buffer.from(Array.from({ length }, (_, i) => i & 255))
const arrived = () => Buffer.concat(raw.chunks)

describe("a good link", () => {
    it("carries bytes both ways after its latency, and 1,024 B at a time at most to the node", () => {
        raw.open()
        raw.write(stream(10))
        raw.wait(9.9)
        expect(peer.received.length).toBe(0)
        raw.wait(0.2)
        expect(peer.received).toEqual(stream(10))
        let isDelivered = false
        peer.line?.send(stream(3000), () => (isDelivered = true))
        raw.wait(9.9)
        expect(isDelivered).toBe(false)
        raw.wait(0.2)
        expect(isDelivered).toBe(true)
        expect(raw.chunks.map(chunk => chunk.length)).toEqual([1024, 1024, 952])
        expect(arrived()).toEqual(stream(3000))
        expect(raw.link.wire).toEqual({ sent: 10, received: 3000 })
    })

    it("tells the other side when the node hangs up, after the bytes in flight", () => {
        raw.open()
        raw.write(stream(5))
        raw.close()
        expect(peer.received.length).toBe(5)
        expect(peer.isClosed).toBe(true)
        expect(raw.write(stream(1))).toBe(-10)
    })

    it("tells the node when the other side hangs up, after the bytes in flight", () => {
        raw.open()
        peer.line?.send(stream(5))
        peer.line?.close()
        raw.wait(100)
        expect(raw.chunks.length).toBe(1)
        expect(raw.events).toEqual(["open", "close"])
        expect(raw.write(stream(1))).toBe(-10)
    })
})

describe("a stream that is cut", () => {
    it("on its way up, after exactly N bytes; both sides see it", () => {
        for (let n = 0; n <= 6; n++) {
            setUp()
            raw.open()
            raw.connection?.cutAfter("up", n)
            raw.write(stream(3))
            raw.write(stream(3))
            raw.wait(100)
            expect(peer.received.length, `cut after ${n} B`).toBe(n)
            expect(peer.isClosed).toBe(true)
            expect(raw.events).toEqual(["open", "error: connection reset"])
        }
    })

    it("on its way down, after exactly N bytes; what was not delivered whole is not reported", () => {
        for (let n = 0; n <= 6; n++) {
            setUp()
            raw.open()
            raw.connection?.cutAfter("down", n)
            const delivered: number[] = []
            peer.line?.send(stream(3), () => delivered.push(1))
            peer.line?.send(stream(3), () => delivered.push(2))
            raw.wait(100)
            expect(arrived().length, `cut after ${n} B`).toBe(n)
            expect(delivered.length, `whole writes before ${n} B`).toBe(Math.floor(n / 3))
            expect(peer.isClosed).toBe(true)
            expect(raw.events).toEqual(["open", "error: connection reset"])
        }
    })

    it("can be told so before it opens, by whoever watches the link", () => {
        raw.link.onConnection = connection => connection.cutAfter("up", 2)
        raw.open()
        raw.write(stream(5))
        raw.wait(100)
        expect(peer.received.length).toBe(2)
    })
})

describe("a stream that stalls", () => {
    it.each(["up", "down"] as const)("%s, delivers all of it in order afterwards", direction => {
        raw.open()
        raw.connection?.stall(direction, 60_000)
        const got = () => (direction === "up" ? peer.received : arrived())
        for (const part of [stream(3), stream(4)])
            if (direction === "up") raw.write(part)
            else peer.line?.send(part)
        raw.wait(59_900)
        expect(got().length).toBe(0)
        raw.wait(200)
        expect(got()).toEqual(Buffer.concat([stream(3), stream(4)]))
        expect(raw.events).toEqual(["open"])
    })

    it.each([
        ["up", false],
        ["up", true],
        ["down", false],
        ["down", true],
    ] as const)(
        "%s after the n-th byte holds the next ones (in other pieces: %s)",
        (direction, is) => {
            const whole = Buffer.concat([stream(3), stream(4)])
            for (let n = 0; n <= 6; n++) {
                setUp()
                raw.link.isRechunking = is
                raw.open()
                const { connection } = raw
                connection?.after(direction, n, () => connection.stall(direction, 60_000))
                const got = () => (direction === "up" ? peer.received : arrived())
                for (const part of [stream(3), stream(4)])
                    if (direction === "up") raw.write(part)
                    else peer.line?.send(part)
                raw.wait(59_000)
                expect(got(), `stalled after ${n} B`).toEqual(whole.subarray(0, n))
                raw.wait(2000)
                expect(got()).toEqual(whole)
                expect(raw.events).toEqual(["open"])
            }
        }
    )

    it("fills the send buffer and then the socket's queue: -1, and all that was taken arrives", () => {
        raw.open()
        raw.connection?.stall("up", 60_000)
        const results = Array.from({ length: 100 }, () => raw.write(stream(200)))
        const taken = results.filter(result => result === 0).length
        expect(taken).toBeGreaterThan(50)
        expect(taken).toBeLessThan(60)
        expect(results.slice(taken)).toEqual(Array(100 - taken).fill(-1))
        raw.wait(60_100)
        expect(peer.received.length).toBe(taken * 200)
        expect(raw.write(stream(1))).toBe(0)
    })
})

describe("a half-open link", () => {
    it("swallows bytes in both directions and tells nobody; a new connection hangs until it ends", () => {
        raw.open()
        raw.write(stream(5))
        raw.link.goHalfOpen()
        peer.line?.send(stream(5))
        raw.wait(3_600_000)
        expect(peer.received.length, "bytes in flight are gone too").toBe(0)
        expect(raw.chunks).toEqual([])
        expect(raw.events).toEqual(["open"])
        expect(peer.isClosed).toBe(false)
        expect(raw.write(stream(5))).toBe(0)
        raw.open()
        raw.wait(3_600_000)
        expect(raw.events).toEqual([])
        raw.link.isHanging = false
        expect(raw.open().events).toEqual(["open"])
    })
})

describe("a link that becomes half-open", () => {
    it.each(["up", "down"] as const)("at the n-th byte sent %s swallows the rest", direction => {
        for (let n = 0; n <= 6; n++) {
            setUp()
            raw.open()
            const { connection } = raw
            connection?.after(direction, n, () => connection.halfOpen())
            for (const part of [stream(3), stream(4)]) {
                raw.write(part)
                peer.line?.send(part)
            }
            raw.wait(3_600_000)
            const got = direction === "up" ? peer.received : arrived()
            expect(got.length, `half-open after ${n} B`).toBe(n)
            expect(raw.events).toEqual(["open"])
            expect(peer.isClosed).toBe(false)
        }
    })
})

describe("connecting", () => {
    it.each([
        ["isDnsFailing", "error: no such host: broker"],
        ["isRefusing", "error: broker:1883: connection refused"],
    ] as const)("fails while %s", (fault, event) => {
        raw.link[fault] = true
        expect(raw.open().events).toEqual([event])
        raw.link[fault] = false
        expect(raw.open().events).toEqual(["open"])
    })

    it("fails for a host that nobody knows, and finds those that were added", () => {
        network.defaultEndpoint = undefined
        network.addHost("here", peer)
        expect(raw.open({ host: "there" }).events).toEqual(["error: no such host: there:1883"])
        expect(raw.open({ host: "here" }).events).toEqual(["open"])
    })

    it("never completes while the link hangs", () => {
        raw.link.isHanging = true
        expect(raw.open().wait(3_600_000).events).toEqual([])
    })

    it("fails with TLS only when the handshake does", () => {
        raw.link.isTlsFailing = true
        expect(raw.open({ isTls: true, port: 8883 }).events).toEqual([
            "error: broker:8883: TLS handshake failed",
        ])
        expect(raw.open().events).toEqual(["open"])
    })

    it("fails while the network is down, and an open connection fails for the node alone", () => {
        raw.open()
        raw.link.goDown()
        expect(raw.events).toEqual(["open", "error: network is down"])
        expect(peer.isClosed).toBe(false)
        expect(raw.open().events).toEqual(["error: network is down"])
        raw.link.comeUp()
        expect(raw.open().events).toEqual(["open"])
    })
})

describe("socket writes", () => {
    it("return -1 and -10 when they are told to, and queue nothing then", () => {
        raw.open()
        raw.link.writeResults.push(-1, 0, -10)
        expect([stream(1), stream(2), stream(3), stream(4)].map(part => raw.write(part))).toEqual([
            -1, 0, -10, 0,
        ])
        raw.wait(100)
        expect(peer.received.length).toBe(6)
    })
})

describe("loss, latency and jitter", () => {
    it("latency and jitter delay, but never reorder", () => {
        raw.link.latencyUs = 300_000
        raw.link.jitterUs = 200_000
        raw.open().wait(1000)
        for (let i = 0; i < 50; i++) raw.write(Buffer.of(i))
        raw.wait(299)
        expect(peer.received.length).toBe(0)
        raw.wait(201)
        expect(peer.received).toEqual(stream(50))
    })

    it("lost segments come late by 1, 3, 7 … s, hold up those behind them, and lose no byte", () => {
        raw.open()
        raw.link.lossRate = 0.3
        const times: number[] = []
        for (let i = 0; i < 300; i++) {
            const from = clock.now
            const before = peer.received.length
            raw.write(stream(1))
            while (peer.received.length === before && clock.step()) continue
            times.push((clock.now - from) / 1000)
        }
        const kinds = [...new Set(times)].sort((a, b) => a - b)
        expect(kinds.slice(0, 3)).toEqual([10, 1010, 3010])
        const late = times.filter(ms => ms > 10).length / times.length
        expect(late).toBeGreaterThan(0.2)
        expect(late).toBeLessThan(0.4)
        for (let i = 0; i < 50; i++) raw.write(Buffer.of(i))
        raw.wait(200_000)
        expect(peer.received.subarray(-50)).toEqual(stream(50))
    })

    it("a segment lost six times breaks the connection, after 63 s", () => {
        raw.open()
        raw.link.lossRate = 1
        raw.write(stream(1))
        raw.wait(62_000)
        expect(raw.events).toEqual(["open"])
        raw.wait(2000)
        expect(raw.events).toEqual(["open", "error: timed out: no acknowledgement"])
        expect(peer.received.length).toBe(0)
        expect(peer.isClosed).toBe(true)
    })
})

describe("pieces", () => {
    const pieces = (seed: number) => {
        setUp(seed)
        raw.open()
        raw.link.isRechunking = true
        for (let i = 0; i < 100; i++) {
            raw.write(Buffer.from([i, i, i, i]))
            peer.line?.send(Buffer.from([i, i, i]))
            raw.wait(5)
        }
        raw.wait(10_000)
        return { up: peer.pieces, down: raw.chunks.map(chunk => chunk.length) }
    }

    it("are split and joined at seeded places; the bytes stay the same", () => {
        const first = pieces(1)
        expect(peer.received).toEqual(
            Buffer.concat(Array.from({ length: 100 }, (_, i) => Buffer.from([i, i, i, i])))
        )
        expect(arrived().length).toBe(300)
        for (const [sizes, whole] of [
            [first.up, 4],
            [first.down, 3],
        ] as const) {
            expect(sizes.some(size => size < whole)).toBe(true)
            expect(sizes.some(size => size > whole)).toBe(true)
        }
        expect(pieces(1)).toEqual(first)
        expect(pieces(2)).not.toEqual(first)
    })

    it("of which some were delivered whole before a cut, those are reported, and no others", () => {
        for (let seed = 1; seed <= 40; seed++) {
            setUp(seed)
            raw.link.isRechunking = true
            raw.open()
            raw.connection?.cutAfter("down", 14)
            let delivered = 0
            for (let i = 0; i < 6; i++) peer.line?.send(stream(4), () => delivered++)
            raw.wait(10_000)
            expect(arrived().length, `seed ${seed}`).toBe(14)
            expect(delivered, `whole writes in 14 B, seed ${seed}`).toBe(3)
        }
    })
})

describe("a broker behind a stream", () => {
    it("meets the same faults: a cut, a stall, and power that goes", async () => {
        const broker = await AedesBroker.start()
        const published: string[] = []
        broker.onPublish(topic => published.push(topic))
        network.defaultEndpoint = broker
        const settled = async (ms: number) => {
            for (let i = 0; i < ms; i += 10) {
                raw.wait(10)
                if (network.needsSettling) await network.settle()
            }
        }
        try {
            raw.connect()
            await settled(100)
            expect(raw.heard).toEqual(["connack 0"])
            raw.connection?.stall("down", 1000)
            raw.publish("t", "one", { qos: 1, messageId: 1 })
            await settled(100)
            expect(raw.heard).toEqual(["connack 0", "puback 1"])
            // CONNECT took 17 B, PUBLISH 10 B.
            raw.connection?.cutAfter("up", 17 + 10 + 5)
            raw.publish("t", "two", { qos: 1, messageId: 2 })
            await settled(100)
            expect(raw.events).toEqual(["open", "error: connection reset"])
            expect(published.filter(topic => topic === "t")).toEqual(["t"])
        } finally {
            await broker.close()
        }
    })
})
