/** `suitcase sim --board`: the same app on boards, and what only boards can suffer. */
import { describe, expect, it } from "vitest"
import { indoorClimate } from "../../../sim/apps/indoor-climate.js"
import { theBoard } from "../../../sim/board/profile.js"
import { compile } from "../../../sim/program/compile.js"
import { hours, minutes } from "../../../sim/time/duration.js"
import { UsageError } from "../errors.js"
import { boardOf, type SimFlags } from "./flags.js"
import { parseFault } from "./faults.js"
import { type SimReport } from "./report.js"
import { SimSession, type SessionOptions } from "./session.js"

async function run(
    board: string | undefined,
    ms: number,
    faults: readonly string[] = [],
    more: Partial<SessionOptions> = {}
): Promise<SimReport> {
    const session = await SimSession.open({
        app: indoorClimate,
        program: compile("devs/indoor-climate.ts"),
        runMs: ms,
        faults: faults.map(parseFault),
        ...(board === undefined ? {} : { board: { profile: theBoard(board) } }),
        ...more,
    })
    try {
        await session.run(ms)
        return await session.finish()
    } finally {
        await session.close()
    }
}

describe("a run on a board", () => {
    it("sends all it samples, and says what it asked of the board", async () => {
        const report = await run("suitcase_xiao_c3", hours(1))
        expect(report.readingsLost).toBe(0)
        expect(report.readingsReceived).toBeGreaterThan(200)
        expect(report.board).toBe("suitcase_xiao_c3")
        expect(report.longestRunOpcodes).toBeLessThan(16_000)
        expect(report.longestRunAt).toBe("main (devs/indoor-climate.ts:8)")
        expect(report.heapLowWaterBytes).toBeGreaterThan(10_500)
        expect(report.longestBlockMsAfterBoot).toBeGreaterThan(10)
        expect(report.longestBlockMsAfterBoot).toBeLessThan(60)
        expect(report.longestRunOpcodesAfterBoot).toBeLessThan(10_000)
        expect(report).toMatchObject({ roundsWithoutFeed: 0, boardResets: [], tickLossRisks: null })
    })

    it("counts on a Pico the moments at which its tick could be lost, by line", async () => {
        const report = await run("suitcase_pico_w", hours(1))
        expect(report.readingsLost).toBe(0)
        const sum = report.tickLossPlaces.reduce((total, { count }) => total + count, 0)
        expect(report.tickLossRisks).toBe(sum)
        for (const { place } of report.tickLossPlaces) expect(place).toMatch(/^\w+ \(.+\.ts:\d+\)$/)
    })

    it("is the same for the same seed, and has none of these figures without a board", async () => {
        const [one, two] = [
            await run("suitcase_pico_w", minutes(20)),
            await run("suitcase_pico_w", minutes(20)),
        ]
        expect({ ...two, wallSeconds: 0 }).toEqual({ ...one, wallSeconds: 0 })
        const none = await run(undefined, minutes(20))
        expect(none).toMatchObject({ board: null, longestRunOpcodes: null, longestBlockMs: null })
    })

    it("comes through an access point that was off for ten minutes, and loses nothing", async () => {
        const report = await run("suitcase_xiao_c3", hours(1), ["wifi-down@00:20+10m"])
        expect(report.readingsLost).toBe(0)
        expect(report.silentNodes).toBe(0)
        expect(report.faults[0]?.reconnects).toBeGreaterThan(0)
    })

    it("shows a stuck bus as time-outs on an ESP32, and as the end on a Pico", async () => {
        const esp = await run("suitcase_xiao_c3", minutes(40), ["bus-stuck@00:20+5s"])
        expect(esp.longestBlockMsAfterBoot).toBeGreaterThan(1000)
        await expect(run("suitcase_pico_w", minutes(40), ["bus-stuck@00:20+5m"])).rejects.toThrow(
            /bus hung/
        )
    })
})

describe("the options of a board", () => {
    const flags = (board: string): SimFlags => ({
        broker: "embedded",
        seed: 1,
        devices: 1,
        fault: [],
        store: "none",
        board,
    })

    it("name a board that DeviceScript or this project has", () => {
        expect(boardOf(flags("pico_w")).profile.architecture).toBe("rp2040w")
        expect(boardOf(flags("suitcase_xiao_c3")).profile.config.length).toBeGreaterThan(300)
        expect(() => boardOf(flags("nope"))).toThrow(UsageError)
        expect(() => boardOf(flags("nope"))).toThrow(/no board "nope"; there are .*suitcase_pico_w/)
    })

    it("refuse faults of a radio where there is none", async () => {
        for (const board of [undefined, "pico"])
            await expect(run(board, minutes(5), ["wifi-down@+1m+1m"])).rejects.toThrow(
                /needs a board with Wi-Fi/
            )
    })
})
