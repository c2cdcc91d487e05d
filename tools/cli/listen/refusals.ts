/** Tells people of refused messages without flooding them: each kind now and then, all at the end. */
import { type Malformed } from "../../decoder/index.js"
import { count } from "../view/format.js"

/** Topics with refusals that are told apart. */
const MAX_KINDS = 1000

export class Refusals {
    private readonly kinds = new Map<string, number>()

    constructor(private readonly note: (text: string) => void) {}

    /** Notes the 1st, 10th, 100th … of the same topic and code. */
    add({ topic, code, message }: Malformed): void {
        const kind = `${topic}: ${code}`
        const known = this.kinds.get(kind)
        if (known === undefined && this.kinds.size >= MAX_KINDS) return
        const number = (known ?? 0) + 1
        this.kinds.set(kind, number)
        if (number === 1) this.note(`${kind}: ${message}`)
        else if (/^10*$/.test(String(number)))
            this.note(`${kind}: ${message} (${count(number)} so far)`)
    }
}

/** "3 forged, 1 replay"; "none". */
export function refusalSummary(byCode: ReadonlyMap<string, number>): string {
    const parts = [...byCode].map(([code, number]) => `${count(number)} ${code}`)
    return parts.length === 0 ? "none" : parts.join(", ")
}
