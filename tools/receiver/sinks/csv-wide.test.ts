import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { parse } from "csv-parse/sync"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import {
    ARRIVED_MS,
    Folders,
    openReceiver,
    story,
    finish,
} from "../../../tests/support/receiver-bench.js"
import { widerDeliveries } from "../../../tests/support/wider-schema.js"
import { type Delivery } from "../../../tests/support/receiver-bench.js"
import { FileSink } from "./files.js"
import { folderSink } from "./formats.js"

const DAY_MS = 86_400_000

interface Package {
    name: string
    resources: { name: string; path: string; schema: { fields: { name: string }[] } }[]
}

describe("wide CSV", () => {
    let folders: Folders
    beforeEach(() => (folders = new Folders()))
    afterEach(() => folders.remove())

    async function deliver(deliveries: readonly Delivery[], arrivedMs = ARRIVED_MS) {
        const sinks = [folderSink("csv-wide", folders.out)]
        const { receiver, notes } = await openReceiver(folders, { sinks })
        for (const { topic, payload } of deliveries) receiver.accept(topic, payload, arrivedMs)
        await finish(receiver)
        expect(notes).toEqual([])
    }

    function read(...names: string[]): string {
        return readFileSync(path.join(folders.out, ...names), "utf8")
    }

    const COMMON = ["site", "node", "time", "time_uncertainty_ms", "boot", "sequence"]
    const FIRST = [
        ...["temperature [Cel]", "temperature [Cel] quality"],
        ...["co2 [ppm]", "co2 [ppm] quality"],
    ]
    const ADDED = ['water, "deep" [Cel]', 'water, "deep" [Cel] quality']

    it("has a row for each time of sampling, and columns with unit and quality for each channel", async () => {
        await deliver(story(30))
        const lines = read("town", "n0", "2026-11-30.csv").split("\n")
        expect(lines[0]).toBe([...COMMON, ...FIRST].join(","))
        expect(lines[1]).toMatch(/^town,n0,20\d\d-[^,]*Z,\d*,7,3,0\.03,ok,9,ok$/)
        expect(lines[2]).toMatch(/^town,n0,20\d\d-[^,]*Z,\d*,7,3,0\.09,ok,,absent$/)
    })

    it("keeps columns where they are when a channel comes and another day begins", async () => {
        await deliver([...story(30), ...widerDeliveries("n1", 2)])
        const header = (name: string) => parse(read("town", "n1", name))[0].slice(COMMON.length)
        expect(header("2026-11-30.csv")).toEqual(FIRST)
        expect(header("2026-11-30.2.csv")).toEqual([...FIRST, ...ADDED])
        const rows = parse<Record<string, string>>(read("town", "n1", "2026-11-30.2.csv"), {
            columns: true,
        })
        expect(
            rows.map(row => [row["temperature [Cel]"], row["co2 [ppm]"], row[ADDED[0]]])
        ).toEqual([
            ["20.00", "600", "-1.50"],
            ["20.01", "601", "-1.50"],
        ])
        await deliver(story(60).slice(30), ARRIVED_MS + DAY_MS)
        expect(header("2026-12-01.csv")).toEqual([...FIRST, ...ADDED])
        expect(readdirSync(path.join(folders.out, "town", "n1")).sort()).toEqual([
            "2026-11-30.2.csv",
            "2026-11-30.csv",
            "2026-12-01.csv",
            "datapackage.json",
        ])
    })

    it("keeps files of nodes apart whose names differ in their case, or have a colon", async () => {
        const renamed = (node: string) =>
            story(30).map(({ topic, payload }) => ({
                topic: topic.replace(/\/n\d\//, `/${node}/`),
                payload,
            }))
        await deliver([...renamed("a:b"), ...renamed("A")])
        expect(readdirSync(path.join(folders.out, "town")).sort()).toEqual(["A", "a%3Ab"])
    })

    it("refuses a folder in which somebody else wrote such files", async () => {
        const folder = path.join(folders.out, "town", "n1")
        mkdirSync(folder, { recursive: true })
        writeFileSync(path.join(folder, "2026-01-01.csv"), "mine\n")
        const sinks = [folderSink("csv-wide", folders.out)]
        const { receiver, notes } = await openReceiver(folders, { sinks })
        await finish(receiver)
        expect(notes).toEqual([expect.stringContaining("has town/n1/2026-01-01.csv already")])
        expect(read("town", "n1", "2026-01-01.csv")).toBe("mine\n")
    })

    it("says in a Data Package beside the files what each column is, and keeps what people wrote there", async () => {
        await deliver(story(30))
        const file = path.join(folders.out, "town", "n1", "datapackage.json")
        const before = JSON.parse(readFileSync(file, "utf8")) as Package
        expect(problemsOf(before, path.dirname(file))).toEqual([])
        writeFileSync(file, JSON.stringify({ ...before, title: "Ådalen", licenses: [{}] }))
        await deliver(widerDeliveries("n1", 2))
        const after = JSON.parse(readFileSync(file, "utf8")) as Package
        expect(after).toMatchObject({ title: "Ådalen", licenses: [{}] })
        expect(problemsOf(after, path.dirname(file))).toEqual([])
        expect(after.resources.map(({ path }) => path)).toEqual([
            "2026-11-30.2.csv",
            "2026-11-30.csv",
        ])
    })

    it("and long CSV have a Data Package, also of two forms in one folder", async () => {
        const forms = ["csv", "csv-da", "ndjson"] as const
        const sinks = forms.map(form => new FileSink(folders.out, form))
        const { receiver, notes } = await openReceiver(folders, { sinks })
        for (const { topic, payload } of story(30)) receiver.accept(topic, payload, ARRIVED_MS)
        await finish(receiver)
        expect(notes).toEqual([])
        const described = JSON.parse(read("datapackage.json")) as Package
        expect(problemsOf(described, folders.out)).toEqual([])
        expect(described.resources.map(({ path }) => path)).toEqual([
            "readings-2026-11-30.csv",
            "readings-2026-11-30.da.csv",
        ])
    })
})

/** What the specification of Data Packages 1.0 and of Table Schema would have otherwise; [] = nothing. */
function problemsOf({ name, resources }: Package, folder: string): string[] {
    const problems: string[] = []
    const isName = (text: string) => /^[a-z0-9._-]+$/.test(text)
    if (!isName(name)) problems.push(`name ${name}`)
    if (resources.length === 0) problems.push("no resource")
    if (new Set(resources.map(({ name }) => name)).size < resources.length)
        problems.push("two resources have one name")
    for (const resource of resources) {
        const { path: file, name, schema } = resource
        const { dialect, missingValues } = {
            ...(resource as unknown as { dialect: { delimiter: string } }),
            ...(schema as unknown as { missingValues: string[] }),
        }
        if (!isName(name)) problems.push(`resource ${name}`)
        const text = readFileSync(path.join(folder, file), "utf8")
        const [header, ...rows] = parse(text, {
            bom: true,
            delimiter: dialect.delimiter,
        })
        const fields = schema.fields as Field[]
        if (header.join() !== fields.map(({ name }) => name).join())
            problems.push(`${file}: columns ${header.join()}`)
        for (const row of rows)
            row.forEach((cell, i) => {
                if (!fits(cell, fields[i], missingValues))
                    problems.push(`${file}: ${fields[i].name} ${fields[i].type} ${cell}`)
            })
    }
    return problems
}

interface Field {
    name: string
    type: string
    format?: string
    decimalChar?: string
    constraints?: { required?: boolean }
}

/** Whether a cell is what its field says, by the rules of Table Schema. */
function fits(cell: string, field: Field, missing: readonly string[]): boolean {
    if (missing.includes(cell)) return field.constraints?.required !== true
    switch (field.type) {
        case "number":
            return (field.decimalChar === "," ? /^-?\d+(,\d+)?$/ : /^-?\d+(\.\d+)?$/).test(cell)
        case "integer":
            return /^-?\d+$/.test(cell)
        case "datetime":
            return field.format === undefined
                ? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(cell)
                : /^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/.test(cell)
        default:
            return field.type === "string"
    }
}
