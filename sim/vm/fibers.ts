/** Fibers of a running program, read from the VM's memory. */
import { ACTIVATION, CONTEXT, FIBER, FUNCTION, IMAGE, MANAGER, VAR } from "./layout.js"

/** A place in the bytecode: a function and what was run of it, B. */
export interface CodePlace {
    readonly fn: number
    readonly pc: number
}

/** @returns the address of the running program's context, 0 when there is none */
export function contextOf(words: Uint32Array): number {
    return words[(words[VAR.manager >> 2] + MANAGER.context) >> 2]
}

/**
 * Where fibers wait whose time has come although they do not run: the innermost call of each.
 * @param aheadMs N ms after the runtime last looked at its clock
 */
export function overdue(memory: Uint8Array, aheadMs: number): CodePlace[] {
    const words = new Uint32Array(memory.buffer, 0, memory.byteLength >> 2)
    const word = (at: number) => words[at >> 2]
    const context = contextOf(words)
    if (context === 0) return []
    const nowMs = word(context + CONTEXT.nowMsLong) + aheadMs
    const image = word(context + CONTEXT.image)
    const functions = image + word(image + IMAGE.functions)
    const found: CodePlace[] = []
    for (let f = word(context + CONTEXT.fibers); f !== 0; f = word(f + FIBER.next)) {
        const wake = word(f + FIBER.wakeTime)
        const activation = word(f + FIBER.activation)
        if (wake === 0 || wake > nowMs || activation === 0) continue
        const described = word(activation + ACTIVATION.function)
        const pc = word(activation + ACTIVATION.pc) & 0xffff
        found.push({
            fn: (described - functions) / FUNCTION.bytes,
            pc: pc - word(described + FUNCTION.start),
        })
    }
    return found
}
