/**
 * How long things take on a board: measured on the RP2040 firmware in an emulator with a
 * cycle model, at 125 MHz; see docs/simulator.md. Nothing is known of the ESP32's
 * cycles; it is faster, so that blocks are shorter there than is reckoned here.
 */
import { type SlowNative } from "../vm/natives.js"

/** Mean over whole programs with their usual calls, allocations and field lookups. */
const CYCLES_PER_OPCODE = 420
const MHZ = 125
export const OPCODE_US = CYCLES_PER_OPCODE / MHZ

/** Natives, µs each. */
export const NATIVE_US: Readonly<Record<SlowNative, number>> = {
    // 0.44 to 1.2 ms
    collect: 1200,
    // 73 to 128 µs
    print: 128,
    log: 25,
    pow: 64,
    round: 18.5,
    // per byte: 97 ms for a program of 61 KB
    sha256: 1.6,
}
/** Natives whose cost is per byte. */
export const PER_BYTE: ReadonlySet<SlowNative> = new Set(["sha256"])
