/** The connection to a broker: TCP, TLS or WebSocket, with {@link PacketGuard} before what arrives. */
import net from "node:net"
import { Duplex } from "node:stream"
import tls from "node:tls"
import { WebSocket, createWebSocketStream } from "ws"
import { type Broker } from "./broker.js"
import { PacketGuard } from "./packet-guard.js"

/** @returns a connection that is being made; "error" and "close" follow when it fails */
export function openStream({ protocol, host, port, path, ca }: Broker): Duplex {
    const trust = ca === undefined ? {} : { ca: [...tls.rootCertificates, ca] }
    if (protocol === "mqtt:") return net.connect({ host, port, noDelay: true })
    // An address is no name that a certificate could be asked for by SNI.
    const name = net.isIP(host) === 0 ? { servername: host } : {}
    if (protocol === "mqtts:")
        return tls.connect({ host, port, ...name, ...trust }).setNoDelay(true)
    const shown = host.includes(":") ? `[${host}]` : host
    return createWebSocketStream(
        new WebSocket(`${protocol}//${shown}:${port}${path}`, ["mqtt"], trust)
    )
}

export interface GuardOptions {
    /** Bytes arrive, before they are taken apart. */
    readonly onArrival: () => void
    readonly onTooLong: (topic: string, bytes: number) => void
}

/** A stream of which what arrives is guarded. */
export class GuardedStream extends Duplex {
    private readonly guard: PacketGuard

    constructor(
        private readonly stream: Duplex,
        private readonly options: GuardOptions
    ) {
        super({ allowHalfOpen: false })
        this.guard = new PacketGuard(options.onTooLong)
        stream.on("data", (chunk: Buffer) => this.arrive(chunk))
        stream.on("end", () => this.push(null))
        stream.on("error", error => this.destroy(error))
        stream.on("close", () => this.destroy())
    }

    override _read(): void {
        this.stream.resume()
    }

    override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
        this.stream.write(chunk, error => done(error ?? undefined))
    }

    override _writev(
        chunks: readonly { readonly chunk: Buffer }[],
        done: (error?: Error) => void
    ): void {
        this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "utf8", done)
    }

    override _final(done: () => void): void {
        this.stream.end(() => done())
    }

    override _destroy(error: Error | null, done: (error: Error | null) => void): void {
        this.stream.destroy()
        done(error)
    }

    private arrive(chunk: Buffer): void {
        this.options.onArrival()
        try {
            let hasRoom = true
            for (const part of this.guard.filter(chunk)) hasRoom = this.push(part) && hasRoom
            if (!hasRoom) this.stream.pause()
        } catch (e) {
            this.destroy(e as Error)
        }
    }
}
