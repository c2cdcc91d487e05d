/**
 * Pins that decide how an ESP32 starts. A part that holds one of them to ground (some of them: high)
 * when the board is switched on keeps it from starting, and no simulator shows that.
 * Each chip's datasheet by Espressif, section "Strapping Pins".
 */
import { type Board } from "../../../sim/program/boards.js"
import { type Program } from "../../../sim/program/program.js"

/** GPIOs by chip. */
export const STRAPPING: Readonly<Record<string, readonly number[]>> = {
    esp32: [0, 2, 5, 12, 15],
    esp32s2: [0, 45, 46],
    esp32s3: [0, 3, 45, 46],
    esp32c3: [2, 8, 9],
}

export interface StrappingPin {
    readonly board: string
    /** As on the board: "SCK_D8". */
    readonly pin: string
    readonly gpio: number
    /** "devs/app.ts:7" */
    readonly place: string
}

/** @returns pins that a program names in its sources and that decide how the board starts */
export function strappingPins({ debug }: Program, boards: readonly Board[]): StrappingPin[] {
    return debug.sources.flatMap(({ path, text }) => {
        const id = /\bpins\b[^;]*?\bfrom\s*["']@dsboard\/(\w+)["']/.exec(text)?.[1]
        const board = boards.find(candidate => candidate.id === id)
        if (board === undefined) return []
        const critical = STRAPPING[board.architecture] ?? []
        return [...text.matchAll(/\bpins\s*\.\s*(\w+)/g)].flatMap(match => {
            const [, pin] = match
            const gpio = board.pins[pin]
            if (gpio === undefined || !critical.includes(gpio)) return []
            const line = text.slice(0, match.index).split("\n").length
            return [{ board: board.id, pin, gpio, place: `${path}:${line}` }]
        })
    })
}

/** The pin in words, for the console. */
export function strappingText({ board, pin, gpio, place }: StrappingPin): string {
    return (
        `${place}: pin ${pin} (GPIO${gpio}) of ${board} decides how the board starts: a part that pulls it ` +
        "the wrong way when the board is switched on keeps it from starting. Take another pin."
    )
}
