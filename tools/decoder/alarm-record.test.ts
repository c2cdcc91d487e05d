import { describe, expect, it } from "vitest"
import { FrameCollector, type NodeAlarm } from "./index.js"
import { parseAlarm } from "./alarm-record.js"

const RECORD = {
    v: 1,
    on: true,
    count: 3,
    boot: 4711,
    uptime: 5400120,
    epoch: 1705276800000,
    channel: "fill_level",
    value: -912,
    limit: 850,
}
const payload = (change: object = {}) => Buffer.from(JSON.stringify({ ...RECORD, ...change }))

describe("the alarm record", () => {
    it("says what happened, and when where the node knows the time", () => {
        expect(parseAlarm("alarm/full", payload())).toEqual({
            name: "full",
            isOn: true,
            count: 3,
            boot: 4711,
            time: 1705282200120,
            channel: "fill_level",
            value: -912,
            limit: 850,
        })
        expect(parseAlarm("alarm/full", payload({ epoch: 0 })).time).toBeUndefined()
    })

    it.each([null, 0])("has neither a time nor a value from before a restart (value %j)", value => {
        const alarm = parseAlarm("alarm/full", payload({ uptime: 0, value }))
        expect(alarm).toMatchObject({ isOn: true, limit: 850 })
        expect([alarm.time, alarm.value]).toEqual([undefined, undefined])
    })

    it.each([
        ["alarm/", {}],
        ["alarm/UP", {}],
        ["alarm/a/b", {}],
        ["alarm/x", { on: 1 }],
        ["alarm/x", { v: 2 }],
        ["alarm/x", { count: 65536 }],
        ["alarm/x", { value: 1.5 }],
        ["alarm/x", { value: null }],
        ["alarm/x", { value: 2147483648 }],
        ["alarm/x", { channel: "a\u001b[2J" }],
        ["alarm/x", { uptime: -1 }],
        ["alarm/x", { note: "x".repeat(1100) }],
    ])("is refused where something is wrong with it: %s %j", (leaf, change) => {
        expect(() => parseAlarm(leaf, payload(change))).toThrow("alarm record")
    })

    it("comes out of the collector with its node, and is counted as refused when it is malformed", () => {
        const alarms: NodeAlarm[] = []
        const refused: string[] = []
        const collector = new FrameCollector({
            onAlarm: ({ node }, alarm) => alarms.push({ ...alarm, name: `${node} ${alarm.name}` }),
            onMalformed: ({ code }) => refused.push(code),
        })
        expect(collector.accept("suitcase/demo/bin-7/alarm/full", payload())).toBe("record")
        expect(collector.accept("suitcase/demo/bin-7/alarm/full", Buffer.from("{"))).toBe("refused")
        expect(collector.accept("suitcase/demo/bin-7/alarms", payload())).toBe("ignored")
        expect(alarms.map(({ name }) => name)).toEqual(["bin-7 full"])
        expect(refused).toEqual(["alarm"])
    })
})
