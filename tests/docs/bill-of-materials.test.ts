/** Every board and part has a price line, the page shows them all, and the list of a kit file counts right. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { loadParts } from "../../sim/parts/catalogue.js"
import { PROJECT_ROOT } from "../../sim/program/project.js"
import { billOf } from "../../tools/kit/bill-of-materials.js"
import { knownPrices } from "../../tools/kit/prices.js"
import { BILL_PAGE, billPage, pricedThings } from "../../tools/scripts/kit/bill-page.js"
import { run } from "../../tools/cli/cli.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { kitOf } from "../kit/kit-bench.js"

const KIT = `version: 1
sites:
  - name: townhall
    kits:
      - name: suitcase-1
        nodes:
          - { name: hall, board: suitcase_xiao_c3, store: none, sensors: [scd41, sht4x] }
          - name: room
            board: suitcase_xiao_c3
            sensors: [sht4x, { part: motion, pin: A1 }]
          - { name: lab, board: adafruit_qt_py_c3, store: none, sensors: [bme280] }
`

describe("prices", () => {
    it("are there for every board and every part, and for nothing else", async () => {
        const ids = (await pricedThings()).map(([id]) => id)
        expect([...knownPrices().keys()].sort()).toEqual([...ids].sort())
    })

    it("are of the class that the part's own description has", async () => {
        for (const { folder, priceClass } of await loadParts())
            expect(knownPrices().get(folder)?.class, folder).toBe(priceClass)
    })

    it("stand on docs/bill-of-materials.md as npm run docs:kit makes it", async () => {
        expect(readFileSync(BILL_PAGE, "utf8")).toBe(await billPage())
    })
})

describe("a bill of materials", () => {
    it("counts boards, parts, memories, cables and supplies of all nodes", async () => {
        const { nodes } = await kitOf(KIT)
        const { lines, least, most } = await billOf(nodes, PROJECT_ROOT)
        expect(
            lines.map(({ id, count, nodes: own }) => `${count} ${id}: ${own.join(" ")}`)
        ).toEqual([
            "2 suitcase_xiao_c3: hall room",
            "1 adafruit_qt_py_c3: lab",
            "1 scd41: hall",
            "2 sht4x: hall room",
            "1 motion: room",
            "1 mb85rc256v: room",
            "1 bme280: lab",
            "5 bus-cable: hall room lab",
            "3 usb-supply: hall room lab",
            "3 usb-cable: hall room lab",
        ])
        // 30 for the SCD41, 10 each for FRAM, BME280 and three supplies.
        expect([least, most]).toEqual([80, Infinity])
        const unpriced = lines.filter(({ price }) => price === undefined)
        expect(unpriced.map(({ id }) => id)).toEqual(["adafruit_qt_py_c3"])
    })

    it("is printed by suitcase kit parts, within 80 columns, and for scripts", async () => {
        const nine = `${PROJECT_ROOT}/tests/kit/nine-nodes.yaml`
        const terminal = fakeTerminal()
        expect(await run(["kit", "parts", "--file", nine], terminal)).toBe(0)
        const table = terminal.out.lines.filter(line => /[│┌└├]/.test(line))
        expect(table.filter(line => line.length > 80)).toEqual([])
        expect(terminal.out.text).toMatch(/all of it: \d+ € or more, without/)
        expect(terminal.out.text).not.toMatch(/undefined|NaN/)
        const json = fakeTerminal()
        await run(["kit", "parts", "--json", "--file", nine], json)
        const { lines } = JSON.parse(json.out.text) as { lines: { count: number }[] }
        expect(lines.length).toBeGreaterThan(20)
    })
})
