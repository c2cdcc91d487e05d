import { describe, expect, it } from "vitest"
import { seconds } from "../../../sim/time/duration.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    CO2_ONLY,
    LOW_POWER,
    PLAIN,
    SETTINGS,
    all,
    isRoom,
    program,
    rigOf,
    roomModel,
} from "../../../tests/support/scd4x-bench.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_STALE,
    QUALITY_TIMEOUT,
    QUALITY_WARMING_UP,
    isGap,
} from "../../core/quality.js"
import { type HandedOut } from "../shared/register-model.js"
import { SCD4xModel } from "./model.js"

describe("SCD4x", () => {
    it("reads the whole range and every sign change, without an illegal access", async () => {
        const inputs = { co2: 0, temperature: 0, humidity: 0 }
        const handedOut: HandedOut[] = []
        const model = new SCD4xModel()
            .feed("co2", () => inputs.co2)
            .feed("temperature", () => inputs.temperature)
            .feed("humidity", () => inputs.humidity)
        model.onHandedOut = reading => handedOut.push(reading)
        const rig = rigOf([model])
        await rig.take(1)
        for (const [co2, temperature, humidity] of [
            [1, -10, 0],
            [400, -0.02, 0.01],
            [419, -0.01, 33.33],
            [420, 0, 50],
            [2000, 0.01, 66.67],
            [5000, 0.02, 99.99],
            [40_000, 60, 100],
        ]) {
            Object.assign(inputs, { co2, temperature, humidity })
            const [{ values, qualities }] = await rig.take(1)
            expect(qualities, `at ${temperature} °C`).toEqual(all(QUALITY_WARMING_UP))
            expect(values[0]).toBe(co2)
            expect(Math.abs(values[1] - 100 * temperature)).toBeLessThan(0.85)
            expect(Math.abs(values[2] - 100 * humidity)).toBeLessThan(0.75)
            expect(handedOut.slice(-3).map(({ channel, value }) => [channel, value])).toEqual([
                ["co2", co2],
                ["temperature", temperature],
                ["humidity", humidity],
            ])
        }
        expect(model.illegalAccesses).toEqual([])
    })

    it("has something new at each sample of a station that samples once a minute", async () => {
        const model = new SCD4xModel().feed("co2", unixMs => Math.floor(unixMs / 1000) % 10_000)
        const rig = rigOf([model], PLAIN, seconds(60))
        const [first, ...later] = await rig.take(10)
        expect(first.qualities[0]).toBe(QUALITY_NOT_READY)
        for (const { qualities, values, at } of later) {
            expect(isGap(qualities[0])).toBe(false)
            // The signal counts seconds: the measurement tells when it was made.
            const now = (rig.world.clock.epochMs + at / 1000) / 1000
            expect((now - values[0]) % 10_000).toBeLessThan(5.1)
        }
        expect(model.illegalAccesses).toEqual([])
    })

    it("is not ready for the first 5 s, then stale between measurements, and never repeats one", async () => {
        let reads = 0
        const model = new SCD4xModel().feed("co2", () => 500 + reads)
        model.onHandedOut = () => reads++
        const rig = rigOf([model], CO2_ONLY, 1000)
        const samples = await rig.take(25)
        const qualities = samples.map(sample => sample.qualities[0])
        const start = qualities.indexOf(QUALITY_WARMING_UP)
        expect(samples[start].at).toBeGreaterThan(5_500_000)
        expect(qualities.slice(0, start)).toEqual(new Array(start).fill(QUALITY_NOT_READY))
        const rest = qualities.slice(start)
        expect(new Set(rest)).toEqual(new Set([QUALITY_WARMING_UP, QUALITY_STALE]))
        expect(rest.filter(quality => quality === QUALITY_WARMING_UP).length).toBe(
            Math.ceil(rest.length / 5)
        )
        const values = samples
            .filter(s => s.qualities[0] === QUALITY_WARMING_UP)
            .map(s => s.values[0])
        expect(new Set(values).size).toBe(values.length)
        expect(model.illegalAccesses).toEqual([])
    })

    it("is warming up for three response times, of each channel, after a start and a loss of power", async () => {
        const model = roomModel()
        const rig = rigOf([model], undefined, seconds(30))
        const until = async () => {
            const at: number[] = []
            const begin = rig.world.clock.wallMs
            while (at.filter(ms => ms > 0).length < 3) {
                const [{ qualities }] = await rig.take(1)
                qualities.forEach((quality, i) => {
                    if (quality === QUALITY_OK) at[i] ??= (rig.world.clock.wallMs - begin) / 1000
                })
            }
            return at.map(s => 30 * Math.round(s / 30))
        }
        expect(await until()).toEqual([180, 360, 270])
        model.brownOut(rig.world.clock.wallMs)
        await rig.take(2)
        expect(await until()).toEqual([180, 360, 270])
    })

    it("takes the part's 0 ppm, its mark of an invalid measurement, as a gap of CO2 only", async () => {
        const model = roomModel().feed("co2", 0)
        const rig = rigOf([model])
        const [, sample] = await rig.take(2)
        expect(sample.qualities).toEqual([
            QUALITY_OUT_OF_RANGE,
            QUALITY_WARMING_UP,
            QUALITY_WARMING_UP,
        ])
    })

    it("gives a gap where the air is colder or warmer than the part measures", async () => {
        const rig = rigOf([roomModel().feed("temperature", -10.2)])
        const [, cold] = await rig.take(2)
        expect(cold.qualities).toEqual([
            QUALITY_WARMING_UP,
            QUALITY_OUT_OF_RANGE,
            QUALITY_WARMING_UP,
        ])
    })

    it("stops a part that was still measuring before it sets it up", async () => {
        const model = roomModel()
        const rig = rigOf([model])
        const start = rig.world.clock.wallMs
        model.brownOut(start - 10_000)
        model.transfer(Uint8Array.of(0x21, 0xb1), 0, start - 8000)
        const [first, second] = await rig.take(2)
        // Not the measurement from before the reset: nobody knows how old it is.
        expect(first.qualities).toEqual(all(QUALITY_NOT_READY))
        expect(isRoom(second)).toBe(true)
        expect(model.illegalAccesses).toEqual([])
    })

    it("writes its settings, also after the part lost its power", async () => {
        const model = roomModel()
        const rig = rigOf([model], SETTINGS)
        const written = [
            ["temperature_offset", 0x07e6],
            ["sensor_altitude", 155],
            ["ambient_pressure", 1013],
            ["automatic_self_calibration_enabled", 0],
            ["automatic_self_calibration_target", 400],
            ["automatic_self_calibration_initial_period", 44],
            ["automatic_self_calibration_standard_period", 156],
        ]
        const [, sample] = await rig.take(2)
        expect([...model.settings]).toEqual(written)
        // The offset is subtracted: 1.40 °C more than the default.
        expect(Math.abs(sample.values[1] - (-321 - 140))).toBeLessThanOrEqual(1)
        model.brownOut(rig.world.clock.wallMs)
        expect([...model.settings]).not.toEqual(written)
        await rig.take(4)
        expect([...model.settings]).toEqual(written)
        expect(model.illegalAccesses).toEqual([])
    })

    it("measures every 30 s in low power, and takes a part for dead after a minute of silence", async () => {
        const model = roomModel().feed("co2", unixMs => Math.floor(unixMs / 1000) % 10_000)
        const rig = rigOf([model], LOW_POWER, seconds(60))
        for (const { qualities, values, at } of (await rig.take(8)).slice(1)) {
            expect(qualities.some(isGap)).toBe(false)
            const now = (rig.world.clock.epochMs + at / 1000) / 1000
            expect((now - values[0]) % 10_000).toBeLessThan(30.2)
        }
        model.brownOut(rig.world.clock.wallMs)
        const [first, second, third] = await rig.take(3)
        const lost = [first, second].map(({ qualities }) => qualities[0])
        expect(lost).toContain(QUALITY_TIMEOUT)
        expect(third.qualities).toEqual(all(QUALITY_WARMING_UP))
        expect(model.illegalAccesses).toEqual([])
    })

    it("gives no readings from a part that does not keep its settings", async () => {
        const model = roomModel()
        const rig = rigOf([model], SETTINGS)
        model.settings.set = () => model.settings
        const [, sample] = await rig.take(2)
        expect(sample.qualities).toEqual(all(QUALITY_NOT_READY))
        expect(sample.lastError).toContain("does not keep its settings")
    })

    it("leaves the part's own settings alone where none are given", async () => {
        const model = roomModel()
        const rig = rigOf([model])
        const writes: string[] = []
        rig.node.bus.onTransfer = ({ write }) => writes.push(Buffer.from(write).toString("hex"))
        await rig.take(2)
        expect(new Set(writes)).toEqual(new Set(["", "3f86", "3682", "21b1", "e4b8", "ec05"]))
    })
})

commonSuite(program)
