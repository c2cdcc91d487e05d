/** All that is wrong with a file, so that it takes one run to find it. */
import { TraceError } from "../../../sim/traces/csv.js"

/** Mistakes that are told, in all and of one kind in one column; the others are counted. */
const MOST_TOLD = 20
const MOST_OF_A_KIND = 3

export class Mistakes {
    private readonly told: string[] = []
    private count = 0
    private readonly kinds = new Map<string, number>()

    /** @param name of the file */
    constructor(private readonly name: string) {}

    /** @throws what is no mistake of the file */
    add(mistake: unknown): void {
        if (!(mistake instanceof TraceError)) throw mistake
        this.count++
        const ofKind = (this.kinds.get(mistake.kind) ?? 0) + 1
        this.kinds.set(mistake.kind, ofKind)
        if (ofKind <= MOST_OF_A_KIND && this.told.length < MOST_TOLD)
            this.told.push(mistake.message)
    }

    /** @returns what the action gives; undefined when it ended in a mistake */
    collect<T>(action: () => T): T | undefined {
        try {
            return action()
        } catch (e) {
            this.add(e)
            return undefined
        }
    }

    /** @throws TraceError when there was any */
    throwAny(): void {
        const { told, count } = this
        if (count === 0) return
        if (count === 1) throw new TraceError(told[0])
        const more = count - told.length
        throw new TraceError(
            [
                `${this.name} has ${count.toLocaleString("en-GB")} mistakes:`,
                ...told.map(text => `  ${text}`),
                ...(more > 0 ? [`  and ${more.toLocaleString("en-GB")} more`] : []),
            ].join("\n")
        )
    }
}
