/** What a real part said on a board's bus, as a file: a line of JSON for what was tried, then one each transfer and sample. */
import { readFileSync } from "node:fs"
import { z } from "zod"
import { type RecordedTransfer } from "../../../sim/parts/bus-lines.js"
import { UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"

const Hex = z.string().regex(/^(?:[0-9a-f]{2})*$/)
const Head = z.strictObject({
    v: z.literal(1),
    /** Folder of the driver. */
    part: z.string(),
    address: z.number().int(),
    everyMs: z.number().int().positive(),
    /** Further options of the driver, as source; "" = none. */
    options: z.string(),
    /** Kind of the board; "" = not known. */
    board: z.string(),
})
const Transfer = z.strictObject({
    n: z.number().int(),
    ms: z.number(),
    address: z.number().int(),
    write: Hex,
    readLength: z.number().int(),
    read: Hex,
    status: z.number().int(),
})
const Sample = z.strictObject({
    sample: z.strictObject({ values: z.array(z.number()), qualities: z.array(z.number()) }),
})

export type RecordingHead = z.infer<typeof Head>

export interface RecordedSample {
    readonly values: readonly number[]
    readonly qualities: readonly number[]
}

export interface Recording {
    readonly head: RecordingHead
    readonly transfers: readonly RecordedTransfer[]
    readonly samples: readonly RecordedSample[]
}

/** @returns the file's text, each line whole */
export function recordingText({ head, transfers, samples }: Recording): string {
    const lines = [head, ...transfers, ...samples.map(sample => ({ sample }))]
    return lines.map(line => `${JSON.stringify(line)}\n`).join("")
}

/** @throws UsageError naming the line that is none */
export function readRecording(file: string): Recording {
    let text: string
    try {
        text = readFileSync(file, "utf8")
    } catch (e) {
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
    const [first, ...rest] = text.split("\n").filter(line => line !== "")
    const head = parsed(Head, first ?? "", file, 1)
    const transfers: RecordedTransfer[] = []
    const samples: RecordedSample[] = []
    rest.forEach((line, i) => {
        if (line.startsWith('{"sample"')) samples.push(parsed(Sample, line, file, i + 2).sample)
        else transfers.push(parsed(Transfer, line, file, i + 2))
    })
    return { head, transfers, samples }
}

function parsed<T>(shape: z.ZodType<T>, line: string, file: string, number: number): T {
    try {
        return shape.parse(JSON.parse(line))
    } catch {
        throw new UsageError(
            `${file}: line ${number} is no part of a recording of suitcase try --record`
        )
    }
}
