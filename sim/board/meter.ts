/** What a program asks of a board at most, over all of a run. */
import { type CodePlace } from "../vm/fibers.js"
import { placeText, placeOf, type Program } from "../program/program.js"

/** How often something happened to an RP2040's tick while a fiber waited in this line. */
export interface TickPlace {
    readonly place: string
    readonly count: number
}

export class RunMeter {
    /** Opcodes without a suspend. */
    longestRunOpcodes = 0
    /** Where that was: the fiber's function. */
    longestRunAt = ""
    /** Time of one round of the main loop, ms. */
    longestBlockMs = 0
    /** When that ended, µs since the start of the world. */
    longestBlockAt = 0
    /** Time of all rounds, ms. */
    busyMs = 0
    /** Rounds of the main loop that took longer than the watchdog of an ESP32 waits. */
    roundsWithoutFeed = 0
    /** Resets that the board's watchdog, an assertion or an overflow of its stack made. */
    boardResets = 0
    /** Least free heap when a fiber ended its run, B, and the largest block at that moment. */
    leastFreeBytes = Infinity
    largestBlockThen = Infinity
    /** Smallest largest block when a fiber ended its run, B. */
    leastBlockBytes = Infinity

    private readonly risks = new Map<string, number>()
    private readonly losses = new Map<string, number>()

    constructor(private readonly program: Program) {}

    run(opcodes: number, fn: number): void {
        if (opcodes <= this.longestRunOpcodes) return
        this.longestRunOpcodes = opcodes
        this.longestRunAt = placeText(this.program, fn)
    }

    round(us: number, at: number): void {
        this.busyMs += us / 1000
        if (us / 1000 <= this.longestBlockMs) return
        this.longestBlockMs = us / 1000
        this.longestBlockAt = at
    }

    heap(free: number, largest: number): void {
        if (free < this.leastFreeBytes) {
            this.leastFreeBytes = free
            this.largestBlockThen = largest
        }
        this.leastBlockBytes = Math.min(this.leastBlockBytes, largest)
    }

    tickLossRisk(places: readonly CodePlace[]): void {
        this.countAt(this.risks, places)
    }

    tickLoss(places: readonly CodePlace[]): void {
        this.countAt(this.losses, places)
    }

    /** Times that a fiber was due as the runtime went to sleep; the commonest place first. */
    get tickLossRisks(): TickPlace[] {
        return sorted(this.risks)
    }

    /** Those after which an interrupt set the alarm to the present. */
    get tickLosses(): TickPlace[] {
        return sorted(this.losses)
    }

    private countAt(counts: Map<string, number>, [place]: readonly CodePlace[]): void {
        const name = place === undefined ? "no fiber" : this.nameOf(place)
        counts.set(name, (counts.get(name) ?? 0) + 1)
    }

    private nameOf({ fn, pc }: CodePlace): string {
        const name = this.program.debug.functions[fn]?.name ?? `F${fn}`
        const place = placeOf(this.program.debug, fn, pc)
        return place === undefined ? name : `${name} (${place.file}:${place.line})`
    }
}

function sorted(counts: ReadonlyMap<string, number>): TickPlace[] {
    return [...counts]
        .map(([place, count]) => ({ place, count }))
        .sort((a, b) => b.count - a.count || (a.place < b.place ? -1 : 1))
}
