import { ByteStore } from "../byte-store.js"
import { Bytes, copyBytes } from "../bytes.js"
import { crc32 } from "../crc32.js"

/** A part of a store whose end is followed by its start. */
export class RingRegion {
    private readonly bytes: number

    /**
     * @param at address of the first byte
     * @param units length in grid places
     */
    constructor(
        private readonly store: ByteStore,
        private readonly at: number,
        readonly units: number,
        readonly grid: number
    ) {
        this.bytes = units * grid
    }

    /** @param offset B from the start, less than two laps */
    async read(offset: number, target: Bytes, to: number, length: number): Promise<void> {
        const from = offset >= this.bytes ? offset - this.bytes : offset
        const first = Math.min(length, this.bytes - from)
        await this.store.read(this.at + from, target, to, first)
        if (first < length) await this.store.read(this.at, target, to + first, length - first)
    }

    /** @param offset B from the start, less than two laps */
    async write(offset: number, source: Bytes, from: number, length: number): Promise<void> {
        const to = offset >= this.bytes ? offset - this.bytes : offset
        const first = Math.min(length, this.bytes - to)
        await this.store.write(this.at + to, source, from, first)
        if (first < length) await this.store.write(this.at, source, from + first, length - first)
    }

    /** {@link crc32} of stored bytes, read through `scratch`. */
    async check(offset: number, length: number, start: number, scratch: Bytes): Promise<number> {
        let crc = start
        for (let done = 0; done < length; done += scratch.length) {
            const count = Math.min(scratch.length, length - done)
            await this.read(offset + done, scratch, 0, count)
            crc = crc32(scratch, 0, count, crc)
        }
        return crc
    }

    /**
     * Writes a header that is in `scratch` and what belongs behind it. They share
     * the first page, so that no page is written twice.
     */
    async writeBehind(
        offset: number,
        scratch: Bytes,
        headerBytes: number,
        source: Bytes,
        from: number,
        length: number
    ): Promise<void> {
        const room = this.grid > headerBytes ? this.grid - headerBytes : 0
        const beside = Math.min(room, length)
        copyBytes(scratch, headerBytes, source, from, beside)
        await this.write(offset, scratch, 0, headerBytes + beside)
        if (beside < length)
            await this.write(offset + headerBytes + beside, source, from + beside, length - beside)
    }
}
