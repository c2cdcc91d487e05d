import { describe, expect, it } from "vitest"
import { knownBoards } from "../../../sim/program/boards.js"
import { PROJECT_ROOT, compile, readBoards } from "../../../sim/program/compile.js"
import { strappingPins, strappingText } from "./strapping-pins.js"

function pinsOf(board: string, ...names: string[]) {
    const source = `
import * as ds from "@devicescript/core"
import { pins } from "@dsboard/${board}"
${names.map(name => `ds.gpio(pins.${name}.gpio ?? 0)`).join("\n")}
`
    const all = { sources: [{ path: "devs/app.ts", length: source.length, text: source }] }
    return strappingPins({ debug: all } as never, knownBoards()).map(({ pin, gpio }) => [pin, gpio])
}

describe("the boards of this project", () => {
    it("write no log on a pin: that holds an ESP32 up for 10 ms per 64 B", () => {
        const own = readBoards(PROJECT_ROOT) as { id: string; log?: object }[]
        expect(own.length).toBeGreaterThan(1)
        expect(own.filter(({ log }) => log !== undefined).map(({ id }) => id)).toEqual([])
    })
})

describe("pins that decide how a board starts", () => {
    it("are named where an app uses them", () => {
        const all = ["A0_D0", "A1_D1", "SCK_D8", "MISO_D9", "MOSI_D10", "TX_D6"]
        expect(pinsOf("suitcase_xiao_c3", ...all)).toEqual([
            ["A0_D0", 2],
            ["SCK_D8", 8],
            ["MISO_D9", 9],
        ])
        expect(pinsOf("adafruit_qt_py_c3", "MISO_D9", "A0_D0")).toEqual([["MISO_D9", 8]])
        expect(pinsOf("esp32s3_devkit_m", "P0", "P3", "P4", "P45", "P46")).toEqual([
            ["P0", 0],
            ["P3", 3],
            ["P45", 45],
            ["P46", 46],
        ])
    })

    it("are no matter on a Pico W, nor on a board that is not known", () => {
        expect(pinsOf("suitcase_pico_w", "GP2", "GP8", "GP9")).toEqual([])
        expect(pinsOf("nobody_knows", "P0")).toEqual([])
    })

    it("are found in a compiled app, with their line", () => {
        const source = `
import { startMotion } from "@devicescript/servers"
import { pins } from "@dsboard/suitcase_xiao_c3"
const motion = startMotion({ pin: pins.SCK_D8 })
motion.report().subscribe(async () => {})
`
        const found = strappingPins(compile("devs/pin-app.ts", { source }), knownBoards())
        expect(found.map(strappingText)).toEqual([
            expect.stringMatching(
                /^devs\/pin-app\.ts:4: pin SCK_D8 \(GPIO8\) of suitcase_xiao_c3 /
            ),
        ])
    })
})
