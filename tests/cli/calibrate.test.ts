/** `suitcase calibrate`: the commands of docs/calibrate.md, as a new user types them. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { BoardUsb } from "../../sim/jacdac/board-usb.js"
import { passTime } from "../../sim/jacdac/node-link.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { CERTIFICATE } from "../../tools/calibration/certificate.js"
import { type Bench } from "../../tools/calibration/bench.js"
import { channelNamed } from "../../tools/calibration/node-session.js"
import { openSimBench } from "../../tools/calibration/sim-bench.js"
import { runCalibration } from "../../tools/cli/calibrate/run.js"
import { calibrateCommand } from "../../tools/cli/commands/calibrate.js"
import { NodeSerialPort } from "../../tools/cli/usb/serial-port.js"
import { UsbLink } from "../../tools/flash/usb/usb-link.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { PseudoPort } from "../support/pseudo-port.js"

let folder: string
// Compiled once; on a busy machine that takes its time.
beforeAll(async () => {
    await (await openSimBench(1, { warmUpMs: 0 })).close()
}, 300_000)
beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-calibrate-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs "suitcase calibrate …" as a shell would read it. */
async function run(typed: string, ...more: string[]) {
    const terminal = fakeTerminal()
    let code: number | undefined
    const words = [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain
    )
    const command = calibrateCommand(terminal, given => (code = given)).exitOverride()
    await command.parseAsync(["--journal", folder, ...words, ...more], { from: "user" })
    return { code, out: terminal.out.text, err: terminal.err.text }
}

/** The arguments of the first line of a page that begins like this. */
function typedIn(page: string, start: string): string {
    const text = readFileSync(path.join(PROJECT_ROOT, page), "utf8")
    const found = text.split("\n").find(line => line.startsWith(start))
    expect(found, `${page}: ${start}`).toBeDefined()
    return (found as string).replace("npx suitcase calibrate ", "")
}

describe.each([
    ["docs/calibrate.md", /at 412 ppm: error as found \+5\d\.\d+, as left [+-]?\d\.?\d* ppm/],
    ["docs/calibrate.da.md", /ved 412 ppm: fejl før \+5\d\.\d+, efter [+-]?\d\.?\d* ppm/],
])("%s", (page, answer) => {
    it("leads from start to certificate, and then the journal knows it", async () => {
        const typed = typedIn(
            page,
            "npx suitcase calibrate --sim --sim-error gain=1.03,offset=40 --channel"
        )
        const { code, err, out } = await run(typed, "--json")
        expect(code, err).toBe(0)
        expect(err).toMatch(answer)
        const certificate = CERTIFICATE.parse(JSON.parse(out))
        const { expanded } = certificate.uncertainty
        for (const { asLeftError } of certificate.points)
            expect(Math.abs(asLeftError)).toBeLessThan(expanded)
        const [device] = readdirSync(folder)
        expect(
            readdirSync(path.join(folder, device))
                .map(name => path.extname(name))
                .sort()
        ).toEqual([".html", ".json", ".ndjson"])
        const told = await run(typedIn(page, "npx suitcase calibrate history"))
        expect(told.out).toContain(`co2  ${certificate.id}  mette, Testo 535 (2026-0412)`)
        const late = await run(typedIn(page, "npx suitcase calibrate due"))
        expect(late.out).toMatch(/co2 {2}expired 2025-01-14/)
        expect(late.code).toBe(1)
    })
})

const COMPLETE =
    '--sim --channel co2 --point 412 --point 1500 --reference "Testo 535" --reference-certificate 1 --uncertainty 20 --technician mette'

describe("suitcase calibrate", () => {
    it.each([
        ["--sim", /needs --channel, --point, --reference/],
        [COMPLETE.replace("--channel co2", "--channel pm10") + " --yes", /has no channel pm10/],
        [COMPLETE + " --reference-valid-until 2020-01-01 --yes", /expired on 2020-01-01/],
        ["verify --sim --sim-error gain=2", /--sim-error needs --channel/],
        [COMPLETE + " --sim-error gain=x --yes", /write gain=1.03,offset=40,noise=2/],
        [COMPLETE, /nobody can be asked whether to write this: say --yes/],
        [COMPLETE + " --language da", /ingen kan spørges, om det skal skrives: sig --yes/],
        ["rollback co2 --sim --language da", /^co2 har ingen kalibrering$/],
        ["procedure altitude hill --sim --language da", /^altitude tager et tal i m, ikke hill$/],
    ])("%s is refused with what to do", async (typed, message) => {
        await expect(run(typed)).rejects.toThrow(message)
    })

    it("ends with exit code 3 when readings do not stand still in time", async () => {
        const { code, err } = await run(COMPLETE + " --sim-error noise=60 --timeout 150s --yes")
        expect(code).toBe(3)
        expect(err).toContain("did not stand still within 150 s")
        expect(readdirSync(folder)).toEqual([])
    })

    it("says in Danish what a node and its journal say", async () => {
        const given = COMPLETE + " --sim-error noise=60 --timeout 150s --yes --language da"
        const { code, err } = await run(given)
        expect(code).toBe(3)
        expect(err).toContain("suitcase: co2: stod ikke stille inden for 150 s; vent længere")
        expect((await run("due --language da")).out).toBe("ingen kalibrering udløber snart\n")
    })
})

describe("several nodes beside one reference", () => {
    const GROUP =
        '--sim --channel temperature --point 5 --point 35 --reference "Testo 104" --reference-certificate 1 --uncertainty 0.1 --technician mette --yes'

    it("are calibrated together, with a certificate each and a table of all", async () => {
        const { code, err, out } = await run(GROUP + " --sim-nodes 2 --sim-error offset=0.5 --json")
        expect(code, err).toBe(0)
        const certificates = out
            .trim()
            .split("\n")
            .map(text => CERTIFICATE.parse(JSON.parse(text)))
        expect(new Set(certificates.map(({ node }) => node.device)).size).toBe(2)
        expect(readdirSync(folder).sort()).toEqual(
            certificates.map(({ node }) => node.device).sort()
        )
        expect(err).toMatch(/sim-2 .*calibration \d+/)
        const table = err.split("\n").filter(text => /[│┌├└]/.test(text))
        expect(Math.max(...table.map(text => text.length))).toBeLessThanOrEqual(80)
    })

    it("of which one fails are calibrated but for that one, which keeps what it had", async () => {
        const still = await openSimBench(1, { warmUpMs: 20_000, device: "0000000000000001" })
        const moving = await openSimBench(2, {
            ...{ warmUpMs: 20_000, device: "0000000000000002" },
            faults: new Map([["temperature", { noise: 3 }]]),
        })
        const { node, ...rest } = still
        const channels: typeof node.channels = () => Promise.resolve([])
        const other: Bench = {
            ...{ ...rest, name: "other" },
            node: Object.create(node, { channels: { value: channels } }) as typeof node,
        }
        const terminal = fakeTerminal()
        const flags = {
            ...{ channel: "temperature", point: [5, 35], method: "exact" as const },
            ...{ reference: "Testo 104", referenceCertificate: "1", technician: "mette" },
            ...{ uncertainty: 0.1, resolution: 0.01, validFor: 365, timeout: 150_000 },
            ...{ language: "en" as const, yes: true as const, journal: folder },
        }
        try {
            expect(await runCalibration([other, still, moving], flags, terminal)).toBe(1)
            expect(readdirSync(folder)).toEqual([still.device])
            expect((await channelNamed(moving, "temperature")).calibration).toBe(0)
            expect((await channelNamed(still, "temperature")).calibration).toBeGreaterThan(0)
            expect(terminal.err.text).toContain("other: this node has no channel temperature")
            expect(terminal.err.text).toMatch(
                /did not stand still within 150 s.*\nNothing was written; the node has the correction that it had/
            )
        } finally {
            await still.close()
            await moving.close()
        }
    })

    it("are one node at a time for what is done to records", async () => {
        await expect(run("verify --sim --sim-nodes 2")).rejects.toThrow(/one node at a time/)
    })
})

describe("over a serial port, with the framing of boards and the real library", () => {
    it("a channel is calibrated, whatever else is on the line", async () => {
        let port: PseudoPort | undefined
        let link: UsbLink | undefined
        const bench = await openSimBench(1, {
            faults: new Map([["temperature", { gain: 1.02, offset: 0.4 }]]),
            warmUpMs: 20_000,
            connect: async (world, node) => {
                const usb = new BoardUsb(node, bytes => port?.write(bytes))
                port = new PseudoPort(data => usb.feed(data))
                link = await passTime(world, UsbLink.open(new NodeSerialPort(port.path)))
                return link
            },
        })
        const noise = setInterval(
            () => port?.write(Uint8Array.of(0xfe, 0xfc, 1, 2, 0xfe, 7, 9)),
            300
        )
        try {
            const terminal = fakeTerminal()
            const flags = {
                ...{ channel: "temperature", point: [5, 35], method: "exact" as const },
                ...{ reference: "Testo 104", referenceCertificate: "1", technician: "mette" },
                ...{ uncertainty: 0.1, resolution: 0.01, validFor: 365, timeout: 24 * 3_600_000 },
                ...{ language: "da" as const, yes: true as const, journal: folder },
            }
            expect(await runCalibration([bench], flags, terminal), terminal.err.text).toBe(0)
            expect(terminal.err.text).toMatch(/Kalibrering \d+ er i brug/)
        } finally {
            clearInterval(noise)
            await link?.close()
            await bench.close()
            port?.unplug()
        }
    })
})
