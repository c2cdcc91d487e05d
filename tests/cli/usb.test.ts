/** Boards on USB: a simulated node behind the real serial library, on a pseudo-terminal. */
import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { BoardUsb } from "../../sim/jacdac/board-usb.js"
import { passTime } from "../../sim/jacdac/node-link.js"
import { compile } from "../../sim/program/compile.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { run } from "../../tools/cli/cli.js"
import { BOARDS } from "../support/board-bench.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { PseudoPort } from "../support/pseudo-port.js"

const PROGRAM = compile("devs/usb-test.ts", {
    source: `
import * as ds from "@devicescript/core"
for (let i = 0; ; i++) {
    console.log("line " + i + " \\u00fe")
    await ds.sleep(1000)
}
`,
})

let world: World
let folder: string
let ports: PseudoPort[]
beforeEach(() => {
    world = new World()
    ports = []
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-usb-"))
})
afterEach(() => {
    for (const port of ports) port.unplug()
    world.close()
    rmSync(folder, { recursive: true, force: true })
})

/** A board that is plugged in. */
function plugIn(): { node: SimNode; port: PseudoPort; usb: BoardUsb } {
    const node = world.addNode({ program: PROGRAM, board: { profile: theBoard(BOARDS.c3) } })
    const port: PseudoPort = new PseudoPort(data => usb.feed(data))
    const usb = new BoardUsb(node, bytes => port.write(bytes))
    ports.push(port)
    return { node, port, usb }
}

async function suitcase(...args: string[]) {
    const terminal = fakeTerminal()
    const code = await passTime(world, run(args, terminal), 36_000_000)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

describe("suitcase settings usb", () => {
    it("reads and writes the board on a port, without devtools", async () => {
        const { node, port } = plugIn()
        const place = ["--port", port.path, "--journal", folder]
        const set = await suitcase(
            "settings",
            "set",
            "usb",
            "node=hall-2",
            "mqtt.host=b.dk",
            ...place
        )
        expect(set.err).toBe("")
        expect(set.out).toContain(`node ${node.deviceId}: node, mqtt.host written`)
        const got = await suitcase("settings", "get", "usb", ...place)
        expect(got.out).toMatch(/node.*hall-2/)
        expect(got.code).toBe(0)
    }, 60_000)

    it("says when no board answers, and when there is no such port", async () => {
        const port = new PseudoPort(() => undefined)
        ports.push(port)
        const terminal = fakeTerminal()
        const place = ["--journal", folder, "--port"]
        expect(await run(["settings", "get", "usb", ...place, port.path], terminal)).toBe(2)
        expect(terminal.err.text).toMatch(/no DeviceScript board answers on .*: is it flashed/)
        const none = path.join(folder, "none")
        const absent = fakeTerminal()
        expect(await run(["settings", "get", "usb", ...place, none], absent)).toBe(2)
        expect(absent.err.text).toMatch(/there is no port/)
    }, 120_000)
})

describe("suitcase nodes", () => {
    it("lists two boards at once, what they run and what they lack", async () => {
        const [first, second] = [plugIn(), plugIn()]
        await suitcase(
            ...["settings", "set", "usb", "node=hall-2", "site=library", "mqtt.host=b.dk"],
            ...["--port", first.port.path, "--journal", folder]
        )
        const listed = await suitcase(
            "nodes",
            "--json",
            "--port",
            first.port.path,
            "--port",
            second.port.path
        )
        const rows = listed.out
            .trim()
            .split("\n")
            .map(text => JSON.parse(text) as object)
        expect(rows).toEqual([
            {
                port: first.port.path,
                device: first.node.deviceId,
                // The virtual machine does not say which board it is; real ones do.
                board: null,
                program: "usb-test",
                version: null,
                node: "hall-2",
                site: "library",
                problems: [],
            },
            expect.objectContaining({ device: second.node.deviceId, problems: ["no settings"] }),
        ])
        expect(listed.code).toBe(1)
        const shown = await suitcase("nodes", "--port", first.port.path)
        expect(shown.out).toMatch(/hall-2 .*usb-test .*ok/)
        expect(Math.max(...shown.out.split("\n").map(row => row.length))).toBeLessThanOrEqual(80)
        expect(shown.code).toBe(0)
    }, 60_000)
})

describe("suitcase console", () => {
    it("shows the board's lines with their times, quoted bytes among them, and what was dropped", async () => {
        const { port, usb } = plugIn()
        const terminal = fakeTerminal()
        const ended = run(["console", "--port", port.path, "--for", "3s"], terminal)
        await passTime(world, terminal.out.until(/line \d/))
        usb.dropped()
        await passTime(world, terminal.err.until(/frames lost/))
        expect(await ended).toBe(0)
        expect(terminal.out.text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}> line \d+ þ$/m)
        expect(terminal.err.text).toContain("Listening to ")
    }, 120_000)

    it("goes through garbage and half frames", async () => {
        const { port } = plugIn()
        const terminal = fakeTerminal()
        const ended = run(["console", "--port", port.path, "--for", "3s"], terminal)
        await passTime(world, terminal.err.until(/Listening/))
        port.write(
            Uint8Array.of(0xfe, 0xfc, 1, 2, 3, 0xfe, 0xfc, 0xfe, 0xfe, 0x1b, 0x5b, 0x32, 0x4a, 10)
        )
        await passTime(world, terminal.out.until(/line 2/))
        expect(await ended).toBe(0)
        expect(terminal.err.text).toContain("damaged frame lost")
        expect(terminal.out.text, "nothing steers the terminal").not.toContain("\u001b")
    }, 120_000)
})
