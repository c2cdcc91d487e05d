import { describe, expect, it } from "vitest"
import { type NodeAlarm, type Reading, type Schema, type Status } from "../../decoder/index.js"
import { HomeAssistantPublisher } from "./publisher.js"

const NOW = Date.parse("2026-03-01T12:00:00Z")
const ORIGIN = { site: "town", node: "n1" }

function schema(...names: string[]): Schema {
    return {
        id: 1,
        app: "indoor-climate",
        tickMs: 1000,
        channels: names.map(name => ({
            name,
            quantity: name,
            unit: "ppm",
            unitCode: "59",
            scaleNumerator: 1,
            scaleDenominator: 100,
            min: 0,
            max: 1,
            part: "any",
            calibration: 0,
        })),
        text: "",
    }
}

function reading(channel: string, age: number, value: number | undefined = 1): Reading {
    return {
        ...ORIGIN,
        boot: 1,
        sequence: 0,
        time: NOW - age,
        timeUncertaintyMs: undefined,
        channel,
        unit: "ppm",
        decimals: 2,
        value,
        integer: value,
        quality: value === undefined ? "absent" : "ok",
        isGap: value === undefined,
        calibration: 0,
    }
}

function bench() {
    const sent: [string, string][] = []
    const notes: string[] = []
    const publisher = new HomeAssistantPublisher({
        prefix: "homeassistant",
        retain: (topic, payload) => sent.push([topic, payload]),
        note: text => notes.push(text),
        nowMs: () => NOW,
    })
    const topics = () =>
        sent.splice(0).map(([topic, payload]) => topic + (payload === "" ? " cleared" : ""))
    const states = () => sent.splice(0).map(([, payload]) => JSON.parse(payload) as unknown)
    return { publisher, sent, notes, topics, states }
}

const config = (channel: string) => `homeassistant/sensor/suitcase_town_n1_0b08_${channel}/config`
const state = (channel: string) => `suitcase-ha/town/n1/${channel}`
const bytes = (value: unknown) =>
    Buffer.from(typeof value === "string" ? value : JSON.stringify(value))

describe("the publisher for Home Assistant", () => {
    it("publishes configs once per change of the schema, and clears those of channels that went", () => {
        const { publisher, topics } = bench()
        publisher.schema(ORIGIN, schema("co2", "voc"))
        expect(topics()).toEqual([config("co2"), config("voc")])
        publisher.schema(ORIGIN, schema("co2", "voc"))
        expect(topics()).toEqual([])
        publisher.schema(ORIGIN, schema("co2", "nox"))
        expect(topics()).toEqual([config("nox"), `${config("voc")} cleared`])
    })

    it("publishes configs again when the version changes and when Home Assistant starts", () => {
        const { publisher, topics } = bench()
        publisher.schema(ORIGIN, schema("co2"))
        topics()
        const status = { version: "2", intervalSeconds: 60 } as Status
        publisher.status(ORIGIN, status)
        publisher.status(ORIGIN, status)
        expect(topics()).toEqual([config("co2")])
        publisher.message("homeassistant/status", bytes("offline"), false)
        expect(topics()).toEqual([])
        publisher.message("homeassistant/status", bytes("online"), false)
        expect(topics()).toEqual([config("co2")])
    })

    it("publishes the newest reading of each channel, and never an older one after it", () => {
        const { publisher, sent, states } = bench()
        publisher.schema(ORIGIN, schema("co2", "voc"))
        sent.length = 0
        for (const age of [3000, 2000, 2500]) publisher.reading(reading("co2", age, age))
        publisher.reading(reading("voc", 9000, 0.1 + 0.2))
        publisher.flush()
        expect(states()).toEqual([
            { value: 2000, time: "2026-03-01T11:59:58.000Z", quality: "ok" },
            { value: 0.3, time: "2026-03-01T11:59:51.000Z", quality: "ok" },
        ])
        publisher.reading(reading("co2", 2100))
        publisher.reading(reading("co2", 2000))
        publisher.flush()
        expect(sent, "a backlog").toEqual([])
    })

    it("publishes a gap as null with its reason", () => {
        const { publisher, sent, states } = bench()
        publisher.schema(ORIGIN, schema("co2"))
        sent.length = 0
        publisher.reading({ ...reading("co2", 0), value: undefined, quality: "absent" })
        publisher.flush()
        expect(states()).toEqual([
            { value: null, time: "2026-03-01T12:00:00.000Z", quality: "absent" },
        ])
    })

    it("leaves out readings of channels it does not know, and of a wrong future", () => {
        const { publisher, topics } = bench()
        publisher.schema(ORIGIN, schema("co2"))
        topics()
        publisher.reading(reading("voc", 0))
        publisher.reading({ ...reading("co2", 0), node: "n2" })
        publisher.reading(reading("co2", -3_600_001))
        publisher.flush()
        expect(topics()).toEqual([])
        publisher.reading(reading("co2", -3_600_000))
        publisher.flush()
        expect(topics()).toEqual([state("co2")])
    })

    it("does not let a backlog replace what an earlier run published", () => {
        const { publisher, topics } = bench()
        publisher.schema(ORIGIN, schema("co2"))
        topics()
        publisher.reading(reading("co2", 5000))
        publisher.message(state("co2"), bytes({ value: 1, time: "2026-03-01T11:59:59Z" }), true)
        publisher.flush()
        expect(topics()).toEqual([])
        for (const text of ["", "null", "{", '{"time":7}', '{"time":"2999-01-01T00:00:00Z"}'])
            publisher.message(state("co2"), bytes(text), true)
        publisher.reading(reading("co2", 500))
        publisher.flush()
        expect(topics()).toEqual([state("co2")])
    })

    it("clears configs of an earlier run whose channels are gone, and no others", () => {
        for (const schemaFirst of [true, false]) {
            const { publisher, topics } = bench()
            const left = (topic: string, stateTopic: string) =>
                publisher.message(topic, bytes({ state_topic: stateTopic }), true)
            if (schemaFirst) publisher.schema(ORIGIN, schema("co2"))
            left(config("co2"), state("co2"))
            left(config("old"), state("old"))
            left(config("alien"), "zigbee2mqtt/lamp")
            left("homeassistant/sensor/suitcase_town_n1_x_old/config", "suitcase-ha/town/n1_x/old")
            publisher.message(config("live"), bytes({ state_topic: state("live") }), false)
            if (!schemaFirst) publisher.schema(ORIGIN, schema("co2"))
            expect(topics()).toEqual([config("co2"), `${config("old")} cleared`])
        }
    })

    it("clears configs of earlier versions, whose names had no site", () => {
        const { publisher, topics } = bench()
        const old = "homeassistant/sensor/suitcase_n1_co2/config"
        publisher.message(old, bytes({ state_topic: state("co2") }), true)
        publisher.schema(ORIGIN, schema("co2"))
        expect(topics()).toEqual([config("co2"), `${old} cleared`])
    })

    it("shows two nodes of one name at two sites as two devices", () => {
        const { publisher, notes, sent } = bench()
        const sites = ["town", "port"]
        for (const site of sites) publisher.schema({ site, node: "hall" }, schema("co2"))
        expect(notes).toEqual([])
        expect(new Set(sent.map(([topic]) => topic)).size).toBe(2)
        const configs = sent.map(
            ([, text]) =>
                JSON.parse(text) as {
                    unique_id: string
                    device: { identifiers: string[]; name: string }
                }
        )
        for (const [i, site] of sites.entries()) {
            expect(configs[i].unique_id).toContain(`suitcase_${site}_hall_`)
            expect(configs[i].device.identifiers[0]).toContain(`suitcase_${site}_hall_`)
            expect(configs[i].device.name).toBe(`Suitcase ${site}/hall`)
        }
        // Where "_" is what separates them and also a part of them.
        const { publisher: other, sent: more } = bench()
        other.schema({ site: "a_b", node: "c" }, schema("co2"))
        other.schema({ site: "a", node: "b_c" }, schema("co2"))
        expect(new Set(more.map(([topic]) => topic)).size).toBe(2)
    })

    it("tells of two channels that would have one name, and keeps the first", () => {
        const { publisher, notes, topics } = bench()
        // Names that differ only in what becomes "_", and yet have one checksum.
        const first = { site: "town", node: "n......._." }
        const second = { site: "town", node: "n:.::.:.:." }
        publisher.schema(first, schema("co2"))
        publisher.schema(second, schema("co2"))
        publisher.schema(second, schema("co2", "voc"))
        const prefix = "homeassistant/sensor/suitcase_town_n__________96e6_"
        expect(topics()).toEqual([`${prefix}co2/config`, `${prefix}voc/config`])
        expect(notes).toEqual([
            `suitcase-ha/town/${first.node}/co2 and suitcase-ha/town/${second.node}/co2 have the ` +
                "same name in Home Assistant; only the first is shown",
        ])
    })
})

describe("alarms for Home Assistant", () => {
    const FULL = "suitcase-ha/town/n1/alarm.full"
    const FULL_CONFIG = "homeassistant/binary_sensor/suitcase_town_n1_0b08_alarm_full/config"

    function alarm(isOn: boolean, count: number, change: Partial<NodeAlarm> = {}): NodeAlarm {
        return {
            name: "full",
            isOn,
            count,
            boot: 7,
            time: NOW - 60_000 + count,
            channel: "fill",
            value: -912,
            limit: 850,
            ...change,
        }
    }

    function told() {
        const b = bench()
        b.publisher.schema(ORIGIN, schema("fill"))
        b.sent.splice(0)
        const say = (...records: NodeAlarm[]) => {
            for (const record of records) b.publisher.alarm(ORIGIN, record)
            b.publisher.flush()
            return b.sent
                .splice(0)
                .flatMap(([topic, text]) =>
                    topic === FULL ? [(JSON.parse(text) as { state: string }).state] : []
                )
        }
        return { ...b, say }
    }

    it("are an entity of their node, on while they are on, with value, limit and time", () => {
        const { publisher, sent, say } = told()
        publisher.alarm(ORIGIN, alarm(true, 1))
        publisher.flush()
        expect(sent.map(([topic]) => topic)).toEqual([FULL_CONFIG, FULL])
        expect(JSON.parse(sent[0][1])).toMatchObject({
            name: "Full",
            unique_id: "suitcase_town_n1_0b08_alarm_full",
            device_class: "problem",
            state_topic: FULL,
            availability_topic: "suitcase/town/n1/state",
            device: { identifiers: ["suitcase_town_n1_0b08"] },
        })
        expect(JSON.parse(sent[1][1])).toEqual({
            state: "ON",
            time: new Date(NOW - 59_999).toISOString(),
            channel: "fill",
            value: -9.12,
            limit: 8.5,
            unit: "ppm",
            boot: 7,
            count: 1,
        })
        sent.splice(0)
        expect(say(alarm(false, 2))).toEqual(["OFF"])
    })

    it("wait for the schema of their node, and show integers where it has not their channel", () => {
        const { publisher, sent } = bench()
        publisher.alarm(ORIGIN, alarm(true, 1, { channel: "tilt", value: undefined }))
        publisher.flush()
        expect(sent).toEqual([])
        publisher.schema(ORIGIN, schema("fill"))
        publisher.flush()
        expect(JSON.parse(sent.at(-1)?.[1] ?? "")).toMatchObject({
            value: null,
            limit: 850,
            unit: "integers of the channel",
        })
    })

    it("expire as readings do, and are said again with readings that nobody has seen, not with a backlog", () => {
        const { publisher, say, sent } = told()
        publisher.status(ORIGIN, { version: "1", intervalSeconds: 1200 } as Status)
        publisher.alarm(ORIGIN, alarm(true, 1))
        expect(sent.find(([topic]) => topic === FULL_CONFIG)?.[1]).toContain('"expire_after":4800')
        expect(say()).toEqual(["ON"])
        publisher.reading(reading("fill", 1000))
        expect(say()).toEqual(["ON"])
        publisher.reading(reading("fill", 2000))
        expect(say()).toEqual([])
    })

    it("of a backlog do not come again: earlier ones of a boot, of boots before, and the same twice", () => {
        const { say } = told()
        expect(say(alarm(true, 65_535))).toEqual(["ON"])
        expect(say(alarm(false, 0))).toEqual(["OFF"])
        expect(say(alarm(true, 65_535))).toEqual([])
        expect(say(alarm(true, 3, { boot: 6, time: NOW - 120_000 }))).toEqual([])
        // Only said again.
        expect(say(alarm(false, 0))).toEqual(["OFF"])
        expect(say(alarm(true, 1, { boot: 8, time: NOW }))).toEqual(["ON"])
        // After a restart without a clock what comes later counts.
        expect(say(alarm(false, 2, { boot: 9, time: undefined }))).toEqual(["OFF"])
    })

    it("with a time in the future, of a wrong clock, do not block the right ones", () => {
        const { say } = told()
        expect(say(alarm(true, 1, { time: NOW + 7_200_000 }))).toEqual(["ON"])
        expect(say(alarm(false, 1, { boot: 8, time: NOW }))).toEqual(["OFF"])
    })

    it("that an earlier run showed are not replaced by what it had from before", () => {
        const { publisher, say } = told()
        const shown = { state: "OFF", time: new Date(NOW - 1000).toISOString(), boot: 7, count: 2 }
        publisher.alarm(ORIGIN, alarm(true, 1))
        publisher.message(FULL, bytes(shown), true)
        expect(say()).toEqual([])
        expect(say(alarm(true, 1))).toEqual([])
        expect(say(alarm(false, 2))).toEqual(["OFF"])
        // What is no state of an alarm is nothing learned.
        for (const bad of ["{", { boot: -1, count: 1 }, { boot: 7, count: 1e9 }, { boot: "7" }])
            publisher.message(FULL, bytes(bad), true)
        expect(say(alarm(true, 3))).toEqual(["ON"])
    })

    it("are thirty-two of a node at most, which is said once", () => {
        const { publisher, notes, topics } = told()
        for (let i = 0; i < 40; i++) publisher.alarm(ORIGIN, alarm(true, 1, { name: `a${i}` }))
        expect(topics().length).toBe(32)
        expect(notes).toEqual([expect.stringContaining("first 32 alarms")])
    })

    it("have their configs told again when Home Assistant starts", () => {
        const { publisher, say, topics } = told()
        say(alarm(true, 1))
        publisher.message("homeassistant/status", bytes("online"), false)
        expect(topics()).toEqual([config("fill"), FULL_CONFIG])
    })
})
