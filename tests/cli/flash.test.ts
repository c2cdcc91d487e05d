/** `suitcase flash` with the real serial library on pseudo-terminals, and on a folder as a boot drive. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { EspBootloader, type EspChip } from "../../sim/bootloader/esp32.js"
import { compile } from "../../sim/program/compile.js"
import { seconds } from "../../sim/time/duration.js"
import { World } from "../../sim/world/world.js"
import { run } from "../../tools/cli/cli.js"
import { readStore } from "../../tools/flash/store/read.js"
import { uf2Segments } from "../../tools/flash/uf2-file.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { PseudoPort } from "../support/pseudo-port.js"
import { espRuntime, picoRuntime } from "../support/runtime-images.js"

const APP = "bus-scan"
const SETTINGS = [
    "--set",
    "node=hall-2",
    "--set",
    "mqtt.host=mqtt.local",
    "--set",
    "wifi.ssid=town",
]

let folder: string
let ports: PseudoPort[]
beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-flash-"))
    ports = []
})
afterEach(() => {
    for (const port of ports) port.unplug()
    rmSync(folder, { recursive: true, force: true })
})

function file(name: string, bytes: Uint8Array): string {
    const at = path.join(folder, name)
    writeFileSync(at, bytes)
    return at
}

async function flash(...args: string[]) {
    const terminal = fakeTerminal()
    const copies = ["--copies", path.join(folder, "copies"), "--journal", folder, "--no-wait"]
    const code = await run(["flash", APP, ...copies, ...args], terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

function plugIn(chip: EspChip): { board: EspBootloader; port: PseudoPort } {
    const port: PseudoPort = new PseudoPort(data => board.feed(data))
    const board = new EspBootloader(chip, [0x24, 0x6f, 0x28, 1, 2, 3], bytes => port.write(bytes))
    ports.push(port)
    return { board, port }
}

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()

describe("suitcase flash, over a serial port", () => {
    it("writes and verifies a board, which then starts with program and settings, and tells each step", async () => {
        const { board, port } = plugIn("ESP32-C3")
        const runtime = file("runtime.bin", espRuntime("esp32c3", 20_000))
        const first = await flash("--port", port.path, "--runtime", runtime, ...SETTINGS)
        expect(first.err).toBe("")
        expect(first.code).toBe(0)
        expect(first.out).toMatch(/found an ESP32-C3 \(24:6f:28:01:02:03\)/)
        expect(first.out).toMatch(/program \(\d+ KB\): written and verified/)
        expect(first.out).toMatch(/hall-2 runs bus-scan on Suitcase XIAO ESP32C3/)
        const store = readStore(board.flash.slice(0x1c0000, 0x200000))
        expect(store.state).toBe("whole")
        expect(text(store.values.get(":node"))).toBe('"hall-2"')
        expect(text(store.values.get("wifi_ssid"))).toBe("town")
        // As a board it starts with them.
        const profile = theBoard("suitcase_xiao_c3")
        const { heapBytes, beatPin } = profile
        const program = compile(`devs/${APP}.ts`, {
            name: APP,
            target: "board",
            heapBytes,
            beatPin,
        })
        const world = new World()
        const flashed = board.flash.slice(0x1c0000, 0x200000)
        const node = world.addNode({ program, board: { profile }, flashed })
        await world.run(seconds(3))
        expect(node.log.map(line => line.text).join("\n")).not.toContain("formatting")
        expect(node.console.map(line => line.text)).toContain(`start: ${APP} 0.1.0`)
        world.close()
    }, 60_000)

    it("whose cable is pulled out says so at once, and the same command goes on where it was", async () => {
        const cut = plugIn("ESP32-C3")
        cut.board.faults = { atBlock: { block: 3, action: () => cut.port.unplug() } }
        const runtime = file("runtime.bin", espRuntime("esp32c3", 40_000))
        const first = await flash("--port", cut.port.path, "--runtime", runtime)
        ports = []
        expect(first.code).toBe(1)
        expect(first.err).toMatch(/the board is gone: was the cable pulled out\?/)
        const again = plugIn("ESP32-C3")
        again.board.flash.set(cut.board.flash)
        const second = await flash("--port", again.port.path, "--runtime", runtime, "--json")
        expect(second.code).toBe(0)
        expect(second.out).toMatch(/runtime \(\d+ KB\): is there already/)
        expect(JSON.parse(second.out.trim().split("\n").at(-1) ?? "")).toMatchObject({
            app: APP,
            board: "suitcase_xiao_c3",
            serial: "24:6f:28:01:02:03",
        })
    }, 60_000)

    it("refuses in words: another chip, no port, a wrong file, a wrong setting", async () => {
        const { board, port } = plugIn("ESP32-S3")
        const runtime = file("runtime.bin", espRuntime("esp32c3", 20_000))
        const chip = await flash("--port", port.path, "--runtime", runtime)
        expect(chip).toMatchObject({ code: 1 })
        expect(chip.err).toContain("this board has an ESP32-S3; the node's has an ESP32-C3")
        expect(board.written).toEqual([])
        const absent = await flash("--port", path.join(folder, "ttyNone"))
        expect(absent).toMatchObject({ code: 1 })
        expect(absent.err).toMatch(/there is no port .*ttyNone: is the board plugged in/)
        const other = file("other.bin", espRuntime("esp32s3", 20_000))
        const wrong = await flash("--port", port.path, "--runtime", other)
        expect(wrong).toMatchObject({ code: 2 })
        expect(wrong.err).toMatch(/other\.bin: the bootloader is for ESP32-S3/)
        const setting = await flash("--set", "mqtt.port=0")
        expect(setting).toMatchObject({ code: 2 })
        expect(setting.err).toContain("mqtt.port takes a number from 1 to 65535")
        const long = await flash("--set", `wifi.ssid=${"ø".repeat(16)}`)
        expect(long.err).toMatch(/wifi\.ssid .*31/)
        expect((await flash("--board", "toaster")).err).toContain('there is no board "toaster"')
    }, 60_000)
})

describe("suitcase flash, over the drive of a Pico", () => {
    const INFO = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n"

    it("copies one file with everything, and waits until the board has taken it", async () => {
        const drive = path.join(folder, "RPI-RP2")
        mkdirSync(drive)
        const info = file("RPI-RP2/INFO_UF2.TXT", Buffer.from(INFO))
        const runtime = file("runtime.uf2", picoRuntime())
        // The board takes the file, and its drive goes.
        const timer = setInterval(() => {
            if (!readdirSync(drive).includes("suitcase.uf2")) return
            rmSync(info, { force: true })
            clearInterval(timer)
        }, 50)
        const { code, out, err } = await flash(
            ...["--board", "suitcase_pico_w", "--drive", drive, "--runtime", runtime, ...SETTINGS]
        )
        clearInterval(timer)
        expect(err).toBe("")
        expect(code).toBe(0)
        expect(out).toContain("the board took it and restarted")
        const segments = uf2Segments(new Uint8Array(readFileSync(path.join(drive, "suitcase.uf2"))))
        expect(segments.map(({ address }) => address.toString(16))).toEqual([
            "10000000",
            "100dc000",
            "100e0000",
        ])
    })

    it("says what to hold when there is none, and refuses what its firmware cannot do", async () => {
        const runtime = file("runtime.uf2", picoRuntime())
        const board = ["--board", "suitcase_pico_w", "--runtime", runtime]
        const wrong = await flash(...board, "--drive", folder)
        expect(wrong.err).toContain("is not the drive of a Pico in its boot mode")
        expect(wrong.code).toBe(2)
        const address = await flash(...board, "--set", "mqtt.host=192.168.1.4")
        expect(address.err).toContain("never connects to an address")
        file("INFO_UF2.TXT", Buffer.from(INFO))
        const bare = await flash("--board", "suitcase_pico_w", "--drive", folder)
        expect(bare.err).toContain("name its DeviceScript runtime with --runtime")
    })
})
