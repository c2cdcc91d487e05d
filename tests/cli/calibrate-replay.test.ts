/** `suitcase calibrate --record` and `--replay`: what node and person said, gone through again without a node. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { openSimBench, type SimBench } from "../../tools/calibration/sim-bench.js"
import { type Bench } from "../../tools/calibration/bench.js"
import { type Ask } from "../../tools/cli/calibrate/ask.js"
import { guide, type Said } from "../../tools/cli/calibrate/dialogue.js"
import { recording, replay } from "../../tools/cli/calibrate/recording.js"
import { runCalibration, type CalibrateFlags } from "../../tools/cli/calibrate/run.js"
import { Interrupted } from "../../tools/cli/interrupt.js"
import { fakeTerminal } from "../support/fake-terminal.js"

const FLAGS: Omit<CalibrateFlags, "journal"> = {
    ...{ channel: "temperature", point: [5, 35], method: "exact" },
    ...{ reference: "Testo 104", referenceCertificate: "1", technician: "mette" },
    ...{ uncertainty: 0.1, resolution: 0.01, validFor: 365, timeout: 400_000 },
    ...{ language: "en", yes: true },
}

let folder: string
let file: string
let benches: SimBench[]
beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-recording-"))
    file = path.join(folder, "session.ndjson")
    benches = []
})
afterEach(async () => {
    for (const bench of benches) await bench.close()
    rmSync(folder, { recursive: true })
})

async function open(seed: number): Promise<SimBench> {
    const bench = await openSimBench(seed, {
        ...{ device: `0${seed}00000000000000`, warmUpMs: 20_000 },
        faults: new Map([["temperature", { gain: 1.02, offset: 0.4, noise: 0.02 }]]),
    })
    benches.push(bench)
    return bench
}

async function again() {
    const terminal = fakeTerminal()
    return { code: await replay(file, terminal), out: terminal.out.text, err: terminal.err.text }
}

const entries = () => readFileSync(file, "utf8").trim().split("\n")

describe("a recorded calibration", () => {
    it("of two nodes ends with the same certificates, and writes nothing where they were", async () => {
        const flags = { ...FLAGS, journal: path.join(folder, "journal") }
        const parts = { benches: [await open(1), await open(2)], ask: undefined }
        const code = await recording(file, flags, false, parts, ({ benches }) =>
            runCalibration(benches, flags, fakeTerminal())
        )
        expect(code).toBe(0)
        const kept = readdirSync(flags.journal, { recursive: true })
        const { code: replayed, out, err } = await again()
        expect(replayed, out + err).toBe(0)
        expect(out).toMatch(/^(\d+) of \1 recorded steps made again: it ends as recorded$/m)
        expect(err).toMatch(/Calibration \d+, as it was then/)
        expect(readdirSync(flags.journal, { recursive: true })).toEqual(kept)
        // A reading that is another one than was recorded gives another certificate.
        const lines = entries()
        const isLive = (text: string) => /"operation":66,.*"args":"05"/.test(text)
        const at = lines.lastIndexOf(lines.filter(isLive).at(-1) ?? "")
        const changed = JSON.parse(lines[at]) as { data: string }
        changed.data = changed.data.slice(0, 18) + "ff" + changed.data.slice(20)
        lines[at] = JSON.stringify(changed)
        writeFileSync(file, lines.join("\n") + "\n")
        const other = await again()
        expect(other.code).toBe(1)
        expect(other.out).toContain("it ends otherwise than recorded")
        writeFileSync(file, lines.slice(0, 40).join("\n") + "\n")
        expect(await again()).toMatchObject({ code: 1 })
        writeFileSync(file, lines.slice(0, 40).join("\n") + "\nnonsense\n")
        await expect(again()).rejects.toThrow(/line 41 is no part of a recording/)
    })

    it("of a node that was asked while somebody thought, ended by Ctrl-C, ends so again", async () => {
        const said: Said = {
            ...{ journal: path.join(folder, "journal"), language: "en", timeout: 400_000 },
            ...{ validFor: 365, channel: "temperature", resolution: 0.01 },
        }
        const simulated = await open(1)
        const { bring, ...rest } = simulated
        const bench: Bench = rest
        bring("temperature", 5)
        const thinking = async (ms: number) => {
            const until = bench.nowMs() + ms
            while (bench.nowMs() < until) await new Promise(resolve => setImmediate(resolve))
        }
        const answers = ["Testo 104", "1", "", "0.1", "mette", "5", "0.1"]
        let looks = 0
        const ask: Ask = {
            text: async () => {
                if (answers.length <= 2) await thinking(60_000)
                return answers.shift() ?? ""
            },
            choose: () => Promise.reject(new Interrupted()),
            yes: () => Promise.resolve(true),
            say: () => undefined,
            live: () => ({
                show: () => undefined,
                key: () => (++looks > 60 ? "\r" : undefined),
                until: time => time,
                end: () => undefined,
            }),
        }
        const code = await recording(
            file,
            said,
            true,
            { benches: [bench], ask },
            ({ benches, ask: asked = ask }) => guide(benches, said, asked, fakeTerminal())
        )
        expect(code).toBe(130)
        const { code: replayed, out, err } = await again()
        expect(replayed, out + err).toBe(0)
        expect(out).toMatch(/Which reference instrument\? Testo 104/)
        expect(err).toContain("Nothing was written; the node has the correction that it had.")
    })
})
