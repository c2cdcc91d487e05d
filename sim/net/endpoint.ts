/** Where a node's TCP connection ends: a real broker, or one in this process. */
import net from "node:net"
import { type Duplex } from "node:stream"

/** A peer behind a Node stream; it reacts in real time. */
export interface Endpoint {
    /** A new connection; "connect" or "error" follows on the stream for network ones. */
    connect(): Duplex
    /** Whether a connection is up as soon as it was made. */
    readonly immediate: boolean
    /** In words, for messages. */
    readonly description: string
}

/** A peer that lives on the virtual clock: it reacts at once and never waits for real time. */
export interface VirtualEndpoint {
    /** @returns who handles the connection, or undefined to refuse it */
    accept(line: Line): LineHandler | undefined
    /** In words, for messages. */
    readonly description: string
}

/** Told how surely a node's program has what was sent: "given" may be followed by "taken", or by nothing. */
export type Delivered = (how: "given" | "taken") => void

/** The peer's end of a connection, as its operating system offers it. */
export interface Line {
    /** Who connected: the name of the node. */
    readonly remote: string
    /** Counts the remote's lives: a node that lost its RAM has a new one. */
    readonly life: number
    /**
     * Queues bytes.
     * @param delivered called when the node has all of them
     */
    send(bytes: Uint8Array, delivered?: Delivered): void
    /** Closes the connection; what was sent before still arrives. */
    close(): void
    /** Whether something sent in either direction did not arrive: a real system knows only of its own. */
    isUnderWay(): boolean
}

/** What the peer does with a connection. Not called any more after {@link Line.close}. */
export interface LineHandler {
    data(bytes: Uint8Array): void
    /** The remote hung up, or the connection broke. */
    closed(): void
}

/** A broker that listens on TCP. */
export class TcpEndpoint implements Endpoint {
    readonly immediate = false
    readonly description: string

    constructor(
        readonly host: string,
        readonly port: number
    ) {
        this.description = `mqtt://${host}:${port}`
    }

    connect(): Duplex {
        const socket = net.connect({ host: this.host, port: this.port })
        socket.setNoDelay(true)
        return socket
    }
}
