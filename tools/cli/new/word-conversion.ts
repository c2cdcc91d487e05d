/** What words of 16 bits mean, for all templates of parts that give them. */
import { functionName, stepText } from "./common-files.js"
import { steps, type DriverPlan, type NewChannel } from "./plan.js"

export function wordConversion(plan: DriverPlan): string {
    return `/** What the ${plan.className}'s words mean. Free of device imports, so that the same code is checked in Node. */
import { divRound } from "../../core/fixed.js"
${plan.channels
    .map(
        channel => `
/**
 * To ${stepText(channel)} (section ?): here ${channel.min} + ${channel.max - channel.min} × word / 65535.
 * A worked example with units: …
 */
export function ${functionName(plan, channel.name)}(word: number): number {
    return divRound(${span(channel)} * word, 65535) + ${steps(channel, channel.min)}
}
`
    )
    .join("")}`.replaceAll("+ -", "- ")
}

function span(channel: NewChannel): number {
    return steps(channel, channel.max) - steps(channel, channel.min)
}
