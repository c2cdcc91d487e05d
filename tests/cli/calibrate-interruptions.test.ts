/**
 * What happens to calibrations over USB: a cable that is pulled out, a node that restarts, answers that are lost, ports
 * that cannot be had. Behind the real serial library on pseudo-terminals, with the framing of boards.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { BoardUsb } from "../../sim/jacdac/board-usb.js"
import { NodeLink, passTime } from "../../sim/jacdac/node-link.js"
import { type SimNode } from "../../sim/world/node.js"
import { type World } from "../../sim/world/world.js"
import { CalibrationJournal } from "../../tools/calibration/journal.js"
import { NodeCalibration } from "../../tools/calibration/node-calibration.js"
import { channelNamed } from "../../tools/calibration/node-session.js"
import { openSimBench, type SimBench } from "../../tools/calibration/sim-bench.js"
import { TerminalAsk } from "../../tools/cli/calibrate/ask.js"
import { guide } from "../../tools/cli/calibrate/dialogue.js"
import { importRecords } from "../../tools/cli/calibrate/records.js"
import { runCalibration, type CalibrateFlags } from "../../tools/cli/calibrate/run.js"
import { NodeSerialPort, portProblem } from "../../tools/cli/usb/serial-port.js"
import { NodeService } from "../../tools/flash/usb/node-service.js"
import { UsbLink } from "../../tools/flash/usb/usb-link.js"
import { IS_WHOLE } from "../runner/whole.js"
import { fakeTerminal, type FakeTerminal } from "../support/fake-terminal.js"
import { PseudoPort } from "../support/pseudo-port.js"
import { PseudoTerminal } from "../support/pseudo-terminal.js"

/** A board is given ten times as long: here a cable that is out is to be noticed soon. */
const ANSWER_MS = 400

let folder: string
let plugged: Plugged[]
// Compiled once; on a busy machine that takes its time.
beforeAll(async () => {
    await (await openSimBench(1, { warmUpMs: 0 })).close()
}, 300_000)
beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-interruptions-"))
    plugged = []
})
afterEach(async () => {
    for (const each of plugged) await each.close()
    rmSync(folder, { recursive: true })
})

/** A node that is plugged in, with a calibration from before. */
class Plugged {
    private isOut = false

    private constructor(
        readonly bench: SimBench,
        private readonly usb: BoardUsb,
        private readonly link: UsbLink,
        readonly cable: { isMute: boolean; port: PseudoPort },
        readonly before: number
    ) {}

    static async in(device: string, answerMs = ANSWER_MS): Promise<Plugged> {
        const parts = await new Promise<{
            usb: BoardUsb
            cable: { isMute: boolean; port: PseudoPort }
            link: UsbLink
            bench: Promise<SimBench>
        }>(resolve => {
            const bench = openSimBench(1, {
                ...{ device, warmUpMs: 20_000, answerMs },
                faults: new Map([["temperature", { gain: 1.02, offset: 0.4 }]]),
                connect: async (world: World, node: SimNode) => {
                    const usb = new BoardUsb(node, bytes => {
                        if (!cable.isMute) cable.port.write(bytes)
                    })
                    const cable = { isMute: false, port: new PseudoPort(data => usb.feed(data)) }
                    const port = new NodeSerialPort(cable.port.path)
                    const link = await passTime(world, UsbLink.open(port))
                    resolve({ usb, cable, link, bench })
                    return link
                },
            })
        })
        const { usb, cable, link } = parts
        const bench = await parts.bench
        const terminal = fakeTerminal()
        const old = path.join(folder, "before")
        await runCalibration(
            [bench],
            { ...FLAGS, journal: old, point: [20], method: "offset" },
            terminal
        )
        const { calibration } = await channelNamed(bench, "temperature")
        expect(calibration, terminal.err.text).toBeGreaterThan(0)
        const self = new Plugged(bench, usb, link, cable, calibration)
        plugged.push(self)
        return self
    }

    /** Does something at the first moment at which readings fill the window for the second point. */
    atSecondPoint(work: () => void): SimBench {
        let isDone = false
        const { bring } = this.bench
        return {
            ...this.bench,
            bring: (channel, value) => {
                bring(channel, value)
                if (!isDone && value === FLAGS.point[1]) {
                    isDone = true
                    work()
                }
            },
        }
    }

    /** Does something when a record is about to be sent. */
    atWriting(work: () => void): SimBench {
        const { node } = this.bench
        const apply: typeof node.apply = async record => {
            work()
            await node.apply(record)
        }
        return {
            ...this.bench,
            node: Object.create(node, { apply: { value: apply } }) as typeof node,
        }
    }

    pullOut(): void {
        this.cable.port.unplug()
        this.isOut = true
    }

    /** The same cable into the same port. */
    plugIn(): void {
        const { usb, cable } = this
        cable.port = new PseudoPort(data => usb.feed(data), cable.port.path)
        this.isOut = false
    }

    restart(): void {
        this.bench.simulated.powerOff()
        this.usb.restarted()
        this.bench.simulated.powerOn()
    }

    /** The node on another cable. */
    again(): SimBench {
        const { bench } = this
        const link = new NodeLink(bench.world, bench.simulated)
        return { ...bench, node: new NodeCalibration(new NodeService(link, bench.device)) }
    }

    async calibrationNow(): Promise<number> {
        return (await channelNamed(this.again(), "temperature")).calibration
    }

    async close(): Promise<void> {
        await this.link.close()
        await this.bench.close()
        if (!this.isOut) this.cable.port.unplug()
    }
}

/** Virtual time passes fast while the host waits in real time. */
const LONG_MS = 24 * 3_600_000
const FLAGS: CalibrateFlags = {
    ...{ channel: "temperature", point: [5, 35], method: "exact" },
    ...{ reference: "Testo 104", referenceCertificate: "1", technician: "mette" },
    ...{ uncertainty: 0.1, resolution: 0.01, validFor: 365, timeout: LONG_MS },
    ...{ language: "en", yes: true, journal: "" },
}
const ALL = "0123456789abcdef"

async function run(
    benches: readonly SimBench[]
): Promise<{ code: number; terminal: FakeTerminal }> {
    const terminal = fakeTerminal()
    const journal = path.join(folder, "now")
    const code = await runCalibration(benches, { ...FLAGS, journal }, terminal)
    return { code, terminal }
}

describe("a calibration over USB", () => {
    it("whose cable is pulled out ends and leaves the correction that was, and another node beside it is calibrated", async () => {
        const [first, second] = [await Plugged.in(ALL), await Plugged.in("fedcba1876543210")]
        const { code, terminal } = await run([
            first.bench,
            second.atSecondPoint(() => second.pullOut()),
        ])
        expect(code, terminal.err.text).toBe(1)
        expect(terminal.err.text).toMatch(
            /fedcba1876543210 stopped answering: is its cable out, or is it without power\?\nNothing was written; the node has the correction that it had/
        )
        expect(await second.calibrationNow()).toBe(second.before)
        expect(await first.calibrationNow()).not.toBe(first.before)
        expect(readdirSync(path.join(folder, "now"))).toEqual([first.bench.device])
    })

    it.each<readonly [string, (node: Plugged) => void]>([
        ["arrives", node => (node.cable.isMute = true)],
        ...(IS_WHOLE ? [["does not arrive", (node: Plugged) => node.pullOut()] as const] : []),
    ])(
        "whose record %s, and whose answer is lost, names the file that settles it",
        async (_, happens) => {
            const node = await Plugged.in(ALL)
            const { code, terminal } = await run([node.atWriting(() => happens(node))])
            expect(code, terminal.err.text).toBe(3)
            const [, id, file] =
                /while calibration (\d+) was written[^]* import (\S+) \(does nothing twice\)/.exec(
                    terminal.err.text
                ) ?? []
            expect([node.before, Number(id)]).toContain(await node.calibrationNow())
            const journal = new CalibrationJournal(path.join(folder, "now"))
            expect(journal.inForce(ALL)).toEqual([])
            expect(await importRecords(node.again(), file, journal, fakeTerminal())).toBe(0)
            expect(await node.calibrationNow()).toBe(Number(id))
            expect(journal.inForce(ALL).map(known => known.id)).toEqual([Number(id)])
        }
    )

    if (IS_WHOLE)
        it("of one node ends with exit code 3 when its cable is pulled out", async () => {
            const node = await Plugged.in(ALL)
            const { code, terminal } = await run([node.atSecondPoint(() => node.pullOut())])
            expect(code, terminal.err.text).toBe(3)
            expect(await node.calibrationNow()).toBe(node.before)
        })

    // The host notices after seconds of real time that a board has forgotten it.
    if (IS_WHOLE)
        it("goes on when the node restarts in the middle: its readings begin anew", async () => {
            const node = await Plugged.in(ALL, 4000)
            const { code, terminal } = await run([node.atSecondPoint(() => node.restart())])
            expect(code, terminal.err.text).toBe(0)
            expect(await node.calibrationNow()).not.toBe(node.before)
        })
})

describe("the dialogue", () => {
    it("goes on where it was when its cable comes out of the port and back into it", async () => {
        const node = await Plugged.in(ALL)
        // A person waits by the clock on the wall, which a simulation leaves behind while it waits for an answer.
        let clockMs = node.bench.nowMs()
        const bench: SimBench = {
            ...node.bench,
            nowMs: () => clockMs,
            sleep: async ms => {
                clockMs += ms / 10
                await node.bench.sleep(ms)
            },
        }
        const screen = new PseudoTerminal()
        const { keys } = screen.terminal
        if (keys === undefined) throw new Error("nobody can press keys")
        const signal = new AbortController().signal
        const ask = new TerminalAsk(screen.terminal, keys, signal)
        const { channel, reference, referenceCertificate, technician, ...rest } = FLAGS
        const said = {
            ...{ channel, reference, referenceCertificate, technician },
            ...{ uncertainty: rest.uncertainty, resolution: 0.01, language: "en" as const },
            ...{ point: [21], method: "offset" as const, validFor: 365 },
            ...{ timeout: 900_000, journal: path.join(folder, "now") },
        }
        const ended = guide([bench], said, ask, screen.terminal)
        await screen.until(/filling/)
        node.pullOut()
        await screen.until(/silent/)
        node.plugIn()
        await screen.answer(/Stable\. Enter:/, "\r")
        await screen.answer(/uncertainty there/, "\r")
        await screen.answer(/One point is taken[^]*Correct by offset/, "\r")
        await screen.answer(/Write it to the node[^]*Write nothing/, "\u001b[B\r")
        await screen.until(/Calibration \d+ is in force\. Its certificate/)
        expect(await ended).toBe(0)
        expect(await node.calibrationNow()).not.toBe(node.before)
        screen.close()
    })
})

describe("a port that cannot be had", () => {
    const open = (port: string) => new NodeSerialPort(port).open({ baudRate: 115_200 })

    it("is named with what to do: another program has it", async () => {
        const port = new PseudoPort(() => undefined)
        const other = new NodeSerialPort(port.path)
        await other.open({ baudRate: 115_200 })
        await expect(open(port.path)).rejects.toThrow(/is used by another program: close serial/)
        await other.close()
        port.unplug()
    })

    // As the library words what systems say.
    it.each([
        ["linux", "Error Resource temporarily unavailable Cannot lock port", /fuser -v \/dev\/x/],
        ["linux", "Error: Permission denied, cannot open /dev/x", /usermod -aG dialout/],
        ["linux", "Error: No such file or directory, cannot open /dev/x", /data cable/],
        ["darwin", "Error: Resource busy, cannot open /dev/x", /lsof \/dev\/x/],
        ["darwin", "Error: Permission denied, cannot open /dev/x", /Privacy & Security/],
        ["win32", "Opening COM3: Access denied", /used by another program/],
        ["win32", "Opening COM3: File not found", /Device Manager/],
    ] as const)("on %s: %s", (platform, message, advice) => {
        expect(portProblem("/dev/x", new Error(message), platform).message).toMatch(advice)
    })
})
