/**
 * Register model of the EEPROM 24LC256 (Microchip) and its like.
 * Datasheet DS20001203: writes section 6, acknowledge polling section 7, reads
 * section 8, write cycle time table 1-2 (5 ms at most).
 */
import { MemoryModel } from "../shared/memory/memory-model.js"

const WRITE_CYCLE_MS = 5

/** When a power cut strikes a page write. */
export type CutPhase = "transfer" | "cycle"

export class AT24Model extends MemoryModel {
    readonly part: string
    /** Write cycles of each page: what the part wears by. */
    readonly cycles: Uint32Array
    /** Before the stop condition nothing is stored; in the write cycle the page is at risk. */
    cutPhase: CutPhase = "cycle"

    private busyUntil = -Infinity
    /** The page that is being written, and what it held before. */
    private busyPage = 0
    private before = new Uint8Array(0)
    private random: number

    /**
     * @param seed of what a cut leaves of a page
     * @param size 32768, or a smaller power of two for tests
     */
    constructor(
        seed = 1,
        size = 32768,
        readonly pageBytes = 64,
        address = 0x50
    ) {
        super(address, size, 0xff)
        this.part = "Microchip 24LC256"
        this.cycles = new Uint32Array(size / pageBytes)
        this.random = seed
    }

    protected override powerUp(): void {
        super.powerUp()
        this.busyUntil = -Infinity
    }

    /** In the middle of a write cycle the page is at risk. */
    override powerLost(unixMs: number): void {
        super.powerLost(unixMs)
        if (unixMs >= this.busyUntil) return
        const page = this.content.slice(this.busyPage, this.busyPage + this.pageBytes)
        this.damage(page, this.before)
        this.content.set(page, this.busyPage)
        this.busyUntil = -Infinity
    }

    protected isBusy(): boolean {
        return this.faults.stuckBusy || this.nowMs < this.busyUntil
    }

    /** The bytes go into the page buffer, whose start follows its end; the cycle begins at the stop. */
    protected take(data: Uint8Array, start: number): void {
        const page = start & ~(this.pageBytes - 1)
        if ((start & (this.pageBytes - 1)) + data.length > this.pageBytes)
            this.illegal(`${data.length} B from ${start} on wrap around in their page`)
        const fresh = this.content.slice(page, page + this.pageBytes)
        for (let i = 0; i < data.length; i++) fresh[(start + i) & (this.pageBytes - 1)] = data[i]
        this.pointer = page | ((start + data.length) & (this.pageBytes - 1))
        const isCut =
            this.cut !== undefined && this.bytesWritten + data.length > this.cut.afterBytes
        if (isCut && this.cutPhase === "transfer") {
            this.powerFails()
            return
        }
        this.cycles[page / this.pageBytes]++
        this.bytesWritten += data.length
        const before = this.content.slice(page, page + this.pageBytes)
        if (isCut) this.damage(fresh, before)
        this.busyPage = page
        this.before = before
        this.content.set(fresh, page)
        this.busyUntil = this.nowMs + WRITE_CYCLE_MS
        if (isCut) this.powerFails()
    }

    /** The write cycle would begin at the stop condition. */
    protected takeUnfinished(): void {
        // Nothing is stored.
    }

    /** The whole page is rewritten (section 6.2): each of its bytes ends up old, new or neither. */
    private damage(fresh: Uint8Array, before: Uint8Array): void {
        for (let i = 0; i < fresh.length; i++) {
            const chance = this.next()
            if (chance % 3 === 0) fresh[i] = before[i]
            else if (chance % 3 === 1) fresh[i] = this.next() & 0xff
        }
    }

    /** Marsaglia's xorshift, 32 bits; the seed is not 0. */
    private next(): number {
        this.random ^= this.random << 13
        this.random ^= this.random >>> 17
        this.random ^= this.random << 5
        return this.random >>> 8
    }
}
