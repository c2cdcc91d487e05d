/** `suitcase calibrate batch`: the correction of a batch of parts, named and versioned, as a record like any other. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { FrameCollector } from "../../tools/decoder/collector.js"
import { type Reading } from "../../tools/decoder/index.js"
import { parseBatch, type BatchCorrection } from "../../tools/calibration/batch.js"
import { CalibrationJournal } from "../../tools/calibration/journal.js"
import { channelNamed } from "../../tools/calibration/node-session.js"
import { openSimBench, type SimBench } from "../../tools/calibration/sim-bench.js"
import { putBatch, readBatch } from "../../tools/cli/calibrate/batch.js"
import { exportRecords, history, rollBack, verify } from "../../tools/cli/calibrate/records.js"
import { calibrateCommand } from "../../tools/cli/commands/calibrate.js"
import { fakeTerminal } from "../support/fake-terminal.js"

const BARKJOHN = "docs/corrections/epa-barkjohn-2021.yaml"

let folder: string
let bench: SimBench | undefined
beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-batch-"))
})
afterEach(async () => {
    await bench?.close()
    bench = undefined
    rmSync(folder, { recursive: true })
})

async function run(typed: string) {
    const terminal = fakeTerminal()
    let code: number | undefined
    const command = calibrateCommand(terminal, given => (code = given)).exitOverride()
    await command.parseAsync(["--journal", folder, ...typed.split(" ")], { from: "user" })
    return { code, out: terminal.out.text, err: terminal.err.text }
}

async function put(batch: BatchCorrection, nodes: readonly SimBench[]) {
    const terminal = fakeTerminal()
    const journal = new CalibrationJournal(folder)
    const flags = { technician: "mette", timeout: 900_000, yes: true } as const
    const code = await putBatch(nodes, batch, flags, { journal, terminal, ask: undefined })
    return { code, err: terminal.err.text }
}

const barkjohn = readBatch(BARKJOHN)
/** In 0.1 µg/m³: what the paper's formula gives, rounded. */
const inTenths = (mass: number, humidity: number) =>
    Math.round(10 * (5.75 + 0.524 * mass - 0.0862 * humidity))
const VERSION_2: BatchCorrection = {
    ...barkjohn,
    version: "2026",
    correction: { constant: 0, perReading: 0.5, perHumidity: 0, perBoth: 0 },
}

describe("suitcase calibrate batch", () => {
    it("puts a correction by humidity onto a node, and says what it reads then", async () => {
        const typed = `batch ${BARKJOHN} --sim --sim-parts outdoor --technician mette --yes --json`
        const { code, out, err } = await run(typed)
        expect(code, err).toBe(0)
        expect(err).toContain("pm25_corrected of Plantower PMSA003I gets epa-barkjohn 2021")
        expect(err).toMatch(/it reads 21\.0 µg\/m³ raw, 12\.9 µg\/m³ corrected/)
        expect(JSON.parse(out)).toMatchObject({
            ...{ channel: "pm25_corrected", name: "epa-barkjohn", version: "2021", previous: 0 },
        })
        expect((await run("history")).out).toMatch(
            /apply {6}pm25_corrected {2}\d+ {2}mette, epa-barkjohn \(2021\)/
        )
    })

    it("says in Danish what it does", async () => {
        const typed = `batch ${BARKJOHN} --sim --sim-parts outdoor --technician mette --yes --language da`
        expect((await run(typed)).err).toContain(
            "pm25_corrected for Plantower PMSA003I får epa-barkjohn 2021"
        )
    })

    it("is for nodes that have such a part: exit code 2 without one", async () => {
        const { code, err } = await run(`batch ${BARKJOHN} --sim --technician mette --yes`)
        expect(code).toBe(2)
        expect(err).toContain("no node has pm25_corrected of Plantower PMSA003I")
    })

    it("reaches several nodes at once, each with a record of its own", async () => {
        const typed = `batch ${BARKJOHN} --sim --sim-parts outdoor --sim-nodes 3 --technician mette --yes`
        const { code, err } = await run(typed)
        expect(code, err).toBe(0)
        expect(err.match(/sim-\d: pm25_corrected has calibration/g)).toHaveLength(3)
    })

    it.each([
        ["--yes", /a batch's correction needs --technician/],
        ["--technician mette", /nobody can be asked whether to write this: say --yes/],
    ])("with only %s is refused", async (flags, message) => {
        const typed = `batch ${BARKJOHN} --sim --sim-parts outdoor ${flags}`
        await expect(run(typed)).rejects.toThrow(message)
    })

    it.each([
        ["nothing: [", /it is no YAML/],
        ["format: 2", /format/],
        [change({ name: "" }), /name/],
        [change({ validUntil: "2027-02-31" }), /validUntil: a day such as/],
        [change({ serials: [] }), /serials/],
        [change({ colour: "red" }), /colour/],
        [change({ correction: { gain: 1 } }), /correction/],
        [change({ unit: "mg/m3" }), /pm25_corrected is in ug\/m3, the correction in mg\/m3/],
        [
            change({
                correction: { constant: 0, perReading: 0.5, perHumidity: 0, perBoth: -0.01 },
            }),
            /at 55 %RH a higher raw reading would give a lower corrected one/,
        ],
        [
            change({ correction: { constant: 1e12, perReading: 1, perHumidity: 0 } }),
            /too far apart/,
        ],
    ])("a file with %s is refused, and nothing is written", async (text, message) => {
        const file = path.join(folder, "b.yaml")
        writeFileSync(file, text)
        const typed = `batch ${file} --sim --sim-parts outdoor --technician mette --yes`
        await expect(run(typed)).rejects.toThrow(message)
        expect(new CalibrationJournal(folder).devices()).toEqual([])
    })
})

/** The shipped file with other members, as JSON, which is YAML too. */
function change(members: object): string {
    return JSON.stringify({ ...barkjohn, ...members })
}

describe("the correction of a batch on a node", () => {
    it("goes through frames into readings, beside the raw mass, with the id of its record", async () => {
        const node = (bench = await openSimBench(1, { set: "outdoor" }))
        const readings: Reading[] = []
        const collector = new FrameCollector({ onReading: reading => readings.push(reading) })
        node.broker.subscribe("suitcase/#", (topic, payload) => collector.accept(topic, payload))
        await put(barkjohn, [node])
        // Frames cover some minutes.
        await node.sleep(1_800_000)
        const { calibration } = await channelNamed(node, "pm25_corrected")
        const of = (channel: string) =>
            readings.filter(reading => reading.channel === channel && !reading.isGap)
        const corrected = of("pm25_corrected").filter(
            reading => reading.calibration === calibration
        )
        expect(corrected.length, "corrected readings").toBeGreaterThan(10)
        const humidities = of("humidity")
        for (const { time, integer } of corrected) {
            const humidity = humidities.find(other => other.time === time)?.value as number
            expect(integer, `0.1 µg/m³ at ${humidity} %RH`).toBe(inTenths(21, humidity))
        }
        expect(new Set(of("pm25").map(({ value }) => value))).toEqual(new Set([21]))
        expect(new Set(of("pm25").map(reading => reading.calibration))).toEqual(new Set([0]))
    })

    it("is there once, gives way to a new version, and comes back when that is taken back", async () => {
        const node = (bench = await openSimBench(1, { set: "outdoor" }))
        await put(barkjohn, [node])
        const first = (await channelNamed(node, "pm25_corrected")).calibration
        const again = await put(barkjohn, [node])
        expect(again.err).toBe("all have epa-barkjohn 2021\n")
        expect((await channelNamed(node, "pm25_corrected")).calibration).toBe(first)

        const second = await put(VERSION_2, [node])
        expect(second.err).toContain("gets epa-barkjohn 2026 in place of epa-barkjohn (2021)")
        expect(second.err).toContain("21.0 µg/m³ raw, 10.5 µg/m³ corrected")

        const terminal = fakeTerminal()
        const journal = new CalibrationJournal(folder)
        expect(await verify(node, journal, terminal)).toBe(0)
        await rollBack(node, "pm25_corrected", journal, terminal)
        expect((await channelNamed(node, "pm25_corrected")).calibration).toBe(first)
        expect(await verify(node, journal, terminal)).toBe(0)
        await exportRecords(node, path.join(folder, "all.json"), journal, terminal)
        const { records } = JSON.parse(readFileSync(path.join(folder, "all.json"), "utf8")) as {
            records: string[]
        }
        expect(records).toHaveLength(1)
        history(journal, undefined, false, terminal)
        expect(terminal.out.text).toMatch(/epa-barkjohn \(2026\)/)
    })

    it("is noted in a journal that lost the answer", async () => {
        const node = (bench = await openSimBench(1, { set: "outdoor" }))
        await put(barkjohn, [node])
        rmSync(folder, { recursive: true })
        await put(barkjohn, [node])
        const { calibration } = await channelNamed(node, "pm25_corrected")
        expect(new CalibrationJournal(folder).inForce(node.device).map(({ id }) => id)).toEqual([
            calibration,
        ])
    })

    it("is for the parts with its serial numbers, and no others of the kind", async () => {
        const node = (bench = await openSimBench(1))
        const { part, identity, column } = await channelNamed(node, "temperature")
        expect(identity).not.toBe("")
        const lot = (serial: string) =>
            parseBatch(
                JSON.stringify({
                    ...{ format: 1, name: "lot 7", version: "a", part, channel: "temperature" },
                    ...{ unit: column.unit, serials: [serial], source: "the maker's notice" },
                    ...{ uncertainty: 0.1, correction: { offset: -0.5 } },
                })
            )
        expect((await put(lot("another"), [node])).code).toBe(2)
        const { code, err } = await put(lot(identity), [node])
        expect(code, err).toBe(0)
        const [, raw, corrected] = /reads ([\d.]+) °C raw, ([\d.]+) °C/.exec(err) ?? []
        expect(Number(corrected) - Number(raw), "°C").toBeCloseTo(-0.5, 1)
    })
})
