/**
 * Register model of the DS2482-100 with DS18B20 probes on its line. Datasheet
 * "DS2482-100 Single-Channel 1-Wire Master": registers, function commands, electrical
 * characteristics (longest times); the probes are in ds18b20-model.ts.
 */
import {
    RegisterModel,
    TRANSFER_NACK_DATA,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"
import { Ds18b20Probe } from "./ds18b20-model.js"

/** Reset pulse and the time for presence pulses; one time slot, ms. */
const LINE_RESET_MS = 1.2432
const SLOT_MS = 0.0728

const POINTERS: Readonly<Record<number, string>> = {
    0xf0: "status",
    0xe1: "data",
    0xc3: "configuration",
}
interface Command {
    readonly name: string
    /** Bytes, the command's own included. */
    readonly length: number
    /** Refused while the line is busy. */
    readonly needsLine: boolean
}
const COMMANDS: Readonly<Record<number, Command>> = {
    0xf0: { name: "device reset", length: 1, needsLine: false },
    0xe1: { name: "set read pointer", length: 2, needsLine: false },
    0xd2: { name: "write configuration", length: 2, needsLine: true },
    0xb4: { name: "1-Wire reset", length: 1, needsLine: true },
    0x87: { name: "1-Wire single bit", length: 2, needsLine: true },
    0xa5: { name: "1-Wire write byte", length: 2, needsLine: true },
    0x96: { name: "1-Wire read byte", length: 1, needsLine: true },
    0x78: { name: "1-Wire triplet", length: 2, needsLine: true },
}

/** A DS18B20 of the datasheet's family with a valid checksum. */
export const DEFAULT_ROM = "28ff641e821603e2"

export class DS2482Model extends RegisterModel {
    readonly part = "Analog Devices DS2482-100"
    readonly channels: readonly ModelChannel[]
    readonly probes: readonly Ds18b20Probe[]
    /** The line is held low. */
    isShorted = false
    /** The bridge itself never gets ready. */
    isHung = false

    private status = 0
    private configuration = 0
    private data = 0
    private pointer = "status"
    private busyUntil = 0

    /** @param roms the probes' ROM codes, 16 hex digits each */
    constructor(address = 0x18, roms: readonly string[] = [DEFAULT_ROM]) {
        super(address)
        const name = (i: number) =>
            roms.length === 1 ? "temperature" : `probe${i + 1}_temperature`
        this.channels = roms.map((_, i) => ({
            name: name(i),
            unit: "Cel",
            min: -55,
            max: 125,
            epsilon: 1 / 32,
        }))
        this.probes = roms.map(
            (rom, i) =>
                new Ds18b20Probe(rom, {
                    now: () => this.nowMs,
                    input: () => this.input(name(i)),
                    handOut: celsius => {
                        this.handOut(name(i), celsius)
                    },
                    illegal: what => {
                        this.illegal(what)
                    },
                    checkValue: crc => this.checkValue(crc),
                    isStuck: () => this.faults.stuckBusy,
                })
        )
    }

    override describe(write: Uint8Array, read: Uint8Array): string {
        if (write.length === 0) return "reads on"
        const name = COMMANDS[write[0]]?.name ?? ""
        const argument = write.length > 1 ? ` ${hex(write[1])}` : ""
        return `${name}${argument}${read.length > 0 ? ", reads" : ""}`
    }

    protected powerUp(): void {
        this.deviceReset()
        for (const probe of this.probes) probe.powerUp()
    }

    /** Another configuration, which a read pointer to it follows. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        const low = random(16)
        return [Uint8Array.of(0xd2, ((~low & 0x0f) << 4) | low), Uint8Array.of(0xe1, 0xc3)]
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        const [code, argument] = bytes
        const command = COMMANDS[code] as Command | undefined
        if (command === undefined) {
            this.illegal(`unknown command ${hex(code)}`)
            return TRANSFER_NACK_DATA
        }
        if (bytes.length !== command.length) {
            this.illegal(`${command.name} with ${bytes.length} B; it has ${command.length} B`)
            return TRANSFER_NACK_DATA
        }
        if (command.needsLine && this.isBusy()) {
            this.illegal(`${command.name} while the line is busy`)
            return TRANSFER_NACK_DATA
        }
        if (code === 0xf0) this.deviceReset()
        else if (code === 0xe1) return this.setPointer(argument)
        else if (code === 0xd2) return this.configure(argument)
        else {
            if ((this.status & 0x10) !== 0) this.illegal(`${command.name} before the configuration`)
            this.pointer = "status"
            this.lineCommand(code, argument)
        }
        return TRANSFER_OK
    }

    /** The same register over and over, whatever the length. */
    protected onRead(length: number): Uint8Array {
        const level = this.isShorted || this.isBusy() ? 0 : 0x08
        const status = this.status | level | (this.isBusy() ? 1 : 0)
        if (this.pointer === "data" && this.isBusy())
            this.illegal("read of data while the line is busy")
        const byte = { status, data: this.data, configuration: this.configuration }[this.pointer]
        return new Uint8Array(length).fill(byte as number)
    }

    private deviceReset(): void {
        this.status = 0x10
        this.configuration = 0
        this.data = 0
        this.pointer = "status"
        this.busyUntil = 0
    }

    private setPointer(code: number): TransferStatus {
        const pointer = POINTERS[code] as string | undefined
        if (pointer === undefined) {
            this.illegal(`unknown pointer ${hex(code)}`)
            return TRANSFER_NACK_DATA
        }
        this.pointer = pointer
        return TRANSFER_OK
    }

    /** The upper half is the complement of the lower one. */
    private configure(byte: number): TransferStatus {
        if (((byte >> 4) ^ (byte & 0x0f)) !== 0x0f) {
            this.illegal(`configuration ${hex(byte)}: its halves do not fit each other`)
            return TRANSFER_NACK_DATA
        }
        if ((byte & 0x0e) !== 0)
            this.illegal(`configuration ${hex(byte)}: only APU suits DS18B20 probes`)
        this.configuration = byte & 0x0f
        this.status &= ~0x10
        this.pointer = "configuration"
        return TRANSFER_OK
    }

    private lineCommand(code: number, argument: number): void {
        if (code === 0xb4) {
            this.lineReset()
            return
        }
        if (code === 0x87) this.setBits(this.slot(argument >> 7), 0, 0)
        else if (code === 0x78) this.tripletSlots(argument >> 7)
        else if (code === 0xa5) this.slots(argument)
        else this.data = this.slots(0xff)
        const count = code === 0x87 ? 1 : code === 0x78 ? 3 : 8
        this.busyUntil = this.nowMs + count * SLOT_MS
    }

    private lineReset(): void {
        this.busyUntil = this.nowMs + LINE_RESET_MS
        this.status &= ~0x06
        const present = this.probes.map(probe => probe.reset())
        if (this.isShorted) this.status |= 0x04
        else if (present.includes(true)) this.status |= 0x02
    }

    private tripletSlots(wanted: number): void {
        const first = this.slot(1)
        const second = this.slot(1)
        const direction = first === second ? (first === 1 ? 1 : wanted) : first
        this.slot(direction)
        this.setBits(first, second, direction)
    }

    private setBits(single: number, second: number, direction: number): void {
        this.status = (this.status & 0x1f) | (single << 5) | (second << 6) | (direction << 7)
    }

    /** Eight slots, the least significant bit first. @returns what the line was */
    private slots(byte: number): number {
        let result = 0
        for (let i = 0; i < 8; i++) result |= this.slot((byte >> i) & 1) << i
        return result
    }

    /** One time slot: a wired AND of the bridge and all probes. */
    private slot(bit: number): number {
        const sent = this.probes.map(probe => probe.output())
        const line = this.isShorted || sent.includes(0) ? 0 : bit
        for (const probe of this.probes) probe.slot(line)
        return line
    }

    private isBusy(): boolean {
        return this.isHung || this.nowMs < this.busyUntil
    }
}

function hex(byte: number): string {
    return `0x${byte.toString(16).padStart(2, "0")}`
}
