/**
 * The JSON Schema of kit files, for editors: structure from schema.ts, parts and boards as they are, options
 * from the drivers. suitcase.schema.json holds it.
 */
import { fileURLToPath } from "node:url"
import { z } from "zod"
import { isOnPin, loadParts, type CataloguedPart } from "../../sim/parts/catalogue.js"
import { driverOptions, type DriverOption, type OptionType } from "./driver-options.js"
import { kitFileSchema } from "./schema.js"

export const KIT_SCHEMA_FILE = fileURLToPath(new URL("suitcase.schema.json", import.meta.url))

type JsonSchema = Record<string, unknown>

export async function kitJsonSchema(): Promise<JsonSchema> {
    const parts = await loadParts()
    const schema = z.toJSONSchema(kitFileSchema, {
        io: "input",
        unrepresentable: "any",
        override: ({ jsonSchema, path }) => {
            if (path.at(-1) === "sensors" && path.at(-2) === "properties")
                Object.assign(jsonSchema, { items: { $ref: "#/$defs/sensor" } })
        },
    }) as JsonSchema
    const names = parts.map(({ folder }) => folder)
    return {
        ...schema,
        title: "Suitcase kit file",
        $defs: {
            ...(schema["$defs"] as object | undefined),
            sensor: {
                description:
                    "The name of a part, as in suitcase sensors, or part with its options.",
                anyOf: [
                    { enum: parts.filter(part => !isOnPin(part)).map(({ folder }) => folder) },
                    {
                        type: "object",
                        required: ["part"],
                        properties: { part: { enum: names } },
                        allOf: parts.map(part => ({
                            if: { properties: { part: { const: part.folder } } },
                            then: sensorSchema(part),
                        })),
                    },
                ],
            },
        },
    }
}

function sensorSchema(part: CataloguedPart): JsonSchema {
    const options = driverOptions()[part.className] ?? []
    const group = groupSchema(options)
    const properties: JsonSchema = {
        part: { const: part.folder, description: `${part.maker} ${part.name}: ${part.summary}` },
        ...(group["properties"] as object),
        raw: { type: "boolean", description: RAW_TEXT },
        ...(isOnPin(part)
            ? { pin: { type: "string", description: "What is printed beside the pin." } }
            : {}),
    }
    if (!isOnPin(part)) properties["address"] = { enum: part.addresses, description: ADDRESS_TEXT }
    return { ...group, properties, required: isOnPin(part) ? ["part", "pin"] : ["part"] }
}

const RAW_TEXT =
    "Values before a calibration corrects them, too, as channels of their own: co2_raw. Default false."
const ADDRESS_TEXT = "On the I2C bus, with 0x; default the first one."

function groupSchema(options: readonly DriverOption[]): JsonSchema {
    const required = options.filter(({ isRequired }) => isRequired).map(({ name }) => name)
    return {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(
            options.map(option => [
                option.name,
                { ...typeSchema(option.type, option), description: option.text },
            ])
        ),
        ...(required.length === 0 ? {} : { required }),
    }
}

function typeSchema(type: OptionType, { min, max }: DriverOption): JsonSchema {
    switch (type.kind) {
        case "number":
            return { type: "number", ...(min === undefined ? {} : { minimum: min, maximum: max }) }
        case "text":
        case "sensor":
            return { type: "string" }
        case "truth":
            return { type: "boolean" }
        case "choice":
            return { enum: type.values }
        case "list":
            return { type: "array", items: typeSchema(type.of, { min, max } as DriverOption) }
        case "group":
            return groupSchema(type.options)
        case "made":
            return {
                type: "object",
                additionalProperties: false,
                minProperties: 1,
                maxProperties: 1,
                properties: Object.fromEntries(
                    type.classes.map(({ name, options }) => [name, groupSchema(options)])
                ),
            }
    }
}
