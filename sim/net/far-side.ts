/** The other side of a node's connection: behind a stream in real time, or on the virtual clock. */
import { type Duplex } from "node:stream"
import {
    type Delivered,
    type Endpoint,
    type LineHandler,
    type VirtualEndpoint,
} from "./endpoint.js"
import { ExpectedReplies } from "./expected-replies.js"

/** The node, as the other side hears of it. */
export interface Remote {
    readonly name: string
    readonly life: number
}

/** Told when something happens at a peer in real time, for which the virtual clock may have to wait. */
export interface TrafficWatch {
    noteTraffic(): void
}

/** What the other side does, as the connection hears of it. */
export interface FarEvents {
    opened(): void
    data(bytes: Uint8Array, delivered?: Delivered): void
    closed(): void
    failed(message: string): void
    isUnderWay(): boolean
}

export interface FarSide {
    /** Whether bytes can still be written. */
    readonly isOpen: boolean
    /** Whether it still owes something, in real time. */
    readonly isWaiting: boolean
    giveUpWaiting(): void
    write(bytes: Uint8Array): void
    /** The node hung up. */
    end(): void
    /** The connection broke, and this side sees it. */
    broken(): void
    /** The connection is dead, and this side does not see it. */
    vanish(): void
}

/** A peer on the virtual clock. */
export class VirtualSide implements FarSide {
    readonly isWaiting = false
    isOpen = true
    private readonly handler: LineHandler | undefined

    constructor(endpoint: VirtualEndpoint, remote: Remote, events: FarEvents) {
        let isVanished = false
        this.vanish = () => (isVanished = true)
        this.handler = endpoint.accept({
            remote: remote.name,
            life: remote.life,
            send: (bytes, delivered) => {
                if (this.isOpen && !isVanished) events.data(bytes, delivered)
            },
            close: () => {
                if (!this.isOpen) return
                this.isOpen = false
                if (!isVanished) events.closed()
            },
            isUnderWay: () => events.isUnderWay(),
        })
        if (this.handler !== undefined) events.opened()
        else {
            this.isOpen = false
            events.failed("connection refused")
        }
    }

    readonly vanish: () => void

    giveUpWaiting(): void {
        // It never waits.
    }

    write(bytes: Uint8Array): void {
        this.handler?.data(bytes)
    }

    end(): void {
        this.broken()
    }

    broken(): void {
        if (!this.isOpen) return
        this.isOpen = false
        this.handler?.closed()
    }
}

/** A peer behind a Node stream. The virtual clock stands still while it owes a reply. */
export class StreamSide implements FarSide {
    private readonly replies = new ExpectedReplies()
    private readonly stream: Duplex
    private isConnecting = true
    private isEnded = false

    constructor(
        endpoint: Endpoint,
        private readonly traffic: TrafficWatch,
        private readonly events: FarEvents
    ) {
        const stream = endpoint.connect()
        this.stream = stream
        traffic.noteTraffic()
        stream.on("data", (data: Buffer) => {
            traffic.noteTraffic()
            this.replies.received(data)
            events.data(data)
        })
        stream.once("error", error => {
            if (!this.over()) events.failed(error.message)
        })
        stream.once("close", () => this.onClosed())
        stream.once("end", () => this.onClosed())
        if (endpoint.immediate) this.onConnected()
        else stream.once("connect", () => this.onConnected())
    }

    get isOpen(): boolean {
        return !this.stream.destroyed
    }

    get isWaiting(): boolean {
        return !this.isEnded && (this.replies.count > 0 || this.isConnecting)
    }

    giveUpWaiting(): void {
        this.replies.giveUp()
        this.isConnecting = false
    }

    write(bytes: Uint8Array): void {
        this.traffic.noteTraffic()
        this.replies.sent(bytes)
        this.stream.write(bytes)
    }

    end(): void {
        this.stream.end()
    }

    broken(): void {
        this.vanish()
    }

    /** A real peer has to be told some time: there is no other end of its connection. */
    vanish(): void {
        this.over()
        this.stream.destroy()
    }

    private onConnected(): void {
        this.isConnecting = false
        this.traffic.noteTraffic()
        this.events.opened()
    }

    private onClosed(): void {
        if (!this.over()) this.events.closed()
    }

    /** @returns whether it was over before */
    private over(): boolean {
        const before = this.isEnded
        this.isEnded = true
        this.replies.giveUp()
        this.traffic.noteTraffic()
        return before
    }
}
