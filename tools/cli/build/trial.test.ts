/** What a boot against models tells before a program is on a wall. */
import { describe, expect, it } from "vitest"
import { theBoard } from "../../../sim/board/profile.js"
import { compile } from "../../../sim/program/compile.js"
import { trialBoot, type Trial } from "./trial.js"

const SMALL_HEAP_BOARD = "feather_s2"

/** Boots a station with these lines of TypeScript for its sensors. */
async function bootStation(sensors: string, options = "", board = theBoard()): Promise<Trial> {
    const source = `
        import { SHT4x } from "../src/drivers/sht4x/driver.js"
        import { BME280 } from "../src/drivers/bme280/driver.js"
        import { openBus, startStation } from "../src/station/index.js"
        const bus = openBus()
        await startStation({ app: "trial", intervalSeconds: 60, sensors: [${sensors}], ${options} })`
    const program = compile("devs/trial.ts", {
        source,
        target: "board",
        heapBytes: board.heapBytes,
    })
    return await trialBoot(program, board)
}

describe("a boot against models", () => {
    it("shows the parts of a station, its channels and what it leaves of the memory", async () => {
        const trial = await bootStation("new SHT4x(bus)")
        expect(trial).toMatchObject({
            stop: undefined,
            parts: ["Sensirion SHT4x"],
            unknownParts: [],
            columns: 2,
            heapBytes: 65536,
            store: undefined,
        })
        expect(trial.leastFreeBytes, "B").toBeGreaterThan(16384)
        expect(trial.leastBlockBytes, "B").toBeLessThanOrEqual(trial.leastFreeBytes)
        expect(trial.outboxBytes, "B").toBeGreaterThan(10000)
    })

    it.each([
        [
            "two channels of one name",
            "new SHT4x(bus), new BME280(bus)",
            /two channels are called temperature: give one sensor a prefix/,
        ],
        ["no sensor", "", /a station needs at least one sensor \(option sensors\)/],
    ])("tells the remedy for %s", async (_what, sensors, remedy) => {
        const { stop } = await bootStation(sensors)
        expect(stop).toMatch(remedy)
        expect(stop, "one line").not.toContain("\n")
    })

    it("says that memory ran out on the small heap of an ESP32-S2, and where", async () => {
        const { stop } = await bootStation(
            "new SHT4x(bus)",
            "outboxBytes: 30000",
            theBoard(SMALL_HEAP_BOARD)
        )
        expect(stop).toMatch(/^out of memory .*, at \S+\.ts:\d+/)
    })
})
