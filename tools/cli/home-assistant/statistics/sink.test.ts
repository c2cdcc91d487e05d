import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { clockText, EPOCH, frame, schemaBytes } from "../../../../tests/support/decoder-bench.js"
import { FakeHomeAssistant } from "../../../../tests/support/home-assistant.js"
import { FrameCollector } from "../../../decoder/index.js"
import { type DeliveredFrame } from "../../../receiver/index.js"
import { entityIdOf } from "../topics.js"
import { HOUR_MS } from "./hours.js"
import { socketUrlOf } from "./api.js"
import { StatisticsSink } from "./sink.js"

const ORIGIN = { site: "town", node: "n1" }
const TEMPERATURE = entityIdOf(ORIGIN, "temperature")
const CO2 = entityIdOf(ORIGIN, "co2")
const MINUTE_MS = 60_000

describe("--ha-statistics", () => {
    let home: FakeHomeAssistant
    let notes: string[]
    let now: number
    let collector: FrameCollector
    let frames: DeliveredFrame[]
    let sequence: number

    beforeEach(async () => {
        home = await FakeHomeAssistant.start()
        home.sensors.push(
            {
                entityId: "sensor.hall",
                uniqueId: TEMPERATURE,
                unit: "°C",
                unitClass: "temperature",
            },
            { entityId: "sensor.co2", uniqueId: CO2, unit: "ppm", unitClass: null }
        )
        notes = []
        now = EPOCH
        frames = []
        sequence = 0
        collector = new FrameCollector({
            onFrame: delivered => frames.push({ ...delivered, arrivedMs: now }),
        })
        collector.accept("suitcase/town/n1/schema", schemaBytes)
        collector.accept("suitcase/town/n1/clock", clockText())
    })
    afterEach(async () => {
        await home.close()
    })

    function sinkAt(url = home.url, token = home.token): StatisticsSink {
        return new StatisticsSink({
            url: socketUrlOf(url),
            token,
            note: text => notes.push(text),
            nowMs: () => now,
            lookMs: 5,
        })
    }

    /** Rows of n1 ten seconds apart, the first N minutes after {@link EPOCH}; undefined: the sensor is away. */
    function rowsAt(
        minute: number,
        ...rows: [temperature: number | undefined, co2: number | undefined][]
    ): DeliveredFrame[] {
        const time = EPOCH / 1000 + 60 * minute
        collector.accept("suitcase/town/n1/frame", frame(sequence++, { rows, time }))
        return frames.splice(0)
    }

    it("writes mean, least and greatest value of an hour by time of sampling, once it is over", async () => {
        const sink = sinkAt()
        await sink.open(undefined)
        await sink.write(rowsAt(58, [-501, 400], [-499, undefined], [-440, 420]))
        await sink.commit()
        expect(home.imports).toBe(0)
        now = EPOCH + 60 * MINUTE_MS + 15 * MINUTE_MS
        await sink.commit()
        expect(notes).toEqual([])
        expect(home.rows("sensor.hall")).toEqual({
            "2024-01-11T08:00:00.000Z": {
                mean: expect.closeTo(-4.8, 9) as number,
                min: -5.01,
                max: -4.4,
            },
        })
        expect(home.rows("sensor.co2")).toEqual({
            "2024-01-11T08:00:00.000Z": { mean: 410, min: 400, max: 420 },
        })
    })

    it("fills hours of an outage days later, and completes the hour in which it began", async () => {
        const sink = sinkAt()
        await sink.open(undefined)
        await sink.write(rowsAt(10, [1000, 400]))
        now = EPOCH + 2 * HOUR_MS
        await sink.commit()
        await sink.write(rowsAt(30, [2000, 800]))
        await sink.write(rowsAt(70, [500, 600]))
        now += 9 * 24 * HOUR_MS
        await sink.commit()
        const hours = home.rows("sensor.hall")
        expect(hours["2024-01-11T08:00:00.000Z"]).toEqual({ mean: 15, min: 10, max: 20 })
        expect(hours["2024-01-11T09:00:00.000Z"]).toEqual({ mean: 5, min: 5, max: 5 })
        expect(notes).toEqual([])
    })

    it("has the same after a kill before and after each commit", async () => {
        let sink = sinkAt()
        await sink.open(undefined)
        await sink.write(rowsAt(10, [1000, 400]))
        const committed = JSON.parse(JSON.stringify(await sink.commit())) as unknown
        const after = rowsAt(20, [3000, 500])
        await sink.write(after)
        now = EPOCH + 2 * HOUR_MS
        await sink.commit()
        // Killed before that commit was on the disk.
        sink = sinkAt()
        await sink.open(committed)
        await sink.write(after)
        await sink.commit()
        expect(home.rows("sensor.hall")).toEqual({
            "2024-01-11T08:00:00.000Z": { mean: 20, min: 10, max: 30 },
        })
    })

    it("keeps hours while Home Assistant is away, says so once, and that it goes on", async () => {
        const { port } = home
        const sink = sinkAt()
        await sink.open(undefined)
        await home.close()
        await sink.write(rowsAt(10, [1000, 400]))
        now = EPOCH + 2 * HOUR_MS
        for (let i = 0; i < 3; i++) {
            await sink.commit()
            now += 61_000
        }
        expect(notes).toHaveLength(1)
        expect(notes[0]).toMatch(/ECONNREFUSED.*; hours wait, and it is tried again/)
        const sensors = home.sensors
        home = await FakeHomeAssistant.start(port)
        home.sensors.push(...sensors)
        await sink.commit()
        expect(notes[1]).toMatch(/goes on$/)
        expect(Object.keys(home.rows("sensor.hall"))).toHaveLength(1)
    })

    it("does not try again within a minute", async () => {
        const { port } = home
        const sink = sinkAt()
        await home.close()
        await sink.open(undefined)
        await sink.write(rowsAt(10, [1000, 400]))
        now = EPOCH + 2 * HOUR_MS
        await sink.commit()
        home = await FakeHomeAssistant.start(port)
        home.sensors.push({ entityId: "sensor.hall", uniqueId: TEMPERATURE, unit: "°C" })
        now += 59_000
        await sink.commit()
        expect(home.imports).toBe(0)
        now += 1000
        await sink.commit()
        expect(home.imports).toBe(1)
    })

    it("counts an hour as written only when it can be read back", async () => {
        home.forgets = true
        const sink = sinkAt()
        await sink.open(undefined)
        await sink.write(rowsAt(10, [1000, undefined]))
        now = EPOCH + 2 * HOUR_MS
        await sink.commit()
        expect(notes[0]).toMatch(
            /sensor\.hall: 1 hour not in the statistics 0\.1 s after they were taken/
        )
        home.forgets = false
        now += 61_000
        await sink.commit()
        expect(home.rows("sensor.hall")).not.toEqual({})
    })

    it("waits for sensors of which Home Assistant has no statistics yet", async () => {
        delete home.sensors[0].unit
        home.sensors.splice(1)
        const sink = sinkAt()
        await sink.open(undefined)
        await sink.write(rowsAt(10, [1000, 400]))
        now = EPOCH + 2 * HOUR_MS
        await sink.commit()
        expect(home.imports).toBe(0)
        home.sensors[0].unit = "°C"
        now += 61_000
        await sink.commit()
        expect(Object.keys(home.rows("sensor.hall"))).toHaveLength(1)
        expect(notes).toEqual([])
    })

    it.each([
        ["another unit", { unit: "°F" }, /in "°F", its readings in "°C"/],
        ["sums", { hasSum: true }, /no means/],
    ])("leaves out a sensor whose statistics are %s, and says so", async (_what, change, words) => {
        Object.assign(home.sensors[0], change)
        const sink = sinkAt()
        await sink.open(undefined)
        await sink.write(rowsAt(10, [1000, 400]))
        now = EPOCH + 2 * HOUR_MS
        await sink.commit()
        expect(notes.join()).toMatch(words)
        expect(home.rows("sensor.hall")).toEqual({})
        expect(Object.keys(home.rows("sensor.co2"))).toHaveLength(1)
    })

    it("leaves out gaps, and rows of which the time is not known well", async () => {
        collector.accept("suitcase/town/n1/clock", clockText({ uncertainty: 11 * MINUTE_MS }))
        const sink = sinkAt()
        await sink.open(undefined)
        collector.accept(
            "suitcase/town/n1/frame",
            frame(sequence++, { rows: [[1000, 400]], time: 600, unixTime: false })
        )
        const [late] = frames.splice(0)
        expect(late.moments[0].uncertaintyMs).toBeGreaterThan(10 * MINUTE_MS)
        await sink.write([late, ...rowsAt(10, [undefined, undefined])])
        now = EPOCH + 5 * HOUR_MS
        await sink.commit()
        expect(home.imports).toBe(0)
    })

    it("does not replace an hour by the few readings that come for it weeks later", async () => {
        const sink = sinkAt()
        await sink.open(undefined)
        for (let hour = 0; hour < 30; hour++) await sink.write(rowsAt(60 * hour, [1000, 400]))
        now = EPOCH + 40 * HOUR_MS
        await sink.commit()
        await sink.write(rowsAt(5, [9000, 400]))
        now += 2 * HOUR_MS
        await sink.commit()
        expect(home.rows("sensor.hall")["2024-01-11T08:00:00.000Z"].mean).toBe(10)
        expect(notes.join()).toMatch(/2 readings came for hours that were written long before/)
    })

    it("says what the token lacks", async () => {
        const sink = sinkAt(home.url, "wrong")
        await sink.open(undefined)
        await sink.write(rowsAt(10, [1000, 400]))
        now = EPOCH + 2 * HOUR_MS
        await sink.commit()
        expect(notes[0]).toMatch(/does not know the token/)
        home.isAdmin = false
        const other = sinkAt()
        await other.open(undefined)
        await other.write(rowsAt(20, [1000, 400]))
        await other.commit()
        expect(notes[1]).toMatch(/not an administrator's/)
    })

    it.each([
        "config/entity_registry/list",
        "recorder/import_statistics",
        "recorder/statistics_during_period",
    ])("goes on after a connection that ended at %s", async request => {
        home.hangsUpAt = request
        const sink = sinkAt()
        await sink.open(undefined)
        await sink.write(rowsAt(10, [1000, 400]))
        now = EPOCH + 2 * HOUR_MS
        await sink.commit()
        expect(notes.join()).toMatch(/the connection is gone/)
        home.hangsUpAt = undefined
        now += 61_000
        await sink.commit()
        expect(Object.keys(home.rows("sensor.hall"))).toHaveLength(1)
    })

    it("speaks to releases before 2025.11, which refuse newer words", async () => {
        home.version = "2025.10.4"
        const sink = sinkAt()
        await sink.open(undefined)
        await sink.write(rowsAt(10, [1000, 400]))
        now = EPOCH + 2 * HOUR_MS
        await sink.commit()
        expect(notes).toEqual([])
        expect(Object.keys(home.rows("sensor.hall"))).toHaveLength(1)
    })
})

describe("the address of Home Assistant", () => {
    it.each([
        ["homeassistant.local:8123", "ws://homeassistant.local:8123/api/websocket"],
        ["http://ha:8123", "ws://ha:8123/api/websocket"],
        ["https://ha.example/", "wss://ha.example/api/websocket"],
        ["wss://ha.example/api/websocket", "wss://ha.example/api/websocket"],
    ])("%s is %s", (text, url) => {
        expect(socketUrlOf(text)).toBe(url)
    })

    it.each(["", "mqtt://ha", "http://user:secret@ha:8123", "http://ha/?token=1"])(
        "%j is refused",
        text => {
            expect(() => socketUrlOf(text)).toThrow()
        }
    )
})
