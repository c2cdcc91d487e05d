/**
 * The programs that lists of sensors become: readable, the same each time, and they run. `npm test` runs three
 * of the nine nodes for some minutes, `.ci/run` all of them for half an hour.
 */
import { readFileSync } from "node:fs"
import path from "node:path"
import prettier from "prettier"
import { afterEach, describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { minutes } from "../../sim/time/duration.js"
import { compileNamed, programOfNode, surroundingsOf } from "../../tools/cli/apps.js"
import {
    checkOn,
    chosenBoards,
    memoryProblems,
    type BoardTrial,
} from "../../tools/cli/build/check.js"
import { SimSession } from "../../tools/cli/sim/session.js"
import { type Reading } from "../../tools/decoder/index.js"
import { type KitNode } from "../../tools/kit/kit.js"
import { stationSource } from "../../tools/kit/program.js"
import { IS_WHOLE } from "../runner/whole.js"
import { fileWith, kitOf } from "./kit-bench.js"

const { nodes } = await kitOf(readFileSync(path.join(PROJECT_ROOT, "tests/kit/nine-nodes.yaml")))

/** With a pin, an object among its options, and a bus on pins that the program names. */
const SHORT_FORM = ["indoor", "water-level", "eight-parts"]
const RUN_MINUTES = IS_WHOLE ? 30 : 6

function sourceOf(node: KitNode): string {
    if (node.program.kind === "app") throw new Error(`${node.name} has a program of its own`)
    return stationSource({ ...node, program: node.program }, file => `../src/${file}.js`).text
}

let session: SimSession | undefined
afterEach(async () => {
    await session?.close()
    session = undefined
})

describe("the program of a list of sensors", () => {
    it.each(nodes.map(node => [node.name, node] as const))(
        "%s is formatted as all programs are",
        async (_name, node) => {
            const file = path.join(PROJECT_ROOT, "devs/x.ts")
            const options = await prettier.resolveConfig(file)
            const text = sourceOf(node)
            expect(text).toBe(await prettier.format(text, { ...options, filepath: file }))
        }
    )

    it("can be calibrated where the kit file says so, and then answers over USB by that", () => {
        const node = nodes.find(({ name }) => name === "energy") ?? expect.fail("no node")
        const open = { ...node.settings, calibration: true, seal: false }
        const text = sourceOf({ ...node, settings: open })
        expect(text).toContain("    calibration: calibrations(),\n")
        expect(text).toContain("    calibrations,\n")
        expect(text).not.toContain("usbService")
        expect(text).not.toContain("remoteCalibration")
        expect(text).not.toContain("procedures")
        const sealed = { ...open, seal: true }
        expect(sourceOf({ ...node, settings: sealed })).toContain(
            "    calibration: calibrations(remoteCalibration),\n"
        )
        expect(sourceOf(node)).not.toContain("calibration")
    })

    it("has raw values beside corrected ones where a part says raw: true", () => {
        const node = nodes.find(({ name }) => name === "energy") ?? expect.fail("no node")
        if (node.program.kind !== "station") expect.fail("no list of sensors")
        const [first, ...others] = node.program.sensors
        const sensors = [{ ...first, hasRaw: true }, ...others]
        const text = sourceOf({ ...node, program: { ...node.program, sensors } })
        const variable = /new RawValues\((\w+)\)/.exec(text)?.[1]
        expect(text).toMatch(new RegExp(`const ${variable ?? "?"} = new `))
        expect(text).toMatch(new RegExp(`${variable ?? "?"},\\s+new RawValues`))
        expect(sourceOf(node)).not.toContain("RawValues")
    })

    it("has what its parts can do to themselves, where it can be calibrated and they can", async () => {
        const plain = nodes.find(({ name }) => name === "indoor") ?? expect.fail("no node")
        const able = { ...plain.settings, calibration: true, seal: false }
        const text = sourceOf({ ...plain, settings: able })
        expect(sourceOf({ ...plain, settings: { ...able, seal: true } })).toContain(
            "calibrations(remoteCalibration, procedures([new SCD4xCalibration(bus, scd41)])),"
        )
        expect(text).toMatch(
            /calibration: calibrations\(undefined, procedures\(\[new SCD4xCalibration\(bus, scd41\)\]\)\),\n/
        )
        const file = path.join(PROJECT_ROOT, "devs/x.ts")
        const options = await prettier.resolveConfig(file)
        expect(text).toBe(await prettier.format(text, { ...options, filepath: file }))
        expect(sourceOf(plain)).not.toContain("SCD4xCalibration")
    })

    it("reads as a maker would write it", () => {
        const node = nodes.find(({ name }) => name === "energy") ?? expect.fail("no node")
        expect(sourceOf(node)).toBe(`/**
 * PulseCounter, INA219 and BH1750 on a Suitcase Pico W.
 * Made from a kit file: change that one, or copy this to devs/ and write its name as app.
 */
import { startRotaryEncoder } from "@devicescript/servers"
import { pins } from "@dsboard/suitcase_pico_w"
import { BH1750 } from "../src/drivers/bh1750/driver.js"
import { INA219 } from "../src/drivers/ina219/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { PulseCounter } from "../src/drivers/pulses/driver.js"
import {
    blinkLight,
    jsonEnvelope,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
} from "../src/station/index.js"

const bus = openBus()

await startStation({
    app: "pulses-ina219-bh1750",
    intervalSeconds: 60,
    sensors: [
        new PulseCounter(startRotaryEncoder({ pin0: pins.GP15, pin1: pins.GP15 })),
        new INA219(bus),
        new BH1750(bus),
    ],
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
`)
    })

    it("does not depend on what its node is called or where it is", async () => {
        const node = "board: suitcase_xiao_c3\nsensors: [sht4x]"
        const one = await kitOf(fileWith(node))
        const other = await kitOf(
            fileWith(`${node}\ntitle: Other`).replace("name: hall", "name: b")
        )
        expect(sourceOf(other.nodes[0])).toBe(sourceOf(one.nodes[0]))
    })

    it("has everything that an entry can ask for", async () => {
        const kit = await kitOf(
            fileWith(`
board: suitcase_pico_w
settings: { interval: 5m, report: 1h }
rows: { samples: 5, how: median }
store: { part: at24c256, address: 0x57 }
clock: { part: ds3231, variant: DS3231M }
sensors:
  - { part: sht4x, address: 0x45, prefix: air }
  - { part: sgp40, climate: sht4x, lowPower: true }
  - { part: raingauge, pin: GP14, mmPerTip: 0.2 }`)
        )
        const text = sourceOf(kit.nodes[0])
        for (const line of [
            'const sht4x = new SHT4x(bus, { address: 0x45, prefix: "air_" })',
            "    reportSeconds: 3600,",
            '    rows: aggregate("median", 5),',
            "        new SGP40(bus, { climate: sht4x, lowPower: true }),",
            "        new RainGauge(startRotaryEncoder({ pin0: pins.GP14, pin1: pins.GP14 }), { mmPerTip: 0.2 }),",
            "    store: storeIn(new AT24C256(bus, { address: 0x57 })),",
            '    clock: keepTimeIn(new DS3231(bus, { variant: "DS3231M" })),',
        ])
            expect(text).toContain(`${line}\n`)
        const check = await checkOn(kit.nodes[0].board, await programOfNode(kit.nodes[0]))
        expect(check.problems).toEqual([])
    })

    it.each([
        ["feather_s2", 6, 3, "frames fit"],
        ["feather_s2", 14, 6, "Leave out a sensor"],
        ["suitcase_xiao_c3", 20, 8, "frames fit"],
        ["suitcase_xiao_c3", 30, 12, "Leave out a sensor"],
    ])("on %s with %i columns of %i sensors: %s", (id, columns, sensors, words) => {
        const [board] = chosenBoards(id)
        const { heapBytes } = theBoard(id)
        const parts = new Array<string>(sensors).fill("part")
        const trial = { board, columns, parts, heapBytes, store: "FRAM" } as unknown as BoardTrial
        expect(memoryProblems("hall", trial, true).join() || "frames fit").toContain(words)
    })
})

describe.each(
    nodes
        .filter(({ name }) => IS_WHOLE || SHORT_FORM.includes(name))
        .map(node => [node.name, node] as const)
)("the node %s", (_name, node) => {
    it("fits on its board, starts there, and is built the same twice", async () => {
        const named = await programOfNode(node)
        const check = await checkOn(node.board, named)
        expect(check.problems).toEqual([])
        expect(check.trial?.unknownParts).toEqual([])
        const again = await checkOn(node.board, await programOfNode(node))
        expect(again.program?.bytecode).toEqual(check.program?.bytecode)
    })

    it(`delivers every channel for ${RUN_MINUTES} minutes`, async () => {
        const named = await programOfNode(node)
        const { heapBytes, beatPin } = theBoard(node.board.id)
        const app = (await surroundingsOf(named)) ?? expect.fail("no surroundings")
        const readings: Reading[] = []
        session = await SimSession.open({
            app,
            program: compileNamed(named, { target: "board", heapBytes, beatPin }),
            board: { profile: theBoard(node.board.id) },
            onReading: reading => readings.push(reading),
        })
        await session.run(minutes(RUN_MINUTES))
        const report = await session.finish()
        expect(report.readingsLost).toBe(0)
        expect(report.boardResets).toEqual([])
        if (node.program.kind === "app") return
        const delivered = new Set(readings.filter(r => !r.isGap).map(r => r.channel))
        const names = node.program.sensors.flatMap(({ channels }) => channels.map(c => c.name))
        expect([...delivered].sort()).toEqual(names.sort())
    })
})
