/**
 * Calibrations of a node in use: from which row on a record counts, what names it in the data, and what
 * becomes of it across outages and power cuts.
 */
import { afterEach, describe, expect, it } from "vitest"
import { minutes, seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { FrameCollector, type Reading, type Schema } from "../../tools/decoder/index.js"
import { recordId, writeRecord } from "../../tools/calibration/record.js"
import { Testbed, type TestbedOptions } from "./testbed.js"

const RAM = { intervalSeconds: 60, reportSeconds: 300 }
const FRAM = { intervalSeconds: 60, reportSeconds: 300, store: "MB85RC256V" as const }

const FIELDS = {
    part: "Sensirion SHT4x",
    identity: "serial 0ea51234",
    points: 1,
    uncertainty: 5,
    reference: "Testo 104",
    certificate: "DANAK 2026-0412",
    technician: "mette",
    date: 1_700_000_000,
    validUntil: undefined,
    temperature: 21,
}
const offset = (units: number) =>
    ({
        method: "offset",
        origin: 0,
        coefficients: [{ mantissa: units, exponent: 0 }],
    }) as const

/** +1.00 °C, then +2.50 °C, and humidity × 1.5. */
const FIRST = writeRecord({
    ...FIELDS,
    channel: "temperature",
    correction: offset(100),
    previous: 0,
})
const SECOND = writeRecord({
    ...FIELDS,
    channel: "temperature",
    correction: offset(250),
    previous: recordId(FIRST),
})
const HUMIDITY = writeRecord({
    ...FIELDS,
    channel: "humidity",
    correction: {
        method: "linear",
        origin: 0,
        coefficients: [
            { mantissa: 0, exponent: 0 },
            { mantissa: 3, exponent: 1 },
        ],
    },
    previous: 0,
    date: FIELDS.date + 86_400,
})
const OTHER_PART = writeRecord({
    ...FIELDS,
    identity: "serial 00000001",
    channel: "temperature",
    correction: offset(100),
    previous: 0,
})

const hex = (record: Uint8Array) => Buffer.from(record).toString("hex")

/** The node is told what to do over a line of its own, as over USB: the first byte of a setting. */
const SOURCE = {
    prelude: `
import { calibrations } from "../src/station/station-calibration.js"
import { settings } from "@devicescript/settings"
import { sleep } from "../src/scheduler/scheduler.js"
const calibration = calibrations()`,
    station: "calibration",
    afterwards: `
async function apply(name: string, hex: string): Promise<void> {
    console.log("applied " + name + " " + (await calibration.apply(Buffer.from(hex, "hex"))))
}
async function work(): Promise<void> {
    await sleep(570000)
    if (calibration.channels[0].record !== undefined) {
        const channel = calibration.channels[0]
        console.log("in force " + channel.record.id)
        await sleep(600000)
        console.log("rolled back " + (await calibration.rollBack(channel, channel.record.id)))
        return
    }
    await apply("first", "${hex(FIRST)}")
    await sleep(300000)
    await apply("humidity", "${hex(HUMIDITY)}")
    await apply("first again", "${hex(FIRST)}")
    await apply("damaged", "${hex(FIRST.map((byte, i) => (i === 30 ? byte ^ 1 : byte)))}")
    await apply("of another part", "${hex(OTHER_PART)}")
    await sleep(300000)
    await apply("second", "${hex(SECOND)}")
    await apply("first out of order", "${hex(FIRST)}")
}
work.start()`,
}

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

function start(options: Omit<TestbedOptions, "seed">): Testbed {
    bed = new Testbed({ seed: 11, ...options, ...SOURCE })
    return bed
}

const saysApplied = (b: Testbed) =>
    b.node.console.map(({ text }) => text).filter(text => /^(applied|rolled|in force)/.test(text))

/** Readings of a channel as a listener has them that begins with all that the broker delivered. */
function readingsOf(b: Testbed, channel: string, from = 0): Reading[] {
    const readings: Reading[] = []
    const problems: string[] = []
    const collector = new FrameCollector({
        onReading: reading => {
            if (reading.channel === channel && !reading.isGap) readings.push(reading)
        },
        onMalformed: ({ code }) => problems.push(code),
    })
    for (const { topic, payload } of b.deliveries.slice(from)) collector.accept(topic, payload)
    expect(problems).toEqual([])
    expect(collector.heldFrames).toBe(0)
    return readings
}

/** What each value of the sensor became: raw integers, in order, and what is to be added to them by which id. */
function expectCorrected(b: Testbed, readings: readonly Reading[]): void {
    const added = new Map([
        [0, 0],
        [recordId(FIRST), 100],
        [recordId(SECOND), 250],
    ])
    const given = b.given.map(({ value }) => Math.round(value * 100))
    const raw = readings.map(({ integer, calibration }) => {
        const plus = added.get(calibration)
        expect(plus, `calibration ${calibration}`).toBeDefined()
        return (integer as number) - (plus as number)
    })
    // The rows that came, each once and in order, without a hole; the last may not have come yet.
    expect(raw.length).toBeGreaterThan(given.length - 6)
    raw.forEach((value, i) => expect(Math.abs(value - given[i])).toBeLessThanOrEqual(1))
}

describe("a record that a node is given", () => {
    it("counts from the next row on, and every reading names the calibration that it was corrected by", async () => {
        const b = start(RAM)
        await b.world.run(minutes(35))
        await b.drain()
        expect(saysApplied(b)).toEqual([
            "applied first 0",
            "applied humidity 0",
            "applied first again 0",
            "applied damaged 32",
            "applied of another part 33",
            "applied second 0",
            "applied first out of order 34",
        ])
        const readings = readingsOf(b, "temperature")
        expectCorrected(b, readings)
        const ids = readings.map(({ calibration }) => calibration)
        expect([...new Set(ids)]).toEqual([0, recordId(FIRST), recordId(SECOND)])
        expect(ids.filter(id => id === 0).length).toBe(10)
        const humidity = readingsOf(b, "humidity")
        for (const { integer, calibration } of humidity)
            expect(integer).toBe(calibration === 0 ? 5000 : 7500)
        expect(humidity.at(-1)?.calibration).toBe(recordId(HUMIDITY))
        expect(b.status.dateLastCalibration).toBe(FIELDS.date + 86_400)
        expect(b.node.panics).toEqual([])
    })

    it("while the node is offline loses no row, not even for a listener that comes afterwards", async () => {
        const b = start(RAM)
        await b.world.run(minutes(4))
        b.node.link.goDown()
        const from = b.deliveries.length
        await b.world.run(minutes(25))
        b.node.link.comeUp()
        await b.drain()
        const schemas: Schema[] = []
        const late = new FrameCollector({ onSchema: (_origin, schema) => schemas.push(schema) })
        for (const { topic, payload } of b.deliveries.slice(from)) late.accept(topic, payload)
        expect(
            schemas.map(({ channels }) => channels.map(({ calibration }) => calibration))
        ).toEqual([
            [0, 0],
            [recordId(FIRST), 0],
            [recordId(FIRST), recordId(HUMIDITY)],
            [recordId(SECOND), recordId(HUMIDITY)],
        ])
        expectCorrected(b, readingsOf(b, "temperature"))
        const afterwards = readingsOf(b, "temperature", from)
        expect(new Set(afterwards.map(({ calibration }) => calibration))).toEqual(
            new Set([0, recordId(FIRST), recordId(SECOND)])
        )
    })

    it("is there after a power cut, and gone after it was taken back, with the one before it in force", async () => {
        const b = start({ ...FRAM, parts: [new MB85RCModel()] })
        await b.world.run(minutes(25))
        b.node.powerCut(seconds(20))
        await b.world.run(minutes(25))
        await b.drain()
        expect(saysApplied(b).slice(-2)).toEqual([`in force ${recordId(SECOND)}`, "rolled back 0"])
        const ids = readingsOf(b, "temperature").map(({ calibration }) => calibration)
        expect(ids.filter((id, i) => id !== ids[i - 1])).toEqual([
            0,
            recordId(FIRST),
            recordId(SECOND),
            recordId(FIRST),
        ])
        expect(b.problems).toEqual([])
    })
})
