/** Pages made from a kit file: labels to print, and where each node's wires go. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { partFolders } from "../../sim/parts/catalogue.js"
import { kitBoard, kitBoards } from "../../tools/boards/kit-boards.js"
import { run } from "../../tools/cli/cli.js"
import { type Kit } from "../../tools/kit/kit.js"
import { LABELS_ON_SHEET, labelLink, labelSheet } from "../../tools/kit/label-sheet.js"
import { nodeParts } from "../../tools/kit/node-wiring.js"
import { CLOCKS, MEMORIES } from "../../tools/kit/other-parts.js"
import { partCards } from "../../tools/kit/part-cards.js"
import { wiringPage } from "../../tools/kit/wiring-page.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { PLAIN, fileWith, kitOf, problemsOf } from "./kit-bench.js"

const CATALOG = `catalog:
  publisher: { name: City of Example, url: https://www.city.example }
  contact: { name: Data office, email: data@city.example }
  dataset: https://data.city.example/iot/
  access: https://data.city.example/`

const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-pages-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function suitcase(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(words, terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

/** Left and top of each label, mm, sheet by sheet. */
function places(page: string): (readonly [number, number])[][] {
    return page
        .split('<section class="sheet">')
        .slice(1)
        .map(sheet =>
            [...sheet.matchAll(/<article style="left:([\d.]+)mm;top:([\d.]+)mm">/g)].map(
                ([, left, top]) => [Number(left), Number(top)] as const
            )
        )
}

function manyNodes(count: number): string {
    const nodes = Array.from(
        { length: count },
        (_, i) => `          - { name: n${i}, board: suitcase_xiao_c3, sensors: [sht4x] }`
    )
    return fileWith(PLAIN).replace(/ {10}- name: hall[^]*$/, `${nodes.join("\n")}\n`)
}

describe("labels", () => {
    it("lead to the node's link, else to its dataset, else name its topic", async () => {
        const link = async (root: string) => {
            const kit = await kitOf(fileWith(PLAIN, root))
            return labelLink(kit.nodes[0], kit)
        }
        expect(await link("# nothing")).toBe("suitcase/townhall/hall")
        expect(await link(CATALOG)).toBe("https://data.city.example/iot/townhall/hall")
        const own = "labels: { link: 'https://iot.example/{kit}/{node}?at={site}' }"
        expect(await link(`${own}\n${CATALOG}`)).toBe(
            "https://iot.example/suitcase-1/hall?at=townhall"
        )
    })

    it.each(["ftp://x/{node}", "https://x/{nodes}", "https://x/{", "hall"])(
        "refuse the link %s with line and column",
        async link => {
            const problems = await problemsOf(fileWith(PLAIN, `labels: { link: '${link}' }`))
            expect(problems).toEqual([expect.stringMatching(/^2:17: .*begins with https:\/\//)])
        }
    )

    it("lie within an A4 sheet and beside each other; used ones are skipped", async () => {
        const kit = await kitOf(manyNodes(LABELS_ON_SHEET + 2))
        const [first, second, ...rest] = places(labelSheet(kit, kit.nodes))
        expect([first.length, second.length, rest.length]).toEqual([LABELS_ON_SHEET, 2, 0])
        for (const [left, top] of first) {
            expect(left, "left, mm").toBeGreaterThan(5)
            expect(left + 63.5, "right, mm").toBeLessThan(210 - 5)
            expect(top, "top, mm").toBeGreaterThan(10)
            expect(top + 38.1, "bottom, mm").toBeLessThan(297 - 10)
        }
        for (const [i, [left, top]] of first.entries())
            for (const [otherLeft, otherTop] of first.slice(i + 1))
                expect(Math.abs(left - otherLeft) > 63.4 || Math.abs(top - otherTop) > 38.05).toBe(
                    true
                )
        const skipped = places(labelSheet(kit, kit.nodes.slice(0, 2), { skip: 20 }))
        expect(skipped).toEqual([[first[20]], [first[0]]])
    })

    it("show any title as text, in the language of the kit file, with the board's id", async () => {
        const title = `title: '<script>alert("æøå")</script>'`
        const text = fileWith(`${PLAIN}\n${title}\ndevice: "78a6e1d2c3b4f5a6"`, "language: da")
        const kit = await kitOf(text)
        const page = labelSheet(kit, kit.nodes)
        expect(page).not.toContain("<script>")
        expect(page).toContain("&lt;script&gt;alert(&quot;æøå&quot;)&lt;/script&gt;")
        expect(page).toContain('<html lang="da">')
        expect(page).toContain("78a6e1d2c3b4f5a6")
        expect(page).toContain('aria-label="QR-kode: suitcase/townhall/hall"')
        const flashed = labelSheet(kit, kit.nodes, { devices: new Map([["hall", "fe00"]]) })
        expect(flashed).toContain("fe00")
    })

    it("fetch nothing from elsewhere", async () => {
        const kit = await kitOf(fileWith(PLAIN, CATALOG))
        expect(labelSheet(kit, kit.nodes)).not.toMatch(/src=|href=|@import|url\(/)
    })

    it("are written by suitcase kit labels, for all nodes or for those that are named", async () => {
        writeFileSync(path.join(folder, "suitcase.yaml"), manyNodes(3))
        const out = path.join(folder, "labels.html")
        const words = ["kit", "labels", "--file", folder, "-o", out]
        expect(await suitcase(...words)).toMatchObject({ code: 0 })
        expect(places(readFileSync(out, "utf8"))[0]).toHaveLength(3)
        const two = await suitcase(...words, "n2", "n0", "--skip", "5")
        expect(two.out).toContain("2 labels on 1 sheet")
        expect(readdirSync(folder).filter(name => name.endsWith(".part"))).toEqual([])
        const wrong = await suitcase(...words, "n22")
        expect(wrong).toMatchObject({ code: 2 })
        expect(wrong.err).toMatch(/there is no node "n22".*did you mean n2/)
        const nowhere = await suitcase(...words.slice(0, -1), path.join(folder, "none", "a.html"))
        expect(nowhere.code).toBe(2)
        expect(nowhere.err).toMatch(/none/)
        expect((await suitcase(...words, "--skip", "21")).code).toBe(2)
    })
})

async function wired(node: string): Promise<{ kit: Kit; text: string[]; page: string }> {
    const kit = await kitOf(fileWith(node, "language: da"))
    const board = kitBoard(kit.nodes[0].board.id)
    const parts = await nodeParts(kit.nodes[0], board, "da")
    const text = parts.map(
        ({ title, address, wires }) =>
            `${title} ${address ?? "-"}: ${wires.map(({ terminal, pin }) => `${terminal}=${pin.label}`).join(" ")}`
    )
    return { kit, text, page: wiringPage(kit, kit.nodes[0], board, parts) }
}

describe("wiring pages", () => {
    it("name every wire of every part, with addresses and the supply that the part takes", async () => {
        const { text, page } = await wired(
            `board: suitcase_pico_w
store: { part: mb85rc256v, address: 0x51 }
clock: ds3231
sensors:
  - sps30
  - { part: bme280, address: 0x77 }
  - { part: raingauge, pin: GP14, mmPerTip: 0.2 }
  - { part: motion, pin: GP15 }`
        )
        expect(text).toEqual([
            "Sensirion SPS30 0x69: VIN, VCC=VBUS GND=GND SDA=GP4 SCL=GP5",
            "Bosch BME280 0x77: VIN, VCC=3V3 GND=GND SDA=GP4 SCL=GP5",
            "Tipping-bucket rain gauge -: GND=GND OUT=GP14",
            "PIR motion sensor -: VIN, VCC=3V3 GND=GND OUT=GP15",
            "MB85RC256V 0x51: VIN, VCC=3V3 GND=GND SDA=GP4 SCL=GP5",
            "DS3231 0x68: VIN, VCC=3V3 GND=GND SDA=GP4 SCL=GP5",
        ])
        expect(page).toContain("ben 4 (SEL) til GND, før strømmen tændes")
        expect(page.match(/<tr>/g)).toHaveLength(1 + 4 + 4 + 2 + 3 + 4 + 4)
        expect(page).toMatch(
            /<img class="drawing" src="data:image\/svg\+xml;base64,[\w+/=]+" alt="/
        )
        expect(page).not.toMatch(/https?:|undefined/)
    })

    it("show the parts that a program of its own imports, where they are as bought", async () => {
        const { text } = await wired("board: suitcase_xiao_c3\napp: indoor-climate")
        expect(text.join("\n")).toMatch(/0x50: VIN, VCC=3V3 GND=GND SDA=D4 SCL=D5$/)
        expect(text.length).toBeGreaterThan(3)
    })

    it("can be made for every board of the kit, with 3.3 V and 5 V", async () => {
        for (const { id } of kitBoards()) {
            const { text } = await wired(`board: ${id}\nsensors: [sht4x, sps30]`)
            expect(text, id).toHaveLength(3)
        }
    })

    it("know every part that a kit file can name, and no other", () => {
        const names = [...partFolders(), ...MEMORIES.map(({ name }) => name)]
        const clocks = CLOCKS.map(({ name }) => name)
        expect([...partCards().keys()].sort()).toEqual([...new Set([...names, ...clocks])].sort())
    })

    it("are written by suitcase kit wiring; a board without a drawing is named", async () => {
        const text = fileWith(PLAIN).replace(
            /$/,
            "          - { name: other, board: adafruit_qt_py_c3, sensors: [sht4x] }\n"
        )
        writeFileSync(path.join(folder, "suitcase.yaml"), text)
        const out = path.join(folder, "pages")
        const all = await suitcase("kit", "wiring", "--file", folder, "-o", out)
        expect(all).toMatchObject({ code: 0 })
        expect(all.out).toContain("1 page in")
        expect(all.err).toContain("other (adafruit_qt_py_c3) has no drawing")
        expect(readdirSync(out)).toEqual(["hall.html"])
        const one = await suitcase("kit", "wiring", "other", "--file", folder, "-o", out)
        expect(one.code).toBe(2)
    })
})
