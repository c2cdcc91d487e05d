/** `suitcase boards`: where a person chooses a board. */
import { describe, expect, it } from "vitest"
import { kitBoards } from "../../tools/boards/kit-boards.js"
import { run } from "../../tools/cli/cli.js"
import { fakeTerminal } from "../support/fake-terminal.js"

async function boards(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(["boards", ...words], terminal)
    return { code, out: terminal.out.text, lines: terminal.out.lines, err: terminal.err.text }
}

describe("suitcase boards", () => {
    it.each(["en", "da"] as const)(
        "lists every board with its network, memory and what it is good for in 80 columns: %s",
        async language => {
            const { code, out, lines } = await boards("--language", language)
            expect(code).toBe(0)
            for (const { id, card } of kitBoards()) {
                expect(out).toContain(`${id} `)
                expect(out).toContain(card.goodFor[language])
            }
            expect(out).toMatch(
                /^suitcase_feather_s2 +Adafruit Feather ESP32-S2 +Wi-Fi, TLS +40 KB$/m
            )
            expect(out).toMatch(/^suitcase_pico +Raspberry Pi Pico +(USB only|kun USB) +64 KB$/m)
            expect(lines.filter(text => text.length > 80)).toEqual([])
        }
    )

    it("begins with the one to take first", async () => {
        expect((await boards()).lines[0]).toMatch(/^suitcase_qt_py_c3 /)
    })

    it("shows one with what it can, what it cannot, and where it is drawn", async () => {
        const { code, out } = await boards("suitcase_pico_w")
        expect(code).toBe(0)
        expect(out).toContain("brokers: without TLS only, and only by name")
        expect(out).toContain("SDA: GP4 (pin 6), SCL: GP5 (pin 7)")
        expect(out).toContain("- Its broker needs a name, never an address, and no TLS.")
        expect(out).toContain("docs/boards/suitcase_pico_w.md")
    })

    it("says of a board without readings over USB that it has none", async () => {
        const { out } = await boards("suitcase_devkitm_c3", "--language", "da")
        expect(out).toContain("ingen aflæsning")
        expect(out).toContain("docs/boards/suitcase_devkitm_c3.da.md")
    })

    it("gives scripts its data", async () => {
        const found = JSON.parse((await boards("--json")).out) as {
            id: string
            freePins: object[]
        }[]
        expect(found.map(({ id }) => id)).toEqual(kitBoards().map(({ id }) => id))
        expect(found[0].freePins[0]).toEqual({ name: "A0_D0", gpio: 4, isAnalog: true })
        const one = JSON.parse((await boards("suitcase_pico", "--json")).out) as object
        expect(one).toMatchObject({ hasWifi: false, beatPin: 16, heapBytes: 65_536 })
    })

    it.each([
        [["zx81"], /the kit has no board "zx81"; it has suitcase_qt_py_c3, /],
        [["--language", "fr"], /Allowed choices are en, da/],
    ])("%j is explained in one line", async (words, message) => {
        const { code, err } = await boards(...words)
        expect(code).toBe(2)
        expect(err).toMatch(message)
    })
})
