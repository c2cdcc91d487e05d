/** `suitcase calibrate` at a terminal: a pseudo-terminal, on which somebody types answers. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import * as pty from "@lydell/node-pty"
import { PROJECT_ROOT } from "../../sim/program/project.js"
import { openSimBench, type SimBench } from "../../tools/calibration/sim-bench.js"
import { channelNamed } from "../../tools/calibration/node-session.js"
import { TerminalAsk } from "../../tools/cli/calibrate/ask.js"
import { interruptible } from "../../tools/cli/calibrate/bench.js"
import { guide, type Said } from "../../tools/cli/calibrate/dialogue.js"
import { untilInterrupted } from "../../tools/cli/interrupt.js"
import { IS_WHOLE } from "../runner/whole.js"
import { PseudoTerminal } from "../support/pseudo-terminal.js"

const ENTER = "\r"
const DOWN = "\u001b[B"
const CTRL_C = "\u0003"

let folder: string
let bench: SimBench
let screen: PseudoTerminal
// Compiled once; on a busy machine that takes its time.
beforeAll(async () => {
    await (await openSimBench(1, { warmUpMs: 0 })).close()
}, 300_000)
beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-dialogue-"))
    bench = await openSimBench(1, {
        faults: new Map([["temperature", { gain: 1.02, offset: 0.4, noise: 0.02 }]]),
        warmUpMs: 20_000,
    })
    screen = new PseudoTerminal()
})
afterEach(async () => {
    screen.close()
    await bench.close()
    rmSync(folder, { recursive: true })
})

/** What the command does at a terminal, with benches that are open. */
async function suitcaseCalibrate(
    said: Partial<Said> = {},
    benches: readonly SimBench[] = [bench]
): Promise<number> {
    const { keys } = screen.terminal
    if (keys === undefined) throw new Error("nobody can press keys")
    return untilInterrupted(signal =>
        guide(
            benches.map(each => interruptible(each, signal)),
            { journal: folder, language: "en", timeout: 900_000, validFor: 365, ...said },
            new TerminalAsk(screen.terminal, keys, signal),
            screen.terminal
        )
    )
}

async function answerPaperwork(): Promise<void> {
    await screen.answer(/Which channel\?[^]*temperature, \d/, ENTER)
    await screen.answer(/Which reference instrument/, "Testo 104" + ENTER)
    await screen.answer(/number of its certificate/, "2026-0412" + ENTER)
    await screen.answer(/Until when/, "2020-01-01" + ENTER)
    await screen.answer(/It is expired/, "\b".repeat(10) + "2030-01-01" + ENTER)
    await screen.answer(/Its expanded uncertainty/, "0,1" + ENTER)
    await screen.answer(/step of its display/, "0.01" + ENTER)
    await screen.answer(/Who calibrates/, "mette" + ENTER)
}

async function point(value: string): Promise<void> {
    await screen.answer(/what shall the reference show/, value + ENTER)
    await screen.answer(/Stable\. Enter:/, ENTER)
    await screen.answer(/uncertainty there/, ENTER)
}

async function calibrationNow(): Promise<number> {
    return (await channelNamed(bench, "temperature")).calibration
}

describe("suitcase calibrate at a terminal", () => {
    it("leads from the choice of a channel to the certificate, within 80 columns", async () => {
        const ended = suitcaseCalibrate()
        await answerPaperwork()
        await screen.answer(/what shall the reference show/, "500" + ENTER)
        await screen.answer(/shows -\d+ to \d+: 500 is outside/, "\b\b\b5" + ENTER)
        await screen.answer(/waiting/, ENTER)
        await screen.answer(/do not stand still yet/, "")
        await screen.answer(/Stable\. Enter:/, ENTER)
        await screen.answer(/uncertainty there/, ENTER)
        await screen.answer(/One point is taken[^]*Take another point/, ENTER)
        await point("35")
        await screen.answer(/2 points are taken[^]*Correct by exact/, ENTER)
        await screen.until(/residual/)
        await screen.until(/\(k = 2\): ± 0\.\d+ °C/)
        await screen.until(/Note: the correction goes through all points/)
        await screen.answer(/And now\?[^]*Write nothing/, DOWN + ENTER)
        await screen.until(/at 5 °C: error as found \+0\.5\d*, as left [+-]?0(\.0\d*)? °C/)
        await screen.until(/Calibration \d+ is in force\. Its certificate/)
        expect(await ended).toBe(0)
        expect(await calibrationNow()).toBeGreaterThan(0)
        const widest = screen.seen
            .replaceAll(folder, "calibrations")
            .split("\n")
            .reduce((a, b) => (b.length > a.length ? b : a), "")
        expect(widest.length, widest).toBeLessThanOrEqual(80)
    })

    it("is in Danish with --language da, from the channel to the certificate, within 80 columns", async () => {
        const ended = suitcaseCalibrate({
            ...{ language: "da", reference: "Testo 104", referenceCertificate: "1" },
            ...{ uncertainty: 0.1, resolution: 0.01, technician: "mette" },
        })
        await screen.answer(/Hvilken kanal\?[^]*ikke kalibreret/, ENTER)
        await screen.answer(/Punkt 1: hvad skal referencen vise, °C\?/, "500" + ENTER)
        await screen.answer(/500 is outside/, "\b\b\b5" + ENTER)
        await screen.answer(/rå +rettet +målinger +spredning +drift[^]*venter/, ENTER)
        await screen.answer(/De står ikke stille endnu/, "")
        await screen.answer(/Stabile\. Enter: tag målingerne/, ENTER)
        await screen.answer(/Dens ekspanderede usikkerhed dér \(k = 2\), °C\?/, ENTER)
        await screen.answer(/Ét punkt er taget\. Og nu\?[^]*Tag endnu et punkt/, DOWN + ENTER)
        await screen.until(/Ekspanderet usikkerhed på en rettet måling \(k = 2\): ± 0\.\d+ °C/)
        await screen.until(/Bemærk: ét punkt viser en forskydning, ikke om sensorens/)
        await screen.answer(/Og nu\?[^]*Skriv den til noden[^]*Skriv intet/, DOWN + ENTER)
        await screen.until(/Skriver, læser tilbage og måler igen/)
        await screen.until(/ved 5 °C: fejl før \+0\.5\d*, efter [+-]?0(\.0\d*)? °C/)
        await screen.until(/Kalibrering \d+ er i brug\. Dens certifikat/)
        expect(await ended).toBe(0)
        const lines = screen.seen.replaceAll(folder, "calibrations").split("\n")
        expect(lines.filter(text => text.length > 80)).toEqual([])
        expect(lines.filter(text => /\b(the|readings|of a|and)\b/i.test(text))).toEqual([])
    })

    it("asks only for what its options do not say", async () => {
        const ended = suitcaseCalibrate({
            channel: "temperature",
            point: [21],
            reference: "Testo 104",
            referenceCertificate: "1",
            uncertainty: 0.1,
            resolution: 0.01,
            method: "offset",
        })
        await screen.answer(/Who calibrates/, "mette" + ENTER)
        await screen.answer(/Stable\. Enter:/, ENTER)
        await screen.answer(/uncertainty there/, ENTER)
        await screen.answer(/One point is taken[^]*Correct by offset/, CTRL_C)
        expect(await ended).toBe(130)
        expect(screen.seen).not.toMatch(/Which (channel|reference)/)
    })

    it("shows several nodes beside one reference, and takes one that moves as it is when it is told so", async () => {
        const moving = await openSimBench(2, {
            ...{ device: "0200000000000000", warmUpMs: 20_000 },
            faults: new Map([["temperature", { noise: 3 }]]),
        })
        const said = {
            ...{ channel: "temperature", reference: "Testo 104", referenceCertificate: "1" },
            ...{ uncertainty: 0.1, resolution: 0.01, technician: "mette" },
        }
        const ended = suitcaseCalibrate(said, [bench, moving])
        await screen.answer(/what shall the reference show/, "20" + ENTER)
        await screen.answer(/78a6c91dd92f5835 .*stable\n0200000000000000 .*moving/, "o")
        await screen.answer(/uncertainty there/, ENTER)
        await screen.answer(/One point is taken[^]*Correct by offset/, DOWN + ENTER)
        await screen.until(/0200000000000000:\n.*taken although it moved/)
        await screen.answer(/And now\?[^]*Write it to 2 nodes/, DOWN + ENTER)
        expect(await ended).toBe(0)
        await screen.until(/│ 0200000000000000 .*calibration \d+/)
        const widest = screen.seen.split("\n").filter(text => /[│┌└]/.test(text))
        expect(Math.max(...widest.map(text => text.length))).toBeLessThanOrEqual(80)
        await moving.close()
    })

    it.each([
        ["at the first question", () => screen.until(/Which channel\?[^]*temperature/)],
        [
            "while the reference is described",
            async () => {
                await screen.answer(/Which channel\?[^]*temperature/, ENTER)
                await screen.until(/Which reference/)
            },
        ],
        [
            "while readings are shown",
            async () => {
                await answerPaperwork()
                await screen.answer(/what shall the reference show/, "5" + ENTER)
                await screen.until(/filling/)
            },
        ],
        [
            "before the method is chosen",
            async () => {
                await answerPaperwork()
                await point("5")
                await screen.until(/One point is taken/)
            },
        ],
    ])("Ctrl-C %s leaves the node as it was, and says so", async (_, comes) => {
        const ended = suitcaseCalibrate()
        await comes()
        screen.type(CTRL_C)
        expect(await ended).toBe(130)
        await screen.until(/Nothing was written; the node has the correction that it had/)
        expect(await calibrationNow()).toBe(0)
        expect(readdirSync(folder)).toEqual([])
    })
})

// A process of its own costs seconds; where Ctrl-C comes from the keyboard, and as a signal, only it shows.
if (IS_WHOLE)
    describe("suitcase calibrate, started on a terminal", () => {
        it.each([
            ["a question is open", "--sim", /Which channel\?[^]*temperature/],
            [
                "it waits for readings",
                "--sim --channel temperature --point 5 --point 35 --reference a --reference-certificate 1 " +
                    "--uncertainty 0.1 --technician mette --yes --timeout 20h --sim-error noise=60",
                /raw /,
            ],
        ])("ends by Ctrl-C when %s, and says what the node has", async (_, words, comes) => {
            // A terminal of CI is not live.
            const env = { ...process.env }
            delete env["CI"]
            const started = pty.spawn(
                process.execPath,
                [
                    path.join(PROJECT_ROOT, "tools", "cli", "suitcase.mjs"),
                    ...["calibrate", "--journal", folder],
                    ...words.split(" ").filter(word => word !== ""),
                ],
                { cols: 80, rows: 24, name: "xterm", env }
            )
            let seen = ""
            let isPressed = false
            started.onData(data => {
                seen += data
                if (isPressed || !comes.test(seen)) return
                isPressed = true
                started.write(CTRL_C)
            })
            const code = await new Promise<number>(resolve =>
                started.onExit(({ exitCode }) => resolve(exitCode))
            )
            expect(seen).toContain("Nothing was written; the node has the correction that it had.")
            expect(code).toBe(130)
            expect(readdirSync(folder)).toEqual([])
        })
    })
