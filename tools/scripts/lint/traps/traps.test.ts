/**
 * The rules for device code are right when they say no to what fails, and only
 * to that. So each piece goes to lint and to the compiler or the machine.
 */
import vm from "node:vm"
import ts from "typescript"
import { beforeAll, describe, expect, it, vi } from "vitest"
import { IS_WHOLE } from "../../../../tests/runner/whole.js"
import { DEVICE_SYNTAX } from "../device-syntax.js"
import { ALLOWED, ALLOWED_OUTPUT } from "./allowed.js"
import { lintForBoard, printedOnBoard, refusedByCompiler, type Findings } from "./bench.js"
import { REFUSED, TYPE_ERRORS } from "./refused.js"
import { ARGUMENTS, DISCOURAGED, PARAMETERS, SILENT, type SilentTrap } from "./silent.js"

const refused = Object.entries(REFUSED)
const silent = Object.entries(SILENT)
const discouraged = Object.entries(DISCOURAGED)

/** @param name of the function, which the board has once for each trap */
function silentModule(trap: SilentTrap, name = "trap"): string {
    return `${trap.top ?? ""}\nfunction ${name}(${PARAMETERS}): string {\n${trap.body}\n}\n`
}

let findings: Findings

function rulesFor(name: string): string[] | undefined {
    return findings.get(name)?.map(finding => finding.rule)
}

beforeAll(async () => {
    findings = await lintForBoard(
        new Map([
            ...[...refused, ...discouraged].map(([name, { code }]) => [name, code] as const),
            ...silent.map(
                ([name, trap]) => [name, `${silentModule(trap)}export { trap }`] as const
            ),
            ["allowed", ALLOWED],
        ])
    )
})

describe("what the compiler refuses", () => {
    it.each(refused)("%s: is reported in the editor", (name, { rule }) => {
        expect(rulesFor(name)).toContain(rule)
    })

    // One compilation each: left to .ci/run. The compiler is a pinned version.
    if (IS_WHOLE)
        it("is refused, every piece, by the compiler itself", { timeout: 600_000 }, () => {
            // The compiler prints the stack of its own failed assertions.
            const silenced = vi.spyOn(console, "error").mockImplementation(() => undefined)
            const modules = new Map([
                ...refused.map(([name, { code }]) => [name, code] as const),
                ...Object.entries(TYPE_ERRORS),
            ])
            expect([...refusedByCompiler(modules)].sort()).toEqual([...modules.keys()].sort())
            silenced.mockRestore()
        })
})

describe("what compiles and gives another result on the board", () => {
    it.each(silent)("%s: is reported in the editor", (name, { rule }) => {
        expect(rulesFor(name)).toContain(rule)
    })

    it("gives what the table says on the board", async () => {
        const functions = silent.map(([, trap], i) => silentModule(trap, `trap${i}`))
        const calls = silent.map((_, i) => `console.log("=" + trap${i}(${ARGUMENTS}))`)
        const lines = await printedOnBoard([...functions, ...calls].join("\n"))
        expect(lines).toEqual(silent.map(([, { board }]) => board))
    })

    it.each(silent)("%s: gives what the table says in Node", (_, trap) => {
        const { outputText } = ts.transpileModule(silentModule(trap), {})
        expect(vm.runInNewContext(`${outputText}; trap(${ARGUMENTS})`, { Buffer })).toBe(trap.node)
    })
})

describe("what has a better form", () => {
    it.each(discouraged)("%s: is reported in the editor", (name, { rule }) => {
        expect(rulesFor(name)).toContain(rule)
    })
})

describe("the list of syntax", () => {
    it("has no entry without a trap that needs it", () => {
        const messages = new Set([...findings.values()].flat().map(finding => finding.message))
        const idle = DEVICE_SYNTAX.filter(entry => !messages.has(entry.message))
        expect(idle.map(entry => entry.selector)).toEqual([])
    })
})

describe("device code as it should be", () => {
    it("passes all rules", () => {
        expect(findings.get("allowed")).toEqual([])
    })

    it("compiles and runs on the board", async () => {
        expect(await printedOnBoard(ALLOWED)).toEqual(ALLOWED_OUTPUT)
    })
})
