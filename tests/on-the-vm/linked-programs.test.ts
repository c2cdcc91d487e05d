/**
 * Linked programs do what they did before: generated ones print the same, and the
 * kit's applications send the same bytes through half a day of trouble. `npm run
 * soak -- linker` has more programs: SUITCASE_LINKER_PROGRAMS, SUITCASE_LINKER_SEED.
 */
import { imageSizes } from "../../tools/cli/build/image.js"
import { testProgram } from "../reliability/testbed.js"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import path from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { appNames, simulatedApp } from "../../sim/apps/registry.js"
import { PROJECT_ROOT, compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import { hours, seconds } from "../../sim/time/duration.js"
import { World } from "../../sim/world/world.js"
import { parseFault } from "../../tools/cli/sim/faults.js"
import { SimSession } from "../../tools/cli/sim/session.js"
import { generatedProgram } from "../support/program-generator.js"

const PROGRAMS = Number(process.env["SUITCASE_LINKER_PROGRAMS"] ?? 3)
const SEED = Number(process.env["SUITCASE_LINKER_SEED"] ?? 1)
/** A program of many cases compiles in hardly more time than one of few. */
const CASES = 24

/** @returns what the program prints until its end */
async function printed(program: Program, isStressed = false): Promise<string[]> {
    const world = new World({ allowPanics: true })
    const node = world.addNode({ program })
    const lines: string[] = []
    node.onConsole = line => {
        if (line.startsWith("=")) lines.push(line)
    }
    node.gcStress(isStressed)
    try {
        await world.runUntil(() => lines.at(-1) === "=end", seconds(600))
        return [...lines, ...node.panics.map(panic => panic.message)]
    } finally {
        world.close()
    }
}

describe("generated programs", () => {
    it(
        `print the same linked and plain: ${PROGRAMS} of ${CASES} cases`,
        { timeout: 60_000 + PROGRAMS * 20_000 },
        async () => {
            const seeds = fc.array(fc.nat(1_000_000_000), { minLength: CASES, maxLength: CASES })
            await fc.assert(
                fc.asyncProperty(seeds, async list => {
                    const source = generatedProgram(list)
                    const plain = compile("devs/generated.ts", { source, linked: false })
                    const linked = compile("devs/generated.ts", { source, linked: true })
                    const lines = await printed(plain)
                    expect(lines.at(-1)).toBe("=end")
                    expect(await printed(linked)).toEqual(lines)
                }),
                { seed: SEED, numRuns: PROGRAMS, endOnFailure: true }
            )
        }
    )

    it("print the same with a garbage collection at every allocation", async () => {
        const source = generatedProgram([11, 12, 13, 14, 15, 16])
        const plain = compile("devs/generated.ts", { source, linked: false })
        const linked = compile("devs/generated.ts", { source, linked: true })
        expect(await printed(linked, true)).toEqual(await printed(plain))
    })
})

/** Everything that goes wrong, on a clock that stands still while the VM runs. */
const TROUBLE = [
    "link-loss:20%@+20m+30m",
    "broker-restart@+1h10m",
    "power-cut@+2h10m",
    "latency:800ms@+3h+20m",
]

/** Topic and hash of each message. */
interface Sent {
    readonly run: readonly string[]
    /** What was sent when the run was over and the node was asked for the rest. */
    readonly closing: readonly string[]
}

async function sent(name: string, program: Program): Promise<Sent> {
    const app = simulatedApp(name)
    if (app === undefined) throw new Error(`${name} is not simulated`)
    const all: string[] = []
    const session = await SimSession.open({
        app,
        program,
        store: "fram",
        faults: TROUBLE.map(parseFault),
        runMs: hours(4),
        onMessage: (topic, payload) => {
            all.push(`${topic} ${createHash("sha256").update(payload).digest("hex")}`)
        },
    })
    try {
        await session.run(hours(4))
        const count = all.length
        await session.finish()
        return { run: all.slice(0, count), closing: all.slice(count) }
    } finally {
        await session.close()
    }
}

/** A whole app, plain, is larger than what the VM can run: two that are smaller stand for it. */
describe.each(appNames().filter(name => simulatedApp(name) !== undefined))("%s", name => {
    const file = `devs/${name}.ts`
    const without = (...parts: RegExp[]) => {
        let source = readFileSync(path.join(PROJECT_ROOT, file), "utf8")
        for (const part of parts) {
            expect(source).toMatch(part)
            source = source.replace(part, "")
        }
        return source
    }
    const CO2 = [
        /^const (?:air|stale|hint) = .*\n/gm,
        / new SCD4x\(.*?\),/,
        /(?<=\.\.\.sensors), hint/,
        /^ *settings: .*\n/gm,
    ]
    const LIGHT = /, new BH1750\(bus\)/
    /** The larger one of the two that are left. */
    const CLIMATE = /new SHT4x\(bus\),/

    it("sends the same bytes linked as plain without features, over four hours of faults", async () => {
        // None of them does anything before the end of the run.
        const source = without(
            ...CO2,
            CLIMATE,
            /^const light = .*\n/m,
            /^ *(commands|usb|identify|seal|envelope): .*\n/gm
        )
        const plain = await sent(name, compile(file, { linked: false, source }))
        expect(plain.run.length).toBeGreaterThan(50)
        const linked = compile(file, { linked: true, source: without(...CO2, CLIMATE) })
        expect((await sent(name, linked)).run).toEqual(plain.run)
    })

    it("sends the same bytes linked and plain, both without two sensors, store and three features, over four hours of faults", async () => {
        const source = without(...CO2, LIGHT, /^ *(identify|envelope|seal|store): .*\n/gm)
        const plain = await sent(name, compile(file, { linked: false, source }))
        expect(plain.run.length).toBeGreaterThan(50)
        expect(plain.closing.length, "answers a command").toBeGreaterThan(1)
        expect(await sent(name, compile(file, { linked: true, source }))).toEqual(plain)
    })
})

describe("the image for a board", () => {
    it("is the simulated one without the simulator's bus, and nothing else", () => {
        // By their code, wherever it stands: which functions are put into others may differ.
        const functionsOf = (target: "board" | "simulator") => {
            const { functions, inlined } = compile("devs/indoor-climate.ts", {
                linked: true,
                target,
            }).debug
            const inside = (inlined?.calls ?? []).map(({ name }) => name)
            return new Set([...functions.map(({ name }) => name), ...inside])
        }
        const board = functionsOf("board")
        const simulated = functionsOf("simulator")
        const without = (some: Set<string>, others: Set<string>) =>
            [...some].filter(name => !others.has(name)).sort()
        expect(without(simulated, board)).toEqual([
            "BridgedI2C",
            "isSimulator",
            "transaction",
            "waitForBridge",
        ])
        expect(without(board, simulated)).toEqual([])
    })
})

describe("a station that names neither commands nor sealing nor JSON", () => {
    const filesOf = (isBare: boolean, word: string) =>
        imageSizes(testProgram({ isBare }))
            .files.map(({ name }) => name)
            .filter(name => new RegExp(`/[^/]*${word}[^/]*$`).test(name))

    it.each(["commands", "identify", "seal", "envelope"])("carries no code of %s", word => {
        expect(filesOf(true, word)).toEqual([])
        expect(filesOf(false, word)).not.toEqual([])
    })
})
