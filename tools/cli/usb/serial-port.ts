/** A serial port of this computer in the shape of Web Serial, over the serialport library. */
import { SerialPort } from "serialport"
import { BoardError } from "../../flash/board-access.js"
import { type EspPort } from "../../flash/esp/esp-board.js"

export interface UsbIds {
    readonly usbVendorId?: number
    readonly usbProductId?: number
}

export class NodeSerialPort implements EspPort {
    readable: ReadableStream<Uint8Array> | null = null
    writable: WritableStream<Uint8Array> | null = null
    private port: SerialPort | undefined
    private isClosing = false
    private readonly losses: (() => void)[] = []

    /** @param path such as /dev/ttyACM0 or COM3 */
    constructor(
        readonly path: string,
        private readonly ids: UsbIds = {}
    ) {}

    readonly onLost = (listener: () => void): void => {
        this.losses.push(listener)
    }

    /** @throws BoardError that says why the port cannot be had */
    async open({ baudRate }: { readonly baudRate: number }): Promise<void> {
        const port = new SerialPort({ path: this.path, baudRate, autoOpen: false })
        await new Promise<void>((resolve, reject) =>
            port.open(error => (error === null ? resolve() : reject(portProblem(this.path, error))))
        )
        this.port = port
        this.isClosing = false
        port.on("close", () => this.closed(port))
        port.on("error", () => undefined)
        this.readable = new ReadableStream<Uint8Array>({
            start: controller => {
                port.on("data", (data: Buffer) => {
                    if (this.port === port) controller.enqueue(new Uint8Array(data))
                })
            },
        })
        this.writable = new WritableStream<Uint8Array>({
            // The library waits forever for a port that is gone: the guard above it does not.
            write: chunk =>
                new Promise((resolve, reject) => {
                    port.write(chunk, error => (error instanceof Error ? reject(error) : resolve()))
                }),
        })
    }

    async close(): Promise<void> {
        const { port } = this
        this.isClosing = true
        this.port = undefined
        this.readable = null
        this.writable = null
        if (port?.isOpen !== true) return
        await new Promise<void>(resolve => port.close(() => resolve()))
    }

    async setBaudRate(baudRate: number): Promise<void> {
        await new Promise<void>((resolve, reject) => {
            this.port?.update({ baudRate }, error =>
                error instanceof Error ? reject(error) : resolve()
            )
        })
    }

    async setSignals({
        dataTerminalReady,
        requestToSend,
    }: {
        readonly dataTerminalReady?: boolean
        readonly requestToSend?: boolean
    }): Promise<void> {
        await new Promise<void>((resolve, reject) => {
            const lines = {
                ...(dataTerminalReady === undefined ? {} : { dtr: dataTerminalReady }),
                ...(requestToSend === undefined ? {} : { rts: requestToSend }),
            }
            this.port?.set(lines, error => {
                // A port without such lines, as a pseudo-terminal is one.
                if (!(error instanceof Error) || /ioctl/i.test(error.message)) resolve()
                else reject(error)
            })
        })
    }

    getInfo(): UsbIds {
        return this.ids
    }

    private closed(port: SerialPort): void {
        if (this.isClosing || this.port !== port) return
        for (const listener of this.losses) listener()
    }
}

/** Why a port cannot be opened, and what to do about it on this system. */
export function portProblem(
    path: string,
    { message }: Error,
    platform: NodeJS.Platform = process.platform
): BoardError {
    if (/lock|busy|access denied/i.test(message))
        return new BoardError(
            `${path} is used by another program: close serial monitors, "devs devtools" and pages that flash` +
                (WHO_HAS_IT[platform]?.(path) ?? "")
        )
    if (/permission denied|EACCES/i.test(message))
        return new BoardError(
            `${path} may not be opened by this user. ` +
                (platform === "darwin"
                    ? "In System Settings, Privacy & Security: let accessories connect; then unplug it and plug it in again"
                    : "On Linux: sudo usermod -aG dialout $USER, then log in again")
        )
    if (/no such file|ENOENT|cannot find|not found/i.test(message))
        return new BoardError(
            `there is no port ${path}: is the board plugged in, and with a data cable?` +
                (platform === "win32" ? " Device Manager lists it under Ports (COM & LPT)" : "")
        )
    return new BoardError(`${path} cannot be opened (${message})`)
}

/** Commands that name the program that has a port. */
const WHO_HAS_IT: Readonly<Partial<Record<NodeJS.Platform, (path: string) => string>>> = {
    linux: path => `; fuser -v ${path} names it`,
    darwin: path => `; lsof ${path} names it`,
}
