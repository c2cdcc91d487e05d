/** What is wrong with the structure of a kit file, in words: zod's findings with a remedy. */
import { z } from "zod"
import { didYouMean, nearest } from "./near.js"
import { type KitProblem } from "./problem.js"
import { type KitSource, type Step } from "./source.js"

/** Keys that people look for and that are elsewhere, or nowhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {
    ntp: "nodes get their time from suitcase listen, over MQTT: there is no NTP to set",
    password: "passwords are secrets: see suitcase kit accounts, and $NAME for Wi-Fi",
    user: "accounts at the broker are the names of the nodes: see suitcase kit accounts",
    key: "sealing keys are made by suitcase kit accounts: write seal: true",
    options: "options of a sensor stand beside its part, without options:",
    latitude: "write lat",
    longitude: "write lon",
    altitude: "write height, in m above ground",
    program: "write app",
    interval: "an interval belongs under settings",
    wifi: "the Wi-Fi network belongs under settings",
    broker: "the broker belongs under settings",
    threshold: "a threshold belongs under notification",
    sensor: "write sensors, and a list",
}

/** What a value should be, by zod's name. */
const EXPECTED: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list, each entry on a line that begins with -",
    object: "keys with values",
}

/** @param values as the source has them @returns a problem for each finding */
export function structureProblems(
    source: KitSource,
    values: unknown,
    schema: z.ZodType,
    error: z.ZodError
): KitProblem[] {
    return error.issues.flatMap(issue => {
        const path = issue.path as Step[]
        if (issue.code === "unrecognized_keys") {
            const known = keysAt(schema, path)
            return issue.keys.map(key =>
                source.problemAtKey(path, key, unknownKey(key, known, path))
            )
        }
        return [source.problemAt(path, inWords(issue, valueAt(values, path), source))]
    })
}

function unknownKey(key: string, known: readonly string[], path: readonly Step[]): string {
    const near = nearest(key, known)
    const hint = near === undefined && Object.hasOwn(ELSEWHERE, key) ? `: ${ELSEWHERE[key]}` : ""
    const all = hint === "" && near === undefined ? `; there are ${known.join(", ")}` : ""
    return `${placeText(path)} has no key "${shortened(key)}"${hint}${didYouMean(key, known)}${all}`
}

function inWords(issue: z.core.$ZodIssue, value: unknown, source: KitSource): string {
    const path = issue.path as Step[]
    const key = String(path.at(-1) ?? "the file")
    const name = typeof path.at(-1) === "number" ? `entry ${Number(path.at(-1)) + 1}` : key
    if (issue.code === "invalid_type") {
        const expected = EXPECTED[issue.expected] ?? issue.expected
        if (value === undefined) return `${placeText(path.slice(0, -1))} needs ${key}: ${expected}`
        if (value === null)
            return `${name} is empty: it takes ${expected}; leave it out if there is none`
        return `${name} takes ${expected}${remedyOf(issue.expected, value, source.textAt(path))}`
    }
    if (issue.code === "invalid_value" && value !== undefined && issue.values.length > 1) {
        const values = issue.values.map(String)
        return `${name} takes ${values.join(" or ")}${didYouMean(asText(value), values)}`
    }
    if (value === undefined) return `${placeText(path.slice(0, -1))} needs ${key}`
    if (issue.code === "too_small" || issue.code === "too_big") {
        const limit = issue.code === "too_small" ? issue.minimum : issue.maximum
        if (issue.origin === "number" || issue.origin === "int")
            return `${name} is ${issue.code === "too_small" ? "at least" : "at most"} ${limit}, got ${asText(value)}`
        return issue.message.startsWith("Too ")
            ? `${name} has too ${issue.code === "too_small" ? "few" : "many"} entries`
            : `${name} ${issue.message}`
    }
    return `${name} ${issue.message}`
}

/** What to write instead of a value of the wrong kind; never the value of a password. */
function remedyOf(expected: string, value: unknown, written: string | undefined): string {
    const isNumber = expected === "number" || expected === "int"
    if (isNumber && typeof value === "string") {
        if (/^-?\d+,\d+$/.test(value)) return `: write it with a point, ${value.replace(",", ".")}`
        if (/^-?\d+(?:\.\d+)?$/.test(value)) return `: write ${value} without quotes`
        return ""
    }
    if (expected === "int" && typeof value === "number") return `, got ${value}`
    if (expected === "string" && (typeof value === "number" || typeof value === "boolean"))
        return `: put it into quotes, "${written ?? String(value)}"`
    if (expected === "boolean" && typeof value === "string") {
        if (/^(?:yes|on|ja)$/i.test(value)) return ": write true"
        if (/^(?:no|off|nej)$/i.test(value)) return ": write false"
        if (/^(?:true|false)$/i.test(value)) return `: write ${value.toLowerCase()} without quotes`
    }
    if (expected === "array") return ""
    return `, got ${kindOf(value)}`
}

function kindOf(value: unknown): string {
    if (Array.isArray(value)) return "a list"
    if (typeof value === "object") return "keys with values"
    return typeof value === "string"
        ? "a text"
        : typeof value === "number"
          ? "a number"
          : asText(value)
}

function asText(value: unknown): string {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing")
}

/** "the node", "settings", "the file": what a path leads to. */
function placeText(path: readonly Step[]): string {
    const last = [...path].reverse().find(step => typeof step === "string")
    if (last === undefined) return "the file"
    const isEntry = typeof path.at(-1) === "number"
    if (!isEntry) return last
    return last.endsWith("s") ? `a ${last.slice(0, -1)}` : last
}

function shortened(text: string): string {
    return text.length <= 40 ? text : `${text.slice(0, 40)}…`
}

function valueAt(values: unknown, path: readonly Step[]): unknown {
    let found: unknown = values
    for (const step of path) {
        if (typeof found !== "object" || found === null) return undefined
        found = (found as Record<Step, unknown>)[step]
    }
    return found
}

/** Keys that the schema knows at a place. */
function keysAt(schema: z.ZodType, path: readonly Step[]): string[] {
    let found: z.ZodType | undefined = schema
    for (const step of path) {
        found = unwrapped(found)
        if (found instanceof z.ZodObject)
            found = (found.shape as Record<string, z.ZodType | undefined>)[String(step)]
        else if (found instanceof z.ZodArray) found = found.element as z.ZodType
        else return []
    }
    found = unwrapped(found)
    return found instanceof z.ZodObject ? Object.keys(found.shape) : []
}

function unwrapped(schema: z.ZodType | undefined): z.ZodType | undefined {
    let inner = schema
    while (inner instanceof z.ZodOptional) inner = inner.unwrap() as z.ZodType
    return inner
}
