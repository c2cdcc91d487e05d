/** `--fault`: what can be written, and what then happens in a run. */
import { afterEach, describe, expect, it } from "vitest"
import { indoorClimate } from "../../../sim/apps/indoor-climate.js"
import { compile } from "../../../sim/program/compile.js"
import { days, hours, minutes, seconds } from "../../../sim/time/duration.js"
import { isComplete, type SimReport } from "./report.js"
import { FAULT_FORMS, parseFault, planFault } from "./faults.js"
import { SimSession, type SessionOptions } from "./session.js"

const MIDNIGHT = Date.parse("2024-01-15T00:00:00Z")

/** From and to in minutes after the start. */
function plan(text: string, epochMs = MIDNIGHT): [number, number] {
    const { fromMs, toMs } = planFault(parseFault(text), epochMs, days(10))
    return [fromMs / 60_000, toMs / 60_000]
}

describe("the words of --fault", () => {
    it.each([
        ["broker-down@08:00+2h", 480, 600],
        ["broker-down@+90m+30m", 90, 120],
        ["broker-restart@09:30", 570, 570 + 5 / 60],
        ["broker-restart@09:30:forget", 570, 570 + 5 / 60],
        ["refuse:5@10:00+30m", 600, 630],
        ["link-down@00:00:30+1m", 0.5, 1.5],
        ["half-open@14:00+5m", 840, 845],
        ["dns-fail@11:00+1h30m", 660, 750],
        ["link-loss:5%", 0, Infinity],
        ["link-loss:0.5%@+1d+1h", 1440, 1500],
        ["latency:300ms@12:00+1h", 720, 780],
        ["clock:+80ppm", 0, Infinity],
        ["clock:-12.5ppm@06:00", 360, Infinity],
        ["sensor-unplugged:sht4x@13:00+1h", 780, 840],
        ["power-cut@12:00", 720, 720 + 10 / 60],
        ["power-cut@12:00+1h", 720, 780],
    ])("%s lasts from minute %f to %f", (text, from, to) => {
        const [begin, end] = plan(text)
        expect(begin).toBeCloseTo(from, 9)
        if (to === Infinity) expect(end).toBe(Infinity)
        else expect(end).toBeCloseTo(to, 9)
    })

    it("carry their values", () => {
        expect(parseFault("link-loss:2.5%").value).toBeCloseTo(0.025, 12)
        expect(parseFault("latency:300ms").value).toBe(300)
        expect(parseFault("clock:-80ppm").value).toBe(-80)
        expect(parseFault("refuse:4@08:00+1m").value).toBe(4)
        expect(parseFault("sensor-unplugged:scd4x@08:00+1m").part).toBe("scd4x")
        expect(parseFault("broker-restart@08:00:forget").forget).toBe(true)
        expect(parseFault("broker-restart@08:00").forget).toBe(false)
    })

    it("name a time of the day that comes first after the start", () => {
        const noon = MIDNIGHT + hours(12)
        expect(plan("power-cut@13:00", noon)[0]).toBe(60)
        expect(plan("power-cut@12:00", noon)[0]).toBe(0)
        expect(plan("power-cut@11:59", noon)[0]).toBe(24 * 60 - 1)
    })

    it("that would begin after the end of the run are refused", () => {
        expect(() => planFault(parseFault("power-cut@12:00"), MIDNIGHT, hours(12))).toThrow(
            "--fault power-cut@12:00 would begin after the end of the run"
        )
    })

    it.each(["", "brokerdown@08:00+1h", "toString", "Broker-down@08:00+1h"])(
        '"%s" is not known: the answer lists all there are',
        text => {
            for (const { form } of FAULT_FORMS) expect(() => parseFault(text)).toThrow(form)
        }
    )

    it.each([
        "broker-down",
        "broker-down@08:00",
        "broker-down@8:00+1h",
        "broker-down@24:00+1h",
        "broker-down@08:60+1h",
        "broker-down@08:00+1",
        "broker-down@08:00+0s",
        "broker-down@08:00+1h:forget",
        "broker-down:now@08:00+1h",
        "broker-down@+1h",
        "broker-restart@08:00+1h",
        "refuse@08:00+1h",
        "refuse:0@08:00+1h",
        "refuse:6@08:00+1h",
        "link-loss",
        "link-loss:5",
        "link-loss:101%",
        "link-loss:-1%",
        "link-loss:5%@08:00",
        "latency:300",
        "latency:300ms@+1h",
        "clock:80ppm",
        "clock:+99999ppm",
        "clock:+80ppm@08:00+1h",
        "sensor-unplugged@08:00+1h",
        "sensor-unplugged:a b@08:00+1h",
        "power-cut",
        "power-cut@noon",
        "power-cut@12:00+",
        "power-cut@12:00@13:00",
    ])("%s is refused in one line with the right form and an example", text => {
        const kind = /^[a-z-]+/.exec(text)?.[0] ?? ""
        let message = ""
        try {
            parseFault(text)
        } catch (e) {
            message = (e as Error).message
        }
        expect(message).toMatch(new RegExp(`^Write ${kind}[^\\n]*, such as ${kind}[^\\n]*\\.$`))
    })

    it("has examples that can be parsed themselves", () => {
        for (const { example } of FAULT_FORMS) expect(() => parseFault(example)).not.toThrow()
    })
})

describe("a run with faults", () => {
    let session: SimSession | undefined
    let words: string[] = []

    afterEach(async () => {
        await session?.close()
        session = undefined
    })

    async function run(
        forMs: number,
        faults: readonly string[],
        options: Partial<SessionOptions> = {}
    ): Promise<SimReport> {
        await session?.close()
        words = []
        session = await SimSession.open({
            app: indoorClimate,
            program: compile("devs/indoor-climate.ts"),
            runMs: forMs,
            faults: faults.map(parseFault),
            onFault: (text, unixMs) =>
                words.push(`${new Date(unixMs).toISOString().slice(11, 16)} ${text}`),
            ...options,
        })
        await session.run(forMs)
        return session.finish()
    }

    it.each([
        ["broker-down@00:20+40m", /the broker is down for 40 min/],
        ["broker-restart@00:20:forget", /the broker restarts and forgets all/],
        ["refuse:3@00:20+2m", /refuses every connection with code 3 for 2 min/],
        ["link-down@00:20+40m", /no network for 40 min/],
        ["half-open@00:20+40m", /bytes vanish without a word for 40 min/],
        ["dns-fail@00:20+40m", /no name is resolved for 40 min/],
    ])(
        "%s: breaks the connection, loses nothing, and says when all are back",
        async (text, said) => {
            const report = await run(minutes(90), [text], { devices: 2 })
            expect(report.readingsLost).toBe(0)
            expect(report.readingsReceived).toBe(report.readingsSampled)
            expect(report.readingsSampled).toBeGreaterThanOrEqual(2 * 4 * 88)
            expect(isComplete(report)).toBe(true)
            const [outcome] = report.faults
            expect(outcome).toMatchObject({ fault: text, from: "2024-01-15T00:20:00.000Z" })
            expect(outcome?.reconnects).toBeGreaterThanOrEqual(2)
            expect(outcome?.backAfterSeconds).toBeGreaterThan(0)
            // The longest pause between two attempts is 120 s; a hanging one takes 15 s.
            expect(outcome?.backAfterSeconds).toBeLessThan(140)
            expect(words[0]).toMatch(/^00:20 /)
            expect(words[0]).toMatch(said)
            expect(words[1]).toMatch(/: over$/)
            expect(words[2]).toMatch(/: all 2 nodes are back after \d+ s$/)
        }
    )

    it("power-cut: what was in RAM is counted apart, to the reading, and is not lost", async () => {
        // The row that comes at a quarter begins a new frame: 00:30 to 00:37 were in RAM.
        const report = await run(hours(1), ["power-cut@00:37:30+5m"])
        expect(report.readingsLostToPower).toBe(8 * 4)
        expect(report.readingsLost).toBe(0)
        expect(report.readingsSampled).toBe(report.readingsReceived + 8 * 4)
        expect(isComplete(report)).toBe(true)
        expect(report.faults[0]?.to).toBe("2024-01-15T00:42:30.000Z")
    })

    it("an outage longer than the outbox holds is dropped by policy, and counted", async () => {
        const source = `
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { openBus, remoteCommands, startStation } from "../src/station/index.js"
await startStation({
    app: "small",
    intervalSeconds: 10,
    sensors: [new SHT4x(openBus())],
    reportSeconds: 60,
    outboxBytes: 400,
    commands: remoteCommands,
})
`
        const program = compile("devs/test-small.ts", { source })
        const report = await run(minutes(80), ["broker-down@00:10+40m"], { program })
        expect(report.readingsDropped).toBeGreaterThan(100)
        expect(report.framesLost).toBeGreaterThan(10)
        expect(report.readingsLost).toBe(0)
        expect(report.readingsSampled).toBe(report.readingsReceived + report.readingsDropped)
        expect(isComplete(report)).toBe(true)
    })

    it("sensor-unplugged gives gaps of that part alone, for that time", async () => {
        const report = await run(hours(1), ["sensor-unplugged:sht4x@00:20:30+20m"])
        expect(report.gapsByReason).toEqual({ absent: 2 * 20, "not ready": 1 })
        expect(report.readingsLost).toBe(0)
        expect(report.faults[0]).toMatchObject({ reconnects: 0, backAfterSeconds: null })
    })

    it("sensor-unplugged of a part that is not there names those that are", async () => {
        await expect(run(hours(1), ["sensor-unplugged:bme280@00:20+1m"])).rejects.toThrow(
            "the nodes have no such sensor; they have sht4x, scd4x, bh1750"
        )
    })

    it("link-loss, latency and clock last to the end and lose nothing", async () => {
        const report = await run(hours(3), ["link-loss:20%", "latency:400ms", "clock:+90ppm"])
        expect(report.readingsReceived).toBe(report.readingsSampled)
        expect(isComplete(report)).toBe(true)
        expect(words).toHaveLength(3)
        expect((session?.nodes[0]?.uptimeMs ?? 0) - hours(3)).toBeGreaterThan(900)
    })

    it("a fault that outlasts the run ends with it, so that all can be delivered", async () => {
        const report = await run(minutes(50), ["broker-down@00:20+5h"])
        expect(report.readingsReceived).toBe(report.readingsSampled)
        expect(report.silentNodes).toBe(0)
        expect(report.faults[0]?.to).toBe("2024-01-15T00:50:00.000Z")
    })

    it("is the same for the same seed, bytes on the wire included", async () => {
        const faults = ["link-loss:10%", "broker-down@00:20+10m", "power-cut@00:50"]
        const figures = async (seed: number) => {
            const { wallSeconds, ...rest } = await run(hours(1), faults, { seed })
            expect(wallSeconds).toBeGreaterThan(0)
            return rest
        }
        const first = await figures(1)
        expect(await figures(1)).toEqual(first)
        expect(await figures(2)).not.toEqual(first)
    })

    it("refuses faults of the broker when it is not on the virtual clock", async () => {
        await expect(run(hours(1), ["broker-down@00:20+1m"], { brokerPort: 0 })).rejects.toThrow(
            "needs the embedded broker without a port"
        )
        const report = await run(minutes(40), ["link-down@00:20+5m"], { brokerPort: 0 })
        expect(report.readingsReceived).toBe(report.readingsSampled)
        expect(report.protocolViolations).toBeNull()
        expect(report.faults[0]?.reconnects).toBe(1)
    })

    it("tells of a wait that goes on after the end of the run", async () => {
        const report = await run(minutes(30), ["half-open@00:29:59+1s"])
        expect(report.readingsReceived).toBe(report.readingsSampled)
        expect(seconds(report.faults[0]?.backAfterSeconds ?? 0)).toBeGreaterThan(0)
    })
})
