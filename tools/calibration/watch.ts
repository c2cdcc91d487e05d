/** The readings of a channel beside a reference: a window of them, and whether they stand still. */
import { toUnit } from "../../src/core/channel.js"
import { QUALITY_OK } from "../../src/core/quality.js"
import { BoardError } from "../flash/board-access.js"
import { type Bench } from "./bench.js"
import { CalibrationRefused, type LiveSample, type NodeChannel } from "./node-calibration.js"
import { limitsOf, stabilityOf, type Stability, type StabilityLimits } from "./stability.js"

/** Readings of a window, and time between them, s. */
export const WINDOW = 20
const SECONDS = 5
/** How often the node is asked for a new sample, ms. */
export const POLL_MS = 2500
/** A node that does not answer for so long is gone, ms: a board that restarts needs less, and a cable is soon back in. */
const SILENCE_MS = 45_000

/** The node does not answer any more. */
export class NodeSilent extends BoardError {
    override name = "NodeSilent"

    constructor(device: string) {
        super(`${device} stopped answering: is its cable out, or is it without power?`)
    }
}

/** A window's readings as they were at one moment. */
export interface Window {
    /** Raw and so far corrected readings, in the channel's integers. */
    readonly raws: readonly number[]
    readonly corrected: readonly number[]
    readonly isStable: boolean
}

export class Watch {
    readonly limits: StabilityLimits
    /** The newest sample; undefined: none since {@link restart}. */
    sample: LiveSample | undefined
    /** How often the node restarted while it was watched. */
    restarts = 0
    private raws: number[] = []
    private corrected: number[] = []
    private counts: (sample: LiveSample) => boolean = () => true
    private toSkip = 0
    private seen: number | undefined
    private silentSince: number | undefined

    constructor(
        private readonly bench: Bench,
        readonly channel: NodeChannel
    ) {
        const { column } = channel
        this.limits = limitsOf(
            column.quantity,
            toUnit(column, column.max) - toUnit(column, column.min)
        )
    }

    get stability(): Stability {
        const values = this.raws.map(raw => toUnit(this.channel.column, raw))
        return stabilityOf(values, WINDOW, this.limits)
    }

    /** Whether it does not answer just now. */
    get isSilent(): boolean {
        return this.silentSince !== undefined
    }

    get window(): Window {
        const { isStable } = this.stability
        return { raws: [...this.raws], corrected: [...this.corrected], isStable }
    }

    /**
     * Forgets what was read.
     *
     * @param skip samples that may still be from before
     * @param counts whether a sample belongs to the window
     */
    restart(skip: number, counts: (sample: LiveSample) => boolean = () => true): void {
        this.raws = []
        this.corrected = []
        this.sample = undefined
        this.toSkip = skip
        this.counts = counts
    }

    /**
     * Asks for the newest sample. From the first time on the part is out of service.
     *
     * @returns whether there is a new one
     * @throws NodeSilent; BoardError when it never answered, or cannot be calibrated
     */
    async poll(): Promise<boolean> {
        const sample = await this.ask()
        if (sample === undefined || sample.takenMs === this.seen) return false
        const isFirst = this.seen === undefined
        if (!isFirst && isBefore(sample.takenMs, this.seen ?? 0)) {
            this.restarts++
            this.restart(this.toSkip, this.counts)
        }
        this.seen = sample.takenMs
        // It is from before anybody asked.
        if (isFirst) return false
        if (this.toSkip > 0) {
            this.toSkip--
            return false
        }
        this.sample = sample
        this.take(sample)
        return true
    }

    private async ask(): Promise<LiveSample | undefined> {
        const { bench } = this
        try {
            const sample = await bench.during(bench.node.live(this.channel, SECONDS))
            this.silentSince = undefined
            return sample
        } catch (e) {
            if (!(e instanceof BoardError) || e instanceof CalibrationRefused) throw e
            if (this.seen === undefined) throw e
            this.silentSince ??= bench.nowMs()
            if (bench.nowMs() - this.silentSince >= SILENCE_MS) throw new NodeSilent(bench.device)
            return undefined
        }
    }

    private take(sample: LiveSample): void {
        if (sample.raw === undefined || sample.rawQuality !== QUALITY_OK || !this.counts(sample)) {
            this.raws = []
            this.corrected = []
            return
        }
        this.raws.push(sample.raw)
        this.corrected.push(sample.corrected ?? sample.raw)
        if (this.raws.length > WINDOW) {
            this.raws.shift()
            this.corrected.shift()
        }
    }
}

/** Whether an uptime is before another one, ms; they begin anew at 0 after 49.7 days. */
function isBefore(ms: number, other: number): boolean {
    return (ms - other) >>> 0 >= 2 ** 31
}
