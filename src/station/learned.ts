import { LEARNED_BYTES, Learned } from "../drivers/shared/learned.js"
import { sleep } from "../scheduler/scheduler.js"
import { NodeClock } from "../uplink/clock.js"
import { StationStore, TAIL_MARK, tailOf } from "./station-store.js"

/** One part of each kind that learns fits a bus: SEN5x and SGP4x. */
const MOST_LEARNERS = 2
/** What was learned is looked at so often, ms. */
const POLL_MS = 30_000

/** A driver whose part, or whose arithmetic, learns the air of its place for hours. */
export interface Learner {
    /** Given before the driver's first sample. */
    learned: Learned
}

/**
 * A function, so that apps whose parts do not learn do not carry it.
 *
 * @param kept what the store remembered; undefined when it was nothing
 */
export type LearnedKeeper = (clock: NodeClock, store: StationStore, kept: Buffer) => void

/**
 * Lets what sensors learned outlive restarts and power cuts of up to ten minutes, in the node's
 * store. It needs a known time: from the network, or at once from a clock part.
 *
 *     learned: keepLearned([air])
 *
 * @throws RangeError for more than two
 */
export function keepLearned(learners: Learner[]): LearnedKeeper {
    if (learners.length > MOST_LEARNERS)
        throw new RangeError("keepLearned: at most " + MOST_LEARNERS + ", got " + learners.length)
    return (clock, store, kept) => {
        const tail = Buffer.alloc(1 + LEARNED_BYTES * learners.length)
        tail[0] = TAIL_MARK
        if (kept !== undefined) {
            const at = tailOf(kept)
            store.tail = kept.slice(at)
            // Another number of learners is another app.
            if (kept.length - at === tail.length) tail.blitAt(0, kept, at, tail.length)
        }
        const records: Learned[] = []
        for (let i = 0; i < learners.length; i++) {
            const at = 1 + i * LEARNED_BYTES
            const learned = new Learned(tail.slice(at, at + LEARNED_BYTES), clock)
            learners[i].learned = learned
            records.push(learned)
        }
        const keeper = new KeptLearned(records, tail, store)
        keeper.run.start()
    }
}

class KeptLearned {
    constructor(
        private readonly records: Learned[],
        private readonly tail: Buffer,
        private readonly store: StationStore
    ) {}

    async run(): Promise<void> {
        for (;;) {
            await sleep(POLL_MS)
            if (this.takeNew()) await this.store.keepTail(this.tail)
        }
    }

    private takeNew(): boolean {
        let isNew = false
        for (let i = 0; i < this.records.length; i++) {
            const learned = this.records[i]
            if (!learned.isNew) continue
            learned.isNew = false
            this.tail.blitAt(1 + i * LEARNED_BYTES, learned.record, 0, LEARNED_BYTES)
            isNew = true
        }
        return isNew
    }
}
