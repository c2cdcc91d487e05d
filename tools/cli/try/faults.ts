/** The language of `suitcase try --fault`: NAME@TIME[+FOR]. */
import { InvalidArgumentError } from "commander"
import { parseDuration } from "../../../sim/time/duration.js"
import { type World } from "../../../sim/world/world.js"
import { type PartFaults, type PartModel } from "../../../src/drivers/shared/part-model.js"
import { RegisterModel } from "../../../src/drivers/shared/register-model.js"
import { UsageError } from "../errors.js"

interface FaultForm {
    readonly meaning: string
    readonly begin: (model: RegisterModel, unixMs: number) => void
    /** Absent for faults that are over at once. */
    readonly end?: (model: RegisterModel) => void
}

/** Faults that parts on pins can have too. */
const EVERYWHERE: Readonly<Record<string, keyof PartFaults>> = {
    unplugged: "unplugged",
    frozen: "stuckValue",
}

const FORMS: Readonly<Record<string, FaultForm>> = {
    unplugged: {
        meaning: "nothing answers any more",
        begin: ({ faults }) => (faults.unplugged = true),
        end: ({ faults }) => (faults.unplugged = false),
    },
    frozen: {
        meaning: "measurements repeat themselves",
        begin: ({ faults }) => (faults.stuckValue = true),
        end: ({ faults }) => (faults.stuckValue = false),
    },
    busy: {
        meaning: "measurements never get ready",
        begin: ({ faults }) => (faults.stuckBusy = true),
        end: ({ faults }) => (faults.stuckBusy = false),
    },
    nack: {
        meaning: "the next transfer is not acknowledged",
        begin: ({ faults }) => (faults.nackTransfer = 1),
    },
    crc: {
        meaning: "the next checksum is wrong",
        begin: ({ faults }) => (faults.flipCrcWord = 1),
    },
    "brown-out": {
        meaning: "it loses power for a moment",
        begin: (model, unixMs) => model.brownOut(unixMs),
    },
}

/** For the help, one a line. */
export const FAULT_HELP = Object.entries(FORMS)
    .map(([name, { meaning, end }]) => {
        const form = `${name}@TIME${end === undefined ? "" : "[+FOR]"}`
        return `  ${form.padEnd(24)} ${meaning}`
    })
    .join("\n")

export interface PartFault {
    readonly text: string
    readonly atMs: number
    /** undefined = to the end of the run. */
    readonly forMs: number | undefined
}

/** Reads one more `--fault`. */
export function partFaultOption(text: string, before: readonly PartFault[]): PartFault[] {
    const [, name, at, length] = /^([a-z-]+)@([^+]+)(?:\+(.+))?$/.exec(text) ?? []
    const form = FORMS[name]
    const atMs = at === undefined ? undefined : parseDuration(at)
    const forMs = length === undefined ? undefined : parseDuration(length)
    const isWhole = length === undefined || (forMs !== undefined && form?.end !== undefined)
    if (form === undefined || atMs === undefined || !isWhole)
        throw new InvalidArgumentError(
            `Write one of ${Object.keys(FORMS).join(", ")} with a time, such as unplugged@5s+3s or nack@2s.`
        )
    return [...before, { text, atMs, forMs }]
}

/**
 * Has the faults strike at their times.
 * @throws UsageError for one that a part on a pin cannot have
 */
export function schedule(
    faults: readonly PartFault[],
    model: PartModel,
    world: World,
    note: (text: string) => void
): void {
    for (const { text, atMs, forMs } of faults) {
        const [name] = text.split("@")
        const { meaning } = FORMS[name]
        const set = switchOf(name, model)
        if (set === undefined)
            throw new UsageError(
                `${name}: a part on a pin can only be ${Object.keys(EVERYWHERE).join(" or ")}`
            )
        world.clock.after(atMs * 1000, () => {
            note(`fault: ${meaning}`)
            set(true, world.clock.wallMs)
        })
        if (forMs === undefined) continue
        world.clock.after((atMs + forMs) * 1000, () => {
            note(`end of the fault ${text}`)
            set(false, world.clock.wallMs)
        })
    }
}

/** @returns what begins and ends a fault; undefined when the part cannot have it */
function switchOf(
    name: string,
    model: PartModel
): ((isOn: boolean, unixMs: number) => void) | undefined {
    const { begin, end } = FORMS[name]
    if (model instanceof RegisterModel)
        return (isOn, unixMs) => (isOn ? begin(model, unixMs) : end?.(model))
    const fault = EVERYWHERE[name]
    return fault === undefined ? undefined : isOn => (model.faults[fault] = isOn)
}
