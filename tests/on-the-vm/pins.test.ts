/**
 * Parts on pins as an application starts them: the programs of the drivers' READMEs
 * compile, run in the simulator as they are, and what they send arrives.
 */
import { readFileSync } from "node:fs"
import path from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { AnalogModel } from "../../src/drivers/analog/model.js"
import { ContactModel } from "../../src/drivers/contact/model.js"
import { MotionModel } from "../../src/drivers/motion/model.js"
import { RotaryEncoderModel } from "../../src/drivers/pulses/model.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { RigProgram, type RigScript } from "../../sim/parts/rig-program.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { Kit } from "../support/kit.js"
import { KIT, STATION_IMPORT } from "../support/station-source.js"

const FOLDERS = [
    "pulses",
    "raingauge",
    "anemometer",
    "motion",
    "contact",
    "analog",
    "soil",
    "sound",
]

let kit: Kit | undefined
afterEach(async () => {
    await kit?.close()
    kit = undefined
})

/** The times and integers of one channel, s since the start. */
function rowsOf(k: Kit, channel: string): (readonly [number, number | undefined])[] {
    return k.readings
        .filter(r => r.channel === channel)
        .map(r => [Math.round((r.time - k.world.clock.epochMs) / 1000), r.integer] as const)
}

const program = new RigProgram()
const YARD_IMPORTS = `
import { pins } from "@dsboard/suitcase_pico_w"
import { startButton, startMotion, startRotaryEncoder, startSoilMoisture } from "@devicescript/servers"
import { Anemometer } from "../src/drivers/anemometer/driver.js"
import { Contact } from "../src/drivers/contact/driver.js"
import { Motion } from "../src/drivers/motion/driver.js"
import { RainGauge } from "../src/drivers/raingauge/driver.js"
import { SoilMoisture } from "../src/drivers/soil/driver.js"
${STATION_IMPORT}
`
const YARD = program.script({
    imports: YARD_IMPORTS,
    body: `
    const rain = startRotaryEncoder({ pin0: pins.GP15, pin1: pins.GP15 })
    const wind = startRotaryEncoder({ pin0: pins.GP14, pin1: pins.GP14 })
    await startStation({
        app: "yard",
        ${KIT}
        intervalSeconds: 60,
        sensors: [
            new RainGauge(rain),
            new Anemometer(wind),
            new Motion(startMotion({ pin: pins.GP13 })),
            new Contact(startButton({ pin: pins.GP12 })),
            new SoilMoisture(startSoilMoisture({ pin: pins.GP26 }), { dry: 52000, wet: 22000 }),
        ],
    })`,
})
const DOOR = program.script({
    imports: YARD_IMPORTS,
    body: `
    const contact = new Contact(startButton({ pin: pins.GP12 }))
    await startStation({ app: "yard", ${KIT} intervalSeconds: 60, sensors: [contact] })`,
})

/** The programs of a README, each as a function of one program. */
const README_PROGRAMS = FOLDERS.map(folder => {
    const file = path.join(PROJECT_ROOT, "src", "drivers", folder, "README.md")
    const blocks = [...readFileSync(file, "utf8").matchAll(/```ts\n([^]*?)```/g)]
    const texts = blocks.map(([, text]) => text).filter(text => text.includes("import "))
    return [folder, texts.map(text => program.script(asScript(text)))] as const
})

/** A whole program as a script of another: its imports, and all the rest. */
function asScript(text: string): RigScript {
    const IMPORT = /^import [^]*? from "[^"]+"\n/gm
    return {
        imports: (text.match(IMPORT) ?? []).join(""),
        body: text.replace(IMPORT, "").replace("const bus = openBus()\n", ""),
    }
}

describe("an application with parts on pins", () => {
    it("finds the service of each pin and sends what happens there, changes at once", async () => {
        const rain = new RotaryEncoderModel().feed("frequency", 0.1)
        const wind = new RotaryEncoderModel().feed("frequency", 9)
        const pir = new MotionModel()
        const door = new ContactModel()
        const soil = new AnalogModel({
            part: "soil",
            service: "soilMoisture",
            input: { name: "soil_moisture", unit: "%", min: 0, max: 100 },
            share: percent => (52000 - 300 * percent) / 65536,
        }).feed("soil_moisture", 40)
        kit = await Kit.start({
            app: { program, script: YARD },
            pins: [rain, wind, pir, door, soil],
        })
        const { clock } = kit.world
        clock.after(seconds(90) * 1000, () => door.feed("contact", 1))
        clock.after(seconds(100) * 1000, () => pir.feed("motion", 1))
        clock.after(seconds(103) * 1000, () => pir.feed("motion", 0))
        await kit.world.run(minutes(5) + seconds(5))
        await kit.flush()
        const last = (name: string) => kit?.integersOf(name).at(-1)
        expect(Math.abs((last("precipitation") as number) - 30), "tips in 5 min").toBeLessThan(2)
        expect(Math.abs((last("wind_speed") as number) - 600), "0.01 m/s").toBeLessThan(3)
        expect(Math.abs((last("soil_moisture") as number) - 400), "0.1 %").toBeLessThan(2)
        expect(rowsOf(kit, "contact")).toContainEqual([90, 1])
        expect(rowsOf(kit, "movements")).toContainEqual([100, 1])
        const at = (name: string, time: number) =>
            rowsOf(kit as Kit, name).find(([t]) => t === time)?.[1]
        expect([at("motion", 120), at("motion", 180)], "over at 120 s, but within the row").toEqual(
            [1, 0]
        )
        expect([last("closings"), last("movements")]).toEqual([1, 1])
        for (const model of [rain, wind, pir, door, soil]) expect(model.illegalAccesses).toEqual([])
    })

    it("counts a bouncing contact once, and each change of a good one", async () => {
        const bounces = [0, 12, 24]
        const door = new ContactModel(1).feed("contact", t => {
            const ms = t - (kit?.world.clock.epochMs ?? 0)
            const press = Math.floor(ms / 20_000)
            const since = ms - press * 20_000
            // Closed for 10 s of 20, after bouncing for 36 ms.
            if (since < 36) return bounces.some(at => since >= at && since < at + 6) ? 1 : 0
            return since < 10_000 ? 1 : 0
        })
        const k = await Kit.start({ app: { program, script: DOOR }, pins: [door] })
        kit = k
        await k.world.run(minutes(2) - seconds(1))
        await k.flush()
        const presses = Math.floor((k.world.clock.wallMs - k.world.clock.epochMs) / 20_000) + 1
        expect([presses - 1, presses]).toContain(k.integersOf("closings").at(-1))
        for (const time of [20, 40, 80, 100])
            expect(rowsOf(k, "contact"), "the row of a closing, after the bouncing").toContainEqual(
                [time, 1]
            )
        expect(door.illegalAccesses).toEqual([])
    })
})

describe("the README of", () => {
    it.each(README_PROGRAMS)("%s holds a program that compiles", (_folder, scripts) => {
        expect(scripts.length, "programs").toBeGreaterThan(0)
        expect(program.program.bytecode.length).toBeGreaterThan(1000)
    })
})
