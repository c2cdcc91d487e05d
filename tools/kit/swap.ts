/**
 * Other parts for an application: its program with the drivers of parts that measure the same. Which part of
 * the application makes place is found by what the application reads of it: by the channel's name, or because both
 * count events.
 */
import { argumentsOf, importedDrivers } from "../../sim/apps/from-imports.js"
import { isOnPin, type CataloguedPart } from "../../sim/parts/catalogue.js"
import { quoted } from "./code.js"
import { type KitSensor } from "./kit.js"
import { PIN_STARTS, pinStartCall } from "./pins.js"
import { type OptionValue } from "./sensors.js"

/** A program's text with other parts, or what is in the way. */
export type Swapped =
    | { readonly text: string; readonly problem?: undefined }
    | { readonly text?: undefined; readonly problem: string }

interface OwnPart {
    readonly part: CataloguedPart
    /** As it is made in the program, with its options. */
    readonly channels: readonly string[]
}

/** What a program reads of a part, by the name of the channel that another part has in its place. */
type Names = ReadonlyMap<string, string>

/** Running totals of events, one of a part at most: a counter's, pulses', closings of a contact, movements. */
const TOTALS: ReadonlySet<string> = new Set(["count", "pulses", "closings", "movements"])

/**
 * @param source of the program
 * @param sensor the part to take, with its options and the channels that it has with them
 * @param parts all that are known, by their folders
 * @param board id of the node's board, whose pins a part on a pin is at
 */
export function swapPart(
    source: string,
    sensor: KitSensor,
    parts: ReadonlyMap<string, CataloguedPart>,
    board: string
): Swapped {
    const { part } = sensor
    const own = ownParts(source, parts)
    if (own.some(other => other.part.folder === part.folder))
        return { problem: `the program has ${part.folder} of its own: leave it out here` }
    const channels = sensor.channels.map(({ name }) => name)
    const able = own.flatMap(other => {
        const names = namesOf(neededOf(source, other), channels)
        return names === undefined ? [] : [{ old: other, names }]
    })
    if (able.length !== 1) {
        const needs = own.map(
            other => `${other.part.folder} (${neededOf(source, other).join(", ")})`
        )
        return {
            problem:
                `${part.folder} measures ${channels.join(", ")}, and takes the place of ` +
                `${able.length === 0 ? "none" : "more than one"} of the program's parts: ${needs.join(", ")}`,
        }
    }
    const [{ old, names }] = able
    for (const other of own) {
        const shared =
            other === old ? undefined : channels.find(name => other.channels.includes(name))
        if (shared !== undefined)
            return {
                problem:
                    `${part.folder} measures ${shared}, as ${other.part.folder} of the program does: ` +
                    "give it the option only, where it has one, or a prefix",
            }
    }
    const options = optionsText(sensor.options)
    if (options === undefined)
        return {
            problem: `${part.folder}: only options that are a word or a number can be set beside app`,
        }
    if (!isOnPin(part) && !/\bbus = openBus\(/.test(source))
        return { problem: `${part.folder} is on the I2C bus, and the program opens none` }
    return { text: renamed(replaced(source, old.part, sensor, options, board), names) }
}

function ownParts(source: string, parts: ReadonlyMap<string, CataloguedPart>): OwnPart[] {
    const own = importedDrivers(source).flatMap(folder => {
        const part = parts.get(folder)
        if (part === undefined) return []
        const made = argumentsOf(source, part.className)[0] ?? ""
        const prefix = /\bprefix: "([a-z0-9_]*)"/.exec(made)?.[1] ?? ""
        const only = /\bonly: "([a-z0-9_]*)"/.exec(made)?.[1]
        const channels = part.channels
            .map(({ name }) => name)
            .filter(name => only === undefined || name === only)
        return [{ part, made, channels: channels.map(name => prefix + name) }]
    })
    // What a voltage means has a name of its own: soil_moisture.
    const known = new Set(own.flatMap(({ channels }) => channels))
    const read = [...source.matchAll(/\bchannelOf\((?:sensors|measured), "([a-z0-9_]+)"\)/g)]
    const meant = [...new Set(read.map(([, name]) => name))].filter(name => !known.has(name))
    return own.map(({ part, made, channels }) => ({
        part,
        channels:
            /\binputs: /.test(made) && /\bas: /.test(source) ? [...channels, ...meant] : channels,
    }))
}

/** What the program reads of a part by its name; where it names nothing, all. */
function neededOf(source: string, { channels }: OwnPart): readonly string[] {
    const named = channels.filter(name => source.includes(`"${name}"`))
    return named.length === 0 ? channels : named
}

/** @returns the channel that stands for each that is needed; undefined when one is missing */
function namesOf(needed: readonly string[], channels: readonly string[]): Names | undefined {
    const names = new Map<string, string>()
    for (const name of needed) {
        const other = channels.includes(name)
            ? name
            : TOTALS.has(name)
              ? channels.find(each => TOTALS.has(each))
              : undefined
        if (other === undefined) return undefined
        names.set(name, other)
    }
    return names
}

function optionsText(options: Readonly<Record<string, OptionValue>>): string | undefined {
    const items: string[] = []
    for (const [key, value] of Object.entries(options)) {
        if (value.kind === "address") items.push(`${key}: 0x${value.value.toString(16)}`)
        else if (value.kind !== "plain") return undefined
        else
            items.push(
                `${key}: ${typeof value.value === "string" ? quoted(value.value) : String(value.value)}`
            )
    }
    return items.length === 0 ? "" : `, { ${items.join(", ")} }`
}

function replaced(
    source: string,
    old: CataloguedPart,
    { part, pin = "" }: KitSensor,
    options: string,
    board: string
): string {
    let text = source.replace(
        new RegExp(`import \\{ ${old.className} \\} from "([^"]*)/drivers/${old.folder}/`),
        `import { ${part.className} } from "$1/drivers/${part.folder}/`
    )
    const on = isOnPin(part) ? pinStartCall(part.role, pin) : "bus"
    for (const made of argumentsOf(source, old.className))
        text = text.replace(
            `new ${old.className}(${made})`,
            () => `new ${part.className}(${on}${options})`
        )
    if (!isOnPin(part)) return text
    const imports = [
        `import { ${PIN_STARTS[part.role].start} } from "@devicescript/servers"`,
        `import { pins } from "@dsboard/${board}"`,
    ]
    return text.replace(/^import /m, () => `${imports.join("\n")}\nimport `)
}

/** The program reads the other part's channels, and has them in its rows. */
function renamed(source: string, names: Names): string {
    let text = source
    for (const [name, other] of names) text = text.replaceAll(`"${name}"`, quoted(other))
    return text
}
