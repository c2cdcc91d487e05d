import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"
import { EPOCH, clockText, frame, json, schemaBytes } from "../../../tests/support/decoder-bench.js"
import { FrameCollector } from "../../decoder/index.js"
import { csvCell } from "./csv-cell.js"
import { HEADERS, linesOf, LINE_FORMATS, type LineFormat } from "./lines.js"

/** Lines of one frame with a schema whose first channel has these words in it. */
function linesWith(
    format: LineFormat,
    words: Record<string, string> = {},
    calibrations?: Readonly<Record<string, number>>
): string[] {
    const schema = JSON.parse(schemaBytes.toString()) as { channels: object[] }
    const [first, ...others] = schema.channels
    const changed = json({ ...schema, channels: [{ ...first, ...words }, ...others], calibrations })
    let lines = ""
    const collector = new FrameCollector({ onFrame: of => (lines += linesOf(format)(of)) })
    collector.accept("suitcase/town/n1/schema", changed)
    const { schemas } = [...collector.known()][0]
    const rows = [[-501, undefined]]
    collector.accept("suitcase/town/n1/frame", frame(3, { rows, schema: schemas[0].id }))
    return lines.trimEnd().split("\n")
}

describe("readings as lines", () => {
    it("of CSV hold nothing that a spreadsheet would run, and negative numbers stay numbers", () => {
        const [first, second] = linesWith("csv", { name: "=cmd|'/c calc'!A0", unit: '@SUM("A1")' })
        const time = new Date(EPOCH).toISOString()
        expect(first).toBe(`town,n1,7,3,${time},'=cmd|'/c calc'!A0,"'@SUM(""A1"")",-5.01,-501,ok,,`)
        expect(second).toBe(`town,n1,7,3,${time},co2,ppm,,,absent,,`)
        expect(first.split(",").length).toBe(HEADERS.csv.split(",").length)
    })

    it.each([
        ["=1+1", "'=1+1"],
        ["+45", "'+45"],
        ["-2", "'-2"],
        ["@x", "'@x"],
        ["\tx", "'\tx"],
        ["a,b", '"a,b"'],
        ['say "x"', '"say ""x"""'],
        ["room-2", "room-2"],
        ["", ""],
    ])("make the name %j the cell %s", (name, cell) => {
        expect(csvCell(name)).toBe(cell)
    })

    it("of NDJSON are JSON that says what the reading says, whatever its names hold", () => {
        const [first] = linesWith("ndjson", { name: 'a"b\\c' })
        expect(JSON.parse(first)).toEqual({
            site: "town",
            node: "n1",
            boot: 7,
            sequence: 3,
            time: EPOCH,
            timeUncertaintyMs: null,
            channel: 'a"b\\c',
            unit: "Cel",
            value: -5.01,
            integer: -501,
            quality: "ok",
        })
    })

    it("of the line protocol have a time in ns, escaped tags, and no value where there is none", () => {
        const [first, second] = linesWith("influx", { name: "a b,c=d" })
        const ns = `${BigInt(EPOCH) * 1_000_000n}`
        expect(first).toBe(
            `reading,channel=a\\ b\\,c\\=d,node=n1,site=town,unit=Cel value=-5.01,integer=-501i,quality="ok",boot=7i,sequence=3i ${ns}`
        )
        expect(second).toBe(
            `reading,channel=co2,node=n1,site=town,unit=ppm quality="absent",boot=7i,sequence=3i ${ns}`
        )
    })

    it("of SenML are a pack for each frame, with names that it allows and the feature that its units need", () => {
        const [pack, ...more] = linesWith("senml", { name: "=a b" })
        expect(more).toEqual([])
        expect(JSON.parse(pack)).toEqual([
            { bver: 26, bn: "town/n1/", bt: EPOCH / 1000, n: "0_a_b", u: "Cel", v: -5.01 },
            { n: "co2:quality", vs: "absent" },
        ])
        for (const { n } of JSON.parse(pack) as { n: string }[])
            expect(`town/n1/${n}`).toMatch(/^[A-Za-z0-9][A-Za-z0-9:./_-]*$/)
    })

    it.each([
        ["ndjson", '"timeUncertaintyMs":520'],
        ["csv", ",ok,520"],
        ["csv-da", ";ok;520"],
        ["influx", ",time_uncertainty_ms=520 "],
        ["senml", '{"n":"time:uncertainty","u":"ms","v":520}'],
    ] as const)("of %s say how wrong the time may be, where it is known", (format, words) => {
        let lines = ""
        const collector = new FrameCollector({ onFrame: of => (lines += linesOf(format)(of)) })
        collector.accept("suitcase/town/n1/schema", schemaBytes)
        collector.accept("suitcase/town/n1/clock", clockText())
        collector.accept("suitcase/town/n1/frame", frame(3))
        expect(lines).toContain(words)
    })

    it.each([
        ["ndjson", ['"quality":"ok","calibration":4023233417}', '"quality":"absent"}']],
        ["csv", [",ok,,4023233417", ",absent,,"]],
        ["csv-da", [";ok;;4023233417", ";absent;;"]],
        ["influx", ['quality="ok",calibration=4023233417i,', 'quality="absent",boot']],
        ["senml", ['{"n":"temperature:calibration","v":4023233417}']],
        ["ngsi-ld", ['"calibration":{"type":"Property","value":4023233417}']],
        ["sensorthings", ['"sequence":3,"calibration":4023233417}', '"sequence":3}']],
    ] as const)(
        "of %s say which calibration a value was corrected by, where there is one",
        (format, words) => {
            const text = linesWith(format, {}, { temperature: 4023233417 }).join("\n")
            for (const word of words) expect(text).toContain(word)
        }
    )

    it("for a Danish spreadsheet have semicolons, decimal commas, and local beside universal time", () => {
        const [first, second] = linesWith("csv-da", { name: "a;b" })
        const utc = new Date(EPOCH).toISOString()
        const local = new Date(EPOCH).toLocaleString("sv-SE", { timeZone: "Europe/Copenhagen" })
        const [date, time] = local.split(" ")
        const danish = `${date.split("-").reverse().join("-")} ${time}`
        expect(first).toBe(`town;n1;7;3;${danish};${utc};"a;b";Cel;-5,01;-501;ok;;`)
        expect(second).toBe(`town;n1;7;3;${danish};${utc};co2;ppm;;;absent;;`)
        expect(linesWith("csv-da", { name: "a;b,c" })[0], "quoted once").toContain(';"a;b,c";')
        expect(HEADERS["csv-da"].startsWith("\ufeff")).toBe(true)
        expect(first.split(";").length - 1).toBe(HEADERS["csv-da"].split(";").length)
    })

    it.each(LINE_FORMATS)("of %s are those of docs/data.md", format => {
        const text = readFileSync(path.join(PROJECT_ROOT, "docs", "data.md"), "utf8")
        const header = HEADERS[format].replace("\ufeff", "").trimEnd()
        for (const shown of [header, ...linesWith(format)]) expect(text).toContain(shown)
    })
})
