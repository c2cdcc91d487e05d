import { describe, expect, it } from "vitest"
import { EPOCH, frame, json, schemaBytes } from "../../../tests/support/decoder-bench.js"
import { FrameCollector } from "../../decoder/index.js"
import { HEADERS, LINES_OF, csvCell, type LineFormat } from "./lines.js"

/** Lines of one frame with a schema whose first channel has these words in it. */
function linesOf(format: LineFormat, words: Record<string, string> = {}): string[] {
    const schema = JSON.parse(schemaBytes.toString()) as { channels: object[] }
    const [first, ...others] = schema.channels
    const changed = json({ ...schema, channels: [{ ...first, ...words }, ...others] })
    let lines = ""
    const collector = new FrameCollector({ onFrame: of => (lines += LINES_OF[format](of)) })
    collector.accept("suitcase/town/n1/schema", changed)
    const { schemas } = [...collector.known()][0]
    const rows = [[-501, undefined]]
    collector.accept("suitcase/town/n1/frame", frame(3, { rows, schema: schemas[0].id }))
    return lines.trimEnd().split("\n")
}

describe("readings as lines", () => {
    it("of CSV hold nothing that a spreadsheet would run, and negative numbers stay numbers", () => {
        const [first, second] = linesOf("csv", { name: "=cmd|'/c calc'!A0", unit: '@SUM("A1")' })
        const time = new Date(EPOCH).toISOString()
        expect(first).toBe(`town,n1,7,3,${time},'=cmd|'/c calc'!A0,"'@SUM(""A1"")",-5.01,-501,ok`)
        expect(second).toBe(`town,n1,7,3,${time},co2,ppm,,,absent`)
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
        const [first] = linesOf("ndjson", { name: 'a"b\\c' })
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
})
