/**
 * The linker: makes a compiled program shorter without changing what it does.
 * docs/linker.md explains the passes and why they are sound.
 */
import type { LinkReport, Program } from "../program/program.js"
import { assemble, type Layout } from "./assemble.js"
import { checkImage, codeEnd } from "./check.js"
import { ClassTable } from "./class-table.js"
import { capturedSlots } from "./flow.js"
import { readImage, viewOf } from "./image.js"
import { Inference, type OpenUse } from "./inference.js"
import { LinkError, type LinkFunction, type Text } from "./ir.js"
import { lift, type LiftedProgram } from "./lift.js"
import { OutsideNames, type BuiltinTexts } from "./names.js"
import {
    keepUsedBuffers,
    orderFunctions,
    orderTexts,
    tableEntry,
    tableIntegers,
} from "./numbering.js"
import { answerForBoard, tellBoard } from "./passes/board.js"
import { dropInheritance, unmakeConstructors } from "./passes/bases.js"
import { keepPrototypes } from "./passes/class-locals.js"
import { removeDead } from "./passes/dead.js"
import { callDirectly } from "./passes/direct-calls.js"
import { mergeDuplicates } from "./passes/duplicates.js"
import { inlineCalls } from "./passes/inline.js"
import { decideNothing } from "./passes/nothing.js"
import { dropParameters } from "./passes/parameters.js"
import { makePlainObjects } from "./passes/plain-objects.js"
import { shareSlots } from "./passes/slots.js"
import { splitSlots } from "./passes/split.js"
import { removeUnreachable } from "./passes/unreachable.js"
import { dropUnreadGlobals } from "./passes/unread.js"
import { nameOffsets } from "./services.js"
import { compact, simplify } from "./simplify.js"
import { textOf } from "./texts.js"

/** Where a program runs: on a board, without what the simulator needs, or in either. */
export type LinkTarget = "board" | "simulator"

export interface LinkOptions {
    readonly target: LinkTarget
    /** Heap that programs have there, B. */
    readonly heapBytes: number
    /** GPIO that the scheduler's beat takes there; undefined: the board needs none. */
    readonly beatPin: number | undefined
}

/**
 * @param program as the compiler made it
 * @param builtins the texts that every VM has
 * @returns the program as it goes into a VM
 * @throws LinkError when the program is not understood, or comes out wrong
 */
export function link(program: Program, builtins: BuiltinTexts, options: LinkOptions): Program {
    if (program.linked !== undefined) throw new LinkError(`${program.name} is linked already`)
    const lifted = lift(readImage(program.bytecode), program.debug)
    checkRoundTrip(program, lifted)
    tellBoard(lifted.functions, options.heapBytes, options.beatPin)
    if (options.target === "board") answerForBoard(lifted.functions, builtins)
    const openUses = new Linking(lifted, builtins).run()
    const layout = newLayout(lifted)
    const written = assemble(lifted, layout, program.debug)
    checkImage(written, layout, lifted.buffers)
    const linked: LinkReport = {
        compiledBytes: program.bytecode.length,
        compiledCodeEnd: codeEnd(program.bytecode),
        compiledFunctions: program.debug.functions.length,
        computedNames: openUses.map(({ node, from }) => ({
            function: from.name,
            position: node.place.position,
        })),
    }
    return { name: program.name, ...written, linked }
}

/** Without any pass, the image must come out as it went in. */
function checkRoundTrip({ name, bytecode, debug }: Program, lifted: LiftedProgram): void {
    const { functions, texts, numbers } = lifted
    const layout = { functions, texts, numbers, integers: new Map(), keepsWidths: true }
    if (Buffer.compare(assemble(lifted, layout, debug).bytecode, bytecode) !== 0)
        throw new LinkError(`${name}: an image without changes comes out different`)
}

/** The passes, in their order. */
class Linking {
    private readonly outside: OutsideNames
    private readonly classes: ClassTable | undefined
    private readonly main: LinkFunction

    constructor(
        private readonly program: LiftedProgram,
        private readonly builtins: BuiltinTexts
    ) {
        this.outside = new OutsideNames(program.image, program.texts, builtins)
        this.classes = ClassTable.of(program.functions, builtins)
        ;[this.main] = program.functions
    }

    /** @returns accesses through computed names, because of which methods were kept */
    run(): readonly OpenUse[] {
        const { program, classes, main } = this
        // First without trusting names: computed ones are not found yet.
        this.dropDead(true)
        this.forEach(removeUnreachable)
        dropUnreadGlobals(program.functions)
        this.forEach(splitSlots)
        this.forEach(simplify)
        const inference = this.dropNothing()
        const openUses = callDirectly(program.functions, classes, this.outside, inference)
        this.dropDead(openUses.length > 0)
        if (classes !== undefined) dropInheritance(program.functions, classes)
        unmakeConstructors(program.functions)
        if (openUses.length === 0) makePlainObjects(program.functions, this.builtins)
        this.dropArguments()
        this.forEach(shareSlots)
        const fixed = new Set(classes === undefined ? [main] : [main, classes.table])
        program.functions = inlineCalls(program.functions, fixed)
        if (classes !== undefined) keepPrototypes(classes.table)
        this.forEach(splitSlots)
        this.forEach(simplify)
        this.forEach(compact)
        this.forEach(shareSlots)
        this.forEach(simplify)
        program.functions = mergeDuplicates(program.functions, main)
        program.buffers = keepUsedBuffers(program.functions, program.buffers)
        return openUses
    }

    /**
     * What can only be undefined goes, until that shows no more of it.
     *
     * @returns what everything that is left can hold
     */
    private dropNothing(): Inference {
        const { program, classes, outside } = this
        for (;;) {
            const { functions } = program
            const inference = new Inference(functions, classes, outside)
            if (!decideNothing(functions, classes, inference, capturedSlots(functions)))
                return inference
            this.forEach(simplify)
            this.dropDead(false)
        }
    }

    private dropArguments(): void {
        for (;;) {
            const captured = capturedSlots(this.program.functions)
            const changed = dropParameters(this.program.functions, captured)
            if (changed.size === 0) return
            for (const fn of changed) simplify(fn, captured.get(fn) ?? new Set())
        }
    }

    private dropDead(keepsAllNames: boolean): void {
        const { program, classes, outside } = this
        program.functions = removeDead(program.functions, classes, outside, keepsAllNames)
    }

    private forEach(pass: (fn: LinkFunction, captured: ReadonlySet<number>) => void): void {
        const captured = capturedSlots(this.program.functions)
        for (const fn of this.program.functions) pass(fn, captured.get(fn) ?? new Set())
    }
}

function newLayout(program: LiftedProgram): Layout {
    const functions = orderFunctions(program.functions)
    const integers = tableIntegers(functions, program.numbers.length)
    return {
        functions,
        texts: orderTexts(functions, keptTexts(program)),
        numbers: [...program.numbers, ...[...integers.keys()].map(tableEntry)],
        integers,
        keepsWidths: false,
    }
}

/** Texts that name functions and services. */
function keptTexts({ functions, image, texts }: LiftedProgram): Set<Text> {
    const kept = new Set<Text>()
    const keep = (text: Text | number) => {
        if (typeof text !== "number") kept.add(text)
    }
    for (const { nameRef } of functions) keep(nameRef)
    const view = viewOf(image.sections.services)
    for (const at of nameOffsets(image)) keep(textOf(texts, view.getUint16(at, true)))
    return kept
}
