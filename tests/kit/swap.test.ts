/** Applications with other parts that measure the same, by the kit file. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { hours } from "../../sim/time/duration.js"
import { useOf } from "../../sim/apps/uses.js"
import { placeKind } from "../../sim/worlds/registry.js"
import { room } from "../../sim/worlds/room.js"
import { compileNamed, programOfNode, surroundingsOf } from "../../tools/cli/apps.js"
import { PROJECT_ROOT } from "../../sim/program/project.js"
import { theSupplies } from "../../tools/kit/read-kit.js"
import { swapPart } from "../../tools/kit/swap.js"
import { SimSession } from "../../tools/cli/sim/session.js"
import { fileWith, kitOf, problemsOf } from "./kit-bench.js"

/** Parts on pins in place of parts on the bus: application, part, its driver as it is made, a channel, and its p95. */
const PIN_SWAPS: readonly (readonly [string, string, RegExp, string, number])[] = [
    ["trail-counter", "{ part: pulses, pin: D10 }", /new PulseCounter\(startRot/, "passages", 5],
    ["trail-counter", "{ part: contact, pin: D10 }", /new Contact\(startButton/, "passages", 5],
    // Who comes in a group is one movement.
    ["trail-counter", "{ part: motion, pin: D10 }", /new Motion\(startMotion/, "passages", 50],
    ["energy-meter", "{ part: pulses, pin: D10 }", /new PulseCounter\(startRot/, "energy", 2],
    [
        "green-area",
        "{ part: pulses, pin: D10 }",
        /new PulseCounter\(startRot/,
        "precipitation",
        0.3,
    ],
    // Not told what it reads in dry and in wet soil.
    ["green-area", "{ part: soil, pin: A1 }", /new SoilMoisture\(startSoil/, "soil_moisture", 8],
    ["street-noise", "{ part: sound, pin: A1 }", /new SoundLevel\(startSound/, "laeq", 0.5],
]

const nodeOf = async (text: string) => (await kitOf(fileWith(text))).nodes[0]

describe("an application with other parts", () => {
    it.each<readonly [string, string, RegExp]>([
        ["indoor-climate", "{ part: scd30, only: co2 }", /new SCD30\(bus, \{ only: "co2" \}\)/],
        [
            "indoor-climate",
            "{ part: bme280, address: 0x77 }",
            /new BME280\(bus, \{ address: 0x77 \}\)/,
        ],
        ["waste-bin", "vl53l0x", /new VL53L0X\(bus\)/],
        ["building-damp", "sht3x", /new SHT3x\(bus\)/],
        ...PIN_SWAPS.map(([app, sensor, made]) => [app, sensor, made] as const),
    ])("is %s with %s", async (app, sensor, made) => {
        const { program } = await nodeOf(
            `board: suitcase_xiao_c3\napp: ${app}\nsensors: [${sensor}]`
        )
        expect(program.kind === "app" ? program.source : "").toMatch(made)
    })

    it("has them beside those that stay, with what their readings are true to", async () => {
        const node = await nodeOf(
            "board: suitcase_xiao_c3\napp: indoor-climate\nsensors: [{ part: scd30, only: co2 }]"
        )
        const named = await programOfNode(node)
        const app = (await surroundingsOf(named)) ?? expect.fail("no parts")
        expect(
            app
                .parts()
                .map(({ folder }) => folder)
                .sort()
        ).toEqual(["bh1750", "scd30", "sht4x"])
        const session = await SimSession.open({
            app,
            program: compileNamed(named),
            place: room,
            comparesTruth: true,
            start: new Date("2024-01-15T08:00:00Z"),
        })
        await session.run(hours(1))
        const { readingsLost, truth } = await session.finish()
        await session.close()
        expect(readingsLost).toBe(0)
        const co2 = truth?.channels.find(({ channel }) => channel === "co2")
        expect(co2?.readings).toBeGreaterThan(55)
        // ±(30 ppm + 3 %) of the SCD30, and a minute of its own average.
        expect(co2?.p95, "ppm").toBeLessThan(120)
    })

    it.each(PIN_SWAPS)("measures as %s with %s", async (app, sensor, _made, channel, p95) => {
        const node = await nodeOf(`board: suitcase_xiao_c3\napp: ${app}\nsensors: [${sensor}]`)
        const named = await programOfNode(node)
        const session = await SimSession.open({
            app: (await surroundingsOf(named)) ?? expect.fail("no parts"),
            program: compileNamed(named),
            place: placeKind(useOf(app)?.place ?? "") ?? expect.fail("no place"),
            comparesTruth: true,
            start: new Date("2024-06-10T08:00:00Z"),
        })
        await session.run(hours(1))
        const { readingsLost, truth } = await session.finish()
        await session.close()
        expect(readingsLost).toBe(0)
        const found = truth?.channels.find(each => each.channel === channel)
        expect(found?.readings, "readings").toBeGreaterThanOrEqual(4)
        expect(found?.p95, found?.unit).toBeLessThanOrEqual(p95)
    })

    it("has the pins of its board, and both of what a kit file must not mix up", async () => {
        const pico = await nodeOf(
            "board: suitcase_pico_w\napp: trail-counter\nsensors: [{ part: pulses, pin: GP15 }]"
        )
        const text = pico.program.kind === "app" ? pico.program.source : ""
        expect(text).toContain('import { pins } from "@dsboard/suitcase_pico_w"')
        expect(text).toContain('channelOf(sensors, "pulses")')
        expect(text).not.toContain('"count"')
        const problems = await problemsOf(
            fileWith("board: suitcase_xiao_c3\napp: trail-counter\nsensors: [{ part: pulses }]")
        )
        expect(problems.join()).toMatch(/pin/)
        const other = await problemsOf(
            fileWith(
                "board: suitcase_xiao_c3\napp: trail-counter\nsensors: [{ part: soil, pin: A1 }]"
            )
        )
        expect(other.join()).toMatch(/soil measures soil_moisture, and takes the place of none/)
    })

    it("is refused where another part of it measures the same already", async () => {
        const { parts } = await theSupplies()
        const source = readFileSync(path.join(PROJECT_ROOT, "devs/indoor-climate.ts"), "utf8")
        const node = await nodeOf("board: suitcase_xiao_c3\nsensors: [scd30]")
        const [scd30] = node.program.kind === "station" ? node.program.sensors : []
        const [co2, temperature, humidity] = scd30.channels
        const both = { ...scd30, channels: [co2, { ...temperature, name: "temperature" }] }
        const all = [...both.channels, { ...humidity, name: "humidity" }]
        expect(
            swapPart(source, { ...scd30, channels: all }, parts, "suitcase_xiao_c3").problem
        ).toMatch(
            /scd30 measures .*, and takes the place of more than one of the program's parts: .*sht4x \(/
        )
        expect(swapPart(source, both, parts, "suitcase_xiao_c3").problem).toMatch(
            /scd30 measures temperature, as sht4x of the program does: give it the option only/
        )
    })

    it("is refused where its own part cannot be told", async () => {
        const two = "board: suitcase_xiao_c3\napp: indoor-climate\nsensors: [ads1115]"
        expect((await problemsOf(fileWith(two))).length).toBe(1)
    })
})
