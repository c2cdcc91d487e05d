/** An input that stays active for longer is stuck, or somebody stands in it, ms. */
const STUCK_MS = 10000

const FIRST = 0
const SECOND = 1
const NOBODY = -1

/**
 * Tells from two inputs, one behind the other along a path, which way somebody passed: by the
 * one that became active first, if the other one became inactive last. What does not fit is
 * counted as unclear and not guessed: only one input, both at once, somebody who turns back,
 * two who meet between the inputs. An input that stays active for longer than 10 s is left out
 * until it is inactive again; what passes the other one meanwhile is unclear.
 */
export class DirectionCount {
    /** Passages since the start, from the first input to the second … */
    inwards = 0
    /** … from the second to the first … */
    outwards = 0
    /** … and those of which that cannot be told. */
    unclear = 0

    private readonly active = [false, false]
    /** Active for too long: it tells nothing. */
    private readonly stuck = [false, false]
    /** Input at which the passage in progress began. */
    private entered = NOBODY
    private beganMs = 0
    /** When the other input became active; meaningless while it did not. */
    private otherMs = 0
    private hasOther = false
    /** Input that became inactive last. */
    private left = NOBODY
    private changedMs = 0

    /**
     * @param togetherMs inputs that become active within a shorter time are active at once
     * @param apartMs longest time from leaving the one input to reaching the other
     * @param quietMs when both are inactive for so long, the passage is over: longer than they bounce
     */
    constructor(
        private readonly togetherMs: number,
        private readonly apartMs: number,
        private readonly quietMs: number
    ) {}

    /**
     * An input changed; what is known already changes nothing.
     *
     * @param input 0 the first, 1 the second
     * @param ms any clock that does not go back
     */
    change(input: number, isActive: boolean, ms: number): void {
        if (this.active[input] === isActive) return
        this.settle(ms)
        this.active[input] = isActive
        if (this.stuck[input]) {
            this.stuck[input] = false
            return
        }
        this.changedMs = ms
        if (!isActive) this.left = input
        else if (this.entered === NOBODY) {
            this.entered = input
            this.beganMs = ms
            this.hasOther = false
        } else if (input !== this.entered && !this.hasOther) {
            this.hasOther = true
            this.otherMs = ms
        }
    }

    /** Counts the passage in progress, if it is over by now. */
    settle(ms: number): void {
        if (this.entered === NOBODY) return
        if (this.isBusy(FIRST) || this.isBusy(SECOND)) {
            if (ms - this.beganMs < STUCK_MS) return
            for (let i = FIRST; i <= SECOND; i++) this.stuck[i] = this.active[i]
            this.unclear = next(this.unclear)
        } else {
            if (ms - this.changedMs < (this.hasOther ? this.quietMs : this.apartMs)) return
            this.count()
        }
        this.entered = NOBODY
    }

    private isBusy(input: number): boolean {
        return this.active[input] && !this.stuck[input]
    }

    private count(): void {
        const isClear =
            this.hasOther &&
            this.left !== this.entered &&
            this.otherMs - this.beganMs >= this.togetherMs
        if (!isClear) this.unclear = next(this.unclear)
        else if (this.entered === FIRST) this.inwards = next(this.inwards)
        else this.outwards = next(this.outwards)
    }
}

/** Comes around to 0 behind 2³¹ − 1. */
function next(count: number): number {
    return (count + 1) & 0x7fffffff
}
