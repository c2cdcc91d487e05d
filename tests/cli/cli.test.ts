/** The `suitcase` command as its users meet it: output, messages, exit codes. */
import { spawn, type ChildProcess } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { AedesBroker } from "../../sim/net/aedes-broker.js"
import { PROJECT_ROOT, compile } from "../../sim/program/compile.js"
import { reportFailure, run } from "../../tools/cli/cli.js"
import { fakeTerminal, type FakeTerminal } from "../support/fake-terminal.js"

const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-cli-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function suitcase(
    args: string,
    terminal = fakeTerminal()
): Promise<{ code: number; terminal: FakeTerminal }> {
    const words = args.split(" ").filter(word => word !== "")
    return { code: await run(words, terminal), terminal }
}

const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g

describe("help", () => {
    it.each([
        "--help",
        "sim --help",
        "build --help",
        "listen --help",
        "help sim",
        "kit --help",
        "kit check --help",
        "init --help",
        "catalog --help",
    ])("%s explains options with units and examples in 80 columns", async args => {
        const { code, terminal } = await suitcase(args)
        expect(code).toBe(0)
        expect(terminal.out.text).toMatch(/^Usage: suitcase/)
        expect(terminal.out.text).toContain("Examples:")
        expect(terminal.out.text).toContain("Exit codes:")
        expect(terminal.out.lines.filter(line => line.length > 80)).toEqual([])
        expect(terminal.err.text).toBe("")
    })

    it("names every option of the simulation", async () => {
        const { terminal } = await suitcase("sim --help")
        for (const option of [
            "--for",
            "--speed",
            "--trace",
            "--broker",
            "--seed",
            "--devices",
            "--live",
            "--devtools",
            "--json",
        ])
            expect(terminal.out.text).toContain(`  ${option}`)
    })

    it("prints the version of the package", async () => {
        const { version } = JSON.parse(
            readFileSync(path.join(PROJECT_ROOT, "package.json"), "utf8")
        ) as { version: string }
        expect((await suitcase("--version")).terminal.out.text.trim()).toBe(version)
    })

    it("without a command shows how to use it, as an error", async () => {
        const { code, terminal } = await suitcase("")
        expect(code).toBe(2)
        expect(terminal.err.text).toContain("Usage: suitcase")
    })
})

describe("wrong use gets one line on stderr and exit code 2", () => {
    it.each([
        ["fly", /unknown command 'fly'/],
        ["energy", /missing required argument 'app'/],
        ["sim indoor-climat", /unknown app "indoor-climat"; known are .*indoor-climate/],
        ["sim ../devs/indoor-climate", /unknown app/],
        ["build nothing", /unknown app "nothing"; known are .*indoor-climate/],
        [
            "build indoor-climate --board zx81",
            /unknown board "zx81"; known are suitcase_devkitc,.*suitcase_pico_w,.*pico_w/,
        ],
        ["sim indoor-climate --sped 1", /unknown option '--sped' \(Did you mean .*--speed\?\)/],
        ["sim indoor-climate --for 24", /'24' is invalid\. Write a time above zero such as 90s/],
        ["sim indoor-climate --for 0s", /'0s' is invalid/],
        ["sim indoor-climate --speed fast", /Write max, or simulated seconds per second/],
        ["sim indoor-climate --speed 0", /'0' is invalid/],
        ["sim indoor-climate --seed -1", /from 0 to 2147483648/],
        ["sim indoor-climate --devices 0", /from 1 to 200/],
        ["sim indoor-climate --devices 1.5", /from 1 to 200/],
        [
            "sim indoor-climate --live --for 1h",
            /--live runs in real time until Ctrl-C; leave out --for/,
        ],
        ["sim indoor-climate --devtools --json", /--devtools runs one node/],
        ["sim indoor-climate --devtools --fault clock:+1ppm", /leave out .*--fault/],
        [
            "sim indoor-climate --fault broker-gone@08:00",
            /'broker-gone@08:00' is invalid\. Valid values: broker-down@TIME\+FOR, .*power-cut@TIME/,
        ],
        [
            "sim indoor-climate --fault broker-down@8+2h",
            /Write broker-down@TIME\+FOR, such as broker-down@08:00\+2h; TIME is/,
        ],
        [
            "sim indoor-climate --for 2h --fault power-cut@12:00",
            /--fault power-cut@12:00 would begin after the end of the run/,
        ],
        [
            "sim indoor-climate --fault sensor-unplugged:bme280@01:00+1h",
            /no such sensor; they have sht4x, scd4x, bh1750/,
        ],
        ["sim indoor-climate --devtools left", /Allowed choices are stock, free/],
        ["sim indoor-climate --trace none.csv", /none\.csv: no such file/],
        [
            "sim indoor-climate --broker localhost",
            /--broker localhost: write embedded, embedded:PORT, mqtt:\/\/host:port or/,
        ],
        ["sim indoor-climate --broker ws://localhost", /nodes speak no WebSockets/],
        ["sim indoor-climate --broker embedded:99999", /a port is a number from 0 to 65535/],
        [
            "sim indoor-climate --broker mqtt://localhost:99999",
            /a port is a number from 0 to 65535/,
        ],
        [
            "sim indoor-climate --broker mqtt://127.0.0.1:1",
            /cannot connect to the broker mqtt:\/\/127\.0\.0\.1:1: connection refused/,
        ],
        ["listen", /required option '--broker <url>' not specified/],
        ["listen --broker ://me:secret@x", /is not a broker address/],
        ["listen --broker mqtt://127.0.0.1:1", /cannot connect to the broker/],
        ["listen --broker mqtt://x --format xml", /Allowed choices are table, ndjson, csv/],
        ["listen --broker mqtt://x --site a/b", /Use letters, digits/],
    ])("suitcase %s", async (args, message) => {
        const { code, terminal } = await suitcase(args)
        expect(terminal.err.text).toMatch(message)
        expect(terminal.err.text).toMatch(/^suitcase: [^\n]+\n$/)
        expect(terminal.err.text).not.toMatch(/\bat .*:\d+:\d+|secret/)
        expect(terminal.out.text).toBe("")
        expect(code).toBe(2)
    })

    it("names file, line and column of a malformed trace", async () => {
        const file = path.join(folder, "bad.csv")
        writeFileSync(file, "time,temperature_degC\n2024-01-15T00:00:00,warm\n")
        const { code, terminal } = await suitcase(`sim indoor-climate --trace ${file}`)
        expect(code).toBe(2)
        expect(terminal.err.text).toContain(
            `bad.csv, line 2, column 2 (temperature_degC): "warm" is not a number`
        )
    })

    it("shows the compiler's own diagnostics for an app that does not compile", () => {
        const terminal = fakeTerminal()
        let code: number | undefined
        try {
            compile("devs/broken.ts", { source: 'const a: number = "x"\nconsole.log(a)\n' })
        } catch (e) {
            code = reportFailure(e, terminal)
        }
        expect(code).toBe(2)
        expect(terminal.err.text).toContain("devs/broken.ts does not compile")
        expect(terminal.err.text).toMatch(/broken\.ts.*1.*string.*number/s)
        expect(terminal.err.text).not.toContain("    at ")
    })

    it("keeps exit code 1 and a stack trace for faults of its own", () => {
        const terminal = fakeTerminal()
        expect(reportFailure(new TypeError("oops"), terminal)).toBe(1)
        expect(terminal.err.text).toMatch(/internal error: TypeError: oops\n\s+at /)
    })
})

describe("suitcase build", () => {
    it("shows the program's share of every own board and of the code limit, and its largest functions", async () => {
        const { code, terminal } = await suitcase("build indoor-climate")
        expect(code).toBe(0)
        expect(terminal.out.text).toMatch(/suitcase_pico_w \(rp2040w\).* B .*110,464 B .*%/)
        expect(terminal.out.text).toMatch(/suitcase_xiao_c3 \(esp32c3\).* B .*225,152 B .*%/)
        expect(terminal.out.text).toMatch(/code that the VM can reach .*65,532 B/)
        expect(terminal.out.text).toMatch(/suitcase_xiao_c3 .*65,536 B .*\d,\d+ B .*\d,\d+ B/)
        expect(terminal.out.text).toMatch(/^parts: Sensirion SHT4x, .*; 4 channels$/m)
        expect(terminal.out.text).toMatch(/linked: code [67][\d,]+ B → [45][\d,]+ B/)
        expect(terminal.out.text).toMatch(/src\/core\/outbox .* B/)
        expect(terminal.out.text).toMatch(/code \(src\/core\/frame\/row-encoder\.ts:\d+\)/)
    })

    it("shows every file on request, and what keeps a function in the image", async () => {
        const files = await suitcase("build bus-scan --files")
        expect(files.terminal.out.text).toMatch(/src\/station\W[\s\S]* {2}scan\.ts/)
        const why = async (name: string) =>
            (await suitcase(`build indoor-climate --why ${name}`)).terminal.out.text
        expect(await why("sample")).toMatch(/used by run \(src\/station\/station/)
        expect(await why("putBase64")).toMatch(/^putBase64 was put into \w+ \(src\/uplink/)
        expect(await why("isSimulator")).toMatch(/^isSimulator is not in the image: nothing/)
        expect(await why("nothing")).toBe("the program has no function nothing\n")
    })

    it("writes the board's image, without the simulator's bus", async () => {
        const file = path.join(folder, "app.devs")
        for (const [flag, id] of [
            ["", "suitcase_xiao_c3"],
            ["--board suitcase_pico_w ", "suitcase_pico_w"],
        ]) {
            const { code, terminal } = await suitcase(`build bus-scan ${flag}-o ${file}`)
            expect(code).toBe(0)
            expect(terminal.out.text).toMatch(new RegExp(`wrote .*app\\.devs: [\\d,]+ B for ${id}`))
            const { heapBytes, beatPin } = theBoard(id)
            const options = { name: "bus-scan", target: "board", heapBytes, beatPin } as const
            const image = Uint8Array.from(readFileSync(file))
            expect(image).toEqual(compile("devs/bus-scan.ts", options).bytecode)
            const beats = Buffer.from(image).includes("no SPI for the beat")
            expect(beats, `${id}: keeps its tick by SPI`).toBe(beatPin !== null)
        }
        const lost = await suitcase(`build bus-scan -o ${path.join(folder, "no", "app.devs")}`)
        expect(lost.code).toBe(2)
        expect(lost.terminal.err.text).toMatch(/app\.devs: no such file or folder; give another/)
        expect(lost.terminal.out.text).toBe("")
    })

    it("gives the figures of a stock board as JSON, and they add up", async () => {
        const { code, terminal } = await suitcase("build indoor-climate --board pico_w --json")
        expect(code).toBe(0)
        expect(terminal.out.lines).toHaveLength(1)
        const figures = JSON.parse(terminal.out.text) as {
            bytecodeBytes: number
            codeEndBytes: number
            sections: Record<string, number>
            boards: object[]
            files: Record<string, number>
            functions: { name: string; bytes: number }[]
            boots: object[]
        }
        expect(figures.boards).toEqual([
            { board: "pico_w", architecture: "rp2040w", programBytes: 27 * 4096 - 128 },
        ])
        const sum = (sizes: number[]) => sizes.reduce((a, b) => a + b, 0)
        expect(sum(Object.values(figures.sections))).toBe(figures.bytecodeBytes)
        // Each function counts with its entry in the table, and so does each file.
        const inCode = figures.sections["code"] + figures.sections["function table"]
        expect(sum(figures.functions.map(f => f.bytes))).toBe(inCode)
        expect(sum(Object.values(figures.files))).toBe(inCode)
        expect(figures.boots).toMatchObject([
            { board: "pico_w", stop: null, columns: 4, heapBytes: 65536, unknownParts: [] },
        ])
        // Header and function table come first.
        expect(figures.codeEndBytes).toBe(
            112 + figures.sections["code"] + figures.sections["function table"]
        )
    })
})

describe("suitcase sim", () => {
    it("--json prints one line with every figure, and no reading is lost", async () => {
        const { code, terminal } = await suitcase("sim indoor-climate --for 2h --devices 2 --json")
        expect(terminal.err.text).toBe("")
        expect(code).toBe(0)
        expect(terminal.out.lines).toHaveLength(1)
        const report = JSON.parse(terminal.out.text) as Record<string, number>
        expect(Object.keys(report).sort()).toEqual(
            [
                "app",
                "devices",
                "seed",
                "simulatedSeconds",
                "wallSeconds",
                "readingsSampled",
                "readingsReceived",
                "readingsLost",
                "readingsLostByBroker",
                "readingsDropped",
                "readingsLostToPower",
                "duplicates",
                "gaps",
                "gapsByReason",
                "frames",
                "framesLost",
                "malformed",
                "silentNodes",
                "hasCommands",
                "protocolViolations",
                "faults",
                "payloadBytes",
                "wireBytes",
                "jsonBytes",
                "bytecodeBytes",
                "heapLowWaterBytes",
                "board",
                "heapLeastBlockBytes",
                "heapAfterCollectionBytes",
                "longestRunOpcodes",
                "longestRunAt",
                "longestBlockMs",
                "longestRunOpcodesAfterBoot",
                "longestBlockMsAfterBoot",
                "roundsWithoutFeed",
                "boardResets",
                "tickLossRisks",
                "tickLossRisksAtBoot",
                "tickLossPlaces",
                "tickLosses",
                "lights",
                "truth",
            ].sort()
        )
        expect(report).toMatchObject({
            app: "indoor-climate",
            devices: 2,
            seed: 1,
            simulatedSeconds: 7200,
            readingsLost: 0,
            readingsLostByBroker: 0,
            framesLost: 0,
            malformed: 0,
            silentNodes: 0,
            duplicates: 0,
            readingsDropped: 0,
            readingsLostToPower: 0,
            protocolViolations: 0,
            faults: [],
        })
        expect(report["readingsReceived"]).toBe(report["readingsSampled"])
        expect(report["readingsSampled"]).toBeGreaterThanOrEqual(2 * 4 * 118)
        expect(report["frames"]).toBeGreaterThanOrEqual(2 * 8)
        expect(report["payloadBytes"]).toBeLessThan(report["wireBytes"])
        expect(report["wireBytes"]).toBeLessThan(report["jsonBytes"])
        expect(report["heapLowWaterBytes"]).toBeGreaterThan(8192)
    })

    it("without a terminal prints plain lines as time goes by, then the summary", async () => {
        const { code, terminal } = await suitcase("sim indoor-climate --for 4h")
        expect(code).toBe(0)
        expect(terminal.out.text).not.toMatch(ESCAPES)
        expect(terminal.out.text).toMatch(
            /^Suitcase: indoor climate of a room · 1 node · 4 h · embedded broker · seed 1\n/
        )
        expect(terminal.out.text).toMatch(
            /^Mon 2024-01-15 02:00 {2}\d+\.\d\d °C {2}\d+\.\d\d % RH {2}\d+ ppm {2}light \w+ {2}\d+ readings$/m
        )
        expect(terminal.out.text.match(/^Mon 2024/gm)).toHaveLength(24)
        expect(terminal.out.text).toMatch(/readings lost +│ 0 /)
        expect(terminal.out.text).toMatch(/on the wire +│ [\d,]+ B, \d+\.\d\d B per reading/)
        expect(terminal.out.lines.filter(line => line.length > 80)).toEqual([])
    })

    it("on a terminal redraws a table with course and progress within 80 columns", async () => {
        const terminal = fakeTerminal(true)
        const { code } = await suitcase("sim indoor-climate --for 3h --speed max", terminal)
        expect(code).toBe(0)
        const text = terminal.out.text.replace(ESCAPES, "").replace(/^.*\r/, "")
        expect(text).toMatch(/│ co2 +│ +\d+ ppm │ ok +│ +\d+ min │ [▁▂▃▄▅▆▇█·]{2,24} +│/)
        expect(text).toMatch(/█{30} 100 % /)
        expect(text).toMatch(/readings received in \d+ frames · Ctrl-C ends/)
        expect(text.split("\n").filter(line => line.length > 80)).toEqual([])
        expect(terminal.out.text, "without colours").not.toMatch(/\u001b\[[0-9;]+m/)
    })

    it("meets faults as they were asked for, notes each as it happens, and sums them up", async () => {
        const { code, terminal } = await suitcase(
            "sim indoor-climate --for 2h --fault broker-down@00:20+15m --fault power-cut@01:10 --fault latency:50ms"
        )
        expect(terminal.err.text).toBe("")
        expect(code).toBe(0)
        const { text } = terminal.out
        for (const line of [
            /^Mon 2024-01-15 00:00 {2}latency:50ms: every segment takes 50 ms$/m,
            /^Mon 2024-01-15 00:20 {2}broker-down@00:20\+15m: the broker is down for 15 min$/m,
            /^Mon 2024-01-15 00:35 {2}broker-down@00:20\+15m: over$/m,
            /^Mon 2024-01-15 00:3\d {2}broker-down@00:20\+15m: the node is back after \d+ s$/m,
            /^Mon 2024-01-15 01:10 {2}power-cut@01:10: no power for 10 s$/m,
            /readings lost +│ about 40 in RAM when the power went /,
            /fault +│ power-cut@01:10 /,
        ])
            expect(text).toMatch(line)
        expect(terminal.out.lines.filter(line => line.length > 80)).toEqual([])
    })

    it("with --json prints nothing but the figures, faults among them", async () => {
        const { code, terminal } = await suitcase(
            "sim indoor-climate --for 1h --json --fault link-down@00:20+5m"
        )
        expect(code).toBe(0)
        expect(terminal.err.text).toBe("")
        expect(terminal.out.lines).toHaveLength(1)
        const { faults } = JSON.parse(terminal.out.text) as { faults: object[] }
        expect(faults).toMatchObject([
            {
                fault: "link-down@00:20+5m",
                from: "2024-01-15T00:20:00.000Z",
                to: "2024-01-15T00:25:00.000Z",
                reconnects: 1,
            },
        ])
    })

    it("shows which node a channel belongs to when there are several", async () => {
        const terminal = fakeTerminal(true, true)
        await suitcase("sim indoor-climate --for 1h --speed max --devices 3", terminal)
        const text = terminal.out.text.replace(ESCAPES, "").replace(/^.*\r/, "")
        expect(text).toMatch(/│ #3 +│ co2 +│/)
        expect(text.split("\n").filter(line => line.length > 80)).toEqual([])
        expect(terminal.out.text, "with colours").toMatch(/\u001b\[32mok/)
    })

    it("feeds the sensors from a trace of the user's", async () => {
        const file = path.join(folder, "cold.csv")
        writeFileSync(file, "time,temperature_degC\n2024-01-15T00:00:00,-12.34\n")
        const { code, terminal } = await suitcase(`sim indoor-climate --for 1h --trace ${file}`)
        expect(code).toBe(0)
        expect(terminal.out.text).toContain(`temperature comes from temperature_degC of ${file}.`)
        expect(terminal.out.text).toMatch(/Mon 2024-01-15 01:00 {2}-12\.3[345] °C/)
    })

    it("shows the console of the nodes with --log", async () => {
        const { terminal } = await suitcase("sim indoor-climate --for 1m --log")
        expect(terminal.out.text).toMatch(/^node1: start: indoor-climate/m)
    })

    it("says so when the port for its broker is taken", async () => {
        const broker = await AedesBroker.start()
        const port = await broker.listen()
        try {
            const { code, terminal } = await suitcase(
                `sim indoor-climate --for 1m --broker embedded:${port}`
            )
            expect(code).toBe(2)
            expect(terminal.err.text).toBe(
                `suitcase: port ${port} is taken by another program; choose another one\n`
            )
        } finally {
            await broker.close()
        }
    })

    it("runs against a broker on the network", async () => {
        const broker = await AedesBroker.start()
        const port = await broker.listen()
        try {
            const { code, terminal } = await suitcase(
                `sim indoor-climate --for 2h --json --broker mqtt://127.0.0.1:${port}`
            )
            expect(terminal.err.text).toBe("")
            expect(code).toBe(0)
            const report = JSON.parse(terminal.out.text) as Record<string, number>
            expect(report["readingsSampled"]).toBeGreaterThanOrEqual(4 * 118)
        } finally {
            await broker.close()
        }
    })
})

describe("as a process", () => {
    let child: ChildProcess | undefined
    afterEach(() => child?.kill("SIGKILL"))

    function start(args: string, env: NodeJS.ProcessEnv = {}) {
        const started = spawn(
            process.execPath,
            [path.join(PROJECT_ROOT, "tools", "cli", "suitcase.mjs"), ...args.split(" ")],
            { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] }
        )
        child = started
        const output = { out: "", err: "" }
        started.stdout.on("data", (data: Buffer) => (output.out += data.toString()))
        started.stderr.on("data", (data: Buffer) => (output.err += data.toString()))
        const until = (pattern: RegExp) =>
            new Promise<void>(resolve => {
                const look = () => {
                    if (pattern.test(output.out)) resolve()
                }
                started.stdout.on("data", look)
                look()
            })
        const code = new Promise<number | null>(resolve => started.once("close", resolve))
        return { process: started, output, until, code }
    }

    it("works from any folder and passes the exit code on", async () => {
        const run = start("sim no-such-app")
        expect(await run.code).toBe(2)
        expect(run.output.err).toMatch(/^suitcase: unknown app "no-such-app"/m)
    })

    it("ends quietly when the reader of its output goes away", async () => {
        const run = start("sim indoor-climate --for 2d --speed 20000")
        await run.until(/Suitcase/)
        run.process.stdout.destroy()
        expect(await run.code).toBe(0)
        expect(run.output.err).toBe("")
    })

    it.skipIf(process.platform === "win32")(
        "runs in the stock simulator with --devtools until Ctrl-C",
        async () => {
            const run = start("sim indoor-climate --devtools free --log")
            await run.until(/^Dashboard: http:\/\/127\.0\.0\.1:\d+\/$/m)
            await run.until(/^connecting to tcp:\/\/127\.0\.0\.1:\d+$/m)
            run.process.kill("SIGINT")
            expect(await run.code).toBe(0)
            expect(run.output.err).toBe("")
        }
    )

    it.skipIf(process.platform === "win32").each([
        ["sim indoor-climate --for 60d", 130],
        ["sim indoor-climate --live", 0],
    ])("Ctrl-C ends %s with the summary so far and exit code %i", async (args, code) => {
        const run = start(args)
        await run.until(/Suitcase/)
        // Under npx one Ctrl-C comes twice: from the terminal, and passed on by npm.
        run.process.kill("SIGINT")
        run.process.kill("SIGINT")
        expect(await run.code).toBe(code)
        expect(run.output.out).toMatch(/readings lost +│ 0/)
        expect(run.output.err).toBe("")
    })
})
