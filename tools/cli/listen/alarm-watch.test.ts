import { describe, expect, it } from "vitest"
import { type NodeAlarm, type Schema } from "../../decoder/index.js"
import { AlarmWatch } from "./alarm-watch.js"

const BIN = { site: "demo", node: "bin-7" }
const LEVEL = { name: "fill_level", unit: "/100", scaleNumerator: 1, scaleDenominator: 10 }

function alarm(isOn: boolean, count: number): NodeAlarm {
    const time = Date.parse("2024-01-15T12:30:00Z")
    return {
        name: "full",
        isOn,
        count,
        boot: 1,
        time,
        channel: "fill_level",
        value: 912,
        limit: 850,
    }
}

function watch(): { said: string[]; watch: AlarmWatch } {
    const said: string[] = []
    return { said, watch: new AlarmWatch(text => said.push(text)) }
}

describe("who listens", () => {
    it("is told when an alarm begins and when it is over, in the channel's unit", () => {
        const { said, watch: w } = watch()
        w.schema(BIN, { channels: [LEVEL] } as unknown as Schema)
        w.alarm(BIN, alarm(true, 1))
        w.alarm(BIN, alarm(false, 2))
        expect(said).toEqual([
            "ALARM demo/bin-7 full since 2024-01-15T12:30:00.000Z: fill_level 91.2 %, limit 85.0 %",
            "alarm demo/bin-7 full is over since 2024-01-15T12:30:00.000Z: fill_level 91.2 %, limit 85.0 %",
        ])
    })

    it("is told no number for a change from before a restart, which nobody kept", () => {
        const { said, watch: w } = watch()
        w.alarm(BIN, { ...alarm(true, 1), time: undefined, value: undefined })
        expect(said).toEqual([
            "ALARM demo/bin-7 full: fill_level was seen before a restart, value unknown, limit 850 (integers of the channel)",
        ])
    })

    it("is not told what is only said again, nor that a node which came has no alarm", () => {
        const { said, watch: w } = watch()
        for (const [isOn, count] of [
            [false, 0],
            [false, 0],
            [true, 1],
            [true, 1],
            [false, 2],
            [false, 0],
        ] as const)
            w.alarm(BIN, alarm(isOn, count))
        expect(said).toHaveLength(2)
    })

    it("is told of an alarm that ended and began again in between", () => {
        const { said, watch: w } = watch()
        w.alarm(BIN, alarm(true, 1))
        w.alarm(BIN, alarm(true, 3))
        expect(said).toHaveLength(2)
    })

    it("sees integers where the node has not said what its channels are", () => {
        const { said, watch: w } = watch()
        w.alarm(BIN, alarm(true, 1))
        expect(said[0]).toContain("fill_level 912, limit 850 (integers of the channel)")
    })
})
