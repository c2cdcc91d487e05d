/** `suitcase try --port` with a board in the VM behind the real serial library, and its recording played again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { BoardUsb } from "../../sim/jacdac/board-usb.js"
import { passTime } from "../../sim/jacdac/node-link.js"
import { BusLines, type RecordedTransfer } from "../../sim/parts/bus-lines.js"
import { World } from "../../sim/world/world.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { programCalled } from "../../tools/cli/apps.js"
import { compileFor } from "../../tools/cli/build/check.js"
import { run } from "../../tools/cli/cli.js"
import { ctrlC } from "../support/ctrl-c.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { PseudoPort } from "../support/pseudo-port.js"

const PROFILE = theBoard("suitcase_xiao_c3")
/** Virtual time, ms: it passes as fast as it can. */
const LONGEST_MS = 4_000_000_000

let folder: string
let recording: string
beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-try-"))
    recording = path.join(folder, "sht4x.ndjson")
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function suitcase(...words: string[]) {
    const terminal = fakeTerminal()
    return { terminal, ended: run(words, terminal) }
}

async function ended(...words: string[]) {
    const { terminal, ended: code } = suitcase(...words)
    return { code: await code, out: terminal.out.text, err: terminal.err.text }
}

describe("suitcase try --port", () => {
    const world = new World()
    afterAll(() => world.close())
    let port: PseudoPort | undefined
    afterEach(() => {
        port?.unplug()
        port = undefined
    })

    it("runs one driver on a board in place of its program, shows samples and transfers, and writes them down", async () => {
        const model = new SHT4xModel()
        model.feed("temperature", () => -12.5)
        const node = world.addNode({
            program: compileFor(PROFILE.id, await programCalled("bus-scan")),
            board: { profile: PROFILE },
            sensors: [model],
        })
        const plugged: PseudoPort = new PseudoPort(data => usb.feed(data))
        port = plugged
        const usb = new BoardUsb(node, bytes => plugged.write(bytes))
        const { terminal, ended: code } = suitcase(
            ...["try", "sht4x", "--port", plugged.path, "--yes", "--for", "10m"],
            ...["--record", recording]
        )
        // Its first samples may come before the board has confirmed what it runs.
        const isRunning = terminal.err.until(/the board runs it/)
        const hasSamples = Promise.all([isRunning, terminal.out.until(/(?:→[^]*){3}/)])
        await passTime(world, Promise.race([code, hasSamples]), LONGEST_MS)
        ctrlC()
        expect(await passTime(world, code, LONGEST_MS), terminal.err.text).toBe(0)
        expect(terminal.out.text).toMatch(/→ temperature -12\.\d+ °C · humidity \d+\.\d+ % RH/)
        expect(terminal.out.text).toMatch(/W fd/i)
        expect(terminal.err.text).toMatch(
            /compiling for .*suitcase_xiao_c3 …\nsending it to [0-9a-f]{16}/
        )
        expect(terminal.err.text).toContain("suitcase flash puts its program back")
        const [head, ...lines] = readFileSync(recording, "utf8").trim().split("\n")
        expect(JSON.parse(head)).toMatchObject({
            v: 1,
            part: "sht4x",
            address: 0x44,
            board: "",
        })
        expect(lines.some(text => text.includes('"write":"fd"'))).toBe(true)
    })

    it.each([
        [["scd4x", "--port", "/dev/null", "--input", "co2=1"], /--input is for the simulator/],
        [["contact", "--port", "/dev/null"], /on a pin: --port is for parts on the I2C bus/],
        [["sht4x", "--record", "x"], /--record is for a real board: --port/],
        [["sht4x", "--port", "/dev/null"], /program of the board at .* is replaced.*--yes/],
        [["sht4x", "--replay", "nowhere.ndjson"], /nowhere\.ndjson/],
    ])("refuses %j", async (words, problem) => {
        const { code, err } = await ended("try", ...words)
        expect(`${code} ${err}`).toMatch(/^2 /)
        expect(err).toMatch(problem)
    })

    describe("its recording, played again", () => {
        const changed = (change: (lines: string[]) => void) => {
            const lines = readFileSync(recording, "utf8").trim().split("\n")
            change(lines)
            const file = path.join(folder, "changed.ndjson")
            writeFileSync(file, `${lines.join("\n")}\n`)
            return file
        }
        const at = (lines: readonly string[]) =>
            lines.findIndex(text => text.includes('"write":"fd"'))

        it("gives the same samples, and the model agrees with the part", async () => {
            const { code, out } = await ended("try", "sht4x", "--replay", recording)
            expect(out).toMatch(
                /(\d+) of \1 recorded transfers made again\n\d+ samples as on the board/
            )
            expect(out).toContain("the model acknowledges what the part did")
            expect(code).toBe(0)
        })

        it("says where the driver does something else", async () => {
            const file = changed(lines => {
                lines[at(lines)] = lines[at(lines)].replace('"write":"fd"', '"write":"f6"')
            })
            const { code, out } = await ended("try", "sht4x", "--replay", file)
            expect(code).toBe(1)
            expect(out).toMatch(/the driver makes 0x44 W fd, recorded is 0x44 W f6/)
        })

        it("says where the model answers otherwise than the part", async () => {
            const file = changed(lines => {
                const read = lines.findIndex(
                    (text, i) => i > at(lines) && text.includes('"readLength":6')
                )
                lines[read] = lines[read]
                    .replace(/"read":"[0-9a-f]*"/, '"read":""')
                    .replace('"status":0', '"status":1')
            })
            const { code, out } = await ended("try", "sht4x", "--replay", file)
            expect(code).toBe(1)
            expect(out).toMatch(/the part refused it, the model did not|the driver makes/)
        })

        it("names a line that is none, and a recording of another part", async () => {
            const damaged = await ended(
                "try",
                "sht4x",
                "--replay",
                changed(lines => (lines[1] = "{"))
            )
            expect(`${damaged.code} ${damaged.err}`).toMatch(
                /^2 .*line 2 is no part of a recording/s
            )
            const other = await ended("try", "bh1750", "--replay", recording)
            expect(`${other.code} ${other.err}`).toMatch(/^2 .*is of sht4x, not of bh1750/s)
        })
    })
})

describe("the lines of a board's bus", () => {
    function read(...lines: string[]) {
        const transfers: RecordedTransfer[] = []
        const bus = new BusLines(transfer => transfers.push(transfer))
        for (const text of lines) bus.read(text)
        bus.end()
        return { transfers, lost: bus.lost }
    }

    it("are put together, however many pieces they come in", () => {
        const { transfers, lost } = read(
            "BUS 0 5 68 3 0 2",
            "BUSW fd",
            "BUSW 00",
            "BUSR 6666",
            "BUSR 93"
        )
        expect(transfers).toEqual([
            { n: 0, ms: 5, address: 68, write: "fd00", readLength: 3, read: "666693", status: 0 },
        ])
        expect(lost).toBe(0)
    })

    it("count what did not arrive whole, or at all, and go on after it", () => {
        const { transfers, lost } = read(
            ...["BUS 0 5 68 3 0 0", "BUSR 66", "BUS 3 9 68 0 1 0", "BUSR zz", "BUS 4 9 68 2 0 0"]
        )
        expect(transfers.map(({ n }) => n)).toEqual([3])
        expect(lost, "0 and 4 not whole, 1 and 2 not at all").toBe(4)
    })

    it("count anew after a restart of the board", () => {
        const { transfers, lost } = read("BUS 0 5 68 0 0 0", "BUS 1 6 68 0 0 0", "BUS 0 3 68 0 0 0")
        expect(transfers.map(({ n }) => n)).toEqual([0, 1, 0])
        expect(lost).toBe(0)
    })
})
