import { crc8 } from "../../../core/crc.js"
import { RegisterModel } from "../register-model.js"

/** Models of parts that answer in 16-bit words, each followed by a CRC-8. */
export abstract class SensirionModel extends RegisterModel {
    /** Words as they go over the bus: high byte, low byte, CRC. */
    protected encodeWords(words: readonly number[]): Uint8Array {
        const bytes = new Uint8Array(3 * words.length)
        words.forEach((word, i) => {
            bytes[3 * i] = word >> 8
            bytes[3 * i + 1] = word & 0xff
            bytes[3 * i + 2] = this.checkValue(crc8(bytes, 3 * i, 3 * i + 2))
        })
        return bytes
    }
}

/** A physical value as the sensor's ticks: (value − offset) × fullScale / span, rounded and limited to 16 bits. */
export function toTicks(value: number, offset: number, span: number, fullScale = 65535): number {
    return Math.min(65535, Math.max(0, Math.round(((value - offset) * fullScale) / span)))
}

/** 32 bits as two words, the high one first. */
export function wordsOf32(value: number): [number, number] {
    return [Math.floor(value / 65536), value & 0xffff]
}

/** The nearest single precision number. */
export function floatWords(value: number): [number, number] {
    const bytes = Buffer.alloc(4)
    bytes.writeFloatBE(value)
    return [bytes.readUInt16BE(0), bytes.readUInt16BE(2)]
}

/** ASCII text, filled up with NUL to N words. */
export function textWords(text: string, count: number): number[] {
    const bytes = Buffer.alloc(2 * count)
    bytes.write(text, "ascii")
    return Array.from({ length: count }, (_, i) => bytes.readUInt16BE(2 * i))
}
