/** Runs a program for a while at an interval and counts what costs energy. */
import { SimSession, type SessionOptions } from "../cli/sim/session.js"
import { LEAF_COMMAND, topicOf } from "../../src/core/protocol/topics.js"
import { minutes } from "../../sim/time/duration.js"
import { EnergyMeter, type EnergyCounts } from "./counts.js"

/** Until a node has started, joined, and sent its first frame. */
const SETTLE_MS = minutes(20)
/** Until it has taken a new interval. */
const COMMAND_MS = minutes(1)
const ROWS = 4
const LEAST_MS = minutes(60)
/** Some reports of a node that sleeps between them. */
const LEAST_SLEEPER_MS = minutes(360)

export interface Measurement {
    readonly counts: EnergyCounts
    /** Between two rows, ms: as asked for, or as the program does. */
    readonly intervalMs: number
}

/**
 * @param intervalMs to set by command; default the program's own
 * @throws Error when the node takes no commands, or gives no rows
 */
export async function measure(
    options: SessionOptions,
    intervalMs: number | undefined
): Promise<Measurement> {
    const rows = new Set<number>()
    let site = ""
    const session = await SimSession.open({
        ...options,
        onReading: reading => {
            rows.add(reading.time)
            site = reading.site
        },
    })
    try {
        const [node] = session.nodes
        await session.run(SETTLE_MS)
        if (intervalMs !== undefined) {
            const command = { id: "energy", do: "interval", seconds: Math.round(intervalMs / 1000) }
            const topic = topicOf(site, node.deviceId, LEAF_COMMAND)
            session.broker?.publish(topic, JSON.stringify(command))
            await session.run(COMMAND_MS)
        }
        const isSleeper = node.sleeps > 0
        const span = Math.max(isSleeper ? LEAST_SLEEPER_MS : LEAST_MS, ROWS * (intervalMs ?? 0))
        const meter = new EnergyMeter(node, () => session.world.clock.wallMs)
        const from = session.world.clock.wallMs
        await session.run(span)
        const counts = meter.read()
        await session.finish()
        const during = [...rows].filter(time => time >= from && time < from + span).length
        if (during === 0) throw new Error("the program took no readings in the run")
        return { counts, intervalMs: Math.round(span / during / 1000) * 1000 }
    } finally {
        await session.close()
    }
}
