/**
 * What every register model shares: the bus side of a part on I2C, the faults that
 * can be switched on there. A model knows nothing of the simulator; it is given
 * transfers with their time and answers as the part would.
 */
import { PartFaults, PartModel } from "./part-model.js"

export { type HandedOut, type IllegalAccess, type ModelChannel, type Signal } from "./part-model.js"

/**
 * Reserved for device ids (UM10204, section 3.1.17): 0xF8, the part's address, a repeated start, 0xF9,
 * three bytes.
 */
export const DEVICE_ID_ADDRESS = 0x7c

/** How a transfer ended; numbered as Jacdac's I2C service does. */
export const TRANSFER_OK = 0
export const TRANSFER_NACK_ADDRESS = 1
export const TRANSFER_NACK_DATA = 2
export type TransferStatus =
    typeof TRANSFER_OK | typeof TRANSFER_NACK_ADDRESS | typeof TRANSFER_NACK_DATA

export interface TransferResult {
    readonly status: TransferStatus
    readonly data: Uint8Array
}

/** Faults every part on I2C supports. Unplugged: nothing acknowledges the address. */
export class ModelFaults extends PartFaults {
    /** The part stays busy forever: measurements never get ready. */
    stuckBusy = false
    /** Not acknowledged: the n-th transfer from now (1 = the next one); 0 = none. */
    nackTransfer = 0
    /** A wrong checksum: the n-th word from now (1 = the next one); 0 = none. */
    flipCrcWord = 0
    /** Reads at which nobody drives the bus; undefined = none. */
    restingBus: RestingBus | undefined
}

/**
 * A bus at rest: the part acknowledges, but its data do not get through. Pulled up it reads
 * as ones; a line held low, or a part whose supply is going, reads as zeros.
 */
export interface RestingBus {
    readonly byte: 0x00 | 0xff
    /** The n-th transfer with a read from now (1 = the next one). */
    reads: number
    /** All reads after that one too. */
    readonly isLasting: boolean
}

const NO_DATA = new Uint8Array(0)

/** A part that was plugged in again has had power for this long at its next transfer, ms. */
const REPLUGGED_MS = 1000

export abstract class RegisterModel extends PartModel {
    readonly faults = new ModelFaults()

    /** Maker and product as they are read at {@link DEVICE_ID_ADDRESS}, 3 B; few parts have them. */
    protected deviceId: Uint8Array | undefined
    private powered = false

    /** @param address 7-bit bus address */
    constructor(readonly address: number) {
        super()
        if (!Number.isInteger(address) || address < 0x08 || address > 0x77)
            throw new RangeError(`an I2C address is 0x08 to 0x77, got ${address}`)
    }

    /** The part gets power, or loses it and gets it back: registers are as after power-up. */
    brownOut(unixMs: number): void {
        this.nowMs = unixMs
        this.powered = true
        this.powerUp()
    }

    /** The part loses its power. Parts that keep data end a write cycle in progress here. */
    powerLost(unixMs: number): void {
        this.nowMs = unixMs
        this.powered = false
    }

    /**
     * A transaction that a loss of power ends: these bytes were written, no stop
     * condition followed. {@link powerLost} comes next.
     */
    interrupt(write: Uint8Array, unixMs: number): void {
        this.nowMs = unixMs
        if (!this.faults.unplugged) this.onInterruptedWrite?.(write)
    }

    /**
     * One bus transaction: writes `write` (when not empty), then reads `readLength`
     * bytes (when not 0). Neither is a mere address probe.
     */
    transfer(write: Uint8Array, readLength: number, unixMs: number): TransferResult {
        if (!this.powered && !this.faults.unplugged) this.brownOut(unixMs - REPLUGGED_MS)
        this.nowMs = unixMs
        if (this.faults.nackTransfer > 0 && --this.faults.nackTransfer === 0)
            return nack(TRANSFER_NACK_ADDRESS)
        if (this.faults.unplugged) {
            this.powered = false
            return nack(TRANSFER_NACK_ADDRESS)
        }
        if (write.length === 0 && readLength === 0)
            return this.acknowledgesAddress() ? ok(NO_DATA) : nack(TRANSFER_NACK_ADDRESS)
        if (write.length > 0) {
            const status = this.onWrite(write)
            if (status !== TRANSFER_OK) return nack(status)
        }
        if (readLength === 0) return ok(NO_DATA)
        const data = this.onRead(readLength)
        if (data === undefined) return nack(TRANSFER_NACK_ADDRESS)
        return ok(this.atRest(readLength) ?? padded(data, readLength))
    }

    /**
     * A transaction with {@link DEVICE_ID_ADDRESS} that names this part.
     * @param readLength B; the id's three bytes come again and again
     */
    transferId(readLength: number, unixMs: number): TransferResult {
        const id = this.deviceId
        if (id === undefined) return nack(TRANSFER_NACK_ADDRESS)
        // As for any other transaction: faults, supply, busy.
        const heard = this.transfer(NO_DATA, 0, unixMs)
        if (heard.status !== TRANSFER_OK) return heard
        return ok(Uint8Array.from({ length: readLength }, (_, i) => id[i % id.length]))
    }

    /** What the bus reads as when the part does not drive it; undefined while it does. */
    private atRest(length: number): Uint8Array | undefined {
        const rest = this.faults.restingBus
        if (rest === undefined || --rest.reads > 0) return undefined
        if (!rest.isLasting) this.faults.restingBus = undefined
        return new Uint8Array(length).fill(rest.byte)
    }

    /**
     * What other firmware could have written, so that a driver finds the part in a state that is
     * neither that after power-up nor its own. Parts that keep no state have nothing.
     * @param random gives a whole number from 0 to below its argument
     */
    othersWrites?(random: (below: number) => number): readonly Uint8Array[]

    /** Bytes written to the part. */
    protected abstract onWrite(bytes: Uint8Array): TransferStatus
    /** @returns the bytes it would give, or undefined when it does not acknowledge */
    protected abstract onRead(length: number): Uint8Array | undefined
    /** Sets all state to that after power-up. */
    protected abstract powerUp(): void

    /**
     * A transfer in the words of the datasheet, for transcripts.
     * @param read the bytes that the part gave
     */
    describe?(write: Uint8Array, read: Uint8Array): string

    /** Bytes written when the power went; for parts that keep data without power. */
    protected onInterruptedWrite?(bytes: Uint8Array): void

    /** Whether an empty transfer is acknowledged; parts that are silent while busy say no. */
    protected acknowledgesAddress(): boolean {
        return true
    }

    /** Applies the flipped-CRC fault to the checksum of one word. */
    protected checkValue(crc: number): number {
        if (this.faults.flipCrcWord > 0 && --this.faults.flipCrcWord === 0) return crc ^ 0xff
        return crc
    }
}

function ok(data: Uint8Array): TransferResult {
    return { status: TRANSFER_OK, data }
}

function nack(status: TransferStatus): TransferResult {
    return { status, data: NO_DATA }
}

/** A bus that nobody drives reads as ones. */
function padded(data: Uint8Array, length: number): Uint8Array {
    if (data.length >= length) return data.subarray(0, length)
    const result = new Uint8Array(length).fill(0xff)
    result.set(data)
    return result
}
