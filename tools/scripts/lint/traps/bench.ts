/**
 * Puts pieces of device code before the three that judge them: the project's
 * own lint configuration, the DeviceScript compiler and the virtual machine.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { ESLint } from "eslint"
import ts from "typescript"
import { CompileError, PROJECT_ROOT, compile } from "../../../../sim/program/compile.js"
import { World } from "../../../../sim/world/world.js"
import { unpackDeviceTypes } from "../../../project/device-types.js"

/** Where the pieces pretend to lie: a folder of device code. */
const FOLDER = "src/station/traps"

/** What lint says of a piece. */
export interface Finding {
    readonly rule: string
    readonly message: string
}

/** Piece → what lint says of it. */
export type Findings = ReadonlyMap<string, readonly Finding[]>

/** Lints modules that exist in memory only, with the types of the board. */
export async function lintForBoard(modules: ReadonlyMap<string, string>): Promise<Findings> {
    unpackDeviceTypes()
    const paths = new Map<string, string>()
    for (const [i, name] of [...modules.keys()].entries())
        paths.set(path.join(PROJECT_ROOT, FOLDER, `piece${i}.ts`), name)
    const program = programOf(new Map([...paths].map(([file, name]) => [file, modules.get(name)])))
    const eslint = new ESLint({
        cwd: PROJECT_ROOT,
        overrideConfig: {
            files: [`${FOLDER}/*.ts`],
            languageOptions: { parserOptions: { programs: [program], project: null } },
        },
    })
    const findings = new Map<string, Finding[]>()
    for (const [filePath, name] of paths) {
        const [result] = await eslint.lintText(modules.get(name) ?? "", { filePath })
        findings.set(
            name,
            result.messages.map(({ ruleId, message }) => ({ rule: ruleId ?? "parser", message }))
        )
    }
    return findings
}

function programOf(texts: ReadonlyMap<string, string | undefined>): ts.Program {
    const config = ts.getParsedCommandLineOfConfigFile(
        path.join(PROJECT_ROOT, "tsconfig.device.json"),
        {},
        { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail }
    )
    if (config === undefined) throw new Error("tsconfig.device.json cannot be read")
    const host = ts.createCompilerHost(config.options, true)
    const readFile = host.readFile.bind(host)
    host.readFile = file => texts.get(path.normalize(file)) ?? readFile(file)
    const libraries = config.fileNames.filter(file => file.endsWith(".d.ts"))
    return ts.createProgram([...libraries, ...texts.keys()], config.options, host)
}

function fail(diagnostic: ts.Diagnostic): never {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"))
}

/**
 * Compiles modules, as many at a time as the compiler can tell apart: an error
 * in its own assertions ends a run, and some errors name no file.
 *
 * @returns the names of those that it refused
 */
export function refusedByCompiler(modules: ReadonlyMap<string, string>): Set<string> {
    const root = mkdtempSync(path.join(tmpdir(), "suitcase-traps-"))
    try {
        writeFileSync(path.join(root, "package.json"), '{ "version": "0.0.0" }')
        const names = [...modules.keys()]
        for (const [i, text] of [...modules.values()].entries())
            writeFileSync(path.join(root, `piece${i}.ts`), `${text}\nexport {}\n`)
        const refused = new Set<number>()
        for (;;) {
            const left = names.map((_, i) => i).filter(i => !refused.has(i))
            let found = refusedAmong(root, left)
            if (found.length === 0) found = left.flatMap(i => refusedAmong(root, [i]))
            if (found.length === 0) return new Set([...refused].map(i => names[i]))
            for (const i of found) refused.add(i)
        }
    } finally {
        rmSync(root, { recursive: true })
    }
}

/** @returns the pieces that the compiler's messages name; a single one needs no name */
function refusedAmong(root: string, pieces: readonly number[]): number[] {
    const main = pieces.map(i => `import "./piece${i}"`).join("\n")
    writeFileSync(path.join(root, "main.ts"), main)
    try {
        compile("main.ts", { root })
        return []
    } catch (e) {
        if (!(e instanceof CompileError)) throw e
        if (pieces.length === 1) return [...pieces]
        return [...e.message.matchAll(/piece(\d+)\.ts\(\d+,\d+\): error/g)].map(match =>
            Number(match[1])
        )
    }
}

/** Runs a program in the virtual machine. @returns what it prints after "=" */
export async function printedOnBoard(source: string): Promise<string[]> {
    const world = new World()
    const program = compile("devs/trap.ts", {
        source: `${source}\nconsole.log("end")\nexport {}\n`,
    })
    const node = world.addNode({ program })
    const lines: string[] = []
    let ended = false
    node.onConsole = line => {
        if (line.startsWith("=")) lines.push(line.slice(1))
        if (line === "end") ended = true
    }
    await world.runUntil(() => ended, 60_000)
    return lines
}
