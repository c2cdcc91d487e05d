/** Applications with other parts that measure the same, by the kit file. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { hours } from "../../sim/time/duration.js"
import { room } from "../../sim/worlds/room.js"
import { compileNamed, programOfNode, surroundingsOf } from "../../tools/cli/apps.js"
import { PROJECT_ROOT } from "../../sim/program/project.js"
import { theSupplies } from "../../tools/kit/read-kit.js"
import { swapPart } from "../../tools/kit/swap.js"
import { SimSession } from "../../tools/cli/sim/session.js"
import { fileWith, kitOf, problemsOf } from "./kit-bench.js"

const nodeOf = async (text: string) => (await kitOf(fileWith(text))).nodes[0]

describe("an application with other parts", () => {
    it.each([
        ["indoor-climate", "{ part: scd30, only: co2 }", /new SCD30\(bus, \{ only: "co2" \}\)/],
        [
            "indoor-climate",
            "{ part: bme280, address: 0x77 }",
            /new BME280\(bus, \{ address: 0x77 \}\)/,
        ],
        ["waste-bin", "vl53l0x", /new VL53L0X\(bus\)/],
        ["building-damp", "sht3x", /new SHT3x\(bus\)/],
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

    it("is refused where another part of it measures the same already", async () => {
        const { parts } = await theSupplies()
        const source = readFileSync(path.join(PROJECT_ROOT, "devs/indoor-climate.ts"), "utf8")
        const node = await nodeOf("board: suitcase_xiao_c3\nsensors: [scd30]")
        const [scd30] = node.program.kind === "station" ? node.program.sensors : []
        const [co2, temperature, humidity] = scd30.channels
        const both = { ...scd30, channels: [co2, { ...temperature, name: "temperature" }] }
        const all = [...both.channels, { ...humidity, name: "humidity" }]
        expect(swapPart(source, { ...scd30, channels: all }, parts).problem).toMatch(
            /scd30 measures .*, and takes the place of more than one of the program's parts: .*sht4x \(/
        )
        expect(swapPart(source, both, parts).problem).toMatch(
            /scd30 measures temperature, as sht4x of the program does: give it the option only/
        )
    })

    it("is refused where its own part cannot be told", async () => {
        const two = "board: suitcase_xiao_c3\napp: indoor-climate\nsensors: [ads1115]"
        expect((await problemsOf(fileWith(two))).length).toBe(1)
    })
})
