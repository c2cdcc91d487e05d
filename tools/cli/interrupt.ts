/** Ctrl-C and the polite signal of service managers, the same on all systems. */
import { EXIT_INTERRUPTED } from "./errors.js"

/**
 * Under npx and npm run a terminal's Ctrl-C comes twice: from the terminal, and passed
 * on by npm. What comes within this time after the first one is no second wish, ms.
 */
const ECHO_MS = 500

/** Name of the function that listens. */
export const INTERRUPT_LISTENER = "onSignal"

/**
 * @param interrupt called at the first signal; a later one ends the process at once
 * @returns puts the default handling back
 */
export function onInterrupt(interrupt: () => void): () => void {
    let firstAt: number | undefined
    const onSignal = () => {
        if (firstAt === undefined) {
            firstAt = performance.now()
            interrupt()
        } else if (performance.now() - firstAt > ECHO_MS) process.exit(130)
    }
    process.on("SIGINT", onSignal)
    process.on("SIGTERM", onSignal)
    const release = () => {
        process.off("SIGINT", onSignal)
        process.off("SIGTERM", onSignal)
    }
    // Later: log-update's signal-exit kills a process whose only other listener is gone when it is asked.
    return () => void setImmediate(release)
}

/** Ctrl-C came. */
export class Interrupted extends Error {
    override name = "Interrupted"
}

/**
 * Runs a command that Ctrl-C ends.
 *
 * @param work throws {@link Interrupted} when its signal is aborted
 * @returns its exit code, or that of an interrupted command
 */
export async function untilInterrupted(
    work: (signal: AbortSignal) => Promise<number>
): Promise<number> {
    const stop = new AbortController()
    const release = onInterrupt(() => stop.abort())
    try {
        return await work(stop.signal)
    } catch (e) {
        if (e instanceof Interrupted) return EXIT_INTERRUPTED
        throw e
    } finally {
        release()
    }
}
