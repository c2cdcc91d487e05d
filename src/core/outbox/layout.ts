/** Bytes of the parts of format 1; docs/outbox.md describes all of them. */
export const CHECKPOINT_BYTES = 32
export const RECORD_HEADER_BYTES = 12
export const ROW_HEADER_BYTES = 12
export const ENTRY_HEADER_BYTES = 24

/** Longest contents of the two records, B. */
export const MAX_ANCHOR_BYTES = 48
export const MAX_MEMORY_BYTES = 160

/** A page of this many bytes or more is an EEPROM's, which wears: checkpoints rotate over more slots. */
const ROTATE_FROM_BYTES = 16384
const FEW_CHECKPOINTS = 4
const MANY_CHECKPOINTS = 16
/** Places of entries and rows on a part that writes single bytes, B. */
const BYTEWISE_GRID = 8

/**
 * Where everything is: checkpoints, clock anchor (two slots), node memory (two
 * slots), row journal, ring of entries. It follows from the part alone, so that
 * no setting can make a store unreadable. Everything starts on the grid: no two
 * things share a page of an EEPROM, because a cut can damage all of a page.
 */
export class StoreLayout {
    /** B */
    readonly grid: number
    readonly checkpoints: number
    readonly checkpointStep: number
    readonly anchorAt: number
    readonly anchorStep: number
    readonly memoryAt: number
    readonly memoryStep: number
    readonly journalAt: number
    /** Grid places of the row journal. */
    readonly journalUnits: number
    readonly ringAt: number
    /** Grid places of the ring. */
    readonly ringUnits: number

    /**
     * @param size of the part, B
     * @param pageBytes 0 for a part that writes single bytes
     * @param reserved last bytes that are for others, a multiple of the grid: only the ring is shorter
     * @throws RangeError when the part is too small
     */
    constructor(size: number, pageBytes: number, reserved = 0) {
        this.grid = pageBytes === 0 ? BYTEWISE_GRID : pageBytes
        this.checkpoints =
            pageBytes !== 0 && size >= ROTATE_FROM_BYTES ? MANY_CHECKPOINTS : FEW_CHECKPOINTS
        this.checkpointStep = this.grid * unitsOf(CHECKPOINT_BYTES, this.grid)
        this.anchorAt = this.checkpoints * this.checkpointStep
        this.anchorStep = this.grid * unitsOf(RECORD_HEADER_BYTES + MAX_ANCHOR_BYTES, this.grid)
        this.memoryAt = this.anchorAt + 2 * this.anchorStep
        this.memoryStep = this.grid * unitsOf(RECORD_HEADER_BYTES + MAX_MEMORY_BYTES, this.grid)
        this.journalAt = this.memoryAt + 2 * this.memoryStep
        this.journalUnits = unitsOf(size / 8, this.grid)
        this.ringAt = this.journalAt + this.journalUnits * this.grid
        this.ringUnits = Math.floor((size - reserved - this.ringAt) / this.grid)
        if (this.ringUnits < 4) throw new RangeError("a store of " + size + " B is too small")
    }
}

/** Grid places that N bytes take. */
export function unitsOf(bytes: number, grid: number): number {
    return Math.floor((bytes + grid - 1) / grid)
}

/** A place of a ring, one lap back when it is beyond the end. */
export function wrapped(unit: number, units: number): number {
    return unit >= units ? unit - units : unit
}
