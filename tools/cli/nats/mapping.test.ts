import { expect, it } from "vitest"
import { partsOption } from "../options.js"
import { hashOf, topicOfSubject } from "./mapping.js"

// http://www.isthe.com/chongo/src/fnv/test_fnv.c; the real server is in tests/interop/nats-listeners.test.ts.
it.each([
    ["", "", 0x811c9dc5],
    ["a", "", 0xe40c292c],
    ["foo", "bar", 0xbf9cf968],
])("the hash of site %j and node %j is FNV-1a's", (site, node, hash) => {
    expect(hashOf(site, node)).toBe(hash)
})

it("gives the topic that a node published on, with and without a part", () => {
    expect(topicOfSubject("suitcase.town.hall-1.frame.7")).toBe("suitcase/town/hall-1/frame")
    expect(topicOfSubject("suitcase.town.hall-1.schema")).toBe("suitcase/town/hall-1/schema")
})

it("reads lists of parts, and refuses what is none", () => {
    expect(partsOption("0-3,7")).toEqual([0, 1, 2, 3, 7])
    expect(partsOption("2,2-2")).toEqual([2])
    for (const text of ["", "3-1", "-1", "a", "1,", "1-2-3", "99999"])
        expect(() => partsOption(text), text).toThrow(/numbers and ranges/)
})
