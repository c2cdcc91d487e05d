/** What a station makes of its sensors: aggregates, report on change, adaptive interval, events. */
import { afterEach, describe, expect, it } from "vitest"
import { RigProgram } from "../../sim/parts/rig-program.js"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { Kit } from "../support/kit.js"
import { KIT, STATION_IMPORT } from "../support/station-source.js"

const program = new RigProgram({
    imports: `
import { Channel } from "../src/core/channel.js"
import { SensorDriver } from "../src/drivers/shared/driver.js"
import { Derived, Source } from "../src/derived/derived.js"
import { aggregate, columns, onChange, peaks, soundLevels, statistics } from "../src/station/index.js"
${STATION_IMPORT}`,
    declarations: `
class Scripted extends SensorDriver {
    private turn = 0
    constructor(private readonly script: (t: number, turn: number) => number) {
        super("Test part", bus, 0x20, [
            { name: "level", quantity: "level", unit: "m", unitCode: "MTR", scaleNumerator: 1, scaleDenominator: 1000, min: -5000, max: 5000 },
        ])
    }
    protected override async setup(): Promise<void> {}
    protected override async measure(): Promise<void> {
        const script = this.script
        this.put(0, script(Math.floor(ds.millis() / 1000), this.turn))
        this.turn++
    }
}

function of(name: string, quantity: string): Channel {
    return { name, quantity, unit: "1", unitCode: "C62", scaleNumerator: 1, scaleDenominator: 1, min: -5000, max: 5000 }
}

class Named extends SensorDriver {
    constructor(name: string, quantity: string, private readonly script: (ms: number) => number) {
        super("Test part", undefined, 0, [of(name, quantity)])
    }
    protected override async setup(): Promise<void> {}
    protected override async measure(): Promise<void> {
        const script = this.script
        this.put(0, script(ds.millis()))
    }
}

/** Counts what it has seen, with an event at the third sample. */
class Turns extends Derived {
    private turn = 0
    constructor(sensor: SensorDriver) {
        super("turns", [new Source(sensor, 0)], [of("turns", "count")])
    }
    protected override derive(): void {
        this.turn++
        this.put(0, this.turn)
        if (this.turn === 3) this.onEvent(this)
    }
}

class Wide extends SensorDriver {
    private turn = 0
    constructor(private readonly count: number) {
        super("Test part", bus, 0x20, wideChannels(count))
    }
    protected override async setup(): Promise<void> {}
    protected override async measure(): Promise<void> {
        for (let c = 0; c < this.count; c++) this.put(c, Math.imul(this.turn * 33 + c, 1103515245) >> 1)
        this.turn++
    }
}
function wideChannels(count: number): Channel[] {
    const channels: Channel[] = []
    for (let c = 0; c < count; c++)
        channels.push({ name: "c" + c, quantity: "level", unit: "m", unitCode: "MTR", scaleNumerator: 1, scaleDenominator: 1, min: -1073741824, max: 1073741823 })
    return channels
}`,
})

/** Value of a channel in the wide sensor's n-th sample: all over 31 bits. */
const wideValue = (turn: number, c: number) => Math.imul(turn * 33 + c, 1103515245) >> 1

/**
 * A station with one scripted sensor.
 * @param value DeviceScript source of a number; `t` is the time in s, `turn` counts from 0
 * @param options of the station, as source
 */
function app(value: string, options: string, before = "", after = ""): number {
    return program.script({
        body: `
    const sensor = new Scripted((t, turn) => ${value})
    ${before}
    const station = await startStation({ app: "test", sensors: [sensor], ${KIT} ${options} })
    ${after}`,
    })
}

const WILD = app(
    "turn - Math.floor(turn / 5) * 5 === 2 ? 4999 : 100",
    'intervalSeconds: 60, rows: aggregate("median", 5)'
)
const IN_TURN = app("(turn & 1) !== 0 ? -10 : 30", "intervalSeconds: 60, rows: statistics(6)")
/** Steps by 8 mm within an hour, by 20 mm within two. */
const STEPS = app(
    "t < 3590 ? 0 : t < 7190 ? 8 : 28",
    "intervalSeconds: 60, pace: onChange({ deadbands: { level: 10 }, heartbeatSeconds: 1800 })"
)
const SELDOM_MOVING = app(
    "t < 1800 ? 5 : t < 1900 ? t : 5",
    "intervalSeconds: 10, pace: onChange({ slowSeconds: 80, deadbands: { level: 50 } })"
)
const CHANGED_INTERVAL = app(
    "t",
    "intervalSeconds: 10, pace: onChange({ slowSeconds: 80, deadbands: { level: 1 } })",
    "",
    "setTimeout(async () => { station.changeInterval(20) }, 301000)"
)
const EVENTS = app(
    "t",
    "intervalSeconds: 60",
    `setTimeout(async () => { sensor.onEvent(sensor) }, 125000)
    setTimeout(async () => { sensor.onEvent(sensor) }, 127000)`
)

/** As many columns as a frame has: rows are coded in parts, with pauses. */
const WIDE = program.script({
    body: `await startStation({ app: "test", sensors: [new Wide(32)], intervalSeconds: 60, outboxBytes: 3000, ${KIT} })`,
})

/** A station with parts before, "level", and after; half a second at 70.2 s the level is 900. */
function three(rows: string, quantity: string, more = ""): number {
    return program.script({
        body: `
    const before = new Named("before", "count", () => 1)
    const level = new Named("level", "${quantity}", ms => (ms >= 70200 && ms < 70700 ? 900 : 600))
    const after = new Named("after", "count", () => 2)
    setTimeout(async () => { after.onEvent(after) }, 80000)
    setTimeout(async () => { level.onEvent(level) }, 90000)
    const station = await startStation({
        app: "test", sensors: [before, level, after], intervalSeconds: 60, rows: ${rows}, ${KIT}
    })
    ${more}`,
    })
}
const LATER = "setTimeout(async () => { station.changeInterval(120) }, 61000)"
const PEAKS = three('peaks(500, ["level", "after"])', "length")
const LONG_PEAKS = three('peaks(500, ["level"])', "length", LATER)
const SOUND = three("soundLevels(1000)", "soundLevel")
const SOME = three('columns(["level", "after"])', "length")
const NO_PEAK = three('peaks(500, ["levle"])', "length")
const NO_COLUMN = three('columns(["levle"])', "length")
const NO_SOUND = three("soundLevels(1000)", "length")
const TURNS = program.script({
    body: `
    const sensor = new Scripted(t => t)
    await startStation({ app: "test", sensors: [sensor, new Turns(sensor)], intervalSeconds: 60, ${KIT} })`,
})

let kit: Kit | undefined

async function run(script: number, ms: number): Promise<Kit> {
    kit = await Kit.start({ app: { program, script } })
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
        const k = await run(WILD, minutes(20) + seconds(5))
        const levels = k.integersOf("level")
        expect(levels.length).toBeGreaterThanOrEqual(20)
        expect(new Set(levels.slice(2))).toEqual(new Set([100]))
    })

    it("statistics give mean, minimum, maximum and deviation in the channel's scale", async () => {
        const k = await run(IN_TURN, minutes(10) + seconds(5))
        const last = (name: string) => k.integersOf(name).at(-1)
        expect(
            ["level", "level_min", "level_max", "level_deviation"].map(last),
            "of −10 and 30 mm in turn"
        ).toEqual([10, -10, 30, 20])
    })
})

describe("report on change", () => {
    it("leaves out rows within the deadband and keeps the heartbeat", async () => {
        const k = await run(STEPS, hours(3) + seconds(30))
        const times = timesOf(k, "level").map(s => Math.round(s / 60))
        expect(times).toEqual([0, 30, 60, 90, 120, 150, 180])
        expect(k.integersOf("level")).toEqual([0, 0, 8, 8, 28, 28, 28])
    })
})

describe("the adaptive interval", () => {
    it("grows while nothing moves and is short again at once when something does", async () => {
        const k = await run(SELDOM_MOVING, minutes(45))
        const times = timesOf(k, "level")
        const gaps = times.map((time, i) => time - (times[i - 1] ?? time)).slice(1)
        expect(Math.max(...gaps)).toBeLessThanOrEqual(80)
        expect(gaps.filter(gap => gap === 80).length).toBeGreaterThan(15)
        const jump = times.findIndex(time => time >= 1800)
        expect(gaps[jump + 1], "s between rows after the jump").toBe(10)
        expect(times.length).toBeLessThan(120)
    })

    it("is from then on at least the interval that a command sets", async () => {
        const k = await run(CHANGED_INTERVAL, minutes(10))
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
        const k = await run(EVENTS, minutes(5) + seconds(5))
        expect(timesOf(k, "level").filter(time => time > 10 && time <= 300)).toEqual([
            60, 120, 125, 127, 180, 240, 300,
        ])
    })

    /** [s, value] of a channel, where it has one. */
    const rowsOf = (k: Kit, channel: string) =>
        k.readings
            .filter(r => r.channel === channel && r.integer !== undefined)
            .map(r => [Math.round((r.time - k.world.clock.epochMs) / 1000), r.integer])
            .filter(([at]) => (at as number) > 10 && (at as number) <= 180)
            .sort(([a], [b]) => (a as number) - (b as number))

    it("stand in their own columns where only some are recorded", async () => {
        const k = await run(SOME, minutes(3) + seconds(5))
        expect(rowsOf(k, "after").map(([at]) => at)).toEqual([60, 80, 120, 180])
        expect(rowsOf(k, "level").map(([at]) => at)).toEqual([60, 90, 120, 180])
        expect(new Set(rowsOf(k, "after").map(([, value]) => value))).toEqual(new Set([2]))
        expect(new Set(rowsOf(k, "level").map(([, value]) => value))).toEqual(new Set([600]))
    })

    it("leave the highest value of an interval as it was before them", async () => {
        const k = await run(PEAKS, minutes(3) + seconds(5))
        expect(rowsOf(k, "after")).toEqual([60, 80, 120, 180].map(at => [at, 2]))
        expect(rowsOf(k, "level")).toEqual([
            [60, 600],
            [90, 600],
            [120, 900],
            [180, 600],
        ])
    })

    it("are no level of an interval of sound, and in no column of it", async () => {
        const k = await run(SOUND, minutes(3) + seconds(5))
        expect(rowsOf(k, "after")).toEqual([60, 80, 120, 180].map(at => [at, 2]))
        expect(rowsOf(k, "before")).toEqual([60, 120, 180].map(at => [at, 1]))
        for (const channel of ["laeq", "lamax"])
            expect(rowsOf(k, channel), channel).toEqual([60, 120, 180].map(at => [at, 600]))
    })

    it("of what is derived are not taken for another sample", async () => {
        const k = await run(TURNS, minutes(5) + seconds(5))
        const turns = rowsOf(k, "turns").map(([, turn]) => turn)
        expect(turns.filter(turn => turn === 3)).toHaveLength(2)
        expect(new Set(turns)).toEqual(new Set([2, 3, 4]))
    })
})

describe("samples that count by time", () => {
    it("stay half a second apart when a command changes the interval", async () => {
        const k = await run(LONG_PEAKS, minutes(5) + seconds(5))
        const highest = k.readings
            .filter(r => r.channel === "level" && r.integer === 900)
            .map(r => Math.round((r.time - k.world.clock.epochMs) / 1000))
        expect(highest, "s, what was there for half a second at 70").toEqual([120])
    })
})

describe("rows of channels that no sensor has", () => {
    it.each([
        ["peaks", NO_PEAK, "rows: no sensor measures levle"],
        ["columns", NO_COLUMN, "rows: no sensor measures levle"],
        ["soundLevels", NO_SOUND, "rows: no sensor measures a sound level"],
    ])("are refused at the start: %s", async (_, script, message) => {
        const k = await Kit.start({ app: { program, script }, allowPanics: true })
        kit = k
        await k.world.run(seconds(10))
        expect(k.node.log.map(({ text }) => text).join("\n")).toContain(message)
        expect(k.node.panics).not.toEqual([])
    })
})

describe("a station with 32 columns", () => {
    it("sends every value of rows that are too long to be coded in one go", async () => {
        const k = await run(WIDE, minutes(30) + seconds(5))
        expect(k.node.panics).toEqual([])
        const rows = k.integersOf("c0").length
        expect(rows).toBeGreaterThanOrEqual(30)
        for (let c = 0; c < 32; c++)
            expect(k.integersOf(`c${c}`), `channel ${c}`).toEqual(
                Array.from({ length: rows }, (_, turn) => wideValue(turn, c))
            )
    })
})
