/** What a function was, to tell whether it still is. */
import { type LinkFunction, type Node, type Statement } from "./ir.js"

/** Everything that passes within one function go by. Where its code comes from is not part of it. */
export class Snapshot {
    private readonly captured: ReadonlySet<number>
    /** Figures of the function, then each statement with its target and its nodes, in order. */
    private readonly parts: unknown[] = []
    private at = 0

    constructor(fn: LinkFunction, captured: ReadonlySet<number>) {
        this.captured = new Set(captured)
        this.visit(fn, part => this.parts.push(part) > 0)
    }

    /** Whether the function is as it was, with the same slots shared by closures. */
    isOf(fn: LinkFunction, captured: ReadonlySet<number>): boolean {
        if (captured.size !== this.captured.size) return false
        for (const slot of captured) if (!this.captured.has(slot)) return false
        this.at = 0
        return (
            this.visit(fn, part => part === this.parts[this.at++]) && this.at === this.parts.length
        )
    }

    /** Goes through the parts until one does not pass. @returns whether all did */
    private visit(fn: LinkFunction, passes: (part: unknown) => boolean): boolean {
        const { slots, parameters, flags, tryFrames, body } = fn
        const node = ({ op, num, ref, args }: Node): boolean =>
            passes(op) && passes(num) && passes(ref) && passes(args.length) && args.every(node)
        const statement = (part: Statement) => passes(part) && passes(part.target) && node(part)
        return [slots, parameters, flags, tryFrames].every(passes) && body.every(statement)
    }
}
