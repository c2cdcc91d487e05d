/** `suitcase flash --kit` and `suitcase bundle` in a city's folder, with the real serial library on pseudo-terminals. */
import {
    mkdirSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { EspBootloader } from "../../sim/bootloader/esp32.js"
import { PROJECT_ROOT, useProject } from "../../sim/program/project.js"
import { run } from "../../tools/cli/cli.js"
import { readStore } from "../../tools/flash/store/read.js"
import { uf2Segments } from "../../tools/flash/uf2-file.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { PseudoPort } from "../support/pseudo-port.js"
import { espRuntime, picoRuntime } from "../support/runtime-images.js"

const APP = path.join(PROJECT_ROOT, "devs", "bus-scan.ts")
const KIT = `version: 1
settings: { wifi: { ssid: town, password: $WIFI_PASSWORD } }
sites:
  - name: townhall
    kits:
      - name: suitcase-1
        nodes:
          - { name: hall, board: suitcase_xiao_c3, app: ${APP} }
          - { name: room, board: suitcase_xiao_c3, app: ${APP} } # upstairs
      - name: suitcase-2
        nodes:
          - { name: quay, board: suitcase_pico_w, app: ${APP} }
`

let folder: string
let city: string
beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-boards-"))
    city = path.join(folder, "city")
    mkdirSync(path.join(folder, "runtimes"))
    mkdirSync(city)
    writeFileSync(path.join(city, "suitcase.yaml"), KIT)
    writeFileSync(path.join(city, ".env"), "WIFI_PASSWORD=hunter22\n", { mode: 0o600 })
    writeFileSync(path.join(folder, "runtimes", "c3.bin"), espRuntime("esp32c3", 20_000))
    writeFileSync(path.join(folder, "runtimes", "w.uf2"), picoRuntime(20_000))
    useProject(city)
})
afterAll(() => {
    useProject(PROJECT_ROOT)
    rmSync(folder, { recursive: true, force: true })
})

function suitcase(...words: string[]) {
    const terminal = fakeTerminal()
    const code = run(words, terminal)
    return { terminal, code }
}

async function ended(...words: string[]) {
    const { terminal, code } = suitcase(...words)
    return { code: await code, out: terminal.out.text, err: terminal.err.text }
}

const RUNTIMES = () => ["--runtime", path.join(folder, "runtimes")]
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()

/** A board of the kit behind a name that stays, as udev gives. */
function plugIn(link: string, last: number) {
    const port: PseudoPort = new PseudoPort(data => board.feed(data))
    const board = new EspBootloader("ESP32-C3", [0x24, 0x6f, 0x28, 1, 2, last], bytes =>
        port.write(bytes)
    )
    symlinkSync(port.path, link)
    return {
        board,
        unplug: () => {
            rmSync(link)
            port.unplug()
        },
    }
}

describe("suitcase flash --kit", () => {
    it("takes the boards of a kit one after the other, and lists what is done", async () => {
        const link = path.join(folder, "ttyBoard")
        const { terminal, code } = suitcase(
            ...["flash", "--kit", "suitcase-1", ...RUNTIMES(), "--port", link, "--no-wait"],
            ...["--copies", path.join(folder, "copies")]
        )
        await terminal.out.until(/next: hall \(townhall \/ suitcase-1\), a Suitcase XIAO/)
        const hall = plugIn(link, 1)
        await terminal.out.until(/hall is done, 1 of 2/)
        hall.unplug()
        await terminal.out.until(/next: room/)
        const room = plugIn(link, 2)
        expect(await code).toBe(0)
        room.unplug()
        expect(terminal.err.text).toBe("")
        expect(terminal.out.text).not.toContain("hunter22")
        expect(terminal.out.text.match(/Wi-Fi "town": .* no WPA-Enterprise/g)).toHaveLength(1)
        for (const [node, { board }] of [["hall", hall] as const, ["room", room] as const]) {
            const store = readStore(board.flash.slice(0x1c0000, 0x200000))
            expect(text(store.values.get(":node"))).toBe(`"${node}"`)
            expect(text(store.values.get("wifi_ssid"))).toBe("town")
        }
        const kit = readFileSync(path.join(city, "suitcase.yaml"), "utf8")
        expect(kit).toContain("device: fe246f28010202ff } # upstairs")
        expect(readFileSync(path.join(city, "labels.html"), "utf8")).toContain("fe246f28010201ff")

        const status = await ended("flash", "--status", "--json", ...RUNTIMES())
        expect(status.code).toBe(1)
        const { nodes } = JSON.parse(status.out) as { nodes: { node: string; standing: string }[] }
        expect(nodes.map(({ node, standing }) => `${node} ${standing}`)).toEqual([
            "hall done",
            "room done",
            "quay new",
        ])
        const table = await ended("flash", "--kit", "--status", ...RUNTIMES())
        expect(table.out).toMatch(/quay +│suitcase_pico_w +│not written yet +│–/)
        expect(table.out).toContain("2 of 3 nodes are done; left are quay (RP2040)")
        expect(table.out.split("\n").filter(line => line.length > 80)).toEqual([])
        // With another password all of them are to be updated.
        writeFileSync(path.join(city, ".env"), "WIFI_PASSWORD=hunter23\n", { mode: 0o600 })
        const changed = await ended("flash", "--kit", "suitcase-1", "--status")
        expect(changed.out).toContain("0 of 2 nodes are done; left are hall (ESP32-C3), room")
    }, 120_000)

    it("refuses in words what does not go together, before a board is looked for", async () => {
        expect((await ended("flash")).err).toContain("or take all of the kit file with --kit")
        const kit = await ended("flash", "--kit", "suitcase-3")
        expect(kit.err).toMatch(/no kit and no site "suitcase-3"; did you mean suitcase-/)
        const both = await ended("flash", "hall", "--kit")
        expect(both.err).toContain("hall does not go with --kit")
        const replace = await ended("flash", "--kit", "suitcase-1", "--replace", "quay")
        expect(replace.err).toContain("quay is none of the nodes of suitcase-1")
        const runtime = path.join(folder, "runtimes", "c3.bin")
        const wrong = await ended("flash", "--kit", "--runtime", runtime)
        expect(wrong.err).toMatch(/quay: .*c3\.bin: it is no UF2 file/)
        expect(wrong.code).toBe(2)
    })

    it("ends after a while without a board, and says that it goes on", async () => {
        const nobody = path.join(folder, "ttyNobody")
        const { code, err } = await ended(
            ...["flash", "--kit", ...RUNTIMES(), "--port", nobody, "--wait", "1s"]
        )
        expect(code).toBe(1)
        expect(err).toContain("no further board was plugged in; the same command goes on")
    })
})

describe("suitcase bundle", () => {
    it("makes a file for each node, with labels, notices and how to write them", async () => {
        const out = path.join(folder, "bundle")
        const made = await ended("bundle", ...RUNTIMES(), "-o", out)
        expect(made.err).toBe("")
        expect(made.code).toBe(0)
        expect(readdirSync(out).sort()).toEqual([
            "HOW-TO.txt",
            "NOTICE.txt",
            "hall.bin",
            "labels.html",
            "quay.uf2",
            "room.bin",
        ])
        const hall = new Uint8Array(readFileSync(path.join(out, "hall.bin")))
        const store = readStore(hall.slice(0x1c0000, 0x200000))
        expect(text(store.values.get(":node"))).toBe('"hall"')
        const quay = uf2Segments(new Uint8Array(readFileSync(path.join(out, "quay.uf2"))))
        expect(quay.map(({ address }) => address.toString(16))).toEqual([
            "10000000",
            "100dc000",
            "100e0000",
        ])
        const howTo = readFileSync(path.join(out, "HOW-TO.txt"), "utf8")
        expect(howTo).toContain("write_flash 0x0 hall.bin")
        expect(howTo).toContain("quay.uf2: copy it to the drive RPI-RP2")
        if (process.platform !== "win32")
            expect(statSync(path.join(out, "hall.bin")).mode & 0o77).toBe(0)
        const notice = readFileSync(path.join(out, "NOTICE.txt"), "utf8")
        for (const part of [
            "DeviceScript, jacdac-c",
            "ESP-IDF 5.0.5",
            "Mbed TLS",
            "lwIP",
            "Wi-Fi and PHY libraries",
            "Mozilla's root certificates",
            "Raspberry Pi Pico SDK",
            "cyw43-driver",
            "Apache License",
            "Mozilla Public License Version 2.0",
        ])
            expect(notice, part).toContain(part)
    })

    it("makes one of a program with settings, and nothing at all when one of them fails", async () => {
        const out = path.join(folder, "one")
        const c3 = path.join(folder, "runtimes", "c3.bin")
        const one = await ended(
            ...["bundle", APP, "--set", "node=hall-2", "--runtime", c3, "-o", out]
        )
        expect(one.code).toBe(0)
        expect(readdirSync(out).sort()).toEqual(["HOW-TO.txt", "NOTICE.txt", "bus-scan.bin"])
        const none = path.join(folder, "none")
        const failed = await ended("bundle", "--runtime", c3, "-o", none)
        expect(failed.code).toBe(2)
        expect(failed.err).toContain("it is no UF2 file")
        expect(readdirSync(folder)).not.toContain("none")
        const bare = await ended("bundle", "hall", "-o", none)
        expect(bare.err).toContain("give its file with --runtime")
    })
})
