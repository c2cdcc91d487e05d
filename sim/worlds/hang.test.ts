/** Parts in places: what feeds which input, and how far off each part is. */
import { describe, expect, it } from "vitest"
import { AMG8833Model } from "../../src/drivers/amg8833/model.js"
import { RotaryEncoderModel } from "../../src/drivers/pulses/model.js"
import { type ModelChannel, type PartModel } from "../../src/drivers/shared/part-model.js"
import { loadAnyPart, loadParts, isOnPin, type CataloguedPart } from "../parts/catalogue.js"
import { steady } from "../apps/from-imports.js"
import { hang, quantityOf } from "./hang.js"
import { type Place, type Quantity } from "./place.js"
import { placeKind } from "./registry.js"
import { parseAccuracy, sensorError } from "./sensor-error.js"

const START = Date.UTC(2024, 0, 15)

const parts = await loadParts()

function inputsOf(part: CataloguedPart): readonly ModelChannel[] {
    return (isOnPin(part) ? part.model() : part.model(part.addresses[0])).channels
}

function placeOf(name: string): Place {
    return (placeKind(name) ?? expect.fail(name)).create({ seed: 1, startMs: START })
}

function as<M extends PartModel>(model: PartModel, kind: new () => M): M {
    if (!(model instanceof kind)) throw new Error(`${model.part} is no ${kind.name}`)
    return model
}

/** What a model would see of an input now. */
function seen(model: object, input: string, unixMs: number): number {
    return (model as { inputAt(name: string, unixMs: number): number }).inputAt(input, unixMs)
}

describe("an accuracy from a datasheet", () => {
    const input: ModelChannel = { name: "x", unit: "V", min: -1, max: 3, epsilon: 0 }

    it.each([
        ["±0.2 °C (SHT40, SHT41), ±0.1 °C (SHT45)", 0.2, 0],
        ["±(30 ppm + 3 %)", 30, 0.03],
        ["SCD40: ±(50 ppm + 5 %) up to 2000 ppm", 50, 0.05],
        ["±4 % on white indoors", 0, 0.04],
        ["±20 mm on white in the dark", 0.02, 0],
        ["±7.5 mV", 0.0075, 0],
        ["±1 % of the full scale after calibration", 0.04, 0],
        ["relative; ±5 % of the range in one kind of soil", 0.2, 0],
    ])("is read from %j", (text, absolute, relative) => {
        const accuracy = parseAccuracy(text, input)
        expect(accuracy?.absolute).toBeCloseTo(absolute, 9)
        expect(accuracy?.relative).toBeCloseTo(relative, 9)
    })

    it("is read for each channel of the catalogue that states one in a unit", () => {
        const countings = /±1 (tip|pulse)|±870 ticks|±3°/
        for (const part of parts)
            for (const { name, accuracy, input: shown = name } of part.channels) {
                const channel = inputsOf(part).find(candidate => candidate.name === shown)
                if (channel === undefined) continue
                const isStated = accuracy.includes("±") && !countings.test(accuracy)
                if (accuracy.includes("not stated")) continue
                const parsed = parseAccuracy(accuracy, channel)
                expect(parsed !== undefined, `${part.name} ${name}: ${accuracy}`).toBe(isStated)
                expect(parsed?.absolute ?? 0, accuracy).not.toBeNaN()
            }
    })
})

describe("a part in a place", () => {
    it("is off by a constant within its datasheet's accuracy, another one for another part", async () => {
        const part = await loadAnyPart("sht4x")
        const [temperature] = inputsOf(part)
        const errors = Array.from({ length: 50 }, (_, i) => sensorError(part, temperature, `${i}`))
        const offsets = errors.map(error => error(-12) + 12)
        for (const [i, error] of errors.entries()) expect(error(30) - 30).toBeCloseTo(offsets[i], 9)
        expect(Math.max(...offsets.map(Math.abs))).toBeLessThanOrEqual(0.2)
        expect(Math.max(...offsets)).toBeGreaterThan(0.1)
        expect(Math.min(...offsets)).toBeLessThan(-0.1)
    })

    it("sees what is true there, an ideal one exactly", async () => {
        const room = placeOf("room")
        const sht4x = steady(await loadAnyPart("sht4x"))
        expect(hang(room, [sht4x])).toEqual(["sht4x.temperature", "sht4x.humidity"])
        const at = START + 9 * 3_600_000
        const truth = room.quantities["temperature"].at(at)
        expect(seen(sht4x.model, "temperature", at)).toBe(truth)
        hang(room, [sht4x], { errorSeed: "7" })
        expect(seen(sht4x.model, "temperature", at)).not.toBe(truth)
        expect(Math.abs(seen(sht4x.model, "temperature", at) - truth)).toBeLessThanOrEqual(0.2)
    })

    it("has an input of its own before one that all parts share, and the second of a kind another", async () => {
        const trail = placeOf("trail")
        const contacts = [
            steady(await loadAnyPart("contact")),
            steady(await loadAnyPart("contact")),
        ]
        hang(trail, contacts)
        const inwards = trail.quantities["count_in"].at
        // The first rider of the morning: the first contact closes before the second one does.
        let t = START + 8 * 3_600_000
        while (inwards(t) === inwards(t - 10)) t += 10
        expect([0, 1].map(i => seen(contacts[i].model, "contact", t + 20))).toEqual([1, 0])
        const stream = placeOf("stream")
        const probes = [steady(await loadAnyPart("ds2482")), steady(await loadAnyPart("bme280"))]
        hang(stream, probes)
        expect(seen(probes[0].model, "temperature", START)).toBeGreaterThanOrEqual(0)
        expect(seen(probes[1].model, "temperature", START)).toBe(
            stream.quantities["temperature"].at(START)
        )
    })

    it("counts every pulse, and sees the whole picture", async () => {
        const counter = steady(await loadAnyPart("pulses"))
        hang(placeOf("meter"), [counter])
        const { total } = as(counter.model, RotaryEncoderModel)
        expect(total?.(START + 3_600_000)).toBeGreaterThan(50)
        const array = steady(await loadAnyPart("amg8833"))
        hang(placeOf("quay"), [array])
        expect(as(array.model, AMG8833Model).scene?.(0, START)).toBeGreaterThan(-10)
    })
})

describe("the truth of a channel", () => {
    it("is that of its name, or of its end behind a prefix", () => {
        const one: Quantity = { unit: "Cel", min: 0, max: 1, at: () => 1 }
        const quantities = { temperature: one, water_temperature: { ...one, at: () => 2 } }
        expect(quantityOf(quantities, "water_temperature")?.at(0)).toBe(2)
        expect(quantityOf(quantities, "in_the_water_temperature")?.at(0)).toBe(2)
        expect(quantityOf(quantities, "roof_temperature")?.at(0)).toBe(1)
        expect(quantityOf(quantities, "constructor")).toBeUndefined()
        expect(quantityOf(quantities, "temperature_limit")).toBeUndefined()
    })
})
