/**
 * Ctrl-C for a command that runs inside of the test's own process.
 *
 * @throws Error when no command listens to it: it has ended already
 */
export function ctrlC(): void {
    if (process.listenerCount("SIGINT") === 0)
        throw new Error("nobody listens to Ctrl-C: has the command ended already?")
    // signal-exit, which log-update brings, kills the process when no listener but its own is there: the whole worker.
    const stay = () => undefined
    process.on("SIGINT", stay)
    process.emit("SIGINT")
    process.off("SIGINT", stay)
}
