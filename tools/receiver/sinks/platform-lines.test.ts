/** NGSI-LD and SensorThings, held to what their specifications and the published schemas demand. */
import { describe, expect, it } from "vitest"
import { EPOCH, clockText, frame, json, schemaBytes } from "../../../tests/support/decoder-bench.js"
import { UNITS } from "../../cli/quantities.js"
import { FrameCollector } from "../../decoder/index.js"
import { linesOf } from "./lines.js"
import { type Place } from "./places.js"

type Channel = readonly [name: string, quantity: string, unit: string, unitCode: string]

interface Attribute {
    type: string
    value: unknown
    unitCode?: string
    observedAt?: string
    quality?: Attribute
}
type Entity = { id: string; type: string; "@context": string[] } & Record<string, Attribute>

/** Objects of the lines of one frame of these channels, in 0.01 of their units. */
function objectsOf(
    format: "ngsi-ld" | "sensorthings",
    channels: readonly Channel[],
    rows: readonly (number | undefined)[][],
    place?: Place
): unknown[] {
    const schema = JSON.parse(schemaBytes.toString()) as { channels: object[] }
    const named = channels.map(([name, quantity, unit, unitCode]) => ({
        ...schema.channels[0],
        ...{ name, quantity, unit, unitCode },
    }))
    let lines = ""
    const of = linesOf(format, new Map(place === undefined ? [] : [["town/n1", place]]))
    const collector = new FrameCollector({ onFrame: frame => (lines += of(frame)) })
    collector.accept("suitcase/town/n1/schema", json({ ...schema, channels: named }))
    collector.accept("suitcase/town/n1/clock", clockText())
    const { schemas } = [...collector.known()][0]
    const payload = frame(3, { rows, schema: schemas[0].id })
    collector.accept("suitcase/town/n1/frame", payload)
    return lines
        .trimEnd()
        .split("\n")
        .map(line => JSON.parse(line) as unknown)
}

const ROOM: readonly Channel[] = [
    ["temperature", "temperature", "Cel", "CEL"],
    ["humidity", "relativeHumidity", "%RH", "P1"],
    ["co2", "co2", "ppm", "59"],
    ["pressure", "atmosphericPressure", "Pa", "PAL"],
]

/** Ranges and units from the published schemas of the models (Environment 2024, Weather 2024). */
const RANGES: Readonly<Record<string, { min?: number; max?: number; unitCode: string }>> = {
    temperature: { unitCode: "CEL" },
    relativeHumidity: { min: 0, max: 1, unitCode: "C62" },
    co2: { min: 0, unitCode: "59" },
    atmosphericPressure: { min: 0, unitCode: "A97" },
    pm25: { min: 0, unitCode: "GQ" },
    waterLevel: { unitCode: "MTR" },
    windSpeed: { min: 0, unitCode: "MTS" },
}
const CODES = new Set([...Object.values(UNITS).map(unit => unit?.code), "A97", "C26"])
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
    Device: ["controlledProperty"],
    IndoorEnvironmentObserved: ["dateObserved", "location"],
    AirQualityObserved: ["dateObserved", "location"],
    WaterObserved: ["dateObserved", "location"],
    WeatherObserved: ["dateObserved", "location"],
}

/** What NGSI-LD and the model of its type would have otherwise; [] = nothing. */
function problemsOf(entity: Entity): string[] {
    const problems: string[] = []
    const { id, type, "@context": context, ...attributes } = entity
    if (!/^urn:ngsi-ld:[A-Za-z]+:[\w.:-]+$/.test(id)) problems.push(`id ${id}`)
    if (!id.startsWith(`urn:ngsi-ld:${type}:`)) problems.push(`id ${id} is not of type ${type}`)
    if (context.at(-1)?.startsWith("https://uri.etsi.org/ngsi-ld/v1/") !== true)
        problems.push("the core context must come last")
    for (const name of REQUIRED[type] ?? [`a known type instead of ${type}`])
        if (attributes[name] === undefined) problems.push(`needs ${name}`)
    for (const [name, { type, value, unitCode, observedAt }] of Object.entries(attributes)) {
        if (type !== (name === "location" ? "GeoProperty" : "Property"))
            problems.push(`${name} is a ${type}`)
        if (!/^[A-Za-z]\w*$/.test(name)) problems.push(`${name} is no term`)
        if (value === null || value === undefined) problems.push(`${name} has no value`)
        if (unitCode !== undefined && !CODES.has(unitCode)) problems.push(`${name}: ${unitCode}`)
        if (observedAt !== undefined && !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(observedAt))
            problems.push(`${name}: ${observedAt}`)
        const range = RANGES[name]
        if (range === undefined) continue
        const { min = -Infinity, max = Infinity } = range
        if (!((value as number) >= min && (value as number) <= max))
            problems.push(`${name}: ${String(value)}`)
        if (unitCode !== range.unitCode) problems.push(`${name}: ${String(unitCode)}`)
        if (observedAt === undefined) problems.push(`${name}: no observedAt`)
    }
    return problems
}

describe("NGSI-LD entities", () => {
    const place = { coordinates: [10.21, 56.15], name: "Hall 3" }

    it("have shares of 1, pressure in hPa, sampling times and what is missing, as the schemas want them", () => {
        const rows = [
            [-501, 5400, 65_000, 10_132_500],
            [-502, undefined, 65_100, 10_132_400],
        ]
        const entities = objectsOf("ngsi-ld", ROOM, rows, place) as Entity[]
        expect(entities.flatMap(problemsOf)).toEqual([])
        const [first, second] = entities
        expect(first).toMatchObject({
            id: "urn:ngsi-ld:IndoorEnvironmentObserved:town:n1",
            type: "IndoorEnvironmentObserved",
            name: { value: "Hall 3" },
            location: { value: { type: "Point", coordinates: [10.21, 56.15] } },
            boot: { value: 7 },
            sequence: { value: 3 },
            temperature: {
                ...{ type: "Property", value: -5.01, unitCode: "CEL" },
                observedAt: new Date(EPOCH).toISOString(),
            },
            relativeHumidity: { value: 0.54 },
            co2: { value: 650 },
            atmosphericPressure: { value: 1013.25 },
            timeUncertainty: { value: 520, unitCode: "C26" },
        })
        expect(first["missing"]).toBeUndefined()
        expect(second["relativeHumidity"]).toBeUndefined()
        expect(second["missing"].value).toEqual({ relativeHumidity: "absent" })
        expect(second["temperature"].observedAt).toBe(new Date(EPOCH + 10_000).toISOString())
    })

    it.each([
        ["AirQualityObserved", ["pm25", "pm25", "ug/m3", "GQ"]],
        ["WaterObserved", ["level", "waterLevel", "m", "MTR"]],
        ["WeatherObserved", ["wind_speed", "windSpeed", "m/s", "MTS"]],
        ["Device", ["temperature", "temperature", "Cel", "CEL"]],
    ] as const)("are of type %s when the node measures %j", (type, channel) => {
        const entities = objectsOf("ngsi-ld", [channel], [[100]], place) as Entity[]
        expect(entities[0].type).toBe(type)
        expect(entities.flatMap(problemsOf)).toEqual([])
    })

    it("are of the type that the file of places says", () => {
        const told = { ...place, type: "IndoorEnvironmentObserved" }
        const [entity] = objectsOf("ngsi-ld", [ROOM[0]], [[2150]], told) as Entity[]
        expect(entity.type).toBe("IndoorEnvironmentObserved")
        expect(problemsOf(entity)).toEqual([])
    })

    it("take no name of a channel for one of their own, and lose none", () => {
        const hostile = ["id", "type", "__proto__", "@context", "a b", "location"]
        const channels = hostile.map((name, i): Channel => [`c${i}`, name, "1", "C62"])
        const row = hostile.map((_, i) => 100 * (i + 1))
        const [entity] = objectsOf("ngsi-ld", channels, [row], place) as Entity[]
        expect(problemsOf(entity)).toEqual([])
        const values = Object.values(entity as Record<string, Attribute>).map(({ value }) => value)
        for (const [i] of hostile.entries()) expect(values).toContain(i + 1)
    })
})

describe("bodies of SensorThings' CreateObservations", () => {
    it("have a data array for each datastream, with as many cells as components", () => {
        const rows = [
            [-501, undefined],
            [-502, 4500],
        ]
        const [body] = objectsOf("sensorthings", ROOM.slice(0, 2), rows) as {
            Datastream: { "@iot.id": string }
            components: string[]
            "dataArray@iot.count": number
            dataArray: unknown[][]
        }[][]
        expect(body.map(({ Datastream }) => Datastream["@iot.id"])).toEqual([
            "town~n1~temperature",
            "town~n1~humidity",
        ])
        // Properties of an Observation (OGC 18-088, table 12).
        const known = ["phenomenonTime", "result", "resultTime", "resultQuality", "parameters"]
        for (const { components, dataArray, "dataArray@iot.count": count } of body) {
            expect(count).toBe(dataArray.length)
            expect(components.filter(name => !known.includes(name))).toEqual([])
            for (const cells of dataArray) expect(cells).toHaveLength(components.length)
        }
        const common = { boot: 7, sequence: 3, timeUncertaintyMs: 520 }
        expect(body[1].dataArray).toEqual([
            [new Date(EPOCH).toISOString(), null, "absent", common],
            [new Date(EPOCH + 10_000).toISOString(), 45, "ok", common],
        ])
    })
})
