/** What the text of an application declares: its settings, and what it needs of a board. */
import { readFileSync } from "node:fs"
import { ownOrToolkit } from "../program/project.js"

/** A setting as {@link import("../../src/core/setting.js").Setting} has it, with the words beside it. */
export interface DeclaredSetting {
    readonly key: string
    readonly unit: string
    readonly value: number
    readonly min: number
    readonly max: number
    /** For people: what it means. */
    readonly text: string
}

const SETTING =
    /new Setting\(\s*"([a-z0-9-]+)",\s*"([^"]*)",\s*(-?\d+),\s*(-?\d+),\s*(-?\d+)\s*\)\s*(?:\/\/ *(.*))?/g
const HEAP = /@devsHeap (\d+) KB/

/** @param source text of a program @returns its settings, in its order */
export function declaredSettings(source: string): DeclaredSetting[] {
    return [...source.matchAll(SETTING)].map(([, key, unit, value, min, max, text]) => ({
        key,
        unit,
        value: Number(value),
        min: Number(min),
        max: Number(max),
        text: (text ?? "").trim(),
    }))
}

/** @param file of a program @returns heap that it needs, B: 0 when it does not say so */
export function neededHeapBytes(file: string): number {
    const found = HEAP.exec(readFileSync(ownOrToolkit(file), "utf8"))
    return found === null ? 0 : 1024 * Number(found[1])
}
