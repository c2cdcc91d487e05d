/**
 * The real `devs devtools` and its own simulator, as child processes on real
 * ports of the loopback interface and in real time, with simulated sensors.
 */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { connect, createServer, type AddressInfo } from "node:net"
import path from "node:path"
import { createInterface } from "node:readline"
import { IS_WHOLE } from "../runner/whole.js"
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { type BusTransfer } from "../../sim/bus/i2c-bus.js"
import { FREE_PORTS, startDevtools, type DevtoolsServer } from "../../sim/devtools/server.js"
import { runWithDevtools } from "../../sim/devtools/run.js"
import { SideChannel } from "../../sim/devtools/side-channel.js"
import { startSimulator } from "../../sim/devtools/simulator.js"
import { PROJECT_ROOT, compile } from "../../sim/program/compile.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"

const SOURCE = `import * as ds from "@devicescript/core"
import { readSetting } from "@devicescript/settings"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { openBus } from "../src/station/bus.js"

const sensor = new SHT4x(openBus())
console.log("SITE " + (await readSetting<string>("site", "none")))
await sensor.init()
for (;;) {
    await sensor.sample()
    console.log("READ " + sensor.values[0] + " " + sensor.values[1] + " " + sensor.qualities[0])
    await ds.sleep(50)
}
`

/** Lines that come in while a test runs. */
class Lines {
    readonly all: string[] = []
    private wake: () => void = () => undefined

    readonly add = (line: string): void => {
        this.all.push(line)
        this.wake()
    }

    /** Waits until a line matches, of those from number `from` on. */
    async first(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
        for (let i = from; ; i++) {
            while (i >= this.all.length)
                await new Promise<void>(resolve => {
                    this.wake = resolve
                })
            const match = pattern.exec(this.all[i])
            if (match !== null) return match
        }
    }
}

/** Command lines of the processes on this machine. */
function commandLines(): string[] {
    if (process.platform !== "linux")
        return execFileSync("ps", ["-A", "-o", "args"]).toString().split("\n")
    return readdirSync("/proc")
        .filter(name => /^\d+$/.test(name))
        .map(pid => {
            try {
                return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
            } catch {
                // The process ended meanwhile.
                return ""
            }
        })
}

function processesWith(text: string): string[] {
    return commandLines().filter(line => line.includes(text))
}

function isRunning(pid: number): boolean {
    try {
        return process.kill(pid, 0)
    } catch {
        return false
    }
}

/** Two words with checksums, as SHT4x sends them, in °C and %RH (datasheet 4.4, 4.6). */
function decoded({ result: { data } }: BusTransfer): [number, number] {
    for (const at of [0, 3]) expect(crc8(data.subarray(at, at + 2))).toBe(data[at + 2])
    const words = Buffer.from(data)
    return [-45 + (175 * words.readUInt16BE(0)) / 65535, -6 + (125 * words.readUInt16BE(3)) / 65535]
}

function crc8(bytes: Uint8Array): number {
    let crc = 0xff
    for (const byte of bytes) {
        crc ^= byte
        for (let bit = 0; bit < 8; bit++)
            crc = ((crc << 1) ^ ((crc & 0x80) === 0 ? 0 : 0x31)) & 0xff
    }
    return crc
}

const program = compile("devs/devtools-test.ts", { source: SOURCE })

describe("the stock simulator of devs devtools", () => {
    let server: DevtoolsServer
    const hadFolder = existsSync(path.join(PROJECT_ROOT, ".devicescript"))

    beforeAll(async () => {
        server = await startDevtools({ ports: FREE_PORTS })
    })

    afterAll(async () => {
        await server.close()
        expect(isRunning(server.pid as number)).toBe(false)
        expect(existsSync(path.join(PROJECT_ROOT, ".devicescript"))).toBe(hadFolder)
    })

    it("reads the simulated sensors over its bus", async () => {
        const lines = new Lines()
        const transfers: BusTransfer[] = []
        const model = new SHT4xModel().feed("temperature", 21.5).feed("humidity", 40)
        const run = await runWithDevtools({
            program,
            models: [model],
            ports: server.ports,
            settings: { site: "aarhus" },
            onConsole: lines.add,
            onTransfer: transfer => transfers.push(transfer),
        })
        onTestFinished(() => run.close())
        await lines.first(/^SITE aarhus$/)
        const reading = await lines.first(/^READ (\d+) (\d+) 0$/)
        expect(Math.abs(Number(reading[1]) - 2150)).toBeLessThanOrEqual(1)
        expect(Math.abs(Number(reading[2]) - 4000)).toBeLessThanOrEqual(1)
        const i = transfers.findIndex(t => Buffer.from(t.write).equals(Buffer.of(0xfd)))
        const [command, answer] = transfers.slice(i, i + 2) as [BusTransfer, BusTransfer]
        expect([command.address, answer.address, answer.readLength]).toEqual([0x44, 0x44, 6])
        const [celsius, percent] = decoded(answer)
        expect(celsius).toBeCloseTo(21.5, 2)
        expect(percent).toBeCloseTo(40, 2)
        expect(answer.unixMs - command.unixMs).toBeGreaterThanOrEqual(8.3)

        model.feed("temperature", -7.25)
        await lines.first(/^READ -72[456] \d+ 0$/)
        model.faults.unplugged = true
        await lines.first(/^READ \S+ \S+ [1-9]/)
        model.faults.unplugged = false
        await lines.first(/^READ -72[456] \d+ 0$/, lines.all.length)
        expect(model.illegalAccesses).toEqual([])

        expect(processesWith(run.deviceId).length).toBe(1)
        await run.close()
        await run.closed
        expect(processesWith(run.deviceId)).toEqual([])
        // The server ran before, so it stays.
        expect(await server.side.request("bcast", { enabled: false })).toEqual({})
    })

    it("reports it when another client stops it", async () => {
        const lines = new Lines()
        const simulator = await startSimulator(server.side, { program, onConsole: lines.add })
        onTestFinished(() => simulator.close())
        await lines.first(/^SITE none$/)
        const other = await SideChannel.connect(server.ports.web)
        await other.request("stopVM", {})
        await expect(simulator.closed).rejects.toThrow(/another client of devtools stopped it/)
        await other.close()
    })
})

if (IS_WHOLE)
    describe("devs devtools started here", () => {
        it("names the port that another program uses", async () => {
            const other = createServer()
            other.listen(0, "127.0.0.1")
            await once(other, "listening")
            const { port } = other.address() as AddressInfo
            for (const name of ["tcp", "debug"])
                await expect(
                    startDevtools({ ports: { ...FREE_PORTS, [name]: port } })
                ).rejects.toThrow(
                    `port ${port} is in use by another program: end that program or choose other ports`
                )
            other.close()
        })

        it("is ended when its start is given up", async () => {
            const stop = new AbortController()
            let folder = ""
            const started = startDevtools({
                ports: FREE_PORTS,
                signal: stop.signal,
                onOutput: line => {
                    const match = /running in (.*)$/.exec(line)
                    if (match === null) return
                    folder = match[1]
                    stop.abort(new Error("stopped by hand"))
                },
            })
            await expect(started).rejects.toThrow("stopped by hand")
            expect(path.basename(folder)).toMatch(/^suitcase-devtools-/)
            expect(existsSync(folder)).toBe(false)
        })

        it("ends with its simulator when the process that started it is killed", async () => {
            const script = `
            const { runWithDevtools } = await import("./sim/devtools/run.ts")
            const { FREE_PORTS } = await import("./sim/devtools/server.ts")
            const { compile } = await import("./sim/program/compile.ts")
            const source = 'console.log("HELLO")'
            const program = compile("devs/devtools-hello.ts", { source })
            const run = await runWithDevtools({
                program, models: [], ports: FREE_PORTS, onConsole: line => console.log(line),
            })
            console.log("RUN " + JSON.stringify([run.pid, run.ports.tcp, run.deviceId]))
        `
            const parent = spawn(
                process.execPath,
                ["--import", "tsx", "--input-type=module", "-e", script],
                { cwd: PROJECT_ROOT, stdio: ["ignore", "pipe", "inherit"] }
            )
            onTestFinished(() => void parent.kill("SIGKILL"))
            const lines = new Lines()
            createInterface({ input: parent.stdout }).on("line", lines.add)
            await lines.first(/^HELLO$/)
            const [, found] = (await lines.first(/^RUN (.*)$/)) as unknown as [string, string]
            const [pid, port, deviceId] = JSON.parse(found) as [number, number, string]
            expect(isRunning(pid)).toBe(true)
            expect(processesWith(deviceId).length).toBe(1)

            parent.kill("SIGKILL")
            await once(parent, "exit")
            await vi.waitFor(
                () => {
                    expect(isRunning(pid)).toBe(false)
                    expect(processesWith(deviceId)).toEqual([])
                },
                { timeout: 60_000 }
            )
            const [refused] = (await once(connect(port, "127.0.0.1"), "error")) as [Error]
            expect(refused.message).toContain("ECONNREFUSED")
        })
    })
