/**
 * The virtual network between simulated nodes and brokers. Bytes travel in
 * virtual time with a latency; what happens at a broker happens in real time
 * while the virtual clock stands still (see {@link VirtualNetwork.settle}).
 */
import { type Duplex } from "node:stream"
import { SOCKET_CLOSE, SOCKET_DATA, SOCKET_ERROR, SOCKET_OPEN, type SocketEvent } from "../vm/vm.js"
import { type VirtualClock } from "../world/clock.js"
import { type Endpoint } from "./endpoint.js"
import { ExpectedReplies } from "./expected-replies.js"

/** A chunk as the ESP32's socket code hands it over, B. */
const RECEIVE_CHUNK_BYTES = 1024
/** Longest real time to wait for an owed reply before time goes on, ms. */
const REPLY_LIMIT_MS = 5000
/** Event loop turns without traffic after which an in-process broker is done. */
const QUIET_TURNS = 6

export interface NetworkOptions {
    /** One way, µs. */
    readonly latencyUs?: number
}

/** Bytes on all connections of a node, both directions, TCP payload only. */
export interface WireCount {
    sent: number
    received: number
}

export class VirtualNetwork {
    private readonly latencyUs: number
    private readonly hosts = new Map<string, Endpoint>()
    private readonly open = new Set<Connection>()
    private traffic = 0
    private settledTraffic = 0

    constructor(
        readonly clock: VirtualClock,
        options: NetworkOptions = {}
    ) {
        this.latencyUs = options.latencyUs ?? 10_000
    }

    /** Every host name leads to this endpoint unless {@link addHost} says otherwise. */
    defaultEndpoint: Endpoint | undefined

    addHost(name: string, endpoint: Endpoint): void {
        this.hosts.set(name, endpoint)
    }

    /**
     * Connects a node to a host.
     * @param deliver called in virtual time with what the node's socket sees
     */
    connect(
        host: string,
        port: number,
        wire: WireCount,
        deliver: (event: SocketEvent, data?: Uint8Array) => void
    ): Connection {
        const endpoint = this.hosts.get(host) ?? this.defaultEndpoint
        const connection = new Connection(this, endpoint, `${host}:${port}`, wire, deliver)
        this.open.add(connection)
        return connection
    }

    /** Whether something happened at a broker that may not be finished. */
    get needsSettling(): boolean {
        return this.traffic !== this.settledTraffic
    }

    /**
     * Waits, in real time, until brokers have reacted to all that was sent.
     * Returns at once when nothing was sent since the last time.
     */
    async settle(): Promise<void> {
        const deadline = performance.now() + REPLY_LIMIT_MS
        let quiet = 0
        while (quiet < QUIET_TURNS) {
            const before = this.traffic
            await new Promise(resolve => setImmediate(resolve))
            const isOwed = [...this.open].some(c => c.isWaiting)
            quiet = this.traffic !== before || isOwed ? 0 : quiet + 1
            if (isOwed && performance.now() > deadline) for (const c of this.open) c.giveUp()
        }
        this.settledTraffic = this.traffic
    }

    /** @internal */
    noteTraffic(): void {
        this.traffic++
    }

    /** @internal */
    forget(connection: Connection): void {
        this.open.delete(connection)
    }

    /** @internal Runs an action after the one-way latency. */
    later(action: () => void): void {
        this.clock.after(this.latencyUs, action)
    }
}

/** One TCP connection of a node. */
export class Connection {
    private readonly replies = new ExpectedReplies()
    private stream: Duplex | undefined
    private isConnecting = true
    private isClosed = false

    constructor(
        private readonly network: VirtualNetwork,
        endpoint: Endpoint | undefined,
        private readonly name: string,
        private readonly wire: WireCount,
        private readonly deliver: (event: SocketEvent, data?: Uint8Array) => void
    ) {
        network.later(() => {
            if (this.isClosed) return
            if (endpoint === undefined) this.fail(`no such host: ${name}`)
            else this.dial(endpoint)
        })
    }

    /** Whether the other side still owes something. */
    get isWaiting(): boolean {
        return (
            !this.isClosed &&
            (this.replies.count > 0 || (this.stream !== undefined && this.isConnecting))
        )
    }

    /** @returns 0 queued, -10 closed */
    write(bytes: Uint8Array): number {
        if (this.isClosed) return -10
        this.network.later(() => {
            if (this.stream === undefined || this.stream.destroyed) return
            this.wire.sent += bytes.length
            this.network.noteTraffic()
            this.replies.sent(bytes)
            this.stream.write(bytes)
        })
        return 0
    }

    /** The node hangs up: no further event reaches it. Bytes under way still arrive. */
    close(): void {
        if (this.isClosed) return
        this.isClosed = true
        this.network.later(() => this.stream?.end())
        this.network.forget(this)
    }

    /** The link breaks: neither side hears from the other again. */
    cut(): void {
        this.isClosed = true
        this.stream?.destroy()
        this.network.noteTraffic()
        this.network.forget(this)
    }

    giveUp(): void {
        this.replies.giveUp()
        this.isConnecting = false
    }

    private dial(endpoint: Endpoint): void {
        const stream = endpoint.connect()
        this.stream = stream
        this.network.noteTraffic()
        stream.on("data", (data: Buffer) => this.onData(data))
        stream.once("error", error => this.fail(`${this.name}: ${error.message}`))
        stream.once("close", () => this.onStreamClosed())
        stream.once("end", () => this.onStreamClosed())
        if (endpoint.immediate) this.onConnected()
        else stream.once("connect", () => this.onConnected())
    }

    private onConnected(): void {
        this.isConnecting = false
        this.network.noteTraffic()
        this.arrive(SOCKET_OPEN)
    }

    private onData(data: Buffer): void {
        this.network.noteTraffic()
        this.wire.received += data.length
        this.replies.received(data)
        for (let at = 0; at < data.length; at += RECEIVE_CHUNK_BYTES)
            this.arrive(SOCKET_DATA, Uint8Array.from(data.subarray(at, at + RECEIVE_CHUNK_BYTES)))
    }

    private onStreamClosed(): void {
        if (this.isClosed) return
        this.arrive(SOCKET_CLOSE)
        this.finish()
    }

    private fail(message: string): void {
        if (this.isClosed) return
        this.arrive(SOCKET_ERROR, Buffer.from(message))
        this.finish()
    }

    /** Delivered even when this side has seen the end since: the bytes were under way. */
    private arrive(event: SocketEvent, data?: Uint8Array): void {
        this.network.later(() => this.deliver(event, data))
    }

    private finish(): void {
        this.isClosed = true
        this.replies.giveUp()
        this.network.noteTraffic()
        this.network.forget(this)
    }
}
