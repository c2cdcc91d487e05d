/**
 * A processor for the short programs that hosts load into an RP2040's RAM: the instructions of ARMv6-M
 * (ARM DDI 0419, chapter A6.7) that such a one has. Any other ends it with an error.
 */

/** What a processor reads from and writes to. Numbers are little-endian. */
export interface ThumbBus {
    read(address: number, bytes: 1 | 2 | 4): number
    write(address: number, bytes: 1 | 2 | 4, value: number): void
}

const PC = 15
const LR = 14
const SP = 13
/** Return address of the caller. */
const DONE = 0xfffffffe

/**
 * Calls a function.
 *
 * @param stack first address behind the stack
 * @param mostSteps instructions after which it is taken for endless
 * @throws Error for an instruction that is not known, and for a program that does not end
 */
export function callThumb(bus: ThumbBus, address: number, stack: number, mostSteps = 1e6): void {
    const r = new Uint32Array(16)
    r[SP] = stack
    r[LR] = DONE
    r[PC] = address & ~1
    let isZero = false
    for (let step = 0; r[PC] !== DONE; step++) {
        if (step >= mostSteps) throw new Error(`the program has not ended after ${step} steps`)
        const at = r[PC]
        const op = bus.read(at, 2)
        r[PC] = at + 2
        const low = op & 7
        const base = (op >>> 3) & 7
        const high = (op >>> 8) & 7
        const byte = op & 0xff
        const result = (register: number, value: number) => {
            r[register] = value
            isZero = r[register] === 0
        }
        /** What a literal's address counts from. */
        const here = (at + 4) & ~3
        if (op === 0x46c0) continue
        else if (op >>> 11 === 0b00000) result(low, r[base] << ((op >>> 6) & 31))
        else if (op >>> 11 === 0b00100) result(high, byte)
        else if (op >>> 11 === 0b00101) isZero = r[high] === byte
        else if (op >>> 11 === 0b00110) result(high, r[high] + byte)
        else if (op >>> 11 === 0b00111) result(high, r[high] - byte)
        else if (op >>> 11 === 0b01001) r[high] = bus.read(here + 4 * byte, 4)
        else if (op >>> 11 === 0b10100) r[high] = here + 4 * byte
        else if (op >>> 11 === 0b01100) bus.write(r[base] + 4 * ((op >>> 6) & 31), 4, r[low])
        else if (op >>> 11 === 0b01101) r[low] = bus.read(r[base] + 4 * ((op >>> 6) & 31), 4)
        else if (op >>> 11 === 0b01110) bus.write(r[base] + ((op >>> 6) & 31), 1, r[low] & 0xff)
        else if (op >>> 8 === 0xd0 || op >>> 8 === 0xd1) {
            const isTaken = isZero === (op >>> 8 === 0xd0)
            if (isTaken) r[PC] = at + 4 + 2 * ((byte << 24) >> 24)
        } else if (op >>> 9 === 0b1011010) {
            for (let i = 8; i >= 0; i--)
                if ((op & (1 << i)) !== 0) {
                    r[SP] -= 4
                    bus.write(r[SP], 4, r[i === 8 ? LR : i])
                }
        } else if (op >>> 9 === 0b1011110) {
            for (let i = 0; i <= 8; i++)
                if ((op & (1 << i)) !== 0) {
                    r[i === 8 ? PC : i] = bus.read(r[SP], 4)
                    r[SP] += 4
                }
            r[PC] &= ~1
        } else throw new Error(`instruction ${op.toString(16)} at ${at.toString(16)} is not known`)
    }
}
