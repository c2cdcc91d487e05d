import { beforeEach, describe, expect, it } from "vitest"
import { commandProbe } from "../../../tests/support/command-probe.js"
import { SCD4xModel } from "./model.js"

const START = "21b1"
const START_LOW_POWER = "21ac"
const STOP = "3f86"
const READ = "ec05"
const READY = "e4b8"
const SERIAL = "3682"
const NO_DATA = "8000a2"
const HAS_DATA = "800604"

let model: SCD4xModel

/** Times are ms since the part became ready after power-up. */
const { write, read, complaints } = commandProbe(() => model)

function ask(hex: string, length: number, ms: number): string | undefined {
    write(hex, ms)
    return read(length, ms + 2)
}

beforeEach(() => {
    model = new SCD4xModel().feed("co2", 500).feed("temperature", 25).feed("humidity", 37)
    model.brownOut(-1000)
})

describe("SCD4x model", () => {
    it("acknowledges nothing in the first 30 ms after power-up", () => {
        model.brownOut(0)
        expect(write(SERIAL, 29)).not.toBe(0)
        expect(write(SERIAL, 30)).toBe(0)
        expect(complaints()).toEqual(["command 0x3682 while another one runs"])
    })

    it("gives the serial number of the datasheet with its checksums", () => {
        expect(ask(SERIAL, 9, 0)).toBe("f896319f07c23bbe89")
    })

    it("has a first measurement after 5 s, gives it once, and says both", () => {
        write(START, 0)
        expect(ask(READY, 3, 4990)).toBe(NO_DATA)
        expect(ask(READY, 3, 5000)).toBe(HAS_DATA)
        expect(ask(READ, 9, 5010)).toBe("01f4336666935eb80d")
        expect(ask(READY, 3, 5020)).toBe(NO_DATA)
        expect(complaints()).toEqual([])
        expect(ask(READ, 9, 5030)).toBeUndefined()
        expect(complaints()).toEqual(["read while there is no answer"])
    })

    it("gives the newest measurement, taken at its own time", () => {
        model.feed("co2", unixMs => unixMs / 100)
        write(START, 0)
        expect(ask(READ, 3, 14_990)?.slice(0, 4)).toBe((100).toString(16).padStart(4, "0"))
    })

    it("measures every 30 s in low power mode", () => {
        write(START_LOW_POWER, 0)
        expect(ask(READY, 3, 29_990)).toBe(NO_DATA)
        expect(ask(READY, 3, 30_000)).toBe(HAS_DATA)
    })

    it("refuses in periodic mode whatever the datasheet does not allow there", () => {
        write(START, 0)
        for (const command of [START, SERIAL, "2318", "2322", "2313", "24160000a2"])
            expect(write(command, 100), command).not.toBe(0)
        expect(complaints()).toHaveLength(6)
        for (const [i, command] of [READY, READ, "e00003db42", STOP].entries())
            expect(write(command, 200 + 10 * i), command).toBe(0)
    })

    it("is deaf for 500 ms after a stop, and idle then", () => {
        write(START, 0)
        write(STOP, 6000)
        expect(write(SERIAL, 6499)).not.toBe(0)
        expect(write(SERIAL, 6500)).toBe(0)
        expect(ask(READY, 3, 6510)).toBe(NO_DATA)
    })

    it("does not answer before the execution time is over", () => {
        write(SERIAL, 0)
        expect(read(9, 0.5)).toBeUndefined()
        expect(read(9, 1)).toBeDefined()
    })

    it("takes the datasheet's examples of settings and gives them back", () => {
        for (const [i, [set, get]] of [
            ["241d07e648", "2318"],
            ["2427079e09", "2322"],
            ["24160001b0", "2313"],
        ].entries()) {
            expect(write(set, 10 * i), set).toBe(0)
            expect(ask(get, 3, 10 * i + 5)).toBe(set.slice(4))
        }
        expect(complaints()).toEqual([])
    })

    it("reads the pressure back under the code that sets it, while it measures too", () => {
        expect(ask("e000", 3, 0)).toBe("03f5db")
        write(START, 10)
        write("e00003db42", 20)
        expect(ask("e000", 3, 30)).toBe("03db42")
        expect(complaints()).toEqual([])
    })

    it("has periods of self-calibration as an SCD41, in steps of 4 h", () => {
        expect(write("2340", 0), "an SCD40").not.toBe(0)
        model = new SCD4xModel(0x62, "f8969f073bbe", "SCD41")
        model.brownOut(-1000)
        expect(ask("2340", 3, 0)?.slice(0, 4)).toBe("002c")
        expect(ask("234b", 3, 10)).toBe("009cc5")
        expect(write("2445004cc1", 20)).toBe(0)
        expect(ask("2340", 3, 30)).toBe("004cc1")
        expect(complaints()).toEqual([])
        write("244e009df4", 40)
        expect(complaints()).toEqual([
            "set_automatic_self_calibration_standard_period with 157, which is no multiple of 4",
        ])
    })

    it("refuses an argument with a wrong checksum, or none, and keeps the setting", () => {
        expect(write("2427079e0a", 0)).not.toBe(0)
        expect(write("2427079e", 1)).not.toBe(0)
        expect(write("2427", 2)).not.toBe(0)
        expect(ask("2322", 3, 3)).toBe("000081")
        expect(complaints()).toHaveLength(3)
    })

    it("logs arguments out of range and unknown commands", () => {
        write("24270bb9ac", 0)
        write("dead", 5)
        expect(complaints()).toEqual([
            "set_sensor_altitude with 3001; it takes 0 to 3000",
            "unknown command dead",
        ])
    })

    it("forgets settings and mode when it loses its power", () => {
        write("2427079e09", 0)
        write(START, 5)
        model.brownOut(10_000)
        expect(ask("2322", 3, 11_000)).toBe("000081")
        expect(ask(READY, 3, 20_000)).toBe(NO_DATA)
    })

    it("keeps what is stored over a loss of power, but not the pressure, and counts the writes", () => {
        write("2427079e09", 0)
        write("e00003db42", 5)
        expect(write("3615", 10)).toBe(0)
        expect(write(SERIAL, 809), "within 800 ms").not.toBe(0)
        model.brownOut(2000)
        expect(ask("2322", 3, 3000)).toBe("079e09")
        expect(model.settings.get("ambient_pressure")).toBe(1013)
        expect(model.eepromWrites).toBe(1)
        write("3632", 4000)
        expect(ask("2322", 3, 5200)).toBe("000081")
    })

    it("recalibrates to 480 ppm within 400 ms, and gives the correction", () => {
        write(START, 0)
        expect(ask(READ, 9, 180_000)?.slice(0, 4)).toBe("01f4")
        write(STOP, 180_100)
        write("362f01e0b4", 181_000)
        expect(read(3, 181_399)).toBeUndefined()
        expect(read(3, 181_400)?.slice(0, 4)).toBe((0x8000 - 20).toString(16))
        write(START, 182_000)
        expect(ask(READ, 9, 187_000)?.slice(0, 4)).toBe("01e0")
    })

    it("reports a recalibration without a measurement as failed, and logs one that came too soon", () => {
        write("362f01e0b4", 0)
        expect(read(3, 400)).toBe("ffffac")
        write(START, 1000)
        ask(READ, 9, 6000)
        write(STOP, 7000)
        model.illegalAccesses.length = 0
        write("362f01e0b4", 8000)
        expect(complaints()).toEqual(["forced recalibration after 6000 ms and 0 single shots"])
    })

    it("takes four single shots as enough for a recalibration, and no fewer", () => {
        model = new SCD4xModel(0x62, "f8969f073bbe", "SCD41").feed("co2", 500)
        model.brownOut(-1000)
        for (let shot = 0; shot < 3; shot++) write("219d", 60_000 * shot)
        write("362f01e0b4", 180_000)
        expect(complaints()).toEqual(["forced recalibration after 0 ms and 3 single shots"])
        write("219d", 190_000)
        write("362f01e0b4", 240_000)
        expect(complaints()).toHaveLength(1)
    })

    it("gives a wrong CO2 in the first single shot after power-up and after a sleep", () => {
        const handedOut: string[] = []
        model = new SCD4xModel(0x62, "f8969f073bbe", "SCD41").feed("co2", 500)
        model.onHandedOut = ({ channel }) => handedOut.push(channel)
        model.brownOut(-1000)
        for (const [at, word] of [
            [0, "00fa"],
            [10_000, "01f4"],
        ] as const) {
            write("219d", at)
            expect(ask(READ, 9, at + 5000)?.slice(0, 4)).toBe(word)
        }
        expect(handedOut).toEqual(["co2", "temperature", "humidity"])
        write("36e0", 20_000)
        write("36f6", 30_000)
        write("219d", 31_000)
        expect(ask(READ, 9, 36_000)?.slice(0, 4)).toBe("00fa")
    })

    it("measures on demand and sleeps as an SCD41, and refuses both as an SCD40", () => {
        for (const command of ["219d", "2196", "36e0", "36f6"])
            expect(write(command, 0), command).not.toBe(0)
        model = new SCD4xModel(0x62, "f8969f073bbe", "SCD41").feed("co2", 500)
        model.brownOut(-1000)
        write("219d", 0)
        expect(write(READY, 4999)).not.toBe(0)
        expect(ask(READ, 9, 5000)?.slice(0, 6)).toBe("00fad8")
        write("2196", 6000)
        expect(ask(READ, 9, 6050)?.slice(0, 6)).toBe("000081")
        write("36e0", 7000)
        expect(write(SERIAL, 7100)).not.toBe(0)
        expect(write("36f6", 7200), "not acknowledged").not.toBe(0)
        expect(write(SERIAL, 7229)).not.toBe(0)
        expect(write(SERIAL, 7230)).toBe(0)
    })
})
