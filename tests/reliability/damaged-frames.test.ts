/**
 * What a node sent over outages and power cuts, damaged between its broker and the listener: no
 * wrong reading, none taken away that came whole, and each damaged frame refused in words.
 */
import { afterEach, expect, it } from "vitest"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { minutes } from "../../sim/time/duration.js"
import { SeededRandom } from "../../sim/time/random.js"
import { FrameCollector, type Malformed, type Reading } from "../../tools/decoder/index.js"
import { type Delivery } from "../support/receiver-bench.js"
import { Testbed } from "./testbed.js"

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

/** Frames and records of five boots of a node with FRAM, some of them before it knew the time. */
async function deliveriesOf(b: Testbed): Promise<readonly Delivery[]> {
    for (let boot = 0; boot < 5; boot++) {
        if (boot % 2 === 1) b.node.link.goDown()
        await b.world.run(minutes(25))
        b.node.powerOff()
        b.node.link.comeUp()
        await b.world.run(minutes(1))
        b.node.powerOn()
    }
    await b.world.run(minutes(10))
    await b.drain()
    return b.deliveries
}

function damaged(payload: Uint8Array, random: SeededRandom): Buffer {
    const bytes = Buffer.from(payload)
    for (let flips = 1 + (random.uint32() % 6); flips > 0; flips--)
        bytes[random.uint32() % bytes.length] ^= 1 << (random.uint32() & 7)
    // A cut end, and a bit that was flipped back, too.
    return random.uint32() % 8 === 0 ? bytes.subarray(0, bytes.length - 1) : bytes
}

/** One cell, whenever it is said to have been taken: that can depend on what else came. */
const cellOf = ({ boot, sequence, channel, integer, quality }: Reading) =>
    [boot, sequence, channel, integer, quality].join(" ")

it.each([
    ["from the first message on", false],
    ["that learns only at the end what its frames mean", true],
])("damage on the way to a listener %s", async (_who, isLate) => {
    const b = new Testbed({
        ...{ seed: 61, intervalSeconds: 30, reportSeconds: 120, store: "MB85RC256V" },
        parts: [new MB85RCModel()],
    })
    bed = b
    const deliveries = await deliveriesOf(b)
    const sent = deliveries.filter(({ topic }) => topic.endsWith("/frame"))
    expect(sent.length, "frames").toBeGreaterThan(30)
    expect(new Set(b.readings.map(({ boot }) => boot)).size, "boots").toBe(6)
    const latest = (leaf: string) =>
        deliveries.filter(({ topic }) => topic.endsWith(leaf)).at(-1) as Delivery
    // What a node answers when it is asked to describe itself.
    const description = ["/schema", "/clock", "/status"].map(latest)
    const allReadings: Reading[] = []
    const whole = new FrameCollector({ onReading: reading => allReadings.push(reading) })
    for (const { topic, payload } of deliveries) whole.accept(topic, payload)

    for (let seed = 1; seed <= 20; seed++) {
        const random = new SeededRandom(seed)
        const readings: Reading[] = []
        const problems: Malformed[] = []
        const collector = new FrameCollector({
            onReading: reading => readings.push(reading),
            onMalformed: problem => problems.push(problem),
        })
        /** Boot and number of each damaged frame, as they were sent. */
        const lost = new Set<string>()
        for (const { topic, payload } of deliveries) {
            if (isLate && topic.endsWith("/schema")) continue
            const isHit = topic.endsWith("/frame") && random.float() < 0.25
            const bytes = isHit ? damaged(payload, random) : payload
            if (!bytes.equals(payload))
                lost.add(`${payload.readUInt16LE(2)} ${(payload[0] & 31) * 256 + payload[1]}`)
            collector.accept(topic, bytes)
        }
        for (const { topic, payload } of description) collector.accept(topic, payload)
        const expected = allReadings.filter(r => !lost.has(`${r.boot} ${r.sequence}`)).map(cellOf)
        expect(readings.map(cellOf).sort(), `seed ${seed}`).toEqual(expected.sort())
        expect(problems.length, `seed ${seed}: refusals`).toBe(lost.size)
        expect(problems.every(({ message }) => message.includes("damaged"))).toBe(true)
        expect(collector.heldFrames, `seed ${seed}: frames held`).toBe(0)
    }
})
