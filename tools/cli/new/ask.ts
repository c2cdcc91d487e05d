/** Asks for what the command line did not say. */
import { cancel, select, text } from "@clack/prompts"
import { UsageError } from "../errors.js"
import { addressOption } from "../parts.js"
import { CHANNEL_FORM, FAMILIES, parseChannel, type Family, type NewChannel } from "./plan.js"

/** Thrown on Ctrl-C. */
export class Cancelled extends Error {
    override name = "Cancelled"
}

export async function askMaker(): Promise<string> {
    return answered(
        await text({
            message: "Who makes it?",
            placeholder: "STMicroelectronics",
            validate: notEmpty,
        })
    )
}

export async function askFamily(): Promise<Family> {
    const options = Object.entries(FAMILIES).map(([value, hint]) => ({
        value: value as Family,
        label: value,
        hint,
    }))
    return answered<Family>(await select<Family>({ message: "How does it talk?", options }))
}

export async function askAddresses(): Promise<number[]> {
    const typed = await text({
        message: "Its I2C address, or several with blanks between, the default one first?",
        placeholder: "0x5c 0x5d",
        validate: value => problemOf(() => words(value).map(addressOption)),
    })
    return words(answered<string>(typed)).map(addressOption)
}

export async function askChannels(): Promise<NewChannel[]> {
    const typed = await text({
        message:
            "What does it measure? NAME:UNIT:STEP:LOWEST..HIGHEST, several with blanks between",
        placeholder: CHANNEL_FORM,
        validate: value => problemOf(() => words(value).map(parseChannel)),
    })
    return words(answered<string>(typed)).map(parseChannel)
}

function answered<T extends string>(answer: T | symbol): T {
    if (typeof answer !== "symbol") return answer
    cancel("Nothing was written.")
    throw new Cancelled()
}

function words(typed: string | undefined): string[] {
    const list = (typed ?? "").split(/\s+/).filter(word => word !== "")
    if (list.length === 0) throw new UsageError("an answer is needed")
    return list
}

function notEmpty(value: string | undefined): string | undefined {
    return problemOf(() => words(value))
}

/** What is wrong with an answer, in words; undefined when nothing is. */
function problemOf(read: () => unknown): string | undefined {
    try {
        read()
        return undefined
    } catch (e) {
        return (e as Error).message
    }
}
