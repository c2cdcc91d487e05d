/** `suitcase init`, and the toolkit as a package in the folder that it makes: packed by npm, nothing fetched. */
import {
    mkdirSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs"
import { builtinModules } from "node:module"
import os from "node:os"
import path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/project.js"
import { IS_WHOLE } from "../runner/whole.js"
import { run as command } from "../../tools/cli/cli.js"
import { install, run, suitcaseIn } from "../support/city-folder.js"
import { fakeTerminal } from "../support/fake-terminal.js"

const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-city-"))
const city = path.join(folder, "vores-sensorer")
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const DRIVER =
    "LPS22HB --maker ST --family registers --address 0x5c --channel pressure:Pa:1:26000..126000"

async function init(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await command(["init", ...words], terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

beforeAll(async () => {
    const { code, err } = await init(city, "--language", "da")
    expect(err).toBe("")
    expect(code).toBe(0)
    install(city, ["vitest"])
}, 120_000)

describe("the toolkit as a package", () => {
    const packed = () => filesIn(path.join(city, "node_modules", "suitcase"))

    it("has no tests, no secrets and nothing of the lint rules in it", () => {
        const files = packed()
        expect(files.filter(file => file.endsWith(".test.ts"))).toEqual([])
        expect(
            files.filter(file => /(?:^|\/)\.env|\/lint\/|\/codec\/train|node_modules/.test(file))
        ).toEqual([])
        for (const file of [
            "sim/traces/scd30-room.csv",
            "boards/suitcase_xiao_c3.board.json",
            "LICENSE",
            "README.md",
        ])
            expect(files).toContain(file)
        const bytes = statSync(
            path.join(city, "vendor", readdirSync(path.join(city, "vendor"))[0])
        ).size
        expect(bytes, "B packed").toBeLessThan(2_100_000)
    })

    it("depends on what it imports", () => {
        const root = path.join(city, "node_modules", "suitcase")
        const { dependencies, peerDependencies } = JSON.parse(
            readFileSync(path.join(root, "package.json"), "utf8")
        ) as Record<"dependencies" | "peerDependencies", Record<string, string>>
        const known = new Set([
            ...Object.keys(dependencies),
            ...Object.keys(peerDependencies),
            ...builtinModules,
            "suitcase",
        ])
        const missing = packed()
            .filter(file => /\.m?[jt]s$/.test(file) && !/^(?:src|devs)\//.test(file))
            .flatMap(file =>
                importsOf(readFileSync(path.join(root, file), "utf8")).map(name => ({ file, name }))
            )
            .filter(({ name }) => !known.has(name))
        expect(missing).toEqual([])
    })

    it("says what to run when npm has not installed what it depends on", () => {
        const bare = path.join(folder, "bare")
        mkdirSync(path.join(bare, "node_modules"), { recursive: true })
        writeFileSync(path.join(bare, "package.json"), "{}")
        const toolkit = path.join(bare, "node_modules", "suitcase")
        run(
            process.execPath,
            [
                "-e",
                `require("fs").cpSync(${JSON.stringify(path.join(city, "node_modules", "suitcase"))}, ${JSON.stringify(toolkit)}, { recursive: true })`,
            ],
            folder
        )
        const { code, err, out } = suitcaseIn(bare, "sensors")
        expect(code).toBe(2)
        expect(out).toBe("")
        expect(err).toMatch(
            /^Suitcase is not installed completely: .*commander.* missing\. Run "npm install" in your folder\.\n$/
        )
    })
})

describe("a city's folder", () => {
    it("has a kit file that is right, and a README in Danish", () => {
        const { code, out, err } = suitcaseIn(city, "kit", "check", "--quick")
        expect(err).toBe("")
        expect(out).toMatch(/^hall .*ok\nmeeting-room .*ok\n2 nodes: all right\n$/)
        expect(code).toBe(0)
        expect(readFileSync(path.join(city, "README.md"), "utf8")).toContain(
            "Du skal bruge Node.js"
        )
        expect(readFileSync(path.join(city, ".gitignore"), "utf8")).toMatch(/^\.env\nsecrets\/$/m)
    })

    it("simulates nodes of the kit file, and programs of its own", { timeout: 120_000 }, () => {
        for (const name of IS_WHOLE ? ["hall", "room", "devs/room.ts"] : ["devs/room.ts"]) {
            const { code, out, err } = suitcaseIn(city, "sim", name, "--for", "5m", "--json")
            expect(err).toBe("")
            expect(code).toBe(0)
            expect(JSON.parse(out)).toMatchObject({ readingsLost: 0, boardResets: [] })
        }
    })

    it("puts types for editors in place when npm installs", () => {
        const { scripts } = JSON.parse(readFileSync(path.join(city, "package.json"), "utf8")) as {
            scripts: Record<string, string>
        }
        expect(scripts["prepare"]).toBe("suitcase types")
        expect(suitcaseIn(city, "types").code).toBe(0)
        const { include } = JSON.parse(readFileSync(path.join(city, "tsconfig.json"), "utf8")) as {
            include: string[]
        }
        expect(include.filter(file => file.endsWith("corelib.d.ts"))).toEqual(
            include.filter(file => filesIn(city).includes(file))
        )
    })

    if (IS_WHOLE)
        it(
            "has device programs that are right to tsc, which finds a mistake in one",
            { timeout: 120_000 },
            () => {
                suitcaseIn(city, "types")
                const tsc = path.join(PROJECT_ROOT, "node_modules", "typescript", "bin", "tsc")
                const checked = () => run(process.execPath, [tsc, "-p", city], city)
                expect(checked()).toEqual({ code: 0, out: "", err: "" })
                const file = path.join(city, "devs", "room.ts")
                const program = readFileSync(file, "utf8")
                try {
                    writeFileSync(
                        file,
                        program.replace("intervalSeconds: 60", "intervalSecond: 60")
                    )
                    expect(checked().out).toMatch(
                        /^devs\/room\.ts\(\d+,\d+\): error .*intervalSecond/
                    )
                } finally {
                    writeFileSync(file, program)
                }
            }
        )

    if (IS_WHOLE)
        it(
            "takes a driver of its own: made, tried, in the kit file, and in the common suite",
            { timeout: 180_000 },
            () => {
                const made = suitcaseIn(city, "new", "driver", ...DRIVER.split(" "))
                expect(made.err).toBe("")
                expect(made.out).toContain("written: src/drivers/lps22hb/driver.ts")
                const tried = suitcaseIn(city, "try", "lps22hb", "--no-transcript")
                expect(tried.out).toContain("→ pressure 63000 Pa")
                const file = path.join(city, "suitcase.yaml")
                const text = readFileSync(file, "utf8")
                writeFileSync(
                    file,
                    text.replace(
                        "              - scd41\n",
                        "              - scd41\n              - lps22hb\n"
                    )
                )
                const sim = suitcaseIn(city, "sim", "hall", "--for", "5m", "--json")
                expect(sim.err).toBe("")
                expect(JSON.parse(sim.out)).toMatchObject({ gaps: 0, readingsLost: 0 })
                const vitest = path.join(city, "node_modules", "vitest", "vitest.mjs")
                const tests = run(process.execPath, [vitest, "run", "--reporter", "json"], city)
                const { testResults } = JSON.parse(tests.out) as {
                    testResults: { assertionResults: { status: string; title: string }[] }[]
                }
                const all = testResults.flatMap(({ assertionResults }) => assertionResults)
                expect(all.filter(({ status }) => status === "passed").length).toBeGreaterThan(25)
                // The template asks for what only a datasheet tells.
                expect(
                    all.filter(({ status }) => status === "failed").map(({ title }) => title)
                ).toEqual(["has nothing left in it of the template that it was made from"])
            }
        )
})

describe("suitcase init", () => {
    it("writes nothing into a folder with somebody's work in it", async () => {
        const { code, err } = await init(city)
        expect(code).toBe(2)
        expect(err).toMatch(/there is something already \(.*\); name a new folder/)
    })

    it("adds to a package.json with --yes, and keeps what is in it", async () => {
        const root = path.join(folder, "Mine sensorer")
        mkdirSync(root)
        const before = {
            name: "mine",
            version: "3.0.0",
            scripts: { test: "mine" },
            dependencies: { suitcase: "file:../x" },
        }
        writeFileSync(path.join(root, "package.json"), JSON.stringify(before))
        expect(await init(root)).toMatchObject({
            code: 2,
            err: expect.stringContaining("--yes adds to it") as string,
        })
        expect(readdirSync(root)).toEqual(["package.json"])
        expect((await init(root, "--yes")).code).toBe(0)
        const after = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as object
        expect(after).toMatchObject({
            ...before,
            scripts: { test: "mine", check: "suitcase kit check" },
        })
        expect(readdirSync(root)).not.toContain("vendor")
    })

    it("makes a name that npm takes, and takes the toolkit from where it is told", async () => {
        const root = path.join(folder, "Århus – Øst")
        expect((await init(root, "--toolkit", "file:../suitcase.tgz")).code).toBe(0)
        const { name, dependencies } = JSON.parse(
            readFileSync(path.join(root, "package.json"), "utf8")
        ) as { name: string; dependencies: object }
        expect(name).toBe("rhus-st")
        expect(dependencies).toEqual({ suitcase: "file:../suitcase.tgz" })
    })
})

function filesIn(root: string): string[] {
    return readdirSync(root, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry =>
            path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll("\\", "/")
        )
}

/** Names of the packages that a text imports. */
function importsOf(text: string): string[] {
    const IMPORT = /(?:\bfrom\s+|^import\s+|(?<!\.)\bimport\(|\brequire\()"([^".][^"]*)"/gm
    const names = [...text.matchAll(IMPORT)].map(([, name]) => name.replace(/^node:/, ""))
    return names
        .filter(name => /^[@a-z][\w@/.-]*$/.test(name))
        .filter(name => !/^@(?:devicescript\/(?!cli)|dsboard\/)/.test(name))
        .map(name =>
            name
                .split("/")
                .slice(0, name.startsWith("@") ? 2 : 1)
                .join("/")
        )
}
