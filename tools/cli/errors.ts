/**
 * What the person at the keyboard can put right: a wrong name, a missing file, a
 * broker that does not answer. Shown as one line on stderr, exit code 2.
 */
export class UsageError extends Error {
    override name = "UsageError"
}

/** Exit codes of the `suitcase` command. */
export const EXIT_OK = 0
/** Readings were lost, or something failed that is not the user's doing. */
export const EXIT_FAILED = 1
export const EXIT_USAGE = 2
/** A node did not answer in time; nothing is lost, its broker keeps what was sent. */
export const EXIT_UNANSWERED = 3
/** Ended by Ctrl-C before its time, as shells report it. */
export const EXIT_INTERRUPTED = 130
