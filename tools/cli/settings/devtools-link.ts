/** Jacdac frames through a running `devs devtools`, which passes them on to boards on USB. */
import { connect, type Socket } from "node:net"
import { type FrameLink } from "../../../sim/jacdac/frame-link.js"
import { LengthPrefixReader, withLengthPrefix } from "../../../sim/devtools/length-prefix.js"
import { DevtoolsError, within } from "../../../sim/devtools/within.js"

const CONNECT_MS = 5000

export class DevtoolsLink implements FrameLink {
    private readonly listeners = new Set<(frame: Uint8Array) => void>()

    private constructor(private readonly socket: Socket) {
        const reader = new LengthPrefixReader()
        socket.setNoDelay(true)
        // The waits of those who use the link end with a reason of their own.
        socket.on("error", () => undefined)
        socket.on("data", piece => {
            for (const frame of reader.push(piece))
                for (const listener of [...this.listeners]) listener(frame)
        })
    }

    /** @throws DevtoolsError when nothing listens there */
    static async open(host: string, port: number, signal?: AbortSignal): Promise<DevtoolsLink> {
        const socket = connect(port, host)
        const link = new DevtoolsLink(socket)
        const place = `${host}:${port}`
        try {
            await within(
                new Promise<void>((resolve, reject) => {
                    socket.once("connect", resolve)
                    socket.once("error", reject)
                }),
                CONNECT_MS,
                `${place} does not answer`,
                signal
            )
        } catch (e) {
            socket.destroy()
            const { code } = e as NodeJS.ErrnoException
            if (code === undefined) throw e
            throw new DevtoolsError(
                `devtools is not running on ${place} (${code}): start it with "npx devs devtools"`,
                { cause: e }
            )
        }
        return link
    }

    sendFrame(frame: Uint8Array): void {
        this.socket.write(withLengthPrefix(frame))
    }

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
    }

    close(): void {
        this.socket.end()
        this.socket.destroySoon()
    }
}
