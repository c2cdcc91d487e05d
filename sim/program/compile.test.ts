import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { PROJECT_ROOT, compile } from "./compile.js"
import { positionMarks } from "./program.js"

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
    for (const folder of [root, `${root}-copy`]) rmSync(folder, { recursive: true, force: true })
})

function write(file: string, text: string): void {
    writeFileSync(path.join(root, file), text)
}

/** Hash of the bytecode and of its places in the sources. */
function programOf(source: string): string {
    const { bytecode, debug } = compile("main.ts", { root, source, linked: false })
    return createHash("sha256").update(bytecode).update(JSON.stringify(debug)).digest("hex")
}

/** Compiled in a process that has compiled nothing before, in a folder of which nothing is kept. */
function freshProgramOf(source: string): string {
    const copy = `${root}-copy`
    rmSync(copy, { recursive: true, force: true })
    cpSync(root, copy, { recursive: true })
    const compiler = pathToFileURL(path.join(PROJECT_ROOT, "sim/program/compile.ts")).href
    const options = JSON.stringify({ root: copy, source, linked: false })
    const script =
        'import { createHash } from "node:crypto"\n' +
        `const { compile } = await import(${JSON.stringify(compiler)})\n` +
        `const { bytecode, debug } = compile("main.ts", ${options})\n` +
        'const hash = createHash("sha256").update(bytecode).update(JSON.stringify(debug))\n' +
        'console.log(hash.digest("hex"))'
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
            'import { Counter } from "./library"\nimport { NEXT } from "./next"\n' +
            "const counter = new Counter()\nconsole.log(NEXT, counter.n)\n"
        write("library.ts", library)
        write("next.ts", 'import { STEP } from "./library"\nexport const NEXT = STEP + 1\n')
        compile("devs/elsewhere.ts", { source: `console.log("${root}")\n`, linked: false })
        const before = programOf(main)
        programOf(`import { STEP } from "./library"\nconst counter = STEP\nconsole.log(counter)\n`)
        write("library.ts", library.replace("5", "7"))
        const changed = programOf(main)
        const freshlyChanged = freshProgramOf(main)
        write("library.ts", library)
        const after = programOf(main)

        expect(after).toBe(before)
        expect(changed).toBe(freshlyChanged)
        expect(changed).not.toBe(before)
        expect(freshProgramOf(main)).toBe(before)
    })

    it("finds the error in a file that is as it was, when one that it sees by way of others has changed", () => {
        write("length.ts", "export function length(m: number): number { return m * 1000 }\n")
        write("between.ts", 'export { length } from "./length"\n')
        write("user.ts", 'import { length } from "./between"\nexport const MM = length(2)\n')
        const main = 'import { MM } from "./user"\nconsole.log(MM)\n'
        const sound = programOf(main)

        write("length.ts", "export function length(text: string): number { return text.length }\n")
        expect(() => programOf(main)).toThrow(/user\.ts.*'number' is not assignable.*'string'/s)
        expect(() => programOf(`${main}\n`), "again").toThrow(/user\.ts/)

        write("length.ts", "export function length(m: number): number { return m * 1000 }\n")
        expect(programOf(main)).toBe(sound)
    })

    it("names each promise that nobody awaits, whatever it is a part of", () => {
        const uses = [
            ...["later()", "[later()]", "({ a: later() })", "`${later()}`"],
            ...["!later()", "later() === undefined", "maybe ?? later()", "maybe || later()"],
            ...["(0, later())", "(maybe = later())", "maybe ? later() : 0", "later() as any"],
        ]
        const lines = [
            "async function later(): Promise<number> { return 1 }",
            "let maybe: any",
            ...uses.map(use => `console.log(typeof ${use})`),
        ]
        let text = ""
        try {
            programOf(lines.join("\n"))
        } catch (e) {
            text = (e as Error).message
        }
        const found = [...text.matchAll(/\((\d+),\d+\).*'await' missing/g)].map(([, n]) => +n - 3)
        expect(
            uses.filter((_, i) => !found.includes(i)),
            text
        ).toEqual([])
    })

    it("knows the files of a linked program whose code is that of an earlier one, with other comments", () => {
        write("twice.ts", "export function twice(n: number): number {\n    return n + n\n}\n")
        const main = 'import { twice } from "./twice"\nconsole.log(twice(twice(3)))\n'
        const files = (source: string) =>
            positionMarks(compile("main.ts", { root, source }).debug).map(({ file }) => file)
        const before = files(main)
        expect(new Set(before)).toContain("twice.ts")
        expect(files(`// ${"-".repeat(500)}\n${main}`)).toEqual(before)
    })
})
