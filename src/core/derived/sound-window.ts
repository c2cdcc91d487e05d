import { log2Q12 } from "../decibel.js"
import { divRound } from "../fixed.js"
import { QUALITY_SKIPPED, isGap } from "../quality.js"

/** The quietest level that is told apart, 0.1 dB; the loudest is 100 dB above. */
const LOWEST = 300
const HIGHEST = 1300
/** Samples that a window can hold: sums stay below 2⁵³. */
export const MOST_SAMPLES = 256

/**
 * Sound levels of an interval: the equivalent level LAeq (the level of the mean energy) and
 * the highest, LAmax, both in 0.1 dB. LAeq is within 0.2 dB of the exact one for levels
 * between 30 and 130 dB.
 */
export class SoundWindow {
    /** Results of the last {@link close}; meaningless where {@link quality} is a gap. */
    equivalent = 0
    highest = 0
    quality = QUALITY_SKIPPED

    // Not beside the class: programs without it would make them too.
    /** 10^(k / 10) and 10^(k / 100) in 1/1024, k = 0 … 9: tenths of a bel and of a decibel. */
    private readonly decibels = [1024, 1289, 1623, 2043, 2572, 3238, 4077, 5132, 6461, 8134]
    private readonly tenths = [1024, 1048, 1072, 1097, 1123, 1149, 1176, 1203, 1231, 1260]
    private count = 0
    private energy = 0
    private max = 0
    private worst = 0
    private gap = QUALITY_SKIPPED

    /** Adds a level; gaps are left out, and so is what comes after 256 levels. */
    add(level: number, quality: number): void {
        if (isGap(quality)) {
            this.gap = quality
            return
        }
        if (this.count === MOST_SAMPLES) return
        if (quality > this.worst) this.worst = quality
        if (this.count === 0 || level > this.max) this.max = level
        this.energy = this.energy + this.energyOf(level)
        this.count++
    }

    /** Ends the interval. */
    close(): void {
        this.quality = this.count === 0 ? this.gap : this.worst
        if (this.count > 0) {
            const mean = divRound(this.energy, this.count)
            // 100 × log10(2) = 30.103; 1024 is 2¹⁰.
            const octaves = log2Q12(mean) - 10 * 4096
            this.equivalent = LOWEST + divRound(octaves * 30103, 1000 * 4096)
            this.highest = this.max
        }
        this.count = 0
        this.energy = 0
        this.worst = 0
        this.gap = QUALITY_SKIPPED
    }

    /** @param level 0.1 dB @returns its energy in 1/1024 of that at 30 dB */
    private energyOf(level: number): number {
        let rest = (level < LOWEST ? LOWEST : level > HIGHEST ? HIGHEST : level) - LOWEST
        let power = 1
        while (rest >= 100) {
            rest = rest - 100
            power = power * 10
        }
        const decibel = Math.floor(rest / 10)
        return power * divRound(this.decibels[decibel] * this.tenths[rest - 10 * decibel], 1024)
    }
}
