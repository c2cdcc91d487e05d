import { describe, expect, it } from "vitest"
import { minutes, seconds } from "../../../../sim/time/duration.js"
import {
    GasProgram,
    gasBench,
    untilSamples,
    type GasBench,
} from "../../../../tests/support/gas-bench.js"
import {
    QUALITY_ABSENT,
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_STALE,
    QUALITY_WARMING_UP,
} from "../../../core/quality.js"
import { SGP40Model, SGP41Model } from "../../sgp4x/model.js"
import { GasIndex, NOX, VOC } from "./gas-index.js"

const program = new GasProgram()
const GAS_INDEX = "new GasIndexDriver(new SGP40(bus))"
const EVERY_MINUTE = sampling(GAS_INDEX, 60_000)
const EVERY_5_S = sampling(GAS_INDEX, 5000)
const EVERY_300_MS = sampling(GAS_INDEX, 300)
const LOW_POWER = sampling("new GasIndexDriver(new SGP40(bus, { lowPower: true }), 10)", 60_000)
const VOC_AND_NOX = sampling('new GasIndexDriver(new SGP41(bus, { prefix: "hall_" }))', 10_000)
const CLOSED_MEANWHILE = program.gas(`
    const sensor = new GasIndexDriver(new SGP40(bus), 10)
    await sensor.init()
    await ds.sleep(25000)
    await take(sensor)
    await sensor.close()
    say("closed")
    await ds.sleep(60000)
    say("again")
    await take(sensor)
    await ds.sleep(5000)
    await take(sensor)`)
/** The VM stops a program after 131,072 instructions without a pause. */
const STEPS_IN_ONE_GO = Math.floor(131_072 / 2200)
const MANY_STEPS = program.gas(`
    const voc = new GasIndex(0, 1)
    const nox = new GasIndex(1, 1)
    for (let round = 0; round < 3; round++) {
        for (let i = 0; i < ${STEPS_IN_ONE_GO}; i++) {
            voc.process(30000 + ((i * 7919) & 4095))
            nox.process(15000 + ((i * 7919) & 4095))
        }
        await ds.sleep(1)
    }
    await take(new GasIndexDriver(new SGP40(bus)))`)

function sampling(make: string, everyMs: number): number {
    return program.gas(`
    const sensor = ${make}
    await sensor.init()
    for (;;) {
        await take(sensor)
        await ds.sleep(${everyMs})
    }`)
}

/** When the part measured, ms since the first time: the second of each pair of measurements. */
function measurements(bench: GasBench, code: number): number[] {
    const times: number[] = []
    bench.node.bus.onTransfer = ({ write, unixMs }) => {
        if (write[0] === 0x26 && write[1] === code) times.push(unixMs)
    }
    return times
}

describe("gas index driver", () => {
    it("samples the part every second, though its station asks once a minute, and gives the same index as Node", async () => {
        const fed: number[] = []
        const model = new SGP40Model().feed("sraw_voc", ms => 30_000 + (Math.floor(ms / 1000) % 50))
        model.onHandedOut = ({ value }) => fed.push(value)
        const bench = gasBench(program, EVERY_MINUTE, [model])
        const times = measurements(bench, 0x0f)
        const index = new GasIndex(VOC, 1)
        let processed = 0
        for (let n = 1; n <= 12; n++) {
            await untilSamples(bench, n)
            const { values, qualities } = bench.samples[n - 1]
            let value = 0
            while (processed < fed.length) value = index.process(Math.round(fed[processed++]))
            if (n === 1) continue
            expect(values).toEqual([Math.round(fed[fed.length - 1]), value])
            expect(qualities).toEqual(n > 2 ? [QUALITY_OK, QUALITY_WARMING_UP] : qualities)
        }
        expect(fed.length).toBeGreaterThan(655)
        const pairs = times.filter((_, i) => i % 2 === 0)
        for (let i = 2; i < pairs.length; i++) {
            expect(pairs[i] - pairs[i - 1], "ms between samples").toBeGreaterThan(970)
            expect(pairs[i] - pairs[i - 1], "ms between samples").toBeLessThan(1030)
        }
        expect((pairs[pairs.length - 1] - pairs[1]) / (pairs.length - 2)).toBeCloseTo(1000, -0.5)
        expect(model.illegalAccesses).toEqual([])
    })

    it("works every 10 s with a heater that is off in between", async () => {
        const model = new SGP40Model().feed("sraw_voc", 30_000)
        const bench = gasBench(program, LOW_POWER, [model])
        const times = measurements(bench, 0x0f)
        await untilSamples(bench, 20)
        expect(bench.samples[19].values).toEqual([30_000, 100])
        expect(times.length / 2).toBeGreaterThan(113)
        expect(times.length / 2).toBeLessThan(116)
        expect(model.isHeated).toBe(false)
    })

    it("has no index in the first 45 s, and NOx beside VOC with an SGP41", async () => {
        const model = new SGP41Model().feed("sraw_voc", 30_000).feed("sraw_nox", 15_000)
        const bench = gasBench(program, VOC_AND_NOX, [model])
        await untilSamples(bench, 30)
        const [first, , third] = bench.samples
        expect(first.qualities).toEqual(new Array(4).fill(QUALITY_NOT_READY))
        expect(third.qualities).toEqual([
            QUALITY_WARMING_UP,
            QUALITY_WARMING_UP,
            QUALITY_NOT_READY,
            QUALITY_NOT_READY,
        ])
        const last = bench.samples[29]
        expect(last.qualities).toEqual([
            QUALITY_OK,
            QUALITY_OK,
            QUALITY_WARMING_UP,
            QUALITY_WARMING_UP,
        ])
        expect(last.values.slice(0, 2)).toEqual([30_000, 15_000])
        const [voc, nox] = [new GasIndex(VOC, 1), new GasIndex(NOX, 1)]
        for (let i = 0; i < 250; i++) {
            voc.process(30_000)
            nox.process(15_000)
        }
        expect(Math.abs(last.values[2] - voc.process(30_000))).toBeLessThanOrEqual(5)
        expect(last.values[3]).toBe(nox.process(15_000))
        expect(last.identity).toBe("serial 000002d5e6f7")
    })

    it("gives no result twice: stale when asked more often than it measures", async () => {
        const model = new SGP40Model().feed(
            "sraw_voc",
            ms => 20_000 + (Math.floor(ms / 100) % 10_000)
        )
        const bench = gasBench(program, EVERY_300_MS, [model])
        await untilSamples(bench, 60)
        const fresh = bench.samples.filter(({ qualities }) => qualities[0] !== QUALITY_STALE)
        expect(bench.samples.length / fresh.length).toBeGreaterThan(2.5)
        const values = fresh.map(({ values }) => values[0]).filter(value => value > 0)
        expect(values.length).toBeGreaterThan(15)
        expect(new Set(values).size).toBe(values.length)
    })

    it("says why there is nothing while the part is unplugged, counts the errors, and goes on where it was", async () => {
        const model = new SGP40Model().feed("sraw_voc", 30_000)
        const bench = gasBench(program, EVERY_5_S, [model])
        await untilSamples(bench, 60)
        expect(bench.samples[59].values[1]).toBe(100)
        model.faults.unplugged = true
        await untilSamples(bench, 63)
        const { qualities, errors, lastError } = bench.samples[62]
        expect(qualities).toEqual([QUALITY_ABSENT, QUALITY_ABSENT])
        expect(errors).toBeGreaterThanOrEqual(9)
        expect(lastError).not.toBe("")
        model.faults.unplugged = false
        await untilSamples(bench, 65)
        expect(bench.samples[64].values).toEqual([30_000, 100])
        expect(bench.samples[64].qualities[1]).toBe(QUALITY_WARMING_UP)
        expect(bench.node.panics).toEqual([])
    })

    it("learns the place anew when the part was away for more than ten minutes", async () => {
        const model = new SGP40Model().feed("sraw_voc", 30_000)
        const bench = gasBench(program, EVERY_5_S, [model])
        await untilSamples(bench, 60)
        model.faults.unplugged = true
        await bench.world.run(minutes(11))
        model.faults.unplugged = false
        const before = bench.samples.length
        await untilSamples(bench, before + 3)
        expect(bench.samples[before + 2].qualities[1]).toBe(QUALITY_NOT_READY)
        await untilSamples(bench, before + 60)
        expect(bench.samples[before + 59].values[1]).toBe(100)
    })

    it("stops when closed, heater off, and starts again when it is sampled", async () => {
        const model = new SGP40Model().feed("sraw_voc", 30_000)
        const bench = gasBench(program, CLOSED_MEANWHILE, [model])
        await untilSamples(bench, 1)
        const closing = bench.world.clock.now
        await bench.world.runUntil(() => bench.lines.includes("closed"), 20_000)
        expect((bench.world.clock.now - closing) / 1000, "ms to close").toBeLessThan(1500)
        expect(model.isHeated).toBe(false)
        let transfers = 0
        bench.node.bus.onTransfer = () => transfers++
        await bench.world.run(seconds(50))
        expect(transfers).toBe(0)
        await untilSamples(bench, 3)
        expect(bench.samples[1].qualities[0]).toBe(QUALITY_NOT_READY)
        expect(bench.samples[2].values[0]).toBe(30_000)
    })

    it("takes bounded work: a step of both indices has less than 2,200 instructions", async () => {
        const bench = gasBench(program, MANY_STEPS, [new SGP40Model()])
        await untilSamples(bench, 1)
        expect(bench.node.panics).toEqual([])
    })

    it("loses no heap over hours, with the part coming and going", async () => {
        const model = new SGP40Model().feed("sraw_voc", 30_000)
        const bench = gasBench(program, EVERY_MINUTE, [model])
        const free = async (): Promise<number> => {
            bench.node.gcStress(true)
            await bench.world.run(minutes(2))
            bench.node.gcStress(false)
            return bench.node.heap()?.free ?? 0
        }
        const cycle = async (): Promise<void> => {
            await bench.world.run(minutes(3))
            model.faults.unplugged = !model.faults.unplugged
        }
        for (let i = 0; i < 6; i++) await cycle()
        const before = await free()
        for (let i = 0; i < 30; i++) await cycle()
        expect(before - (await free())).toBeLessThanOrEqual(128)
        expect(bench.node.panics).toEqual([])
    }, 60_000)
})
