/**
 * The one link between a node and its broker: everything passes here and is
 * counted, and it can be cut. Behind it is any broker.
 */
import { Duplex } from "node:stream"
import { type Endpoint } from "../../sim/net/endpoint.js"
import { type World } from "../../sim/world/world.js"
import { PacketSplitter, TYPE_CONNECT, TYPE_PUBLISH, publishOf, typeOf } from "./packets.js"
import { SegmentCount } from "./segments.js"

/**
 * How a link ends. "closed": both sides are told at once, as when the broker's
 * machine restarts. "silent": nothing passes any more and nobody is told, as
 * when a router loses power; the node's TCP gives up after {@link TCP_GIVES_UP_MS}.
 */
export type CutKind = "closed" | "silent"

/**
 * lwIP with its usual 12 retransmissions gives up about 7.5 min after the first
 * byte that nobody acknowledges; a reading comes every minute.
 */
const TCP_GIVES_UP_MS = 8 * 60_000

/** Totals at one moment. */
export interface LinkTotals {
    /** TCP payload, B. */
    readonly up: number
    readonly down: number
    readonly segments: number
    readonly packetsUp: number
    readonly packetsDown: number
    /** CONNECT packets. */
    readonly connects: number
}

export class TappedLink implements Endpoint {
    readonly immediate: boolean
    readonly description: string
    /** When CONNECT packets reached the broker, virtual ms. */
    readonly connectedAtMs: number[] = []

    private readonly open = new Set<Carried>()
    private readonly segments: SegmentCount
    private readonly passages = new Map<string, number>()
    private readonly history: [atMs: number, totals: LinkTotals][] = []
    private up = 0
    private down = 0
    private packetsUp = 0
    private packetsDown = 0

    constructor(
        private readonly world: World,
        private readonly broker: Endpoint,
        latencyMs: number
    ) {
        this.immediate = broker.immediate
        this.description = broker.description
        this.segments = new SegmentCount(latencyMs)
        this.restore()
    }

    get nowMs(): number {
        return this.world.clock.now / 1000
    }

    get totals(): LinkTotals {
        return {
            up: this.up,
            down: this.down,
            segments: this.segments.total,
            packetsUp: this.packetsUp,
            packetsDown: this.packetsDown,
            connects: this.connectedAtMs.length,
        }
    }

    /** When this message first reached the broker, virtual ms; undefined = it never did. */
    passageOf(topic: string, payload: Uint8Array): number | undefined {
        return this.passages.get(keyOf(topic, payload))
    }

    /** The totals after the last message of the node that reached the broker by then. */
    totalsAt(ms: number): LinkTotals {
        const later = this.history.findIndex(([at]) => at > ms)
        return (this.history.at(later < 0 ? -1 : later - 1) as [number, LinkTotals])[1]
    }

    /** From now on, names cannot be resolved and what was connected is cut. */
    cut(kind: CutKind): void {
        this.world.network.defaultEndpoint = undefined
        for (const carried of this.open)
            if (kind === "closed") carried.closeBothSides()
            else {
                this.open.delete(carried)
                carried.fallSilent()
                this.segments.broken()
                this.world.clock.after(TCP_GIVES_UP_MS * 1000, () => carried.giveUp())
            }
    }

    restore(): void {
        this.world.network.defaultEndpoint = this
    }

    connect(): Duplex {
        this.segments.opened()
        const carried = new Carried(this.broker.connect(), {
            up: chunk => this.onUp(chunk),
            upPacket: packet => this.onUpPacket(packet),
            downPacket: packet => this.onDownPacket(packet),
            over: () => {
                if (this.open.delete(carried)) this.segments.closed()
            },
        })
        this.open.add(carried)
        return carried.stream
    }

    private onUp(chunk: Buffer): void {
        this.up += chunk.length
        this.segments.write("up", chunk.length, this.nowMs)
    }

    private onUpPacket(packet: Buffer): void {
        this.packetsUp++
        if (typeOf(packet) === TYPE_CONNECT) this.connectedAtMs.push(this.nowMs)
        if (typeOf(packet) !== TYPE_PUBLISH) return
        const { topic, payload } = publishOf(packet)
        const key = keyOf(topic, payload)
        if (!this.passages.has(key)) this.passages.set(key, this.nowMs)
        this.history.push([this.nowMs, this.totals])
    }

    private onDownPacket(packet: Buffer): void {
        this.packetsDown++
        this.down += packet.length
        this.segments.write("down", packet.length, this.nowMs)
    }
}

function keyOf(topic: string, payload: Uint8Array): string {
    return `${topic} ${Buffer.from(payload).toString("latin1")}`
}

interface CarriedEvents {
    readonly up: (chunk: Buffer) => void
    readonly upPacket: (packet: Buffer) => void
    readonly downPacket: (packet: Buffer) => void
    /** One side closed the connection. */
    readonly over: () => void
}

/** One connection over the link. */
class Carried {
    /** The node's side. */
    readonly stream: Duplex

    constructor(
        private readonly far: Duplex,
        events: CarriedEvents
    ) {
        const upPackets = new PacketSplitter()
        const downPackets = new PacketSplitter()
        this.stream = new Duplex({
            // Silence must not look like a close.
            emitClose: false,
            read() {
                // Data are pushed as they come.
            },
            write(chunk: Buffer, _encoding, done) {
                events.up(chunk)
                for (const packet of upPackets.push(chunk)) events.upPacket(packet)
                far.write(chunk)
                done()
            },
            final(done) {
                events.over()
                far.end()
                done()
            },
        })
        far.once("connect", () => this.stream.emit("connect"))
        // A broker sends each packet in one segment; in this process it may
        // come in pieces, which no real network would make of it.
        far.on("data", (data: Buffer) => {
            for (const packet of downPackets.push(data)) {
                if (this.stream.destroyed) return
                events.downPacket(packet)
                this.stream.push(packet)
            }
        })
        far.once("error", error => this.stream.emit("error", error))
        far.once("close", () => {
            events.over()
            if (!this.stream.destroyed && !this.stream.readableEnded) this.stream.push(null)
        })
    }

    closeBothSides(): void {
        this.far.destroy()
    }

    /** What the node writes from now on vanishes; the broker's side is gone. */
    fallSilent(): void {
        this.stream.destroy()
        this.far.destroy()
    }

    giveUp(): void {
        this.stream.emit("error", new Error("connection timed out"))
    }
}
