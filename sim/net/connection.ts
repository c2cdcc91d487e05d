/** One TCP connection of a node, from its socket to the other side. */
import { SOCKET_CLOSE, SOCKET_DATA, SOCKET_ERROR, SOCKET_OPEN, type SocketEvent } from "../vm/vm.js"
import { type Delivered, type Endpoint, type VirtualEndpoint } from "./endpoint.js"
import {
    type FarSide,
    type Remote,
    StreamSide,
    type TrafficWatch,
    VirtualSide,
} from "./far-side.js"
import { Pipe } from "./pipe.js"
import { type VirtualClock } from "../time/clock.js"

/** A chunk as the ESP32's socket code hands it over, B. */
const RECEIVE_CHUNK_BYTES = 1024
/** Unacknowledged bytes that the operating system takes (TCP_SND_BUF of the ESP32), B. */
const SEND_BUFFER_BYTES = 5744
/** Writes that wait for the socket's worker beyond that (devicescript.md 4.3). */
const SEND_QUEUE_WRITES = 50

/**
 * A board gives bytes to the program's fibers, which may run after the one that just found the
 * connection closed: then nobody takes them any more.
 */
const TAKEN_US = 20_000

/** Bytes on all connections of a node, both directions, TCP payload only. */
export interface WireCount {
    sent: number
    received: number
}

/** What a connection asks of the network. */
export interface ConnectionNetwork extends TrafficWatch {
    readonly clock: VirtualClock
    /** Virtual time may have to stand still for this connection. */
    remember(connection: Connection): void
    forget(connection: Connection): void
}

/** What a connection asks of the link that it runs over, and tells it. */
export interface ConnectionLink extends Remote {
    readonly network: ConnectionNetwork
    readonly wire: WireCount
    /** What the next writes return instead of being queued. */
    readonly writeResults: number[]
    opened: number
    lastReceivedAt: number
    /** Time on the way for one segment, µs; undefined = never acknowledged. */
    delayUs(): number | undefined
    /** 0 … 1 where bytes are to be cut otherwise than they were sent; undefined = they are not. */
    chance(): number | undefined
}

export class Connection {
    /** The node hung up, or has seen the end. */
    isClosed = false

    private readonly up: Pipe
    private readonly down: Pipe
    private far: FarSide | undefined
    private isSilent = false
    /** What waits for the node to read up to a byte of the stream, in order. */
    private readonly unread: { readonly at: number; readonly action: Delivered }[] = []
    private readBytes = 0

    constructor(
        private readonly link: ConnectionLink,
        private readonly name: string,
        private readonly deliver: (event: SocketEvent, data?: Uint8Array) => void,
        /** Whether bytes lie in the socket until the program comes to them: {@link read} tells. */
        private readonly isReadLater: boolean
    ) {
        const shared = {
            clock: link.network.clock,
            delayUs: () => link.delayUs(),
            chance: () => link.chance(),
            broken: (reason: string) => this.reset(reason),
        }
        this.up = new Pipe({ ...shared, deliver: bytes => this.sendToFar(bytes) })
        this.down = new Pipe({ ...shared, deliver: bytes => this.receive(bytes) })
    }

    /** Whether real time has to pass until the other side has reacted. */
    get isWaiting(): boolean {
        return !this.isClosed && !this.isSilent && this.far?.isWaiting === true
    }

    /** Bytes that the node sent and that did not arrive yet. */
    get unacknowledgedBytes(): number {
        return this.up.waitingBytes
    }

    giveUpWaiting(): void {
        this.far?.giveUpWaiting()
    }

    /**
     * The connection breaks when N bytes arrived: from the node at the
     * other side ("up") or from there at the node ("down"). Both sides are told.
     */
    cutAfter(direction: "up" | "down", bytes: number): void {
        this.after(direction, bytes, () => this.reset("connection reset"))
    }

    /**
     * Calls back right after the n-th byte arrived in this direction, before any
     * other happens; with 0, before the first one arrives.
     */
    after(direction: "up" | "down", bytes: number, action: () => void): void {
        this.pipe(direction).after(bytes, action)
    }

    /** No byte arrives in this direction for N ms; then all of them do. */
    stall(direction: "up" | "down", ms: number): void {
        this.pipe(direction).stall(ms * 1000)
    }

    /** @internal Connects, or fails for the given reason; "" = hangs. */
    dial(endpoint: Endpoint | VirtualEndpoint | undefined, obstacle: string | undefined): void {
        if (obstacle === "") return
        // Name resolution or the first segment takes its time, even to fail.
        this.up.push(undefined, () => {
            if (this.isClosed || this.isSilent) return
            if (obstacle !== undefined) this.refuse(obstacle)
            else if (endpoint === undefined) this.refuse(`no such host: ${this.name}`)
            else this.reach(endpoint)
        })
    }

    /** @returns 0 queued, -1 queue full, -10 closed */
    write(bytes: Uint8Array): number {
        if (this.isClosed) return -10
        const ordered = this.link.writeResults.shift() ?? 0
        if (ordered !== 0) return ordered
        const { up } = this
        if (up.waitingBytes > SEND_BUFFER_BYTES && up.waitingWrites > SEND_QUEUE_WRITES) return -1
        up.push(bytes)
        return 0
    }

    /** The program was given N of the bytes that had come. */
    read(bytes: number): void {
        this.readBytes += bytes
        while (this.unread.length > 0 && this.unread[0].at <= this.readBytes) {
            const action = this.unread.shift()?.action
            action?.("given")
            this.link.network.clock.after(TAKEN_US, () => {
                if (!this.isClosed) action?.("taken")
            })
        }
    }

    /** The node hangs up: no further event reaches it. Bytes in flight still arrive. */
    close(): void {
        if (this.isClosed) return
        this.finish()
        this.up.push(undefined, () => this.far?.end())
    }

    /** The node lost its power: it says nothing more, but what it sent before still arrives. */
    vanish(): void {
        if (this.isClosed) return
        this.finish()
        this.up.push(undefined, () => this.far?.vanish())
    }

    /** Bytes vanish in both directions from now on; nobody is told. */
    halfOpen(): void {
        if (this.isClosed) return
        this.isSilent = true
        this.up.swallow()
        this.down.swallow()
        this.far?.vanish()
    }

    /** The node's socket fails; the other side is not told. */
    fail(reason: string): void {
        if (this.isClosed) return
        this.halfOpen()
        this.finish()
        this.deliver(SOCKET_ERROR, Buffer.from(reason))
    }

    /** The connection breaks and both sides are told. */
    reset(reason: string): void {
        if (this.isSilent) return
        this.up.close()
        if (this.isClosed) {
            this.far?.broken()
            return
        }
        this.finish()
        this.far?.broken()
        this.deliver(SOCKET_ERROR, Buffer.from(reason))
    }

    private pipe(direction: "up" | "down"): Pipe {
        return direction === "up" ? this.up : this.down
    }

    private reach(endpoint: Endpoint | VirtualEndpoint): void {
        const events = {
            opened: () => {
                this.link.opened++
                this.down.push(undefined, () => this.deliver(SOCKET_OPEN))
            },
            data: (bytes: Uint8Array, delivered?: Delivered) =>
                this.down.push(bytes, delivered && (() => this.arrived(delivered))),
            closed: () => this.down.push(undefined, () => this.see(SOCKET_CLOSE)),
            failed: (message: string) => this.refuse(`${this.name}: ${message}`),
            isUnderWay: () => this.up.waitingWrites + this.down.waitingWrites > 0,
        }
        if ("accept" in endpoint) this.far = new VirtualSide(endpoint, this.link, events)
        else {
            this.link.network.remember(this)
            this.far = new StreamSide(endpoint, this.link.network, events)
        }
    }

    /** What lies unread when the socket closes never came to the program. */
    private arrived(action: Delivered): void {
        if (this.isReadLater) this.unread.push({ at: this.down.delivered, action })
        else action("taken")
    }

    private refuse(message: string): void {
        this.down.push(undefined, () => this.see(SOCKET_ERROR, Buffer.from(message)))
    }

    private see(event: SocketEvent, data?: Uint8Array): void {
        this.finish()
        this.deliver(event, data)
    }

    private sendToFar(bytes: Uint8Array): void {
        if (this.far?.isOpen !== true) return
        this.link.wire.sent += bytes.length
        this.far.write(bytes)
    }

    private receive(bytes: Uint8Array): void {
        this.link.wire.received += bytes.length
        this.link.lastReceivedAt = this.link.network.clock.now
        for (let at = 0; at < bytes.length && !this.isClosed; at += RECEIVE_CHUNK_BYTES)
            this.deliver(SOCKET_DATA, Uint8Array.from(bytes.subarray(at, at + RECEIVE_CHUNK_BYTES)))
    }

    /** Nothing reaches the node any more. */
    private finish(): void {
        this.isClosed = true
        this.down.close()
        this.link.network.forget(this)
    }
}
