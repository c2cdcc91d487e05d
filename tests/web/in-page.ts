/**
 * Runs inside the page, before its own script: boards on the USB of a browser. The real chooser of a headless browser
 * answers nobody, so both APIs are replaced whole; moving flash through the driver of the browser would be a thousand
 * times too slow, so the doubles of the boards are here.
 */
import { type EspChip, type EspFaults } from "../../sim/bootloader/esp32.js"
import { DoubledEspPort } from "../support/esp-port.js"
import { DoubledPicoDevice, type UsbFaults } from "../support/pico-device.js"

interface EspOptions {
    readonly chip: EspChip
    readonly faults?: EspFaults
    /** The cable comes out when the N-th block is to be written. */
    readonly lostAtBlock?: number
    /** The port cannot be opened: this is what the browser says. */
    readonly openError?: string
}

interface PicoOptions {
    readonly usb?: UsbFaults
    /** Name and message of what opening fails with. */
    readonly openError?: readonly [name: string, message: string]
    readonly ids?: { readonly vendorId: number; readonly productId: number }
    readonly badCellAt?: number
}

const page = globalThis as unknown as {
    readonly navigator: object
    suitcaseDoubles: Doubles
    /** Bytes for a board that runs, base64. */
    suitcaseToBoard?: (base64: string) => void
    /** Names of APIs that this browser shall not have. */
    suitcaseLacks?: readonly string[]
}
type Listener = (event: { readonly target?: unknown; readonly device?: unknown }) => void

const serialListeners = new Set<Listener>()
const usbListeners = new Set<Listener>()
let esp: DoubledEspPort | undefined
let pico: DoubledPicoDevice | undefined

/**
 * The port of a board that runs: its bytes come from outside of the page, where the node is. As strict as a browser's: it
 * is not closed while somebody holds its streams.
 */
class RunningPort {
    readable: ReadableStream<Uint8Array> | null = null
    writable: WritableStream<Uint8Array> | null = null
    private controller: ReadableStreamDefaultController<Uint8Array> | undefined
    private hasTerminal = false

    async open(): Promise<void> {
        await Promise.resolve()
        if (this.readable !== null) throw new DOMException("It is open.", "InvalidStateError")
        this.readable = new ReadableStream({
            start: controller => {
                this.controller = controller
            },
        })
        this.writable = new WritableStream({
            write: chunk => {
                if (this.hasTerminal) page.suitcaseToBoard?.(btoa(String.fromCharCode(...chunk)))
            },
        })
    }

    async close(): Promise<void> {
        await Promise.resolve()
        if (this.readable?.locked === true || this.writable?.locked === true)
            throw new TypeError("The streams are locked.")
        this.readable = null
        this.writable = null
        this.controller = undefined
    }

    async setSignals({ dataTerminalReady }: { dataTerminalReady: boolean }): Promise<void> {
        await Promise.resolve()
        this.hasTerminal = dataTerminalReady
    }

    get isOpen(): boolean {
        return this.readable !== null
    }

    /** Bytes from the board. */
    arrived(base64: string): void {
        if (!this.hasTerminal) return
        this.controller?.enqueue(Uint8Array.from(atob(base64), text => text.charCodeAt(0)))
    }

    lose(): void {
        this.controller?.error(new DOMException("The device has been lost.", "NetworkError"))
        for (const listener of serialListeners) listener({ target: this })
    }
}

let running: RunningPort | undefined

/** What tests do to the boards, by `page.evaluate`. */
const doubles = {
    plugEsp({ chip, faults = {}, lostAtBlock, openError }: EspOptions): void {
        const flash = esp?.board.chip === chip ? esp.board.flash : undefined
        const port = new DoubledEspPort(chip, faults, undefined, { usbVendorId: 0x303a })
        // The same board, plugged in again.
        if (flash !== undefined) port.board.flash.set(flash)
        port.onLost(() => {
            for (const listener of serialListeners) listener({ target: port })
        })
        if (lostAtBlock !== undefined)
            port.board.faults = {
                ...faults,
                atBlock: { block: lostAtBlock, action: () => port.lose() },
            }
        if (openError !== undefined)
            port.open = () => Promise.reject(new DOMException(openError, "NetworkError"))
        esp = port
        pico = undefined
        running = undefined
    },
    plugPico({ usb = {}, openError, ids, badCellAt }: PicoOptions): void {
        const device: DoubledPicoDevice = new DoubledPicoDevice({
            ...(pico === undefined ? {} : { flash: pico.flash }),
            ...(ids === undefined ? {} : { ids }),
        })
        if (badCellAt !== undefined) device.flash.faults = { badCellAt }
        device.onLost(() => {
            for (const listener of usbListeners) listener({ device })
        })
        device.usb = {
            ...usb,
            ...(openError === undefined
                ? {}
                : { openError: new DOMException(openError[1], openError[0]) }),
        }
        pico = device
        esp = undefined
    },
    /** The board is not in its boot mode any more. */
    run(): void {
        running = new RunningPort()
    },
    fromBoard(base64: string): void {
        running?.arrived(base64)
    },
    isOpen(): boolean {
        return running?.isOpen === true
    },
    /** A new board of the same kind comes next. */
    takeAway(): void {
        esp = undefined
        pico = undefined
        running = undefined
    },
    pullOut(): void {
        running?.lose()
        esp?.lose()
        pico?.lose()
    },
    /** Blocks of flash that were written so far. */
    blocks(): number {
        return esp?.board.blocks ?? pico?.transfers ?? 0
    },
    resets(): readonly string[] {
        return esp?.resets ?? []
    },
    /** A part of flash, base64. */
    flash(from: number, to: number): string {
        const cells = esp?.board.flash ?? pico?.flash.cells ?? new Uint8Array()
        let text = ""
        for (const byte of cells.subarray(from, to)) text += String.fromCharCode(byte)
        return btoa(text)
    },
    /** Puts something into flash, such as what an earlier node had stored. */
    putFlash(at: number, base64: string): void {
        const cells = esp?.board.flash ?? pico?.flash.cells
        cells?.set(
            Uint8Array.from(atob(base64), character => character.charCodeAt(0)),
            at
        )
    },
}
export type Doubles = typeof doubles

function nothingChosen(): never {
    throw new DOMException("No device was selected by the user.", "NotFoundError")
}

const serial = {
    requestPort: () => Promise.resolve().then(() => running ?? esp ?? nothingChosen()),
    addEventListener: (_: string, listener: Listener) => serialListeners.add(listener),
}
const usb = {
    requestDevice: () => Promise.resolve().then(() => pico ?? nothingChosen()),
    addEventListener: (_: string, listener: Listener) => usbListeners.add(listener),
}

page.suitcaseDoubles = doubles
const lacks = page.suitcaseLacks ?? []
for (const [name, value] of Object.entries({ serial, usb }))
    Object.defineProperty(page.navigator, name, {
        configurable: true,
        value: lacks.includes(name) ? undefined : value,
    })
