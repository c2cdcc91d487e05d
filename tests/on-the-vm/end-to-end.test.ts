/** From the registers of simulated sensors to decoded readings out of a broker. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { Kit, type KitOptions } from "../support/kit.js"

let kit: Kit | undefined

async function start(options: KitOptions = {}): Promise<Kit> {
    kit = await Kit.start(options)
    return kit
}

afterEach(async () => {
    await kit?.close()
    kit = undefined
})

/**
 * Every value that the sensors gave of this channel arrived, in order, up to the
 * row that was being sampled when the node was asked for its last frame.
 *
 * @param scale integers per unit
 * @param tolerance in integers
 */
function expectArrived(run: Kit, channel: string, scale: number, tolerance: number): void {
    const arrived = run.integersOf(channel)
    const given = run.handedOut.filter(r => r.channel === channel).map(r => r.value * scale)
    expect(given.length - arrived.length, `${channel}: given − arrived`).toBeOneOf([0, 1])
    arrived.forEach((integer, i) =>
        expect(
            Math.abs(integer - given[i]),
            `${channel} reading ${i}: sensor gave ${given[i]}, arrived ${integer} (units of 1/${scale})`
        ).toBeLessThanOrEqual(tolerance)
    )
}

describe("a node in a room", () => {
    it("delivers every value its sensors gave, each once, with the right time and unit", async () => {
        const run = await start()
        await run.world.run(hours(3) + seconds(30))
        const status = await run.flush()

        expectArrived(run, "temperature", 100, 1)
        expectArrived(run, "humidity", 100, 1)
        expectArrived(run, "co2", 1, 1)
        expectArrived(run, "illuminance", 10, 5)
        expect(run.collector.counts).toMatchObject({ readings: status.readings, duplicates: 0 })
        expect(run.collector.counts.malformed.size).toBe(0)
        expect(run.collector.lostFrames).toBe(0)
        expect(status).toMatchObject({ dropped: 0, queued: 0 })
        expect(run.integersOf("temperature").some(v => v < 0)).toBe(true)
        expect(run.integersOf("temperature").length).toBeGreaterThanOrEqual(180)

        const times = run.readings.filter(r => r.channel === "temperature").map(r => r.time)
        expect(times[0], "the first row comes at once").toBeLessThan(
            run.world.clock.epochMs + seconds(3)
        )
        for (const time of times.slice(1)) expect(time % 60_000, "then on the minute").toBe(0)
        run.handedOut
            .filter(r => r.channel === "temperature")
            .forEach((r, i) => expect(Math.abs(r.unixMs - times[i])).toBeLessThan(1000))
        expect(run.sensors.all.flatMap(s => s.illegalAccesses)).toEqual([])
        expect(run.node.flash.writes, "ordinary operation writes no flash").toBe(0)
    })

    it("publishes the same frames, byte for byte, for the same seed", async () => {
        const frames: string[][] = []
        for (const seed of [5, 5, 6]) {
            const run = await start({ seed })
            await run.world.run(hours(2))
            await run.flush()
            frames.push(run.frames)
            await run.close()
        }
        expect(frames[0]?.length).toBeGreaterThan(7)
        expect(frames[1]).toEqual(frames[0])
        expect(frames[2]).not.toEqual(frames[0])
    })
})

describe("a sensor that fails", () => {
    it("unplugged for an hour, gives gaps that say so, and readings again once it is back", async () => {
        const run = await start()
        await run.world.run(minutes(30) + seconds(30))
        run.sensors.sht4x.faults.unplugged = true
        await run.world.run(hours(1))
        run.sensors.sht4x.faults.unplugged = false
        await run.world.run(minutes(30))
        const status = await run.flush()

        const temperature = run.readings.filter(r => r.channel === "temperature")
        const gaps = temperature.filter(r => r.isGap)
        expect(gaps.length).toBe(60)
        expect(new Set(gaps.map(r => r.quality))).toEqual(new Set(["absent"]))
        expect(temperature.filter(r => !r.isGap).length).toBeGreaterThanOrEqual(58)
        expect(temperature.at(-1)?.quality).toBe("ok")
        // The other sensors never noticed: CO2 has no value in its first seconds, and settles for 3 min.
        for (const [channel, atFirst] of [
            ["co2", ["not ready", "warming up", "warming up", "warming up"]],
            ["illuminance", []],
        ] as const) {
            const qualities = run.readings.filter(r => r.channel === channel).map(r => r.quality)
            expect(qualities.length, `readings of ${channel}`).toBeGreaterThanOrEqual(120)
            expect(
                qualities.filter((quality, i) => quality !== (atFirst[i] ?? "ok")),
                `${channel}: not as at its start, or not ok later`
            ).toEqual([])
        }
        expect(run.collector.counts.readings).toBe(status.readings)
        expect(run.collector.counts.gaps).toBe(status.gaps)
        expect(status.sensors[0]?.errors).toBeGreaterThanOrEqual(60)
        expect(run.node.panics).toEqual([])
    })

    it("not acknowledging one transfer, or with a wrong checksum, costs one row of its channels", async () => {
        for (const [fault, reason] of [
            ["nackTransfer", "absent"],
            ["flipCrcWord", "crc"],
        ] as const) {
            const run = await start()
            await run.world.run(minutes(20) + seconds(30))
            run.sensors.sht4x.faults[fault] = 1
            await run.world.run(minutes(20))
            await run.flush()
            const bad = run.readings.filter(
                r => r.isGap && r.time > run.world.clock.epochMs + minutes(2)
            )
            expect(bad.map(r => r.channel).sort()).toEqual(["humidity", "temperature"])
            expect(new Set(bad.map(r => r.quality))).toEqual(new Set([reason]))
            await run.close()
        }
    })

    it("busy forever, is a timeout and does not hold up the others", async () => {
        const run = await start()
        await run.world.run(minutes(20) + seconds(30))
        run.sensors.scd4x.faults.stuckBusy = true
        await run.world.run(minutes(20))
        await run.flush()
        const late = run.readings.filter(r => r.time > run.world.clock.epochMs + minutes(21))
        expect(late.filter(r => r.channel === "co2").every(r => r.isGap)).toBe(true)
        expect(late.filter(r => r.channel === "temperature").every(r => r.quality === "ok")).toBe(
            true
        )
        expect(run.node.panics).toEqual([])
    })
})

describe("a network that fails", () => {
    it("cut again and again, loses no reading and delivers none twice", async () => {
        const run = await start()
        for (let i = 0; i < 12; i++) {
            // Odd moments, so that cuts fall before, between and after packets.
            await run.world.run(minutes(15) + 7 * i)
            run.node.cutConnection()
        }
        const status = await run.flush()
        expect(run.collector.counts.readings).toBe(status.readings)
        expect(status.readings).toBeGreaterThan(180 * 3)
        expect(run.collector.lostFrames).toBe(0)
        expect(status.dropped).toBe(0)
        expectArrived(run, "temperature", 100, 1)
    })

    it("without a broker for two hours after boot, delivers the rows from before with their right time", async () => {
        const run = await start()
        const broker = run.world.network.defaultEndpoint
        run.world.network.defaultEndpoint = undefined
        run.node.powerOff()
        run.handedOut.length = 0
        run.node.powerOn()
        await run.world.run(hours(2))
        expect(run.readings.length).toBe(0)
        run.world.network.defaultEndpoint = broker
        await run.world.run(minutes(10))
        const status = await run.flush()
        expect(status.gaps, "CO2 has no value in its first seconds").toBeLessThanOrEqual(1)
        expect(run.collector.counts.readings).toBe(status.readings)
        const given = run.handedOut.filter(r => r.channel === "temperature")
        const arrived = run.readings
            .filter(r => r.channel === "temperature")
            .sort((a, b) => a.time - b.time)
        expect(given.length - arrived.length).toBeOneOf([0, 1])
        arrived.forEach((reading, i) =>
            expect(
                Math.abs(reading.time - given[i]?.unixMs),
                `time of reading ${i} in ms`
            ).toBeLessThan(1000)
        )
    })
})
