/**
 * A random campaign: days of a node's life in which everything goes wrong that
 * can, drawn from a seed. What the node must keep through it is checked by the
 * test that runs it.
 */
import fc from "fast-check"
import { randomAcks } from "../../sim/net/virtual-broker.js"
import { SeededRandom } from "../../sim/time/random.js"
import { type Testbed } from "./testbed.js"

export type Trouble =
    | "link-down"
    | "half-open"
    | "dns-failure"
    | "refused"
    | "loss"
    | "latency"
    | "bad-acks"
    | "broker-restart"
    | "broker-forgets"
    | "broker-silent"
    | "sensor-unplugged"
    | "clock-wanders"
    | "cut-connection"
    | "power-cut"
    | "power-cut-in-transfer"

export interface Step {
    readonly trouble: Trouble
    /** Time without further trouble before it, and how long it lasts, s. */
    readonly afterSeconds: number
    readonly forSeconds: number
    /** Whatever it needs, 0 … 1. */
    readonly amount: number
}

const ALWAYS: readonly Trouble[] = [
    "link-down",
    "half-open",
    "dns-failure",
    "refused",
    "loss",
    "latency",
    "bad-acks",
    "broker-restart",
    "broker-forgets",
    "broker-silent",
    "sensor-unplugged",
    "clock-wanders",
    "cut-connection",
]
const POWER: readonly Trouble[] = ["power-cut", "power-cut-in-transfer"]

/** @param longestSeconds of one trouble */
export function steps(
    hasPowerCuts: boolean,
    count: number,
    longestSeconds: number
): fc.Arbitrary<Step[]> {
    const troubles = hasPowerCuts ? [...ALWAYS, ...POWER, ...POWER] : ALWAYS
    return fc.array(
        fc.record({
            trouble: fc.constantFrom(...troubles),
            afterSeconds: fc.integer({ min: 0, max: 2 * 3600 }),
            forSeconds: fc.oneof(
                fc.integer({ min: 1, max: 600 }),
                fc.integer({ min: 600, max: longestSeconds })
            ),
            amount: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { minLength: count, maxLength: count }
    )
}

/** Goes through the steps one after the other; all is well again at the end. */
export async function suffer(bed: Testbed, list: readonly Step[]): Promise<void> {
    for (const step of list) {
        await bed.world.run(step.afterSeconds * 1000)
        const recover = begin(bed, step)
        await bed.world.run(step.forSeconds * 1000)
        recover()
    }
}

/** @returns what ends it */
function begin(bed: Testbed, { trouble, amount }: Step): () => void {
    const { node, broker } = bed
    const { link } = node
    switch (trouble) {
        case "link-down":
            link.goDown()
            return () => link.comeUp()
        case "half-open":
            link.goHalfOpen()
            return () => (link.isHanging = false)
        case "dns-failure":
            link.isDnsFailing = true
            node.cutConnection()
            return () => (link.isDnsFailing = false)
        case "refused":
            broker.faults.refuseCode = 1 + Math.floor(amount * 5)
            node.cutConnection()
            return () => (broker.faults.refuseCode = 0)
        case "loss":
            link.lossRate = amount * 0.3
            return () => (link.lossRate = 0)
        case "latency":
            link.latencyUs = Math.round(amount * 2_000_000)
            link.jitterUs = link.latencyUs
            link.isRechunking = true
            return () => {
                link.latencyUs = 10_000
                link.jitterUs = 0
                link.isRechunking = false
            }
        case "bad-acks":
            broker.faults.onAck = randomAcks(new SeededRandom(`acks/${amount}`), {
                drop: 0.1,
                duplicate: 0.2,
                delay: 0.3,
            })
            return () => (broker.faults.onAck = undefined)
        case "broker-restart":
        case "broker-forgets":
            broker.stop(trouble === "broker-forgets")
            return () => broker.start()
        case "broker-silent":
            for (const reply of ["connack", "pingresp", "suback"] as const)
                broker.faults.silent.add(reply)
            return () => broker.faults.silent.clear()
        case "sensor-unplugged":
            bed.sensor.faults.unplugged = true
            return () => (bed.sensor.faults.unplugged = false)
        case "clock-wanders":
            node.setClockPpm(ppmOf(bed) + (amount - 0.5) * 20)
            return () => undefined
        case "cut-connection":
            node.cutConnection()
            return () => undefined
        case "power-cut":
            node.powerOff()
            return () => node.powerOn()
        case "power-cut-in-transfer":
            // While it writes to the store, if it has one.
            node.cutPowerDuringTransfer(1 + Math.floor(amount * 20), Math.floor(amount * 977) % 40)
            return () => {
                node.bus.cut = undefined
                if (!node.isOn) node.powerOn()
            }
    }
}

/** The fixed rate of the node's clock. */
function ppmOf({ options: { clockPpm } }: Testbed): number {
    return typeof clockPpm === "number" ? clockPpm : 0
}
