/** Settings of a node, as its program reads them and as the host keeps and writes them. */
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import fc from "fast-check"
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { programImage, writeSettings } from "../../sim/devtools/deploy.js"
import { DeviceClient } from "../../sim/devtools/device-client.js"
import { knownBoards } from "../../sim/program/boards.js"
import { compile } from "../../sim/program/compile.js"
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { MARK_KEY, SETTING_KEYS } from "../../src/core/protocol/settings-mark.js"
import { appFile } from "../../tools/cli/apps.js"
import { Journal, type NodeRecord } from "../../tools/cli/settings/journal.js"
import { ALL_KEYS, changed, parsePairs } from "../../tools/cli/settings/keys.js"
import { ConnectedNode, healthOf } from "../../tools/cli/settings/connected-node.js"
import { markOf, type Stored } from "../../tools/cli/settings/stored-form.js"
import { ProvisionError } from "../../tools/cli/settings/provision.js"
import { BOARDS } from "../support/board-bench.js"
import { WifiBoard } from "../support/wifi-board.js"
import { SettingsBench } from "../support/settings-bench.js"

const KEY = "00112233445566778899aabbccddeeff".repeat(2)
const PASSWORD = "correct [[{[{[ horse # battery"
const DEFAULTS = ["demo", "mqtt.local", 1883, "", "", "binary", false, "", ""]

function stored(values: Readonly<Record<string, unknown>>): Stored {
    return new Map(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]))
}

describe("the mark", () => {
    const some = fc.dictionary(fc.constantFrom(...SETTING_KEYS), fc.string({ maxLength: 20 }))

    it("is the CRC-16 of the settings that are there, as lines in the fixed order", () => {
        fc.assert(
            fc.property(some, values => {
                const text = SETTING_KEYS.filter(key => key in values)
                    .map(key => `${key}=${JSON.stringify(values[key])}\n`)
                    .join("")
                const bytes = Buffer.from(text, "latin1")
                const json = new Map(
                    Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)])
                )
                expect(markOf(json)).toBe(crc16(bytes, 0, bytes.length, CRC16_START))
            }),
            { seed: 1 }
        )
    })

    it("fits only what it was made for: any one missing or other value is damage", () => {
        const whole = new Map(stored({ node: "hall", "mqtt.port": 8883, "mqtt.tls": true }))
        whole.set(MARK_KEY, String(markOf(whole)))
        expect(healthOf(whole)).toBe("ok")
        for (const key of whole.keys()) {
            const less = new Map(whole)
            less.delete(key)
            expect(healthOf(less), `without ${key}`).toBe("damaged")
            expect(healthOf(new Map([...whole, [key, '"other"']])), `other ${key}`).toBe("damaged")
        }
        expect(healthOf(new Map([...whole, [MARK_KEY, "null"]])), "open mark").toBe("damaged")
        expect(healthOf(new Map())).toBe("none")
    })
})

describe("a node", () => {
    let bench: SettingsBench
    beforeEach(() => {
        bench = new SettingsBench()
    })
    afterEach(() => bench.close())

    async function holding(values: Readonly<Record<string, unknown>>): Promise<void> {
        const store = await bench.store()
        expect(await bench.link.during(store.write(stored(values)))).toEqual([])
        await bench.boot()
    }

    it("without settings uses the defaults and says on USB what to do", async () => {
        const { said } = await bench.boot()
        expect(said).toEqual({
            health: "none",
            values: [bench.node.deviceId, ...DEFAULTS],
            isKeyInDoubt: false,
        })
        expect(bench.console).toContain(
            "settings: none stored (new node, or lost in a power cut); " +
                `run: npx suitcase settings restore ${bench.node.deviceId}`
        )
    })

    it("reads every setting as it was written, and writes nothing to flash", async () => {
        await holding({
            node: "hall",
            site: "library",
            "mqtt.host": "mqtt.local",
            "mqtt.port": 65535,
            "mqtt.user": "me",
            "mqtt.pass": PASSWORD,
            "mqtt.form": "json",
            "mqtt.tls": true,
            "seal.key": KEY,
            app: "full=300,empty=-5",
        })
        const writes = bench.node.flash.writes
        const { said } = await bench.boot()
        expect(said).toEqual({
            health: "ok",
            values: [
                "hall",
                "library",
                "mqtt.local",
                65535,
                "me",
                PASSWORD,
                "json",
                true,
                KEY,
                "full=300,empty=-5",
            ],
            isKeyInDoubt: false,
        })
        expect(bench.console.filter(line => line.startsWith("settings:"))).toEqual([])
        expect(bench.node.flash.writes - writes).toBe(0)
    })

    it("takes values of the greatest length, quotes and backslashes among them", async () => {
        const password = '"\\'.repeat(49) + "ab"
        expect(JSON.stringify(password)).toHaveLength(200)
        expect(parsePairs([`mqtt.pass=${password}`])).toEqual({ "mqtt.pass": password })
        await holding({ "mqtt.pass": password, "mqtt.user": "u".repeat(198) })
        expect(bench.said?.health).toBe("ok")
        expect(bench.said?.values.slice(4, 6)).toEqual(["u".repeat(198), password])
    })

    it.each([
        ["mqtt.port", "1883"],
        ["mqtt.port", 0],
        ["mqtt.port", 65536],
        ["mqtt.port", 1883.5],
        ["mqtt.port", -1],
        ["mqtt.tls", "true"],
        ["mqtt.form", "xml"],
        ["seal.key", KEY.slice(1)],
        ["seal.key", `${KEY.slice(1)}g`],
        ["node", 7],
        ["site", null],
        ["mqtt.host", ["x"]],
        // Too deep for the platform's parser on an ESP32.
        ["mqtt.user", JSON.parse("[".repeat(70) + "]".repeat(70)) as unknown],
    ])(
        "takes %s = %j for damage and keeps the default, although the mark fits",
        async (key, value) => {
            await holding({ [key]: value })
            expect(bench.said?.health).toBe("damaged")
            expect(bench.said?.values).toEqual([bench.node.deviceId, ...DEFAULTS])
        }
    )

    it("doubts that frames may go out unsealed when the key may be among what was lost", async () => {
        const store = await bench.store()
        await bench.link.during(store.write(stored({ site: "library" })))
        await bench.link.during(store.renewStore())
        expect((await bench.boot()).said).toMatchObject({ health: "damaged", isKeyInDoubt: true })
    })

    describe("and the host", () => {
        const device = () => bench.node.deviceId

        it("set: the journal has it before the node does", async () => {
            let early: NodeRecord | undefined
            bench.node.flash.onWrite = () => {
                early ??= bench.journal.read(device())
            }
            expect(await bench.host(a => a.set(["site=library", "mqtt.port=8883"]))).toBe(0)
            expect(early?.settings).toEqual({ site: "library", "mqtt.port": 8883 })
            bench.node.flash.onWrite = undefined
            expect((await bench.boot()).said?.values.slice(0, 4)).toEqual([
                ...[device(), "library", "mqtt.local", 8883],
            ])
        })

        it("set: restarts the node, which then says that all is well", async () => {
            await bench.host(a => a.set(["node=hall", `seal.key=${KEY}`]))
            await bench.world.run(1500)
            expect(bench.said?.health).toBe("ok")
            expect(bench.said?.values[0]).toBe("hall")
        })

        it("set: one more setting keeps the others, an empty one goes back to the default", async () => {
            await bench.host(a => a.set(["node=hall", "site=library", "mqtt.user=me"]))
            await bench.host(a => a.set(["site=", "mqtt.tls=true"]))
            expect(bench.journal.read(device())?.settings).toEqual({
                node: "hall",
                "mqtt.user": "me",
                "mqtt.tls": true,
            })
            expect((await bench.boot()).said).toMatchObject({ health: "ok" })
            expect(bench.said?.values.slice(0, 2)).toEqual(["hall", "demo"])
        })

        it("set: writes nothing to flash when the node holds it already", async () => {
            await bench.host(a => a.set(["node=hall"]))
            const writes = bench.node.flash.writes
            expect(await bench.host(a => a.set(["node=hall"]))).toBe(0)
            expect(bench.node.flash.writes - writes).toBe(0)
        })

        it("set: takes over what a healthy node was given from another computer", async () => {
            await bench.host(a => a.set(["node=hall", "site=library"]))
            await holding({ node: "attic", "mqtt.user": "them" })
            await bench.host(a => a.set(["site=museum"]))
            expect(bench.journal.read(device())?.settings).toEqual({
                node: "attic",
                site: "museum",
                "mqtt.user": "them",
            })
        })

        it("set: does not make whole what was written in part, unless told to", async () => {
            const store = await bench.store()
            await bench.link.during(store.write(stored({ site: "library" })))
            await bench.link.during(store.renewStore())
            await expect(bench.host(a => a.set(["node=hall"]))).rejects.toThrow(/add --adopt/)
            expect(bench.journal.read(device())).toBeUndefined()
            await bench.host(a => a.set(["node=hall"]), { adopt: true })
            expect(bench.journal.read(device())?.settings).toEqual({
                node: "hall",
                site: "library",
            })
        })

        it("set: tells when the node's store is too full to keep it", async () => {
            await bench.host(a => a.set(["node=hall"]))
            const board = new DeviceClient(bench.link, device())
            await bench.link.during(board.waitForDevice(5000))
            for (let i = 0; i < 40; i++)
                await bench.link.during(writeSettings(board, { [`fill${i}`]: "x".repeat(200) }))
            const failed = bench.host(a => a.set([`seal.key=${KEY}`, `mqtt.pass=${PASSWORD}`]))
            await expect(failed).rejects.toThrow(ProvisionError)
            await expect(failed).rejects.toThrow(/did not keep mark: is its store full/)
        })

        it("restore: brings back what was erased, deleted, changed or added", async () => {
            const pairs = ["node=hall", "site=library", "mqtt.pass=secret-1"]
            await bench.host(a => a.set(pairs))
            const whole = bench.node.flash.bytes.slice()
            const store = await bench.store()
            for (const other of [
                {},
                { node: "hall", site: "library" },
                { node: "hall", site: "museum", "mqtt.pass": "secret-1" },
                { node: "hall", site: "library", "mqtt.pass": "secret-1", "mqtt.user": "x" },
            ]) {
                await bench.boot(whole)
                await bench.link.during(store.write(stored(other)))
                expect(await bench.host(a => a.check()), JSON.stringify(other)).toBe(1)
                expect(await bench.host(a => a.restore())).toBe(0)
                expect(await bench.host(a => a.check()), bench.terminal.out.text).toBe(0)
                expect((await bench.boot()).said?.values).toEqual([
                    ...["hall", "library", "mqtt.local", 1883, "", "secret-1"],
                    ...["binary", false, "", ""],
                ])
            }
        })

        it("restore: says that there is nothing to restore from", async () => {
            await expect(bench.host(a => a.restore())).rejects.toThrow(
                /nothing was written to node .* from here/
            )
        })

        it("restore: puts the program back, too, and without an app says what is missing", async () => {
            await bench.host(a => a.set(["node=hall"]))
            bench.node.powerOff()
            bench.node.flash.bytes.fill(0xff)
            bench.node.powerOn()
            expect(await bench.host(a => a.check())).toBe(1)
            expect(bench.terminal.out.text).toMatch(/it holds no settings/)
            expect(bench.terminal.out.text).toMatch(/it has no program/)
            expect(bench.terminal.out.text).toMatch(/settings restore \w+ --app <app>/)
            expect(await bench.host(a => a.restore())).toBe(1)
            expect(bench.terminal.err.text).toMatch(/has no program; add --app <app>/)
            expect(await bench.host(a => a.restore(), { app: "indoor-climate" })).toBe(0)
            expect(bench.journal.read(device())?.program?.app).toBe("indoor-climate")
            expect(await bench.host(a => a.check())).toBe(0)
            expect(bench.terminal.out.text).toMatch(/ok, indoor-climate/)
        })

        it.each([
            ["no known board", undefined, {}],
            [
                "an ESP32-S2 of 40 KB",
                "s2",
                { target: "board", heapBytes: 40 * 1024, beatPin: null },
            ],
            ["a Pico W", "picoW", { target: "board", heapBytes: 64 * 1024, beatPin: 16 }],
        ] as const)("restore: puts on %s the program that is for it", async (_, board, options) => {
            const its = new SettingsBench(board)
            try {
                // The simulator's runtime gives one product id for each board; real ones: "a board with Wi-Fi".
                const id = board && BOARDS[board]
                vi.spyOn(ConnectedNode.prototype, "board").mockResolvedValue(
                    knownBoards().find(known => known.id === id)
                )
                await its.host(a => a.set(["node=hall"]))
                expect(await its.host(a => a.restore(), { app: "indoor-climate" })).toBe(0)
                const { bytecode } = compile(appFile("indoor-climate"), options)
                const sha256 = createHash("sha256").update(programImage(bytecode)).digest("hex")
                const store = await its.store()
                expect(await its.link.during(store.program())).toEqual({
                    name: "indoor-climate",
                    sha256,
                })
            } finally {
                vi.restoreAllMocks()
                its.close()
            }
        })

        it("get and check: hide secrets unless asked, and the device log never has them", async () => {
            await bench.host(a =>
                a.set([`mqtt.pass=${PASSWORD}`, `seal.key=${KEY}`, "mqtt.user=me"])
            )
            expect(await bench.host(a => a.get())).toBe(0)
            expect(bench.terminal.out.text).toMatch(/mqtt\.pass +│ ••••/)
            expect(bench.terminal.out.text).toMatch(/mqtt\.user +│ me/)
            expect(bench.terminal.out.text).toMatch(/settings: ok/)
            await bench.host(a => a.get(), { show: true })
            expect(bench.terminal.out.text).toContain(PASSWORD)
            const store = await bench.store()
            await bench.link.during(store.write(stored({ "mqtt.pass": "another-one" })))
            expect(await bench.host(a => a.check())).toBe(1)
            expect(bench.terminal.out.text).toMatch(/mqtt\.pass is ••••, the journal says ••••/)
            expect(bench.terminal.out.text).not.toMatch(/another-one/)
            const log = bench.node.log.map(({ text }) => text)
            const own = log.filter(text => !text.startsWith("> ="))
            expect(own.filter(text => text.includes(PASSWORD) || text.includes(KEY))).toEqual([])
        })

        it("refuses Wi-Fi for a board that has none, before anything is kept", async () => {
            await expect(bench.host(a => a.set(["wifi.ssid=kommune"]))).rejects.toThrow(
                /has no Wi-Fi/
            )
            expect(bench.journal.read(device())).toBeUndefined()
        })
    })
})

/** Of boards/suitcase_pico_w.board.json, and of the XIAO's. */
const PICO_W = 0x3c5c0001
const XIAO = 0x3c5c0002

describe("a board with Wi-Fi", () => {
    it.each([
        [
            "a Pico W",
            PICO_W,
            ["mqtt.host=192.168.1.7"],
            /Pico W, whose firmware never connects to an address/,
        ],
        [
            "a Pico W",
            PICO_W,
            ["mqtt.host=2001:db8::7"],
            /give mqtt.host a name, such as mqtt.local/,
        ],
        [
            "a Pico W",
            PICO_W,
            ["mqtt.host=broker.lan", "mqtt.tls=true"],
            /Pico W, whose firmware has no TLS/,
        ],
        ["a Pico W", PICO_W, ["mqtt.host=broker.lan"], undefined],
        ["a XIAO", XIAO, ["mqtt.host=192.168.1.7", "mqtt.tls=true"], undefined],
        ["an unknown board", 0x30000000, ["mqtt.host=192.168.1.7"], undefined],
    ] as const)("%s (%i) with %j: %s", async (_name, product, pairs, refusal) => {
        const board = new WifiBoard()
        board.productId = product
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-wifi-"))
        try {
            const journal = new Journal(folder)
            const done = board.host(journal, a => a.set(pairs))
            if (refusal !== undefined) {
                await expect(done).rejects.toThrow(refusal)
                expect(board.settings.size, "settings written").toBe(0)
                expect(readdirSync(folder), "journal").toEqual([])
                return
            }
            await done
            expect(board.settings.get("mqtt.host")).toBe(JSON.stringify(pairs[0].split("=")[1]))
        } finally {
            rmSync(folder, { recursive: true, force: true })
        }
    })

    it("that another tool gave settings is said to have them from it", async () => {
        const board = new WifiBoard()
        board.settings.set("node", '"hall"')
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-wifi-"))
        try {
            const told = await board.host(new Journal(folder), a => a.check())
            expect(told).toContain("what it holds was written by another tool")
        } finally {
            rmSync(folder, { recursive: true, force: true })
        }
    })

    it("is told its network again when it is restored; the journal keeps it", async () => {
        const board = new WifiBoard()
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-wifi-"))
        try {
            const journal = new Journal(folder)
            await board.host(journal, a =>
                a.set(["node=hall", "wifi.ssid=Rådhus", "wifi.pass=secret-22"])
            )
            await board.host(journal, a => a.restore())
            expect(board.networks).toEqual(["Rådhus\0secret-22\0", "Rådhus\0secret-22\0"])
            expect([...board.settings.keys()]).toEqual([MARK_KEY, "node"])
            await board.host(journal, a => a.set(["site=library", "wifi.pass="]))
            expect(board.networks[2]).toBe("Rådhus\0")
        } finally {
            rmSync(folder, { recursive: true, force: true })
        }
    })
})

describe("the journal", () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-journal-"))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    const record = (device: string, node: string): NodeRecord => ({
        v: 1,
        device,
        settings: { node, "mqtt.pass": PASSWORD },
        program: null,
    })
    const [first, second] = ["0123456789abcdef", "fedcba9876543210"]

    it("gives back what was written, is for its owner only, and leaves no other file", () => {
        const journal = new Journal(path.join(folder, "deep", "nodes"))
        journal.write(record(first, "hall"))
        journal.write(record(first, "attic"))
        expect(journal.read(first)).toEqual(record(first, "attic"))
        expect(journal.read(second)).toBeUndefined()
        expect(readdirSync(journal.folder)).toEqual([`${first}.json`])
        if (process.platform === "win32") return
        expect(statSync(path.join(journal.folder, `${first}.json`)).mode & 0o777).toBe(0o600)
        expect(statSync(journal.folder).mode & 0o777).toBe(0o700)
    })

    it("finds a node by its name, and says when there is none or more than one", () => {
        const journal = new Journal(path.join(folder, "names"))
        expect(() => journal.deviceOf("hall")).toThrow(/no node "hall" .* 16 hex digits/)
        journal.write(record(first, "hall"))
        expect(journal.deviceOf("hall")).toBe(first)
        expect(journal.deviceOf(second)).toBe(second)
        journal.write(record(second, "hall"))
        expect(() => journal.deviceOf("hall")).toThrow(/several nodes are called "hall"/)
    })

    it.each([
        ["no JSON", "{"],
        ["another node's", JSON.stringify(record(second, "x"))],
        ["another version", JSON.stringify({ ...record(first, "x"), v: 2 })],
        ["an unknown setting", JSON.stringify({ ...record(first, "x"), settings: { wlan: "x" } })],
        ["a wrong value", JSON.stringify({ ...record(first, "x"), settings: { "mqtt.port": 0 } })],
    ])("refuses a file that holds %s, and names it", (_what, text) => {
        const journal = new Journal(path.join(folder, "bad"))
        journal.write(record(first, "x"))
        const file = path.join(journal.folder, `${first}.json`)
        writeFileSync(file, text)
        expect(() => journal.read(first)).toThrow(`${file}: not the journal of node ${first}`)
        expect(readFileSync(file, "utf8")).toBe(text)
    })

    it("says which file it cannot write, and keeps the old one", () => {
        const journal = new Journal(path.join(folder, "blocked"))
        journal.write(record(first, "hall"))
        const broken = new Journal(path.join(journal.folder, `${first}.json`))
        expect(() => broken.write(record(first, "attic"))).toThrow(
            /no such file|no folder|permission|something already/
        )
        expect(journal.read(first)?.settings.node).toBe("hall")
    })
})

describe("settings on the command line", () => {
    it("are read with their types", () => {
        expect(
            parsePairs(["node=hall", "mqtt.port=8883", "mqtt.tls=false", "mqtt.pass=a=b", "site="])
        ).toEqual({
            node: "hall",
            "mqtt.port": 8883,
            "mqtt.tls": false,
            "mqtt.pass": "a=b",
            site: undefined,
        })
    })

    it('draw a key of 256 random bits for "seal.key=new"', () => {
        const keys = [0, 1].map(() => parsePairs(["seal.key=new"])["seal.key"])
        expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
        expect(keys[0]).not.toBe(keys[1])
    })

    it.each([
        ["site", /key=value/],
        ["=x", /key=value/],
        ["wlan=x", /no setting "wlan"; keys are node, site/],
        ["site=a/b", /site takes letters/],
        ["node=+", /node takes letters/],
        ["mqtt.host=a b", /host name/],
        ["mqtt.port=0", /1 to 65535/],
        ["mqtt.port=65536", /1 to 65535/],
        ["mqtt.port=1e3", /1 to 65535/],
        ["mqtt.tls=yes", /true or false/],
        ["mqtt.form=xml", /binary or json/],
        ["mqtt.pass=pæssword", /plain ASCII/],
        ["mqtt.pass=a\nb", /plain ASCII/],
        [`mqtt.pass=${"x".repeat(199)}`, /at most 200 B/],
        [`mqtt.pass=${'"'.repeat(100)}`, /at most 200 B/],
        [`seal.key=${KEY.slice(1)}`, /64 hex digits/],
        ["wifi.pass=short", /8 to 63/],
        [`wifi.ssid=${"å".repeat(16)}`, /at most 31 B: an ESP32 never joins/],
    ])("refuse %j with a reason that does not repeat the value", (pair, message) => {
        expect(() => parsePairs([pair])).toThrow(message)
        const value = pair.slice(pair.indexOf("=") + 1)
        try {
            parsePairs([pair])
        } catch (e) {
            if (value.length > 4 && pair.includes("=")) expect(String(e)).not.toContain(value)
        }
    })

    it("are refused when one is given twice, or a Wi-Fi password without its network", () => {
        expect(() => parsePairs(["site=a", "site=b"])).toThrow("site is given twice")
        expect(() => changed({}, { "wifi.pass": "12345678" })).toThrow(/goes with wifi\.ssid/)
    })

    it("have keys that the platform can store", () => {
        for (const key of [...ALL_KEYS, MARK_KEY]) expect(key.length).toBeLessThanOrEqual(13)
    })
})
