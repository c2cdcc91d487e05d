/** Serial ports of the browser, by Web Serial. */
import { type BoardPort } from "../../../flash/usb/usb-link.js"
import { BoardError } from "../../../flash/board-access.js"
import { type EspPort } from "../../../flash/esp/esp-board.js"
import { PageError } from "../flow/failures.js"
import { type ChosenPort } from "../flow/devices.js"

/** What is used of Web Serial (WICG, "Web Serial API"), which TypeScript does not know. */
export interface SerialApi {
    requestPort(options: { readonly filters: readonly UsbFilter[] }): Promise<SerialPortOfPage>
    addEventListener(type: "disconnect", listener: (event: Event) => void): void
}

interface UsbFilter {
    readonly usbVendorId: number
}

interface SerialPortOfPage extends EspPort {
    open(options: { readonly baudRate: number; readonly bufferSize?: number }): Promise<void>
}

/** Of chips and of what boards have between chip and USB: Espressif, Silicon Labs, WCH, FTDI, Raspberry Pi. */
const VENDORS = [0x303a, 0x10c4, 0x1a86, 0x0403, 0x2e8a]
/** The browser's own is 255 B, too small for a fast line. */
const BUFFER_BYTES = 65_536

export function serialApi(): SerialApi | undefined {
    return (navigator as Navigator & { readonly serial?: SerialApi }).serial
}

/** @throws PageError when the person chooses none */
export async function choosePort(serial: SerialApi): Promise<ChosenPort> {
    const filters = VENDORS.map(usbVendorId => ({ usbVendorId }))
    const port = await serial.requestPort({ filters }).catch((e: unknown) => {
        throw chooserProblem(e)
    })
    return {
        port: new PagePort(port),
        onLost: listener =>
            serial.addEventListener("disconnect", event => {
                if ((event.target as unknown) === port) listener()
            }),
    }
}

/** @throws PageError when the person chooses none */
export async function chooseRunningBoard(serial: SerialApi): Promise<BoardPort> {
    const { port, onLost } = await choosePort(serial)
    return new RunningPort(port, onLost)
}

/** The chooser was closed, or the browser does not show it. */
export function chooserProblem(e: unknown): Error {
    if (!(e instanceof DOMException)) return new PageError("unexpected", String(e))
    const detail = `${e.name}: ${e.message}`
    return e.name === "NotFoundError"
        ? new PageError("no board", detail)
        : new PageError("not secure", detail)
}

class PagePort implements EspPort {
    constructor(private readonly port: SerialPortOfPage) {}

    get readable(): ReadableStream<Uint8Array> | null {
        return this.port.readable
    }

    get writable(): WritableStream<Uint8Array> | null {
        return this.port.writable
    }

    async open(options: { readonly baudRate: number }): Promise<void> {
        try {
            await this.port.open({ ...options, bufferSize: BUFFER_BYTES })
        } catch (e) {
            throw openProblem(e)
        }
    }

    async close(): Promise<void> {
        await this.port.close()
    }

    async setSignals(signals: {
        readonly dataTerminalReady?: boolean
        readonly requestToSend?: boolean
    }): Promise<void> {
        await this.port.setSignals(signals)
    }

    getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number } {
        return this.port.getInfo()
    }
}

/** Browsers do not say whether a port is taken or forbidden. */
function openProblem(e: unknown): BoardError {
    const reason = e instanceof DOMException ? `${e.name}: ${e.message}` : String(e)
    if (/lost|disconnected/i.test(reason))
        return new BoardError(`the board is gone (${reason})`, "gone")
    return new BoardError(`the port cannot be opened (${reason})`, "busy")
}

/**
 * A port whose streams can be let go of while somebody reads and writes: the browser closes no port with locked
 * streams.
 */
class RunningPort implements BoardPort {
    readonly path = "USB"
    readable: ReadableStream<Uint8Array> | null = null
    writable: WritableStream<Uint8Array> | null = null
    private reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    private writer: WritableStreamDefaultWriter<Uint8Array> | undefined

    constructor(
        private readonly port: EspPort,
        private readonly onPortLost: (listener: () => void) => void
    ) {}

    onLost(listener: () => void): void {
        this.onPortLost(listener)
    }

    async open(options: { readonly baudRate: number }): Promise<void> {
        await this.port.open(options)
        // A board with USB of its own sends nothing to a host that does not say it is there.
        await this.port.setSignals({ dataTerminalReady: true, requestToSend: false })
        const reader = this.port.readable?.getReader()
        const writer = this.port.writable?.getWriter()
        this.reader = reader
        this.writer = writer
        this.readable = new ReadableStream({
            pull: async controller => {
                const { value } = (await reader?.read().catch(() => undefined)) ?? {}
                if (value === undefined) controller.close()
                else controller.enqueue(value)
            },
        })
        this.writable = new WritableStream({ write: async chunk => await writer?.write(chunk) })
    }

    async close(): Promise<void> {
        const { reader, writer } = this
        this.reader = undefined
        this.writer = undefined
        this.readable = null
        this.writable = null
        // Of a board that is gone nothing can be ended properly.
        await reader?.cancel().catch(() => undefined)
        reader?.releaseLock()
        await writer?.abort().catch(() => undefined)
        writer?.releaseLock()
        await this.port.close().catch(() => undefined)
    }
}
