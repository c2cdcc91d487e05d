/** An RP2040 in its boot mode on USB, in the shape of WebUSB: strict about the order of its calls. */
import { PicoFlash, type FlashFaults } from "../../sim/bootloader/rp2040-flash.js"
import { PACKET_BYTES, Rp2040Bootloader, type Rp2040Faults } from "../../sim/bootloader/rp2040.js"
import {
    type UsbConfiguration,
    type UsbControlSetup,
    type UsbDevice,
    type UsbInResult,
    type UsbOutResult,
} from "../../tools/flash/picoboot/usb-device.js"

/** The drive's interface, then PICOBOOT's (RP2040 datasheet, section 2.8.5.1). */
const CONFIGURATION: UsbConfiguration = {
    interfaces: [
        { number: 0, kind: [0x08, 0x06, 0x50], into: 1, out: 2 },
        { number: 1, kind: [0xff, 0x00, 0x00], into: 4, out: 3 },
    ].map(({ number, kind, into, out }) => ({
        interfaceNumber: number,
        alternates: [
            {
                interfaceClass: kind[0],
                interfaceSubclass: kind[1],
                interfaceProtocol: kind[2],
                endpoints: [
                    { endpointNumber: into, direction: "in", type: "bulk" },
                    { endpointNumber: out, direction: "out", type: "bulk" },
                ],
            },
        ],
    })),
}
const PICOBOOT = 1
const IN = 4
const OUT = 3

/** What goes wrong between board and host. Transfers are counted from 1, control transfers among them. */
export interface UsbFaults {
    /** The cable comes out at the N-th transfer. */
    readonly lostAt?: number
    /** How a host hears of it: by transfers that fail, or by the system's event alone. */
    readonly lossIs?: "an error" | "an event"
    /** The N-th transfer halts. */
    readonly stallAt?: number
    /** The N-th transfer moves half of its bytes. */
    readonly shortAt?: number
    /** The N-th transfer and all after it never end. */
    readonly silentFrom?: number
    /** What opening and claiming fail with. */
    readonly openError?: Error
    readonly claimError?: Error
}

export interface PicoDeviceOptions {
    readonly flash?: PicoFlash
    /** The interface for the drive alone. */
    readonly isDriveOnly?: boolean
    readonly isConfigured?: boolean
    readonly ids?: { readonly vendorId: number; readonly productId: number }
}

/** Number of a chip, for boards that are to be told apart. */
export function flashId(last = 0x37): Uint8Array {
    return Uint8Array.of(0xe6, 0x60, 0x38, 0xb7, 0x13, 0x24, 0x92, last)
}

export class DoubledPicoDevice implements UsbDevice {
    readonly board: Rp2040Bootloader
    readonly flash: PicoFlash
    readonly vendorId: number
    readonly productId: number
    configuration: UsbConfiguration | null = null
    usb: UsbFaults = {}
    transfers = 0
    /** What the host did besides transfers. */
    readonly calls: string[] = []
    private isOpen = false
    private isClaimed = false
    private isLost = false
    private readonly losses: (() => void)[] = []
    private readonly waiting = new Set<(error: Error) => void>()
    private readonly layout: UsbConfiguration

    constructor(options: PicoDeviceOptions = {}) {
        this.flash = options.flash ?? new PicoFlash(flashId())
        // What a host did to it before is over once it is plugged in.
        this.flash.isConnected = false
        this.board = new Rp2040Bootloader(this.flash, () => this.lose())
        const { vendorId, productId } = options.ids ?? { vendorId: 0x2e8a, productId: 0x0003 }
        this.vendorId = vendorId
        this.productId = productId
        this.layout =
            options.isDriveOnly === true
                ? { interfaces: CONFIGURATION.interfaces.slice(0, 1) }
                : CONFIGURATION
        if (options.isConfigured !== false) this.configuration = this.layout
    }

    set faults({
        board,
        flash,
        usb,
    }: {
        board?: Rp2040Faults
        flash?: FlashFaults
        usb?: UsbFaults
    }) {
        this.board.faults = board ?? {}
        this.flash.faults = flash ?? {}
        this.usb = usb ?? {}
    }

    readonly onLost = (listener: () => void): void => {
        this.losses.push(listener)
    }

    async open(): Promise<void> {
        await this.settle()
        if (this.usb.openError !== undefined) throw this.usb.openError
        this.isOpen = true
        this.calls.push("open")
    }

    async close(): Promise<void> {
        await Promise.resolve()
        this.isOpen = false
        this.isClaimed = false
        this.calls.push("close")
        this.endWaiting(new DOMException("The transfer was cancelled.", "AbortError"))
    }

    async selectConfiguration(value: number): Promise<void> {
        await this.settle()
        this.expect(this.isOpen && value === 1, "is not open, or has no such configuration")
        this.configuration = this.layout
        this.calls.push("configure")
        this.board.configure()
    }

    async claimInterface(number: number): Promise<void> {
        await this.settle()
        this.expect(this.isOpen && this.configuration !== null, "is not open and configured")
        this.expect(number === PICOBOOT, `has interface ${number} in use by the system`)
        if (this.usb.claimError !== undefined) throw this.usb.claimError
        this.isClaimed = true
        this.calls.push("claim")
    }

    async releaseInterface(number: number): Promise<void> {
        await this.settle()
        this.expect(this.isClaimed && number === PICOBOOT, "is not claimed")
        this.isClaimed = false
        this.calls.push("release")
    }

    async clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
        await this.transfer()
        this.expect(endpoint === (direction === "in" ? IN : OUT), "has no such endpoint")
        this.board.clearHalt(direction)
    }

    async controlTransferIn(setup: UsbControlSetup, bytes: number): Promise<UsbInResult> {
        const fault = await this.transfer()
        const answer = this.isForPicoboot(setup)
            ? this.board.controlIn(setup.request, bytes)
            : undefined
        if (answer === undefined || fault === "stall") return { status: "stall" }
        return { status: "ok", data: viewOf(fault === "short" ? answer.subarray(0, 8) : answer) }
    }

    async controlTransferOut(setup: UsbControlSetup, data: Uint8Array): Promise<UsbOutResult> {
        const fault = await this.transfer()
        const isKnown =
            fault !== "stall" &&
            this.isForPicoboot(setup) &&
            data.length === 0 &&
            this.board.controlOut(setup.request)
        return { status: isKnown ? "ok" : "stall", bytesWritten: 0 }
    }

    async transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult> {
        const fault = await this.transfer()
        this.expect(endpoint === OUT, `has no endpoint ${endpoint} out`)
        if (fault === "stall") return { status: "stall", bytesWritten: 0 }
        const bytes = fault === "short" ? data.length >> 1 : data.length
        for (let at = 0; at === 0 || at < bytes; at += PACKET_BYTES) {
            const packet = data.slice(at, Math.min(at + PACKET_BYTES, bytes))
            const answer = this.board.out(packet)
            if (answer === "stall") return { status: "stall", bytesWritten: at }
            if (answer === "wait") await this.forever()
            if (this.isLost) await this.gone()
        }
        return { status: "ok", bytesWritten: bytes }
    }

    async transferIn(endpoint: number, bytes: number): Promise<UsbInResult> {
        const fault = await this.transfer()
        this.expect(endpoint === IN, `has no endpoint ${endpoint} in`)
        this.expect(bytes > 0 && bytes % PACKET_BYTES === 0, `cannot be asked for ${bytes} B`)
        if (fault === "stall") return { status: "stall" }
        const packets: Uint8Array[] = []
        for (let got = 0; got < bytes;) {
            const packet = this.board.in()
            if (packet === "stall") return { status: "stall" }
            if (packet === "wait") return await (this.isLost ? this.gone() : this.forever())
            packets.push(packet)
            got += packet.length
            if (packet.length < PACKET_BYTES) break
        }
        const all = joined(packets)
        return {
            status: "ok",
            data: viewOf(fault === "short" ? all.subarray(0, all.length >> 1) : all),
        }
    }

    /** The cable is pulled out. */
    lose(): void {
        this.isLost = true
        if (this.usb.lossIs !== "an error") for (const listener of this.losses) listener()
        if (this.usb.lossIs !== "an event") this.endWaiting(lossError())
    }

    private async transfer(): Promise<"stall" | "short" | undefined> {
        await this.settle()
        this.expect(this.isClaimed, "is not claimed")
        const number = ++this.transfers
        const { lostAt, stallAt, shortAt, silentFrom } = this.usb
        if (number === lostAt) {
            this.lose()
            await this.gone()
        }
        if (silentFrom !== undefined && number >= silentFrom) await this.forever()
        if (number === stallAt) return "stall"
        return number === shortAt ? "short" : undefined
    }

    private async settle(): Promise<void> {
        await Promise.resolve()
        if (this.isLost) await this.gone()
    }

    private async gone(): Promise<never> {
        if (this.usb.lossIs === "an event") return await this.forever()
        throw lossError()
    }

    /** Until the device is closed or lost. */
    private async forever(): Promise<never> {
        return await new Promise((_, reject) => this.waiting.add(reject))
    }

    private endWaiting(error: Error): void {
        for (const reject of this.waiting) reject(error)
        this.waiting.clear()
    }

    private isForPicoboot({ requestType, recipient, index }: UsbControlSetup): boolean {
        return (
            (requestType as string) === "vendor" && recipient === "interface" && index === PICOBOOT
        )
    }

    private expect(isSo: boolean, otherwise: string): void {
        if (!isSo) throw new DOMException(`The device ${otherwise}.`, "InvalidStateError")
    }
}

function viewOf(bytes: Uint8Array): DataView {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function lossError(): Error {
    return new DOMException("The device was disconnected.", "NotFoundError")
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
    const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const part of parts) {
        all.set(part, at)
        at += part.length
    }
    return all
}
