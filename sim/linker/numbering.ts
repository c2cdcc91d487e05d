/**
 * The last choices before the code is written: which texts, numbers and
 * functions get the indexes of one byte.
 */
import { type LinkFunction, type Text, walkBody } from "./ir.js"
import { viewOf } from "./image.js"
import { DIRECT_MAX, DIRECT_MIN, Op, refersToFunction, refersToText } from "./opcodes.js"
import { numberWidth } from "./lower.js"
import { type TextTables } from "./texts.js"

/** Indexes that take one byte. */
const SHORT_INDEXES = 0xf8
/** A number of the table takes an instruction and a short index. */
const TABLE_WIDTH = 1

function countUses<T>(
    functions: readonly LinkFunction[],
    used: (node: Parameters<Parameters<typeof walkBody>[1]>[0]) => T | undefined
) {
    const counts = new Map<T, number>()
    for (const fn of functions)
        walkBody(fn, node => {
            const what = used(node)
            if (what !== undefined) counts.set(what, (counts.get(what) ?? 0) + 1)
        })
    return counts
}

/** @returns the functions with those most often named first; the main function stays first */
export function orderFunctions(functions: readonly LinkFunction[]): LinkFunction[] {
    const [main, ...others] = functions
    const uses = countUses(functions, node =>
        refersToFunction(node.op) ? (node.ref as LinkFunction) : undefined
    )
    others.sort((a, b) => (uses.get(b) ?? 0) - (uses.get(a) ?? 0) || a.index - b.index)
    return [main, ...others]
}

/**
 * @param kept texts that something other than code refers to
 * @returns the texts that are in use. The commonest have the short indexes of the
 * ASCII table, the next ones those of the other table, in which any text may stand.
 */
export function orderTexts(
    functions: readonly LinkFunction[],
    kept: ReadonlySet<Text>
): TextTables {
    const uses = countUses(functions, node =>
        refersToText(node.op) ? (node.ref as Text) : undefined
    )
    const count = (text: Text) => uses.get(text) ?? 0
    const inUse = [...new Set([...uses.keys(), ...kept])].sort((a, b) => count(b) - count(a))
    const wide = inUse.filter(text => text.isWide)
    const ascii: Text[] = []
    for (const text of inUse.filter(t => !t.isWide)) {
        const isCrowded = ascii.length >= SHORT_INDEXES && wide.length < SHORT_INDEXES
        if (isCrowded && count(text) > 0) wide.push(text)
        else ascii.push(text)
    }
    return { ascii, wide }
}

/** Integers for the table of numbers: all whose own form is longer than an index. */
export function tableIntegers(
    functions: readonly LinkFunction[],
    tableLength: number
): Map<number, number> {
    const uses = countUses(functions, ({ op, num }) =>
        op === Op.LITERAL && (num < DIRECT_MIN || num > DIRECT_MAX) ? num : undefined
    )
    const integers = new Map<number, number>()
    const candidates = [...uses].filter(([value]) => numberWidth(value) > TABLE_WIDTH)
    candidates.sort(([, a], [, b]) => b - a)
    for (const [value] of candidates) {
        const index = tableLength + integers.size
        if (index >= SHORT_INDEXES) break
        integers.set(value, index)
    }
    return integers
}

/**
 * Numbers the constant buffers that are in use anew.
 * @returns those buffers
 */
export function keepUsedBuffers(
    functions: readonly LinkFunction[],
    buffers: readonly Uint8Array[]
): Uint8Array[] {
    const numbers = new Map<number, number>()
    for (const fn of functions)
        walkBody(fn, node => {
            if (node.op !== Op.STATIC_BUFFER) return
            let number = numbers.get(node.num)
            if (number === undefined) numbers.set(node.num, (number = numbers.size))
            node.num = number
        })
    return [...numbers.keys()].map(old => buffers[old])
}

/** An integer as the VM keeps it in its table of numbers. */
export function tableEntry(value: number): Uint8Array {
    const entry = new Uint8Array(8)
    const view = viewOf(entry)
    view.setInt32(0, value, true)
    view.setInt32(4, -1, true)
    return entry
}
