import { isGap } from "../quality.js"

/** When a row is worth recording. Times are in ms. */
export interface ChangeGateOptions {
    /** Per channel: a change of at least this much counts; 0 = every change, −1 = none does. */
    readonly deadbands: number[]
    /** A row is recorded at least this often. */
    readonly heartbeatMs: number
    /** … and at most this often; a change that came too early is recorded when it may. */
    readonly minimumMs: number
}

/**
 * Report on change: lets a row pass when a channel moved by its deadband since
 * the row that passed last, when a quality changed, or when the heartbeat is due.
 */
export class ChangeGate {
    private readonly values: number[] = []
    private readonly qualities: number[] = []
    private lastMs = 0
    private isOpen = true

    /** @throws RangeError when the heartbeat is shorter than the minimum */
    constructor(private readonly options: ChangeGateOptions) {
        if (options.heartbeatMs < options.minimumMs)
            throw new RangeError(
                "heartbeat of " +
                    options.heartbeatMs +
                    " ms is shorter than the minimum interval of " +
                    options.minimumMs +
                    " ms"
            )
        for (let i = 0; i < options.deadbands.length; i++) {
            this.values.push(0)
            this.qualities.push(0)
        }
    }

    /**
     * @param nowMs a clock that never goes backwards
     * @returns whether to record this row, which then is the one to compare with
     */
    accepts(nowMs: number, values: number[], qualities: number[]): boolean {
        const since = nowMs - this.lastMs
        if (!this.isOpen) {
            if (since < this.options.minimumMs) return false
            if (since < this.options.heartbeatMs && !this.hasChanged(values, qualities))
                return false
        }
        this.isOpen = false
        this.lastMs = nowMs
        for (let i = 0; i < this.values.length; i++) {
            this.values[i] = values[i]
            this.qualities[i] = qualities[i]
        }
        return true
    }

    /** Whether a row differs from the one that passed last. */
    hasChanged(values: number[], qualities: number[]): boolean {
        for (let i = 0; i < this.values.length; i++) {
            if (qualities[i] !== this.qualities[i]) return true
            const deadband = this.options.deadbands[i]
            if (isGap(qualities[i]) || deadband < 0) continue
            const moved = Math.abs(values[i] - this.values[i])
            if (moved > 0 && moved >= deadband) return true
        }
        return false
    }
}
