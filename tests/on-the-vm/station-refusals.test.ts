/** A station with two parts at one address, or with frames too long for a board, is refused at its start, in words. */
import { afterEach, describe, expect, it } from "vitest"
import { RigProgram } from "../../sim/parts/rig-program.js"
import { seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { World } from "../../sim/world/world.js"

let world: World | undefined
afterEach(() => world?.close())

const program = new RigProgram()

function station(sensors: string, store = "undefined", more = ""): number {
    return program.script({
        imports: `
import { BH1750 } from "../src/drivers/bh1750/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { startStation, storeIn } from "../src/station/index.js"`,
        body: `
    await startStation({ app: "clash", intervalSeconds: 60, sensors: [${sensors}], store: ${store}${more} })
    console.log("started")`,
    })
}

const TWO_KINDS = station("new SHT4x(bus), new BH1750(bus, { address: 0x44 })")
const ONE_KIND = station("new SHT4x(bus), new SHT4x(bus)")
const WITH_MEMORY = station("new BH1750(bus, { address: 0x50 })", "storeIn(new MB85RC256V(bus))")
const LONGEST_FRAMES = station("new SHT4x(bus)", "undefined", ", frameBytes: 1400")
const LONG_FRAMES = station("new SHT4x(bus)", "undefined", ", frameBytes: 1401")
const APART = station('new SHT4x(bus), new SHT4x(bus, { address: 0x45, prefix: "b_" })')

/** @returns what the program printed until it stopped or went on */
async function start(script: number): Promise<string> {
    world = new World({ allowPanics: true })
    const node = world.addNode({
        program: program.program,
        deviceId: RigProgram.deviceId({ script }),
        sensors: [new MB85RCModel()],
    })
    const isOver = () => node.panics.length > 0 || node.console.some(l => l.text === "started")
    await world.runUntil(isOver, seconds(60))
    return node.log.map(({ text }) => text).join("\n")
}

describe("two parts at one I2C address", () => {
    it("are refused at the start, with both names and the address", async () => {
        const log = await start(TWO_KINDS)
        expect(log).toContain("Sensirion SHT4x and ROHM BH1750 both have the I2C address 0x44")
        expect(log).toContain("option address")
        expect(log).not.toContain("started")
    })

    it("of the same kind are refused too, before their channels' names are looked at", async () => {
        expect(await start(ONE_KIND)).toContain("both have the I2C address 0x44")
    })

    it("are refused when one of them is the memory", async () => {
        const log = await start(WITH_MEMORY)
        expect(log).toContain("Fujitsu MB85RC256V and ROHM BH1750 both have the I2C address 0x50")
        expect(log).not.toContain("started")
    })

    it("are fine at different addresses", async () => {
        const log = await start(APART)
        expect(log).toContain("started")
    })
})

describe("frames longer than a board can make in one go", () => {
    it("are refused at the start, not cut silently", async () => {
        const log = await start(LONG_FRAMES)
        expect(log).toContain("frameBytes 1401, at most 1400")
        expect(log).not.toContain("started")
    })

    it("are taken up to that length", async () => {
        expect(await start(LONGEST_FRAMES)).toContain("started")
    })
})
