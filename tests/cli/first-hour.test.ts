/** What a newcomer meets in the first hour: a fresh clone, the README's commands, first mistakes. */
import { spawnSync } from "node:child_process"
import {
    cpSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { loadParts } from "../../sim/parts/catalogue.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { reportFailure, run } from "../../tools/cli/cli.js"
import { type SimReport } from "../../tools/cli/sim/report.js"
import { parseChannel } from "../../tools/cli/new/plan.js"
import { writeNewDriver } from "../../tools/cli/new/write.js"
import { feedInputs } from "../../tools/cli/try/inputs.js"
import { fakeTerminal } from "../support/fake-terminal.js"

const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-first-hour-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function suitcase(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(words, terminal)
    return { code, out: terminal.out.text, lines: terminal.out.lines, err: terminal.err.text }
}

describe("a fresh clone", () => {
    const clone = path.join(folder, "clone")
    /** Stands for npm, which would need the network: links what is installed here. */
    const npm = path.join(folder, "npm-cli.js")

    function fresh(): void {
        rmSync(clone, { recursive: true, force: true })
        for (const name of ["package.json", "package-lock.json", "src", "sim", "tools"])
            cpSync(path.join(PROJECT_ROOT, name), path.join(clone, name), { recursive: true })
        writeFileSync(
            npm,
            `const fs = require("node:fs")
if (process.argv[2] !== "ci") throw new Error("npm " + process.argv.slice(2).join(" "))
console.log("added 400 packages")
if (process.env.NPM_FAILS === undefined)
    fs.symlinkSync(${JSON.stringify(path.join(PROJECT_ROOT, "node_modules"))}, "node_modules", "junction")
else process.exit(1)
`
        )
    }

    function command(file: string, args: readonly string[], env = {}) {
        return spawnSync(process.execPath, [path.join(clone, "tools", file), ...args], {
            cwd: clone,
            encoding: "utf8",
            env: { ...process.env, npm_execpath: npm, ...env },
        })
    }

    it("installs itself when `npx suitcase` is the first command, with only results on stdout", () => {
        fresh()
        const { status, stdout, stderr } = command("cli/suitcase.mjs", ["--version"])
        expect(status, stderr).toBe(0)
        expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
        expect(stderr).toMatch(/^Installing dependencies .*\nadded 400 packages\n$/)
    })

    it("says what to do, without a stack, when that fails", () => {
        fresh()
        const { status, stdout, stderr } = command("cli/suitcase.mjs", ["sensors"], {
            NPM_FAILS: "1",
        })
        expect(status).toBe(1)
        expect(stdout).toBe("")
        expect(stderr).toMatch(/Installing failed\. Check the network .*, then run "npm ci"\.\n$/)
        expect(stderr).not.toMatch(/\bat .*:\d+:\d+|tsx/)
    })

    it("installs itself before any npm script", () => {
        const { scripts } = JSON.parse(
            readFileSync(path.join(PROJECT_ROOT, "package.json"), "utf8")
        ) as { scripts: Record<string, string> }
        const installs = (line: string | undefined) =>
            /^node tools\/(?:cli\/suitcase|scripts\/(?:install|device-types|soak|run))\.mjs\b/.test(
                line ?? ""
            )
        const lacking = Object.entries(scripts).filter(
            ([name, line]) => !installs(line) && !installs(scripts[`pre${name}`])
        )
        expect(lacking.map(([name]) => name)).toEqual([])
        for (const tool of ["scripts/device-types", "cli/suitcase", "scripts/soak", "scripts/run"])
            expect(
                readFileSync(path.join(PROJECT_ROOT, "tools", `${tool}.mjs`), "utf8"),
                "first import"
            ).toMatch(
                /^(?:#!.*\n)?(?:\/\*\*[^]*?\*\/\n)?import "\.\.?\/(?:scripts\/)?install\.mjs"/
            )
    })
})

describe("the power cut of the README", () => {
    const SHOWN = /--fault power-cut@(\d\d):(\d\d)/g

    it.each(["README.md", "docs/simulator.md", "tools/cli/commands/sim.ts"])(
        "strikes between two frames, where something is in RAM: %s",
        file => {
            const text = readFileSync(path.join(PROJECT_ROOT, file), "utf8")
            const cuts = [...text.matchAll(SHOWN)]
            expect(cuts.length).toBeGreaterThan(0)
            // A frame goes out each quarter of an hour after the start.
            for (const [written, , minute] of cuts)
                expect(Number(minute) % 15, written).toBeGreaterThanOrEqual(5)
        }
    )

    it("costs what was in RAM, and nothing with FRAM", async () => {
        const lost = async (...more: string[]) => {
            const fault = ["--fault", "power-cut@00:40"]
            const { out, code } = await suitcase(
                ...["sim", "indoor-climate", "--for", "1h", "--json", ...fault, ...more]
            )
            expect(code).toBe(0)
            return (JSON.parse(out) as SimReport).readingsLostToPower
        }
        expect(await lost()).toBeGreaterThan(20)
        expect(await lost("--store", "fram")).toBe(0)
    })
})

describe("the help of every command", async () => {
    /** Up to the blank line: the examples below begin with blanks too. */
    const names = (help: string) => {
        const list = help.split("\nCommands:\n")[1]?.split("\n\n")[0] ?? ""
        return [...list.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name)
    }
    const commands: string[][] = [[]]
    for (const command of commands) {
        const { out } = await suitcase(...command, "--help")
        if (!/^Usage: .* \[command\]$/m.test(out)) continue
        for (const name of names(out)) if (name !== "help") commands.push([...command, name])
    }

    it("is found here", () => {
        expect(commands.map(words => words.join(" "))).toEqual(
            expect.arrayContaining(["sim", "try", "new driver", "settings set"])
        )
    })

    it.each(commands.map(words => [words.join(" "), words] as const))(
        "names defaults as people do, in 80 columns: suitcase %s",
        async (_name, words) => {
            const { out, lines } = await suitcase(...words, "--help")
            expect(out).not.toMatch(/default:\s+\[/)
            // Times carry their unit.
            for (const [, option] of out.matchAll(/^ {2}(--\w+ <time>[^]*?)(?=\n {2}\S|\n\n)/gm))
                expect(option).not.toMatch(/default:\s+\d+\)/)
            expect(lines.filter(line => line.length > 80)).toEqual([])
        }
    )

    it.each([[], ["sim"], ["listen"]])(
        "says what npx makes of Ctrl-C, where the command itself ends with 0: suitcase %s",
        async (...words) => {
            const { out } = await suitcase(...words, "--help")
            expect(out.replace(/\s+/g, " ")).toMatch(
                /After Ctrl-C the shell between npx and (the|a) command may end with 130/
            )
        }
    )

    it("says before one tries how simulated nodes get passwords and TLS", async () => {
        expect((await suitcase("sim", "--help")).out.replace(/\s+/g, " ")).toContain(
            "At a broker on the network, user and password become settings of the nodes, TLS is done for them"
        )
    })
})

describe("first mistakes", () => {
    it("name the limits of every input of every part in plain figures", async () => {
        for (const part of await loadParts()) {
            const model = part.model(part.addresses[0] ?? 0)
            for (const { name } of model.channels) {
                const tooMuch = [{ name, from: 1e300, to: 1e300 }]
                let message = ""
                try {
                    feedInputs(model, tooMuch, 0, 1000)
                } catch (e) {
                    message = (e as Error).message
                }
                expect(message, part.folder).toMatch(/is beyond what the part can express/)
                expect(message, part.folder).not.toMatch(/\d\.\d{10,}/)
            }
        }
    })

    it("ask for a part that is not there in whole sentences", async () => {
        expect((await suitcase("try", "nope")).err).toBe(
            'suitcase: there is no part "nope"; suitcase sensors lists all\n'
        )
        expect((await suitcase("try", "sht5x")).err).toMatch(
            /^suitcase: there is no part "sht5x"; did you mean .*\? suitcase sensors lists all\n$/
        )
    })

    it.each(["--csv", "--vcd"])(
        "write the transcript (%s) into a folder that is not there: told before the run",
        async option => {
            const file = path.join(folder, "nowhere", "bus")
            const { code, out, err } = await suitcase("try", "sht4x", option, file)
            expect(code).toBe(2)
            expect(err).toBe(
                `suitcase: ${file}: no such file or folder; give another path with ${option}\n`
            )
            expect(out).toBe("")
        }
    )

    it("make a driver where nothing can be written: told in one line, nothing is left behind", async () => {
        const root = path.join(folder, "read-only")
        mkdirSync(path.join(root, "src", "drivers"), { recursive: true })
        // Where the last file should go.
        writeFileSync(path.join(root, "devs"), "")
        const plan = {
            folder: "xyz1",
            className: "XYZ1",
            maker: "ST",
            family: "registers",
            addresses: [0x5c],
            channels: [parseChannel("temperature:Cel:0.01:-40..85")],
        } as const
        await expect(writeNewDriver(plan, root)).rejects.toThrow(
            /^devs\/examples\/xyz1\.ts: .*; nothing was written$/
        )
        expect(readdirSync(path.join(root, "src", "drivers"))).toEqual([])
    })

    it.each([
        ["EROFS", "this disk is read-only"],
        ["EACCES", "no permission"],
        ["ENOSPC", "the disk is full"],
    ])("meet a system that refuses to write (%s): one line, no internal error", (code, words) => {
        const terminal = fakeTerminal()
        const error = Object.assign(new Error(code), { code, syscall: "mkdir", path: "/a/b" })
        expect(reportFailure(error, terminal)).toBe(2)
        expect(terminal.err.text).toBe(`suitcase: /a/b: ${words}\n`)
    })
})
