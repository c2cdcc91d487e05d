/**
 * Readings as NGSI-LD entities with the words of the Smart Data Models, one entity for each time
 * of sampling and line. What a gap's reason is, is in the property `missing`, as NGSI-LD
 * has no word for a missing value.
 *
 * @see ETSI GS CIM 009; smart-data-models: dataModel.Environment, dataModel.Weather, dataModel.Device
 */
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { toUnit } from "../../../src/core/channel.js"
import { type ResolvedFrame, type Schema, type SchemaChannel } from "../../decoder/index.js"
import { ngsiProperty, propertyNames, type NgsiProperty } from "../../decoder/platforms/ngsi-ld.js"
import { type Place, type Places } from "./places.js"

const CORE_CONTEXT = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"

/** Which model has a type, and which quantities tell that it is this one; the first that fits counts. */
const TYPES = [
    { type: "WaterObserved", model: "Environment", telling: ["waterLevel", "flow"] },
    {
        type: "WeatherObserved",
        model: "Weather",
        telling: ["windSpeed", "windDirection", "precipitation"],
    },
    {
        type: "AirQualityObserved",
        model: "Environment",
        telling: ["pm1", "pm25", "pm4", "pm10", "no2", "o3", "so2", "co"],
    },
    { type: "IndoorEnvironmentObserved", model: "Environment", telling: ["co2"] },
    { type: "Device", model: "Device", telling: [] },
] as const
const OTHER = "Device"

/**
 * How the Smart Data Models want a quantity, where channels have it otherwise: shares of 1 and
 * not per cent, air pressure in hPa.
 */
const CONVERSIONS: Readonly<
    Record<string, { from: string; divisor: number; unitCode: string } | undefined>
> = {
    relativeHumidity: { from: "%RH", divisor: 100, unitCode: "C62" },
    atmosphericPressure: { from: "Pa", divisor: 100, unitCode: "A97" },
}

/** Names that no channel can have. */
const OWN_NAMES: ReadonlySet<string> = new Set([
    ...["id", "type", "name", "location", "boot", "sequence", "dateObserved", "timeUncertainty"],
    ...["missing", "controlledProperty", "scope"],
])

/** Unit code of milliseconds. */
const MILLISECOND = "C26"

export function ngsiLdLines(frame: ResolvedFrame, places: Places): string {
    const { site, node, schema, moments, frame: decoded } = frame
    const place = places.get(`${site}/${node}`) ?? {}
    const head = headOf(frame, place)
    const names = propertyNames(schema.channels).map(term)
    const channels = schema.channels.map(converted)
    let lines = ""
    for (let row = 0, cell = 0; row < decoded.rows; row++) {
        const { unixMs, uncertaintyMs } = moments[row]
        const time = new Date(unixMs).toISOString()
        const values: Record<string, NgsiProperty> = {}
        const missing: Record<string, string> = {}
        for (let i = 0; i < channels.length; i++, cell++) {
            const quality = qualityName(decoded.qualities[cell])
            if (isGap(decoded.qualities[cell])) missing[names[i]] = quality
            else {
                const value = toUnit(channels[i], decoded.values[cell])
                values[names[i]] = ngsiProperty(
                    value,
                    channels[i].unitCode,
                    time,
                    quality,
                    channels[i].calibration
                )
            }
        }
        const entity = {
            ...head,
            dateObserved: { type: "Property", value: { "@type": "DateTime", "@value": time } },
            ...(uncertaintyMs === undefined
                ? {}
                : { timeUncertainty: property(uncertaintyMs, time, MILLISECOND) }),
            ...(Object.keys(missing).length === 0 ? {} : { missing: property(missing, time) }),
            ...values,
        }
        lines += `${JSON.stringify(entity)}\n`
    }
    return lines
}

/** What all entities of a frame have in common. */
function headOf({ site, node, schema, frame }: ResolvedFrame, place: Place) {
    const type = place.type ?? typeOf(schema)
    const model = TYPES.find(known => known.type === type)?.model ?? OTHER
    return {
        // Names of sites and nodes have letters, digits and -_.: only, which a URN takes.
        id: `urn:ngsi-ld:${type}:${site}:${node}`,
        type,
        "@context": [
            `https://raw.githubusercontent.com/smart-data-models/dataModel.${model}/master/context.jsonld`,
            CORE_CONTEXT,
        ],
        name: { type: "Property", value: place.name ?? `${site}/${node}` },
        ...(place.coordinates === undefined
            ? {}
            : {
                  location: {
                      type: "GeoProperty",
                      value: { type: "Point", coordinates: place.coordinates },
                  },
              }),
        ...(type === OTHER
            ? {
                  controlledProperty: {
                      type: "Property",
                      value: [...new Set(schema.channels.map(({ quantity }) => quantity))],
                  },
              }
            : {}),
        boot: { type: "Property", value: frame.bootId },
        sequence: { type: "Property", value: frame.sequence },
    }
}

/** A name as NGSI-LD takes it, and none that an entity has already. */
function term(name: string): string {
    const plain = name.replace(/[^A-Za-z0-9_]/g, "_")
    return /^[A-Za-z]/.test(plain) && !OWN_NAMES.has(plain) ? plain : `reading_${plain}`
}

function property(value: unknown, observedAt: string, unitCode?: string) {
    return { type: "Property", value, ...(unitCode === undefined ? {} : { unitCode }), observedAt }
}

/** A temperature alone does not tell whether it is measured in a room. */
function typeOf({ channels }: Schema): string {
    const quantities = new Set(channels.map(({ quantity }) => quantity))
    return TYPES.find(({ telling }) => telling.some(word => quantities.has(word)))?.type ?? OTHER
}

function converted(channel: SchemaChannel): SchemaChannel {
    const conversion = CONVERSIONS[channel.quantity]
    if (conversion === undefined || conversion.from !== channel.unit) return channel
    return {
        ...channel,
        scaleDenominator: channel.scaleDenominator * conversion.divisor,
        unitCode: conversion.unitCode,
    }
}
