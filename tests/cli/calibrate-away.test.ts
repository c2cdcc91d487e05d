/** A part that is at a reference: what its node's data, pace and interval make of that. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { LIVE_END, OPERATION_DIAGNOSTICS } from "../../src/core/protocol/node-service.js"
import { FrameCollector, type Reading } from "../../tools/decoder/index.js"
import { channelNamed } from "../../tools/calibration/node-session.js"
import { calibrate } from "../../tools/calibration/session.js"
import { openSimBench, type SimBench } from "../../tools/calibration/sim-bench.js"

const HOUR_MS = 3_600_000
/** While nothing changes, the interval grows from half a minute to eight. */
const PACED = `import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { calibrations, onChange, openBus, remoteCommands, startStation } from "../src/station/index.js"

await startStation({
    app: "hall",
    intervalSeconds: 30,
    reportSeconds: 600,
    sensors: [new SHT4x(openBus())],
    pace: onChange({ deadbands: { temperature: 50 }, heartbeatSeconds: 3600, slowSeconds: 480 }),
    commands: remoteCommands,
    calibration: calibrations(),
})
`

const LOOK_MS = 60_000

let bench: SimBench
let readings: Reading[]
beforeEach(async () => {
    bench = await openSimBench(1, {
        ...{ program: PACED, warmUpMs: 0 },
        faults: new Map([["temperature", { gain: 1.02, offset: 0.4, noise: 0.02 }]]),
    })
    readings = []
    const collector = new FrameCollector({ onReading: reading => readings.push(reading) })
    bench.broker.subscribe("suitcase/#", (topic, payload) => collector.accept(topic, payload))
    await bench.sleep(2 * HOUR_MS)
}, 300_000)
afterEach(async () => {
    await bench.close()
})

/** How often it samples: the times of its newest sample, looked at more often than that. */
async function samplesIn(ms: number): Promise<number> {
    const seen = new Set<number>()
    for (let waited = 0; waited < ms; waited += LOOK_MS) {
        const channel = await channelNamed(bench, "temperature")
        seen.add((await bench.during(bench.node.look(channel))).takenMs)
        await bench.sleep(LOOK_MS)
    }
    return seen.size
}

async function intervalNow(): Promise<unknown> {
    const item = await bench.during(bench.node.service.item(OPERATION_DIAGNOSTICS, 0))
    return (JSON.parse(Buffer.from(item).toString()) as Record<string, unknown>)["intervalSeconds"]
}

describe("a node whose pace has slowed down", () => {
    it("samples each 5 s at the reference, has only gaps in its data, and takes up its interval and pace again", async () => {
        expect(await samplesIn(HOUR_MS), "samples of an hour before").toBeLessThan(12)
        const from = bench.nowMs()
        const done = await calibrate(
            bench,
            {
                ...{
                    channel: "temperature",
                    points: [5, 35],
                    method: "exact",
                    technician: "mette",
                },
                ...{
                    temperature: 21,
                    validDays: 365,
                    timeoutMs: 400_000,
                    isUnstableAllowed: false,
                },
                reference: {
                    ...{ name: "Testo 104", certificate: "1", validUntil: undefined },
                    ...{ uncertainty: 0.1, resolution: 0.01 },
                },
            },
            {
                ...{ atPoint: () => Promise.resolve(), onReading: () => undefined },
                ...{ confirm: () => Promise.resolve(true), onApplied: () => undefined },
            }
        )
        expect(done?.certificate.points.map(({ count }) => count)).toEqual([20, 20])
        const to = bench.nowMs()
        expect(
            (to - from) / 1000,
            "s, 20 readings each 5 s at two points and as left"
        ).toBeLessThan(480)
        bench.bring("temperature", 21)
        await bench.sleep(3 * HOUR_MS)
        const away = readings.filter(
            ({ channel, time }) =>
                ["temperature", "humidity"].includes(channel) && time > from && time < to - 5000
        )
        expect(away.length).toBeGreaterThan(0)
        expect(away.filter(({ quality }) => quality !== "skipped")).toEqual([])
        expect(await samplesIn(HOUR_MS), "samples of an hour afterwards").toBeLessThan(12)
    })

    it("keeps an interval that a command set while its part was away", async () => {
        const channel = await channelNamed(bench, "temperature")
        await bench.during(bench.node.live(channel, 5))
        expect(await intervalNow()).toBe(5)
        const { site, node } = await bench.during(bench.node.service.identity())
        const command = JSON.stringify({ id: "slow", do: "interval", seconds: 120 })
        bench.broker.publish(`suitcase/${site}/${node}/cmd`, command)
        await bench.sleep(60_000)
        await bench.during(bench.node.live(channel, LIVE_END))
        expect(await intervalNow()).toBe(120)
    })

    it("has its interval back when nobody asked for two minutes", async () => {
        const channel = await channelNamed(bench, "temperature")
        await bench.during(bench.node.live(channel, 5))
        await bench.sleep(110_000)
        expect(await intervalNow()).toBe(5)
        await bench.sleep(20_000)
        expect(await intervalNow()).toBe(30)
    })
})
