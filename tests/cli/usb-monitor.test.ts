/**
 * `suitcase usb monitor` and `suitcase nodes` with real programs in the VM behind the real serial library: two boards
 * on pseudo-terminals, garbage and half frames, a restart in the middle, a cable that is pulled out.
 */
import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { BoardUsb } from "../../sim/jacdac/board-usb.js"
import { passTime } from "../../sim/jacdac/node-link.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { programCalled } from "../../tools/cli/apps.js"
import { compileFor } from "../../tools/cli/build/check.js"
import { run } from "../../tools/cli/cli.js"
import { ctrlC } from "../support/ctrl-c.js"
import { fakeTerminal, type FakeTerminal } from "../support/fake-terminal.js"
import { indoorSensors } from "../support/kit.js"
import { PseudoPort } from "../support/pseudo-port.js"

const PROFILE = theBoard("suitcase_xiao_c3")
const PROGRAM = compileFor(PROFILE.id, await programCalled("indoor-climate"))
/** Virtual time, ms: it passes as fast as it can. */
const LONGEST_MS = 4_000_000_000

let world: World
let folder: string
let ports: PseudoPort[]
beforeEach(() => {
    world = new World()
    world.network.defaultEndpoint = new VirtualBroker(world.clock)
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-monitor-"))
    ports = []
})
afterEach(() => {
    for (const port of ports) port.unplug()
    world.close()
    rmSync(folder, { recursive: true, force: true })
})

interface Plugged {
    readonly node: SimNode
    readonly port: PseudoPort
    readonly usb: BoardUsb
    readonly sensors: ReturnType<typeof indoorSensors>
}

function plugIn(): Plugged {
    const sensors = indoorSensors()
    const node = world.addNode({
        program: PROGRAM,
        board: { profile: PROFILE },
        sensors: sensors.all,
    })
    const port: PseudoPort = new PseudoPort(data => usb.feed(data))
    const usb = new BoardUsb(node, bytes => port.write(bytes))
    ports.push(port)
    return { node, port, usb, sensors }
}

function suitcase(words: readonly string[], isLive = false) {
    const terminal = fakeTerminal(isLive)
    return { terminal, ended: run(words, terminal) }
}

async function until(text: Promise<void>): Promise<void> {
    await passTime(world, text, LONGEST_MS)
}

const objects = ({ out }: FakeTerminal) =>
    out.lines.map(text => JSON.parse(text) as Record<string, unknown>)

async function interrupted(ended: Promise<number>): Promise<number> {
    ctrlC()
    return await passTime(world, ended, LONGEST_MS)
}

describe("suitcase usb monitor", () => {
    it("gives each new reading once in a pipe, with state, settings and log, through garbage, until Ctrl-C", async () => {
        const { port, sensors } = plugIn()
        sensors.bh1750.faults.unplugged = true
        const { terminal, ended } = suitcase(["usb", "monitor", "--port", port.path, "--json"])
        await until(terminal.out.until(/"kind":"reading".*temperature/))
        port.write(Uint8Array.of(0xfe, 0xfc, 1, 2, 3, 0xfe, 0xfc, 0xfe, 0xfe, 0x1b, 0x5b, 0x32, 10))
        await until(terminal.out.until(/"kind":"note".*damaged frame lost/))
        await until(terminal.out.until(/"channel":"co2"[^\n]*"value":\d+/))
        await until(terminal.out.until(/"broker":true/))
        expect(await interrupted(ended)).toBe(0)
        const all = objects(terminal)
        expect(all.find(({ kind }) => kind === "node")).toMatchObject({
            app: "indoor-climate",
            columns: 4,
        })
        expect(all.find(({ kind }) => kind === "settings")).toMatchObject({ host: "mqtt.local" })
        expect(
            all.some(({ kind }) => kind === "note"),
            "of the garbage"
        ).toBe(true)
        const readings = all.filter(({ kind }) => kind === "reading")
        expect(readings.find(({ channel }) => channel === "illuminance")).toMatchObject({
            value: null,
            quality: "absent",
        })
        const temperatures = readings.filter(({ channel }) => channel === "temperature")
        expect(new Set(temperatures.map(({ time }) => time)).size).toBe(temperatures.length)
        expect(terminal.err.text).toBe("")
    }, 120_000)

    it("draws a picture on a terminal: channels, ages, what to check, the broker", async () => {
        const { port, sensors } = plugIn()
        sensors.bh1750.faults.unplugged = true
        const words = ["usb", "monitor", "--port", port.path, "--for", "60s"]
        const { terminal, ended } = suitcase(words, true)
        await until(terminal.out.until(/temperature.*°C/))
        await until(terminal.out.until(/broker mqtt\.local:1883 reached/))
        expect(await interrupted(ended)).toBe(0)
        expect(terminal.out.text).toMatch(/demo\/[0-9a-f]{16}, indoor-climate 0\.1\.0/)
        expect(terminal.out.text).toMatch(/illuminance.*–.*absent/)
        expect(terminal.out.text).toContain("! ROHM BH1750 does not answer at address 0x23")
    }, 120_000)

    it("goes on after the node restarted, which does not know any more that somebody listens", async () => {
        const { port, node, usb } = plugIn()
        const { terminal, ended } = suitcase(["usb", "monitor", "--port", port.path, "--json"])
        await until(terminal.out.until(/"kind":"reading"/))
        node.powerOff()
        usb.restarted()
        node.powerOn()
        await until(terminal.out.until(/the node restarted/))
        expect(await interrupted(ended)).toBe(0)
    }, 120_000)

    it("says at once that the cable was pulled out", async () => {
        const { port } = plugIn()
        const { terminal, ended } = suitcase(["usb", "monitor", "--port", port.path])
        await until(terminal.out.until(/temperature/))
        ports = []
        port.unplug()
        await until(terminal.err.until(/the board is gone; waiting for it/))
        expect(await interrupted(ended)).toBe(0)
    }, 120_000)

    it("finds a node by its name among two, and says when there is none of that name", async () => {
        const [first, second] = [plugIn(), plugIn()]
        const place = ["--port", second.port.path]
        const { terminal, ended } = suitcase([
            ...["usb", "monitor", second.node.deviceId, "--json", ...place],
        ])
        await until(terminal.out.until(/"kind":"node"/))
        const said = objects(terminal).find(({ kind }) => kind === "node")
        expect(said).toMatchObject({ device: second.node.deviceId })
        expect(await interrupted(ended)).toBe(0)
        const other = suitcase(["usb", "monitor", "attic", "--port", first.port.path])
        expect(await passTime(world, other.ended, LONGEST_MS)).toBe(2)
        expect(other.terminal.err.text).toContain('no node "attic" is on USB')
    }, 120_000)
})

describe("suitcase nodes", () => {
    it("shows by the program's service which node it is, its version, and a sensor that gives nothing", async () => {
        const { port, sensors, node } = plugIn()
        sensors.sht4x.faults.unplugged = true
        await world.run(10_000)
        const { terminal, ended } = suitcase(["nodes", "--port", port.path, "--json"])
        expect(await passTime(world, ended, LONGEST_MS)).toBe(1)
        expect(objects(terminal)[0]).toMatchObject({
            node: node.deviceId,
            site: "demo",
            program: "indoor-climate",
            version: "0.1.0",
            problems: ["no settings", "no reading from Sensirion SHT4x"],
        })
    }, 60_000)
})
