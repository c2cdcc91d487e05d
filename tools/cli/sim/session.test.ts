/** The session behind `suitcase sim`: what it promises about its figures. */
import { readFileSync } from "node:fs"
import { afterEach, describe, expect, it } from "vitest"
import { type KitApp } from "../../../sim/apps/app.js"
import { indoorClimate } from "../../../sim/apps/indoor-climate.js"
import { AedesBroker } from "../../../sim/net/aedes-broker.js"
import { compile } from "../../../sim/program/compile.js"
import { parseTrace } from "../../../sim/traces/trace.js"
import { hours, minutes } from "../../../sim/time/duration.js"
import { NodePanic } from "../../../sim/world/node.js"
import { parseBrokerUrl } from "../mqtt/broker.js"
import { decodeFrame } from "../../../src/core/frame/decoder.js"
import { isGap } from "../../../src/core/quality.js"
import { reportFailure } from "../cli.js"
import { type Reading } from "../../decoder/index.js"
import { problems } from "../view/summary.js"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { isComplete, plainJsonBytes } from "./report.js"
import { SimSession, type SessionOptions } from "./session.js"

let session: SimSession | undefined

async function open(options: Partial<SessionOptions> = {}): Promise<SimSession> {
    await session?.close()
    session = await SimSession.open({
        app: indoorClimate,
        program: compile("devs/indoor-climate.ts"),
        ...options,
    })
    return session
}

afterEach(async () => {
    await session?.close()
    session = undefined
})

describe("a simulated run", () => {
    it("gives the same frames, byte for byte, for the same seed, and others for another", async () => {
        const runs: string[][] = []
        for (const seed of [3, 3, 4]) {
            const frames: string[] = []
            const run = await open({
                seed,
                devices: 2,
                onMessage: (topic, payload) => {
                    if (topic.endsWith("/frame"))
                        frames.push(`${topic} ${Buffer.from(payload).toString("hex")}`)
                },
            })
            await run.run(hours(1))
            await run.finish()
            runs.push(frames)
        }
        expect(runs[0].length).toBeGreaterThanOrEqual(8)
        expect(runs[1]).toEqual(runs[0])
        expect(runs[2]).not.toEqual(runs[0])
    })

    it("replays a recording, for each further node seven minutes later", async () => {
        const readings: Reading[] = []
        // 1 °C per minute, from 100 °C down.
        const trace = parseTrace("t_s,temperature_degC\n0,100\n7200,-20\n", "ramp.csv")
        const run = await open({ devices: 2, trace, onReading: r => readings.push(r) })
        await run.run(minutes(40))
        await run.finish()
        const start = run.world.clock.epochMs
        run.nodes.forEach((node, i) => {
            const temperatures = readings.filter(
                r => r.node === node.deviceId && r.channel === "temperature"
            )
            expect(temperatures.length).toBeGreaterThanOrEqual(39)
            for (const { time, value } of temperatures.filter(r => r.time > start + minutes(8)))
                expect(value, `node ${i + 1}`).toBeCloseTo(
                    100 - (time - start) / minutes(1) + 7 * i,
                    1
                )
        })
    })

    it("counts the bytes of plain JSON as it says", () => {
        const reading = {
            channel: "temperature",
            unit: "Cel",
            value: 21.37,
            time: 1704960000499,
        } as Reading
        expect(plainJsonBytes(reading)).toBe(
            '{"n":"temperature","u":"Cel","v":21.37,"t":1704960000}'.length
        )
    })

    it("notices a frame that was lost on the way, down to its number of readings", async () => {
        const run = await open()
        const accept = run.collector.accept.bind(run.collector)
        let frames = 0
        let lost = 0
        run.collector.accept = (topic, payload) => {
            if (!topic.endsWith("/frame") || ++frames !== 3) return accept(topic, payload)
            lost = decodeFrame(payload).qualities.filter(code => !isGap(code)).length
            return "ignored"
        }
        await run.run(hours(1))
        const report = await run.finish()
        expect(report.framesLost).toBe(1)
        expect(lost).toBeGreaterThan(0)
        expect(report.readingsLost).toBe(lost)
        expect(report.readingsReceived).toBe(report.readingsSampled - lost)
        expect(isComplete(report)).toBe(false)
        expect(problems(report)).toEqual([`${lost} readings did not arrive`])
    })

    it("counts a frame that comes twice once, and says so", async () => {
        const run = await open()
        const accept = run.collector.accept.bind(run.collector)
        run.collector.accept = (topic, payload) => {
            const outcome = accept(topic, payload)
            return topic.endsWith("/frame") ? accept(topic, payload) : outcome
        }
        await run.run(minutes(31))
        const report = await run.finish()
        expect(report.duplicates).toBe(report.frames)
        expect(report.readingsReceived).toBe(report.readingsSampled)
        expect(isComplete(report)).toBe(true)
    })

    it("reports a node that cannot answer at the end instead of hanging", async () => {
        const run = await open({ devices: 2 })
        await run.run(minutes(20))
        run.nodes[1].powerOff()
        const report = await run.finish()
        expect(report.silentNodes).toBe(1)
        expect(isComplete(report)).toBe(false)
        expect(problems(report)[0]).toMatch(/^1 node did not answer at the end/)
    })

    it("tells the remedy when a program takes no commands, and so cannot be asked", async () => {
        const whole = readFileSync("devs/indoor-climate.ts", "utf8")
        const source = whole.replace(/commands: remoteCommands,|remoteCommands,/g, "")
        const program = compile("devs/no-commands.ts", { source })
        const run = await open({ program })
        await run.run(minutes(2))
        const report = await run.finish()
        expect(report).toMatchObject({ silentNodes: 1, hasCommands: false })
        expect(problems(report)[0]).toMatch(/option commands: remoteCommands$/)
    })

    it("reports nodes as silent when the broker is gone at the end", async () => {
        const broker = await AedesBroker.start()
        const port = await broker.listen()
        const run = await open({ broker: parseBrokerUrl(`mqtt://127.0.0.1:${port}`) })
        await run.run(minutes(20))
        await broker.close()
        const before = run.collector.counts.readings
        const report = await run.finish()
        expect(report.silentNodes).toBe(1)
        expect(before).toBeGreaterThan(0)
        expect(report.readingsReceived).toBe(before)
    })

    it("asks again when a node was just connecting", async () => {
        const run = await open()
        await run.run(minutes(31))
        run.nodes[0].cutConnection()
        const report = await run.finish()
        expect(report).toMatchObject({ silentNodes: 0, readingsLost: 0 })
        expect(report.readingsReceived).toBeGreaterThanOrEqual(4 * 29)
    })

    it("gives gaps with their reason for a sensor that is not there, and loses nothing", async () => {
        const app: KitApp = {
            ...indoorClimate,
            parts: () => indoorClimate.parts().filter(({ folder }) => folder !== "bh1750"),
        }
        const run = await open({ app })
        await run.run(minutes(31))
        const report = await run.finish()
        expect(report.gapsByReason["absent"]).toBeGreaterThanOrEqual(29)
        expect(report.readingsLost).toBe(0)
    })

    it("can be stopped at any time and still adds up", async () => {
        const run = await open()
        run.every(minutes(17), () => run.stop())
        await run.run(hours(24))
        const report = await run.finish()
        expect(report.simulatedSeconds).toBeCloseTo(17 * 60, 0)
        expect(report.readingsReceived).toBe(report.readingsSampled)
        expect(report.silentNodes).toBe(0)
    })

    it("ends with the place in the source when the program stops", async () => {
        const source = `
import * as ds from "@devicescript/core"
await ds.sleep(100)
throw new Error("the roof is on fire")
`
        const run = await open({ program: compile("devs/crash.ts", { source }) })
        let failure: unknown
        await run.run(minutes(1)).catch((e: unknown) => (failure = e))
        expect(failure).toBeInstanceOf(NodePanic)
        const terminal = fakeTerminal()
        expect(reportFailure(failure, terminal)).toBe(1)
        expect(terminal.err.text).toMatch(/^suitcase: the program stopped: node1: .*exception/)
        expect(terminal.err.text).toContain("the roof is on fire")
        expect(terminal.err.text).toContain("devs/crash.ts:4:")
    })
})
