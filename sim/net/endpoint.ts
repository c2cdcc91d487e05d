/** Where a node's TCP connection ends: a real broker, or one in this process. */
import net from "node:net"
import { type Duplex } from "node:stream"

export interface Endpoint {
    /** A new connection; "connect" or "error" follows on the stream for network ones. */
    connect(): Duplex
    /** Whether a connection is up as soon as it was made. */
    readonly immediate: boolean
    /** In words, for messages. */
    readonly description: string
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
