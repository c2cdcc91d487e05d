/** Why a node holds its frames back, in plain words. */
import { type Status } from "../../decoder/index.js"

const WORDS = {
    settings:
        "its settings were damaged and may have had a key: suitcase settings restore, over USB",
    seal: "it has a key, but its program cannot seal (option seal of startStation)",
    envelope: "it is set to JSON, but its program cannot send it (option envelope of startStation)",
} as const

/** @returns undefined when it does not */
export function heldInWords({ held }: Status): string | undefined {
    return held === undefined ? undefined : `holds its frames back: ${WORDS[held]}`
}
