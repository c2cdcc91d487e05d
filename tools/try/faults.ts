/** The language of `suitcase try --fault`: NAME@TIME[+FOR]. */
import { InvalidArgumentError } from "commander"
import { parseDuration } from "../../sim/world/duration.js"
import { type World } from "../../sim/world/world.js"
import { type RegisterModel } from "../../src/drivers/register-model.js"

interface FaultForm {
    readonly meaning: string
    readonly begin: (model: RegisterModel, unixMs: number) => void
    /** Absent for faults that are over at once. */
    readonly end?: (model: RegisterModel) => void
}

const FORMS: Readonly<Record<string, FaultForm>> = {
    unplugged: {
        meaning: "nothing answers at its address",
        begin: ({ faults }) => (faults.unplugged = true),
        end: ({ faults }) => (faults.unplugged = false),
    },
    busy: {
        meaning: "measurements never get ready",
        begin: ({ faults }) => (faults.stuckBusy = true),
        end: ({ faults }) => (faults.stuckBusy = false),
    },
    frozen: {
        meaning: "measurements repeat themselves",
        begin: ({ faults }) => (faults.stuckValue = true),
        end: ({ faults }) => (faults.stuckValue = false),
    },
    nack: {
        meaning: "the next transfer is not acknowledged",
        begin: ({ faults }) => (faults.nackTransfer = 1),
    },
    crc: {
        meaning: "the next check value is wrong",
        begin: ({ faults }) => (faults.flipCrcWord = 1),
    },
    "brown-out": {
        meaning: "it loses its supply for a moment",
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

/** Has the faults strike at their times. */
export function schedule(
    faults: readonly PartFault[],
    model: RegisterModel,
    world: World,
    note: (text: string) => void
): void {
    for (const { text, atMs, forMs } of faults) {
        const form = FORMS[text.split("@")[0]]
        world.clock.after(atMs * 1000, () => {
            note(`fault: ${form.meaning}`)
            form.begin(model, world.clock.wallMs)
        })
        if (forMs === undefined || form.end === undefined) continue
        world.clock.after((atMs + forMs) * 1000, () => {
            note(`end of the fault ${text}`)
            form.end?.(model)
        })
    }
}
