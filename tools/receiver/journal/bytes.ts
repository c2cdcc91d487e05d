/** Whole numbers, texts and bytes one after the other. */

export class ByteWriter {
    private buffer = Buffer.allocUnsafe(1024)
    private length = 0

    /** What was written. Overwritten by what is written after {@link clear}. */
    get bytes(): Buffer {
        return this.buffer.subarray(0, this.length)
    }

    clear(): void {
        this.length = 0
    }

    u8(value: number): void {
        const at = this.room(1)
        this.buffer[at] = value
    }

    f64(value: number): void {
        const at = this.room(8)
        this.buffer.writeDoubleLE(value, at)
    }

    /** An integer 0 … 2^53 − 1: seven bits to a byte, the lowest first. */
    varint(value: number): void {
        let rest = value
        while (rest >= 0x80) {
            this.u8((rest % 0x80) | 0x80)
            rest = Math.floor(rest / 0x80)
        }
        this.u8(rest)
    }

    /** An integer −2^52 … 2^52. */
    signed(value: number): void {
        this.varint(value < 0 ? -2 * value - 1 : 2 * value)
    }

    blob(bytes: Uint8Array): void {
        this.varint(bytes.length)
        const at = this.room(bytes.length)
        this.buffer.set(bytes, at)
    }

    text(text: string): void {
        const bytes = Buffer.byteLength(text)
        this.varint(bytes)
        const at = this.room(bytes)
        this.buffer.write(text, at)
    }

    /** Makes room, maybe in another buffer. @returns where to write them */
    private room(bytes: number): number {
        const at = this.length
        this.length += bytes
        if (this.length > this.buffer.length) {
            const larger = Buffer.allocUnsafe(2 * this.length)
            this.buffer.copy(larger, 0, 0, at)
            this.buffer = larger
        }
        return at
    }
}

/** Reads what {@link ByteWriter} wrote. All methods throw RangeError beyond the end. */
export class ByteReader {
    private at = 0

    constructor(private readonly buffer: Buffer) {}

    get isAtEnd(): boolean {
        return this.at >= this.buffer.length
    }

    u8(): number {
        return this.buffer.readUInt8(this.take(1))
    }

    f64(): number {
        return this.buffer.readDoubleLE(this.take(8))
    }

    varint(): number {
        let value = 0
        let unit = 1
        for (;;) {
            const byte = this.u8()
            value += (byte & 0x7f) * unit
            if (byte < 0x80) return value
            unit *= 0x80
            if (unit > Number.MAX_SAFE_INTEGER) throw new RangeError("a number of too many bytes")
        }
    }

    signed(): number {
        const value = this.varint()
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }

    blob(): Buffer {
        const length = this.varint()
        const from = this.take(length)
        return this.buffer.subarray(from, from + length)
    }

    text(): string {
        return this.blob().toString("utf8")
    }

    private take(bytes: number): number {
        const from = this.at
        this.at += bytes
        if (this.at > this.buffer.length) throw new RangeError("the bytes end too early")
        return from
    }
}
