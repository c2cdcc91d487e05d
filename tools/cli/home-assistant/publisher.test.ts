import { describe, expect, it } from "vitest"
import { type Reading, type Schema, type Status } from "../../decoder/index.js"
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
