/** A station with two parts at one address, or with frames too long for a board, is refused at its start, in words. */
import { afterEach, describe, expect, it } from "vitest"
import { RigProgram } from "../../sim/parts/rig-program.js"
import { seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { World } from "../../sim/world/world.js"

let world: World | undefined
afterEach(() => world?.close())

const program = new RigProgram()

function station(sensors: string, store = "undefined", more = "", before = "", after = ""): number {
    return program.script({
        imports: `
import { BH1750 } from "../src/drivers/bh1750/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { Alarm, Alarms, LinkSurvey, boardLight, calibrations, channelOf, keepLearned, remoteCommands, startStation, storeIn, usbService } from "../src/station/index.js"`,
        body: `
    ${before}
    await startStation({ app: "clash", intervalSeconds: 60, sensors: [${sensors}], store: ${store}${more} })
    ${after}
    console.log("started")`,
    })
}

const TWO_KINDS = station("new SHT4x(bus), new BH1750(bus, { address: 0x44 })")
const ONE_KIND = station("new SHT4x(bus), new SHT4x(bus)")
const WITH_MEMORY = station("new BH1750(bus, { address: 0x50 })", "storeIn(new MB85RC256V(bus))")
const LONGEST_FRAMES = station("new SHT4x(bus)", "undefined", ", frameBytes: 1400")
const LONG_FRAMES = station("new SHT4x(bus)", "undefined", ", frameBytes: 1401")
const APART = station('new SHT4x(bus), new SHT4x(bus, { address: 0x45, prefix: "b_" })')

const AIR = "const air = new SHT4x(bus)\n"
const ALARMS =
    'const alarms = new Alarms([new Alarm("hot", channelOf([air], "temperature"), { value: 1 })])\n'
const SURVEY = "const survey = new LinkSurvey(boardLight())\n"
const TWO_TAILS = station(
    "air, alarms, survey",
    "undefined",
    ", commands: survey.beside(alarms.beside(remoteCommands))",
    AIR + ALARMS + SURVEY
)
const SURVEY_THAT_LEARNS = station(
    "air, survey",
    "undefined",
    ", commands: survey.beside(remoteCommands), learned: keepLearned([])",
    AIR + SURVEY
)
const ALARMS_THAT_LEARN = station(
    "air, alarms",
    "undefined",
    ", commands: alarms.beside(remoteCommands), learned: keepLearned([])",
    AIR + ALARMS
)
const ONE_TAIL = station(
    "air, alarms",
    "undefined",
    ", commands: alarms.beside(remoteCommands)",
    AIR + ALARMS
)
/** With a USB service of its own. */
const OWN_USB = station(
    "air",
    "undefined",
    ", calibration, usb: (s, u, x) => { const service = usbService(s, u, x); console.log('own service'); own.push(service); return service }",
    `${AIR}const calibration = calibrations()
    const own: any[] = []`,
    'console.log("answers calibration: " + (own[0].more === calibration))'
)

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

describe("what outlives power cuts behind the commands of a station", () => {
    it.each([
        ["alarms and a survey", TWO_TAILS],
        ["a survey and what sensors learned", SURVEY_THAT_LEARNS],
        ["alarms and what sensors learned", ALARMS_THAT_LEARN],
    ])("is of one kind: %s are refused together", async (_name, script) => {
        const log = await start(script)
        expect(log).toContain("one of Alarms, LinkSurvey and keepLearned, not two")
        expect(log).not.toContain("started")
    })

    it("may be alarms alone", async () => {
        expect(await start(ONE_TAIL)).toContain("started")
    })
})

describe("a program's own USB service", () => {
    it("stays beside calibrations, which answer through it", async () => {
        const log = await start(OWN_USB)
        expect(log).toContain("own service")
        expect(log).toContain("answers calibration: true")
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
