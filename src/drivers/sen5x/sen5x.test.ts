import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { seconds } from "../../../sim/time/duration.js"
import { driverScript, linesOf } from "../../../tests/support/driver-program.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_SATURATED,
    QUALITY_UNCALIBRATED,
    QUALITY_WARMING_UP,
    QUALITY_WRONG_PART,
    isGap,
} from "../../core/quality.js"
import { type RegisterModel } from "../shared/register-model.js"
import { SPS30Model } from "../sps30/model.js"
import { SEN5xModel } from "./model.js"
import { sen5xIndex, sen5xOffsetWord, sen5xTemperature } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("sen5x", part)
const PLAIN = program.variant()
const VARIANTS = {
    SEN50: program.variant('{ variant: "SEN50" }'),
    SEN54: program.variant('{ variant: "SEN54" }'),
    SEN55: program.variant('{ variant: "SEN55" }'),
}
const WITH_OFFSET = program.variant("{ temperatureOffset: -150 }")
const CLEANING = program.script(
    driverScript(
        "sen5x",
        "SEN5x",
        `
    refuses({ temperatureOffset: 2001 })
    refuses({ temperatureOffset: 0.5 })
    refuses({ variant: "SEN66" })
    const sensor = new SEN5x(bus, { variant: "SEN50" })
    await sensor.init()
    sensor.cleanFan()
    for (let i = 0; i < 8; i++) {
        await ds.sleep(2000)
        await sensor.sample()
        console.log("SAMPLE " + sensor.qualities[0])
    }
    await sensor.close()`
    )
)

type Variant = SEN5xModel["variant"]

function rigOf(model: RegisterModel, driver = PLAIN): DriverRig {
    return program.rig(driver, model, { everyMs: 7000 })
}

function roomModel(variant?: Variant): SEN5xModel {
    const model = new SEN5xModel(0x69, variant)
    for (const [i, name] of ["pm1", "pm25", "pm4", "pm10"].entries()) model.feed(name, 10.2 + i)
    return model
        .feed("temperature", -3.21)
        .feed("humidity", 44.4)
        .feed("voc_index", 104)
        .feed("nox_index", 3)
}

const ROOM = [102, 112, 122, 132, -321, 4440, 104, 3]
/** After half a minute the particles have settled, and all else has not. */
const SETTLING = ROOM.map((_, i) => (i < 4 ? QUALITY_OK : QUALITY_WARMING_UP))
const NAMES = ["pm1", "pm25", "pm4", "pm10"]
const CLIMATE = ["sen5x_temperature", "sen5x_humidity"]

describe("SEN5x", () => {
    it.each([
        ["SEN50", NAMES],
        ["SEN54", [...NAMES, ...CLIMATE, "voc_index"]],
        ["SEN55", [...NAMES, ...CLIMATE, "voc_index", "nox_index"]],
    ] as const)("has the channels of a %s when it is told so", async (variant, names) => {
        const model = roomModel(variant)
        const rig = rigOf(model, VARIANTS[variant])
        const sample = (await rig.take(6))[5]
        expect(rig.channels[VARIANTS[variant]].map(({ name }) => name)).toEqual(names)
        expect(sample.values).toEqual(ROOM.slice(0, names.length))
        expect(sample.qualities).toEqual(SETTLING.slice(0, names.length))
        expect(sample.identity).toBe("serial 5C1D3B20A4F60712")
        expect(model.illegalAccesses).toEqual([])
    })

    it.each([
        ["SEN50", "SEN55"],
        ["SEN54", "SEN55"],
        ["SEN55", "SEN50"],
    ] as const)("says that a %s is not the %s it was told to be", async (is, told) => {
        const [, sample] = await rigOf(roomModel(is), VARIANTS[told]).take(2)
        expect(new Set(sample.qualities)).toEqual(new Set([QUALITY_WRONG_PART]))
        expect(sample.lastError).toContain(`${is}, not ${told}`)
    })

    it.each([1.0, 2.3])(
        "says that it is the wrong part when it meets an SPS30 with firmware %f",
        async firmware => {
            for (const sample of await rigOf(new SPS30Model(0x69, firmware)).take(2))
                expect(new Set(sample.qualities)).toEqual(new Set([QUALITY_WRONG_PART]))
        }
    )

    it("leaves a gap of NOx alone in the first 10 s, and of VOC while its index is 0", async () => {
        const model = roomModel().feed("voc_index", 0)
        const rig = rigOf(model)
        const [, second, , fourth] = await rig.take(4)
        expect(second.qualities.slice(4)).toEqual([
            QUALITY_WARMING_UP,
            QUALITY_WARMING_UP,
            QUALITY_NOT_READY,
            QUALITY_NOT_READY,
        ])
        expect(fourth.qualities.slice(6)).toEqual([QUALITY_NOT_READY, QUALITY_WARMING_UP])
    })

    it.each([
        ["fan is blocked", 0x10, 0, 4, QUALITY_NOT_READY],
        ["laser has failed", 0x20, 0, 4, QUALITY_NOT_READY],
        ["fan is too fast or too slow", 0x200000, 0, 4, QUALITY_UNCALIBRATED],
        ["thermometer does not answer", 0x40, 4, 6, QUALITY_NOT_READY],
        ["gas sensor has failed", 0x80, 6, 8, QUALITY_NOT_READY],
    ])("says that its %s, of just those channels", async (words, status, from, to, quality) => {
        const model = roomModel()
        const rig = rigOf(model)
        await rig.take(6)
        model.status = status
        const [bad] = await rig.take(1)
        expect(bad.qualities).toEqual(
            SETTLING.map((settling, i) => (i >= from && i < to ? quality : settling))
        )
        expect(bad.lastError).toContain(words)
        model.status = 0
        const [good] = await rig.take(1)
        expect(good.qualities).toEqual(SETTLING)
    })

    it("marks mass beyond the part's scale, and keeps the value", async () => {
        const model = roomModel().feed("pm25", 1000).feed("pm10", 1000.1)
        const sample = (await rigOf(model).take(6))[5]
        expect([sample.values[1], sample.qualities[1]]).toEqual([10_000, QUALITY_OK])
        expect([sample.values[3], sample.qualities[3]]).toEqual([10_001, QUALITY_SATURATED])
    })

    it.each([
        ["0xFFFF", [0xffff, 0xffff, 0xffff, 0xffff]],
        ["0x7FFF", [0x7fff, 0x7fff, 0x7fff, 0x7fff]],
    ])("takes %s for an unknown value, in each of the signed ones", async (_, words) => {
        const model = roomModel()
        const rig = rigOf(model)
        await rig.take(5)
        Object.assign(model, {
            wordOf: (_value: unknown, channel: number) => words[channel - 4] ?? 100,
        })
        const [sample] = await rig.take(1)
        expect(sample.qualities.slice(4)).toEqual(words.map(() => QUALITY_NOT_READY))
    })

    it("starts a part warm that was measuring until now, and others cold", async () => {
        const warmth: string[] = []
        const model = roomModel()
        const rig = rigOf(model)
        rig.node.bus.onTransfer = ({ write }) => {
            const hex = Buffer.from(write).toString("hex")
            if (hex.startsWith("60c6")) warmth.push(hex.slice(4, 8))
        }
        const now = rig.world.clock.wallMs
        model.brownOut(now - 60_000)
        model.transfer(Uint8Array.of(0x00, 0x21), 0, now - 50_000)
        await rig.take(2)
        expect(warmth).toEqual(["ffff"])
        model.brownOut(rig.world.clock.wallMs)
        await rig.take(5)
        expect(warmth, "after a moment without supply").toEqual(["ffff", "ffff"])
        model.faults.unplugged = true
        await rig.take(40)
        model.faults.unplugged = false
        await rig.take(3)
        expect(warmth.at(-1), "after some minutes without supply").toBe("0000")
        expect(model.illegalAccesses).toEqual([])
    })

    it("writes its temperature offset, also after the part lost its power", async () => {
        const model = roomModel()
        const rig = rigOf(model, WITH_OFFSET)
        const sample = (await rig.take(2))[1]
        expect(sample.values[4]).toBe(-321 - 150)
        model.brownOut(rig.world.clock.wallMs)
        expect(model.offset[0]).toBe(0)
        await rig.take(5)
        expect(model.offset).toEqual([0x10000 - 300, 0, 0])
        expect(model.illegalAccesses).toEqual([])
    })

    it("refuses what the part does not take, and cleans its fan when asked", async () => {
        const model = roomModel("SEN50")
        const lines = await linesOf(program, CLEANING, [model], seconds(25))
        expect(lines.filter(text => text.startsWith("refused"))).toEqual([
            "refused SEN5x: temperatureOffset (0.01 °C) must be a whole number from -2000 to 2000, got 2001",
            "refused SEN5x: temperatureOffset (0.01 °C) must be a whole number from -2000 to 2000, got 0.5",
            "refused SEN5x: variant must be SEN50, SEN54 or SEN55",
        ])
        const samples = lines.filter(text => text.startsWith("SAMPLE"))
        const gaps = samples.map(text => isGap(Number(text.split(" ")[1])))
        expect(gaps).toEqual([true, true, true, true, true, true, false, false])
        expect(model.illegalAccesses).toEqual([])
    })
})

conversionsAgree(program, [
    { convert: sen5xTemperature },
    { convert: sen5xIndex },
    { convert: sen5xOffsetWord },
])

commonSuite(program)
