import { beforeEach, describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_NOT_READY, QUALITY_OK, QUALITY_SATURATED, isGap } from "../../core/quality.js"
import { VEML7700Model } from "./model.js"
import { veml7700Illuminance } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("veml7700", part)
const PLAIN = program.variant()

let model: VEML7700Model
let rig: DriverRig
let lux = 0

async function take(value: number) {
    lux = value
    return (await rig.take(1))[0]
}

beforeEach(() => {
    lux = 100
    model = new VEML7700Model().feed("illuminance", () => lux)
    rig = program.rig(PLAIN, model, { everyMs: 5000 })
})

describe("VEML7700", () => {
    it("finds the right range at once when the light jumps from night to sun and back", async () => {
        await take(0.02)
        for (const [value, error] of [
            [0.02, 0.0021],
            [100_000, 30],
            [0.02, 0.0021],
            [350, 0.54],
            [139_000, 40],
            [35, 0.2],
            [0, 0],
        ]) {
            const { values, qualities } = await take(value)
            expect(qualities, `${value} lx`).toEqual([QUALITY_OK])
            expect(Math.abs(values[0] / 100 - value), `${value} lx`).toBeLessThanOrEqual(
                error + 0.0051
            )
        }
        expect(model.illegalAccesses).toEqual([])
    })

    it.each([0x00, 0xff] as const)(
        "does not take a bus that nobody drives and that reads as %i for light, in any range",
        async byte => {
            for (const isLasting of [false, true])
                for (const value of [0.3, 3, 12, 100, 2000, 90_000]) {
                    await take(value)
                    await take(value)
                    model.faults.restingBus = { byte, reads: 1, isLasting }
                    const { values, qualities } = await take(value)
                    model.faults.restingBus = undefined
                    const error = Math.abs(values[0] / 100 - value) / value
                    const isRight = isGap(qualities[0]) || error < 0.01
                    expect(isRight, `${values[0]} × 0.01 lx instead of ${value} lx`).toBe(true)
                }
        }
    )

    it("takes one measurement where the light stays about the same", async () => {
        await take(300)
        await take(300)
        let transfers = 0
        rig.node.bus.onTransfer = () => transfers++
        const { ms } = await take(310)
        expect(transfers).toBe(5)
        expect(ms).toBeLessThan(250)
    })

    it("gives the end of its scale, marked, in light that is brighter", async () => {
        for (const value of [141_000, 180_000])
            expect(await take(value)).toMatchObject({
                values: [14_000_000],
                qualities: [QUALITY_SATURATED],
            })
    })

    it("says so when the light grows faster than it can change the range", async () => {
        await take(1)
        let reads = 0
        // Dark again whenever it has gone to a coarse range, bright when it is in a fine one.
        rig.node.bus.onTransfer = () => {
            reads++
            lux = reads <= 5 ? 20_000 : reads <= 10 ? 0 : 20_000
        }
        expect((await rig.take(1))[0].qualities).toEqual([QUALITY_SATURATED])
    })

    it("switches the power saving off that another program left on", async () => {
        model.transfer(Uint8Array.of(3, 7, 0), 0, rig.world.clock.wallMs)
        await take(100)
        const { data } = model.transfer(Uint8Array.of(3), 2, rig.world.clock.wallMs)
        expect([...data]).toEqual([0, 0])
    })

    it("does not take a power loss in dim light for darkness", async () => {
        await take(2)
        await take(2)
        const transfers = 5
        for (let at = 1; at <= transfers; at++) {
            let left = at
            rig.node.bus.onTransfer = ({ unixMs }) => {
                if (--left === 0) model.brownOut(unixMs)
            }
            const { values, qualities } = await take(2)
            if (isGap(qualities[0])) expect(qualities).toEqual([QUALITY_NOT_READY])
            else expect(values, `after transfer ${at}`).toEqual([200])
            expect((await take(2)).values).toEqual([200])
        }
    })

    it("is shut down between samples", async () => {
        await take(100)
        const { data } = model.transfer(Uint8Array.of(0), 2, rig.world.clock.wallMs)
        expect(data[0] & 1).toBe(1)
    })
})

conversionsAgree(program, [
    {
        convert: veml7700Illuminance,
        args: "input * 97",
        here: input => veml7700Illuminance(input * 97),
    },
])

commonSuite(program)
