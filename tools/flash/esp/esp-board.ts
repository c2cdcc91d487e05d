/** ESP32 boards over a serial port, by esptool-js, the same in Node and in a page. */
import { md5 } from "@noble/hashes/legacy.js"
import { ESPLoader, Transport, UnexpectedChipIdError, UnexpectedChipMagicError } from "esptool-js"
import { BoardError, type BoardAccess } from "../board-access.js"
import { hexDigits } from "../chips.js"
import { LossGuard } from "../loss-guard.js"

/** What esptool-js needs of a port: the shape of Web Serial. */
export interface EspPort {
    readonly readable: ReadableStream<Uint8Array> | null
    readonly writable: WritableStream<Uint8Array> | null
    open(options: { readonly baudRate: number }): Promise<void>
    close(): Promise<void>
    setSignals(signals: {
        readonly dataTerminalReady?: boolean
        readonly requestToSend?: boolean
    }): Promise<void>
    getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number }
    /** Changes the speed of an open port; without it, it is closed and opened again. */
    setBaudRate?(baudRate: number): Promise<void>
}

export interface EspOptions {
    /** Speed for writing, baud; default 460,800. Boards with USB of their own ignore it. */
    readonly baud?: number
    /** Told everything that esptool-js says. */
    readonly log?: (line: string) => void
    /** Longest standstill, ms. */
    readonly stallMs?: number
    /** Attempts to reach the boot mode; default 7. */
    readonly attempts?: number
}

const DEFAULT_BAUD = 460_800
const ROM_BAUD = 115_200
/** How long the reset line is held, ms. */
const RESET_MS = 100

export class EspBoard implements BoardAccess {
    private constructor(
        private readonly loader: ESPLoader,
        private readonly transport: Transport,
        private readonly port: EspPort,
        private readonly guard: LossGuard,
        readonly serial: string
    ) {}

    get chip(): string {
        return this.loader.chip.CHIP_NAME
    }

    /**
     * Brings the chip into its boot mode and loads the stub that writes.
     *
     * @param onLost tells how to hear of the port's end, such as a pulled cable
     * @throws BoardError that says which button to hold
     */
    static async connect(
        port: EspPort,
        onLost: (listener: () => void) => void,
        options: EspOptions = {}
    ): Promise<EspBoard> {
        const guard = new LossGuard(options.stallMs)
        onLost(() => guard.lose())
        const transport = new Transport(port, false)
        const say = (line: string) => options.log?.(line)
        // It would write to the console otherwise, whatever its own flag says.
        transport.trace = say
        const loader = new ESPLoader({
            transport,
            baudrate: options.baud ?? DEFAULT_BAUD,
            romBaudrate: ROM_BAUD,
            terminal: { clean: () => undefined, writeLine: say, write: say },
        })
        try {
            const serial = await guard.during("connecting", async moved => {
                await loader.connect("default_reset", options.attempts ?? 7, true)
                moved()
                const mac = await loader.chip.readMac(loader)
                // Over its own USB a chip takes shorter blocks, which esptool-js finds out here.
                await loader.chip.postConnect?.(loader)
                await loader.runStub()
                moved()
                if (loader.transport.baudrate !== (options.baud ?? DEFAULT_BAUD))
                    await loader.changeBaud()
                return mac
            })
            return new EspBoard(loader, transport, port, guard, serial)
        } catch (e) {
            await release(transport, guard)
            throw connectProblem(e)
        }
    }

    async read(address: number, bytes: number): Promise<Uint8Array> {
        return await this.doing("reading", moved =>
            this.loader.readFlash(address, bytes, () => moved())
        )
    }

    async holds(address: number, bytes: Uint8Array): Promise<boolean> {
        const found = await this.doing("comparing", () =>
            this.loader.flashMd5sum(address, bytes.length)
        )
        return found === hexDigits(md5(bytes))
    }

    async write(
        address: number,
        bytes: Uint8Array,
        onProgress: (share: number) => void
    ): Promise<void> {
        await this.doing("writing", moved =>
            this.loader.writeFlash({
                fileArray: [{ data: bytes, address }],
                flashMode: "keep",
                flashFreq: "keep",
                flashSize: "keep",
                eraseAll: false,
                compress: true,
                reportProgress: (_, written, total) => {
                    moved()
                    onProgress(written / total)
                },
            })
        )
    }

    async restart(): Promise<void> {
        // The reset line by hand: esptool-js 0.7.0 only lets it go.
        await this.guard.during("restarting", async () => {
            await this.port.setSignals({ dataTerminalReady: false, requestToSend: true })
            await new Promise(resolve => setTimeout(resolve, RESET_MS))
            await this.port.setSignals({ dataTerminalReady: false, requestToSend: false })
        })
        await this.close()
    }

    async close(): Promise<void> {
        await release(this.transport, this.guard)
    }

    private async doing<T>(what: string, work: (moved: () => void) => Promise<T>): Promise<T> {
        try {
            return await this.guard.during(what, work)
        } catch (e) {
            if (e instanceof BoardError) throw e
            throw new BoardError(
                `${what} failed: the board answered ${reasonOf(e)}. Try once more, with another cable or port; ` +
                    "if it stays, the board's flash is worn or the board is broken",
                "transfer"
            )
        }
    }
}

/** Gives the port up, which esptool-js does only while it is there. */
async function release(transport: Transport, guard: LossGuard): Promise<void> {
    if (guard.isLost) return
    await guard.during("closing", () => transport.disconnect()).catch(() => undefined)
}

function connectProblem(e: unknown): BoardError {
    if (e instanceof BoardError) return e
    if (e instanceof UnexpectedChipIdError || e instanceof UnexpectedChipMagicError)
        return new BoardError(
            `the board has a chip that is none of the kit's (${e.message})`,
            "unknown chip"
        )
    return new BoardError(
        "the board does not answer in its boot mode: hold BOOT (on some boards B or 0), press RESET, let BOOT go, " +
            `and try again; no other program may use the port (${reasonOf(e)})`,
        "no answer"
    )
}

function reasonOf(e: unknown): string {
    return e instanceof Error ? e.message.split("\n")[0] : String(e)
}
