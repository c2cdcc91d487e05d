import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { driverScript, linesOf } from "../../../tests/support/driver-program.js"
import { World } from "../../../sim/world/world.js"
import { conversionsAgree, functionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { fromBcd, toBcd } from "../shared/registers/bcd.js"
import { DS3231Model } from "./model.js"
import { ds3231Temperature } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("ds3231", part)
const T = Date.UTC(2024, 1, 28, 23, 59, 57, 250)

/** Runs with `clock`; what it throws is printed. */
function script(body: string, options = ""): number {
    const guarded = `
    const clock = new DS3231(bus${options})
    try {
${body}
    } catch (e) {
        console.log((e as Error).message)
    }`
    return program.script(driverScript("ds3231", "DS3231", guarded))
}

const SET = script(`await clock.setTime(${T})`)
const TOO_EARLY = script("await clock.setTime(946684798000)")
const TOO_LATE = script("await clock.setTime(4102444799000)")
const READ = script("await clock.readTime()")
const SET_AND_READ = script(`
        const begin = ds.millis()
        await clock.setTime(${T})
        await ds.sleep(3210)
        const edge = await clock.readEdge()
        console.log("error " + (edge.unix - (${T} + edge.uptime - begin)) + " of " + edge.uncertainty)
        console.log("second " + edge.unix / 1000)`)
const UNCERTAINTY_BODY = `
        const edge = await clock.readEdge()
        console.log("" + edge.uncertainty)`
const UNCERTAINTY = script(UNCERTAINTY_BODY)
const UNCERTAINTY_OF_M = script(UNCERTAINTY_BODY, ', { variant: "DS3231M" }')
const TIMED_READ = script(`
        const begin = ds.millis()
        try {
            await clock.readTime()
        } catch (e) {
            console.log((e as Error).message)
        }
        console.log("" + (ds.millis() - begin))`)

async function run(script: number, model: DS3231Model): Promise<string[]> {
    return linesOf(program, script, [model], 8000)
}

/** A clock with a cell that was set by a node at this Unix time in s. */
function kept(registers: readonly number[], setAt: number): DS3231Model {
    const model = new DS3231Model()
    const mark = [0, 8, 16, 24].map(shift => (setAt >>> shift) & 0xff)
    const check = mark.reduce((xor, byte) => xor ^ byte, 0x5a)
    model.brownOut(0)
    for (const bytes of [
        [0, ...registers],
        [0x07, ...mark, check],
        [0x0f, 0],
    ])
        model.transfer(Uint8Array.from(bytes), 0, new World().clock.epochMs)
    model.isBacked = true
    return model
}

describe("DS3231 as a clock", () => {
    it("keeps the time that it was set to, to some hundredths of a second, over a leap day", async () => {
        const model = new DS3231Model()
        const lines = await run(SET_AND_READ, model)
        const [, error, uncertainty] = /error (-?\d+) of (\d+)/.exec(lines[0]) ?? []
        expect(Math.abs(Number(error))).toBeLessThanOrEqual(Number(uncertainty) + 20)
        expect(Number(uncertainty), "ms").toBeLessThan(60)
        expect(lines[1]).toBe(`second ${Date.UTC(2024, 1, 29) / 1000 + 2}`)
        expect(model.illegalAccesses).toEqual([])
    })

    it.each([
        ["8.5 ppm", UNCERTAINTY, 7344],
        ["10 ppm as a DS3231M", UNCERTAINTY_OF_M, 8640],
    ])("is as uncertain as %s of the time since it was set, ten days", async (_, body, ms) => {
        const model = kept([0, 0, 0, 4, 0x11, 0x01, 0x24], Date.UTC(2024, 0, 1) / 1000)
        const [line] = await run(body, model)
        expect(Number(line)).toBeGreaterThanOrEqual(ms)
        expect(Number(line)).toBeLessThan(ms + 180)
    })

    it.each([
        ["its oscillator stopped", (m: DS3231Model) => m.stopOscillator()],
        [
            "its time was not set by a node",
            (m: DS3231Model) => m.transfer(Uint8Array.of(0x0b, 0), 0, 0),
        ],
        [
            "its registers hold no time",
            (m: DS3231Model) => m.transfer(Uint8Array.of(5, 0x81), 0, 0),
        ],
    ])("does not tell a time when %s", async (words, spoil) => {
        const model = kept([0, 0, 0, 4, 0x11, 0x01, 0x24], Date.UTC(2024, 0, 1) / 1000)
        spoil(model)
        if (words.includes("hold no time")) {
            const transfer = model.transfer.bind(model)
            model.transfer = (write, length, ms) => {
                const result = transfer(write, length, ms)
                if (write[0] === 0 && length === 7) result.data[5] |= 0x80
                return result
            }
        }
        expect(await run(READ, model)).toEqual([`Analog Devices DS3231: ${words}`])
    })

    it("gives up within 1.2 s when its clock stands still", async () => {
        const model = kept([0, 0, 0, 4, 0x11, 0x01, 0x24], Date.UTC(2024, 0, 1) / 1000)
        model.ratePpm = -1e6
        const lines = await run(TIMED_READ, model)
        expect(lines[0]).toBe("Analog Devices DS3231: its clock stands still")
        expect(Number(lines[1])).toBeLessThan(1400)
    })

    it("refuses times that it cannot keep, and says when it did not keep one", async () => {
        expect(await run(TOO_EARLY, new DS3231Model())).toEqual([
            "DS3231: it keeps 2000 to 2099, got 946684798000 ms",
        ])
        expect(await run(TOO_LATE, new DS3231Model())).toEqual([
            "DS3231: it keeps 2000 to 2099, got 4102444799000 ms",
        ])
        const model = new DS3231Model()
        const transfer = model.transfer.bind(model)
        model.transfer = (write, length, ms) => {
            const result = transfer(write, length, ms)
            if (write[0] === 0x07 && length > 0) result.data[0] ^= 1
            return result
        }
        expect(await run(SET, model)).toEqual([
            "Analog Devices DS3231: its time was not set by a node",
        ])
    })
})

conversionsAgree(program, [{ convert: ds3231Temperature }])

functionsAgree(program, "src/drivers/shared/registers/bcd", [
    { convert: fromBcd, args: "input & 255", here: input => fromBcd(input & 255) },
    { convert: toBcd, args: "input & 63", here: input => toBcd(input & 63) },
])

commonSuite(program)
