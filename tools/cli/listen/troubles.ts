/** What a node's status record says is wrong, in plain words. */
import { type Status } from "../../decoder/index.js"

export interface Trouble {
    readonly words: string
    /** What to say once it is over. */
    readonly over: string
}

const HELD = {
    settings:
        "its settings were damaged and may have had a key: suitcase settings restore, over USB",
    seal: "it has a key, but its program cannot seal (option seal of startStation)",
    envelope: "it is set to JSON, but its program cannot send it (option envelope of startStation)",
} as const
const UNFIT = { node: "name", site: "site", "node site": "name and site" } as const

/** @returns an empty list when all is well */
export function troublesOf({ held, time, unfit, cutShort }: Status): Trouble[] {
    const troubles: Trouble[] = []
    if (held !== undefined)
        troubles.push({
            words: `holds its frames back: ${HELD[held]}`,
            over: "holds its frames back no more",
        })
    if (time !== undefined)
        troubles.push({
            words:
                "time disputed: the answers to its time requests contradict its own clock; its " +
                "readings say by how much. Check the clock of the computer that answers",
            over: "time disputed no more",
        })
    if (unfit !== undefined)
        troubles.push({
            words:
                `does not use the ${UNFIT[unfit]} that it is set to: letters, digits and -_.: ` +
                "only, at most 64 of them (suitcase settings)",
            over: "uses the name and site that it is set to",
        })
    if (cutShort > 0)
        troubles.push({
            words:
                "is thrown out by the broker again and again, right after it was accepted: " +
                "another client with its client id, or a limit of the broker",
            over: "is thrown out by the broker no more",
        })
    return troubles
}
