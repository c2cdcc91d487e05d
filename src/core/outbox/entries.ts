import { Bytes, getI32, getU16, getU32, putU16, putU32 } from "../bytes.js"
import { crc32 } from "../crc32.js"
import { ENTRY_HEADER_BYTES, unitsOf, wrapped } from "./layout.js"
import { RingRegion } from "./region.js"

/** High nibble of an entry's first byte; the low one is its kind. */
const MAGIC_HIGH = 0xe0
/** The second byte of an entry. */
const MAGIC = 0x53
/** Bytes that are checked without a pause: 7,500 opcodes of the VM. */
const PAUSE_BYTES = 256
const CHECKED_BYTES = ENTRY_HEADER_BYTES - 4

/** The entries in the ring, and the header of the one that was looked at last. */
export class EntryRing {
    /** The fields of that header, see docs/outbox.md. */
    kind = 0
    /** Of the contents, B. */
    size = 0
    serial = 0
    firstSerial = 0
    journal = 0
    journalAt = 0
    /** {@link crc32} of the contents. */
    check = 0

    constructor(
        readonly region: RingRegion,
        private readonly scratch: Bytes,
        private readonly pause: () => Promise<void>
    ) {}

    /** Grid places that an entry with N bytes of contents takes. */
    unitsOf(length: number): number {
        return unitsOf(ENTRY_HEADER_BYTES + length, this.region.grid)
    }

    /**
     * Whether an entry starts at a place; if so, its header is taken over.
     * @param room grid places from there that it may take
     * @param from lowest serial it may have
     * @param to highest serial it may have
     */
    async isAt(at: number, room: number, from: number, to: number): Promise<boolean> {
        await this.region.read(at * this.region.grid, this.scratch, 0, ENTRY_HEADER_BYTES)
        return this.takeOver(0, room, from, to)
    }

    /**
     * Looks for an entry at N places, one after the other; see {@link isAt}.
     * @param room grid places from `at` on within which it has to end
     * @returns its place, its header taken over; −1 when there is none
     */
    async find(
        at: number,
        places: number,
        room: number,
        from: number,
        to: number
    ): Promise<number> {
        // Nearly always it is where it should be.
        if (await this.isAt(at, room, from, to)) return at
        const grid = this.region.grid
        const scratch = this.scratch
        // Where headers are far apart, reading what lies between costs more than a further transfer.
        let atOnce = 1
        if (grid < ENTRY_HEADER_BYTES)
            atOnce = 1 + Math.floor((scratch.length - ENTRY_HEADER_BYTES) / grid)
        const bytes = (atOnce - 1) * grid + ENTRY_HEADER_BYTES
        let unchecked = 0
        for (let place = 1; place < places; place += atOnce) {
            await this.region.read((at + place) * grid, scratch, 0, bytes)
            const count = Math.min(atOnce, places - place)
            for (let i = 0; i < count; i++)
                if (
                    scratch[i * grid + 1] === MAGIC &&
                    this.takeOver(i * grid, room - place - i, from, to)
                )
                    return wrapped(at + place + i, this.region.units)
            unchecked += bytes
            if (unchecked < PAUSE_BYTES) continue
            unchecked = 0
            await this.pause()
        }
        return -1
    }

    /** Whether the contents behind the header that was taken over are as they were written. */
    async isIntact(at: number): Promise<boolean> {
        const start = at * this.region.grid + ENTRY_HEADER_BYTES
        let crc = 0
        for (let done = 0; done < this.size; done += PAUSE_BYTES) {
            await this.pause()
            const count = Math.min(PAUSE_BYTES, this.size - done)
            crc = await this.region.check(start + done, count, crc, this.scratch)
        }
        return crc === this.check
    }

    /** {@link crc32} of contents in RAM. */
    async checkOf(bytes: Bytes, from: number, length: number): Promise<number> {
        let crc = 0
        for (let done = 0; done < length; done += PAUSE_BYTES) {
            await this.pause()
            crc = crc32(bytes, from + done, from + Math.min(done + PAUSE_BYTES, length), crc)
        }
        return crc
    }

    /** Copies the contents behind the header that was taken over. */
    async read(at: number, target: Bytes, to: number): Promise<void> {
        await this.region.read(at * this.region.grid + ENTRY_HEADER_BYTES, target, to, this.size)
    }

    /** Writes an entry with the fields of this object. */
    async write(at: number, bytes: Bytes, from: number): Promise<void> {
        const header = this.scratch
        header[0] = MAGIC_HIGH | this.kind
        header[1] = MAGIC
        putU16(header, 2, this.size)
        putU32(header, 4, this.serial)
        putU16(header, 8, this.serial - this.firstSerial)
        putU16(header, 10, this.journalAt)
        putU32(header, 12, this.journal)
        putU32(header, 16, this.check)
        putU32(header, CHECKED_BYTES, crc32(header, 0, CHECKED_BYTES, 0))
        const offset = at * this.region.grid
        await this.region.writeBehind(offset, header, ENTRY_HEADER_BYTES, bytes, from, this.size)
    }

    private takeOver(start: number, room: number, from: number, to: number): boolean {
        if (!this.parse(start)) return false
        if (this.serial < from || this.serial > to) return false
        return this.unitsOf(this.size) <= Math.min(room, this.region.units)
    }

    private parse(from: number): boolean {
        const bytes = this.scratch
        if ((bytes[from] & 0xf0) !== MAGIC_HIGH || bytes[from + 1] !== MAGIC) return false
        const end = from + CHECKED_BYTES
        if (crc32(bytes, from, end, 0) !== getI32(bytes, end)) return false
        this.kind = bytes[from] & 15
        this.size = getU16(bytes, from + 2)
        this.serial = getU32(bytes, from + 4)
        this.firstSerial = this.serial - getU16(bytes, from + 8)
        this.journalAt = getU16(bytes, from + 10)
        this.journal = getU32(bytes, from + 12)
        this.check = getI32(bytes, from + 16)
        return this.size !== 0 && this.firstSerial > 0
    }
}
