/**
 * The socket of devicescript-esp32 (main/sock.c, IDF 5.0.5): one worker does what the
 * program wants, one thing after the other, and each as long as it takes; events wait
 * for the main loop. Nothing tells events of an old attempt from those of a new one.
 */
import { type Connection } from "../net/connection.js"
import { type Link } from "../net/link.js"
import { SOCKET_CLOSE, SOCKET_DATA, SOCKET_ERROR, SOCKET_OPEN, type SocketEvent } from "../vm/vm.js"
import { isAddress, type BoardSocket, type SocketOwner } from "./board-socket.js"

/** Orders that wait for the worker, and events that wait for the main loop. */
const MOST_ORDERS = 50
const MOST_EVENTS = 10
/** A connection request is sent again each 3 s, and given up after the sixth (lwIP). */
const SYN_US = 3_000_000
const SYNS = 6
const GIVE_UP_US = 500_000
/** A name server that does not answer: four times, two servers. */
const DNS_FAILS_US = 20_000_000
/** Key exchange and certificates. */
const HANDSHAKE_US = 1_500_000
/** TCP_WND of IDF: so much comes at once at most. */
const WINDOW_BYTES = 5744
/** TCP_SND_BUF */
const SEND_BUFFER_BYTES = 5744
/** The worker looks whether there is room to write. */
const ROOM_LOOK_US = 20_000
/** TCP gives up a connection on which nothing is acknowledged. */
const DEAD_US = 600_000_000
/** MBEDTLS_SSL_OUT_CONTENT_LEN */
const MOST_TLS_BYTES = 4096

type Order =
    | { readonly kind: "open"; readonly host: string; readonly port: number }
    | { readonly kind: "write"; readonly bytes: Uint8Array }

interface Waiting {
    readonly event: SocketEvent
    readonly data?: Uint8Array
}

export class Esp32Socket implements BoardSocket {
    private orders: Order[] = []
    private events: Waiting[] = []
    private isWorking = false
    /** "sock_fd": what was connected last and not closed since. */
    private connection: Connection | undefined
    /** It is open for the main loop, which reads from it. */
    private isConnected = false
    private isTls = false
    private isInHandshake = false
    private received: Uint8Array[] = []
    private end: "closed" | "reset" | undefined
    /** TLS: a record that did not fit into the send buffer; with the next message it goes out, and that is lost. */
    private pending: Uint8Array | undefined

    constructor(
        private readonly link: Link,
        private readonly owner: SocketOwner
    ) {}

    start(): void {
        this.orders = []
        this.events = []
        this.isWorking = false
        this.connection = undefined
        this.forget()
    }

    open(host: string, port: number): number {
        return this.order({ kind: "open", host, port })
    }

    write(bytes: Uint8Array): number {
        if (this.connection === undefined) return -10
        const ordered = this.link.writeResults.shift() ?? 0
        return ordered !== 0 ? ordered : this.order({ kind: "write", bytes })
    }

    /** Closes what is connected, at once; an attempt in progress goes on. */
    close(): void {
        // Its keys are freed while the worker computes with them.
        if (this.isInHandshake) this.owner.fail("TLS socket closed during its handshake")
        this.connection?.close()
        this.connection = undefined
        this.forget()
    }

    poll(deliver: (event: SocketEvent, data?: Uint8Array) => void): void {
        while (this.events.length > 0) {
            const { event, data } = this.events.shift() as Waiting
            deliver(event, data)
        }
        if (!this.isConnected) return
        let room = WINDOW_BYTES
        while (this.received.length > 0 && this.isConnected && room > 0) {
            const data = this.received.shift() as Uint8Array
            room -= data.length
            this.connection?.read(data.length)
            deliver(SOCKET_DATA, data)
        }
        // The peer sends on when it hears that there is room again.
        if (this.received.length > 0) this.owner.expect()
        if (!this.isConnected || this.end === undefined || this.received.length > 0) return
        const isReset = this.end === "reset"
        this.raise(isReset ? (this.isTls ? "mbedtls_ssl_read" : "recv error") : undefined)
    }

    private forget(): void {
        this.isConnected = false
        this.isTls = false
        this.isInHandshake = false
        this.received = []
        this.end = undefined
        this.pending = undefined
    }

    private order(order: Order): number {
        if (this.orders.length >= MOST_ORDERS) return -1
        this.orders.push(order)
        if (!this.isWorking) this.owner.after(0, () => this.work())
        this.isWorking = true
        return 0
    }

    private work(): void {
        const order = this.orders.shift()
        this.isWorking = order !== undefined
        if (order === undefined) return
        if (order.kind === "open") this.resolve(order.host, order.port)
        else this.send(order.bytes)
    }

    private resolve(host: string, port: number): void {
        this.close()
        if (isAddress(host)) this.connect(host, port, 0)
        else if (this.link.canResolve(host))
            this.owner.after(2 * this.link.latencyUs, () => this.connect(host, port, 0))
        else
            this.owner.after(DNS_FAILS_US, () => {
                this.push(SOCKET_ERROR, "can't resolve host")
                this.work()
            })
    }

    /** @param attempt requests sent before this one */
    private connect(host: string, port: number, attempt: number): void {
        if (attempt === SYNS) {
            this.owner.after(GIVE_UP_US, () => this.refuse())
            return
        }
        if (!this.link.isReachable) {
            this.owner.after(SYN_US, () => this.connect(host, port, attempt + 1))
            return
        }
        let isOver = false
        const see = (event: SocketEvent, data?: Uint8Array) => {
            if (!isOver && event === SOCKET_OPEN) this.established(connection, port < 0)
            else if (!isOver) this.refuse()
            else this.receive(connection, event, data)
            isOver = true
        }
        const connection = this.link.open(host, Math.abs(port), false, see, true)
    }

    private refuse(): void {
        this.push(SOCKET_ERROR, "can't connect")
        this.work()
    }

    private established(connection: Connection, isTls: boolean): void {
        this.connection = connection
        this.isTls = isTls
        if (!isTls) {
            this.connected()
            return
        }
        this.isInHandshake = true
        // A peer that says nothing is waited for without end: the worker is lost.
        if (this.link.isTlsStalling) return
        this.owner.after(HANDSHAKE_US + 4 * this.link.latencyUs, () => this.secured(connection))
    }

    private secured(connection: Connection): void {
        if (!this.isInHandshake || this.connection !== connection) return
        this.isInHandshake = false
        if (this.link.isTlsFailing || this.end !== undefined) {
            this.raise("mbedtls_ssl_handshake")
            this.work()
        } else this.connected()
    }

    private connected(): void {
        this.isConnected = true
        this.push(SOCKET_OPEN)
        this.work()
    }

    private receive(connection: Connection, event: SocketEvent, data?: Uint8Array): void {
        if (connection !== this.connection) return
        if (event === SOCKET_DATA && data !== undefined) this.received.push(data)
        else this.end = event === SOCKET_CLOSE ? "closed" : "reset"
        this.owner.expect()
    }

    private send(bytes: Uint8Array): void {
        const { connection } = this
        if (connection === undefined) {
            this.work()
            return
        }
        if (this.isTls) this.sendSecured(connection, bytes)
        else this.sendWhenRoom(connection, bytes, 0)
    }

    /** A plain write waits for room in the send buffer, and everything behind it waits too. */
    private sendWhenRoom(connection: Connection, bytes: Uint8Array, waitedUs: number): void {
        if (connection !== this.connection) this.work()
        else if (connection.unacknowledgedBytes + bytes.length <= SEND_BUFFER_BYTES) {
            connection.write(bytes)
            this.work()
        } else if (waitedUs >= DEAD_US) {
            this.raise("write error")
            this.work()
        } else
            this.owner.after(ROOM_LOOK_US, () =>
                this.sendWhenRoom(connection, bytes, waitedUs + ROOM_LOOK_US)
            )
    }

    private sendSecured(connection: Connection, bytes: Uint8Array): void {
        if (bytes.length >= MOST_TLS_BYTES)
            this.owner.fail(`TLS write of ${bytes.length} B, the most is ${MOST_TLS_BYTES - 1} B`)
        const isRoom = connection.unacknowledgedBytes + bytes.length <= SEND_BUFFER_BYTES
        if (this.pending !== undefined && isRoom) {
            // The library sends what it kept, and takes this message for the same.
            connection.write(this.pending)
            this.pending = undefined
        } else if (isRoom) connection.write(bytes)
        else this.pending ??= bytes
        this.work()
    }

    /** "raise_error": the connection is closed; its end follows. */
    private raise(message: string | undefined): void {
        this.isInHandshake = false
        this.close()
        if (message !== undefined) this.push(SOCKET_ERROR, message)
        this.push(SOCKET_CLOSE)
    }

    private push(event: SocketEvent, message?: string): void {
        this.owner.expect()
        if (this.events.length >= MOST_EVENTS) return
        this.events.push(message === undefined ? { event } : { event, data: Buffer.from(message) })
    }
}
