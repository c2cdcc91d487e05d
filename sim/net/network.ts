/**
 * The virtual network between simulated nodes and brokers. Bytes travel in
 * virtual time; a broker behind a stream reacts in real time, while the virtual
 * clock stands still (see {@link VirtualNetwork.settle}).
 */
import { type VirtualClock } from "../time/clock.js"
import { SeededRandom } from "../time/random.js"
import { type Connection } from "./connection.js"
import { type Endpoint, type VirtualEndpoint } from "./endpoint.js"
import { Link, type LinkNetwork } from "./link.js"

/** Longest real time to wait for an owed reply before time goes on, ms. */
const REPLY_LIMIT_MS = 5000
/** Event loop turns without traffic after which an in-process broker is done. */
const QUIET_TURNS = 6

export interface NetworkOptions {
    /** One way, µs. */
    readonly latencyUs?: number
}

export class VirtualNetwork implements LinkNetwork {
    readonly latencyUs: number
    private readonly hosts = new Map<string, Endpoint | VirtualEndpoint>()
    private readonly open = new Set<Connection>()
    private traffic = 0
    private settledTraffic = 0

    /** @param seed of all that happens by chance */
    constructor(
        readonly clock: VirtualClock,
        options: NetworkOptions = {},
        private readonly seed: string | number = 1
    ) {
        this.latencyUs = options.latencyUs ?? 10_000
    }

    /** Every host name leads to this endpoint unless {@link addHost} says otherwise. */
    defaultEndpoint: Endpoint | VirtualEndpoint | undefined

    addHost(name: string, endpoint: Endpoint | VirtualEndpoint): void {
        this.hosts.set(name, endpoint)
    }

    endpointOf(host: string): Endpoint | VirtualEndpoint | undefined {
        return this.hosts.get(host) ?? this.defaultEndpoint
    }

    /** A way into this network for one node. @param name shown to the other side */
    newLink(name: string): Link {
        return new Link(this, name, new SeededRandom(`${this.seed}/link/${name}`))
    }

    /** Whether something happened at a broker that may not be finished. */
    get needsSettling(): boolean {
        return this.traffic !== this.settledTraffic
    }

    /**
     * Waits, in real time, until brokers behind streams have reacted to all that was sent.
     * Returns at once when nothing was sent since the last time.
     */
    async settle(): Promise<void> {
        const deadline = performance.now() + REPLY_LIMIT_MS
        let quiet = 0
        while (quiet < QUIET_TURNS) {
            const before = this.traffic
            await new Promise(resolve => setImmediate(resolve))
            const isOwed = [...this.open].some(c => c.isWaiting)
            quiet = this.traffic !== before || isOwed ? 0 : quiet + 1
            if (isOwed && performance.now() > deadline) for (const c of this.open) c.giveUpWaiting()
        }
        this.settledTraffic = this.traffic
    }

    /** Something happened at a broker behind a stream. */
    noteTraffic(): void {
        this.traffic++
    }

    remember(connection: Connection): void {
        this.open.add(connection)
    }

    forget(connection: Connection): void {
        this.open.delete(connection)
    }
}
