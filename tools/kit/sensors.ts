/** The sensors of a node, from their entries in the kit file: known parts with options that their drivers take. */
import { isOnPin, type CataloguedPart } from "../../sim/parts/catalogue.js"
import {
    COMMON_OPTIONS,
    driverOptions,
    type DriverOption,
    type MadeClass,
    type OptionType,
} from "./driver-options.js"
import { didYouMean } from "./near.js"
import { type KitProblem } from "./problem.js"
import { type KitSource, type Step } from "./source.js"

/** An option's value, as its type asks for it. */
export type OptionValue =
    | { readonly kind: "plain"; readonly value: number | string | boolean }
    | { readonly kind: "address"; readonly value: number }
    | { readonly kind: "list"; readonly values: readonly OptionValue[] }
    | { readonly kind: "group"; readonly values: Readonly<Record<string, OptionValue>> }
    | {
          readonly kind: "made"
          readonly of: MadeClass
          readonly values: Readonly<Record<string, OptionValue>>
      }
    /** Another sensor of the node, by the name of its part. */
    | { readonly kind: "sensor"; readonly name: string }

export interface SensorEntry {
    /** Place in the kit file. */
    readonly path: readonly Step[]
    readonly part: CataloguedPart
    /** As written; parts on pins only. */
    readonly pin: string | undefined
    /** Its channels come uncorrected, too: "co2_raw". */
    readonly hasRaw: boolean
    readonly options: Readonly<Record<string, OptionValue>>
    /** Nothing is wrong with the entry by itself. */
    readonly isWhole: boolean
}

/** Where problems go. */
export interface Findings {
    readonly source: KitSource
    readonly problems: KitProblem[]
}

/** Notes what an option takes instead; there is no value then. */
type Refuse = (what: string) => OptionValue | undefined

/** Keys of an entry that are no options. */
const OWN_KEYS = ["part", "pin", "raw"]

/**
 * @param value "sht4x", or keys with part and options
 * @returns undefined when there is no such part, or the entry is none
 */
export function readSensor(
    value: unknown,
    path: readonly Step[],
    parts: ReadonlyMap<string, CataloguedPart>,
    findings: Findings
): SensorEntry | undefined {
    const { source, problems } = findings
    const entry = typeof value === "string" ? { part: value } : value
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
        problems.push(
            source.problemAt(path, "a sensor is the name of a part, or keys: part and its options")
        )
        return undefined
    }
    const { part: name, pin, raw, ...written } = entry as Record<string, unknown>
    if (typeof name !== "string") {
        problems.push(source.problemAt(path, "a sensor needs part: its name in suitcase sensors"))
        return undefined
    }
    const part = parts.get(name.toLowerCase())
    if (part === undefined) {
        const near = didYouMean(name, [...parts.keys()], "; suitcase sensors lists all")
        const message = `there is no part "${name.slice(0, 60)}"${near}`
        problems.push(source.problemAt([...path, "part"], message))
        return undefined
    }
    const before = problems.length
    checkPinKey(part, pin, path, findings)
    if (raw !== undefined && typeof raw !== "boolean")
        problems.push(source.problemAt([...path, "raw"], "raw takes true or false"))
    const known = knownOptions(part)
    const options = readGroup(written, path, known, findings, isOnPin(part) ? [] : part.addresses)
    const isWhole = problems.length === before
    const pinName = typeof pin === "string" ? pin : undefined
    return { path, part, pin: pinName, hasRaw: raw === true, options, isWhole }
}

function checkPinKey(
    part: CataloguedPart,
    pin: unknown,
    path: readonly Step[],
    { source, problems }: Findings
): void {
    if (isOnPin(part)) {
        if (pin === undefined)
            problems.push(
                source.problemAt(
                    path,
                    `${part.folder} is on a pin: write pin: and what is printed beside it`
                )
            )
        else if (typeof pin !== "string")
            problems.push(
                source.problemAt(
                    [...path, "pin"],
                    "pin takes what is printed beside the pin, such as GP15"
                )
            )
    } else if (pin !== undefined)
        problems.push(
            source.problemAtKey(
                path,
                "pin",
                `${part.folder} is on the I2C bus, not on a pin: leave pin out`
            )
        )
}

/** The options of the part's driver; those that all have, for a driver that the toolkit does not know. */
function knownOptions(part: CataloguedPart): readonly DriverOption[] {
    const known = driverOptions()[part.className] as readonly DriverOption[] | undefined
    return known ?? COMMON_OPTIONS
}

/** @param addresses that the part can have */
export function readGroup(
    written: object,
    path: readonly Step[],
    known: readonly DriverOption[],
    findings: Findings,
    addresses: readonly number[] = []
): Record<string, OptionValue> {
    const { source, problems } = findings
    const values: Record<string, OptionValue> = {}
    const names = known.map(({ name }) => name)
    for (const [key, value] of Object.entries(written)) {
        const option = known.find(({ name }) => name === key)
        if (option === undefined) {
            const taken =
                names.length === 0 ? "; there are none" : `; there are ${names.join(", ")}`
            const near = didYouMean(key, [...names, ...OWN_KEYS], taken)
            problems.push(
                source.problemAtKey(path, key, `there is no option ${key.slice(0, 60)}${near}`)
            )
            continue
        }
        const read =
            key === "address"
                ? readAddress(value, [...path, key], addresses, findings)
                : readValue(value, [...path, key], option.type, option, findings)
        if (read !== undefined)
            values[key] = key === "prefix" ? asPrefix(read, [...path, key], findings) : read
    }
    for (const { name, isRequired, text } of known)
        if (isRequired && !Object.hasOwn(written, name))
            problems.push(source.problemAt(path, `${name} is missing: ${text}`))
    return values
}

function readAddress(
    value: unknown,
    path: readonly Step[],
    addresses: readonly number[],
    { source, problems }: Findings
): OptionValue | undefined {
    const all = addresses.map(hex).join(", ")
    if (typeof value === "number" && addresses.includes(value)) {
        if (!/^0x/i.test(source.textAt(path) ?? "")) {
            // 76 could be meant either way.
            problems.push(
                source.problemAt(path, `write the address with 0x, as datasheets do: ${all}`)
            )
            return undefined
        }
        return { kind: "address", value }
    }
    problems.push(
        source.problemAt(
            path,
            all === "" ? "a part on a pin has no address" : `address is one of ${all}`
        )
    )
    return undefined
}

function hex(address: number): string {
    return `0x${address.toString(16).padStart(2, "0")}`
}

/** "room" → "room_", so that the channel is room_temperature. */
function asPrefix(
    value: OptionValue,
    path: readonly Step[],
    { source, problems }: Findings
): OptionValue {
    if (value.kind !== "plain" || typeof value.value !== "string") return value
    if (!/^[a-z][a-z0-9_]{0,23}$/.test(value.value)) {
        problems.push(
            source.problemAt(
                path,
                "prefix takes small letters, digits and _, a letter first, at most 24 of them"
            )
        )
        return value
    }
    return { kind: "plain", value: value.value.endsWith("_") ? value.value : `${value.value}_` }
}

function readValue(
    value: unknown,
    path: readonly Step[],
    type: OptionType,
    option: DriverOption,
    findings: Findings
): OptionValue | undefined {
    const refuse = (what: string): OptionValue | undefined => {
        const { source, problems } = findings
        problems.push(source.problemAt(path, `${option.name} takes ${what}. ${option.text}`))
        return undefined
    }
    switch (type.kind) {
        case "truth":
            return typeof value === "boolean" ? { kind: "plain", value } : refuse("true or false")
        case "text":
            return typeof value === "string" && /^[ -~]{1,200}$/.test(value)
                ? { kind: "plain", value }
                : refuse("a text in plain letters")
        case "choice":
            return type.values.includes(value as string | number)
                ? { kind: "plain", value: value as string | number }
                : refuse(
                      `${type.values.join(" or ")}${typeof value === "string" ? didYouMean(value, type.values.map(String)) : ""}`
                  )
        case "number":
            return readNumber(value, option, refuse)
        case "list": {
            if (!Array.isArray(value) || value.length > 64) return refuse("a list")
            const values = value.map((one, i) =>
                readValue(one, [...path, i], type.of, option, findings)
            )
            return values.includes(undefined)
                ? undefined
                : { kind: "list", values: values as OptionValue[] }
        }
        case "group":
            return isGroup(value)
                ? { kind: "group", values: readGroup(value, path, type.options, findings) }
                : refuse(`keys: ${type.options.map(({ name }) => name).join(", ")}`)
        case "made":
            return readMade(value, path, type.classes, refuse, findings)
        case "sensor":
            return typeof value === "string"
                ? { kind: "sensor", name: value }
                : refuse("the name of another sensor's part in this list")
    }
}

function readNumber(
    value: unknown,
    { min, max }: DriverOption,
    refuse: Refuse
): OptionValue | undefined {
    if (typeof value === "string" && /^-?\d+(?:[.,]\d+)?$/.test(value))
        return refuse(`a number: write ${value.replace(",", ".")} without quotes`)
    if (typeof value !== "number" || !Number.isFinite(value)) return refuse("a number")
    if ((min !== undefined && value < min) || (max !== undefined && value > max))
        return refuse(`a number from ${min} to ${max}, got ${value}`)
    return { kind: "plain", value }
}

function readMade(
    value: unknown,
    path: readonly Step[],
    classes: readonly MadeClass[],
    refuse: Refuse,
    findings: Findings
): OptionValue | undefined {
    const names = classes.map(({ name }) => name)
    const [key, ...more] = isGroup(value) ? Object.keys(value) : []
    const of = classes.find(({ name }) => name === key)
    if (of === undefined || more.length > 0 || !isGroup(value))
        return refuse(
            `one of ${names.join(", ")}, with its options${key === undefined ? "" : didYouMean(key, names)}`
        )
    const inner: unknown = (value as Record<string, unknown>)[of.name] ?? {}
    if (!isGroup(inner)) return refuse(`options of ${of.name} as keys`)
    return { kind: "made", of, values: readGroup(inner, [...path, of.name], of.options, findings) }
}

function isGroup(value: unknown): value is object {
    return typeof value === "object" && value !== null && !Array.isArray(value)
}
