import { describe, expect, it } from "vitest"
import { seconds } from "../../../sim/time/duration.js"
import { functionsAgree } from "../../../tests/parts/conversions.js"
import { GasProgram, gasBench, untilSamples } from "../../../tests/support/gas-bench.js"
import {
    QUALITY_OK,
    QUALITY_SATURATED,
    QUALITY_UNCALIBRATED,
    QUALITY_WARMING_UP,
    QUALITY_WRONG_PART,
} from "../../core/quality.js"
import { SHT4xModel } from "../sht4x/model.js"
import { SGP40Model, SGP41Model } from "./model.js"
import { sgp4xHumidityWord, sgp4xTemperatureWord } from "./conversion.js"

const program = new GasProgram()
const ONCE = {
    SGP40: program.gas("await take(new SGP40(bus))"),
    SGP41: program.gas("await take(new SGP41(bus))"),
}
const SGP40_IN_CLIMATE = inClimate("SGP40")
const SGP41_IN_CLIMATE = inClimate("SGP41")
const SGP40_EVERY_SECOND = every(1000, "new SGP40(bus)")
const SGP41_EVERY_SECOND = every(1000, "new SGP41(bus)")
const SGP41_EVERY_MINUTE = every(60_000, "new SGP41(bus)")
const TWO_CLIMATES = program.gas(`
    const sensor = new SGP40(bus)
    sensor.setClimate(-5000, 10400)
    await take(sensor)
    sensor.setClimate(-1234, 8765)
    await take(sensor)`)
const REFUSED = program.gas(`
    function refused(make: () => void): void {
        try {
            make()
        } catch (e) {
            say((e as Error).message)
        }
    }
    refused(() => { new SGP40(bus, { climate: new SGP40(bus) }) })
    refused(() => { new SGP41(bus, { lowPower: true }) })
    refused(() => { new GasIndexDriver(new SGP40(bus), 5) })
    await take(new SGP40(bus))`)
const CLOSED = threeThenClose("new SGP40(bus)")
const CLOSED_IN_LOW_POWER = threeThenClose("new SGP40(bus, { lowPower: true })")
const SELF_TEST = { SGP40: selfTest("SGP40"), SGP41: selfTest("SGP41") }

function inClimate(className: string): number {
    return program.gas(`
    const climate = new SHT4x(bus)
    const sensor = new ${className}(bus, { climate })
    for (;;) {
        await climate.sample()
        await take(sensor)
        await ds.sleep(60000)
    }`)
}

function every(ms: number, make: string): number {
    return program.gas(`
    const sensor = ${make}
    for (;;) {
        await take(sensor)
        await ds.sleep(${ms})
    }`)
}

function threeThenClose(make: string): number {
    return program.gas(`
    const sensor = ${make}
    for (let i = 0; i < 3; i++) {
        await take(sensor)
        await ds.sleep(1000)
    }
    await sensor.close()
    say("closed")`)
}

function selfTest(className: string): number {
    return program.gas(`
    const sensor = new ${className}(bus)
    async function sampleOn(): Promise<void> {
        for (;;) {
            await take(sensor)
            await ds.sleep(100)
        }
    }
    await sensor.init()
    sampleOn.start()
    const tester = new SGP4xSelfTest(bus, sensor)
    for (;;) {
        await ds.sleep(5000)
        say("<" + (await tester.test()) + ">")
    }`)
}

function room(): SHT4xModel {
    return new SHT4xModel().feed("temperature", 21.5).feed("humidity", 40.25)
}

describe("SGP40 and SGP41", () => {
    it("compensate with the defaults while nobody gives them a climate", async () => {
        const model = new SGP40Model().feed("sraw_voc", 30_000)
        const bench = gasBench(program, ONCE.SGP40, [model])
        await untilSamples(bench, 1)
        expect(model.compensation).toEqual([0x8000, 0x6666])
    })

    it("compensate with the latest readings of a climate driver", async () => {
        const model = new SGP41Model().feed("sraw_voc", 30_000).feed("sraw_nox", 15_000)
        const bench = gasBench(program, SGP41_IN_CLIMATE, [model, room()])
        await untilSamples(bench, 1)
        const [humidity, temperature] = model.compensation
        expect(Math.abs(humidity - sgp4xHumidityWord(4025))).toBeLessThanOrEqual(7)
        expect(Math.abs(temperature - sgp4xTemperatureWord(2150))).toBeLessThanOrEqual(4)
        expect(model.illegalAccesses).toEqual([])
    })

    it("go on with the last climate for an hour, then call their readings uncalibrated", async () => {
        const model = new SGP40Model().feed("sraw_voc", 30_000)
        const climate = room()
        const bench = gasBench(program, SGP40_IN_CLIMATE, [model, climate])
        await untilSamples(bench, 3)
        const before = model.compensation
        climate.faults.unplugged = true
        await untilSamples(bench, 70)
        expect(model.compensation).toEqual(before)
        const qualities = bench.samples.map(sample => sample.qualities[0])
        expect(qualities[0]).toBe(QUALITY_WARMING_UP)
        expect(qualities.slice(1, 60)).toEqual(new Array(59).fill(QUALITY_OK))
        expect(qualities.slice(64)).toEqual(new Array(6).fill(QUALITY_UNCALIBRATED))
    })

    it("are uncalibrated when a climate was promised and never came", async () => {
        const bench = gasBench(program, SGP40_IN_CLIMATE, [
            new SGP40Model().feed("sraw_voc", 30_000),
        ])
        await untilSamples(bench, 3)
        expect(bench.samples[2].qualities).toEqual([QUALITY_UNCALIBRATED])
    })

    it("take a climate from anywhere, limited to what the part takes", async () => {
        const model = new SGP40Model().feed("sraw_voc", 30_000)
        const bench = gasBench(program, TWO_CLIMATES, [model])
        await untilSamples(bench, 1)
        expect(model.compensation).toEqual([0xffff, 0])
        await untilSamples(bench, 2)
        expect(model.compensation).toEqual([sgp4xHumidityWord(8765), sgp4xTemperatureWord(-1234)])
    })

    it("refuse a climate driver without humidity, and low power with NOx, in words", async () => {
        const bench = gasBench(program, REFUSED, [new SGP40Model()])
        await untilSamples(bench, 1)
        expect(bench.lines).toEqual([
            "Sensirion SGP40: climate must be a driver of temperature and humidity in 0.01 °C and %RH",
            "Sensirion SGP41: has no low power mode; NOx needs a hot plate",
            "gas index: takes a sample every 1 or 10 s, got 5",
        ])
    })

    it("are told apart in both directions", async () => {
        for (const [name, model] of [
            ["SGP40", new SGP41Model()],
            ["SGP41", new SGP40Model()],
        ] as const) {
            const bench = gasBench(program, ONCE[name], [model])
            await untilSamples(bench, 1)
            expect(new Set(bench.samples[0].qualities), name).toEqual(new Set([QUALITY_WRONG_PART]))
            expect(model.isHeated, "heater").toBe(false)
            expect(model.illegalAccesses).toEqual([])
        }
    })

    it("call the ends of the scale saturated", async () => {
        let ticks = 0
        const model = new SGP40Model().feed("sraw_voc", () => ticks)
        const bench = gasBench(program, SGP40_EVERY_SECOND, [model])
        await untilSamples(bench, 1)
        ticks = 65_535
        await untilSamples(bench, 2)
        expect(bench.samples.map(({ values, qualities }) => [values, qualities])).toEqual([
            [[0], [QUALITY_SATURATED]],
            [[65_535], [QUALITY_SATURATED]],
        ])
    })

    it("switch the heater off when closed, the SGP40 in low power after each sample too", async () => {
        for (const [make, script, isHotBetween] of [
            ["by default", CLOSED, true],
            ["in low power", CLOSED_IN_LOW_POWER, false],
        ] as const) {
            const model = new SGP40Model().feed("sraw_voc", 30_000)
            const bench = gasBench(program, script, [model])
            await untilSamples(bench, 3)
            expect(model.isHeated, make).toBe(isHotBetween)
            await bench.world.run(seconds(2))
            expect(bench.lines).toEqual(["closed"])
            expect(model.isHeated, make).toBe(false)
            expect(bench.samples.map(sample => sample.values[0])).toEqual([30_000, 30_000, 30_000])
        }
    })

    it("condition the NOx pixel once, for 9 to 10 s, and not again after one disturbed sample", async () => {
        const model = new SGP41Model().feed("sraw_voc", 30_000).feed("sraw_nox", 15_000)
        const bench = gasBench(program, SGP41_EVERY_SECOND, [model])
        let [began, ended] = [0, 0]
        bench.node.bus.onTransfer = ({ write, unixMs }) => {
            if (write[0] === 0x26 && write[1] === 0x12) began = unixMs
            if (write[0] === 0x26 && write[1] === 0x19 && ended === 0) ended = unixMs
        }
        await untilSamples(bench, 3)
        expect(ended - began).toBeGreaterThanOrEqual(9000)
        expect(ended - began).toBeLessThan(9500)
        for (const fault of ["nackTransfer", "flipCrcWord"] as const) {
            model.faults[fault] = 1
            await untilSamples(bench, bench.samples.length + 3)
        }
        expect(model.conditionings).toBe(1)
        expect(bench.samples[bench.samples.length - 1]).toMatchObject({
            values: [30_000, 15_000],
            errors: 2,
            identity: "serial 000002d5e6f7",
        })
    })

    it("end the conditioning also when the transfer that ends it is disturbed", async () => {
        const model = new SGP41Model().feed("sraw_voc", 30_000).feed("sraw_nox", 15_000)
        const bench = gasBench(program, SGP41_EVERY_MINUTE, [model])
        let left = 2
        bench.node.bus.onTransfer = ({ write }) => {
            if (write[0] === 0x26 && left-- > 0) model.faults.nackTransfer = 1
        }
        await untilSamples(bench, 3)
        expect(model.illegalAccesses).toEqual([])
        expect(bench.samples[2].values).toEqual([30_000, 15_000])
    })

    it("condition it no more than once in ten minutes, however loose the contacts are", async () => {
        const model = new SGP41Model().feed("sraw_voc", 30_000).feed("sraw_nox", 15_000)
        const bench = gasBench(program, SGP41_EVERY_SECOND, [model])
        let conditionings = 0
        bench.node.bus.onTransfer = ({ write }) => {
            if (write[0] === 0x26 && write[1] === 0x12) conditionings++
        }
        await untilSamples(bench, 2)
        for (let i = 0; i < 20; i++) {
            model.faults.unplugged = i % 2 === 0
            await untilSamples(bench, bench.samples.length + 5)
        }
        expect(conditionings).toBe(1)
        await bench.world.run(seconds(600))
        model.faults.unplugged = true
        await untilSamples(bench, bench.samples.length + 5)
        model.faults.unplugged = false
        await untilSamples(bench, bench.samples.length + 5)
        expect(conditionings).toBe(2)
    })

    it("test themselves while their station samples on, and say what failed", async () => {
        for (const [name, model, failures] of [
            ["SGP40", new SGP40Model(), ["", "heater or VOC pixel"]],
            ["SGP41", new SGP41Model(), ["", "VOC pixel", "NOx pixel", "VOC and NOx pixel"]],
        ] as const) {
            const bench = gasBench(program, SELF_TEST[name], [model])
            const results: string[] = []
            for (let i = 0; i < failures.length; i++) {
                model.failedPixels = i
                await bench.world.runUntil(() => bench.lines.length > i, 60_000)
                results.push(bench.lines[i])
            }
            expect(results).toEqual(failures.map(text => `<${text}>`))
            expect(model.illegalAccesses).toEqual([])
            expect(bench.samples.some(sample => sample.qualities[0] === 15)).toBe(true)
            expect(bench.samples[bench.samples.length - 1].errors).toBe(0)
        }
    })
})

functionsAgree(program, "src/drivers/sgp4x/conversion", [
    { convert: sgp4xHumidityWord },
    { convert: sgp4xTemperatureWord },
])
