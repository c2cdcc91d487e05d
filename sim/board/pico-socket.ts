/**
 * The socket of devicescript-pico on a Pico W (src/lwip_sock.c). It knows no TLS, and two
 * mistakes are built in: the flag that a name is resolved is never reset, and a
 * connection that was started twice is forgotten but not freed.
 */
import { type Connection } from "../net/connection.js"
import { type Link } from "../net/link.js"
import { SOCKET_CLOSE, SOCKET_DATA, SOCKET_ERROR, SOCKET_OPEN, type SocketEvent } from "../vm/vm.js"
import { isAddress, type BoardSocket, type SocketOwner } from "./board-socket.js"

const BAD_PORT = -100
const OUT_OF_MEMORY = -1
/** MEMP_NUM_TCP_PCB */
const MOST_CONNECTIONS = 5
/** TCP_SND_BUF: 8 segments */
const SEND_BUFFER_BYTES = 11_680

interface Waiting {
    readonly event: SocketEvent
    readonly data?: Uint8Array
}

export class PicoSocket implements BoardSocket {
    /** Connections that were started and will never be freed. */
    leaked = 0

    private events: Waiting[] = []
    private host = ""
    private port = 0
    private isConnecting = false
    private isConnected = false
    /** "host_found_pending" */
    private isFound = false
    private connection: Connection | undefined
    /** A connection was started that nothing will come of. */
    private isSilent = false
    /** Names that were resolved, and until when they are known, µs. */
    private readonly names = new Map<string, number>()

    constructor(
        private readonly link: Link,
        private readonly owner: SocketOwner
    ) {}

    start(): void {
        this.leaked = 0
        this.events = []
        this.connection = undefined
        this.names.clear()
        this.forget()
    }

    open(host: string, port: number): number {
        if (port <= 0 || port > 0xffff) return BAD_PORT
        this.close()
        this.host = host
        this.port = port
        this.isConnecting = true
        const { now } = this.link.network.clock
        if (isAddress(host) || (this.names.get(host) ?? 0) > now) {
            this.isFound = true
            this.owner.expect()
            return 0
        }
        const isKnown = this.link.canResolve(host)
        this.owner.after(2 * this.link.latencyUs, () => this.resolved(host, isKnown))
        return 0
    }

    write(bytes: Uint8Array): number {
        const { connection } = this
        if (!this.isConnected || connection === undefined) return -10
        const ordered = this.link.writeResults.shift() ?? 0
        if (ordered !== 0) return ordered
        if (connection.unacknowledgedBytes + bytes.length > SEND_BUFFER_BYTES) {
            this.raise(`write error: ${OUT_OF_MEMORY}`)
            return OUT_OF_MEMORY
        }
        connection.write(bytes)
        return 0
    }

    close(): void {
        this.connection?.close()
        this.connection = undefined
        this.forget()
    }

    poll(deliver: (event: SocketEvent, data?: Uint8Array) => void): void {
        if (this.isFound) this.begin()
        while (this.events.length > 0) {
            const { event, data } = this.events.shift() as Waiting
            if (event === SOCKET_DATA) this.connection?.read(data?.length ?? 0)
            deliver(event, data)
        }
    }

    private forget(): void {
        this.isConnecting = false
        this.isConnected = false
        this.isFound = false
        this.isSilent = false
    }

    private resolved(host: string, isKnown: boolean): void {
        const { network, dnsTtlUs } = this.link
        if (isKnown && dnsTtlUs > 0) this.names.set(host, network.clock.now + dnsTtlUs)
        // Without a result it connects to whatever address lies at 0 in memory.
        if (!isKnown) this.isSilent = true
        this.begin()
    }

    /** "host_found": starts a connection, whether or not there is one. */
    private begin(): void {
        const inUse = this.leaked + (this.connection === undefined && !this.isSilent ? 0 : 1)
        if (inUse >= MOST_CONNECTIONS) {
            this.leaked = MOST_CONNECTIONS
            this.connection = undefined
            this.raise("can't alloc pcb")
            return
        }
        if (this.connection !== undefined) this.leaked++
        if (this.isFound) this.owner.expect()
        // Nobody is there, or the answer is lost: it ends without a word.
        if (this.isSilent || !this.link.isReachable) {
            this.isSilent = true
            return
        }
        const see = (event: SocketEvent, data?: Uint8Array) => this.receive(connection, event, data)
        const connection = this.link.open(this.host, this.port, false, see, true)
        this.connection = connection
    }

    private receive(connection: Connection, event: SocketEvent, data?: Uint8Array): void {
        if (connection !== this.connection) return
        if (event === SOCKET_OPEN) {
            this.isConnected = true
            this.push(SOCKET_OPEN)
        } else if (event === SOCKET_DATA) this.push(SOCKET_DATA, data)
        else if (!this.isConnected) this.isSilent = true
        else this.raise(event === SOCKET_CLOSE ? "recv without buf?" : "sock error: -14")
    }

    private raise(message: string): void {
        if (!this.isConnecting) return
        this.close()
        this.push(SOCKET_ERROR, Buffer.from(message))
        this.push(SOCKET_CLOSE)
    }

    private push(event: SocketEvent, data?: Uint8Array): void {
        this.events.push(data === undefined ? { event } : { event, data })
        this.owner.expect()
    }
}
