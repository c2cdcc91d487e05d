import { describe, expect, it } from "vitest"
import {
    brownOutAfterEachTransfer,
    flipEachWord,
    nackEachTransfer,
    type Bench,
} from "../../../sim/parts/driver-checks.js"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { OtherPart } from "../../../sim/parts/other-part.js"
import { seconds } from "../../../sim/time/duration.js"
import { driverScript, linesOf } from "../../../tests/support/driver-program.js"
import { all, isAllGaps, isRoom } from "../../../tests/support/scd4x-bench.js"
import { functionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_OK,
    QUALITY_SKIPPED,
    QUALITY_WARMING_UP,
    QUALITY_WRONG_PART,
} from "../../core/quality.js"
import { type RegisterModel } from "../shared/register-model.js"
import { scd4xHumidity, scd4xOffsetWord, scd4xTemperature } from "../scd4x/conversion.js"
import { SCD4xModel } from "../scd4x/model.js"
import { part } from "./part.js"

const program = new PartProgram("scd41", part)
const AWAKE = program.variant("{ altitude: 155, temperatureOffset: 400, selfCalibration: false }")
const ASLEEP = program.variant("{ powerDown: true, selfCalibration: false }")
const REFUSED = program.script(
    driverScript(
        "scd41",
        "SCD41",
        `
    refuses({ powerDown: true })
    refuses({ powerDown: true, selfCalibration: true })
    refuses({ powerDown: true, selfCalibration: false })`
    )
)
const RARE = program.variant("{ co2Every: 3 }")

function rigOf(model: RegisterModel, driver: number): DriverRig {
    return program.rig(driver, model, { everyMs: seconds(30) })
}

function roomModel(): SCD4xModel {
    return new SCD4xModel(0x62, "f8969f073bbe", "SCD41")
        .feed("co2", 812)
        .feed("temperature", -3.21)
        .feed("humidity", 44.4)
}

describe.each([
    ["awake between samples", AWAKE, 7500],
    ["asleep between samples", ASLEEP, 12_500],
])("SCD41 %s", (_name, running, limitMs) => {
    const make = async (samples: number): Promise<Bench & { model: SCD4xModel }> => {
        const model = roomModel()
        const rig = rigOf(model, running)
        if (samples > 0) await rig.take(samples)
        return { rig, model }
    }

    it("measures when it is asked, and not before", async () => {
        const model = roomModel().feed("co2", unixMs => Math.floor(unixMs / 1000) % 10_000)
        const rig = rigOf(model, running)
        // The first one measures twice.
        for (const { values, qualities, at, ms } of (await rig.take(6)).slice(1)) {
            expect(qualities).toEqual(all(QUALITY_WARMING_UP))
            const now = (rig.world.clock.epochMs + at / 1000) / 1000
            expect((now - values[0]) % 10_000, "s since the measurement").toBeLessThan(6.5)
            expect(ms).toBeLessThan(limitMs)
        }
        expect(model.isAsleep).toBe(running === ASLEEP)
        expect(model.illegalAccesses).toEqual([])
    })

    it.each([
        ["transfer is not acknowledged", nackEachTransfer],
        ["checksum is wrong", flipEachWord],
        ["transfer is followed by a power loss", brownOutAfterEachTransfer],
    ])(
        "gives a gap or the truth when any one %s, and recovers",
        async (_what, strikeEach) => {
            const outcomes = await strikeEach(() => make(1), 2)
            expect(outcomes.length).toBeGreaterThan(6)
            for (const { at, faulty, after, panics } of outcomes) {
                for (const sample of [faulty, ...after])
                    expect(isRoom(sample) || isAllGaps(sample), `place ${at}`).toBe(true)
                expect(isRoom(after[1]), `after place ${at}: ${after[1].lastError}`).toBe(true)
                expect(panics).toBe(0)
            }
        },
        120_000
    )

    it("writes its settings again after a loss of power, and never gives the first measurement", async () => {
        const { rig, model } = await make(1)
        model.brownOut(rig.world.clock.wallMs)
        const [lost, sample] = await rig.take(2)
        if (running === AWAKE) {
            expect(isAllGaps(lost), JSON.stringify(lost)).toBe(true)
            expect(lost.lastError).toContain("lost power")
            expect(model.settings.get("sensor_altitude")).toBe(155)
        } else expect(isRoom(lost), lost.lastError).toBe(true)
        expect(isRoom(sample), sample.lastError).toBe(true)
    })

    it("gives nothing while the part measures nothing or is unplugged", async () => {
        const { rig, model } = await make(1)
        for (const fault of ["stuckBusy", "unplugged"] as const) {
            model.faults[fault] = true
            for (const sample of await rig.take(2)) {
                expect(isAllGaps(sample), fault).toBe(true)
                expect(sample.ms).toBeLessThan(2 * limitMs)
            }
            model.faults[fault] = false
            const [, back] = await rig.take(2)
            expect(isRoom(back), `after ${fault}`).toBe(true)
        }
    })

    it("knows an SCD40, which cannot do it, and other parts", async () => {
        for (const model of [
            new SCD4xModel(),
            ...[0, 0x5a, 0xff].map(b => new OtherPart(0x62, b)),
        ]) {
            const [sample] = await rigOf(model, running).take(1)
            expect(sample.qualities).toEqual(all(QUALITY_WRONG_PART))
            if (model instanceof SCD4xModel) expect(model.illegalAccesses.length).toBeLessThan(3)
        }
    })
})

describe("SCD41", () => {
    it("refuses to sleep without self-calibration switched off, which it cannot do asleep", async () => {
        const lines = await linesOf(program, REFUSED, [roomModel()])
        expect(lines.map(line => line.slice(0, 60))).toEqual(
            [
                "refused SCD41: with powerDown it cannot calibrate itself; ad",
                "refused SCD41: with powerDown it cannot calibrate itself; ad",
                "accepted",
            ].map(line => line.slice(0, 60))
        )
    })
})

describe("SCD41 with CO2 in each third sample", () => {
    it("measures temperature and humidity alone in the others, in less than a second", async () => {
        const model = roomModel()
        const samples = await rigOf(model, RARE).take(7)
        samples.forEach(({ qualities, values, ms }, i) => {
            const hasCo2 = i % 3 === 0
            expect(qualities, `sample ${i}`).toEqual([
                hasCo2 ? expect.toBeOneOf([QUALITY_WARMING_UP, QUALITY_OK]) : QUALITY_SKIPPED,
                QUALITY_WARMING_UP,
                QUALITY_WARMING_UP,
            ])
            expect(values[2]).toBe(4440)
            if (!hasCo2) expect(ms).toBeLessThan(1000)
        })
        expect(model.illegalAccesses).toEqual([])
    })
})

functionsAgree(program, "src/drivers/scd4x/conversion", [
    { convert: scd4xTemperature },
    { convert: scd4xHumidity },
    { convert: scd4xOffsetWord },
])

commonSuite(program)
