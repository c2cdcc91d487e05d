import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { RigProgram } from "../../../sim/parts/rig-program.js"
import { World } from "../../../sim/world/world.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
} from "../../core/quality.js"
import { type Signal } from "../shared/register-model.js"
import { LIS3DHModel } from "./model.js"
import { decidegrees, lis3dhAcceleration } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("lis3dh", part)
const PLAIN = program.variant()
const FULL_SCALE = {
    2: program.variant("{ fullScale: 2 }"),
    4: program.variant("{ fullScale: 4 }"),
    8: program.variant("{ fullScale: 8 }"),
    16: program.variant("{ fullScale: 16 }"),
}
const ON_ITS_SIDE = program.variant("{ upright: [1000, 0, 0] }")
const UPSIDE_DOWN = program.variant("{ upright: [0, 0, -500] }")
const REFUSED = [
    ["{ fullScale: 3 }", "fullScale"],
    ["{ upright: [0, 0, 0] }", "upright"],
    ["{ upright: [0, 0] }", "upright"],
    ["{ motion: { pollMs: 10 } }", "pollMs"],
    ["{ motion: { tipDegrees: 180 } }", "tipDegrees"],
].map(([options, what]) => [options, what, program.variant(options)] as const)
const MOTION = {
    slowPoll: motionScript("{ pollMs: 500 }"),
    poll: motionScript("{ pollMs: 200 }"),
    sensitive: motionScript("{ thresholdMilligravities: 16 }"),
    holdOff: motionScript("{ holdOffSeconds: 10 }"),
    tip: motionScript("{ tipDegrees: 60, thresholdMilligravities: 200 }"),
}

/** Reports events, and each minute how often the part moved and how far it is tilted. */
function motionScript(motion: string): number {
    return program.script({
        body: `
    const sensor = new LIS3DH(bus, { motion: ${motion} })
    sensor.onEvent = () => console.log("EVENT " + ds.millis())
    await sensor.init()
    for (;;) {
        await ds.sleep(60000)
        await sensor.sample()
        console.log("SAMPLE " + sensor.qualities[0] + " " + sensor.values[3] + " " + sensor.values[4])
    }`,
    })
}

const G = 9.80665

function modelOf(x: Signal, y: Signal, z: Signal): LIS3DHModel {
    return new LIS3DHModel()
        .feed("acceleration_x", x)
        .feed("acceleration_y", y)
        .feed("acceleration_z", z)
}

function rigOf(model: LIS3DHModel, driver = PLAIN): DriverRig {
    return program.rig(driver, model)
}

/** A node that reports events, and each minute how often it moved and how far it is tilted. */
class Watch {
    readonly world = new World({ seed: 1 })
    readonly model = modelOf(0, 0, G)
    /** Node's time of each event, ms. */
    readonly events: number[] = []
    readonly samples: string[] = []
    /** World's time at the node's start, Unix ms. */
    readonly start = this.world.clock.wallMs

    /** @param script of {@link motionScript} */
    constructor(script: number) {
        const deviceId = RigProgram.deviceId({ script })
        const node = this.world.addNode({
            program: program.program,
            deviceId,
            sensors: [this.model],
        })
        node.onConsole = line => {
            if (line.startsWith("EVENT ")) this.events.push(this.world.clock.wallMs - this.start)
            if (line.startsWith("SAMPLE ")) this.samples.push(line.slice(7))
        }
    }

    /** The channel "motion" of a sample. */
    looksOf(sample: number): number {
        return Number(this.samples[sample].split(" ")[2])
    }

    /** A push along x of N m/s². */
    push(...pushes: readonly { atMs: number; ms: number; by: number }[]): this {
        this.model.feed("acceleration_x", unixMs => {
            const now = unixMs - this.start
            return pushes.find(({ atMs, ms }) => now >= atMs && now < atMs + ms)?.by ?? 0
        })
        return this
    }
}

describe("LIS3DH", () => {
    it("measures at each full scale, and says when that is at its end", async () => {
        for (const [fullScale, x, quality] of [
            [2, 15, QUALITY_OK],
            [2, 21, QUALITY_SATURATED],
            [4, 30, QUALITY_OK],
            [8, 70, QUALITY_OK],
            [16, -150, QUALITY_OK],
        ] as const) {
            const [sample] = await rigOf(modelOf(x, 0, G), FULL_SCALE[fullScale]).take(1)
            const what = `${x} m/s² at ${fullScale} g`
            expect(sample.qualities[0], what).toBe(quality)
            if (quality === QUALITY_OK)
                expect(Math.abs(sample.values[0] - 1000 * x), what).toBeLessThan(59.5)
            expect(sample.qualities[3], "tilt of what moves").toBe(QUALITY_OUT_OF_RANGE)
        }
    })

    it("gives no value while another program's full scale is in the part, and sets it back", async () => {
        const model = modelOf(3, 0, 9)
        const rig = rigOf(model)
        const [before] = await rig.take(1)
        model.transfer(Uint8Array.of(0x23, 0xb8), 0, rig.world.clock.wallMs)
        const [other, after] = await rig.take(2)
        const lost = [0, 1, 2, 3].map(() => QUALITY_NOT_READY)
        expect(other.qualities).toEqual(lost)
        expect(after.values).toEqual(before.values)
    })

    it("measures the tilt from the direction that is said to be up", async () => {
        const model = modelOf(G * Math.sin(Math.PI / 6), 0, G * Math.cos(Math.PI / 6))
        const tiltOf = async (driver: number) => (await rigOf(model, driver).take(1))[0].values[3]
        expect(await tiltOf(PLAIN)).toBe(300)
        expect(await tiltOf(ON_ITS_SIDE)).toBe(600)
        expect(await tiltOf(UPSIDE_DOWN)).toBe(1500)
    })

    it.each(REFUSED)("refuses %s", async (_options, what, driver) => {
        await expect(rigOf(modelOf(0, 0, G), driver).run(500)).rejects.toThrow(what)
    })
})

describe("LIS3DH with motion", { timeout: 60_000 }, () => {
    it("tells of a push of 50 ms within the time between two looks, once", async () => {
        const watch = new Watch(MOTION.slowPoll).push({ atMs: 20_000, ms: 50, by: 2 })
        await watch.world.run(62_000)
        expect(watch.events).toHaveLength(1)
        expect(watch.events[0]).toBeGreaterThanOrEqual(20_000)
        expect(watch.events[0]).toBeLessThanOrEqual(20_600)
        expect(watch.samples).toEqual(["0 0 1"])
        expect(watch.model.illegalAccesses).toEqual([])
    })

    it("says nothing while nothing moves, whatever the slope it stands on", async () => {
        const watch = new Watch(MOTION.sensitive)
        watch.model.feed("acceleration_y", 3)
        await watch.world.run(125_000)
        expect([watch.events, watch.samples.length]).toEqual([[], 2])
    })

    it("takes pushes that follow each other for one motion, but counts them", async () => {
        const watch = new Watch(MOTION.holdOff).push(
            { atMs: 20_000, ms: 100, by: 3 },
            { atMs: 25_000, ms: 100, by: 3 },
            { atMs: 32_000, ms: 100, by: 3 },
            { atMs: 50_000, ms: 100, by: 3 }
        )
        await watch.world.run(62_000)
        expect(watch.events.map(ms => Math.floor(ms / 1000))).toEqual([20, 50])
        // The high-pass answers the end of a push too, which can fall into the next look.
        expect(watch.looksOf(0)).toBeGreaterThanOrEqual(4)
        expect(watch.looksOf(0)).toBeLessThanOrEqual(8)
    })

    it("tells when something has fallen over, and when it stands again, however slowly", async () => {
        const watch = new Watch(MOTION.tip)
        const angleAt = (unixMs: number) => {
            const s = (unixMs - watch.start) / 1000
            return Math.min(80, Math.max(0, s < 100 ? s - 10 : 190 - s)) * (Math.PI / 180)
        }
        watch.model.feed("acceleration_x", ms => G * Math.sin(angleAt(ms)))
        watch.model.feed("acceleration_z", ms => G * Math.cos(angleAt(ms)))
        await watch.world.run(200_000)
        const seconds = watch.events.map(ms => ms / 1000)
        expect(seconds).toHaveLength(2)
        expect(Math.abs(seconds[0] - 70), `${seconds[0]} s`).toBeLessThan(1.2)
        expect(Math.abs(seconds[1] - 135), `${seconds[1]} s`).toBeLessThan(1.2)
    })

    it("takes a look at a bus that nobody drives for no motion", async () => {
        const watch = new Watch(MOTION.poll)
        await watch.world.run(20_000)
        watch.model.faults.restingBus = { byte: 0xff, reads: 1, isLasting: false }
        await watch.world.run(50_000)
        expect(watch.model.faults.restingBus).toBeUndefined()
        expect([watch.events, watch.samples]).toEqual([[], ["0 0 0"]])
    })

    it("goes on after the part was away, without a false alarm", async () => {
        const watch = new Watch(MOTION.poll).push({ atMs: 170_000, ms: 100, by: 3 })
        await watch.world.run(20_000)
        watch.model.faults.unplugged = true
        await watch.world.run(30_000)
        watch.model.faults.unplugged = false
        await watch.world.run(140_000)
        expect(watch.events.map(ms => Math.floor(ms / 1000))).toEqual([170])
        expect(watch.looksOf(watch.samples.length - 1)).toBeGreaterThanOrEqual(1)
    })
})

conversionsAgree(program, [
    {
        convert: lis3dhAcceleration,
        args: "input - 32768",
        here: input => lis3dhAcceleration(input - 32768),
    },
    {
        convert: decidegrees,
        args: "(input >> 8) * 65537, ((input & 255) - 127) * 257",
        here: input => decidegrees((input >> 8) * 65537, ((input & 255) - 127) * 257),
        pauseEvery: 64,
    },
])

commonSuite(program)
