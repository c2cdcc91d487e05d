import { Bytes, copyBytes, getI32, getU16, getU32, putU16, putU32 } from "../bytes.js"
import { crc32 } from "../crc32.js"
import { ROW_HEADER_BYTES, unitsOf, wrapped } from "./layout.js"
import { RingRegion } from "./region.js"

const MAGIC = 0x52
/** How far behind the last row another one is looked for: the end, or damaged rows? B. */
const LOOK_AHEAD_BYTES = 256
const LOOK_AHEAD_UNITS = 4
/** A part that has more of what could be rows but are none was never a journal: checking them takes long. */
const MOST_DAMAGED_ROWS = 100

/**
 * Rows of the frame that is still open. Rows carry the number of their journal:
 * closing it is nothing but going on to the next number, which is done in the
 * same write that puts the frame's entry in force.
 */
export class RowJournal {
    /** Number of the open journal, and the grid place where its rows start. */
    number = 1
    startAt = 0
    /** Rows that could not be read, since boot. */
    torn = 0
    /** Length of the row that {@link next} found; it is in the scratch buffer behind its header. */
    size = 0

    /** Grid places that the open journal has taken; −1 = not looked up yet. */
    private units = -1
    private rows = 0
    /** Index and journal of the row that was taken over last. */
    private index = 0
    private found = 0

    constructor(
        private readonly region: RingRegion,
        private readonly scratch: Bytes
    ) {}

    /** Goes on with the journal that was open at the last boot, or with a new one. */
    open(number: number, startAt: number): void {
        this.number = number
        this.startAt = startAt < this.region.units ? startAt : 0
        this.units = -1
    }

    /** Opens the newest journal that left rows, for a store whose other parts tell nothing. */
    async search(): Promise<void> {
        let newest = 0
        let start = 0
        let damaged = 0
        for (let at = 0; at < this.region.units && damaged < MOST_DAMAGED_ROWS; at++) {
            if (!(await this.load(at, -1))) {
                if (this.scratch[0] === MAGIC) damaged++
                continue
            }
            if (this.found < newest) continue
            // The region is a ring: the row with the lowest index is the first one.
            if (this.found === newest && this.index !== 0) continue
            newest = this.found
            start = at
        }
        this.open(Math.max(newest, 1), start)
    }

    /** Where the next journal starts: behind the rows of this one, so that wear is spread. */
    endAt(): number {
        return wrapped(this.startAt + Math.max(this.units, 0), this.region.units)
    }

    /** Longest row, B. */
    longest(): number {
        return Math.min(255, this.scratch.length - ROW_HEADER_BYTES)
    }

    /**
     * Appends a row.
     * @returns false when the journal has no room for it
     * @throws RangeError for a row that is empty or too long
     */
    async append(bytes: Bytes, length: number): Promise<boolean> {
        if (length < 1 || length > this.longest())
            throw new RangeError("a row has 1 to " + this.longest() + " B, got " + length)
        const end = await this.end()
        const needed = unitsOf(ROW_HEADER_BYTES + length, this.region.grid)
        if (end + needed > this.region.units) return false
        const row = this.scratch
        row[0] = MAGIC
        row[1] = length
        putU16(row, 2, this.rows)
        putU32(row, 4, this.number)
        copyBytes(row, ROW_HEADER_BYTES, bytes, 0, length)
        const crc = crc32(row, 0, 8, 0)
        putU32(row, 8, crc32(row, ROW_HEADER_BYTES, ROW_HEADER_BYTES + length, crc))
        const offset = (this.startAt + end) * this.region.grid
        await this.region.write(offset, row, 0, ROW_HEADER_BYTES + length)
        this.units = end + needed
        this.rows++
        return true
    }

    /** Grid places that the rows of the open journal take; looks them up once. */
    async end(): Promise<number> {
        let from = 0
        while (this.units < 0) {
            const at = await this.next(from)
            if (at >= 0) from = this.after(at)
        }
        return this.units
    }

    /**
     * The first row at or behind a place, counted from the start of the journal. A
     * walk from 0 to the end finds out where that is.
     * @returns its place; −1 when there is none
     */
    async next(from: number): Promise<number> {
        const isWalk = this.units < 0
        if (isWalk && from === 0) this.rows = 0
        const ahead = Math.max(LOOK_AHEAD_UNITS, unitsOf(LOOK_AHEAD_BYTES, this.region.grid))
        const end = isWalk ? this.region.units : this.units
        const last = Math.min(from + ahead, end - 1)
        for (let at = from; at <= last; at++) {
            const place = wrapped(this.startAt + at, this.region.units)
            if (!(await this.load(place, this.number)) || this.after(at) > end) continue
            if (isWalk) {
                this.torn += this.index - this.rows
                this.rows = this.index + 1
            }
            return at
        }
        if (isWalk) this.units = from
        return -1
    }

    /** The place behind the row that {@link next} found. */
    after(at: number): number {
        return at + unitsOf(ROW_HEADER_BYTES + this.size, this.region.grid)
    }

    /**
     * Takes over the row at a place of the region.
     * @param number of its journal; −1 = any
     */
    private async load(at: number, number: number): Promise<boolean> {
        const row = this.scratch
        const offset = at * this.region.grid
        await this.region.read(offset, row, 0, ROW_HEADER_BYTES)
        const found = getU32(row, 4)
        if (row[0] !== MAGIC || (number >= 0 && found !== number)) return false
        const length = row[1]
        if (length < 1 || length > this.longest()) return false
        await this.region.read(offset + ROW_HEADER_BYTES, row, ROW_HEADER_BYTES, length)
        const crc = crc32(row, 0, 8, 0)
        const check = crc32(row, ROW_HEADER_BYTES, ROW_HEADER_BYTES + length, crc)
        if (check !== getI32(row, 8)) return false
        this.size = length
        this.index = getU16(row, 2)
        this.found = found
        return true
    }
}
