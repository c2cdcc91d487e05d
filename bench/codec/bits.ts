/** A growing bit string; the peers of the benchmark only need its length. */
export class BitCount {
    bits = 0
    add(n: number): void {
        this.bits += n
    }
    /** Whole bytes. */
    get bytes(): number {
        return Math.ceil(this.bits / 8)
    }
}
