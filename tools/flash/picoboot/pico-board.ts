/** RP2040 boards in their boot mode, by PICOBOOT over WebUSB, the same in Node and in a page. */
import { BoardError, type BoardAccess } from "../board-access.js"
import { hex } from "../chips.js"
import { LossGuard } from "../loss-guard.js"
import { ERASED, aligned } from "../store/format.js"
import { readFlashId } from "./flash-id.js"
import { PicobootError, PicobootLink } from "./picoboot-link.js"
import { expectRp2040, isGone, openProblem, reasonOf } from "./problems.js"
import { EXCLUSIVE, FLASH_END, FLASH_START, PAGE_BYTES, SECTOR_BYTES } from "./protocol.js"
import { type UsbDevice } from "./usb-device.js"

/** Flash that is read by one command, B. */
const READ_BYTES = 16_384
const COME_BACK = "hold BOOTSEL, plug it in"
/** What giving the device up may take, ms. */
const CLOSE_MS = 2000
/** From the command until the board restarts: its answer must have arrived by then, ms. */
const RESTART_MS = 500

export interface PicoOptions {
    /** Longest standstill, ms. */
    readonly stallMs?: number
}

export class PicoBoard implements BoardAccess {
    readonly chip = "RP2040"

    private constructor(
        private readonly link: PicobootLink,
        private readonly guard: LossGuard,
        /** Number of the board's flash chip. */
        readonly serial: string
    ) {}

    /**
     * Takes the board from its drive, and makes its flash ready.
     *
     * @param onLost tells how to hear of the device's end, such as a pulled cable
     * @throws BoardError that says which button to hold, or what keeps the system from opening it
     */
    static async connect(
        device: UsbDevice,
        onLost: (listener: () => void) => void,
        options: PicoOptions = {}
    ): Promise<PicoBoard> {
        expectRp2040(device)
        const guard = new LossGuard(options.stallMs, COME_BACK)
        onLost(() => guard.lose())
        let link: PicobootLink | undefined
        try {
            return await guard.during("connecting", async moved => {
                link = await PicobootLink.open(device)
                moved()
                await link.access(EXCLUSIVE)
                await link.exitXip()
                moved()
                const serial = (await readFlashId(link)) ?? unknownSerial()
                return new PicoBoard(link, guard, serial)
            })
        } catch (e) {
            if (isGone(e)) throw guard.lose()
            await release(guard, () => link?.close() ?? device.close())
            throw e instanceof PicobootError ? refusal("connecting", e) : openProblem(e)
        }
    }

    async read(address: number, bytes: number): Promise<Uint8Array> {
        const start = address - (address % PAGE_BYTES)
        const found = new Uint8Array(aligned(address + bytes, PAGE_BYTES) - start)
        await this.doing("reading", async moved => {
            for (const { at, size } of pieces(start, found.length, READ_BYTES)) {
                found.set(await this.link.read(at, size), at - start)
                moved()
            }
        })
        return found.subarray(address - start, address - start + bytes)
    }

    async holds(address: number, bytes: Uint8Array): Promise<boolean> {
        for (const { at, size } of pieces(address, bytes.length, READ_BYTES)) {
            const found = await this.read(at, size)
            const wanted = bytes.subarray(at - address)
            if (found.some((byte, i) => byte !== wanted[i])) return false
        }
        return true
    }

    async write(
        address: number,
        bytes: Uint8Array,
        onProgress: (share: number) => void
    ): Promise<void> {
        // The boot ROM fills the last page up with zeros, which would not be what is compared.
        const whole = new Uint8Array(aligned(bytes.length, PAGE_BYTES)).fill(ERASED)
        whole.set(bytes)
        if (address % SECTOR_BYTES !== 0)
            throw new BoardError(`${hex(address)} is not at the start of a sector of flash`)
        await this.doing("writing", async moved => {
            onProgress(0)
            for (const { at, size } of pieces(address, whole.length, SECTOR_BYTES)) {
                await this.link.erase(at, SECTOR_BYTES)
                moved()
                const sector = whole.subarray(at - address, at - address + size)
                for (const { start, end } of writtenPages(sector)) {
                    await this.link.write(at + start, sector.subarray(start, end))
                    moved()
                }
                onProgress((at - address + size) / whole.length)
            }
        })
    }

    async restart(): Promise<void> {
        let isSent = false
        try {
            await this.guard.during("restarting", () =>
                this.link.reboot(RESTART_MS, () => (isSent = true))
            )
        } catch (e) {
            if (!isSent) throw this.problem("restarting", e)
        }
        await release(this.guard, () => this.link.abandon())
    }

    async close(): Promise<void> {
        await release(this.guard, () => this.link.close())
    }

    private async doing<T>(what: string, work: (moved: () => void) => Promise<T>): Promise<T> {
        try {
            return await this.guard.during(what, work)
        } catch (e) {
            throw this.problem(what, e)
        }
    }

    private problem(what: string, e: unknown): BoardError {
        if (e instanceof BoardError) return e
        if (e instanceof PicobootError) return refusal(what, e)
        if (isGone(e)) return this.guard.lose()
        return new BoardError(
            `${what} failed (${reasonOf(e)}): unplug the board, ${COME_BACK} and start over`,
            "transfer"
        )
    }
}

/** Gives the device up, as far as it still listens. */
async function release(guard: LossGuard, close: () => Promise<void>): Promise<void> {
    if (guard.isLost) return
    await new LossGuard(CLOSE_MS).during("closing", close).catch(() => undefined)
}

function refusal(what: string, e: PicobootError): BoardError {
    return new BoardError(
        `${what} failed: the board answered ${e.message}. Unplug it, ${COME_BACK} and start over; if it stays, ` +
            "try another cable or port, then another board",
        "transfer"
    )
}

/** A flash chip without a number: a name that no copy of another board's settings has. */
function unknownSerial(): string {
    return `unnumbered-${crypto.randomUUID()}`
}

/** Steps of at most `most` bytes, which end at its multiples. @throws BoardError outside of flash */
function* pieces(
    start: number,
    bytes: number,
    most: number
): Generator<{ readonly at: number; readonly size: number }> {
    const end = start + bytes
    if (start < FLASH_START || end > FLASH_END)
        throw new BoardError(`${hex(start)} to ${hex(end)} is not in the board's flash`)
    for (let at = start; at < end;) {
        const size = Math.min(most - (at % most), end - at)
        yield { at, size }
        at += size
    }
}

/** Runs of pages that are not as erased: the others are right already. */
function* writtenPages(
    sector: Uint8Array
): Generator<{ readonly start: number; readonly end: number }> {
    const isBlank = (at: number) =>
        sector.subarray(at, at + PAGE_BYTES).every(byte => byte === ERASED)
    for (let start = 0; start < sector.length;) {
        let end = start
        while (end < sector.length && !isBlank(end)) end += PAGE_BYTES
        if (end > start) yield { start, end }
        start = end + PAGE_BYTES
    }
}
