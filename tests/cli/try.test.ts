/** `suitcase try`: readings, transcript, faults and files of one part. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { run } from "../../tools/cli/cli.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { decodeVcd } from "../support/vcd-decoder.js"

const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-try-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function tryIt(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(["try", ...words], terminal)
    return { code, out: terminal.out.text, lines: terminal.out.lines, err: terminal.err.text }
}

describe("suitcase try", () => {
    it("shows readings with units, and each transfer in the words of the datasheet", async () => {
        const { code, lines, out, err } = await tryIt("sht4x", "--input", "temperature=-3.25")
        expect(err).toBe("")
        expect(code).toBe(0)
        expect(out).toMatch(/1\.010 s {2}W 94 +soft reset/)
        expect(out).toMatch(/W fd +measure/)
        expect(out).toContain("→ temperature -3.25 °C · humidity 56.78 % RH")
        expect(out).toContain("identity: serial 0ea51234")
        expect(lines.filter(line => line.length > 80)).toEqual([])
    })

    it("has inputs follow a ramp from one end of the run to the other", async () => {
        const { out } = await tryIt(
            "sht4x",
            "--input=temperature=-10..40",
            "--json",
            "--for",
            "10s"
        )
        const samples = out
            .trim()
            .split("\n")
            .map(line => JSON.parse(line) as { seconds: number; readings: { value: number }[] })
        expect(samples.length).toBeGreaterThan(5)
        for (const { seconds, readings } of samples)
            expect(
                Math.abs(readings[0].value - (-10 + 5 * seconds)),
                `at ${seconds} s`
            ).toBeLessThan(0.1)
    })

    it("has faults strike at their time, end, and be seen as gaps with a reason", async () => {
        const { code, out } = await tryIt("sht4x", "--fault", "unplugged@1500ms+1s")
        expect(code).toBe(0)
        expect(out).toMatch(/1\.500 s {2}fault: nothing answers any more/)
        expect(out).toContain("no ACK of the address")
        expect(out).toContain("temperature – (absent)")
        expect(out).toMatch(/2\.500 s {2}end of the fault/)
        expect(out.lastIndexOf("56.78 % RH")).toBeGreaterThan(out.indexOf("end of the fault"))
    })

    it("ends with 1 when the part never gave a reading", async () => {
        const { code, out } = await tryIt("sht4x", "--fault", "unplugged@1ms")
        expect(code).toBe(1)
        expect(out).toContain("temperature – (absent)")
    })

    it("writes the lines of the bus as PulseView opens them: the same bytes come out again", async () => {
        const vcd = path.join(folder, "bus.vcd")
        const csv = path.join(folder, "bus.csv")
        await tryIt("sht4x", "--vcd", vcd, "--csv", csv, "--fault", "nack@2500ms")
        const messages = decodeVcd(readFileSync(vcd, "utf8"))
        const rows = readFileSync(csv, "utf8")
            .trim()
            .split("\n")
            .slice(1)
            .map(row => row.split(","))
        expect(messages.length).toBe(rows.length)
        for (const [i, [seconds, address, written, read, result]] of rows.entries()) {
            const [first, ...rest] = messages[i].bytes
            const isRead = written === ""
            expect(first.value, `transfer ${i}`).toBe(2 * Number(address) + (isRead ? 1 : 0))
            expect(first.isAcknowledged).toBe(result === "ok")
            const bytes = rest.map(({ value }) => value.toString(16).padStart(2, "0")).join(" ")
            expect(bytes).toBe(result === "ok" ? (isRead ? read : written) : "")
            // The start condition falls within the first bits of the transfer.
            expect(Math.abs(messages[i].startNs / 1e9 - Number(seconds))).toBeLessThan(0.001)
        }
        expect(rows.some(([, , , , result]) => result === "no ACK of the address")).toBe(true)
    })

    it("gives equal files for the same seed", async () => {
        const files = ["a.csv", "b.csv"].map(name => path.join(folder, name))
        for (const file of files) await tryIt("sht4x", "--for", "20s", "--csv", file)
        const [a, b] = files.map(file => readFileSync(file, "utf8"))
        expect(a).toBe(b)
        expect(a.split("\n").length).toBeGreaterThan(10)
    })

    it.each([
        [["sht9x"], /there is no part "sht9x"; did you mean .*sht4x/],
        [["xyz"], /there is no part "xyz".*suitcase sensors/],
        [
            ["sht4x", "--address", "0x23"],
            /cannot have the address 0x23; it can have 0x44, 0x45, 0x46/,
        ],
        [
            ["sht4x", "--input", "pressure=3"],
            /has no input pressure; it has temperature \(Cel, -45 to 130\)/,
        ],
        [
            ["sht4x", "--input", "temperature=500"],
            /500 is beyond what the part can express: -45 to 130 Cel/,
        ],
        [["sht4x", "--input", "temperature"], /temperature=21\.5/],
        [["sht4x", "--fault", "melted@3s"], /unplugged, frozen, busy/],
        [["sht4x", "--fault", "nack@3s+2s"], /nack@2s/],
        [["scd4x", "--options", "altitude: 99999"], /altitude/],
    ])("%j is explained in one line", async (words, message) => {
        const { code, err } = await tryIt(...words)
        expect(code).toBeGreaterThan(0)
        expect(err).toMatch(message)
        expect(err).not.toContain("internal error")
    })
})
