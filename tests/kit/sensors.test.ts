/** Lists of sensors: options as the drivers take them, names, addresses and pins. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { loadParts } from "../../sim/parts/catalogue.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { DRIVER_OPTIONS_FILE } from "../../tools/kit/driver-options.js"
import { KIT_SCHEMA_FILE, kitJsonSchema } from "../../tools/kit/json-schema.js"
import { type StationProgram } from "../../tools/kit/kit.js"
import { asJsonFile } from "../../tools/scripts/kit/json-file.js"
import { readDriverOptions } from "../../tools/scripts/kit/read-options.js"
import { fileWith, kitOf, problemsOf } from "./kit-bench.js"

async function channelsOf(node: string): Promise<string[]> {
    const { nodes } = await kitOf(fileWith(node))
    const { sensors } = nodes[0].program as StationProgram
    return sensors.flatMap(({ channels }) => channels.map(({ name }) => name))
}

const XIAO = "board: suitcase_xiao_c3\nsensors:\n"
const PICO = "board: suitcase_pico_w\nsensors:\n"

describe("sensors of a kit file", () => {
    it("are named by their part alone, or with options; a prefix gets its underscore", async () => {
        const node = `${XIAO}  - scd41\n  - { part: sht4x, prefix: room }\n  - { part: bme280, prefix: out_ }`
        expect(await channelsOf(node)).toEqual([
            "co2",
            "scd4x_temperature",
            "scd4x_humidity",
            "room_temperature",
            "room_humidity",
            "out_temperature",
            "out_pressure",
            "out_humidity",
        ])
    })

    it("have the channels that their options leave or add", async () => {
        expect(await channelsOf(`${XIAO}  - { part: scd41, only: co2 }`)).toEqual(["co2"])
        const level = "{ levelProbe: { shuntMilliohms: 100000, rangeMillimetres: 5000 } }"
        expect(
            await channelsOf(
                `${XIAO}  - { part: ads1115, inputs: [{ pins: a0, as: ${level} }, { pins: a1 }] }`
            )
        ).toEqual(["level", "a1_voltage"])
        expect(await channelsOf(`${XIAO}  - { part: lis3dh, motion: { pollMs: 200 } }`)).toContain(
            "motion"
        )
    })

    it("know each other: a gas sensor takes the climate of a part before it", async () => {
        expect(await channelsOf(`${XIAO}  - sht4x\n  - { part: sgp41, climate: sht4x }`)).toContain(
            "sraw_voc"
        )
        const late = await problemsOf(
            fileWith(`${XIAO}  - { part: sgp41, climate: sht4x }\n  - sht4x`)
        )
        expect(late).toEqual([expect.stringMatching(/^11:\d+: climate: .*move it before sgp41/)])
    })

    it.each([
        [
            "a part that is none",
            "- shr4x",
            /^11:17: there is no part "shr4x"; did you mean sht4x\?$/,
        ],
        [
            "an option that is none",
            "- { part: scd41, altitud: 3 }",
            /^11:32: there is no option altitud; did you mean altitude\?$/,
        ],
        [
            "an option out of its range",
            "- { part: scd41, altitude: 9000 }",
            /^11:42: altitude takes a number from 0 to 3000, got 9000\. Metres/,
        ],
        [
            "a number in quotes",
            '- { part: scd41, altitude: "30" }',
            /^11:42: altitude takes a number: write 30 without quotes/,
        ],
        [
            "a choice that is none",
            "- { part: vl53l1x, mode: lang }",
            /^11:40: mode takes long or short; did you mean long\?/,
        ],
        [
            "what only the driver knows",
            "- { part: lis3dh, fullScale: 5 }",
            /^11:17: LIS3DH: fullScale is 2, 4, 8 or 16 g/,
        ],
        [
            "an address without 0x",
            "- { part: sht4x, address: 68 }",
            /^11:41: write the address with 0x, as datasheets do: 0x44/,
        ],
        [
            "an address of other parts",
            "- { part: sht4x, address: 0x76 }",
            /^11:41: address is one of 0x44, 0x45, 0x46/,
        ],
        [
            "a pin on the bus",
            "- { part: sht4x, pin: D0 }",
            /^11:32: sht4x is on the I2C bus, not on a pin/,
        ],
        ["a part on a pin without one", "- motion", /^11:17: motion is on a pin: write pin:/],
        [
            "a prefix with capitals",
            "- { part: sht4x, prefix: Room }",
            /^11:40: prefix takes small letters/,
        ],
        [
            "a pin twice",
            "- { part: motion, pin: D1 }\n  - { part: contact, pin: A1 }",
            /^12:39: pin A1_D1 is that of motion already/,
        ],
        [
            "a pin that the board has not",
            "- { part: motion, pin: GP15 }",
            /^11:38: suitcase_xiao_c3 has no pin GP15; it has/,
        ],
        [
            "a strapping pin",
            "- { part: motion, pin: D8 }",
            /^11:38: pin SCK_D8 \(GPIO8\).*decides how the board starts/,
        ],
        [
            "a pin of the bus",
            "- { part: motion, pin: D4 }",
            /^11:38: pin SDA_D4 .* is one of the I2C bus/,
        ],
        [
            "a voltage on a pin without converter",
            "- { part: soil, pin: D10 }",
            /^11:36: pin MOSI_D10 .*cannot measure a voltage; A0_D0, A1_D1, A2_D2 can/,
        ],
    ] as const)("refuse %s", async (_what, sensor, problem) => {
        expect(await problemsOf(fileWith(`${XIAO}  ${sensor}`))).toEqual([
            expect.stringMatching(problem),
        ])
    })

    it("name both parts of two equal channels, and the key to write", async () => {
        expect(await problemsOf(fileWith(`${XIAO}  - sht4x\n  - bme280`))).toEqual([
            expect.stringMatching(
                /^12:17: two channels are called temperature, humidity: bme280 and sht4x both measure it\. Write prefix:/
            ),
        ])
    })

    it("name both parts at one address, and those that are free", async () => {
        const two = `${XIAO}  - sht4x\n  - { part: sht3x, prefix: b }`
        expect(await problemsOf(fileWith(two))).toEqual([
            expect.stringMatching(
                /^12:17: sht4x and sht3x both have the I2C address 0x44: .*write address: 0x45 here/
            ),
        ])
        const fixed = `${XIAO}  - sgp40\n  - sgp41`
        expect(await problemsOf(fileWith(fixed))).toContainEqual(
            expect.stringMatching(/^12:17: sgp40 and sgp41 .*put one of them on another node/)
        )
    })

    it("leave the pin of a Pico's beat alone", async () => {
        expect(await problemsOf(fileWith(`${PICO}  - { part: pulses, pin: GP16 }`))).toEqual([
            expect.stringMatching(/^11:38: pin GP16 .*taken by the firmware's beat/),
        ])
    })

    it("have at most 32 columns, statistics with four for each channel", async () => {
        const node = `${XIAO}  - sen5x\n  - max17048\nrows: { samples: 6, how: statistics }`
        expect(await problemsOf(fileWith(node))).toEqual([
            expect.stringMatching(/^11:15: 44 columns; a station has at most 32/),
        ])
    })
})

describe("what editors and kit files know of drivers", () => {
    it("is what the drivers' declarations say: npm run docs:kit", async () => {
        const made = await asJsonFile(await readDriverOptions(), DRIVER_OPTIONS_FILE)
        expect(readFileSync(DRIVER_OPTIONS_FILE, "utf8")).toBe(made)
    })

    it("is in the published schema: npm run docs:kit", async () => {
        const made = await asJsonFile(await kitJsonSchema(), KIT_SCHEMA_FILE)
        expect(readFileSync(KIT_SCHEMA_FILE, "utf8")).toBe(made)
    })

    it("covers every part of the catalogue", async () => {
        const options = JSON.parse(readFileSync(DRIVER_OPTIONS_FILE, "utf8")) as object
        for (const { className } of await loadParts()) expect(options).toHaveProperty(className)
    })

    it("comes with every kit file of the project, in its first line", () => {
        const file = path.join(PROJECT_ROOT, "tests/kit/nine-nodes.yaml")
        const [, schema] =
            /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(file, "utf8")) ?? []
        expect(path.resolve(path.dirname(file), schema)).toBe(KIT_SCHEMA_FILE)
    })
})
