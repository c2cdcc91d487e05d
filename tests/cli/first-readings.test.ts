/**
 * What `suitcase flash` does once a board is written: the written store starts in the VM behind the same port, and
 * answers over the real serial library. Time in the VM passes as fast as it can.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { EspBootloader } from "../../sim/bootloader/esp32.js"
import { BoardUsb } from "../../sim/jacdac/board-usb.js"
import { passTime } from "../../sim/jacdac/node-link.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { programCalled } from "../../tools/cli/apps.js"
import { compileFor } from "../../tools/cli/build/check.js"
import { run } from "../../tools/cli/cli.js"
import { Journal } from "../../tools/cli/settings/journal.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { indoorSensors } from "../support/kit.js"
import { PseudoPort } from "../support/pseudo-port.js"
import { espRuntime } from "../support/runtime-images.js"

const MAC = [0x24, 0x6f, 0x28, 1, 2, 3]
const DEVICE = "fe246f28010203ff"
const SETTINGS = ["--set", "node=hall-2", "--set", "site=library", "--set", "mqtt.host=mqtt.local"]

const PROFILE = theBoard("suitcase_xiao_c3")
/** Once: it is the same for all. */
const PROGRAM = compileFor(PROFILE.id, await programCalled("indoor-climate"))

let folder: string
let world: World
beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-first-"))
    world = new World()
    world.network.defaultEndpoint = new VirtualBroker(world.clock)
})
afterEach(() => {
    world.close()
    rmSync(folder, { recursive: true, force: true })
})

/** A board in its boot mode that starts what was written to it once it is done. */
class Plugged {
    readonly sensors = indoorSensors()
    readonly port: PseudoPort
    readonly board: EspBootloader
    node: SimNode | undefined
    private usb: BoardUsb | undefined

    constructor() {
        this.port = new PseudoPort(data =>
            this.usb === undefined ? this.board.feed(data) : this.usb.feed(data)
        )
        this.board = new EspBootloader("ESP32-C3", MAC, bytes => this.port.write(bytes))
    }

    /** @param deviceId whose board comes up */
    start(deviceId = DEVICE): void {
        this.node = world.addNode({
            program: PROGRAM,
            board: { profile: PROFILE },
            flashed: this.board.flash.slice(0x1c0000, 0x200000),
            sensors: this.sensors.all,
            deviceId,
        })
        this.usb = new BoardUsb(this.node, bytes => this.port.write(bytes))
    }

    flash(...more: string[]) {
        this.usb = undefined
        const runtime = path.join(folder, "runtime.bin")
        writeFileSync(runtime, espRuntime("esp32c3", 20_000))
        const terminal = fakeTerminal()
        const ended = run(
            [
                ...["flash", "indoor-climate", "--board", "suitcase_xiao_c3", "--wait", "1s"],
                ...["--copies", path.join(folder, "copies"), "--journal", folder],
                ...["--port", this.port.path, "--runtime", runtime, ...SETTINGS, ...more],
            ],
            terminal
        )
        return { terminal, ended }
    }

    async outcome(...more: string[]) {
        const { terminal, ended } = this.flash(...more)
        await terminal.out.until(/waiting for the node to start/)
        this.start()
        const code = await passTime(world, ended, 4_000_000_000)
        return { code, out: terminal.out.text, err: terminal.err.text }
    }
}

describe("suitcase flash, once the board is written", () => {
    it("waits for the first reading of every sensor and for the broker, and settings knows the node", async () => {
        const board = new Plugged()
        const { code, out, err } = await board.outcome("--json")
        expect(err).toBe("")
        expect(out).toMatch(
            /✓ Sensirion SHT4x: temperature -?\d+\.\d\d °C, humidity \d+\.\d\d % RH/
        )
        expect(out, "its first value comes with the second row").toMatch(
            /✓ Sensirion SCD4x: co2 \d+ ppm/
        )
        expect(out).toMatch(/✓ ROHM BH1750: illuminance \d+\.\d lx/)
        expect(out).toContain("✓ broker reached")
        expect(JSON.parse(out.trim().split("\n").at(-1) ?? "")).toMatchObject({
            node: "hall-2",
            device: DEVICE,
            broker: true,
            sensors: [{ part: "Sensirion SHT4x" }, { part: "Sensirion SCD4x" }, {}],
        })
        expect(code).toBe(0)
        expect(new Journal(folder).read(DEVICE)).toMatchObject({
            settings: { node: "hall-2", site: "library", "mqtt.host": "mqtt.local" },
            program: { app: "indoor-climate" },
        })
        const place = ["--port", board.port.path, "--journal", folder]
        const terminal = fakeTerminal()
        expect(
            await passTime(
                world,
                run(["settings", "check", "usb", ...place], terminal),
                4_000_000_000
            )
        ).toBe(0)
        expect(terminal.out.text).toMatch(/: ok, indoor-climate/)
        board.port.unplug()
    }, 120_000)

    it("says of each sensor that gives nothing what to check, of the broker too, and exits 1", async () => {
        const board = new Plugged()
        board.sensors.bh1750.faults.unplugged = true
        world.network.defaultEndpoint = undefined
        const { code, out, err } = await board.outcome("--readings", "3s")
        expect(out).toMatch(/✓ Sensirion SHT4x: temperature/)
        expect(out).toContain("up to 3 s")
        expect(err).toMatch(
            /✗ ROHM BH1750 does not answer at address 0x23: is it connected, in the right socket/
        )
        expect(err).toMatch(/! the broker was not reached: check its name, port/)
        expect(code).toBe(1)
        board.port.unplug()
    }, 120_000)

    it("waits for nothing with --no-wait, and still keeps the journal", async () => {
        const board = new Plugged()
        const { terminal, ended } = board.flash("--no-wait")
        expect(await ended).toBe(0)
        expect(terminal.out.text).toContain("hall-2 runs indoor-climate")
        expect(terminal.out.text).not.toContain("waiting")
        expect(new Journal(folder).read(DEVICE)?.settings.node).toBe("hall-2")
        board.port.unplug()
    }, 60_000)
})
