/**
 * The discovery configs of channels and alarms.
 *
 * @see https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
 * @see https://www.home-assistant.io/integrations/sensor.mqtt/
 * @see https://www.home-assistant.io/integrations/binary_sensor.mqtt/
 */
import { decimals } from "../../../src/core/channel.js"
import { type FrameOrigin, type Schema, type SchemaChannel } from "../../decoder/index.js"
import {
    alarmIdOf,
    alarmTopicOf,
    availabilityTopicOf,
    deviceIdOf,
    entityIdOf,
    labelOf,
    stateTopicOf,
} from "./topics.js"
import { kindOf } from "./units.js"

/** What a node's status record adds. */
export interface NodeFacts {
    /** Firmware version; "" = unknown. */
    readonly version: string
    /** Time between two rows, s; undefined = unknown. */
    readonly intervalSeconds: number | undefined
}

/** Frames come every 15 min or less often: values stay good for at least this long, s. */
const LEAST_EXPIRY_S = 3600
/** Rows that may be missing before a value is too old. */
const ROWS_MISSING = 4

/** @returns JSON text, the same for the same input */
export function sensorConfig(
    origin: FrameOrigin,
    schema: Schema,
    channel: SchemaChannel,
    facts: NodeFacts
): string {
    const stateTopic = stateTopicOf(origin, channel.name)
    return JSON.stringify({
        name: titleOf(channel.name),
        unique_id: entityIdOf(origin, channel.name),
        ...kindOf(channel),
        suggested_display_precision: decimals(channel),
        state_topic: stateTopic,
        // A gap is null, which Home Assistant shows as unknown.
        value_template: "{{ value_json.value }}",
        json_attributes_topic: stateTopic,
        json_attributes_template:
            "{{ {'time': value_json.time, 'quality': value_json.quality} | tojson }}",
        ...ofNode(origin, schema, facts),
    })
}

/** What Home Assistant calls the kinds of alarms; all others are problems. */
const ALARM_CLASSES: Readonly<Record<string, string>> = {
    in_water: "safety",
    fire: "safety",
    high: "safety",
    rising: "safety",
    damp: "moisture",
}

/** @param alarm its name in topics: "full" @returns JSON text, the same for the same input */
export function alarmConfig(
    origin: FrameOrigin,
    schema: Schema,
    alarm: string,
    facts: NodeFacts
): string {
    const stateTopic = alarmTopicOf(origin, alarm)
    return JSON.stringify({
        name: titleOf(alarm),
        unique_id: alarmIdOf(origin, alarm),
        device_class: Object.hasOwn(ALARM_CLASSES, alarm) ? ALARM_CLASSES[alarm] : "problem",
        state_topic: stateTopic,
        value_template: "{{ value_json.state }}",
        json_attributes_topic: stateTopic,
        json_attributes_template:
            "{{ {'time': value_json.time, 'channel': value_json.channel, 'value': value_json.value, " +
            "'limit': value_json.limit, 'unit': value_json.unit} | tojson }}",
        ...ofNode(origin, schema, facts),
    })
}

/** What is the same for all entities of a node. */
function ofNode(origin: FrameOrigin, schema: Schema, facts: NodeFacts): object {
    const interval = facts.intervalSeconds
    return {
        availability_topic: availabilityTopicOf(origin),
        availability_template: "{{ 'online' if value_json.online else 'offline' }}",
        ...(interval === undefined
            ? {}
            : { expire_after: Math.max(LEAST_EXPIRY_S, ROWS_MISSING * interval) }),
        device: {
            identifiers: [deviceIdOf(origin)],
            name: `Suitcase ${labelOf(origin)}`,
            manufacturer: "Suitcase",
            model: titleOf(schema.app),
            ...(facts.version === "" ? {} : { sw_version: facts.version }),
        },
        origin: { name: "suitcase listen" },
    }
}

/** Words that are written in capitals. */
const FORMULAS = /^(co2?|no[2x]?|o3|so2|t?voc|pm\d*)$/

/** "soil_moisture" → "Soil moisture", "co2_min" → "CO2 min" */
function titleOf(name: string): string {
    const [first, ...rest] = name.split(/[_-]+/).filter(word => word !== "")
    const written = (word: string) => (FORMULAS.test(word) ? word.toUpperCase() : word)
    if (first === undefined) return name
    const start = written(first)
    return [start.charAt(0).toUpperCase() + start.slice(1), ...rest.map(written)].join(" ")
}
