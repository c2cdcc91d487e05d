import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_OK, QUALITY_OUT_OF_RANGE, QUALITY_WARMING_UP } from "../../core/quality.js"
import { AMG8833Model } from "./model.js"
import { amg8833Pixel, amg8833Thermistor } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("amg8833", part)
const PLAIN = program.variant()
const SINGLE_PIXELS = program.variant("{ smallestBlob: 1 }")
const SENSITIVE = program.variant("{ contrast: 4, smallestBlob: 1 }")
const LESS_SENSITIVE = program.variant("{ contrast: 5, smallestBlob: 1 }")
const ONE_FRAME = program.variant("{ framesPerSecond: 1 }")
const REFUSED = ["{ framesPerSecond: 5 as 10 }", "{ contrast: 1 }", "{ smallestBlob: 65 }"].map(
    options => [options, program.variant(options)] as const
)

const MIN = 0
const MAX = 1
const MEAN = 2
const HOTTEST = 3
const PLACES = 4
const PRESENCE = 5

function rigOf(scene: (pixel: number) => number, driver = PLAIN) {
    const model = new AMG8833Model().feed("housing_temperature", 25)
    model.scene = scene
    return { rig: program.rig(driver, model), model }
}

async function valuesOf(scene: (pixel: number) => number, driver = PLAIN) {
    return (await rigOf(scene, driver).rig.take(1))[0].values
}

/** Pixels of an image in words: "#" is a person of 30 °C in a room of 20 °C. */
function drawn(...rows: readonly string[]): (pixel: number) => number {
    return pixel => (rows[pixel >> 3]?.[pixel & 7] === "#" ? 30 : 20)
}

describe("AMG8833", () => {
    it("gives lowest, highest, mean and the first of the hottest pixels", async () => {
        const values = await valuesOf(pixel => (pixel === 42 ? 36.5 : pixel === 7 ? 11.25 : 20))
        expect([MIN, MAX, HOTTEST].map(i => values[i])).toEqual([1125, 3650, 42])
        expect(values[MEAN]).toBe(Math.round((2000 * 62 + 3650 + 1125) / 64))
    })

    it.each([
        ["nobody", drawn(), 0],
        ["one person", drawn("", " ##", " ##"), 1],
        ["two persons", drawn("##", "##", "", "", "     ##", "     ##"), 2],
        ["two that touch at a corner only", drawn("##", "##", "  ##", "  ##"), 2],
        ["one along all edges of the image", drawn("########", "#", "#", "########"), 1],
        ["a single pixel, which is noise", drawn("", "  #"), 0],
        ["opposite ends of two rows, which are no neighbours", drawn("       #", "#"), 0],
    ])("counts the warm places of %s", async (_what, scene, places) => {
        const values = await valuesOf(scene)
        expect([values[PLACES], values[PRESENCE]]).toEqual([places, places > 0 ? 1 : 0])
    })

    it("works through the most laborious images within the VM's budget", async () => {
        const descending = await valuesOf(pixel => 79 - pixel)
        expect([descending[MAX], descending[HOTTEST], descending[PLACES]]).toEqual([7900, 0, 1])
        const board = (pixel: number) => ((pixel >> 3) + pixel) & 1
        const checkered = await valuesOf(pixel => 20 + 10 * board(pixel), SINGLE_PIXELS)
        expect(checkered[PLACES]).toBe(32)
    })

    it("takes its contrast and the size of a place from the options", async () => {
        const faint = (pixel: number) => (pixel === 10 ? 21 : 20)
        expect((await valuesOf(faint))[PLACES]).toBe(0)
        expect((await valuesOf(faint, SENSITIVE))[PLACES]).toBe(1)
        expect((await valuesOf(faint, LESS_SENSITIVE))[PLACES]).toBe(0)
    })

    it("marks its readings for 15 s after a reset, and not after a disturbed transfer", async () => {
        const { rig, model } = rigOf(drawn())
        const samples = await rig.take(20)
        const settled = samples.findIndex(({ qualities }) => qualities[0] === QUALITY_OK)
        expect(samples[0].qualities[0]).toBe(QUALITY_WARMING_UP)
        expect(Math.abs(settled - 15), `settled at sample ${settled}`).toBeLessThanOrEqual(1)
        model.faults.nackTransfer = 1
        expect((await rig.take(2))[1].qualities[0]).toBe(QUALITY_OK)
    })

    it("gives gaps for temperatures that it is not made for, beside those it is", async () => {
        const cold = (await rigOf(pixel => (pixel === 3 ? -5 : 20)).rig.take(1))[0]
        expect(cold.qualities.map(q => q === QUALITY_OUT_OF_RANGE)).toEqual([
            true,
            false,
            false,
            false,
            false,
            false,
            false,
        ])
    })

    it("takes one frame per second when it is told to, without an illegal access", async () => {
        const { rig, model } = rigOf(drawn("##"), ONE_FRAME)
        expect((await rig.take(3))[2].values[PLACES]).toBe(1)
        const { data } = model.transfer(Uint8Array.of(0x02), 1, rig.world.clock.wallMs)
        expect([...data]).toEqual([1])
        expect(model.illegalAccesses).toEqual([])
    })

    it.each(REFUSED)("refuses %s", async (_options, driver) => {
        await expect(rigOf(drawn(), driver).rig.run(500)).rejects.toThrow("AMG8833")
    })
})

conversionsAgree(program, [{ convert: amg8833Pixel }, { convert: amg8833Thermistor }])

commonSuite(program)
