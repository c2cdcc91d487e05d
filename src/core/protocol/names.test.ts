import { describe, expect, it } from "vitest"
import { clientIdOf, isTopicName } from "./names.js"

const DEVICE = "78a6c91dd92f5835"

describe("the name of a node or site", () => {
    it.each(["hall", "78a6c91dd92f5835", "n.1:2-b_c", "_", "7", "x".repeat(64)])(
        "can be %s",
        name => expect(isTopicName(name)).toBe(true)
    )

    it.each([
        ["empty", ""],
        ["a level and another", "a/b"],
        ["a wildcard of one level", "+"],
        ["a wildcard of many levels", "#"],
        ["with a wildcard in it", "ha+l"],
        ["with NUL", "ha\0l"],
        ["with a space", "hall 1"],
        ["with a line break at the end", "hall\n"],
        ["not ASCII", "gård"],
        ["with a letter and a bit beyond ASCII", "\u0141"],
        ["with a sign at its beginning", "-hall"],
        ["between the letters' ranges", "a[b"],
        ["an at sign", "a@b"],
        ["a backquote", "a`b"],
        ["a brace", "a{b"],
        ["too long", "x".repeat(65)],
    ])("cannot be %s", (_what, name) => expect(isTopicName(name)).toBe(false))
})

describe("the client id", () => {
    it.each([
        ["hall", `hall${DEVICE}`],
        ["library-2.floor", `library${DEVICE}`],
        ["a-b", `ab${DEVICE}`],
        ["-_.:", DEVICE],
        [DEVICE, DEVICE],
        ["x".repeat(64), `xxxxxxx${DEVICE}`],
    ])("of a node called %s is %s: [MQTT-3.1.3-5] at most 23 letters and digits", (node, id) => {
        expect(clientIdOf(node, DEVICE)).toBe(id)
        expect(id).toMatch(/^[0-9A-Za-z]{1,23}$/)
    })
})
