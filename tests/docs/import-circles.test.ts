/** Who imports whom, taken from the files themselves; lint holds the directions between folders. */
import { readFileSync } from "node:fs"
import path from "node:path"
import ts from "typescript"
import { describe, expect, it } from "vitest"
import { projectFiles } from "../support/project-files.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

type Imports = ReadonlyMap<string, readonly string[]>

/** The project's files that a file imports, types among them. */
function importsOf(file: string, text: string): string[] {
    return ts
        .preProcessFile(text)
        .importedFiles.map(({ fileName }) => fileName)
        .filter(name => name.startsWith("."))
        .map(name => path.posix.join(path.posix.dirname(file), name).replace(/\.js$/, ".ts"))
}

function projectImports(): Imports {
    const files = projectFiles(/^(?:bench|devs|sim|src|tests|tools)\/.*\.ts$/)
    return new Map(
        files.map(file => [
            file,
            importsOf(file, readFileSync(path.join(PROJECT_ROOT, file), "utf8")),
        ])
    )
}

/** One way around for each circle met, each file in one of them at most. */
function circles(imports: Imports): string[][] {
    const found: string[][] = []
    const done = new Set<string>()
    const trail: string[] = []
    const visit = (file: string): void => {
        const start = trail.indexOf(file)
        if (start >= 0) found.push([...trail.slice(start), file])
        if (start >= 0 || done.has(file)) return
        trail.push(file)
        for (const other of imports.get(file) ?? []) visit(other)
        trail.pop()
        done.add(file)
    }
    for (const file of imports.keys()) visit(file)
    return found
}

describe("imports", () => {
    it("do not go in circles, not for types either", () => {
        expect(circles(projectImports()).map(way => way.join(" → "))).toEqual([])
    })

    it("are found in circles of any length", () => {
        const imports = new Map([
            ["a.ts", ["b.ts", "d.ts"]],
            ["b.ts", ["c.ts"]],
            ["c.ts", ["a.ts"]],
            ["d.ts", ["d.ts"]],
        ])
        expect(circles(imports)).toEqual([
            ["a.ts", "b.ts", "c.ts", "a.ts"],
            ["d.ts", "d.ts"],
        ])
        expect(
            importsOf(
                "sim/net/link.ts",
                'import { type Vm } from "../vm/vm.js"\nexport * from "./air.js"\nimport "node:net"'
            )
        ).toEqual(["sim/vm/vm.ts", "sim/net/air.ts"])
    })
})
