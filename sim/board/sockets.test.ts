import { describe, expect, it } from "vitest"
import { BoardBench, type BoardName } from "../../tests/support/board-bench.js"
import { type Line } from "../net/endpoint.js"
import { minutes, seconds } from "../time/duration.js"
import { PicoSocket } from "./pico-socket.js"

/**
 * Opens sockets as the device id says, and tells what becomes of them: [attempts, seconds
 * between them, flags, 0, writes per connection, 256 B of each]. Flags: 1 TLS, 2 close before the
 * next one, 4 an address instead of a name, 8 close at the end of that time.
 */
const PROGRAM = `
import * as ds from "@devicescript/core"
const id = Buffer.from(ds.deviceIdentifier("self"), "hex")
const d = ds as any
let turn = 0
d._socketOnEvent = async (event: string, data: any) => {
    const text = typeof data === "string" ? data : data ? data.length + " B" : ""
    console.log(event + " " + text + " at " + Math.round(ds.millis() / 1000) + " in " + turn)
    if (event !== "open") return
    for (let i = 0; i < id[4]; i++) {
        const bytes = Buffer.alloc(256 * id[5])
        bytes[0] = 65 + i
        console.log("write " + d._socketWrite(bytes))
        await ds.sleep(20)
    }
}
while (true) {
    try { d._socketClose(); d._socketOpen("10.9.9.9", 0) } catch (e) {
        if ((e as any).message === "host or port invalid") break
    }
    await ds.sleep(250)
}
console.log("network " + ds.millis())
for (turn = 1; turn <= id[0]; turn++) {
    if ((id[2] & 2) !== 0 && turn > 1) console.log("closed " + d._socketClose())
    const port = (id[2] & 1) !== 0 ? -8883 : 1883
    console.log("opened " + d._socketOpen((id[2] & 4) !== 0 ? "10.0.0.5" : "broker", port))
    await ds.sleep(id[1] * 1000)
    if ((id[2] & 8) !== 0) d._socketClose()
}
console.log("after " + d._socketWrite(hex\`00\`))
`

const TLS = 1
const CLOSE = 2
const ADDRESS = 4
const GIVE_UP = 8

interface Plan {
    readonly attempts?: number
    readonly everySeconds?: number
    readonly flags?: number
    readonly writes?: number
    readonly blocks?: number
}

/** A peer that keeps what it gets, and does with the connection what it is told. */
class Peer {
    readonly description = "peer"
    readonly got: string[] = []
    readonly lines: Line[] = []

    accept(line: Line) {
        const at = this.lines.push(line) - 1
        this.got.push("")
        return {
            data: (bytes: Uint8Array) => (this.got[at] += Buffer.from(bytes).toString("latin1")),
            closed: () => undefined,
        }
    }
}

function sockets(board: BoardName, plan: Plan = {}): BoardBench & { peer: Peer } {
    const { attempts = 1, everySeconds = 15, flags = 0, writes = 0, blocks = 0 } = plan
    const id = [attempts, everySeconds, flags, 0, writes, blocks, 0, 1]
    const bench = new BoardBench(board, PROGRAM, {
        node: { deviceId: Buffer.from(id).toString("hex") },
    })
    const peer = new Peer()
    bench.world.network.addHost("broker", peer)
    bench.world.network.addHost("10.0.0.5", peer)
    return Object.assign(bench, { peer })
}

/** From then on nothing that the node sends arrives. */
function stallOnceOpen({ node }: BoardBench): void {
    node.onConsole = line => {
        if (line.startsWith("open ")) node.link.connection?.stall("up", minutes(2))
    }
}

/** What the script was told, without the time. */
const events = (bench: BoardBench) =>
    bench.lines
        .filter(line => /^(open|error|close|data) /.test(line))
        .map(line => line.replace(/ at \d+ in/, ","))

/** Seconds from the opening of attempt 1 to the line that begins so. */
function secondsTo(bench: BoardBench, word: string): number {
    const at = (text: string) =>
        bench.node.console.find(line => line.text.startsWith(text))?.at ?? Infinity
    return (at(word) - at("opened")) / 1e6
}

describe("the socket of an ESP32", () => {
    it("is there once the Wi-Fi has an address", async () => {
        const bench = await sockets("c3").run(seconds(10))
        const [at] = bench.numbers("network")
        expect(at).toBeGreaterThan(5000)
        expect(at).toBeLessThan(9000)
        expect(events(bench)).toEqual(["open , 1"])
    })

    it("tells a refused connection at once, without a close", async () => {
        const bench = sockets("c3")
        bench.node.link.isRefusing = true
        await bench.run(seconds(30))
        expect(events(bench)).toEqual(["error can't connect, 1"])
        expect(secondsTo(bench, "error")).toBeLessThan(1)
    })

    it("gives up a connection that hangs after 18 to 19 s, a name that is not found after 20 s", async () => {
        const hanging = sockets("c3", { everySeconds: 40 })
        await hanging.run(seconds(4))
        hanging.node.link.isDnsFailing = true
        await hanging.run(seconds(40))
        expect(events(hanging)).toEqual(["error can't resolve host, 1"])
        expect(secondsTo(hanging, "error")).toBeGreaterThan(19.9)

        const silent = sockets("c3", { everySeconds: 40, flags: ADDRESS })
        silent.node.link.isHanging = true
        await silent.run(seconds(40))
        expect(events(silent)).toEqual(["error can't connect, 1"])
        expect(secondsTo(silent, "error")).toBeGreaterThan(18)
        expect(secondsTo(silent, "error")).toBeLessThan(19)
    })

    it("queues an open behind one that hangs, whose late error ends the new attempt", async () => {
        const bench = sockets("c3", { attempts: 2, flags: ADDRESS })
        bench.node.link.isHanging = true
        await bench.run(seconds(22))
        bench.node.link.isHanging = false
        await bench.run(seconds(30))
        expect(events(bench)).toEqual(["error can't connect, 2"])
        // The second one comes about behind the script's back: the cloud's code greets the broker.
        expect(bench.peer.got[0]).toMatch(/^GET /)
    })

    it("lets a late open of an attempt that was closed reach the cloud's code", async () => {
        const bench = sockets("c3", { everySeconds: 5, flags: ADDRESS | GIVE_UP })
        bench.node.link.isHanging = true
        await bench.world.runUntil(() => bench.lines.some(l => l.startsWith("after")), minutes(1))
        bench.node.link.isHanging = false
        await bench.run(seconds(30))
        expect(events(bench)).toEqual([])
        expect(bench.peer.got[0]).toMatch(/^GET /)
    })

    it("tells a reset as an error, and hides the close that follows", async () => {
        const bench = sockets("c3", { everySeconds: 20 })
        await bench.run(seconds(9))
        bench.node.link.connection?.reset("connection reset")
        await bench.run(seconds(30))
        expect(events(bench)).toEqual(["open , 1", "error recv error, 1"])
        expect(bench.numbers("after")).toEqual([-100])
    })

    it("tells the end of a connection as a close", async () => {
        const bench = sockets("c3", { everySeconds: 20 })
        await bench.run(seconds(9))
        bench.peer.lines[0]?.close()
        await bench.run(seconds(30))
        expect(events(bench)).toEqual(["open , 1", "close , 1"])
        expect(bench.numbers("after")).toEqual([-100])
    })

    it("takes 50 writes while its worker waits for room, and refuses the next", async () => {
        const bench = sockets("c3", { writes: 60, blocks: 4, everySeconds: 60 })
        stallOnceOpen(bench)
        await bench.run(seconds(40))
        const results = bench.numbers("write")
        // 5,744 B lie in the send buffer, one write waits for room there, 50 behind it.
        expect(results.indexOf(-1)).toBe(5 + 1 + 50)
        expect(results.slice(0, 56).every(r => r === 0)).toBe(true)
    })

    it("hands over what comes in pieces of 1,024 B, one round of the main loop later", async () => {
        const bench = sockets("c3", { everySeconds: 60 })
        await bench.run(seconds(9))
        bench.peer.lines[0]?.send(Buffer.alloc(2500))
        await bench.run(seconds(1))
        expect(events(bench)).toEqual([
            "open , 1",
            "data 1024 B, 1",
            "data 1024 B, 1",
            "data 452 B, 1",
        ])
    })

    it("with TLS, has a worker that a silent peer blocks for good: later opens only queue", async () => {
        const bench = sockets("c3", { attempts: 3, flags: TLS })
        bench.node.link.isTlsStalling = true
        await bench.run(seconds(20))
        bench.node.link.isTlsStalling = false
        await bench.run(minutes(3))
        expect(events(bench)).toEqual([])
        expect(bench.peer.lines.length).toBe(1)
    })

    it("with TLS, stops the board when it is closed during its handshake", async () => {
        const bench = sockets("c3", { attempts: 2, everySeconds: 5, flags: TLS | CLOSE })
        bench.node.link.isTlsStalling = true
        await bench.run(seconds(15))
        expect(bench.node.boardResets.map(({ text }) => text)).toEqual([
            "assertion: TLS socket closed during its handshake",
        ])
    })

    it("with TLS, stops the board for a write of 4,096 B", async () => {
        const bench = sockets("c3", { flags: TLS, writes: 1, blocks: 16 })
        await bench.run(seconds(12))
        expect(bench.node.boardResets.map(({ text }) => text)).toEqual([
            "assertion: TLS write of 4096 B, the most is 4095 B",
        ])
    })

    it("with TLS, loses the message after one that did not fit", async () => {
        const bench = sockets("c3", { flags: TLS, writes: 5, blocks: 12, everySeconds: 60 })
        bench.node.link.latencyUs = 30_000
        await bench.run(seconds(20))
        expect(bench.numbers("write")).toEqual([0, 0, 0, 0, 0])
        const kinds = (bench.peer.got[0] ?? "").replaceAll("\0", "")
        // A fits, B does not: it goes out with C, which is lost.
        expect(kinds).toMatch(/^AB/)
        expect(kinds).not.toContain("C")
        expect(kinds.length).toBeLessThan(5)
    })
})

describe("the socket of a Pico W", () => {
    const leaked = (bench: BoardBench) => {
        const { socket } = bench.board
        if (!(socket instanceof PicoSocket)) throw new Error("not the socket of a Pico W")
        return socket.leaked
    }

    it("opens a name that was not known, and a second time only when it was not remembered", async () => {
        const bench = sockets("picoW", { attempts: 3, everySeconds: 10, flags: CLOSE })
        await bench.run(seconds(60))
        const opens = events(bench)
        expect(opens[0]).toBe("open , 1")
        expect(opens.slice(1)).toEqual(["error can't alloc pcb, 2", "error can't alloc pcb, 3"])
        expect(leaked(bench)).toBe(5)

        const fresh = sockets("picoW", { attempts: 3, everySeconds: 10, flags: CLOSE })
        fresh.node.link.dnsTtlUs = 0
        await fresh.run(seconds(60))
        expect(events(fresh)).toEqual(["open , 1", "open , 2", "open , 3"])
    })

    it("never reaches an address, and leaks five connections, until it is restarted", async () => {
        const bench = sockets("picoW", { attempts: 2, flags: ADDRESS })
        await bench.run(seconds(40))
        expect(events(bench)).toEqual(["error can't alloc pcb, 1", "error can't alloc pcb, 2"])
        bench.node.powerCut(1000)
        expect(leaked(bench)).toBe(5)
        await bench.run(seconds(4))
        expect(leaked(bench)).toBe(0)
    })

    it("says nothing of a refused connection, of one that hangs, and of a name that is not found", async () => {
        for (const fault of ["isRefusing", "isHanging", "isDnsFailing"] as const) {
            const bench = sockets("picoW", { everySeconds: 60 })
            bench.node.link[fault] = true
            await bench.run(minutes(2))
            expect(events(bench), fault).toEqual([])
        }
    })

    it("tells the end of a connection as an error", async () => {
        const bench = sockets("picoW", { everySeconds: 20 })
        await bench.run(seconds(9))
        bench.peer.lines[0]?.close()
        await bench.run(seconds(30))
        expect(events(bench)).toEqual(["open , 1", "error recv without buf?, 1"])
    })

    it("has no TLS: the script is told 0, and nothing happens", async () => {
        const bench = await sockets("picoW", { flags: TLS }).run(minutes(1))
        expect(bench.numbers("opened")).toEqual([0])
        expect(events(bench)).toEqual([])
        expect(bench.peer.lines).toEqual([])
    })

    it("closes a connection with more than 11,680 B on their way", async () => {
        const bench = sockets("picoW", { writes: 6, blocks: 10, everySeconds: 60 })
        stallOnceOpen(bench)
        await bench.run(seconds(20))
        expect(bench.numbers("write").slice(0, 5)).toEqual([0, 0, 0, 0, -1])
        expect(events(bench)).toEqual(["open , 1", "error write error: -1, 1"])
    })
})

describe("a board without radio", () => {
    it("has no network for its program", async () => {
        const bench = await sockets("pico").run(seconds(30))
        expect(bench.numbers("network")).toEqual([])
    })
})
