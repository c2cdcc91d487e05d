/** Rows of a file that is to be sorted: a few bytes for each, all in memory. */

const FIRST_ROOM = 1024

export class RowStore {
    private rows = 0
    private ticks = new Float64Array(FIRST_ROOM)
    private values: Int32Array
    private qualities: Uint8Array

    constructor(private readonly channels: number) {
        this.values = new Int32Array(FIRST_ROOM * channels)
        this.qualities = new Uint8Array(FIRST_ROOM * channels)
    }

    add(ticks: number, values: readonly number[], qualities: readonly number[]): void {
        if (this.rows === this.ticks.length) this.grow()
        this.ticks[this.rows] = ticks
        this.values.set(values, this.rows * this.channels)
        this.qualities.set(qualities, this.rows * this.channels)
        this.rows++
    }

    /**
     * Calls with each row in the order of time; equal times stay in the order
     * in which they came.
     *
     * @param hasRest whether the last channel is the part of a time below a tick
     */
    inOrder(
        hasRest: boolean,
        row: (ticks: number, values: number[], qualities: number[]) => void
    ): void {
        const { channels, ticks } = this
        const rest = (index: number) => (hasRest ? this.values[index * channels + channels - 1] : 0)
        const order = Uint32Array.from({ length: this.rows }, (_, i) => i)
        order.sort((a, b) => ticks[a] - ticks[b] || rest(a) - rest(b) || a - b)
        for (const index of order) {
            const from = index * channels
            row(
                ticks[index],
                Array.from(this.values.subarray(from, from + channels)),
                Array.from(this.qualities.subarray(from, from + channels))
            )
        }
    }

    private grow(): void {
        this.ticks = enlarged(this.ticks, new Float64Array(2 * this.ticks.length))
        this.values = enlarged(this.values, new Int32Array(2 * this.values.length))
        this.qualities = enlarged(this.qualities, new Uint8Array(2 * this.qualities.length))
    }
}

function enlarged<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
    to.set(from)
    return to
}
