/** Ctrl-C and the polite signal of service managers, the same on all systems. */

/**
 * @param onInterrupt called at the first signal; the second one ends the process at once
 * @returns puts the default handling back
 */
export function onInterrupt(interrupt: () => void): () => void {
    let count = 0
    const handle = () => {
        count++
        if (count === 1) interrupt()
        else process.exit(130)
    }
    process.on("SIGINT", handle)
    process.on("SIGTERM", handle)
    return () => {
        process.off("SIGINT", handle)
        process.off("SIGTERM", handle)
    }
}
