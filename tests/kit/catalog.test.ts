/** Records of datasets after DCAT-AP-DK 2.0.2, and metadata for OS2iot. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { run } from "../../tools/cli/cli.js"
import { type Thing } from "../../tools/kit/catalog.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { fileWith } from "./kit-bench.js"

const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-catalog-"))
afterAll(() => rmSync(folder, { recursive: true }))

const CATALOG = `language: da
catalog:
  publisher: { name: Aarhus Kommune, url: https://www.aarhus.dk }
  contact: { name: "Datakontoret \\"IoT\\"", email: data@city.example }
  dataset: https://data.city.example/iot
  access: https://data.city.example/`
const NODE = `title: Foyeren
place: { lat: 56.15, lon: 10.2, height: 3 }
board: suitcase_xiao_c3
settings: { interval: 5m }
notification: { threshold: 3h, email: iot@city.example, phone: "+45 12345678", silenced_until: 2027-03-31 }
sensors: [scd41]`

async function suitcase(kit: string, ...words: string[]) {
    writeFileSync(path.join(folder, "suitcase.yaml"), kit)
    const terminal = fakeTerminal()
    const code = await run([...words, "--file", folder], terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

/** Mandatory properties of the profile's SHACL shapes, and its recommended ones that a kit file can tell. */
const EXPECTED = {
    "dcat:Catalog": [
        "dct:title",
        "dct:description",
        "dcat:dataset",
        "dct:publisher",
        "foaf:homepage",
        "dct:language",
        "dct:license",
    ],
    "dcat:Dataset": [
        "dct:identifier",
        "dct:title",
        "dct:description",
        "dct:publisher",
        "dcat-dk:datasetResponsibleOrganisation",
        "dcat:contactPoint",
        "dcat:distribution",
        "dcat:theme",
        "dct:language",
        "dct:accrualPeriodicity",
    ],
    "dcat:Distribution": ["dcat:accessURL", "dct:description", "dct:format", "dct:license"],
} as const

describe("suitcase catalog", () => {
    it("has what the profile asks of catalogue, dataset and distribution", async () => {
        const { code, out, err } = await suitcase(fileWith(NODE, CATALOG), "catalog")
        expect(err).toBe("")
        expect(code).toBe(0)
        const catalog = JSON.parse(out) as Thing
        const [dataset] = catalog["dcat:dataset"] as Thing[]
        const distribution = dataset["dcat:distribution"] as Thing
        for (const thing of [catalog, dataset, distribution]) {
            const properties = EXPECTED[thing["@type"] as keyof typeof EXPECTED]
            for (const property of properties)
                expect(thing, String(thing["@type"])).toHaveProperty([property])
        }
        expect(catalog["dct:publisher"]).toMatchObject({
            "foaf:name": { "@value": "Aarhus Kommune", "@language": "da" },
        })
    })

    it("says place, pace, channels and units of a node", async () => {
        const { out } = await suitcase(fileWith(NODE, CATALOG), "catalog")
        const [dataset] = (JSON.parse(out) as Thing)["dcat:dataset"] as Thing[]
        expect(dataset).toMatchObject({
            "@id": "https://data.city.example/iot/townhall/hall",
            "dct:spatial": { "dcat:centroid": { "@value": "POINT(10.2 56.15)" } },
            "dcat:temporalResolution": { "@value": "PT300S", "@type": "xsd:duration" },
        })
        const [co2, temperature] = dataset["schema:variableMeasured"] as Thing[]
        expect(co2).toMatchObject({
            "schema:name": { "@value": "co2" },
            "schema:unitText": { "@value": "ppm" },
            "schema:unitCode": { "@value": "59" },
        })
        expect(temperature["schema:minValue"]).toEqual({ "@value": "-10", "@type": "xsd:decimal" })
    })

    it("is the same as Turtle, with quotes escaped", async () => {
        const { out } = await suitcase(fileWith(NODE, CATALOG), "catalog", "--format", "turtle")
        expect(out).toContain("@prefix dcat: <http://www.w3.org/ns/dcat#> .\n")
        expect(out).toContain('vcard:fn "Datakontoret \\"IoT\\""@da')
        expect(out).toMatch(/<https:\/\/data\.city\.example\/iot>\n {4}a dcat:Catalog ;\n/)
        expect(out).toMatch(
            /<https:\/\/data\.city\.example\/iot\/townhall\/hall>\n {4}a dcat:Dataset ;\n/
        )
        expect(out).toContain(
            '"POINT(10.2 56.15)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'
        )
        const [opened, closed] = [out.split("[").length, out.split("]").length]
        expect(opened).toBe(closed)
    })

    it("takes the channels of a program from what it publishes", { timeout: 120_000 }, async () => {
        const program = path.join(PROJECT_ROOT, "devs/indoor-climate.ts")
        const kit = fileWith(`board: suitcase_xiao_c3\napp: ${JSON.stringify(program)}`, CATALOG)
        const [dataset] = (JSON.parse((await suitcase(kit, "catalog")).out) as Thing)[
            "dcat:dataset"
        ] as Thing[]
        const names = (dataset["schema:variableMeasured"] as Thing[]).map(one => one["schema:name"])
        expect(names).toMatchObject(
            ["temperature", "humidity", "co2", "illuminance"].map(name => ({ "@value": name }))
        )
    })

    it("says what the kit file has to tell", async () => {
        expect(await suitcase(fileWith(NODE), "catalog")).toMatchObject({
            code: 2,
            err: expect.stringMatching(
                /has no catalog: write publisher, contact, dataset and access/
            ) as string,
        })
    })
})

describe("suitcase kit metadata and silence", () => {
    it("gives OS2iot's alert manager seconds, address, number and day", async () => {
        const { out } = await suitcase(fileWith(NODE), "kit", "metadata")
        expect(JSON.parse(out)).toEqual({
            site: "townhall",
            node: "hall",
            title: "Foyeren",
            metadata: {
                notification_threshold: 10_800,
                email: "iot@city.example",
                phone: "+45 12345678",
                silenced_until: "2027-03-31",
            },
        })
        const plain = await suitcase(
            fileWith("board: suitcase_pico_w\nsensors: [sht4x]"),
            "kit",
            "metadata"
        )
        expect(JSON.parse(plain.out)).toMatchObject({
            metadata: { notification_threshold: 86_400 },
        })
    })

    it("silences a node in the file, whose comments stay", async () => {
        const kit = fileWith("board: suitcase_pico_w # in the foyer\nsensors: [sht4x]")
        expect((await suitcase(kit, "kit", "silence", "hall", "--until", "2027-03-31")).code).toBe(
            0
        )
        const terminal = fakeTerminal()
        await run(["kit", "metadata", "--file", folder], terminal)
        expect(terminal.out.text).toContain('"silenced_until":"2027-03-31"')
        expect((await suitcase(kit, "kit", "silence", "hal", "--until", "2027-03-31")).err).toMatch(
            /did you mean hall\?/
        )
        expect((await suitcase(kit, "kit", "silence", "hall", "--until", "soon")).err).toMatch(
            /takes a day such as/
        )
    })
})
