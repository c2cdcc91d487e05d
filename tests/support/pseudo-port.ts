/** A pseudo-terminal whose one end is opened as a serial port by the real library. */
import { closeSync, constants, openSync } from "node:fs"
import { type ReadStream } from "node:tty"
import * as pty from "@lydell/node-pty"

/** What its `open` gives, which its types leave out. */
interface OpenedPty {
    readonly master: ReadStream & { write(data: Uint8Array): void }
    readonly slave: ReadStream
    readonly _pty: string
}

export class PseudoPort {
    /** To be opened: "/dev/pts/3". */
    readonly path: string
    private readonly opened: OpenedPty
    /** Without a second holder of the far end, the near one fails when the first closes. */
    private readonly held: number

    /** @param onData called with what the opener of the port writes */
    constructor(onData: (data: Uint8Array) => void) {
        const { open } = pty as unknown as { open: (options: object) => OpenedPty }
        this.opened = open({ encoding: null })
        this.path = this.opened._pty
        this.held = openSync(this.path, constants.O_RDWR | constants.O_NOCTTY)
        // It would read what is meant for the port.
        this.opened.slave.destroy()
        this.opened.master.on("data", (data: Buffer) => onData(new Uint8Array(data)))
        this.opened.master.on("error", () => undefined)
    }

    write(data: Uint8Array): void {
        this.opened.master.write(data)
    }

    /** The cable is pulled out. */
    unplug(): void {
        this.opened.master.destroy()
        closeSync(this.held)
    }
}
