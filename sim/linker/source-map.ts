/** Writes the source map of an image: which byte of it comes from where. */
import type { InlinedCode } from "../program/program.js"
import { type InlinedCall, type Place } from "./ir.js"

export class SourceMapWriter {
    /** As the compiler's: steps of position, length, steps of the program counter. */
    readonly triples: number[] = []
    readonly inlined: InlinedCode = { calls: [], ranges: [] }

    private lastPosition = 0
    private lastPc = 0
    private readonly numbers = new Map<InlinedCall, number>()

    /** The code from `pc` on comes from `place`; called with ascending counters. */
    add(pc: number, place: Place): void {
        this.triples.push(place.position - this.lastPosition, place.length, pc - this.lastPc)
        this.lastPosition = place.position
        this.lastPc = pc
        const { ranges } = this.inlined
        const call = place.inlined === undefined ? -1 : this.numberOf(place.inlined)
        if (ranges.at(-1)?.call === call || (ranges.length === 0 && call < 0)) return
        ranges.push({ startpc: pc, call })
    }

    private numberOf(call: InlinedCall): number {
        const known = this.numbers.get(call)
        if (known !== undefined) return known
        const { calledAt, of } = call
        const within = calledAt.inlined === undefined ? -1 : this.numberOf(calledAt.inlined)
        const number = this.inlined.calls.length
        this.inlined.calls.push({ name: of.name, calledAt: calledAt.position, within })
        this.numbers.set(call, number)
        return number
    }
}
