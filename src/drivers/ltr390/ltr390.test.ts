import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { driverScript, linesOf } from "../../../tests/support/driver-program.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_OK, QUALITY_SATURATED } from "../../core/quality.js"
import { LTR390Model } from "./model.js"
import { ltr390Illuminance, ltr390UvIndex } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("ltr390", part)
const PLAIN = program.variant()
const BEHIND_A_WINDOW = program.variant("{ uvSensitivity: 1400 }")
const REFUSED = program.script(
    driverScript(
        "ltr390",
        "LTR390",
        "refuses({ uvSensitivity: 0 })\nrefuses({ uvSensitivity: 1400.5 })"
    )
)

function rigOf(model: LTR390Model, driver = PLAIN): DriverRig {
    return program.rig(driver, model)
}

function sunny(): LTR390Model {
    return new LTR390Model().feed("illuminance", 80_000).feed("uv_index", 7.89)
}

describe("LTR-390UV", () => {
    it("reads bright sun, which gain 3 and 18 bits would not hold", async () => {
        const [sample] = await rigOf(sunny()).take(1)
        expect(sample.qualities).toEqual([QUALITY_OK, QUALITY_OK])
        expect(sample.values[1]).toBe(789)
        expect(Math.abs(sample.values[0] - 800_000)).toBeLessThanOrEqual(1)
    })

    it("takes a sensitivity of one's own for the UV index", async () => {
        const [sample] = await rigOf(sunny(), BEHIND_A_WINDOW).take(1)
        expect(sample.values[1]).toBe(Math.round((789 * 2300) / 1400))
    })

    it("marks light beyond its scale, and gives the end of the scale", async () => {
        const model = sunny().feed("illuminance", 200_000)
        expect((await rigOf(model).take(1))[0]).toMatchObject({
            values: [1_572_863, 789],
            qualities: [QUALITY_SATURATED, QUALITY_OK],
        })
    })

    it("takes a part over that another program left measuring UV, with data unread", async () => {
        const model = sunny()
        const rig = rigOf(model)
        model.transfer(Uint8Array.of(0x00, 0x0a), 0, rig.world.clock.wallMs - 10_000)
        const [sample] = await rig.take(1)
        expect(sample.values[1]).toBe(789)
        expect(Math.abs(sample.values[0] - 800_000)).toBeLessThanOrEqual(1)
        expect(model.illegalAccesses).toEqual([])
    })

    it("is in standby between samples", async () => {
        const model = sunny()
        const rig = rigOf(model)
        await rig.take(1)
        const { data } = model.transfer(Uint8Array.of(0x00), 1, rig.world.clock.wallMs)
        expect([...data]).toEqual([0])
    })

    it("says what it does not take", async () => {
        const refused =
            "refused LTR390: uvSensitivity must be a whole number from 1 to 100000, got "
        expect(await linesOf(program, REFUSED)).toEqual([refused + "0", refused + "1400.5"])
    })
})

conversionsAgree(program, [
    {
        convert: ltr390Illuminance,
        args: "input * 16 + 15",
        here: input => ltr390Illuminance(input * 16 + 15),
    },
    {
        convert: ltr390UvIndex,
        args: "input * 16 + 15, 2300",
        here: input => ltr390UvIndex(input * 16 + 15, 2300),
    },
])

commonSuite(program)
