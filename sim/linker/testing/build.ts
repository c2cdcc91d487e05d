/** Functions put together by hand, for tests of single passes. */
import {
    makeNode,
    type LinkFunction,
    type Node,
    type Place,
    type Statement,
    type Text,
} from "../ir.js"
import { Op } from "../opcodes.js"

export const PLACE: Place = { position: 0, length: 0 }

export const lit = (value: number): Node => makeNode(Op.LITERAL, PLACE, [], value)
export const local = (slot: number): Node => makeNode(Op.LOAD_LOCAL, PLACE, [], slot)
export const global = (index: number): Node => makeNode(Op.LOAD_GLOBAL, PLACE, [], index)
export const result = (): Node => makeNode(Op.RET_VAL, PLACE)
export const op = (code: number, ...args: Node[]): Node => makeNode(code, PLACE, args)
export const add = (a: Node, b: Node): Node => op(Op.ADD, a, b)
export const sub = (a: Node, b: Node): Node => op(Op.SUB, a, b)
export const lt = (a: Node, b: Node): Node => op(Op.LT, a, b)
export const not = (a: Node): Node => op(Op.NOT, a)

const texts = new Map<string, Text>()

export function text(value: string): Text {
    let known = texts.get(value)
    if (known === undefined) texts.set(value, (known = { text: value, isWide: false }))
    return known
}

export function field(object: Node, name: string): Node {
    return { ...makeNode(Op.ASCII_FIELD, PLACE, [object]), ref: text(name) }
}

export function functionRef(fn: LinkFunction): Node {
    return { ...makeNode(Op.STATIC_FUNCTION, PLACE), ref: fn }
}

export const store = (slot: number, value: Node): Statement =>
    makeNode(Op.STORE_LOCAL, PLACE, [value], slot)
export const storeGlobal = (index: number, value: Node): Statement =>
    makeNode(Op.STORE_GLOBAL, PLACE, [value], index)
export const storeResult = (value: Node): Statement => makeNode(Op.STORE_RET_VAL, PLACE, [value])
export const ret = (value: Node): Statement => makeNode(Op.RETURN, PLACE, [value])
export const call = (callee: Node, ...args: Node[]): Statement =>
    makeNode(Op.CALL0 + args.length, PLACE, [callee, ...args])
export const set = (object: Node, key: string, value: Node): Statement =>
    makeNode(Op.INDEX_SET, PLACE, [
        object,
        { ...makeNode(Op.STATIC_ASCII_STRING, PLACE), ref: text(key) },
        value,
    ])
/** Jumps get their targets when the body is put together: `to` is a label. */
export const jump = (to: string): Labelled => ({ ...makeNode(Op.JMP, PLACE), to })
export const unless = (condition: Node, to: string): Labelled => ({
    ...makeNode(Op.JMP_Z, PLACE, [condition]),
    to,
})
export const tryUntil = (to: string): Labelled => ({ ...makeNode(Op.TRY, PLACE), to })
export const throwJump = (to: string): Labelled => ({
    ...makeNode(Op.THROW_JMP, PLACE, [lit(1)]),
    to,
})
export const endTry = (to: string): Labelled => ({ ...makeNode(Op.END_TRY, PLACE), to })
export const statement = (code: number, ...args: Node[]): Statement => makeNode(code, PLACE, args)

type Labelled = Statement & { to?: string }

/**
 * @param parameters how many slots are parameters
 * @param parts statements, each with a label of its own where a text stands before it
 */
export function fn(parameters: number, ...parts: readonly (Labelled | string)[]): LinkFunction {
    const labels = new Map<string, Statement>()
    const body: Labelled[] = []
    let waiting: string[] = []
    for (const part of parts) {
        if (typeof part === "string") {
            waiting.push(part)
            continue
        }
        for (const label of waiting) labels.set(label, part)
        waiting = []
        body.push(part)
    }
    for (const part of body) {
        if (part.to === undefined) continue
        const target = labels.get(part.to)
        if (target === undefined) throw new RangeError(`no label ${part.to}`)
        part.target = target
        delete part.to
    }
    return {
        name: "test",
        index: 0,
        nameRef: 0,
        slots: 16,
        parameters,
        flags: 0,
        tryFrames: body.some(({ op: code }) => code === Op.TRY) ? 1 : 0,
        body,
        place: PLACE,
    }
}
