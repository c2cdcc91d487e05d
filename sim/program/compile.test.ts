import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { PROJECT_ROOT, compile } from "./compile.js"

const SOURCE = `
import { sleep } from "@devicescript/core"
import { digest } from "@devicescript/crypto"
import { i2c } from "@devicescript/i2c"
import { connect } from "@devicescript/net"
import { readSetting } from "@devicescript/settings"

console.log(typeof sleep, typeof digest, typeof i2c, typeof connect, typeof readSetting)
`

let root = ""

beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "suitcase-compile-"))
    write("package.json", '{ "version": "1.0.0" }')
})

afterEach(() => {
    rmSync(root, { recursive: true })
})

function write(file: string, text: string): void {
    writeFileSync(path.join(root, file), text)
}

function bytecodeOf(source: string): string {
    return Buffer.from(compile("main.ts", { root, source, linked: false }).bytecode).toString("hex")
}

/** Compiled in a process that has compiled nothing before. */
function freshBytecodeOf(source: string): string {
    write("main.ts", source)
    const compiler = pathToFileURL(path.join(PROJECT_ROOT, "sim/program/compile.ts")).href
    const script =
        `const { compile } = await import(${JSON.stringify(compiler)})\n` +
        `const options = { root: ${JSON.stringify(root)}, linked: false, source: ` +
        `${JSON.stringify(source)} + "\\n" }\n` +
        'console.log(Buffer.from(compile("main.ts", options).bytecode).toString("hex"))'
    return execFileSync(
        process.execPath,
        ["--import", "tsx", "--input-type=module", "-e", script],
        {
            cwd: PROJECT_ROOT,
            encoding: "utf8",
        }
    ).trim()
}

describe("the compiler", () => {
    it("has the board's packages in a folder that has none of them unpacked", () => {
        expect(compile("main.ts", { root, source: SOURCE }).bytecode.length).toBeGreaterThan(1000)
    })

    // One process compiles many programs, which share the syntax trees of what they have in common.
    it("makes the same program whatever it has compiled before", () => {
        const library = "export const STEP = 5\nexport class Counter { n = STEP }\n"
        const main =
            'import { Counter, STEP } from "./library"\n' +
            "const NEXT = STEP + 1\nconst counter = new Counter()\nconsole.log(NEXT, counter.n)\n"
        write("library.ts", library)
        compile("devs/elsewhere.ts", { source: "console.log(1)\n", linked: false })
        const before = bytecodeOf(main)
        bytecodeOf(`import { STEP } from "./library"\nconst counter = STEP\nconsole.log(counter)\n`)
        write("library.ts", library.replace("5", "7"))
        const changed = bytecodeOf(main)
        const freshlyChanged = freshBytecodeOf(main)
        write("library.ts", library)
        const after = bytecodeOf(`${main}\n`)

        expect(after).toBe(before)
        expect(changed).toBe(freshlyChanged)
        expect(changed).not.toBe(before)
        expect(freshBytecodeOf(main)).toBe(before)
    })

    it("finds the error in a file that is as it was, when one that it sees by way of others has changed", () => {
        write("length.ts", "export function length(m: number): number { return m * 1000 }\n")
        write("between.ts", 'export { length } from "./length"\n')
        write("user.ts", 'import { length } from "./between"\nexport const MM = length(2)\n')
        const main = 'import { MM } from "./user"\nconsole.log(MM)\n'
        const sound = bytecodeOf(main)

        write("length.ts", "export function length(text: string): number { return text.length }\n")
        expect(() => bytecodeOf(main)).toThrow(/user\.ts.*'number' is not assignable.*'string'/s)
        expect(() => bytecodeOf(`${main}\n`), "again").toThrow(/user\.ts/)

        write("length.ts", "export function length(m: number): number { return m * 1000 }\n")
        expect(bytecodeOf(`${main}\n\n`)).toBe(sound)
    })
})
