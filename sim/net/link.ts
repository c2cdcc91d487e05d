/**
 * A node's way to the network and all that can be wrong with it. Everything is
 * drawn from a seed, and nothing is drawn while it is not needed, so that a
 * fault changes no other part of a run.
 */
import { type SeededRandom } from "../time/random.js"
import { accessPoint, type AccessPoint } from "./air.js"
import {
    Connection,
    type ConnectionLink,
    type ConnectionNetwork,
    type WireCount,
} from "./connection.js"
import { type Endpoint, type VirtualEndpoint } from "./endpoint.js"
import { type SocketEvent } from "../vm/vm.js"

/** First retransmission timeout, µs; doubles each time (RFC 6298, section 2). */
const RETRANSMISSION_US = 1_000_000
/** A segment that was lost so often breaks the connection. */
const MAX_TRANSMISSIONS = 6

/** What a link asks of the network that it leads to. */
export interface LinkNetwork extends ConnectionNetwork {
    /** One way, µs. */
    readonly latencyUs: number
    endpointOf(host: string): Endpoint | VirtualEndpoint | undefined
}

export class Link implements ConnectionLink {
    /** One way, µs. */
    latencyUs: number
    /** Added to the latency, uniform from 0, µs. */
    jitterUs = 0
    /**
     * Share of segments that are lost, 0 … 1. TCP loses no single bytes: a lost
     * segment comes late, after 1 s, 3 s, 7 s …, and holds up all behind it; one
     * lost six times breaks the connection. (A busy stream repairs losses sooner,
     * by fast retransmission; a node's few packets do not trigger it.)
     */
    lossRate = 0
    /** Bytes arrive in other pieces than they were sent in: split and joined at seeded places. */
    isRechunking = false
    /** No name can be resolved. */
    isDnsFailing = false
    /** Nothing listens at the other side. */
    isRefusing = false
    /** Connecting never completes and never fails. */
    isHanging = false
    /** The TLS handshake fails. */
    isTlsFailing = false
    /** The peer says nothing in the TLS handshake. Only boards notice. */
    isTlsStalling = false
    /** What the node's radio hears; a scan finds low channels first. Only boards have one. */
    readonly air: AccessPoint[] = [accessPoint()]
    /** How long a name that was resolved may be remembered, µs; 0 = not at all. */
    dnsTtlUs = 300_000_000
    /** What the next socket writes return instead of being queued: -1 queue full, -10 closed; 0 = as usual. */
    readonly writeResults: number[] = []
    /** Called for each new connection, before anything happens on it. */
    onConnection: ((connection: Connection) => void) | undefined
    /** Counts the lives of what is behind the link: +1 when its RAM was lost. */
    life = 0
    /** Times that a connection was opened, that is: accepted by the other side. */
    opened = 0
    /** When the node last received a byte, µs since the start; -1 = never. */
    lastReceivedAt = -1
    readonly wire: WireCount = { sent: 0, received: 0 }

    private isDown = false
    private isCarried = true
    private current: Connection | undefined

    constructor(
        readonly network: LinkNetwork,
        /** Shown to the other side. */
        readonly name: string,
        private readonly random: SeededRandom
    ) {
        this.latencyUs = network.latencyUs
    }

    /** Whether a name leads anywhere, and somebody would say so. */
    canResolve(host: string): boolean {
        return this.isReachable && !this.isDnsFailing && this.network.endpointOf(host) !== undefined
    }

    /** Whether anybody would hear a request for a connection. */
    get isReachable(): boolean {
        return !this.isDown && !this.isHanging && this.isCarried
    }

    /** The connection that the node uses, if there is one. */
    get connection(): Connection | undefined {
        return this.current?.isClosed === true ? undefined : this.current
    }

    /**
     * Opens a connection; one that was open is closed, as the platform has one socket.
     *
     * @param deliver called in virtual time with what the node's socket sees
     * @param isReadLater whether it keeps bytes for the program: see {@link Connection.read}
     */
    open(
        host: string,
        port: number,
        isTls: boolean,
        deliver: (event: SocketEvent, data?: Uint8Array) => void,
        isReadLater = false
    ): Connection {
        this.current?.close()
        const connection = new Connection(this, `${host}:${port}`, deliver, isReadLater)
        this.current = connection
        this.onConnection?.(connection)
        connection.dial(this.network.endpointOf(host), this.obstacle(host, port, isTls))
        return connection
    }

    /** The network interface is gone: the node's socket fails, the other side hears nothing. */
    goDown(): void {
        this.isDown = true
        this.current?.fail("network is down")
    }

    comeUp(): void {
        this.isDown = false
    }

    /** A board's radio has its way to the network, or has lost it: then bytes vanish. */
    carry(isThere: boolean): void {
        if (!isThere) this.current?.halfOpen()
        this.isCarried = isThere
    }

    /**
     * Bytes vanish in both directions and nobody is told, as when a router forgot
     * the connection. New connections hang until {@link isHanging} is reset.
     */
    goHalfOpen(): void {
        this.isHanging = true
        this.current?.halfOpen()
    }

    delayUs(): number | undefined {
        let delay = this.latencyUs
        if (this.jitterUs > 0) delay += Math.floor(this.random.float() * this.jitterUs)
        if (this.lossRate === 0) return delay
        let timeout = RETRANSMISSION_US
        for (let sent = 1; this.random.float() < this.lossRate; sent++) {
            if (sent === MAX_TRANSMISSIONS) return undefined
            delay += timeout
            timeout *= 2
        }
        return delay
    }

    chance(): number | undefined {
        return this.isRechunking ? this.random.float() : undefined
    }

    /** What keeps a connection from being made: a message, or "" when it hangs forever. */
    private obstacle(host: string, port: number, isTls: boolean): string | undefined {
        if (this.isDown) return "network is down"
        if (this.isDnsFailing) return `no such host: ${host}`
        if (this.isHanging) return ""
        if (this.isRefusing) return `${host}:${port}: connection refused`
        if (isTls && this.isTlsFailing) return `${host}:${port}: TLS handshake failed`
        return undefined
    }
}
