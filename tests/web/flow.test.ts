/** The page's steps, form and progress, without a page. */
import { describe, expect, it } from "vitest"
import { boardImage } from "../../tools/flash/board-image.js"
import { storeImage } from "../../tools/flash/store/write.js"
import { readStore } from "../../tools/flash/store/read.js"
import {
    placeOfNumber,
    withInterval,
    type ExportedBoard,
    type ExportedNode,
    type ExportedProgram,
    type KitExport,
} from "../../tools/web/kit-export.js"
import { chosenInterval, fieldsOf, settingsOf } from "../../tools/web/page/flow/fields.js"
import { keptOf, next, resumed, type FlowEvent } from "../../tools/web/page/flow/flow.js"
import { KeptSettings, type TextStore } from "../../tools/web/page/flow/kept-settings.js"
import { ProgressMeter } from "../../tools/web/page/flow/progress.js"
import { readSecrets } from "../../tools/web/page/flow/secret-files.js"
import { firstState, type FieldKey, type State } from "../../tools/web/page/flow/state.js"

const board = (id: string, architecture: string, hasTls: boolean): ExportedBoard => ({
    id,
    name: id,
    chip: architecture === "rp2040w" ? "RP2040" : "ESP32-C3",
    architecture,
    hasWifi: true,
    hasTls,
    readsOverUsb: true,
    bootMode: { en: "hold it", da: "hold den" },
    config: "",
})
const program = (name: string, boards: readonly string[]): ExportedProgram => ({
    app: name,
    boards,
    file: { name, sha256: "", bytes: 0 },
    intervalSeconds: 60,
    intervalAt: 8,
})
const node = (name: string, seal = false): ExportedNode => ({
    name,
    title: name,
    site: "library",
    siteTitle: "Library",
    link: `suitcase/library/${name}`,
    board: "c3",
    program: "climate",
    settings: { node: name, site: "library", "mqtt.host": "mqtt.city", "mqtt.port": 1883 },
    needs: { wifi: "WIFI", broker: true, seal },
})
const BOARDS = [board("c3", "esp32c3", true), board("pico", "rp2040w", false)]
const PROGRAMS = [program("climate", ["c3", "pico"])]
const KIT: KitExport = {
    format: 1,
    language: "en",
    boards: BOARDS,
    programs: PROGRAMS,
    nodes: [node("hall"), node("attic", true)],
}
const OWN: KitExport = { ...KIT, nodes: [] }

function after(state: State, ...events: readonly FlowEvent[]): State {
    return events.reduce(next, state)
}

const typed = (texts: Partial<Record<FieldKey | "interval", string>>): FlowEvent[] =>
    Object.entries(texts).map(([key, text]) => ({ kind: "edited", key: key as FieldKey, text }))
const hall: FlowEvent = { kind: "chosen", choice: { kind: "node", node: "hall" } }
const own = (id: string): FlowEvent => ({
    kind: "chosen",
    choice: { kind: "own", board: id, program: "climate" },
})
const SECRETS = { "wifi.pass": "long enough", "mqtt.pass": "secret" }
const found: FlowEvent = { kind: "found", board: { chip: "ESP32-C3", serial: "1" } }
const problem: FlowEvent = { kind: "failed", problem: { id: "gone", fill: {} } }

describe("the steps", () => {
    it("lead from the node to its label, and to the next board with what is common", () => {
        let state = after(firstState(KIT, "en"), hall)
        expect(state.step).toBe("settings")
        state = after(state, ...typed(SECRETS), { kind: "settings accepted" })
        expect(state.step).toBe("connect")
        state = after(state, found, { kind: "writing" })
        expect([state.step, state.isBusy]).toEqual(["write", true])
        state = after(state, { kind: "written" })
        expect([state.step, state.done]).toEqual(["readings", ["hall"]])
        state = after(state, { kind: "readings seen" })
        expect(state.step).toBe("label")
        state = after(state, { kind: "next board" })
        expect(state.step).toBe("choose")
        expect(state.secrets).toEqual({ "wifi.pass": "long enough" })
        expect(state.done).toEqual(["hall"])
    })

    it("stay where they are when something happens that has no place there", () => {
        const first = firstState(KIT, "en")
        const misplaced: FlowEvent[] = [
            found,
            { kind: "writing" },
            { kind: "written" },
            { kind: "settings accepted" },
            { kind: "next board" },
            { kind: "readings seen" },
            { kind: "drive", isUsed: true },
            { kind: "edited", key: "node", text: "x" },
        ]
        for (const event of misplaced) expect(next(first, event), event.kind).toBe(first)
    })

    it("do not go on while a password is missing, and then say which", () => {
        const state = after(firstState(KIT, "en"), hall, { kind: "settings accepted" })
        expect(state.step).toBe("settings")
        const wrong = fieldsOf(state).filter(({ problem: text }) => text !== undefined)
        expect(wrong.map(({ key, problem: text }) => `${key} ${text}`)).toEqual([
            "wifi.pass required",
            "mqtt.pass required",
        ])
    })

    it("lead back to the board when it is lost, and say that writing goes on", () => {
        const state = after(
            firstState(KIT, "en"),
            hall,
            ...typed(SECRETS),
            { kind: "settings accepted" },
            found,
            { kind: "writing" },
            problem
        )
        expect([state.step, state.problem?.id, state.wasInterrupted]).toEqual([
            "connect",
            "gone",
            true,
        ])
        expect(settingsOf(state)?.["wifi.pass"], "nothing is typed again").toBe("long enough")
    })

    it("do not go back while a board is written", () => {
        const state = after(
            firstState(KIT, "en"),
            hall,
            ...typed(SECRETS),
            { kind: "settings accepted" },
            found,
            { kind: "writing" }
        )
        expect(next(state, { kind: "back" })).toBe(state)
    })
})

describe("a reload", () => {
    const written = after(firstState(KIT, "en"), hall, ...typed(SECRETS), {
        kind: "settings accepted",
    })

    it("keeps the node and what was typed, but no secret", () => {
        const text = JSON.stringify(keptOf(after(written, found, { kind: "writing" })))
        expect(text).not.toMatch(/long enough|secret/)
        const state = resumed(KIT, "da", JSON.parse(text) as object)
        expect([state.step, state.wasInterrupted, state.language]).toEqual(["settings", true, "da"])
        expect(state.choice).toEqual({ kind: "node", node: "hall" })
    })

    it("goes straight to the board of a node that has no secrets", () => {
        const open = { ...node("open"), needs: { broker: false, seal: false } }
        const kit = { ...KIT, nodes: [open] }
        const choice = { kind: "node", node: "open" } as const
        const kept = { step: "write", choice, form: {}, done: [], wasInterrupted: true } as const
        expect(resumed(kit, "en", kept).step).toBe("connect")
    })

    it("stays at the label of a node that is written", () => {
        const state = after(written, found, { kind: "writing" }, { kind: "written" })
        expect(resumed(KIT, "en", keptOf(state))).toMatchObject({
            step: "readings",
            done: ["hall"],
        })
    })

    it("with a kit that has changed begins anew", () => {
        const kit = { ...KIT, nodes: [node("other")] }
        expect(resumed(kit, "en", keptOf(written)).step).toBe("choose")
        expect(resumed(KIT, "en", {}).step).toBe("choose")
    })
})

describe("the form", () => {
    const start = after(firstState(OWN, "en"), own("c3"))
    const FILLED = {
        node: "hall-2",
        site: "library",
        "wifi.ssid": "Rådhus",
        "mqtt.host": "mqtt.city.example",
    }

    it("makes settings, with the port and the account that are usual", () => {
        const state = after(start, ...typed({ ...FILLED, ...SECRETS }))
        expect(settingsOf(state)).toEqual({
            node: "hall-2",
            site: "library",
            "wifi.ssid": "Rådhus",
            "wifi.pass": "long enough",
            "mqtt.host": "mqtt.city.example",
            "mqtt.port": 1883,
            "mqtt.tls": false,
            "mqtt.user": "hall-2",
            "mqtt.pass": "secret",
        })
        const secure = after(state, ...typed({ "mqtt.tls": "true" }))
        expect(settingsOf(secure)?.["mqtt.port"]).toBe(8883)
    })

    it.each([
        ["node", "hall 2"],
        ["node", "æble"],
        ["site", "a/b"],
        ["wifi.ssid", "x".repeat(32)],
        ["wifi.ssid", "å".repeat(16)],
        ["wifi.pass", "short"],
        ["wifi.pass", "blåbærgrød"],
        ["wifi.pass", "x".repeat(64)],
        ["mqtt.host", "mqtt://city"],
        ["mqtt.port", "0"],
        ["mqtt.port", "65536"],
        ["mqtt.port", "1e3"],
        ["mqtt.port", "-1"],
        ["mqtt.user", "åse"],
        ["mqtt.pass", "x".repeat(199)],
    ] as const)("refuses %s = %s as it is typed", (key, text) => {
        const state = after(start, ...typed({ ...FILLED, [key]: text }))
        expect(fieldsOf(state).find(field => field.key === key)?.problem).toBeDefined()
        expect(settingsOf(state)).toBeUndefined()
    })

    it("of a board without TLS takes a broker's name only", () => {
        const pico = after(firstState(OWN, "en"), own("pico"))
        for (const [host, isRight] of [
            ["192.168.1.5", false],
            ["fe80::1", false],
            ["mqtt.local", true],
            ["10-net.local", true],
        ] as const) {
            const state = after(pico, ...typed({ ...FILLED, "mqtt.host": host }))
            expect(settingsOf(state) !== undefined, host).toBe(isRight)
        }
        expect(fieldsOf(pico).map(({ key }) => key)).not.toContain("mqtt.tls")
    })

    it("changes the interval in the program where that can be done", () => {
        const bytes = new Uint8Array(32)
        new DataView(bytes.buffer).setInt32(8, 77_777, true)
        bytes.fill(0xff, 12, 16)
        expect(placeOfNumber(bytes, 77_777)).toBe(8)
        expect(new DataView(withInterval(bytes, 8, 900).buffer).getInt32(8, true)).toBe(900)
        bytes.copyWithin(24, 8, 16)
        expect(placeOfNumber(bytes, 77_777), "not when it is there twice").toBeUndefined()
        expect(chosenInterval(start)).toBeUndefined()
        expect(chosenInterval(after(start, ...typed({ interval: "900" })))).toBe(900)
        expect(chosenInterval(after(start, ...typed({ interval: "60" })))).toBeUndefined()
    })
})

describe("files with passwords", () => {
    const files = readSecrets([
        { name: ".env", text: '# x\nexport WIFI="long enough"\n' },
        { name: "passwords.json", text: '{"attic":"secret","hall":"other"}' },
        { name: "keys.json", text: `{"attic":"${"a".repeat(64)}"}` },
    ])

    it("fill in what the node needs, and typing goes before", () => {
        const attic: FlowEvent = { kind: "chosen", choice: { kind: "node", node: "attic" } }
        const state = after(firstState(KIT, "en"), attic, { kind: "secrets read", files })
        expect(settingsOf(state)).toMatchObject({
            node: "attic",
            "wifi.pass": "long enough",
            "mqtt.pass": "secret",
            "seal.key": "a".repeat(64),
        })
        expect(
            fieldsOf(state).every(({ value }) => value === ""),
            "nothing is shown"
        ).toBe(true)
        const other = after(state, ...typed({ "mqtt.pass": "typed" }))
        expect(settingsOf(other)?.["mqtt.pass"]).toBe("typed")
    })

    it.each(["", "[]", "null", '"secret"', '{"hall":5}', "{", "secret"])(
        "refuses %j without repeating it",
        text => {
            expect(() => readSecrets([{ name: "passwords.json", text }])).toThrow(
                expect.objectContaining({ id: "secrets file", message: "secrets file" })
            )
        }
    )
})

describe("progress", () => {
    const pieces = boardImage({
        architecture: "esp32c3",
        runtime: undefined,
        config: new Uint8Array(10),
        store: { program: new Uint8Array(40_000), values: new Map() },
    })

    it("never goes back, ends at the whole, and tells the time that is left", () => {
        let nowMs = 1000
        const meter = new ProgressMeter(pieces, () => nowMs)
        const shares: number[] = []
        const left: (number | undefined)[] = []
        const see = (progress: { share: number; secondsLeft: number | undefined }) => {
            shares.push(progress.share)
            left.push(progress.secondsLeft)
        }
        const [config, ...others] = pieces
        see(meter.on({ kind: "same", piece: config }))
        for (const piece of others) {
            for (const share of [0, 0.5, 1]) {
                see(meter.on({ kind: "writing", piece, share }))
                nowMs += 1000
            }
            see(meter.on({ kind: "again", piece }))
            see(meter.on({ kind: "writing", piece, share: 0 }))
            see(meter.on({ kind: "verified", piece }))
        }
        expect([...shares].sort((a, b) => a - b)).toEqual(shares)
        expect(shares.at(-1)).toBe(1)
        expect(left.at(-1)).toBe(0)
        expect(left.some(seconds => (seconds ?? 0) > 0)).toBe(true)
    })
})

describe("what a board had stored", () => {
    class Memory implements TextStore {
        readonly texts = new Map<string, string>()
        getItem = (key: string) => this.texts.get(key) ?? null
        setItem = (key: string, value: string) => void this.texts.set(key, value)
        removeItem = (key: string) => void this.texts.delete(key)
    }
    const bytes = (text: string) => new Uint8Array(Buffer.from(text))
    const STORE_BYTES = 0x40000
    const BANKS_BYTES = 0x8000

    it("is kept in the browser while it is written, without its secrets", async () => {
        const memory = new Memory()
        const keeper = new KeptSettings(memory, STORE_BYTES)
        const values = new Map([
            [":node", bytes('"hall"')],
            [":mqtt.pass", bytes('"hidden"')],
            ["wifi_psk", bytes("hidden")],
            [":cal.co2", bytes("-12")],
        ])
        const image = storeImage(STORE_BYTES, { program: undefined, values })
        await keeper.save("24:6f", image.subarray(0, BANKS_BYTES))
        const [text = ""] = memory.texts.values()
        expect(Buffer.from(text, "base64").toString("latin1")).not.toContain("hidden")
        const back = new Uint8Array(STORE_BYTES).fill(0xff)
        back.set((await keeper.load("24:6f")) ?? [])
        expect([...readStore(back).values.keys()]).toEqual([":cal.co2"])
        expect(await keeper.load("other")).toBeUndefined()
        keeper.forget("24:6f")
        expect(memory.texts.size).toBe(0)
    })
})
