/**
 * The language of `--fault`: NAME[:VALUE][@TIME[+FOR]][:forget]. TIME is a wall
 * time of the first simulated day (08:00, UTC) or a time after the start (+90m).
 */
import { InvalidArgumentError } from "commander"
import { parseDuration } from "../../../sim/time/duration.js"
import { UsageError } from "../errors.js"

export type FaultKind =
    | "broker-down"
    | "broker-restart"
    | "refuse"
    | "link-down"
    | "half-open"
    | "dns-fail"
    | "link-loss"
    | "latency"
    | "clock"
    | "sensor-unplugged"
    | "power-cut"
    | "wifi-down"
    | "lease-lost"
    | "bus-stuck"

/** A fault as it was asked for. */
export interface FaultSpec {
    readonly kind: FaultKind
    /** As it was written. */
    readonly text: string
    /** Beginning: ms after midnight, or after the start. Neither = at the start. */
    readonly atTimeOfDay?: number
    readonly atOffset?: number
    /** ms; undefined = to the end of the run. */
    readonly forMs?: number
    /** Share, ms, ppm or CONNACK code, by kind. */
    readonly value: number
    /** The part that is unplugged. */
    readonly part: string
    readonly forget: boolean
}

/** A fault with its place in a run, ms after the start. */
export interface PlannedFault extends FaultSpec {
    readonly fromMs: number
    /** Infinity = to the end of the run. */
    readonly toMs: number
}

type Need = "must" | "may" | "no"

interface Form {
    /** How it is written, with an example of its own. */
    readonly form: string
    readonly example: string
    /** In a few words, for the help. */
    readonly meaning: string
    readonly time: Need
    readonly span: Need
    /** Reads the value; undefined = wrong. Absent for kinds without one. */
    readonly value?: (text: string) => number | undefined
    readonly isNamed?: true
    readonly mayForget?: true
    /** Length when none is given, ms. */
    readonly defaultMs?: number
}

/** How long a broker that restarts is away, ms. */
const RESTART_MS = 5000
/** How long a power cut lasts when nothing is said, ms. */
const POWER_CUT_MS = 10_000

const number = (pattern: RegExp, min: number, max: number, factor = 1) => {
    return (text: string): number | undefined => {
        const digits = pattern.exec(text)?.[1]
        if (digits === undefined) return undefined
        const value = Number(digits)
        return value >= min && value <= max ? value * factor : undefined
    }
}

const FORMS: Readonly<Record<FaultKind, Form>> = {
    "broker-down": {
        form: "broker-down@TIME+FOR",
        example: "broker-down@08:00+2h",
        meaning: "the broker is away",
        time: "must",
        span: "must",
    },
    "broker-restart": {
        form: "broker-restart@TIME[:forget]",
        example: "broker-restart@09:30:forget",
        meaning: "for 5 s; may forget its sessions",
        time: "must",
        span: "no",
        mayForget: true,
        defaultMs: RESTART_MS,
    },
    refuse: {
        form: "refuse:CODE@TIME+FOR",
        example: "refuse:5@10:00+30m",
        meaning: "CONNACK with code 1 to 5",
        time: "must",
        span: "must",
        value: number(/^([1-5])$/, 1, 5),
    },
    "link-down": {
        form: "link-down@TIME+FOR",
        example: "link-down@+3h+20m",
        meaning: "the nodes have no network",
        time: "must",
        span: "must",
    },
    "half-open": {
        form: "half-open@TIME+FOR",
        example: "half-open@14:00+5m",
        meaning: "bytes vanish, nobody is told",
        time: "must",
        span: "must",
    },
    "dns-fail": {
        form: "dns-fail@TIME+FOR",
        example: "dns-fail@11:00+1h",
        meaning: "links break, no name resolves",
        time: "must",
        span: "must",
    },
    "link-loss": {
        form: "link-loss:NUMBER%[@TIME+FOR]",
        example: "link-loss:5%",
        meaning: "segments lost; TCP sends again",
        time: "may",
        span: "must",
        value: number(/^(\d+(?:\.\d+)?)%$/, 0, 100, 0.01),
    },
    latency: {
        form: "latency:NUMBERms[@TIME+FOR]",
        example: "latency:300ms",
        meaning: "each way",
        time: "may",
        span: "must",
        value: number(/^(\d+)ms$/, 0, 60_000),
    },
    clock: {
        form: "clock:±NUMBERppm[@TIME]",
        example: "clock:+80ppm",
        meaning: "the nodes' clocks are off",
        time: "may",
        span: "no",
        value: number(/^([+-]\d+(?:\.\d+)?)ppm$/, -10_000, 10_000),
    },
    "sensor-unplugged": {
        form: "sensor-unplugged:NAME@TIME+FOR",
        example: "sensor-unplugged:sht4x@13:00+1h",
        meaning: "by its part's name",
        time: "must",
        span: "must",
        isNamed: true,
    },
    "power-cut": {
        form: "power-cut@TIME[+FOR]",
        example: "power-cut@12:10",
        meaning: "for 10 s; RAM is lost",
        time: "must",
        span: "may",
        defaultMs: POWER_CUT_MS,
    },
    "wifi-down": {
        form: "wifi-down@TIME+FOR",
        example: "wifi-down@07:00+10m",
        meaning: "the access point is off",
        time: "must",
        span: "must",
    },
    "lease-lost": {
        form: "lease-lost@TIME",
        example: "lease-lost@05:00",
        meaning: "Wi-Fi leads nowhere, nobody is told",
        time: "must",
        span: "no",
    },
    "bus-stuck": {
        form: "bus-stuck@TIME+FOR",
        example: "bus-stuck@15:00+1m",
        meaning: "a line of the I2C bus is held",
        time: "must",
        span: "must",
    },
}

/** All that can be written, one form each. */
export const FAULT_FORMS: readonly Pick<Form, "form" | "example" | "meaning">[] =
    Object.values(FORMS)

/** @throws InvalidArgumentError in one line that says what is possible */
export function parseFault(text: string): FaultSpec {
    const [, name = "", argument, when] = /^([^:@]*)(?::([^@]*))?(?:@(.*))?$/.exec(text) ?? []
    if (!Object.hasOwn(FORMS, name))
        throw new InvalidArgumentError(
            `Valid values: ${FAULT_FORMS.map(({ form }) => form).join(", ")}.`
        )
    const kind = name as FaultKind
    const form = FORMS[kind]
    const wrong = () =>
        new InvalidArgumentError(`Write ${form.form}, such as ${form.example}; ${TIMES}.`)
    const value = form.value?.(argument ?? "")
    if (form.value !== undefined && value === undefined) throw wrong()
    if (form.isNamed === true && !/^[\w-]+$/.test(argument ?? "")) throw wrong()
    if (form.value === undefined && form.isNamed === undefined && argument !== undefined)
        throw wrong()
    if (when === undefined && form.time === "must") throw wrong()
    const time: FaultTime | undefined =
        when === undefined ? { forget: false } : parseTime(when, form)
    if (time === undefined) throw wrong()
    const forMs = time.forMs ?? form.defaultMs
    return {
        kind,
        text,
        value: value ?? 0,
        part: form.isNamed === true ? (argument ?? "") : "",
        ...time,
        ...(forMs === undefined ? {} : { forMs }),
    }
}

/** For commander: gathers the faults of a repeated option. */
export function faultOption(text: string, earlier: readonly FaultSpec[]): readonly FaultSpec[] {
    return [...earlier, parseFault(text)]
}

/**
 * Places a fault in a run.
 *
 * @param epochMs Unix time of the start
 * @param runMs length of the run
 * @throws UsageError when it would begin after the end
 */
export function planFault(fault: FaultSpec, epochMs: number, runMs: number): PlannedFault {
    const fromMs = startOf(fault, epochMs)
    if (fromMs >= runMs)
        throw new UsageError(
            `--fault ${fault.text} would begin after the end of the run; make it longer with --for`
        )
    return { ...fault, fromMs, toMs: fromMs + (fault.forMs ?? Infinity) }
}

const DAY_MS = 86_400_000
const TIMES = "TIME is a time of the first day such as 08:00 or one after the start such as +90m"

function startOf({ atOffset, atTimeOfDay }: FaultSpec, epochMs: number): number {
    if (atOffset !== undefined) return atOffset
    if (atTimeOfDay === undefined) return 0
    const passed = epochMs % DAY_MS
    return (((atTimeOfDay - passed) % DAY_MS) + DAY_MS) % DAY_MS
}

type FaultTime = Pick<FaultSpec, "atOffset" | "atTimeOfDay" | "forMs" | "forget">

/** "08:00+2h", "+90m+2h", "09:30:forget" */
function parseTime(text: string, form: Form): FaultTime | undefined {
    const parts = /^(\d\d:\d\d(?::\d\d)?|\+[\w.]+)(?:\+([\w.]+))?(:forget)?$/.exec(text)
    if (parts === null) return undefined
    const [, at = "", length, forget] = parts as readonly (string | undefined)[]
    const forMs = length === undefined ? undefined : parseDuration(length)
    if (length !== undefined && (forMs === undefined || form.span === "no")) return undefined
    if (length === undefined && form.span === "must") return undefined
    if (forget !== undefined && form.mayForget !== true) return undefined
    const start = at.startsWith("+")
        ? { atOffset: parseDuration(at.slice(1)) }
        : { atTimeOfDay: parseTimeOfDay(at) }
    if (Object.values(start)[0] === undefined) return undefined
    return {
        ...(start as { atOffset: number } | { atTimeOfDay: number }),
        ...(forMs === undefined ? {} : { forMs }),
        forget: forget !== undefined,
    }
}

/** "08:00:30" → ms after midnight */
function parseTimeOfDay(text: string): number | undefined {
    const [hour = 0, minute = 0, second = 0] = text.split(":").map(Number)
    if (hour > 23 || minute > 59 || second > 59) return undefined
    return ((hour * 60 + minute) * 60 + second) * 1000
}
