/** A small chart in one line of text. */

const BLOCKS = "▁▂▃▄▅▆▇█"
/** Drawn where there is no value. */
const GAP = "·"

/**
 * The course of a quantity in the last `width` steps. A step is a span of time
 * whose values are averaged, or a single value.
 */
export class Sparkline {
    private readonly steps: { key: number; sum: number; count: number }[] = []
    private values = 0

    /**
     * @param width characters
     * @param stepMs span of one character, ms; 0 = one character per value
     */
    constructor(
        private readonly width: number,
        private readonly stepMs: number
    ) {}

    /** @param value undefined for a gap */
    add(time: number, value: number | undefined): void {
        const key = this.stepMs === 0 ? this.values++ : Math.floor(time / this.stepMs)
        let step = this.steps.at(-1)
        if (step === undefined || key > step.key) {
            // Time without any reading is drawn as gaps too.
            const first = Math.max((step?.key ?? key - 1) + 1, key - this.width + 1)
            for (let i = first; i <= key; i++) this.steps.push({ key: i, sum: 0, count: 0 })
            this.steps.splice(0, this.steps.length - this.width)
            step = this.steps.at(-1)
        }
        if (step === undefined || step.key !== key || value === undefined) return
        step.sum += value
        step.count++
    }

    /** At most `width` characters; lowest block = least value shown. */
    toString(): string {
        const means = this.steps.map(step => (step.count === 0 ? undefined : step.sum / step.count))
        const known = means.filter(mean => mean !== undefined)
        const low = Math.min(...known)
        const span = Math.max(...known) - low
        return means
            .map(mean => {
                if (mean === undefined) return GAP
                const level = span === 0 ? 0 : (mean - low) / span
                return BLOCKS[Math.round(level * (BLOCKS.length - 1))]
            })
            .join("")
    }
}
