/**
 * What the receiver's readings go to. A sink follows the journal at its own pace, and says
 * now and then that all so far is where it should be; what it tells then comes back to
 * {@link Sink.open} after a kill at any moment.
 *
 * A sink that can undo what came after its last commit, as files can be cut, has
 * everything exactly once. One that cannot has it at least once, and should pass on node,
 * boot and sequence, by which repetitions can be told.
 */
import { type ResolvedFrame } from "../decoder/index.js"

export interface DeliveredFrame extends ResolvedFrame {
    /** When it arrived at the receiver, Unix ms. */
    readonly arrivedMs: number
}

export interface Sink {
    /** Names its place in the journal: the same for the same files, in every run. */
    readonly id: string
    /** In words, for messages. */
    readonly description: string
    /**
     * Goes on where it was when {@link commit} resolved last, and undoes what came after.
     *
     * @param committed what that gave; undefined the first time
     * @throws Error when it cannot; it is tried again later
     */
    open(committed: unknown): Promise<void>
    /** Takes frames, in order. Resolves when it can take more. @throws Error as {@link open} */
    write(frames: readonly DeliveredFrame[]): Promise<void>
    /** Resolves when all that was written will outlast a kill. @returns JSON @throws Error as {@link open} */
    commit(): Promise<unknown>
    /** Lets go of what it holds. Never throws. */
    close(): Promise<void>
}
