/**
 * OS2iot's `decode(payload, metadata)`: NGSI-LD entities, as its FIWARE data target passes them
 * on unaltered.
 *
 * @see OS2IoT-docs, payload-decoders.rst; ETSI GS CIM 009, NGSI-LD API
 */
import { type Schema } from "../schema-record.js"
import { ngsiProperty, propertyNames, type NgsiProperty } from "./ngsi-ld.js"
import { bytesOf, platformFrame, type PlatformReading } from "./payload.js"

/** What OS2iot knows of the device. */
export interface Os2iotDevice {
    readonly name?: string
    readonly location?: { readonly coordinates?: readonly number[] }
}

export interface NgsiEntity {
    readonly id: string
    readonly type: string
    readonly [property: string]: NgsiProperty | string
}

const CONTEXT = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"

/**
 * One entity for each time of sampling, in order; gaps are left out, as NGSI-LD has no word for them.
 *
 * @param payload the JSON object of a node whose `mqtt.form` is json
 * @param type of the entities, a name of the Smart Data Models
 */
export function os2iotEntities(
    schemas: readonly Schema[],
    type: string,
    payload: unknown,
    metadata: Os2iotDevice | undefined
): NgsiEntity[] {
    const { readings } = platformFrame(schemas, bytesOf(payload))
    const name = metadata?.name ?? "unknown"
    const coordinates = metadata?.location?.coordinates
    const entities: NgsiEntity[] = []
    for (const row of rowsOf(readings)) {
        const entity: Record<string, NgsiProperty | string> = {
            id: `urn:ngsi-ld:${type}:${idPart(name)}`,
            type,
            "@context": CONTEXT,
            name: { type: "Property", value: name },
        }
        if (coordinates !== undefined)
            entity["location"] = {
                type: "GeoProperty",
                value: { type: "Point", coordinates: [...coordinates] },
            }
        const names = propertyNames(
            row.map(({ channel, quantity }) => ({ name: channel, quantity }))
        )
        row.forEach(({ value, unitCode, time, quality, calibration }, i) => {
            if (value !== null)
                entity[names[i]] = ngsiProperty(value, unitCode, time, quality, calibration)
        })
        entities.push(entity as NgsiEntity)
    }
    return entities
}

/** Readings of the same moment stand behind each other. */
function rowsOf(readings: readonly PlatformReading[]): PlatformReading[][] {
    const rows: PlatformReading[][] = []
    for (const reading of readings) {
        const row = rows.at(-1)
        if (row !== undefined && row[0].channel !== reading.channel) row.push(reading)
        else rows.push([reading])
    }
    return rows
}

/** Letters, digits, dots, hyphens: what URNs take without escapes. */
function idPart(name: string): string {
    return encodeURIComponent(name.trim().replace(/\s+/g, "-"))
}
