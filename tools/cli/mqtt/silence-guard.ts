/** On a new connection nothing but stored messages may come for so long, ms. */
const FIRST_MS = 30_000
/** Where every node is quiet, connections are renewed at most so often, ms. */
const LONGEST_MS = 3_600_000

/**
 * Renews a connection on which nothing new comes. A broker that was busy sending when the last
 * connection of a session broke can take the session for one without a client, and send nothing to the
 * next connection, for good: NATS does before 2.11.2 (nats-server, "Inactive push consumer after failed
 * delivery"). A session loses nothing by another connection.
 */
export class SilenceGuard {
    private limitMs = FIRST_MS
    private timer: NodeJS.Timeout | undefined

    /** @param renew breaks the connection, so that another one is made */
    constructor(private readonly renew: () => void) {}

    /** A connection has been made. */
    connected(): void {
        this.stop()
        this.timer = setTimeout(() => {
            this.timer = undefined
            this.limitMs = Math.min(2 * this.limitMs, LONGEST_MS)
            this.renew()
        }, this.limitMs)
        this.timer.unref()
    }

    /** Something new has come: the session is served. */
    heard(): void {
        if (this.timer === undefined) return
        this.stop()
        this.limitMs = FIRST_MS
    }

    /** The connection is gone, or not wanted any more. */
    stop(): void {
        clearTimeout(this.timer)
        this.timer = undefined
    }
}
