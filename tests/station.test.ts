/** What a station makes of its sensors: aggregates, report on change, adaptive interval, events. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes, seconds } from "../sim/world/duration.js"
import { Kit } from "./support/kit.js"
import { KIT, STATION_IMPORT } from "./support/station-source.js"

/** A program with one scripted sensor; `value` and `options` are DeviceScript source. */
function app(value: string, options: string, extra = ""): string {
    return `
import * as ds from "@devicescript/core"
import { SensorDriver } from "../src/drivers/driver.js"
import { aggregate, onChange, statistics } from "../src/station/index.js"
${STATION_IMPORT}

let turn = 0
class Scripted extends SensorDriver {
    protected override async setup(): Promise<void> {}
    protected override async measure(): Promise<void> {
        const t = Math.floor(ds.millis() / 1000)
        this.put(0, ${value})
        turn++
    }
}
const sensor = new Scripted("Test part", openBus(), 0x20, [
    { name: "level", quantity: "level", unit: "m", unitCode: "MTR", scaleNumerator: 1, scaleDenominator: 1000, min: -5000, max: 5000 },
])
${extra}
await startStation({ app: "test", sensors: [sensor], ${KIT} ${options} })
`
}

let kit: Kit | undefined

async function run(source: string, ms: number): Promise<Kit> {
    kit = await Kit.start({ source })
    await kit.world.run(ms)
    await kit.flush()
    return kit
}

afterEach(async () => {
    await kit?.close()
    kit = undefined
})

function timesOf(k: Kit, channel: string): number[] {
    return k.readings
        .filter(r => r.channel === channel)
        .map(r => Math.round((r.time - k.world.clock.epochMs) / 1000))
}

describe("aggregates", () => {
    it("a median of five samples a row is not moved by one wild sample", async () => {
        const k = await run(
            app(
                "turn - Math.floor(turn / 5) * 5 === 2 ? 4999 : 100",
                'intervalSeconds: 60, rows: aggregate("median", 5)'
            ),
            minutes(20) + seconds(5)
        )
        const levels = k.integersOf("level")
        expect(levels.length).toBeGreaterThanOrEqual(20)
        expect(new Set(levels.slice(2))).toEqual(new Set([100]))
    })

    it("statistics give mean, minimum, maximum and deviation in the channel's scale", async () => {
        const k = await run(
            app("turn & 1 ? -10 : 30", "intervalSeconds: 60, rows: statistics(6)").replace(
                "turn & 1 ?",
                "(turn & 1) !== 0 ?"
            ),
            minutes(10) + seconds(5)
        )
        const last = (name: string) => k.integersOf(name).at(-1)
        expect(
            ["level", "level_min", "level_max", "level_deviation"].map(last),
            "of −10 and 30 mm in turn"
        ).toEqual([10, -10, 30, 20])
    })
})

describe("report on change", () => {
    it("leaves out rows within the deadband and keeps the heartbeat", async () => {
        // Steps by 8 mm after an hour, by 20 mm after two.
        const k = await run(
            app(
                "t < 3600 ? 0 : t < 7200 ? 8 : 28",
                "intervalSeconds: 60, pace: onChange({ deadbands: { level: 10 }, heartbeatSeconds: 1800 })"
            ),
            hours(3) + seconds(30)
        )
        const times = timesOf(k, "level").map(s => Math.round(s / 60))
        expect(times).toEqual([0, 30, 60, 90, 120, 150, 180])
        expect(k.integersOf("level")).toEqual([0, 0, 8, 8, 28, 28, 28])
    })
})

describe("the adaptive interval", () => {
    it("grows while nothing moves and is short again at once when something does", async () => {
        const k = await run(
            app(
                "t < 1800 ? 5 : t < 1900 ? t : 5",
                "intervalSeconds: 10, pace: onChange({ slowSeconds: 80, deadbands: { level: 50 } })"
            ),
            minutes(45)
        )
        const times = timesOf(k, "level")
        const gaps = times.map((time, i) => time - (times[i - 1] ?? time)).slice(1)
        expect(Math.max(...gaps)).toBeLessThanOrEqual(80)
        expect(gaps.filter(gap => gap === 80).length).toBeGreaterThan(15)
        const jump = times.findIndex(time => time >= 1800)
        expect(gaps[jump + 1], "s between rows after the jump").toBe(10)
        expect(times.length).toBeLessThan(120)
    })

    it("is from then on at least the interval that a command sets", async () => {
        const source = app(
            "t",
            "intervalSeconds: 10, pace: onChange({ slowSeconds: 80, deadbands: { level: 1 } })"
        ).replace("await startStation", "const station = await startStation")
        const k = await run(
            `${source}\nsetTimeout(async () => { station.changeInterval(20) }, 301000)\n`,
            minutes(10)
        )
        const times = timesOf(k, "level").filter(time => time >= 240)
        const gaps = times.slice(1).map((time, i) => [times[i], time - times[i]])
        const before = gaps.filter(([time]) => time < 300).map(([, gap]) => gap)
        const after = gaps.filter(([time]) => time >= 320).map(([, gap]) => gap)
        expect(new Set(before), "s between rows before").toEqual(new Set([10]))
        expect(new Set(after), "s between rows after").toEqual(new Set([20]))
    })
})

describe("events", () => {
    it("give a row at once with the sensor's channels, beside the rows of the interval", async () => {
        const extra = `
setTimeout(async () => { sensor.onEvent(sensor) }, 125000)
setTimeout(async () => { sensor.onEvent(sensor) }, 127000)
`
        const k = await run(app("t", "intervalSeconds: 60", extra), minutes(5) + seconds(5))
        expect(timesOf(k, "level").filter(time => time > 10 && time <= 300)).toEqual([
            60, 120, 125, 127, 180, 240, 300,
        ])
    })
})
