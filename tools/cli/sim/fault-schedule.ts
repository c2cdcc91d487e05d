/** Carries faults out in a run, and keeps what came of each. */
import { type VirtualBroker } from "../../../sim/net/virtual-broker.js"
import { type SimNode } from "../../../sim/world/node.js"
import { type World } from "../../../sim/world/world.js"
import { UsageError } from "../errors.js"
import { counted, span } from "../view/format.js"
import { type FaultKind, type FaultSpec, type PlannedFault, planFault } from "./faults.js"

/** The nodes are looked at this often after a fault, virtual ms. */
const LOOK_MS = 1000

/** What came of a fault; part of {@link SimReport}. */
export interface FaultOutcome {
    /** As it was asked for. */
    readonly fault: string
    /** ISO 8601; `to` is null for a fault that lasted to the end. */
    readonly from: string
    readonly to: string | null
    /** Connections that nodes opened from its beginning until all of them were back. */
    readonly reconnects: number
    /**
     * From its end until every node had heard from the broker again, s; null when
     * that did not happen in the run, or for a fault that breaks no connection.
     */
    readonly backAfterSeconds: number | null
}

/** What faults act on. */
export interface FaultScene {
    readonly world: World
    /** undefined for a broker that is not on the virtual clock. */
    readonly broker: VirtualBroker | undefined
    readonly runMs: number
    /** Called as faults begin and end, in words. */
    readonly onFault?: (text: string, unixMs: number) => void
}

interface Effect {
    /** In words, for people. */
    readonly words: string
    readonly begin: () => void
    readonly end?: () => void
    /** Whether nodes lose their connection by it. */
    readonly breaks?: true
}

/** Needs a board with a radio. */
const OF_RADIO: ReadonlySet<FaultKind> = new Set(["wifi-down", "lease-lost"])
/** Needs a broker that can be told to fail. */
const OF_BROKER: ReadonlySet<FaultKind> = new Set(["broker-down", "broker-restart", "refuse"])

export class FaultSchedule {
    private readonly running: RunningFault[]

    /** @throws UsageError for a fault that does not fit this run */
    constructor(
        faults: readonly FaultSpec[],
        private readonly scene: FaultScene
    ) {
        const { world, runMs } = scene
        this.running = faults.map(fault => {
            if (scene.broker === undefined && OF_BROKER.has(fault.kind))
                throw new UsageError(
                    `--fault ${fault.text} needs the embedded broker without a port; leave out --broker`
                )
            const hasRadio = world.nodes.every(({ board }) => board?.profile.hasWifi === true)
            if (OF_RADIO.has(fault.kind) && !hasRadio)
                throw new UsageError(`--fault ${fault.text} needs a board with Wi-Fi`)
            const planned = planFault(fault, world.clock.epochMs, runMs)
            return new RunningFault(planned, this.effectOf(planned), scene)
        })
    }

    /** Ends what still goes on, so that nodes can deliver what they kept. */
    endAll(): void {
        for (const fault of this.running) fault.end()
    }

    outcomes(): FaultOutcome[] {
        return this.running.filter(fault => fault.hasBegun).map(fault => fault.outcome())
    }

    private effectOf(fault: PlannedFault): Effect {
        const { broker } = this.scene
        const { nodes } = this.scene.world
        const each = (action: (node: SimNode) => void) => () => {
            for (const node of nodes) action(node)
        }
        const lasting = fault.toMs === Infinity ? "" : ` for ${span(fault.toMs - fault.fromMs)}`
        switch (fault.kind) {
            case "broker-down":
                return {
                    words: `the broker is down${lasting}`,
                    begin: () => broker?.stop(),
                    end: () => broker?.start(),
                    breaks: true,
                }
            case "broker-restart":
                return {
                    words: `the broker restarts${fault.forget ? " and forgets all" : ""}`,
                    begin: () => broker?.stop(fault.forget),
                    end: () => broker?.start(),
                    breaks: true,
                }
            case "refuse":
                return {
                    words: `the broker refuses every connection with code ${fault.value}${lasting}`,
                    begin: () => {
                        if (broker === undefined) return
                        broker.faults.refuseCode = fault.value
                        for (const id of broker.online) broker.disconnect(id)
                    },
                    end: () => {
                        if (broker !== undefined) broker.faults.refuseCode = 0
                    },
                    breaks: true,
                }
            case "link-down":
                return {
                    words: `no network${lasting}`,
                    begin: each(node => node.link.goDown()),
                    end: each(node => node.link.comeUp()),
                    breaks: true,
                }
            case "half-open":
                return {
                    words: `bytes vanish without a word${lasting}`,
                    begin: each(node => node.link.goHalfOpen()),
                    end: each(node => (node.link.isHanging = false)),
                    breaks: true,
                }
            case "dns-fail":
                return {
                    words: `connections break and no name is resolved${lasting}`,
                    begin: each(node => {
                        node.link.isDnsFailing = true
                        node.link.connection?.reset("connection reset")
                    }),
                    end: each(node => (node.link.isDnsFailing = false)),
                    breaks: true,
                }
            case "link-loss":
                return {
                    words: `${+(fault.value * 100).toFixed(2)} % of the segments are lost${lasting}`,
                    begin: each(node => (node.link.lossRate = fault.value)),
                    end: each(node => (node.link.lossRate = 0)),
                }
            case "latency":
                return {
                    words: `every segment takes ${fault.value} ms${lasting}`,
                    begin: each(node => (node.link.latencyUs = fault.value * 1000)),
                    end: each(node => (node.link.latencyUs = this.scene.world.network.latencyUs)),
                }
            case "clock":
                return {
                    words: `the nodes' clocks are off by ${fault.value} ppm`,
                    begin: each(node => node.setClockPpm(fault.value)),
                }
            case "sensor-unplugged":
                return this.unplugging(fault, lasting)
            case "power-cut":
                return {
                    words: `no power${lasting}`,
                    begin: each(node => node.powerOff()),
                    end: each(node => node.powerOn()),
                    breaks: true,
                }
            case "wifi-down":
                return {
                    words: `the access point is off${lasting}`,
                    begin: each(node => node.board?.setAccessPoints(false)),
                    end: each(node => node.board?.setAccessPoints(true)),
                    breaks: true,
                }
            case "lease-lost":
                return {
                    words: "the lease is lost: Wi-Fi leads nowhere",
                    begin: each(node => node.board?.wifi.loseLease()),
                }
            case "bus-stuck":
                return {
                    words: `a line of the bus is held${lasting}`,
                    begin: each(node => (node.bus.isStuck = true)),
                    end: each(node => (node.bus.isStuck = false)),
                }
        }
    }

    private unplugging({ part, text }: PlannedFault, lasting: string): Effect {
        const wanted = part.toLowerCase()
        const short = (name: string) => (name.split(" ").at(-1) ?? "").toLowerCase()
        const models = this.scene.world.nodes.flatMap(node => node.bus.models)
        const found = models.filter(model => short(model.part) === wanted)
        if (found.length === 0) {
            const known = [...new Set(models.map(model => short(model.part)))].join(", ")
            throw new UsageError(
                `--fault ${text}: the nodes have no such sensor; they have ${known}`
            )
        }
        const set = (isUnplugged: boolean) => () => {
            for (const model of found) model.faults.unplugged = isUnplugged
        }
        return { words: `${wanted} is unplugged${lasting}`, begin: set(true), end: set(false) }
    }
}

class RunningFault {
    private state: "planned" | "on" | "over" = "planned"
    private startedAt: number | undefined
    private endedAt: number | undefined
    private openedBefore = 0
    private reconnects = 0
    private backAfterMs: number | undefined

    constructor(
        private readonly fault: PlannedFault,
        private readonly effect: Effect,
        private readonly scene: FaultScene
    ) {
        scene.world.clock.after(fault.fromMs * 1000, () => this.begin())
    }

    /** A run may be ended before its faults. */
    get hasBegun(): boolean {
        return this.startedAt !== undefined
    }

    end(): void {
        const { state } = this
        this.state = "over"
        if (state !== "on") return
        this.endedAt = this.scene.world.clock.now
        this.effect.end?.()
        if (this.fault.toMs !== Infinity) this.say("over")
        if (this.effect.breaks === true) this.look()
    }

    outcome(): FaultOutcome {
        const { fault, scene } = this
        const iso = (us: number) =>
            new Date(Math.round(scene.world.clock.epochMs + us / 1000)).toISOString()
        return {
            fault: fault.text,
            from: iso(this.startedAt ?? 0),
            to: this.endedAt === undefined ? null : iso(this.endedAt),
            reconnects: this.backAfterMs === undefined ? this.opened() : this.reconnects,
            backAfterSeconds:
                this.backAfterMs === undefined ? null : Math.round(this.backAfterMs / 100) / 10,
        }
    }

    private begin(): void {
        if (this.state !== "planned") return
        const { clock, nodes } = this.scene.world
        this.state = "on"
        this.startedAt = clock.now
        this.openedBefore = nodes.reduce((sum, { link }) => sum + link.opened, 0)
        this.say(this.effect.words)
        this.effect.begin()
        if (this.fault.toMs === Infinity) return
        clock.after((this.fault.toMs - this.fault.fromMs) * 1000, () => this.end())
    }

    /** Looks until every node heard from the broker again. */
    private look(): void {
        const { clock, nodes } = this.scene.world
        const ended = this.endedAt as number
        if (nodes.every(({ link }) => link.lastReceivedAt > ended)) {
            this.reconnects = this.opened()
            const last = Math.max(...nodes.map(({ link }) => link.lastReceivedAt))
            this.backAfterMs = (last - ended) / 1000
            const all =
                nodes.length === 1 ? "the node is" : `all ${counted(nodes.length, "node")} are`
            this.say(`${all} back after ${Math.round(this.backAfterMs / 1000)} s`)
        } else clock.after(LOOK_MS * 1000, () => this.look())
    }

    private opened(): number {
        const { nodes } = this.scene.world
        return nodes.reduce((sum, { link }) => sum + link.opened, 0) - this.openedBefore
    }

    private say(what: string): void {
        this.scene.onFault?.(`${this.fault.text}: ${what}`, this.scene.world.clock.wallMs)
    }
}
