/**
 * A simulation: one virtual clock, one network, any number of nodes.
 *
 *     const world = new World({ seed: 1 })
 *     const node = world.addNode({ program: compile("devs/indoor-climate.ts"), sensors })
 *     await world.run(hours(24))
 */
import { VirtualClock } from "../time/clock.js"
import { SimNode, type NodeOptions, type NodePanic, type NodeWorld } from "./node.js"
import { VirtualNetwork, type NetworkOptions } from "../net/network.js"
import { Pacer } from "../time/pacer.js"

export interface WorldOptions {
    /** Same seed, same run, byte for byte. Default 1. */
    readonly seed?: number | string
    /** Wall time at the start; default Monday 2024-01-15 00:00 UTC. */
    readonly start?: Date
    /** Simulated seconds per real second; default Infinity. */
    readonly speed?: number
    readonly network?: NetworkOptions
    /**
     * Wakes every VM a hundred times per second, as the runtime's main loop does, also
     * when it has nothing to do. The results are the same; it only takes longer. Default off.
     */
    readonly runsEveryWake?: boolean
    /** Collect panics in {@link SimNode.panics} instead of throwing the first one. */
    readonly allowPanics?: boolean
}

/** Real time after which the run lets timers, keyboards and screens have a turn, ms. */
const YIELD_MS = 20
/** Longest step of virtual time in a run that keeps pace with real time, µs. */
const PACED_STEP_US = 10_000

export class World implements NodeWorld {
    readonly seed: number | string
    readonly clock: VirtualClock
    readonly network: VirtualNetwork
    readonly nodes: SimNode[] = []
    readonly runsEveryWake: boolean

    private readonly pacer: Pacer
    private readonly allowPanics: boolean
    private panic: NodePanic | undefined
    private isStopped = false

    constructor(options: WorldOptions = {}) {
        this.seed = options.seed ?? 1
        this.clock = new VirtualClock((options.start ?? new Date("2024-01-15T00:00:00Z")).getTime())
        this.network = new VirtualNetwork(this.clock, options.network, this.seed)
        this.pacer = new Pacer(this.clock, options.speed ?? Infinity)
        this.allowPanics = options.allowPanics ?? false
        this.runsEveryWake = options.runsEveryWake ?? false
    }

    /** Adds a node and switches it on. */
    addNode(options: NodeOptions): SimNode {
        const node = new SimNode(this, options, this.nodes.length)
        this.nodes.push(node)
        node.powerOn()
        return node
    }

    /** Runs for N ms of virtual time. @throws NodePanic */
    async run(ms: number): Promise<void> {
        await this.runUntil(() => false, ms)
    }

    /**
     * Runs until the condition holds; it is looked at after every event.
     * @param limitMs virtual time after which to give up
     * @returns whether the condition came true
     * @throws NodePanic when a node stops and panics are not allowed
     */
    async runUntil(condition: () => boolean, limitMs: number): Promise<boolean> {
        const end = this.clock.now + limitMs * 1000
        this.isStopped = false
        this.pacer.start()
        let lastYield = performance.now()
        let sinceLook = 0
        while (!this.isStopped && !condition()) {
            if (this.network.needsSettling) {
                await this.network.settle()
                // What a broker has done may be all that was waited for.
                continue
            }
            const next = this.clock.nextAt
            // In a run that keeps pace, something may come from the real world at any time.
            const until = Math.min(
                end,
                this.pacer.isSlow ? this.clock.now + PACED_STEP_US : Infinity
            )
            // A plain await would cost more than most events do.
            const wait = this.pacer.waitFor(Math.min(next, until))
            if (wait !== undefined) await wait
            if (next <= until) this.clock.step()
            else {
                this.clock.advanceTo(Math.min(until, this.clock.nextAt))
                if (this.clock.now === end && this.clock.nextAt > end) return condition()
            }
            if (this.panic !== undefined) {
                const panic = this.panic
                this.panic = undefined
                throw panic
            }
            if (++sinceLook < 256) continue
            sinceLook = 0
            if (performance.now() - lastYield > YIELD_MS) {
                await new Promise(resolve => setImmediate(resolve))
                lastYield = performance.now()
            }
        }
        return condition()
    }

    /** From now on it runs as fast as it goes. */
    hurry(): void {
        this.pacer.release()
    }

    /** Makes the run in progress return after the present event. */
    stop(): void {
        this.isStopped = true
        this.pacer.stop()
    }

    /** Switches every node off. */
    close(): void {
        this.stop()
        for (const node of this.nodes) node.powerOff()
    }

    reportPanic(node: SimNode, panic: NodePanic): void {
        node.panics.push(panic)
        if (!this.allowPanics) this.panic ??= panic
    }
}
