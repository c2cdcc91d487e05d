/** What parts do to themselves, over the USB service of a simulated node: `suitcase calibrate procedure`. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { RUN_DONE, RUN_NONE } from "../../src/core/protocol/procedures.js"
import { SCD30Model } from "../../src/drivers/scd30/model.js"
import { MLX90614Model } from "../../src/drivers/mlx90614/model.js"
import { VL53L1XModel } from "../../src/drivers/vl53l1x/model.js"
import { SCD4xModel } from "../../src/drivers/scd4x/model.js"
import { SEN5xModel } from "../../src/drivers/sen5x/model.js"
import { SPS30Model } from "../../src/drivers/sps30/model.js"
import { TRANSFER_NACK_DATA } from "../../src/drivers/shared/register-model.js"
import { TMP117Model } from "../../src/drivers/tmp117/model.js"
import { CalibrationRefused, type NodePart } from "../../tools/calibration/node-calibration.js"
import { CalibrationJournal } from "../../tools/calibration/journal.js"
import { ProcedureJournal } from "../../tools/calibration/procedure-journal.js"
import { PROCEDURE_RECORD } from "../../tools/calibration/procedure-record.js"
import { recordId, writeRecord } from "../../tools/calibration/record.js"
import { channelNamed } from "../../tools/calibration/node-session.js"
import {
    openSimBench,
    type SimBench,
    type SimBenchOptions,
} from "../../tools/calibration/sim-bench.js"
import {
    listProcedures,
    procedure,
    type ProcedureFlags,
} from "../../tools/cli/calibrate/procedure.js"
import {
    exportRecords,
    history,
    importRecords,
    restore,
} from "../../tools/cli/calibrate/records.js"
import { fakeTerminal } from "../support/fake-terminal.js"

let folder: string
let bench: SimBench
beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-procedures-"))
})
afterEach(async () => {
    await bench?.close()
    bench = undefined as unknown as SimBench
    rmSync(folder, { recursive: true })
})

async function open(options: SimBenchOptions = {}): Promise<SCD4xModel> {
    bench = await openSimBench(1, { warmUpMs: 30_000, ...options })
    return bench.sensors.find(each => each instanceof SCD4xModel) as SCD4xModel
}

async function run(name: string, value?: string, more: Partial<ProcedureFlags> = {}) {
    const terminal = fakeTerminal()
    const flags = {
        ...{ journal: folder, timeout: 900_000, resolution: 1, yes: true as const },
        ...{ technician: "mette", reference: "Testo 535", referenceCertificate: "2026-0412" },
        ...{ uncertainty: 20, ...more },
    }
    const code = await procedure(bench, name, value, flags, terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

async function part(): Promise<NodePart> {
    const [found] = await bench.during(bench.node.parts())
    return found
}

describe("a forced recalibration", () => {
    it("waits for three steady minutes, tells the correction in ppm, and the readings are right afterwards", async () => {
        const model = await open({ faults: new Map([["co2", { offset: 40 }]]) })
        const { code, out, err } = await run("recalibrate", "420", { json: true })
        expect(code, err).toBe(0)
        const record = PROCEDURE_RECORD.parse(JSON.parse(out))
        expect(record.result).toBe(model.correction)
        expect(record.result).toBeGreaterThan(-50)
        expect(record.result).toBeLessThan(-30)
        expect(record.reference?.asFound).toBeCloseTo(460, -1)
        expect(record.reference?.asLeft).toBeCloseTo(420, -1)
        expect(err).toContain(`adds ${model.correction} ppm to its readings`)
        expect(err).toContain("stable long enough")
        expect(new ProcedureJournal(folder).entries(bench.device)).toEqual([record])
        const kept = `${/ {2}(\S+recalibrate-\d+)$/m.exec(err)?.[1] ?? ""}.json`
        expect(PROCEDURE_RECORD.parse(JSON.parse(readFileSync(kept, "utf8")))).toEqual(record)
        expect(model.illegalAccesses).toEqual([])
        // The other parts measured on, and the node with them.
        expect(bench.simulated.panics).toEqual([])
    })

    it("that the part itself reports as failed (0xFFFF) is told, and nothing is recorded as done", async () => {
        const model = await open({ warmUpMs: 200_000 })
        Object.assign(model, { recalibrate: () => [0xffff] })
        const { code, err } = await run("recalibrate", "420")
        expect(code).toBe(1)
        expect(err).toContain("recalibration failed, the part had not measured before it")
        expect(model.correction).toBe(0)
        expect(new ProcedureJournal(folder).devices()).toEqual([])
    })

    it("does not begin while readings move: exit code 3", async () => {
        const model = await open({ faults: new Map([["co2", { noise: 60 }]]) })
        const { code, err } = await run("recalibrate", "420", { timeout: 400_000 })
        expect(code).toBe(3)
        expect(err).toContain("did not stand still for three minutes within 400 s")
        expect(model.correction).toBe(0)
    })

    it("is refused beyond what the part takes, with an expired reference, and without one", async () => {
        await open({ warmUpMs: 200_000 })
        const { code, err } = await run("recalibrate", "399")
        expect([code, err]).toEqual([1, expect.stringContaining("takes 400 to 5000 ppm, got 399")])
        await expect(
            run("recalibrate", "420", { referenceValidUntil: 1_600_000_000 })
        ).rejects.toThrow(/certificate of Testo 535 expired on 2020-09-13/)
        await expect(run("recalibrate")).rejects.toThrow(/needs what the reference shows/)
    })
})

/** Puts a correction in force. @returns its record */
async function correct(offset = 5, date = 1_700_000_000): Promise<Uint8Array> {
    const { name, part: maker, identity, calibration } = await channelNamed(bench, "co2")
    const record = writeRecord({
        ...{ channel: name, part: maker, identity, points: 1, uncertainty: 20 },
        ...{ reference: "Testo 535", certificate: "1", technician: "mette", date },
        ...{ previous: calibration, validUntil: undefined, temperature: undefined },
        correction: {
            method: "offset",
            origin: 0,
            coefficients: [{ mantissa: offset, exponent: 0 }],
        },
    })
    await bench.during(bench.node.apply(record))
    return record
}

describe("with a correction in force that was fitted to the part as it is", () => {
    it("a procedure is refused, and says which correction and what can be done", async () => {
        await open({ warmUpMs: 200_000 })
        const id = recordId(await correct())
        await expect(run("recalibrate", "420")).rejects.toThrow(
            `co2 has calibration ${id}, which was fitted to the part as it is: take it back (suitcase calibrate rollback co2, or --correction rollback), then recalibrate`
        )
        await expect(run("recalibrate", "420", { correction: "keep" })).rejects.toThrow(
            "it cannot be kept with recalibrate"
        )
        await expect(run("altitude", "60")).rejects.toThrow("or keep it on purpose")
        expect((await run("altitude")).err).toContain(`Calibration ${id} is in force on co2`)
        const terminal = fakeTerminal()
        await listProcedures(bench, false, terminal)
        expect(terminal.out.text).toContain("with a correction of the node in force")
        expect((await channelNamed(bench, "co2")).calibration).toBe(id)
    })

    it("a recalibration takes it and the one before back first, so that nothing is corrected twice", async () => {
        await open({ faults: new Map([["co2", { offset: 40, noise: 1 }]]) })
        const ids = [recordId(await correct(-30)), recordId(await correct(-40))]
        const { code, out, err } = await run("recalibrate", "420", {
            ...{ correction: "rollback", json: true, language: "da" },
        })
        expect(code, err).toBe(0)
        const record = PROCEDURE_RECORD.parse(JSON.parse(out))
        expect(record.corrections).toEqual([{ channel: "co2", id: ids[1], action: "rolled back" }])
        const co2 = await channelNamed(bench, "co2")
        expect(co2.calibration).toBe(0)
        const { raw, corrected } = await bench.during(bench.node.look(co2))
        expect(Math.abs((raw ?? 0) - 420), `raw ${raw} ppm`).toBeLessThan(10)
        expect(corrected).toBe(raw)
        const journal = new CalibrationJournal(folder)
        expect(journal.entries(bench.device).map(({ action, id }) => [action, id])).toEqual([
            ["roll-back", ids[1]],
            ["roll-back", ids[0]],
        ])
        const name = /^ {2}(\S+-recalibrate-\d+)$/m.exec(err)?.[1] ?? ""
        const page = readFileSync(`${name}.html`, "utf8")
        expect(page).toContain("<h1>Certifikat for en procedure</h1>")
        expect(page).toContain(`co2 ${ids[1]}: taget tilbage inden`)
        expect(page).toContain("Testo 535, 2026-0412, ± 20 ppm (k = 2)")
        expect(page).toContain("intet værd uden for simulatoren")
    })

    it("a setting keeps it where that is said on purpose, and its certificate says so", async () => {
        await open()
        const id = recordId(await correct())
        const { code, out } = await run("altitude", "60", { correction: "keep", json: true })
        expect(code).toBe(0)
        expect(PROCEDURE_RECORD.parse(JSON.parse(out))).toMatchObject({
            ...{ before: 0, result: 60, unit: "m", lasts: "until power loss" },
            corrections: [{ channel: "co2", id, action: "kept" }],
        })
        expect((await channelNamed(bench, "co2")).calibration).toBe(id)
    })

    it("that comes while the part stands still at the reference, nothing is begun", async () => {
        const model = await open()
        const live = bench.node.live.bind(bench.node)
        let asked = 0
        Object.assign(bench.node, {
            live: async (...of: Parameters<typeof live>) => {
                if (++asked === 20) await bench.node.apply(later)
                return live(...of)
            },
        })
        const later = await correct()
        await bench.during(bench.node.rollBack(await channelNamed(bench, "co2")))
        await expect(run("recalibrate", "420")).rejects.toThrow(
            `the corrections in force are others by now (co2 ${recordId(later)})`
        )
        expect(model.correction).toBe(0)
    })

    it("the node itself refuses to begin for somebody who does not know of it", async () => {
        const model = await open()
        const first = await part()
        await correct()
        await bench.during(bench.node.live(await channelNamed(bench, "co2"), 5))
        await expect(bench.during(bench.node.begin(first, 4, 60))).rejects.toThrow(
            /refused the procedure: another correction is in force on that part/
        )
        const now = await part()
        expect([first.corrections, now.corrections > 0]).toEqual([0, true])
        await bench.during(bench.node.begin(now, 4, 60))
        await bench.sleep(20_000)
        expect(model.settings.get("sensor_altitude")).toBe(60)
    })
})

describe("afterwards", () => {
    it("procedures stand in history and export, and a correction from before them is not put in force again", async () => {
        await open()
        const journal = new CalibrationJournal(folder)
        const terminal = fakeTerminal()
        const file = path.join(folder, "all.json")
        const old = await correct()
        await exportRecords(bench, path.join(folder, "old.json"), journal, terminal)
        journal.add({
            ...{ time: "2023-11-14T22:13:20.000Z", action: "apply", device: bench.device },
            ...{ channel: "co2", id: recordId(old), record: Buffer.from(old).toString("hex") },
        })
        await bench.during(bench.node.rollBack(await channelNamed(bench, "co2")))
        await run("altitude", "60")
        const [entry] = new ProcedureJournal(folder).entries(bench.device)
        // What it was fitted to is another part by now.
        await expect(
            importRecords(bench, path.join(folder, "old.json"), journal, terminal)
        ).rejects.toThrow(
            `calibration ${recordId(old)} was fitted before altitude of ${entry.date.slice(0, 10)}`
        )
        expect(await restore(bench, journal, terminal)).toBe(1)
        expect((await channelNamed(bench, "co2")).calibration).toBe(0)
        history(journal, undefined, false, terminal)
        expect(terminal.out.text.split("\n").slice(0, 2)).toEqual([
            `2023-11-14T22:13:20.000Z  ${bench.device}  apply      co2  ${recordId(old)}  mette, Testo 535 (1)`,
            `${entry.date}  ${bench.device}  altitude  Sensirion SCD4x  60 m  run ${entry.run}  mette`,
        ])
        await exportRecords(bench, file, journal, terminal)
        expect(terminal.err.text).toContain(`0 calibrations and 1 procedures of ${bench.device}`)
        const elsewhere = new CalibrationJournal(path.join(folder, "elsewhere"))
        for (let i = 0; i < 2; i++) await importRecords(bench, file, elsewhere, terminal)
        expect(new ProcedureJournal(elsewhere.folder).entries(bench.device)).toEqual([entry])
        // One that was fitted since then is taken.
        const fresh = await correct(3, Math.floor(bench.nowMs() / 1000) + 1)
        await exportRecords(bench, file, journal, terminal)
        await bench.during(bench.node.rollBack(await channelNamed(bench, "co2")))
        expect(await importRecords(bench, file, journal, terminal)).toBe(0)
        expect((await channelNamed(bench, "co2")).calibration).toBe(recordId(fresh))
    })
})

describe("settings of a part", () => {
    it("are told, changed, read back and stored in the part, and then outlive a power cut", async () => {
        const model = await open()
        expect((await run("temperature-offset")).err).toContain("the part has 4 °C")
        expect((await run("temperature-offset", "2.5", { store: true })).err).toMatch(
            /the part has 2.5 °C[^]*stored; 1 writes/
        )
        expect((await run("self-calibration", "off")).err).toMatch(
            /the part has off\n.*procedure store keeps it/
        )
        expect((await run("altitude", "60")).err).toContain("the part has 60 m")
        expect((await run("pressure", "987")).err).toContain("the part has 987 hPa")
        expect((await run("store")).err).toContain("stored; 2 writes")
        const again = await run("store")
        expect(again.code).toBe(1)
        expect(again.err).toContain("no setting was changed since the last time")
        expect(model.eepromWrites).toBe(2)
        expect([
            model.eeprom.get("temperature_offset"),
            model.eeprom.get("sensor_altitude"),
            model.eeprom.get("automatic_self_calibration_enabled"),
        ]).toEqual([Math.round((2.5 * 65535) / 175), 60, 0])
        // The driver gives the pressure to the part again after it was set up anew.
        await bench.world.run(130_000)
        expect(model.settings.get("ambient_pressure")).toBe(987)
        expect(model.illegalAccesses).toEqual([])
    })

    it("are refused outside of their limits, and when they are none", async () => {
        await open()
        const refusals: [string, string, RegExp][] = [
            ["altitude", "3001", /altitude must be 0 to 3000, got 3001/],
            ["temperature-offset", "-1", /must be 0 to 2000, got -100/],
            ["pressure", "699", /pressure must be 700 to 1200 hPa, got 699/],
        ]
        for (const [name, value, message] of refusals) {
            const { code, err } = await run(name, value)
            expect([name, code]).toEqual([name, 1])
            expect(err).toMatch(message)
        }
        await expect(run("self-calibration", "2")).rejects.toThrow("is on or off, not 2")
        await expect(run("altitude", "high")).rejects.toThrow("takes a number in m, not high")
        await expect(run("clean-fan")).rejects.toThrow("no part of this node has clean-fan")
        await expect(run("cook")).rejects.toThrow("there is no procedure cook; there are recal")
    })

    it("are not stored any more when the part's memory was written nearly as often as it stands", async () => {
        await open()
        const journal = new ProcedureJournal(folder)
        await run("altitude", "60", { store: true })
        const [entry] = journal.entries(bench.device).filter(each => each.procedure === "store")
        const lines = `${JSON.stringify(entry)}\n`.repeat(1899)
        appendFileSync(path.join(folder, bench.device, "procedures.ndjson"), lines)
        await expect(run("store")).rejects.toThrow(
            "store was done 1900 times to Sensirion SCD4x (serial f8969f073bbe), whose memory stands 2000 writes"
        )
    })
})

describe("a node", () => {
    it.each([
        ["indoor", "altitude", { store: true }, 1, "SCD4x"],
        ["air", "own-offset", {}, 0.01, "TMP117"],
        ["surfaces", "emissivity", {}, 0.001, "MLX90614"],
    ] as const)(
        "of %s: stores %s twenty times between two starts, and says then that it does not",
        async (set, name, flags, step, part) => {
            await open(set === "indoor" ? {} : { set })
            const from = name === "emissivity" ? 0.9 : 0
            const value = (i: number) => String(Number((from + step * i).toFixed(3)))
            for (let i = 1; i <= 20; i++) {
                const { code, err } = await run(name, value(i), flags)
                expect([i, code], err).toEqual([i, 0])
            }
            const { code, err } = await run(name, value(21), flags)
            expect(code).toBe(1)
            expect(err).toContain(
                `${part}: not stored, that was done 20 times since the node started`
            )
        }
    )
})

describe("parts beside the SCD4x", () => {
    const sensor = <T>(kind: abstract new (...args: never) => T) =>
        bench.sensors.find(each => each instanceof kind) as T

    it("an SCD30 is recalibrated, keeps it and its settings without power, and its readings are right", async () => {
        await open({ set: "air", faults: new Map([["co2", { offset: -60 }]]) })
        const model = sensor(SCD30Model)
        const { code, out, err } = await run("recalibrate", "420", { json: true })
        expect(code, err).toBe(0)
        const record = PROCEDURE_RECORD.parse(JSON.parse(out))
        expect(record.result).toBeGreaterThan(50)
        expect(record.result).toBeLessThan(70)
        expect(record.reference?.asFound).toBeCloseTo(360, -1)
        expect(record.reference?.asLeft).toBeCloseTo(420, -1)
        expect(model.recalibrations).toEqual([420])
        expect((await run("altitude", "60")).err).toContain("the part has 60 m")
        expect((await run("self-calibration", "on")).err).toContain("the part has on")
        expect((await run("temperature-offset", "1.5")).err).toContain("the part has 1.5 °C")
        expect([...model.settings.values()]).toEqual([2, 1, 150, 60])
        // The air pressure counts instead of the altitude, and the driver gives it again at each start.
        expect((await run("pressure", "987")).err).toMatch(
            /the part has 0 hPa now\n.*the part has 987 hPa\nThe node forgets it when it starts again\./
        )
        expect((await run("pressure")).err).toContain("the part has 987 hPa")
        model.brownOut(bench.world.clock.wallMs)
        await bench.world.run(130_000)
        expect(model.pressure).toBe(987)
        expect((await run("pressure", "699")).err).toContain("pressure must be 700 to 1400 hPa")
        expect((await run("altitude", "3001")).err).toContain("altitude must be 0 to 3000")
        expect((await run("recalibrate", "2001")).err).toContain("must be 400 to 2000")
        expect(model.illegalAccesses).toEqual([])
    })

    it("an SCD30 that does not answer with the reference it was given is said to have failed", async () => {
        await open({ set: "air", warmUpMs: 240_000 })
        const model = sensor(SCD30Model)
        Object.defineProperty(model, "reference", { get: () => 400, set: () => undefined })
        const { code, err } = await run("recalibrate", "420")
        expect([code, err]).toEqual([1, expect.stringContaining("does not keep what it is given")])
    })

    it("an SPS30 blows out its fan for ten seconds of gaps, and then measures again", async () => {
        await open({ set: "air", warmUpMs: 60_000 })
        const model = sensor(SPS30Model)
        const { code, err } = await run("clean-fan")
        expect(code, err).toBe(0)
        expect(err).toContain("the part measures again and reports no trouble with its fan")
        const ago = bench.world.clock.wallMs - model.cleanedAt
        expect(ago).toBeGreaterThan(10_000)
        expect(ago).toBeLessThan(120_000)
        expect(model.illegalAccesses).toEqual([])
    })

    it("an SPS30 whose fan is stuck afterwards is not said to be well", async () => {
        await open({ set: "air", warmUpMs: 60_000 })
        sensor(SPS30Model).status = 0x10
        const { code, err } = await run("clean-fan", undefined, { timeout: 60_000 })
        expect([code, err]).toEqual([3, expect.stringContaining("no good readings came")])
    })

    it("a SEN5x blows out its fan as well, keeps what its VOC index has learned, and says when the fan is stuck", async () => {
        await open({ set: "particles", warmUpMs: 60_000 })
        const model = sensor(SEN5xModel)
        const [, before] = model.vocState
        const { code, err } = await run("clean-fan")
        expect(code, err).toBe(0)
        expect(err).toContain("the part measures again and reports no trouble with its fan")
        const ago = bench.world.clock.wallMs - model.cleanedAt
        expect(ago).toBeGreaterThan(10_000)
        expect(ago).toBeLessThan(120_000)
        expect(model.vocState[1], "s that the VOC index has seen").toBeGreaterThan(before)
        model.status = 0x10
        const stuck = await run("clean-fan", undefined, { timeout: 60_000 })
        expect([stuck.code, stuck.err]).toEqual([
            3,
            expect.stringContaining("no good readings came"),
        ])
        expect(model.illegalAccesses).toEqual([])
    })

    it("a TMP117 tells its own offset, takes another one, and has it after a power cut", async () => {
        await open({ set: "air", warmUpMs: 5000 })
        const model = sensor(TMP117Model)
        model.eeprom.set(0x07, 0xffc0)
        model.brownOut(bench.world.clock.wallMs)
        await bench.world.run(10_000)
        expect((await run("own-offset")).err).toContain("the part has -0.5 °C")
        expect(model.eepromWrites).toBe(0)
        expect((await run("own-offset", "0.25")).err).toContain("the part has 0.25 °C")
        expect((await run("own-offset", "0.25")).err).toContain("the part has 0.25 °C")
        expect([model.eepromWrites, model.eeprom.get(0x07)]).toEqual([1, 32])
        expect((await run("own-offset", "10.01")).err).toContain("must be -1000 to 1000")
        expect(model.illegalAccesses).toEqual([])
    })

    it.each([
        ["the offset", 0x07],
        ["the lock", 0x04],
    ])(
        "a TMP117 is locked again when writing %s fails, and keeps the offset that it had",
        async (_, register) => {
            await open({ set: "air", warmUpMs: 5000 })
            const model = sensor(TMP117Model)
            const transfer = model.transfer.bind(model)
            const locks: number[] = []
            let failures = 1
            model.transfer = (bytes, ...rest) => {
                const isWrite = bytes.length === 3
                const isMeant = bytes[0] === register && !(register === 0x04 && bytes[1] === 0x80)
                if (isWrite && isMeant && failures-- > 0)
                    return { status: TRANSFER_NACK_DATA, data: new Uint8Array() }
                if (isWrite && bytes[0] === 0x04) locks.push(bytes[1])
                return transfer(bytes, ...rest)
            }
            const { code } = await run("own-offset", "0.25")
            expect([code, model.eepromWrites]).toEqual(register === 0x07 ? [1, 0] : [0, 1])
            expect(locks).toEqual([0x80, 0])
            expect(model.illegalAccesses).toEqual([])
        }
    )

    it("a VL53L1X behind a cover glass is off by offset and crosstalk, and right after both procedures", async () => {
        const distance = { offset: 0.012, glass: 8, noise: 0.0005 }
        await open({ set: "surfaces", warmUpMs: 20_000, faults: new Map([["distance", distance]]) })
        const model = sensor(VL53L1XModel)
        const shown = async () => {
            const channel = await channelNamed(bench, "distance")
            return (await bench.during(bench.node.look(channel))).raw ?? 0
        }
        // Near the target the glass adds next to nothing.
        const first = await run("range-offset", "0.1", { json: true, uncertainty: 0.001 })
        expect(first.code, first.err).toBe(0)
        const offset = PROCEDURE_RECORD.parse(JSON.parse(first.out))
        expect(offset).toMatchObject({ unit: "m", resultUnit: "mm", lasts: "kept" })
        expect(offset.result, "mm").toBeGreaterThan(-14)
        expect(offset.result, "mm").toBeLessThan(-8)
        expect(offset.reference?.asLeft).toBeCloseTo(0.1, 2)
        bench.bring("distance", 1)
        await bench.sleep(70_000)
        expect(await shown(), "mm at 1 m, before").toBeLessThan(800)
        const second = await run("crosstalk", "0.6", { json: true, uncertainty: 0.001 })
        expect(second.code, second.err).toBe(0)
        const crosstalk = PROCEDURE_RECORD.parse(JSON.parse(second.out))
        expect(Math.abs(crosstalk.result - 8000), "1/s").toBeLessThan(250)
        for (const metres of [0.2, 1, 2]) {
            bench.bring("distance", metres)
            await bench.sleep(70_000)
            expect(Math.abs((await shown()) - 1000 * metres), `mm at ${metres} m`).toBeLessThan(35)
        }
        expect(model.illegalAccesses).toEqual([])
        // The part loses its power, and gets both again from its driver.
        model.brownOut(bench.world.clock.wallMs)
        await bench.sleep(130_000)
        expect(Math.abs((await shown()) - 2000), "mm after it").toBeLessThan(35)
        // The node loses its power too: it has kept both.
        bench.simulated.powerCut(5000)
        await bench.sleep(150_000)
        expect(Math.abs((await shown()) - 2000), "mm after a power cut").toBeLessThan(35)
    })

    it("a VL53L1X keeps what it had where the target is elsewhere, too far to be seen, or refused", async () => {
        await open({ set: "surfaces", warmUpMs: 20_000 })
        const model = sensor(VL53L1XModel)
        const refusals: [string, string, RegExp][] = [
            ["range-offset", "0.03", /target \(mm\) must be 40 to 4000, got 30/],
            ["range-offset", "0.039", /got 39/],
        ]
        for (const [name, value, message] of refusals) {
            const { code, err } = await run(name, value)
            expect([code, err]).toEqual([1, expect.stringMatching(message)])
        }
        const bring = bench.bring
        Object.assign(bench, { bring: () => bring("distance", 0.5) })
        expect((await run("range-offset", "0.14")).err).toMatch(
            /reads (499|50[01]) mm: is the target at 140 mm\?/
        )
        const begin = bench.node.begin.bind(bench.node)
        Object.assign(bench.node, {
            begin: async (...of: Parameters<typeof begin>) => {
                model.rangeStatus = 4
                await begin(...of)
            },
        })
        expect((await run("crosstalk", "0.5")).err).toContain("sees no target well enough")
        model.rangeStatus = undefined
        await bench.sleep(130_000)
        const channel = await channelNamed(bench, "distance")
        const { raw } = await bench.during(bench.node.look(channel))
        expect(Math.abs((raw ?? 0) - 500), "mm").toBeLessThan(5)
        expect(new ProcedureJournal(folder).devices()).toEqual([])
    })

    it("an MLX90614 stores the emissivity of a surface, and is right when it was switched off and on", async () => {
        const object = { emissivity: 0.7, noise: 0.01 }
        await open({
            ...{ set: "surfaces", warmUpMs: 5000 },
            faults: new Map([["object_temperature", object]]),
        })
        const model = sensor(MLX90614Model)
        const shown = async () => {
            const channel = await channelNamed(bench, "object_temperature")
            return bench.during(bench.node.look(channel))
        }
        bench.bring("object_temperature", 60)
        await bench.sleep(70_000)
        expect((await shown()).raw, "0.01 °C, before").toBeLessThan(5100)
        expect((await run("emissivity")).err).toContain("the part has 1\n")
        expect(model.stores).toBe(0)
        const { code, err } = await run("emissivity", "0.7")
        expect(code, err).toBe(0)
        expect(err).toMatch(/the part has 1 now\n.*the part has 0.7\n.*switched off and on/)
        expect([model.stores, model.emissivity]).toEqual([2, Math.round(65535 * 0.7)])
        // What it measures until then is worth nothing, and is not shown.
        const { takenMs } = await shown()
        await bench.sleep(130_000)
        expect((await shown()).takenMs).toBe(takenMs)
        bench.simulated.powerCut(1000)
        model.brownOut(bench.world.clock.wallMs)
        await bench.sleep(70_000)
        expect(Math.abs(((await shown()).raw ?? 0) - 6000), "0.01 °C from 60 °C").toBeLessThan(15)
        expect((await run("emissivity", "0.7")).err).toContain("the part has 0.7")
        expect(model.stores).toBe(2)
        expect((await run("emissivity", "0.099")).err).toContain("must be 100 to 1000, got 99")
        expect(model.illegalAccesses).toEqual([])
    })

    it("an MLX90614 with two sensors is refused, and one whose emissivity is erased gives gaps until it has one", async () => {
        await open({ set: "surfaces", warmUpMs: 5000 })
        const model = sensor(MLX90614Model)
        model.preset(0x05, 0x9ff4)
        expect((await run("emissivity", "0.7")).err).toContain("it has two sensors: correct its")
        expect(model.stores).toBe(0)
        model.preset(0x05, 0x9fb4)
        // The power went between erasing and writing.
        model.preset(0x04, 0)
        bench.simulated.powerCut(1000)
        model.brownOut(bench.world.clock.wallMs)
        await bench.sleep(70_000)
        const channel = await channelNamed(bench, "object_temperature")
        expect((await bench.during(bench.node.look(channel))).takenMs).toBe(0)
        expect((await run("emissivity", "0.95")).err).toContain("the part has 0.95\n")
        bench.simulated.powerCut(1000)
        model.brownOut(bench.world.clock.wallMs)
        await bench.sleep(70_000)
        const again = await channelNamed(bench, "object_temperature")
        expect((await bench.during(bench.node.look(again))).raw).toBeGreaterThan(4000)
    })

    it.each(["own-offset", "clean-fan"])(
        "%s of a part that was pulled out fails, in words",
        async name => {
            await open({ set: "air", warmUpMs: 5000 })
            for (const model of bench.sensors) model.faults.unplugged = true
            const { code, err } = await run(name, name === "own-offset" ? "1" : undefined, {
                timeout: 60_000,
            })
            expect([code, err]).toEqual([1, expect.stringMatching(/suitcase: .*\w/)])
        }
    )
})

describe("the node", () => {
    it("begins nothing without the token that it told, nor with the part in service, nor twice", async () => {
        const model = await open()
        const co2 = await channelNamed(bench, "co2")
        const first = await part()
        const begin = (given: NodePart, id: number) => bench.during(bench.node.begin(given, id, 60))
        await expect(begin(first, 4)).rejects.toThrow(/the part is in service/)
        await bench.during(bench.node.live(co2, 5))
        await expect(begin({ ...first, token: first.token + 1 }, 4)).rejects.toThrow(
            CalibrationRefused
        )
        for (const id of [0, 7, 31, 36, 255])
            await expect(begin(first, id)).rejects.toThrow(/no such procedure/)
        expect((await bench.during(bench.node.run(first))).state).toBe(RUN_NONE)
        await begin(first, 4)
        await begin(first, 4)
        await bench.sleep(20_000)
        expect(await bench.during(bench.node.run(first))).toEqual({
            ...{ state: RUN_DONE, result: 60, token: first.token, reason: "" },
        })
        expect((await part()).token).not.toBe(first.token)
        expect(model.illegalAccesses).toEqual([])
    })

    it("lists what its parts can do, as text and as JSON", async () => {
        await open({ warmUpMs: 10_000 })
        const [text, json] = [fakeTerminal(), fakeTerminal()]
        await listProcedures(bench, false, text)
        await listProcedures(bench, true, json)
        expect(text.out.text).toMatch(
            /^Sensirion SCD4x \(serial f8969f073bbe\), --channel co2\n {2}recal/
        )
        expect(JSON.parse(json.out.text)).toMatchObject({
            channel: "co2",
            procedures: expect.arrayContaining(["recalibrate", "store"]) as string[],
        })
    })
})
