/** Channels and addresses of parts in words, for lists and pages. */
import { decimals, toUnit, type Channel } from "../../../src/core/channel.js"
import { type Part, type PartGroup } from "../../../src/drivers/shared/part.js"
import { addressText } from "../parts.js"
import { unitSign } from "../quantities.js"

/** Groups in the order in which lists show them. */
export const GROUPS: readonly PartGroup[] = [
    "climate",
    "air quality",
    "light",
    "distance and presence",
    "motion",
    "counting",
    "electrical",
    "time",
]

/** "Sensirion SHT40, SHT41, SHT45"; parts of many makers go by their kind. */
export function titleOf({ maker, name }: Pick<Part, "maker" | "name">): string {
    return maker === "any" ? name : `${maker} ${name}`
}

/** Steps go down to nanometres. */
const STEP_DIGITS = 9

/** "−45 … 130 °C in steps of 0.01 °C" */
export function rangeText(channel: Channel): string {
    const digits = decimals(channel)
    const number = (value: number, places: number) =>
        value
            .toLocaleString("en-GB", { maximumFractionDigits: places, useGrouping: false })
            .replace("-", "−")
    const sign = unitSign(channel.unit)
    const unit = sign === "" ? "" : ` ${sign}`
    // What is small in its unit, such as the size of a particle in m, does not round to 0.
    const limit = (value: number) => number(value, Math.abs(value) < 1 ? STEP_DIGITS : digits)
    const low = limit(toUnit(channel, channel.min))
    const high = limit(toUnit(channel, channel.max))
    const step = number(channel.scaleNumerator / channel.scaleDenominator, STEP_DIGITS)
    return `${low} … ${high}${unit} in steps of ${step}${unit}`
}

/** [0x44, 0x45] → "0x44, 0x45"; three or more that follow each other → "0x40 … 0x4f" */
export function addressesText(addresses: readonly number[]): string {
    if (addresses.length === 0) return "no bus"
    const sorted = [...addresses].sort((a, b) => a - b)
    const isRow = sorted.every((address, i) => address === sorted[0] + i)
    if (isRow && sorted.length > 3)
        return `${addressText(sorted[0])} … ${addressText(sorted[sorted.length - 1])}`
    return addresses.map(addressText).join(", ")
}
