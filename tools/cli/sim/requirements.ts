/**
 * What a simulated run has to give, for CI: `--require "temperature>=1300,gaps<=5"`. A channel's name stands for
 * the number of its readings; gaps, lost, readings and duplicates for those of all channels.
 */
import { InvalidArgumentError } from "commander"
import { type ChannelCounts } from "./channel-counts.js"
import { type SimReport } from "./report.js"

const COMPARE = {
    ">=": (a: number, b: number) => a >= b,
    "<=": (a: number, b: number) => a <= b,
    ">": (a: number, b: number) => a > b,
    "<": (a: number, b: number) => a < b,
    "=": (a: number, b: number) => a === b,
} as const

export interface Requirement {
    /** "temperature>=1300" */
    readonly text: string
    readonly name: string
    readonly compare: keyof typeof COMPARE
    readonly value: number
}

/** A requirement and what came of it. */
export interface Verdict {
    readonly name: string
    /** Undefined when it was met. */
    readonly failure: string | undefined
}

/** Figures of a whole run, by the name that requirements have for them. */
const TOTALS: Readonly<Record<string, (report: SimReport) => number>> = {
    readings: report => report.readingsReceived,
    gaps: report => report.gaps,
    lost: report => report.readingsLost,
    duplicates: report => report.duplicates,
}

/** "a>=1,b<2" → requirements, added to those before. */
export function requireOption(text: string, before: readonly Requirement[] = []): Requirement[] {
    const added = text.split(",").map(one => {
        const match = /^\s*([a-z][a-z0-9_]*)\s*(>=|<=|>|<|=)\s*(\d+)\s*$/.exec(one)
        if (match === null)
            throw new InvalidArgumentError(
                'Write a channel or readings, gaps, lost, duplicates, and a number: "temperature>=1300,gaps<=5".'
            )
        const [, name, compare, value] = match
        return {
            text: `${name}${compare}${value}`,
            name,
            compare: compare as keyof typeof COMPARE,
            value: Number(value),
        }
    })
    return [...before, ...added]
}

/**
 * @param allowsSilent whether a channel may deliver nothing at all
 * @returns a verdict for each requirement, and for each channel of the run
 */
export function judge(
    report: SimReport,
    channels: ChannelCounts,
    requirements: readonly Requirement[],
    allowsSilent: boolean
): Verdict[] {
    const names = [...channels.keys()]
    const delivered = names.map(name => {
        const { readings = 0, gaps = 0, reason } = channels.get(name) ?? {}
        const isSilent = readings === 0 && gaps > 0 && !allowsSilent
        const why = reason === undefined ? "" : ` (${reason})`
        return {
            name: `${name} delivers`,
            failure: isSilent ? `${name} never delivered a reading: ${gaps} gaps${why}` : undefined,
        }
    })
    const required = requirements.map(({ text, name, compare, value }) => {
        const total = Object.hasOwn(TOTALS, name) ? TOTALS[name](report) : undefined
        const got = channels.get(name)?.readings ?? total
        const all = [...names, ...Object.keys(TOTALS)].join(", ")
        const failure =
            got === undefined
                ? `${text}: there is no channel ${name}; there are ${all}`
                : COMPARE[compare](got, value)
                  ? undefined
                  : `${text}: got ${got}`
        return { name: text, failure }
    })
    return [...delivered, ...required]
}
