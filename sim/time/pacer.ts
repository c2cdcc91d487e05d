import { type VirtualClock } from "./clock.js"

/** Differences below this are not worth a timer, ms. */
const SLACK_MS = 4

/** Keeps virtual time from running ahead of real time × speed. */
export class Pacer {
    private startVirtual = 0
    private startReal = 0
    private wakeUp: (() => void) | undefined

    /** @param speed simulated seconds per real second; Infinity = as fast as it goes */
    constructor(
        private readonly clock: VirtualClock,
        private speed: number
    ) {
        if (!(speed > 0)) throw new RangeError(`speed must be above 0, got ${speed}`)
    }

    /** Whether it keeps anything back. */
    get isSlow(): boolean {
        return this.speed !== Infinity
    }

    /** From now on nothing is kept back. */
    release(): void {
        this.speed = Infinity
    }

    /** Takes the present moment as the common origin of both clocks. */
    start(): void {
        this.startVirtual = this.clock.now
        this.startReal = performance.now()
    }

    /** Waits until virtual time `at` (µs) may happen. Costs nothing at speed Infinity. */
    waitFor(at: number): Promise<void> | undefined {
        if (this.speed === Infinity) return undefined
        const due = this.startReal + (at - this.startVirtual) / 1000 / this.speed
        const ahead = due - performance.now()
        if (ahead < SLACK_MS) return undefined
        return new Promise(resolve => {
            const timer = setTimeout(resolve, ahead)
            this.wakeUp = () => {
                clearTimeout(timer)
                resolve()
            }
        })
    }

    /** Ends a wait in progress. */
    stop(): void {
        this.wakeUp?.()
    }
}
