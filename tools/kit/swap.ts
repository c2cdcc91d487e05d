/**
 * Other parts for an application: its program with the drivers of parts that measure the same. Which part of
 * the application makes place is found by what the application reads of it.
 */
import { argumentsOf, importedDrivers } from "../../sim/apps/from-imports.js"
import { isOnPin, type CataloguedPart } from "../../sim/parts/catalogue.js"
import { quoted } from "./code.js"
import { type KitSensor } from "./kit.js"
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

/**
 * @param source of the program
 * @param sensor the part to take, with its options and the channels that it has with them
 * @param parts all that are known, by their folders
 */
export function swapPart(
    source: string,
    sensor: KitSensor,
    parts: ReadonlyMap<string, CataloguedPart>
): Swapped {
    const { part } = sensor
    const own = ownParts(source, parts)
    if (isOnPin(part))
        return {
            problem: `${part.folder} is on a pin: take a list of sensors, or change the program`,
        }
    if (own.some(other => other.part.folder === part.folder))
        return { problem: `the program has ${part.folder} of its own: leave it out here` }
    const channels = sensor.channels.map(({ name }) => name)
    const able = own.filter(
        other =>
            !isOnPin(other.part) && neededOf(source, other).every(name => channels.includes(name))
    )
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
    const [old] = able
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
    return { text: replaced(source, old.part, part, options) }
}

function ownParts(source: string, parts: ReadonlyMap<string, CataloguedPart>): OwnPart[] {
    return importedDrivers(source).flatMap(folder => {
        const part = parts.get(folder)
        if (part === undefined) return []
        const made = argumentsOf(source, part.className)[0] ?? ""
        const prefix = /\bprefix: "([a-z0-9_]*)"/.exec(made)?.[1] ?? ""
        const only = /\bonly: "([a-z0-9_]*)"/.exec(made)?.[1]
        const channels = part.channels
            .map(({ name }) => name)
            .filter(name => only === undefined || name === only)
        return [{ part, channels: channels.map(name => prefix + name) }]
    })
}

/** What the program reads of a part by its name; where it names nothing, all. */
function neededOf(source: string, { channels }: OwnPart): readonly string[] {
    const named = channels.filter(name => source.includes(`"${name}"`))
    return named.length === 0 ? channels : named
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
    part: CataloguedPart,
    options: string
): string {
    let text = source.replace(
        new RegExp(`import \\{ ${old.className} \\} from "([^"]*)/drivers/${old.folder}/`),
        `import { ${part.className} } from "$1/drivers/${part.folder}/`
    )
    for (const made of argumentsOf(source, old.className))
        text = text.replace(`new ${old.className}(${made})`, () => {
            const bus = made.split(",")[0].trim()
            return `new ${part.className}(${bus}${options})`
        })
    return text
}
