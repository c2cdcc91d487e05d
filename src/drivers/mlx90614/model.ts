/**
 * Model of Melexis MLX90614: datasheet 3901090614, revision 008 (28 February 2013),
 * application note 390119061402 "SMBus communication with MLX90614".
 */
import { packetErrorCode } from "../../core/crc.js"
import {
    RegisterModel,
    TRANSFER_NACK_ADDRESS,
    TRANSFER_NACK_DATA,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"

const RAM_AMBIENT = 0x06
const RAM_OBJECT = 0x07
const RAM_OBJECT_2 = 0x08
const EEPROM = 0x20
const CELLS = 32
const FLAGS = 0xf0
const SLEEP = 0xff
/** EEPROM cells that can be written. */
const WRITABLE = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0e, 0x0f, 0x19]
const EMISSIVITY = 0x04
const STORED_ADDRESS = 0x0e
const ID = 0x1c
/** First valid data after power-up, ms. */
const POWER_UP_MS = 250
/** Erasing or writing a cell, ms. */
const STORE_MS = 5
/** Between two temperatures, ms. */
const REFRESH_MS = 100

export class MLX90614Model extends RegisterModel {
    readonly part = "Melexis MLX90614"
    readonly channels: readonly ModelChannel[] = [
        { name: "object_temperature", unit: "Cel", min: -70.01, max: 382.19, epsilon: 0.01 },
        { name: "ambient_temperature", unit: "Cel", min: -40, max: 125, epsilon: 0.01 },
    ]

    /** The part could not compute the object's temperature: it sets the error flag. */
    hasError = false

    /** Stored in cell 0x04, 65535 × emissivity. */
    get emissivity(): number {
        return this.eeprom[EMISSIVITY]
    }

    /** What a cell held before anybody came. */
    preset(cell: number, word: number): void {
        this.eeprom[cell] = word
    }

    /** How often a cell was erased or written. */
    stores = 0
    /** What it counts with: that of its last start. */
    private usedEmissivity = 0xffff
    private readonly eeprom = new Uint16Array(CELLS)
    /** Asleep it answers nothing until {@link wakeUp}, or until it gets power anew. */
    isAsleep = false
    private command = 0
    private validAt = 0
    private storedAt = 0
    private measuredAt = 0

    constructor(address = 0x5a) {
        super(address)
        this.eeprom.set([0x9993, 0x62e3, 0x0201, 0xf71c, 0xffff, 0x9fb4])
        this.eeprom[STORED_ADDRESS] = 0xbe00 | address
        this.eeprom.set([0x8401, 0x270c, 0xa0d5, 0x1f03], ID)
    }

    /** The address that it takes at the next power-up. */
    storedAddress(): number {
        return this.eeprom[STORED_ADDRESS] & 0xff
    }

    /** SDA was low for 33 ms while SCL was high: it starts anew. No transfer can do that. */
    wakeUp(unixMs: number): void {
        if (this.isAsleep) this.brownOut(unixMs)
    }

    /**
     * Commands that nobody read on from. What is in the EEPROM is the owner's, and a part that was
     * put to sleep answers nobody until {@link wakeUp}.
     */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        const commands = [RAM_AMBIENT, RAM_OBJECT, RAM_OBJECT_2, FLAGS, EEPROM + random(CELLS)]
        return Array.from({ length: 2 }, () => Uint8Array.of(commands[random(commands.length)]))
    }

    protected override acknowledgesAddress(): boolean {
        return !this.isAsleep
    }

    protected powerUp(): void {
        this.isAsleep = false
        this.usedEmissivity = this.emissivity
        this.command = 0
        this.validAt = this.nowMs + POWER_UP_MS
        this.storedAt = 0
        this.measuredAt = this.nowMs
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        if (this.isAsleep) return TRANSFER_NACK_ADDRESS
        this.command = bytes[0]
        if (bytes.length === 2 && bytes[0] === SLEEP) return this.sleep(bytes[1])
        if (this.nowMs < this.storedAt) this.illegal("access while a cell is being stored")
        if (bytes.length === 1) return TRANSFER_OK
        if (bytes.length !== 4) {
            this.illegal(`write of ${bytes.length} B; a command, a word and its checksum have 4 B`)
            return TRANSFER_NACK_DATA
        }
        const packet = Uint8Array.of(this.address << 1, ...bytes.subarray(0, 3))
        if (packetErrorCode(packet, 4) !== bytes[3]) {
            this.illegal("write with a wrong checksum")
            return TRANSFER_NACK_DATA
        }
        this.store(this.command - EEPROM, bytes[1] | (bytes[2] << 8))
        return TRANSFER_OK
    }

    private sleep(check: number): TransferStatus {
        if (packetErrorCode(Uint8Array.of(this.address << 1, SLEEP), 2) !== check) {
            this.illegal("sleep with a wrong checksum")
            return TRANSFER_NACK_DATA
        }
        this.isAsleep = true
        return TRANSFER_OK
    }

    protected onRead(length: number): Uint8Array | undefined {
        if (this.isAsleep) return undefined
        if (length > 3) this.illegal(`read of ${length} B; a word and its checksum have 3 B`)
        const word = this.word()
        const write = this.address << 1
        const packet = [write, this.command, write | 1, word & 0xff, word >> 8]
        const crc = packetErrorCode(Uint8Array.from(packet), packet.length)
        return Uint8Array.of(word & 0xff, word >> 8, this.checkValue(crc))
    }

    private word(): number {
        const command = this.command
        if (command >= EEPROM && command < EEPROM + CELLS) return this.eeprom[command - EEPROM]
        if (command === FLAGS) return this.nowMs < this.validAt ? 0 : 0x10
        if (command === RAM_OBJECT && this.hasError) return 0x8000
        if (command === RAM_OBJECT) return this.temperature("object_temperature")
        if (command === RAM_AMBIENT) return this.temperature("ambient_temperature")
        if (command !== RAM_OBJECT_2) this.illegal(`read of command 0x${command.toString(16)}`)
        return 0
    }

    private temperature(name: string): number {
        // Before the first valid data it gives some temperature, without an error flag. After its emissivity was
        // changed it did so, too, until it was switched off and on: Adafruit-MLX90614-Library, issue 32.
        const isChanged = this.usedEmissivity !== this.emissivity || this.emissivity === 0
        if (this.nowMs < this.validAt || isChanged) return 0x3000
        if (!this.faults.stuckBusy)
            this.measuredAt = Math.floor(this.nowMs / REFRESH_MS) * REFRESH_MS
        const value = this.inputAt(name, this.measuredAt)
        this.handOut(name, value)
        const shown = name === "object_temperature" ? this.throughEmissivity(value) : value
        return Math.round((shown + 273.15) / 0.02)
    }

    /** What it makes of a radiation like that of a black body at this temperature (5.1.1: of the fourth powers), °C. */
    private throughEmissivity(celsius: number): number {
        const emissivity = this.usedEmissivity / 0xffff
        if (emissivity === 1) return celsius
        const own = this.inputAt("ambient_temperature", this.measuredAt) + 273.15
        const powers = ((celsius + 273.15) ** 4 - (1 - emissivity) * own ** 4) / emissivity
        return powers ** 0.25 - 273.15
    }

    private store(cell: number, word: number): void {
        if (!WRITABLE.includes(cell)) {
            this.illegal(`write to command 0x${this.command.toString(16)}, which can only be read`)
            return
        }
        if (word !== 0 && this.eeprom[cell] !== 0) {
            this.illegal("write to a cell that was not erased")
            word |= this.eeprom[cell]
        }
        this.eeprom[cell] = word
        this.stores++
        this.storedAt = this.nowMs + STORE_MS
    }
}
