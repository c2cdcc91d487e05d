/**
 * Calibrations of a simulated node over its USB service, from the first reading to the certificate, and what
 * becomes of them under faults. One program for all of it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { FLAG_COMMAND, encodeJacdacFrame } from "../../sim/jacdac/frame.js"
import { NodeLink } from "../../sim/jacdac/node-link.js"
import { EXCHANGE, NODE_SERVICE_INDEX } from "../../src/core/protocol/node-service.js"
import { RUN_NONE } from "../../src/core/protocol/procedures.js"
import { SeededRandom } from "../../sim/time/random.js"
import { cutsBetween } from "../../tests/support/flash-cuts.js"
import { fakeTerminal } from "../../tests/support/fake-terminal.js"
import {
    exportRecords,
    importRecords,
    restore,
    rollBack,
    verify,
} from "../cli/calibrate/records.js"
import { NodeService, programDeviceOf } from "../flash/usb/node-service.js"
import { CERTIFICATE, certificatePage } from "./certificate.js"
import { CalibrationJournal } from "./journal.js"
import { JournalError } from "./line-journal.js"
import { CalibrationRefused } from "./node-calibration.js"
import { readRecord, recordId, writeRecord, type CorrectionTerms } from "./record.js"
import { PlanError, channelNamed } from "./node-session.js"
import { CaptureTimeout, calibrate, type Plan, type Talk } from "./session.js"
import { openSimBench, type SimBench, type SimBenchOptions } from "./sim-bench.js"

const HOSTILE_COMMANDS = 10_000
/** Less than any board programs at once, B. */
const CUT_GRAIN = 4
const DEVICE = "78a6c91dd92f5835"

let bench: SimBench
let folder: string

// Compiled once; on a busy machine that takes its time.
beforeAll(async () => {
    await (await openSimBench(1, { warmUpMs: 0 })).close()
}, 300_000)
beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-calibration-"))
})
afterEach(async () => {
    await bench.close()
    rmSync(folder, { recursive: true })
})

async function open(options: SimBenchOptions = {}, seed = 1): Promise<SimBench> {
    bench = await openSimBench(seed, { device: DEVICE, warmUpMs: 20_000, ...options })
    return bench
}

const PLAN: Plan = {
    channel: "temperature",
    points: [5, 35],
    method: "exact",
    reference: {
        name: "Testo 104",
        certificate: "DANAK 2026-0412",
        validUntil: undefined,
        uncertainty: 0.1,
        resolution: 0.01,
    },
    technician: "mette",
    temperature: 21,
    validDays: 365,
    timeoutMs: 400_000,
    isUnstableAllowed: false,
}
const AGREE: Talk = {
    atPoint: () => Promise.resolve(),
    onReading: () => undefined,
    confirm: () => Promise.resolve(true),
    onApplied: () => undefined,
}
const FAULTS = new Map([
    ["temperature", { gain: 1.02, offset: 0.4, noise: 0.02 }],
    ["co2", { gain: 1.03, offset: 40, noise: 4 }],
    ["humidity", { gain: 0.95, offset: -1.5, noise: 0.1 }],
    ["illuminance", { gain: 1.15, offset: 3, noise: 2 }],
])

/** A record for the temperature that goes on from what is in force. */
async function recordFor(correction: CorrectionTerms): Promise<Uint8Array> {
    const { name, part, identity, calibration } = await channelNamed(bench, "temperature")
    return writeRecord({
        channel: name,
        part,
        identity,
        correction,
        points: 2,
        uncertainty: 10,
        reference: "Testo 104",
        certificate: "DANAK 2026-0412",
        technician: "mette",
        date: 1_700_000_000,
        validUntil: undefined,
        temperature: undefined,
        previous: calibration,
    })
}
const offset = (units: number): CorrectionTerms => ({
    method: "offset",
    origin: 0,
    coefficients: [{ mantissa: units, exponent: 0 }],
})

describe("a calibration", () => {
    it.each([
        { channel: "temperature", points: [5, 35], uncertainty: 0.1 },
        { channel: "humidity", points: [20, 80], uncertainty: 1 },
        { channel: "co2", points: [412, 1500], uncertainty: 20 },
        { channel: "illuminance", points: [100, 1000], uncertainty: 5 },
    ])(
        "of $channel brings a sensor that is off within the stated uncertainty, and certifies it",
        async ({ channel, points, uncertainty }) => {
            await open({ faults: FAULTS, warmUpMs: channel === "co2" ? 200_000 : 20_000 })
            const reference = { ...PLAN.reference, uncertainty, resolution: uncertainty / 10 }
            const done = await calibrate(bench, { ...PLAN, channel, points, reference }, AGREE)
            const certificate = CERTIFICATE.parse(done?.certificate)
            for (const { asFoundError, asLeftError } of certificate.points) {
                expect(Math.abs(asFoundError)).toBeGreaterThan(certificate.uncertainty.expanded)
                expect(Math.abs(asLeftError)).toBeLessThan(certificate.uncertainty.expanded)
            }
            expect(certificate.points.every(({ asLeftMeasured }) => asLeftMeasured)).toBe(true)
            for (const language of ["en", "da"] as const) {
                const page = certificatePage(certificate, language)
                expect(page).toContain(String(certificate.id))
                expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/)
            }
            expect((await channelNamed(bench, channel)).calibration).toBe(certificate.id)
        }
    )

    it.each([
        ["while its uptime passes 2³² ms", 2 ** 32 - 150_000],
        ["when it has been on for 60 days", 60 * 86_400_000],
    ])("of a node goes on %s, and the ages of its readings too", async (_, uptimeMs) => {
        await open({ uptimeMs })
        const started = bench.nowMs()
        const restarts: number[] = []
        const done = await calibrate(bench, PLAN, {
            ...AGREE,
            onReading: ({ watch }) => restarts.push(watch.restarts),
        })
        expect(done?.certificate.points).toHaveLength(2)
        expect(Math.max(...restarts), "restarts that it took it for").toBe(0)
        expect(bench.simulated.uptimeMs - (bench.nowMs() - started)).toBeGreaterThan(uptimeMs)
        const link = new NodeLink(bench.world, bench.simulated)
        const readings = await bench.during(new NodeService(link, DEVICE).readings())
        const { ageMs } = readings.find(({ channel }) => channel.name === "co2") ?? {}
        expect(ageMs, "ms").toBeGreaterThan(0)
        expect(ageMs, "ms").toBeLessThan(60_000)
    })

    it("gives on the board the very integers that the reference in Node gives", async () => {
        await open({ faults: FAULTS })
        const channel = await channelNamed(bench, "temperature")
        const corrections: CorrectionTerms[] = [
            {
                method: "polynomial",
                origin: 2100,
                coefficients: [
                    { mantissa: 2_093_456_789, exponent: 20 },
                    { mantissa: 1_060_000_001, exponent: 30 },
                    { mantissa: 1_234_567, exponent: 40 },
                    { mantissa: 98_765, exponent: 45 },
                ],
            },
            {
                method: "piecewise",
                table: [[-4500, -4423], [503, 481], [1999, 2001], [3503, 3533], [13000, 13111]], // prettier-ignore
            },
        ]
        for (const correction of corrections) {
            const record = await recordFor(correction)
            await bench.during(bench.node.apply(record))
            const { compute, id } = readRecord(record)
            for (const truth of [-40, -7.31, 0, 4.9, 19.99, 35.2, 60, 120]) {
                bench.bring("temperature", truth)
                await bench.during(bench.node.live(channel, 1))
                await bench.sleep(4000)
                const { raw, corrected, calibration } = await bench.during(
                    bench.node.live(channel, 1)
                )
                expect(calibration).toBe(id)
                const { min, max } = channel.column
                const expected = Math.min(Math.max(compute.apply(raw as number), min), max)
                expect(corrected, `raw ${raw}`).toBe(expected)
            }
        }
    })

    it("is not begun with a reference that is expired, nor for a channel that is not there", async () => {
        await open()
        const expired = { ...PLAN.reference, validUntil: 1_600_000_000 }
        await expect(calibrate(bench, { ...PLAN, reference: expired }, AGREE)).rejects.toThrow(
            /certificate of Testo 104 expired on 2020-09-13/
        )
        await expect(calibrate(bench, { ...PLAN, channel: "pm10" }, AGREE)).rejects.toThrow(
            /no channel pm10; it has temperature, humidity, co2, illuminance/
        )
        await expect(calibrate(bench, { ...PLAN, channel: "pm10" }, AGREE)).rejects.toThrow(
            PlanError
        )
    })

    it("of readings that do not stand still ends in time, and leaves the node as it was", async () => {
        await open({ faults: new Map([["temperature", { noise: 3 }]]) })
        const plan = { ...PLAN, timeoutMs: 150_000 }
        await expect(calibrate(bench, plan, AGREE)).rejects.toThrow(CaptureTimeout)
        const channel = await channelNamed(bench, "temperature")
        expect(channel.calibration).toBe(0)
        const taken = await calibrate(bench, { ...plan, isUnstableAllowed: true }, AGREE)
        expect(taken?.certificate.points.map(({ stable }) => stable)).toEqual([false, false])
    })

    it("asks for readings before the first point and while somebody thinks for minutes, so that none counts as good", async () => {
        await open()
        const { bring, ...withoutWorld } = bench
        const asked: number[] = []
        const live: typeof bench.node.live = (...of) => {
            asked.push(bench.nowMs())
            return bench.node.live(...of)
        }
        const node = Object.create(bench.node, { live: { value: live } }) as typeof bench.node
        const passed = async (ms: number) => {
            const until = bench.nowMs() + ms
            while (bench.nowMs() < until) await new Promise(resolve => setImmediate(resolve))
            return true
        }
        await calibrate({ ...withoutWorld, node }, PLAN, {
            ...AGREE,
            atPoint: async value => {
                expect(asked).not.toEqual([])
                await passed(300_000)
                bring("temperature", value)
            },
            confirm: () => passed(300_000),
        })
        const pauses = asked.slice(1).map((ms, i) => ms - asked[i])
        expect(Math.max(...pauses)).toBeLessThan(60_000)
    })

    it("says what is wrong with a plan before anything is measured", async () => {
        await open()
        const refusal = (changes: Partial<Plan>) =>
            expect(calibrate(bench, { ...PLAN, ...changes }, { ...AGREE, atPoint: never })).rejects
        const never = () => Promise.reject(new Error("it was begun"))
        await refusal({ points: [5] }).toThrow(/exact needs 2 points/)
        await refusal({ points: [5, 5] }).toThrow(/two points are at 5/)
        await refusal({ points: [5, 350] }).toThrow(/350 is outside/)
        await refusal({ technician: "Mørch\n" }).toThrow(/technician must be a line of text/)
        await refusal({ technician: "m".repeat(150) }).toThrow(/too many: shorten/)
        const points = Array.from({ length: 16 }, (_, i) => -40 + 10 * i)
        await refusal({ method: "piecewise", points, technician: "m".repeat(70) }).toThrow(
            /take fewer points/
        )
    })

    it("that is not agreed to writes nothing", async () => {
        await open()
        const done = await calibrate(bench, PLAN, {
            ...AGREE,
            confirm: () => Promise.resolve(false),
        })
        expect(done).toBeUndefined()
        expect((await channelNamed(bench, "temperature")).calibration).toBe(0)
    })
})

describe("a node", () => {
    it("that lost its store is recognised by the journal and restored in one step", async () => {
        await open()
        const journal = new CalibrationJournal(folder)
        const terminal = fakeTerminal()
        const record = await recordFor(offset(50))
        await bench.during(bench.node.apply(record))
        const entry = {
            time: "2026-11-30T12:00:00Z",
            action: "apply" as const,
            device: DEVICE,
            channel: "temperature",
            id: recordId(record),
            record: Buffer.from(record).toString("hex"),
        }
        journal.add(entry)
        expect(await verify(bench, journal, terminal)).toBe(0)
        await exportRecords(bench, path.join(folder, "all.json"), journal, terminal)
        await bench.close()
        // The same board, with nothing but its program.
        await open()
        expect(await verify(bench, journal, terminal)).toBe(1)
        expect(terminal.out.text).toContain(`calibration ${recordId(record)} is lost`)
        expect(await restore(bench, journal, terminal)).toBe(0)
        expect(await verify(bench, journal, terminal)).toBe(0)
        expect(await rollBack(bench, "temperature", journal, terminal)).toBe(0)
        expect((await channelNamed(bench, "temperature")).calibration).toBe(0)
        expect(journal.inForce(DEVICE)).toEqual([])
        expect(await importRecords(bench, path.join(folder, "all.json"), journal, terminal)).toBe(0)
        expect((await channelNamed(bench, "temperature")).calibration).toBe(recordId(record))
        expect(journal.entries(DEVICE).map(({ action }) => action)).toEqual(["apply", "roll-back", "apply"]) // prettier-ignore
    })

    it("refuses a record that does not follow the one in force, and one for another part", async () => {
        await open()
        const first = await recordFor(offset(50))
        await bench.during(bench.node.apply(first))
        const second = await recordFor(offset(70))
        await bench.during(bench.node.apply(second))
        const refusal = (record: Uint8Array) => bench.during(bench.node.apply(record))
        await expect(refusal(first)).rejects.toThrow(CalibrationRefused)
        await expect(refusal(first)).rejects.toThrow(/does not follow the calibration in force/)
        const falling = await recordFor({
            method: "linear",
            origin: 0,
            coefficients: [
                { mantissa: 0, exponent: 0 },
                { mantissa: -1, exponent: 0 },
            ],
        })
        await expect(refusal(falling)).rejects.toThrow(/higher raw reading/)
        expect((await channelNamed(bench, "temperature")).calibration).toBe(recordId(second))
    })

    it(`takes ${HOSTILE_COMMANDS} random and hostile commands without harm to its records`, async () => {
        await open()
        const record = await recordFor(offset(50))
        await bench.during(bench.node.apply(record))
        const random = new SeededRandom("hostile")
        const good = Buffer.from(record)
        for (let i = 0; i < HOSTILE_COMMANDS; i++) {
            const data = Buffer.alloc(random.uint32() % 232)
            for (let at = 0; at < data.length; at++) data[at] = random.uint32()
            if (data.length > 4) {
                data[0] = 0x40 + (random.uint32() % 7)
                data[2] = random.uint32() % 34
                data[3] = random.uint32() % 3
                // Records that are nearly right.
                if (data[0] === 0x43) {
                    good.copy(data, 4)
                    if (data.length > 8)
                        data[4 + (random.uint32() % (data.length - 4))] ^= 1 << (i & 7)
                }
            }
            const packet = { serviceIndex: NODE_SERVICE_INDEX, command: EXCHANGE, data }
            bench.simulated.receiveFrame(
                encodeJacdacFrame(programDeviceOf(DEVICE), FLAG_COMMAND, [packet])
            )
            await bench.world.run(30)
        }
        await bench.world.run(1000)
        expect(bench.simulated.panics).toEqual([])
        const { calibration, slot } = await channelNamed(bench, "temperature")
        expect(calibration).toBe(recordId(record))
        const kept = await bench.during(bench.node.record(slot as number))
        expect(Buffer.from(kept as Uint8Array).toString("hex")).toBe(good.toString("hex"))
        // Nor did any of them begin what a part does to itself.
        const [part] = await bench.during(bench.node.parts())
        expect(await bench.during(bench.node.run(part))).toMatchObject({ state: RUN_NONE })
    })

    it("whose power is cut in the middle of applying has the old record, the new one, or lost its store", async () => {
        await open()
        const first = await recordFor(offset(50))
        await bench.during(bench.node.apply(first))
        const before = Uint8Array.from(bench.simulated.flash.bytes)
        const second = await recordFor(offset(70))
        await bench.during(bench.node.apply(second))
        const after = Uint8Array.from(bench.simulated.flash.bytes)
        await bench.close()
        const seen = new Map<number | string, number>()
        for (const { image, what } of [
            ...cutsBetween(before, after, CUT_GRAIN),
            { image: after, what: "all of it" },
        ]) {
            await open({ flashed: image, warmUpMs: 20_000 })
            let state: number | string = "lost"
            const log = bench.simulated.log.map(({ text }) => text).join("\n")
            if (!/formatting now/.test(log)) {
                const { calibration } = await channelNamed(bench, "temperature")
                expect([recordId(first), recordId(second), 0], what).toContain(calibration)
                state = calibration
            }
            seen.set(state, (seen.get(state) ?? 0) + 1)
            await bench.close()
        }
        expect(seen.get(recordId(second))).toBeGreaterThan(0)
        expect(seen.get(0) ?? 0, "a store without records, but with its program").toBe(0)
    })
})

describe("the journal", () => {
    it("reads past a line that was cut off, and names one that is none of its own", async () => {
        await open()
        const journal = new CalibrationJournal(folder)
        const record = Buffer.from(await recordFor(offset(1)))
        const entry = { time: "2026-11-30T12:00:00Z", action: "apply" as const, device: DEVICE, channel: "temperature", id: recordId(record), record: record.toString("hex") } // prettier-ignore
        journal.add(entry)
        const file = path.join(folder, DEVICE, "journal.ndjson")
        const whole = readFileSync(file, "utf8")
        writeFileSync(file, whole + whole.slice(0, 40))
        expect(journal.entries(DEVICE)).toEqual([entry])
        journal.add(entry)
        expect(() => journal.entries(DEVICE)).toThrow(JournalError)
        expect(() => journal.entries(DEVICE)).toThrow(/line 2 is no entry/)
    })

    it("has a record once in force that was applied twice, so that it is taken back at once", async () => {
        await open()
        const journal = new CalibrationJournal(folder)
        const entryOf = (action: "apply" | "roll-back", record: Uint8Array) => ({
            ...{ time: "2026-11-30T12:00:00Z", action, device: DEVICE, channel: "temperature" },
            ...{ id: recordId(record), record: Buffer.from(record).toString("hex") },
        })
        const [first, second] = [await recordFor(offset(1)), await recordFor(offset(2))]
        for (const record of [first, second, second]) journal.add(entryOf("apply", record))
        expect(journal.inForce(DEVICE).map(({ id }) => id)).toEqual([recordId(second)])
        journal.add(entryOf("roll-back", second))
        expect(journal.inForce(DEVICE).map(({ id }) => id)).toEqual([recordId(first)])
    })
})
