/** `suitcase new driver` refuses in words what cannot become a driver, and writes nothing then. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { run } from "../../tools/cli/cli.js"
import { tableCall } from "../../tools/cli/new/channel-table.js"
import { parseChannel } from "../../tools/cli/new/plan.js"
import { checkCheckout } from "../../tools/cli/new/write.js"
import { fakeTerminal } from "../support/fake-terminal.js"

const WHOLE = ["--maker", "ST", "--family", "registers", "--address", "0x5c"]
const CHANNEL = ["--channel", "temperature:Cel:0.01:-40..85"]

async function newDriver(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(["new", "driver", ...words], terminal)
    return { code, err: terminal.err.text }
}

describe("suitcase new driver", () => {
    it.each([
        [["SHT4x", ...WHOLE, ...CHANNEL], /src\/drivers\/sht4x exists already/],
        [["LPS-22", ...WHOLE, ...CHANNEL], /"LPS-22" cannot name a driver/],
        [["../x", ...WHOLE, ...CHANNEL], /cannot name a driver/],
        [["XYZ1", ...WHOLE], /give --maker, --family, --address and --channel/],
        [["XYZ1", ...WHOLE, ...CHANNEL, ...CHANNEL], /two channels are called temperature/],
        [["XYZ1", ...WHOLE, "--address", "0x5c", ...CHANNEL], /0x5c is given twice/],
        [["XYZ1", ...WHOLE, "--address", "0x80", ...CHANNEL], /0x08 to 0x77/],
        [["XYZ1", ...WHOLE, "--address", "76", ...CHANNEL], /with 0x: 0x76/],
        [["XYZ1", ...WHOLE, "--address", "5C", ...CHANNEL], /with 0x: 0x5c/],
        [["XYZ1", ...WHOLE, "--channel", "temperature"], /NAME:UNIT:STEP:LOWEST\.\.HIGHEST/],
        [["XYZ1", ...WHOLE, "--channel", "temperature:Cel:0.01:5..5"], /5 is not below 5/],
        [["XYZ1", ...WHOLE, "--channel", "temperature:Cel:0:1..5"], /a step is above 0/],
        [["XYZ1", ...WHOLE, "--channel", "temperature:Cel:0.0000001:0..500"], /more than 24 bits/],
    ])("%j is explained in one line", async (words, message) => {
        const { code, err } = await newDriver(...words)
        expect(code).toBe(2)
        expect(err).toMatch(message)
        expect(err.trim().split("\n")).toHaveLength(1)
        expect(existsSync(path.join(PROJECT_ROOT, "src", "drivers", "xyz1"))).toBe(false)
    })

    it.each([
        ["temperature:Cel:0.01:-40..85", "temperatureChannel(options?.prefix, -4000, 8500)"],
        ["humidity:%RH:0.01:0..100", "humidityChannel(options?.prefix)"],
        [
            "pressure:Pa:0.1:30000..110000",
            "airPressureChannel(options?.prefix, 300000, 1100000, 10)",
        ],
        ["illuminance:lx:0.01:0..1000", "illuminanceChannel(options?.prefix, 100000, 100)"],
        [
            "probe_temperature:Cel:0.01:-55..125",
            'temperatureChannel((options?.prefix ?? "") + "probe_", -5500, 12500)',
        ],
    ])("takes %s from the table of quantities", (text, source) => {
        expect(tableCall(parseChannel(text))?.source).toBe(source)
    })

    it.each([
        "temperature:Cel:0.1:-40..85",
        "humidity:%RH:0.01:20..80",
        "distance:m:0.001:-1..5",
        "flow:m:0.001:-3..5",
    ])("gives %s, which the table does not have, a function of its own", text =>
        expect(tableCall(parseChannel(text))).toBeUndefined()
    )

    it.each([
        ["hcho:ppm:0.01:0..5", "formaldehyde", "59"],
        ["pm10:ug/m3:0.1:0..1000", "pm10", "GQ"],
        ["pm25:ug/m3:0.1:0..1000", "pm25", "GQ"],
        ["outside_temperature:Cel:0.01:-40..85", "temperature", "CEL"],
        ["wind_speed:m/s:0.1:0..60", "windSpeed", "MTS"],
        ["glow=luminance:lx:1:0..100", "luminance", "LUX"],
    ])(
        "gives %s the quantity %s and the unit code %s, by its name and not by its unit",
        (text, quantity, unitCode) => {
            expect(parseChannel(text)).toMatchObject({ quantity, unitCode })
        }
    )

    it("asks for a quantity that the name does not tell, and for a unit that it knows", () => {
        expect(() => parseChannel("x:ppm:1:0..5")).toThrow(/does not tell what is measured: .*hcho/)
        expect(() => parseChannel("flow:furlong:1:0..5")).toThrow(/no unit "furlong" .* Cel /)
    })

    it("says what to do where there is no checkout that it can write", () => {
        const elsewhere = mkdtempSync(path.join(os.tmpdir(), "suitcase-no-checkout-"))
        try {
            expect(() => checkCheckout(elsewhere)).toThrow(/is none: clone the repository/)
            mkdirSync(path.join(elsewhere, "tests", "parts"), { recursive: true })
            writeFileSync(path.join(elsewhere, "tests", "parts", "suite.ts"), "")
            expect(() => checkCheckout(elsewhere)).toThrow(/src.drivers: no such file or folder/)
        } finally {
            rmSync(elsewhere, { recursive: true })
        }
    })

    it("takes any decimal step as an exact fraction in lowest terms", () => {
        const digits = fc.integer({ min: 0, max: 4 })
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 9999 }), digits, (count, places) => {
                const step = (count / 10 ** places).toFixed(places)
                const [numerator, denominator] = parseChannel(`voltage:V:${step}:0..${count}`).scale
                expect(numerator / denominator).toBe(Number(step))
                for (const prime of [2, 5])
                    expect(numerator % prime === 0 && denominator % prime === 0).toBe(false)
            })
        )
    })
})
