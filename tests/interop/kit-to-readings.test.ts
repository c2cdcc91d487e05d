/**
 * The whole path for two boards: kit file, accounts and keys, flashing, the written stores started in the
 * runtime, a real broker with these accounts, and a listener with these keys.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { BME280Model } from "../../src/drivers/bme280/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { EspBootloader } from "../../sim/bootloader/esp32.js"
import { TcpEndpoint } from "../../sim/net/endpoint.js"
import { PROJECT_ROOT, useProject } from "../../sim/program/project.js"
import { minutes } from "../../sim/time/duration.js"
import { World } from "../../sim/world/world.js"
import { programCalled } from "../../tools/cli/apps.js"
import { compileFor } from "../../tools/cli/build/check.js"
import { run } from "../../tools/cli/cli.js"
import { listen } from "../../tools/cli/commands/listen.js"
import { boardProfile } from "../../sim/board/profile.js"
import { uf2Segments } from "../../tools/flash/uf2-file.js"
import { fileWith } from "../kit/kit-bench.js"
import { describeWith } from "../support/describe-with.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { Mosquitto } from "../support/mosquitto.js"
import { PseudoPort } from "../support/pseudo-port.js"
import { espRuntime, picoRuntime } from "../support/runtime-images.js"

const SETTINGS =
    "settings: { interval: 5s, broker: { host: mqtt.city.example }, wifi: { ssid: City, password: $WIFI }, seal: true }"
const HALL = "board: suitcase_xiao_c3\nsensors: [sht4x]"
const SHED = "          - { name: shed, board: suitcase_pico_w, sensors: [bme280] }\n"

let folder: string
beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-whole-"))
    writeFileSync(path.join(folder, "suitcase.yaml"), fileWith(HALL, SETTINGS) + SHED)
    writeFileSync(path.join(folder, ".gitignore"), "secrets/\n.env\n")
    writeFileSync(path.join(folder, ".env"), "WIFI=long enough\n", { mode: 0o600 })
    useProject(folder)
})
afterEach(() => {
    useProject(PROJECT_ROOT)
    rmSync(folder, { recursive: true, force: true })
})

async function suitcase(...words: string[]): Promise<string> {
    const terminal = fakeTerminal()
    const code = await run(words, terminal)
    expect(`${code} ${terminal.err.text}`).toBe("0 ")
    return terminal.out.text
}

const secret = (name: string) => readFileSync(path.join(folder, "secrets", name), "utf8")

/** Flashes the node of an ESP32 board over a port. @returns its store */
async function flashHall(): Promise<Uint8Array> {
    const port: PseudoPort = new PseudoPort(data => board.feed(data))
    const board = new EspBootloader("ESP32-C3", [1, 2, 3, 4, 5, 6], bytes => port.write(bytes))
    const runtime = path.join(folder, "c3.bin")
    writeFileSync(runtime, espRuntime("esp32c3", 20_000))
    const copies = path.join(folder, "copies")
    const out = await suitcase(
        ...["flash", "hall", "--port", port.path, "--runtime", runtime, "--copies", copies],
        ...["--journal", folder, "--no-wait"]
    )
    expect(out).toMatch(/hall runs .* on Suitcase XIAO ESP32C3/)
    port.unplug()
    return board.flash.slice(0x1c0000, 0x200000)
}

/** Flashes the node of a Pico W over its drive. @returns its store */
async function flashShed(): Promise<Uint8Array> {
    const drive = path.join(folder, "RPI-RP2")
    mkdirSync(drive)
    const info = path.join(drive, "INFO_UF2.TXT")
    writeFileSync(info, "Board-ID: RPI-RP2\n")
    const runtime = path.join(folder, "pico.uf2")
    writeFileSync(runtime, picoRuntime())
    const taken = path.join(drive, "suitcase.uf2")
    const timer = setInterval(() => {
        try {
            readFileSync(taken)
            rmSync(info)
        } catch {
            // Not yet.
        }
    }, 50)
    await suitcase(
        ...["flash", "shed", "--drive", drive, "--runtime", runtime, "--journal", folder],
        "--no-wait"
    )
    clearInterval(timer)
    const store = new Uint8Array(0x20000).fill(0xff)
    for (const { address, bytes } of uf2Segments(new Uint8Array(readFileSync(taken))))
        if (address >= 0x100e0000) store.set(bytes, address - 0x100e0000)
    return store
}

describeWith("mosquitto", "from the kit file to readings", () => {
    it("two boards are flashed, start, reach the city's broker with their accounts, and are read with their keys", async () => {
        await suitcase("kit", "accounts")
        const stores = { hall: await flashHall(), shed: await flashShed() }
        const broker = await Mosquitto.start({
            isOpen: false,
            config: ["password_file FOLDER/passwd", "acl_file FOLDER/acl"],
            files: { passwd: secret("mosquitto.passwd"), acl: secret("mosquitto.acl") },
        })
        const world = new World({ seed: 5 })
        world.network.defaultEndpoint = new TcpEndpoint("127.0.0.1", broker.port)
        const parts = { hall: new SHT4xModel(), shed: new BME280Model() }
        parts.hall.feed("temperature", () => -3.5)
        for (const name of ["hall", "shed"] as const) {
            const named = await programCalled(name)
            const profile = boardProfile(named.node?.board.id ?? "")
            if (profile === undefined) throw new Error("no such board")
            world.addNode({
                name,
                program: compileFor(profile.id, named),
                board: { profile },
                flashed: stores[name],
                sensors: [parts[name]],
            })
        }
        const terminal = fakeTerminal()
        const stop = new AbortController()
        const secrets = path.join(folder, "secrets")
        const ended = listen(
            {
                broker: broker.url,
                login: path.join(secrets, "listener.json"),
                keys: path.join(secrets, "keys.json"),
                format: "ndjson",
                time: true,
                trustClock: true,
                state: path.join(folder, "state"),
            },
            terminal,
            stop.signal
        )
        try {
            await terminal.err.until(/Listening/)
            const seen = () =>
                new Set(
                    terminal.out.lines.map(text => {
                        const { site, node, channel } = JSON.parse(text) as Record<string, string>
                        return `${site}/${node}/${channel}`
                    })
                )
            await expect
                .poll(
                    async () => {
                        await world.run(minutes(5))
                        return [...seen()].sort()
                    },
                    { timeout: 60_000, interval: 20 }
                )
                .toEqual([
                    "townhall/hall/humidity",
                    "townhall/hall/temperature",
                    "townhall/shed/humidity",
                    "townhall/shed/pressure",
                    "townhall/shed/temperature",
                ])
            const cold = terminal.out.lines
                .map(text => JSON.parse(text) as { node: string; channel: string; value: number })
                .find(({ node, channel }) => node === "hall" && channel === "temperature")
            expect(cold?.value).toBeCloseTo(-3.5, 1)
            expect(terminal.err.text).not.toMatch(/refused|sealed/)
        } finally {
            stop.abort()
            expect(await ended).toBe(0)
            world.close()
            await broker.stop()
        }
    }, 120_000)
})
