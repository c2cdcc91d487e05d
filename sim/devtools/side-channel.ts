/**
 * A client of devtools' WebSocket (8081): text messages are requests, answers
 * and events of its side protocol, binary messages are Jacdac frames.
 */
import { WebSocket, type RawData } from "ws"
import { z } from "zod"
import { type FrameLink } from "../jacdac/frame-link.js"
import { DevtoolsError, within } from "./within.js"

const REQUEST_MS = 10_000

const response = z.object({ resp: z.string(), seq: z.number(), data: z.unknown().optional() })
const failure = z.object({ message: z.string() })
const outputEvent = z.object({
    ev: z.literal("output"),
    data: z.object({ from: z.string(), lines: z.array(z.string()) }),
})

interface Waiting {
    readonly resolve: (data: unknown) => void
    readonly reject: (error: Error) => void
}

export class SideChannel implements FrameLink {
    /** Called with the lines that the server passes on: "vm", "vm-err", "dev" or "verbose". */
    onOutput: ((from: string, lines: readonly string[]) => void) | undefined
    /** Resolves when the connection has ended, for whatever reason. */
    readonly closed: Promise<void>

    private readonly listeners = new Set<(frame: Uint8Array) => void>()
    private readonly waiting = new Map<number, Waiting>()
    private lastSeq = 0

    private constructor(private readonly socket: WebSocket) {
        socket.on("message", (data, isBinary) => this.receive(data, isBinary))
        this.closed = new Promise(resolve => {
            socket.once("close", () => {
                for (const { reject } of this.waiting.values())
                    reject(new DevtoolsError("devtools ended the connection"))
                this.waiting.clear()
                resolve()
            })
        })
    }

    /**
     * @param port devtools' web port on this machine
     * @throws the socket's error ("code" tells a refused connection); DevtoolsError when the other
     * side is not devtools
     */
    static async connect(port: number, signal?: AbortSignal): Promise<SideChannel> {
        const socket = new WebSocket(`ws://127.0.0.1:${port}`, { handshakeTimeout: REQUEST_MS })
        const channel = new SideChannel(socket)
        try {
            await new Promise<void>((resolve, reject) => {
                socket.once("open", resolve)
                socket.on("error", reject)
            })
            await channel.request("bcast", { enabled: false }, signal)
        } catch (e) {
            socket.terminate()
            if ((e as NodeJS.ErrnoException).code === "ECONNREFUSED") throw e
            if (signal?.aborted === true) throw e
            throw new DevtoolsError(
                `port ${port} is taken by another program than devtools: end that program or choose other ports`,
                { cause: e }
            )
        }
        return channel
    }

    /**
     * Sends a request of the side protocol.
     *
     * @returns the answer's data
     * @throws DevtoolsError with the server's message, or when there is no answer within 10 s
     */
    async request(name: string, data: object, signal?: AbortSignal): Promise<unknown> {
        const seq = ++this.lastSeq
        const answer = new Promise((resolve, reject) => this.waiting.set(seq, { resolve, reject }))
        this.socket.send(JSON.stringify({ req: name, seq, data }))
        try {
            return await within(
                answer,
                REQUEST_MS,
                `devtools did not answer the request "${name}"`,
                signal
            )
        } finally {
            this.waiting.delete(seq)
        }
    }

    sendFrame(frame: Uint8Array): void {
        if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame)
    }

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
    }

    async close(): Promise<void> {
        this.socket.close()
        await this.closed
    }

    private receive(data: RawData, isBinary: boolean): void {
        const bytes = data as Buffer
        if (isBinary) for (const listener of [...this.listeners]) listener(Uint8Array.from(bytes))
        else this.receiveText(bytes.toString())
    }

    /** Messages of other kinds, or none that devtools sends, are ignored. */
    private receiveText(text: string): void {
        const event = outputEvent.safeParse(parsed(text))
        if (event.success) this.onOutput?.(event.data.data.from, event.data.data.lines)
        const answer = response.safeParse(parsed(text))
        if (!answer.success) return
        const { resp, seq, data } = answer.data
        const waiting = this.waiting.get(seq)
        if (resp !== "error") waiting?.resolve(data)
        else
            waiting?.reject(
                new DevtoolsError(
                    `devtools: ${failure.safeParse(data).data?.message ?? "unnamed error"}`
                )
            )
    }
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text)
    } catch {
        return undefined
    }
}
