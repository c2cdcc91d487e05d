/** Commands of PICOBOOT to one board, one at a time, over WebUSB or what has its shape. */
import { aligned } from "../store/format.js"
import {
    GET_COMMAND_STATUS,
    INTERFACE_RESET,
    PACKET_BYTES,
    SHARED,
    STATUS_BYTES,
    STATUS_NAMES,
    commandPacket,
    commandStatus,
    words,
    type Command,
    type CommandName,
    type CommandStatus,
} from "./protocol.js"
import { type UsbControlSetup, type UsbDevice } from "./usb-device.js"

/** How long an answer may take before the board is asked whether it still works at it, ms. */
const ASK_MS = 500
const VENDOR_CLASS = 0xff

/** The board refused a command, or broke it off. The connection is good for nothing but closing then. */
export class PicobootError extends Error {
    override name = "PicobootError"

    constructor(
        readonly command: CommandName,
        readonly reason: string
    ) {
        super(`${command}: ${reason}`)
    }
}

/** The device has no interface for PICOBOOT. */
export class NoPicobootError extends Error {
    override name = "NoPicobootError"
}

interface Endpoints {
    readonly interfaceNumber: number
    readonly out: number
    readonly in: number
}

export class PicobootLink {
    private token = 0
    private current: CommandName = "EXCLUSIVE_ACCESS"
    private refused: PicobootError | undefined

    private constructor(
        private readonly device: UsbDevice,
        private readonly at: Endpoints
    ) {}

    /** Opens the device and ends whatever another program left unfinished. @throws NoPicobootError */
    static async open(device: UsbDevice): Promise<PicobootLink> {
        await device.open()
        try {
            // Selecting anew what is selected fails where the system uses the board's drive.
            if ((device.configuration ?? null) === null) await device.selectConfiguration(1)
            const at = endpointsOf(device)
            await device.claimInterface(at.interfaceNumber)
            const link = new PicobootLink(device, at)
            await link.reset()
            return link
        } catch (e) {
            await device.close().catch(() => undefined)
            throw e
        }
    }

    /** Whether the drive may write as well: {@link SHARED} or EXCLUSIVE. */
    async access(mode: number): Promise<void> {
        await this.command("EXCLUSIVE_ACCESS", Uint8Array.of(mode))
    }

    /** Connects the flash chip for commands; needed after each reset, before flash is read or written. */
    async exitXip(): Promise<void> {
        await this.command("EXIT_XIP", new Uint8Array())
    }

    /** The boot ROM says of no erasure that it failed: what counts is what flash holds afterwards. */
    async erase(address: number, bytes: number): Promise<void> {
        await this.command("FLASH_ERASE", words(address, bytes))
    }

    /** To erased flash, or to RAM. */
    async write(address: number, data: Uint8Array): Promise<void> {
        await this.command("WRITE", words(address, data.length), data)
    }

    /** From flash, at a page's start, or from RAM. */
    async read(address: number, bytes: number): Promise<Uint8Array> {
        await this.begin({ name: "READ", args: words(address, bytes), transferBytes: bytes })
        const { data, status } = await this.orRefused(
            this.device.transferIn(this.at.in, aligned(bytes, PACKET_BYTES))
        )
        if (status !== "ok" || data === undefined) throw await this.refusal()
        if (data.byteLength !== bytes) throw this.end(`sent ${data.byteLength} B of ${bytes} B`)
        // The acknowledgement goes the other way than the data.
        await this.send(new Uint8Array())
        return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    }

    /** Calls a function in RAM. */
    async call(address: number): Promise<void> {
        await this.command("EXEC", words(address))
    }

    /**
     * Starts what is in flash.
     *
     * @param onSent the command has reached the board, which may be gone before it says so
     */
    async reboot(delayMs: number, onSent: () => void): Promise<void> {
        await this.begin({ name: "REBOOT", args: words(0, 0, delayMs), transferBytes: 0 })
        onSent()
        await this.acknowledged()
    }

    /** What the board says about its last command. */
    async status(): Promise<CommandStatus> {
        const { data } = await this.device.controlTransferIn(
            this.request(GET_COMMAND_STATUS),
            STATUS_BYTES
        )
        if (data?.byteLength !== STATUS_BYTES) throw this.end("gave no status")
        return commandStatus(data)
    }

    /** Lets the drive write again and gives the device up. */
    async close(): Promise<void> {
        if (this.refused === undefined) await this.access(SHARED).catch(() => undefined)
        else await this.reset().catch(() => undefined)
        await this.abandon()
    }

    /** Gives the device up as it is. */
    async abandon(): Promise<void> {
        await this.device.releaseInterface(this.at.interfaceNumber).catch(() => undefined)
        await this.device.close().catch(() => undefined)
    }

    private async reset(): Promise<void> {
        await this.device.clearHalt("in", this.at.in)
        await this.device.clearHalt("out", this.at.out)
        // The usb package fails on a transfer whose data are left out.
        await this.device.controlTransferOut(this.request(INTERFACE_RESET), new Uint8Array())
    }

    private async command(name: CommandName, args: Uint8Array, data?: Uint8Array): Promise<void> {
        await this.begin({ name, args, transferBytes: data?.length ?? 0 })
        if (data !== undefined) await this.send(data)
        await this.acknowledged()
    }

    private async begin(command: Command): Promise<void> {
        if (this.refused !== undefined) throw this.refused
        this.current = command.name
        this.token = (this.token + 1) >>> 0
        await this.send(commandPacket(this.token, command))
    }

    private async send(data: Uint8Array): Promise<void> {
        const { status, bytesWritten } = await this.orRefused(
            this.device.transferOut(this.at.out, data)
        )
        if (status !== "ok") throw await this.refusal()
        if (bytesWritten !== data.length)
            throw this.end(`took ${bytesWritten} B of ${data.length} B`)
    }

    private async acknowledged(): Promise<void> {
        // An empty packet; WebUSB does not let nothing be asked for.
        const { status } = await this.orRefused(this.device.transferIn(this.at.in, PACKET_BYTES))
        if (status !== "ok") throw await this.refusal()
    }

    /** A write whose last page fails is never acknowledged: only the status tells. */
    private async orRefused<T>(transfer: Promise<T>): Promise<T> {
        const settled = transfer.then(
            () => true,
            () => true
        )
        for (;;) {
            let timer: ReturnType<typeof setTimeout> | undefined
            const asking = new Promise<false>(resolve => {
                timer = setTimeout(() => resolve(false), ASK_MS)
            })
            const isSettled = await Promise.race([settled, asking])
            clearTimeout(timer)
            if (isSettled) return await transfer
            const status = await this.status()
            if (hasFailed(status)) throw this.end(nameOf(status.code))
        }
    }

    /** The error for an endpoint that is halted. The status goes with the reset, so it is read first. */
    private async refusal(): Promise<PicobootError> {
        const status = await this.status()
        return this.end(hasFailed(status) ? nameOf(status.code) : "broken off without a reason")
    }

    private end(reason: string): PicobootError {
        this.refused = new PicobootError(this.current, reason)
        return this.refused
    }

    private request(request: number): UsbControlSetup {
        return {
            requestType: "vendor",
            recipient: "interface",
            request,
            value: 0,
            index: this.at.interfaceNumber,
        }
    }
}

/** Each failure ends the connection: a status that is not OK is the current command's. */
function hasFailed({ code, isInProgress }: CommandStatus): boolean {
    return code !== 0 && !isInProgress
}

/** Name of a status code, for messages. */
function nameOf(code: number): string {
    return code < STATUS_NAMES.length ? STATUS_NAMES[code] : `status ${code}`
}

/** The interface is known by its class: its number depends on whether the board shows a drive. */
function endpointsOf(device: UsbDevice): Endpoints {
    for (const { interfaceNumber, alternates } of device.configuration?.interfaces ?? []) {
        const [alternate] = alternates
        if (
            alternate.interfaceClass !== VENDOR_CLASS ||
            alternate.interfaceSubclass !== 0 ||
            alternate.interfaceProtocol !== 0
        )
            continue
        const bulk = alternate.endpoints.filter(({ type }) => type === "bulk")
        const into = bulk.find(({ direction }) => direction === "in")
        const out = bulk.find(({ direction }) => direction === "out")
        if (into !== undefined && out !== undefined)
            return { interfaceNumber, in: into.endpointNumber, out: out.endpointNumber }
    }
    throw new NoPicobootError("the device has no interface for PICOBOOT")
}
