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

/** Erasing a sector of flash of 4 KB, and programming 256 B, µs: typical of the chips on these boards. */
export const ERASE_US = 45_000
export const PROGRAM_US = 800

/** ESP32 with `log.pinTX`: the main loop waits one tick of the system after this many bytes (main/dmesg.c). */
export const LOG_CHUNK_BYTES = 64
export const LOG_CHUNK_US = 10_000
/** The one pin that the runtime writes its log to, by architecture. */
export const LOG_PIN: Readonly<Record<string, number>> = { esp32c3: 21, esp32s2: 43, esp32s3: 43 }
