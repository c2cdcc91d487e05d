import { describe, expect, it } from "vitest"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { type Reading } from "../../decoder/index.js"
import { type SimReport } from "../sim/report.js"
import { ChannelTable } from "./channel-table.js"
import { age, bytesPer, count, counted, dayAndTime, quantity, span, times } from "./format.js"
import { Sparkline } from "./sparkline.js"
import { summary } from "./summary.js"

describe("a sparkline", () => {
    it("draws the least value lowest and the greatest highest", () => {
        const line = new Sparkline(8, 0)
        for (let i = 0; i < 8; i++) line.add(i, -700 + 100 * i)
        expect(line.toString()).toBe("▁▂▃▄▅▆▇█")
    })

    it("keeps the newest values", () => {
        const line = new Sparkline(3, 0)
        for (const value of [9, 9, 0, 7, 7]) line.add(0, value)
        expect(line.toString()).toBe("▁██")
    })

    it("averages the values of a step, and draws steps without value as dots", () => {
        const line = new Sparkline(10, 100)
        line.add(0, 10)
        line.add(99, 30)
        line.add(120, undefined)
        line.add(310, 0)
        line.add(399, 40)
        line.add(400, 0)
        expect(line.toString()).toBe("█··█▁")
    })

    it("draws no more than its width after a long silence", () => {
        const line = new Sparkline(5, 1)
        line.add(0, 1)
        line.add(1_000_000_000, 2)
        expect(line.toString()).toBe("····▁")
    })

    it("ignores what belongs to a step that has passed", () => {
        const line = new Sparkline(5, 100)
        line.add(250, 1)
        line.add(50, 100)
        expect(line.toString()).toBe("▁")
    })

    it("is flat for equal values and empty without any", () => {
        const line = new Sparkline(5, 0)
        expect(line.toString()).toBe("")
        line.add(0, 5)
        line.add(0, 5)
        expect(line.toString()).toBe("▁▁")
    })
})

describe("figures for people", () => {
    it("group digits and carry units", () => {
        expect(count(1234567)).toBe("1,234,567")
        expect([counted(1, "frame"), counted(0, "frame"), counted(2, "boy")]).toEqual([
            "1 frame",
            "0 frames",
            "2 boys",
        ])
        expect(quantity(-0.5, 2, "Cel")).toBe("-0.50 °C")
        expect(quantity(33.333, 1, "%RH")).toBe("33.3 % RH")
        expect(quantity(812, 0, "ppm")).toBe("812 ppm")
        expect([bytesPer(10, 4), bytesPer(0, 0)]).toEqual(["2.50 B", "–"])
        expect([times(5912.3), times(1.04)]).toEqual(["5,912 ×", "1.0 ×"])
        expect(dayAndTime(Date.parse("2024-02-29T23:59:59Z"))).toBe("Thu 2024-02-29 23:59")
    })

    it("tell ages in their largest unit", () => {
        expect([0, 999, 1000, 59_999, 60_000, 119_999, 3_600_000, 9e10].map(age)).toEqual([
            "now",
            "now",
            "1 s",
            "59 s",
            "1 min",
            "1 min",
            "1 h",
            "1041 d",
        ])
    })

    it("tell spans in hours up to two days", () => {
        expect([60_000, 3_600_000, 86_400_000, 7 * 86_400_000].map(span)).toEqual([
            "1 min",
            "1 h",
            "24 h",
            "7 d",
        ])
    })
})

function reading(fields: Partial<Reading>): Reading {
    return {
        site: "demo",
        node: "n1",
        boot: 1,
        sequence: 0,
        time: 0,
        timeUncertaintyMs: undefined,
        channel: "temperature",
        unit: "Cel",
        decimals: 2,
        value: 21.5,
        integer: 2150,
        quality: "ok",
        isGap: false,
        calibration: 0,
        ...fields,
    }
}

describe("the channel table", () => {
    const { colors } = fakeTerminal()

    it("shows the latest reading and its age, not one that came late", () => {
        const table = new ChannelTable({ colors, showNode: false, spanMs: undefined })
        table.add(reading({ time: 60_000 }))
        table.add(reading({ time: 0, value: -40 }))
        const text = table.render(120_000, 10)
        expect(text).toMatch(/│ temperature +│ +21\.50 °C │ ok +│ +1 min │ █▁ +│/)
    })

    it("fits 79 columns with the longest names, values and reasons", () => {
        for (const showNode of [false, true]) {
            const table = new ChannelTable({ colors, showNode, spanMs: 86_400_000 })
            table.add(
                reading({
                    node: "78a6c91dd92f5835",
                    channel: "a_very_long_channel_name",
                    value: -123456789.123,
                    quality: "unknown (7) and more",
                })
            )
            for (const line of table.render(1e12, 10).split("\n"))
                expect(line.length).toBeLessThanOrEqual(79)
        }
    })

    it("counts the channels that have no room", () => {
        const table = new ChannelTable({ colors, showNode: false, spanMs: undefined })
        for (let i = 0; i < 5; i++) table.add(reading({ channel: `c${i}` }))
        expect(table.render(0, 3)).toMatch(/… and 2 more$/)
    })
})

describe("the summary", () => {
    const report: SimReport = {
        app: "indoor-climate",
        devices: 200,
        seed: 1,
        simulatedSeconds: 86400 * 365,
        wallSeconds: 1234.5,
        readingsSampled: 420_480_000,
        readingsReceived: 420_479_999,
        readingsLost: 1,
        readingsLostByBroker: 0,
        readingsDropped: 123_456_789,
        readingsLostToPower: 1234,
        duplicates: 12,
        gaps: 34,
        gapsByReason: { absent: 30, crc: 4 },
        frames: 7_008_000,
        framesLost: 0,
        malformed: 0,
        silentNodes: 0,
        hasCommands: true,
        protocolViolations: 3,
        faults: [
            {
                fault: "sensor-unplugged:sht4x@+365d12h+24h",
                from: "2024-01-15T08:00:00.000Z",
                to: "2024-01-15T10:00:00.000Z",
                reconnects: 1_234_567,
                backAfterSeconds: 86_400,
            },
        ],
        payloadBytes: 660_504_000,
        wireBytes: 1_388_000_000,
        jsonBytes: 20_977_000_000,
        bytecodeBytes: 28_224,
        heapLowWaterBytes: 20_420,
        heapAfterCollectionBytes: null,
        board: "suitcase_pico_w",
        heapLeastBlockBytes: 9_500,
        longestRunOpcodes: 25_823,
        longestRunAt: "main (devs/indoor-climate.ts:6)",
        longestBlockMs: 135.6,
        longestRunOpcodesAfterBoot: 11_213,
        longestBlockMsAfterBoot: 42,
        roundsWithoutFeed: 0,
        boardResets: [],
        tickLossRisks: 0,
        tickLossRisksAtBoot: 2,
        tickLossPlaces: [],
        truth: null,
        lights: [],
        tickLosses: 0,
    }

    it("holds every figure within 80 columns, however large", () => {
        const text = summary(report, fakeTerminal().colors)
        for (const figure of [
            "420,480,000",
            "123,456,789 dropped by a full outbox",
            "about 1,234 in RAM when the power went",
            "34 (absent 30, crc 4)",
            "1,234,567 new connections, all back after 86,400 s",
            "365 d in 1234.5 s",
        ])
            expect(text).toContain(figure)
        for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80)
    })

    it("counts what was lost with its RAM as lost, and says so", () => {
        const none = { ...report, readingsLost: 0, readingsDropped: 0, readingsLostToPower: 0 }
        const lost = (more: Partial<typeof report>) =>
            /readings lost +│ (.*?) *│/.exec(
                summary({ ...none, ...more }, fakeTerminal().colors)
            )?.[1]
        expect(lost({})).toBe("0")
        expect(lost({ readingsLostToPower: 40 })).toBe("about 40 in RAM when the power went")
        expect(lost({ readingsDropped: 5 })).toBe("5 dropped by a full outbox")
        expect(lost({ readingsDropped: 5, readingsLostToPower: 40 })).toBe("about 45")
        expect(lost({ readingsLost: 3, readingsLostToPower: 40 })).toBe("about 43")
    })

    it("has no division by zero for a run without readings", () => {
        const empty = { ...report, readingsReceived: 0, frames: 0, payloadBytes: 0 }
        expect(summary(empty, fakeTerminal().colors)).not.toMatch(/NaN|Infinity/)
    })
})
