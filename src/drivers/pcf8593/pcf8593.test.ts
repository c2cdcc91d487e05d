import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_NOT_READY, QUALITY_OK, QUALITY_SATURATED } from "../../core/quality.js"
import { PCF8593Model } from "./model.js"
import { part } from "./part.js"

const program = new PartProgram("pcf8593", part)
const PLAIN = program.variant()

class Road {
    pulses = 0
    readonly model = new PCF8593Model().feed("count", () => this.pulses)

    rig(): DriverRig {
        return program.rig(PLAIN, this.model)
    }

    /** Puts the part into the state of a counter that runs at this total. */
    running(halfTurns: number, digits: readonly number[]): void {
        const [low, high] = [halfTurns & 0xff, halfTurns >> 8]
        const copy = [low, high, low ^ high ^ 0xa5]
        this.model.brownOut(0)
        for (const bytes of [
            [0, 0xa0],
            [1, ...digits],
            [0x0a, ...copy, ...copy],
            [0, 0x20],
        ])
            this.model.transfer(Uint8Array.from(bytes), 0, 0)
        this.model.isBacked = true
    }
}

async function count(rig: DriverRig): Promise<number> {
    const [sample] = await rig.take(1)
    expect(sample.qualities, sample.lastError).toEqual([QUALITY_OK])
    return sample.values[0]
}

describe("PCF8593", () => {
    it("gives each pulse over several turns of the six digits", async () => {
        const road = new Road()
        const rig = road.rig()
        expect(await count(rig)).toBe(0)
        let total = 0
        for (const step of [1, 99, 400_000, 499_999, 99_900, 1, 499_999, 800_000, 999_999, 0, 3]) {
            road.pulses += step
            total += step
            expect(await count(rig), `after ${step} more`).toBe(total)
        }
        expect(road.model.illegalAccesses).toEqual([])
    })

    it("goes on after a reset of the board, with the pulses that came meanwhile", async () => {
        const road = new Road()
        const rig = road.rig()
        await count(rig)
        for (let i = 0; i < 5; i++) {
            road.pulses += 450_000
            await count(rig)
        }
        road.pulses += 400_000
        road.model.isBacked = true
        expect(await count(road.rig())).toBe(2_650_000)
        road.pulses += 1
        expect(await count(road.rig())).toBe(2_650_001)
    })

    it("goes on from its last total after the part lost power, and says what is lost", async () => {
        const road = new Road()
        const rig = road.rig()
        await count(rig)
        for (let i = 0; i < 4; i++) {
            road.pulses += 400_000
            await count(rig)
        }
        road.pulses += 50
        road.model.brownOut(rig.world.clock.wallMs)
        road.pulses += 30
        const [gap] = await rig.take(1)
        expect(gap.qualities).toEqual([QUALITY_NOT_READY])
        expect(gap.lastError).toContain("lost power, and what it counted")
        expect(await count(rig)).toBe(1_600_000)
        road.pulses += 7
        expect(await count(rig)).toBe(1_600_007)
        expect(road.model.illegalAccesses).toEqual([])
    })

    it("does not take a disturbed transfer for a turn, nor for a loss of counts", async () => {
        for (const [at, byte] of [
            [1, 0x00],
            [1, 0x99],
            [2, 0x13],
            [3, 0x00],
            [3, 0x99],
            [1, 0xff],
            [0x0a, 0x07],
        ]) {
            const road = new Road()
            road.running(2, [0x34, 0x12, 0x05])
            const rig = road.rig()
            expect(await count(rig)).toBe(1_051_234)
            const transfer = road.model.transfer.bind(road.model)
            let isNext = true
            road.model.transfer = (...request) => {
                const result = transfer(...request)
                if (isNext && result.data.length > at) {
                    isNext = false
                    result.data[at] = byte
                }
                return result
            }
            const [sample] = await rig.take(1)
            if (sample.qualities[0] === QUALITY_OK) expect(sample.values).toEqual([1_051_234])
            expect(await count(rig), `byte ${at} read as ${byte}`).toBe(1_051_234)
        }
    })

    it("does not begin anew because of one disturbed transfer at its start", async () => {
        const road = new Road()
        road.running(2, [0x34, 0x12, 0x05])
        const transfer = road.model.transfer.bind(road.model)
        let reads = 0
        road.model.transfer = (...request) => {
            const result = transfer(...request)
            if (result.data.length === 16 && ++reads === 1) result.data[0] = 0x21
            return result
        }
        expect(await count(road.rig())).toBe(1_051_234)
    })

    it("uses the second copy of its memory when a power cut tore the first one", async () => {
        const road = new Road()
        road.running(3, [0x00, 0x00, 0x60])
        road.model.transfer(Uint8Array.of(0x0a, 0x04), 0, 0)
        expect(await count(road.rig())).toBe(1_600_000)
    })

    it("ends at 2,147,483,647 and says so", async () => {
        const road = new Road()
        road.running(4294, [0x47, 0x36, 0x48])
        const rig = road.rig()
        expect(await count(rig)).toBe(2_147_483_647)
        road.pulses++
        const [sample] = await rig.take(1)
        expect(sample).toMatchObject({ values: [2_147_483_647], qualities: [QUALITY_SATURATED] })
    })
})

commonSuite(program)
