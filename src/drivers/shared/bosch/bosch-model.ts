/** What models of Bosch's environmental sensors share. */
import { type TransferStatus } from "../register-model.js"
import { RegisterMapModel, type RegisterRule } from "../registers/register-map-model.js"

export const RESET = 0xe0
const RESET_WORD = 0xb6

export abstract class BoschModel extends RegisterMapModel {
    /**
     * A write does not count the address up: it is a series of pairs of address and value
     * (datasheets, "I2C write"). One byte alone sets the address of the read that follows.
     */
    protected override onWrite(bytes: Uint8Array): TransferStatus {
        if (bytes.length > 1 && bytes.length % 2 !== 0) this.illegal("register without a value")
        let status: TransferStatus = super.onWrite(bytes.subarray(0, 2))
        for (let i = 2; i + 1 < bytes.length; i += 2)
            status = super.onWrite(bytes.subarray(i, i + 2))
        return status
    }

    protected override written(address: number, value: number): void {
        if (address !== RESET) return
        this.registers[RESET] = 0
        if (value === RESET_WORD) this.powerUp()
        else this.illegal("another word than 0xb6 in the reset register; it has no effect")
    }

    /** Sets a result of 20 bits. */
    protected setResult(address: number, word: number): void {
        this.registers[address] = word >> 12
        this.registers[address + 1] = (word >> 4) & 0xff
        this.registers[address + 2] = (word & 15) << 4
    }
}

/** Registers that can only be read. */
export function readOnly(
    name: string,
    from: number,
    bytes: Uint8Array | readonly number[]
): [number, RegisterRule][] {
    return Array.from(bytes, (initial, i) => [
        from + i,
        { name: `${name} 0x${(from + i).toString(16)}`, initial },
    ])
}

/** Words of 16 bits, low byte first. */
export function wordsOf(values: readonly number[]): number[] {
    return values.flatMap(value => [value & 0xff, (value >> 8) & 0xff])
}

/**
 * The result that comes closest to a physical value.
 *
 * @param formula of the result, rising or falling throughout
 * @param target physical value
 * @param top highest result
 * @param step results are multiples of it
 */
export function resultFor(
    formula: (result: number) => number,
    target: number,
    top: number,
    step: number
): number {
    const isRising = formula(top) > formula(0)
    let low = 0
    let high = Math.floor(top / step)
    while (high - low > 1) {
        const middle = (low + high) >> 1
        if (formula(middle * step) < target === isRising) low = middle
        else high = middle
    }
    const error = (result: number) => Math.abs(formula(result * step) - target)
    return (error(low) <= error(high) ? low : high) * step
}

/** Measurements that one oversampling setting takes. */
export function timesOf(bits: number): number {
    return bits === 0 ? 0 : Math.min(16, 1 << (bits - 1))
}

/** With the filter off a result has 16 bits, and one more per doubling; undefined = skipped. */
export function stepOf(bits: number): number | undefined {
    return bits === 0 ? undefined : 16 / timesOf(bits)
}
