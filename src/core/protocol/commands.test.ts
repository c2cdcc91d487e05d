import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { REMEMBERED_BYTES, RecentIds, parseCommand } from "./commands.js"

describe("a command", () => {
    it.each([
        ['{"id":"a1","do":"report"}', "report", 0],
        ['{"id":"a1","do":"interval","seconds":1}', "interval", 1],
        ['{"id":"a1","do":"interval","seconds":86400}', "interval", 86_400],
        ['{"id":"a1","do":"identify"}', "identify", 10],
        ['{"id":"a1","do":"identify","seconds":60}', "identify", 60],
        ['{"do":"reboot","id":"a1","more":[1]}', "reboot", 0],
        ['{"id":"a1","do":"outbox"}', "outbox", 0],
    ])("%s is carried out", (text, name, seconds) => {
        expect(parseCommand(text)).toMatchObject({ id: "a1", name, seconds, error: "" })
    })

    it.each([
        ['{"id":"a1","do":"dance"}', "a1", "unknown command"],
        ['{"id":"a1"}', "a1", "unknown command"],
        ['{"id":"a1","do":7}', "a1", "unknown command"],
        ['{"id":"a1","do":"interval"}', "a1", "seconds must be a whole number from 1 to 86400"],
        ...["0", "-5", "86401", "1.5", '"60"', "null", "1e99", "true", "[60]"].map(value => [
            `{"id":"a1","do":"interval","seconds":${value}}`,
            "a1",
            "seconds must be a whole number from 1 to 86400",
        ]),
        [
            '{"id":"a1","do":"identify","seconds":61}',
            "a1",
            "seconds must be a whole number from 1 to 60",
        ],
        ['{"do":"report"}', "", "id must be 1 to 32 printable ASCII characters"],
        ['{"id":"","do":"report"}', "", "id must be 1 to 32 printable ASCII characters"],
        [
            `{"id":"${"x".repeat(33)}","do":"report"}`,
            "",
            "id must be 1 to 32 printable ASCII characters",
        ],
        ['{"id":7,"do":"report"}', "", "id must be 1 to 32 printable ASCII characters"],
        ['{"id":"a\\"b","do":"report"}', "", "id must be 1 to 32 printable ASCII characters"],
        ['{"id":"a\\\\b","do":"report"}', "", "id must be 1 to 32 printable ASCII characters"],
        ['{"id":"\\u00e5","do":"report"}', "", "id must be 1 to 32 printable ASCII characters"],
        ["report", "", "not a JSON object"],
        ["", "", "not a JSON object"],
        ["null", "", "not a JSON object"],
        ['{"id":"a1","do":"report"', "", "not a JSON object"],
        ["[]", "", "id must be 1 to 32 printable ASCII characters"],
        ["42", "", "id must be 1 to 32 printable ASCII characters"],
    ])("%s is refused", (text, id, error) => {
        expect(parseCommand(text)).toMatchObject({ id, error })
    })

    it("is refused or carried out with values in range, whatever the text is", () => {
        fc.assert(
            fc.property(
                fc.oneof(
                    fc.string(),
                    fc.json(),
                    fc
                        .record({
                            id: fc.oneof(fc.string(), fc.integer()),
                            do: fc.constantFrom("interval", "identify", "reboot", "x"),
                            seconds: fc.oneof(fc.integer(), fc.double(), fc.string()),
                        })
                        .map(value => JSON.stringify(value))
                ),
                text => {
                    const { id, seconds, error } = parseCommand(text)
                    expect(id).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]{0,32}$/)
                    if (error === "") {
                        expect(id).not.toBe("")
                        expect(Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400).toBe(
                            true
                        )
                    }
                }
            ),
            { numRuns: 500, seed: 1 }
        )
    })
})

describe("the memory of ids", () => {
    it("knows the last eight and no others, also after they were saved and loaded", () => {
        const id = fc.stringMatching(/^[a-z0-9 ~]{1,32}$/)
        fc.assert(
            fc.property(fc.uniqueArray(id, { maxLength: 20 }), ids => {
                const recent = new RecentIds()
                for (const text of ids) recent.add(text)
                const bytes = new Uint8Array(REMEMBERED_BYTES)
                const loaded = new RecentIds()
                loaded.load(bytes, recent.save(bytes))
                loaded.add("one more!")
                ids.forEach((text, i) => {
                    expect(recent.has(text)).toBe(i >= ids.length - 8)
                    expect(loaded.has(text), "the oldest made room").toBe(i >= ids.length - 7)
                })
            }),
            { numRuns: 200, seed: 1 }
        )
    })

    it("takes no harm from bytes that were never saved", () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: REMEMBERED_BYTES }), bytes => {
                const recent = new RecentIds()
                recent.load(bytes, bytes.length)
                recent.add("a1")
                expect(recent.has("a1")).toBe(true)
                expect(recent.save(new Uint8Array(REMEMBERED_BYTES))).toBeLessThanOrEqual(
                    REMEMBERED_BYTES
                )
            }),
            { numRuns: 300, seed: 1 }
        )
    })
})
