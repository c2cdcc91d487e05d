/** A pseudo-terminal whose one end is opened as a serial port by the real library. */
import {
    closeSync,
    constants,
    mkdirSync,
    mkdtempSync,
    openSync,
    rmSync,
    symlinkSync,
    writeSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import { type ReadStream } from "node:tty"
import * as pty from "@lydell/node-pty"

/** What its `open` gives, which its types leave out. */
interface OpenedPty {
    readonly master: ReadStream & { readonly _handle: { readonly fd: number } }
    readonly slave: ReadStream
    readonly _pty: string
}

/** Most bytes that wait for a reader; more are lost, as on a board that nobody reads. */
const MOST_WAITING_BYTES = 16_384
/** Between two attempts to write to a port that is full, ms. */
const AGAIN_MS = 1

export class PseudoPort {
    /**
     * To be opened. A name of its own, which is gone once the cable is pulled out: the
     * system gives the pseudo-terminal's number to the next one, which may be another test's.
     */
    readonly path: string
    private readonly folder: string
    private readonly opened: OpenedPty
    /** Without a second holder of the far end, the near one fails when the first closes. */
    private readonly held: number
    private waiting = new Uint8Array(0)
    private isUnplugged = false

    /** @param onData called with what the opener of the port writes @param at where one was before that was unplugged */
    constructor(onData: (data: Uint8Array) => void, at?: string) {
        const { open } = pty as unknown as { open: (options: object) => OpenedPty }
        this.opened = open({ encoding: null })
        this.folder =
            at === undefined ? mkdtempSync(path.join(os.tmpdir(), "port-")) : path.dirname(at)
        mkdirSync(this.folder, { recursive: true })
        this.path = path.join(this.folder, "ttyACM0")
        symlinkSync(this.opened._pty, this.path)
        this.held = openSync(this.path, constants.O_RDWR | constants.O_NOCTTY)
        // It would read what is meant for the port.
        this.opened.slave.destroy()
        this.opened.master.on("data", (data: Buffer) => onData(new Uint8Array(data)))
        this.opened.master.on("error", () => undefined)
    }

    write(data: Uint8Array): void {
        const { waiting } = this
        if (waiting.length + data.length > MOST_WAITING_BYTES) return
        this.waiting = Uint8Array.from([...waiting, ...data])
        if (waiting.length === 0) this.flush()
    }

    /** Not through the stream: it would stop this process, which is also the one that reads, until there is room. */
    private flush(): void {
        if (this.isUnplugged) return
        try {
            const { fd } = this.opened.master._handle
            this.waiting = this.waiting.subarray(writeSync(fd, this.waiting))
        } catch (e) {
            if ((e as NodeJS.ErrnoException).code !== "EAGAIN") return
        }
        if (this.waiting.length > 0) setTimeout(() => this.flush(), AGAIN_MS)
    }

    /** The cable is pulled out. */
    unplug(): void {
        this.isUnplugged = true
        rmSync(this.folder, { recursive: true })
        this.opened.master.destroy()
        closeSync(this.held)
    }
}
