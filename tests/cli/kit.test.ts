/** `suitcase kit`, and nodes of a kit file and paths where a program is named. */
import { createHash } from "node:crypto"
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { PROJECT_ROOT, useProject } from "../../sim/program/project.js"
import { run } from "../../tools/cli/cli.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { IS_WHOLE } from "../runner/whole.js"
import { PLAIN, fileWith } from "../kit/kit-bench.js"

/** Always the same place, so that programs that were compiled there before are found again. */
const checkout = createHash("sha256").update(PROJECT_ROOT).digest("hex").slice(0, 8)
const folder = path.join(os.tmpdir(), `suitcase-kit-${checkout}`)
mkdirSync(folder, { recursive: true })
afterEach(() => useProject(PROJECT_ROOT))

const NINE = path.join(PROJECT_ROOT, "tests/kit/nine-nodes.yaml")

async function suitcase(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(words, terminal)
    return { code, out: terminal.out.text, lines: terminal.out.lines, err: terminal.err.text }
}

/** A city's folder with this kit file. */
function city(name: string, kit: string): string {
    const root = path.join(folder, name)
    mkdirSync(root, { recursive: true })
    for (const entry of readdirSync(root))
        if (entry !== "node_modules") rmSync(path.join(root, entry), { recursive: true })
    writeFileSync(path.join(root, "suitcase.yaml"), kit)
    return root
}

describe("suitcase kit list", () => {
    it("shows site, kit, node, board, sensors and what is missing, in 80 columns", async () => {
        const { code, out, lines } = await suitcase("kit", "list", "--file", NINE)
        expect(code).toBe(0)
        expect(lines.filter(line => line.length > 80)).toEqual([])
        expect(out).toMatch(/indoor +│adafruit_qt_py_c3│scd41 sht4x +│no Wi-Fi,/)
        expect(out).toMatch(/1 site, 2 kits, 9 nodes/)
    })

    it("gives scripts all of it, with the names of missing secrets and no secret", async () => {
        const root = city("secrets", readFileSync(NINE, "utf8"))
        writeFileSync(path.join(root, ".env"), "WIFI_PASSWORD=hunter22\n", { mode: 0o600 })
        const { out } = await suitcase("kit", "list", "--json", "--file", root)
        expect(out).not.toContain("hunter22")
        const { nodes } = JSON.parse(out) as { nodes: { node: string; missingSecrets: string[] }[] }
        expect(nodes.map(({ node }) => node)).toContain("eight-parts")
        expect(nodes[0].missingSecrets).toEqual(["account", "key"])
    })
})

describe("suitcase kit check", () => {
    it("compiles and boots each node, a line for each; nodes of one kind once", async () => {
        const two = `
          - { name: other, board: suitcase_xiao_c3, sensors: [sht4x] }
`
        const root = city("check", fileWith(PLAIN) + two.slice(1))
        const { code, lines, err } = await suitcase("kit", "check", "--file", root)
        expect(err).toBe("")
        expect(code).toBe(0)
        expect(lines[0]).toMatch(/^hall +suitcase_xiao_c3 +ok {2}code \d+ %, heap left [\d,]+ B$/)
        expect(lines[1]).toBe(lines[0].replace("hall ", "other"))
        expect(lines[2]).toBe("2 nodes: all right")
    })

    it("ends with 2 and a line for each problem, which begins with its place", async () => {
        const root = city("bad", fileWith("board: xiao\nsensors: [shr4x]\nplaec: 1"))
        const { code, err } = await suitcase("kit", "check", "--file", root)
        expect(code).toBe(2)
        const file = path.join(root, "suitcase.yaml")
        const places = err
            .trim()
            .split("\n")
            .map(line => line.slice(0, line.indexOf(": ")))
        expect(places).toEqual([`${file}:9:20`, `${file}:10:23`, `${file}:11:13`])
        const json = await suitcase("kit", "check", "--json", "--file", root)
        expect(json.code).toBe(2)
        const { problems } = JSON.parse(json.out) as {
            problems: { line: number; column: number }[]
        }
        expect(problems.map(({ line, column }) => [line, column])).toEqual([
            [9, 20],
            [10, 23],
            [11, 13],
        ])
    })

    it("ends with 1 when a node cannot run, and says of the others that they can", async () => {
        const root = city("broken", fileWith(`board: suitcase_xiao_c3\napp: broken`))
        mkdirSync(path.join(root, "devs"))
        writeFileSync(
            path.join(root, "devs", "broken.ts"),
            'const x: number = "text"\nconsole.log(x)\n'
        )
        useProject(root)
        const { code, lines } = await suitcase("kit", "check")
        expect(code).toBe(1)
        expect(lines.join("\n")).toMatch(
            /^hall +suitcase_xiao_c3 +devs\/broken\.ts does not compile:/
        )
    })

    it("says how to begin where there is no kit file", async () => {
        const { code, err } = await suitcase("kit", "check", "--file", path.join(folder, "nothing"))
        expect(code).toBe(2)
        expect(err).toMatch(/no such file or folder; suitcase init makes a kit file$/m)
    })
})

describe("a program", () => {
    it.each([
        "devs/indoor-climate.ts",
        "devs\\indoor-climate.ts",
        path.join(PROJECT_ROOT, "devs/indoor-climate.ts"),
    ])("is named by its path %s", async name => {
        const { code, out } = await suitcase("sim", name, "--for", "5m", "--json")
        expect(code).toBe(0)
        expect(JSON.parse(out)).toMatchObject({ app: "indoor-climate", readingsLost: 0 })
    })

    it("elsewhere takes the toolkit from its package", async () => {
        const file = path.join(folder, "elsewhere.ts")
        const text = readFileSync(path.join(PROJECT_ROOT, "devs/indoor-climate.ts"), "utf8")
        writeFileSync(file, text.replaceAll('"../src/', '"suitcase/src/'))
        const { code, out, err } = await suitcase("sim", file, "--for", "5m", "--json")
        expect(err).toBe("")
        expect(code).toBe(0)
        expect(JSON.parse(out)).toMatchObject({ app: "elsewhere", readingsLost: 0 })
    })

    it("is a node of the kit file, on the board that it has there", async () => {
        const root = city("nodes", readFileSync(NINE, "utf8"))
        useProject(root)
        const sim = await suitcase("sim", "energy", "--for", "5m", "--json")
        expect(sim.err).toBe("")
        expect(JSON.parse(sim.out)).toMatchObject({
            app: "energy",
            board: "suitcase_pico_w",
            readingsLost: 0,
        })
        const build = await suitcase("build", "energy", "--json")
        const built = JSON.parse(build.out) as { app: string; boards: { board: string }[] }
        expect(built.app).toBe("energy")
        expect(built.boards.map(({ board }) => board)).toEqual(["suitcase_pico_w"])
    })

    it("that is none is told from those that there are", async () => {
        const root = city("none", fileWith(PLAIN))
        useProject(root)
        const { code, err } = await suitcase("sim", "hal", "--for", "5m")
        expect(code).toBe(2)
        expect(err).toMatch(/unknown app "hal".*nodes of suitcase\.yaml are hall/)
        expect((await suitcase("sim", "./nothing.ts")).err).toMatch(/\.\/nothing\.ts: no such file/)
    })

    it("of a node can be read, copied to devs/ and named as app", async () => {
        useProject(city("copied", fileWith(PLAIN)))
        const { out } = await suitcase("kit", "program", "hall")
        const root = city("copied", fileWith("board: suitcase_xiao_c3\napp: mine"))
        mkdirSync(path.join(root, "devs"))
        writeFileSync(path.join(root, "devs", "mine.ts"), out)
        const { code, lines } = await suitcase("kit", "check")
        expect(lines.at(-1)).toBe("1 node: all right")
        expect(code).toBe(0)
    })
})

describe("suitcase build --all", () => {
    it("makes a table of programs and boards, and says what does not run", async () => {
        const root = city("matrix", fileWith(PLAIN))
        mkdirSync(path.join(root, "devs"))
        copyFileSync(path.join(PROJECT_ROOT, "devs/bus-scan.ts"), path.join(root, "devs/scan.ts"))
        const text = readFileSync(path.join(root, "devs/scan.ts"), "utf8")
        writeFileSync(
            path.join(root, "devs/scan.ts"),
            text.replaceAll('"../src/', '"suitcase/src/')
        )
        useProject(root)
        const board = IS_WHOLE ? [] : ["--board", "suitcase_xiao_c3"]
        const { code, lines, out } = await suitcase("build", "--all", ...board)
        expect(code).toBe(0)
        expect(lines.filter(line => line.length > 80)).toEqual([])
        expect(out.match(/│scan /g)).toHaveLength(IS_WHOLE ? 8 : 1)
        expect(out).toMatch(/│hall +│suitcase_xiao_c3 +│ *[\d,]+ B│ +\d+\.\d %│ +[\d,]+ B│/)
        expect(out).toContain(IS_WHOLE ? "9 images for 8 boards" : "2 images for 1 board;")
        const one = await suitcase("build", "--all", "--board", "suitcase_pico_w", "--json")
        expect(JSON.parse(one.out)).toHaveLength(1)
    })

    it("goes with nothing that is about one program", async () => {
        expect((await suitcase("build", "--all", "-o", path.join(folder, "x"))).code).toBe(2)
        expect((await suitcase("build")).err).toMatch(
            /name an app, a path or a node, or write --all/
        )
    })
})
