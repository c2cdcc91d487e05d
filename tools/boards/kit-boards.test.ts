/** The kit's boards: their cards agree with DeviceScript, with the chips, and with what they have on their edges. */
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT, readBoards, theCompiler } from "../../sim/program/compile.js"
import { STRAPPING } from "../cli/build/strapping-pins.js"
import { readCard } from "./card.js"
import { chipOf } from "./chips.js"
import { busPins, freePins, kitBoards, pinNamed, powerPins } from "./kit-boards.js"

interface OwnBoard {
    readonly id: string
    readonly productId: string
    readonly pins: Readonly<Record<string, number>>
    readonly $card: object
}

interface Compiler {
    readonly normalizeDeviceConfig: (board: object, options: object) => object
    readonly jsonToDcfg: (config: object) => object
    readonly serializeDcfg: (entries: object) => Uint8Array
}

interface BuildConfig {
    readonly boards: Readonly<Record<string, { readonly archId: string }>>
    readonly archs: Readonly<Record<string, { readonly pins: Readonly<Record<string, string>> }>>
}

const files = readBoards(PROJECT_ROOT) as OwnBoard[]
const boards = kitBoards()
const config = theCompiler().resolveBuildConfig({
    hwInfo: {},
    addServices: [],
    addBoards: files,
}) as BuildConfig

/** "io,34-36" with io being "0,4" is 0, 4, 34, 35, 36. */
function gpios(words: string, all: Readonly<Record<string, string>>): number[] {
    return words.split(",").flatMap(word => {
        if (word in all) return gpios(all[word], all)
        const [from, to = from] = word.split("-").map(Number)
        return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    })
}

describe("the boards of the kit", () => {
    it("are all that the project defines, one of each chip among them, with Wi-Fi and TLS as their chips have them", () => {
        expect(boards.map(({ id }) => id).sort()).toEqual(files.map(({ id }) => id))
        const table = boards.map(({ id, profile, chip }) => [
            id,
            chip.name,
            profile.hasWifi,
            profile.hasTls,
            profile.heapBytes / 1024,
        ])
        // In the order in which a person should consider them.
        expect(table).toEqual([
            ["suitcase_qt_py_c3", "ESP32-C3", true, true, 64],
            ["suitcase_xiao_c3", "ESP32-C3", true, true, 64],
            ["suitcase_devkitm_s3", "ESP32-S3", true, true, 64],
            ["suitcase_feather_s2", "ESP32-S2", true, true, 40],
            ["suitcase_devkitm_c3", "ESP32-C3", true, true, 64],
            ["suitcase_devkitc", "ESP32", true, true, 64],
            ["suitcase_pico_w", "RP2040, CYW43439", true, false, 64],
            ["suitcase_pico", "RP2040", false, false, 64],
        ])
    })

    it("have an order in which each has a place of its own", () => {
        expect(new Set(boards.map(({ card }) => card.order)).size).toBe(boards.length)
    })

    it("have product numbers of their own", () => {
        expect(new Set(files.map(({ productId }) => productId)).size).toBe(files.length)
    })

    it.each(files.map(({ id }) => id))(
        "%s is the same to DeviceScript with and without its card",
        id => {
            const compiler = theCompiler() as unknown as Compiler
            const whole = config.boards[id]
            const bare = { ...whole, $card: undefined }
            const [withCard, without] = [whole, bare].map(board =>
                compiler.serializeDcfg(
                    compiler.jsonToDcfg(compiler.normalizeDeviceConfig(board, {}))
                )
            )
            expect(Buffer.from(withCard).equals(Buffer.from(without))).toBe(true)
        }
    )

    it.each([...new Set(boards.map(({ profile }) => profile.architecture))])(
        "chip %s measures and listens where DeviceScript says",
        architecture => {
            const { pins } = config.archs[architecture]
            const chip = chipOf(architecture)
            const known = gpios(pins["analogIn"], pins)
            // GPIO29 of an RP2040 measures the supply on a Pico and is on no edge.
            expect(chip.analogPins).toEqual(known.filter(gpio => gpio !== 29))
            const io = gpios(pins["io"], pins)
            const input = gpios(pins["input"] ?? pins["io"], pins)
            const only = input.filter(gpio => !io.includes(gpio))
            expect(chip.inputOnly.filter(gpio => input.includes(gpio))).toEqual(
                only.filter(gpio => chip.inputOnly.includes(gpio))
            )
            expect(only.filter(gpio => !chip.inputOnly.includes(gpio))).toEqual([])
        }
    )
})

describe.each(boards.map(board => [board.id, board] as const))("%s", (id, board) => {
    const file = files.find(candidate => candidate.id === id) as OwnBoard

    it("has each pin of its file once on its edge, and what else is there is explained", () => {
        const names = board.pins.flatMap(({ name }) => name ?? [])
        const hidden = Object.keys(file.pins).filter(name => !names.includes(name))
        expect(new Set(names).size).toBe(names.length)
        // Those of the Feather switch supplies on the board.
        expect(hidden).toEqual(id === "suitcase_feather_s2" ? ["LED_PWR", "PWR"] : [])
        const unexplained = board.pins.filter(({ kind }) => kind === "other")
        expect(unexplained.map(({ label }) => label)).toEqual(
            board.card.header.numbered ? ["ADC_VREF"] : []
        )
        for (const { label, taken } of board.pins)
            if (taken === undefined) expect(Object.keys(board.card.taken)).not.toContain(label)
        const labels = board.pins.map(({ label }) => label)
        expect(Object.keys(board.card.taken).filter(label => !labels.includes(label))).toEqual([])
    })

    it("has supply, ground, data and clock on its edge, and a pin for a voltage and one for pulses", () => {
        const { sda, scl } = busPins(board)
        const { supply, ground } = powerPins(board)
        expect(new Set([sda, scl, supply, ground]).size).toBe(4)
        expect(freePins(board).some(({ isAnalog }) => isAnalog)).toBe(true)
        expect(freePins(board).filter(({ isInputOnly }) => !isInputOnly).length).toBeGreaterThan(1)
    })

    it("has no bus on pins that decide how it starts, nor on those that can only be read", () => {
        const { sda, scl } = busPins(board)
        for (const pin of [sda, scl]) {
            expect(pin.isInputOnly).toBe(false)
            expect(STRAPPING[board.profile.architecture] ?? []).not.toContain(pin.gpio)
            expect(pinNamed(board, pin.name as string)).toBe(pin)
        }
        if (board.profile.family !== "rp2040") return
        // RP2040 datasheet, table 2: even GPIOs are SDA, odd ones SCL, four in a row belong to one controller or two.
        const [data, clock] = [sda.gpio as number, scl.gpio as number]
        expect([data % 2, clock]).toEqual([0, data + 1])
    })
})

describe("pins that are no good for parts on an XIAO", () => {
    it("are those that decide the start, the bus, and the one that writes while it starts", () => {
        const board = boards.find(({ id }) => id === "suitcase_xiao_c3")
        const found = board?.pins.flatMap(({ label, reserved }) =>
            reserved === undefined ? [] : `${label}: ${reserved}`
        )
        expect(found).toEqual([
            "D0: start",
            "D4: data",
            "D5: clock",
            "D6: messages",
            "D9: start",
            "D8: start",
        ])
    })
})

describe("a Pico's pins", () => {
    it("are counted down the left edge and up the right one, as on the maker's sheet", () => {
        const board = boards.find(({ id }) => id === "suitcase_pico_w")
        const numbers = new Map(board?.pins.map(({ label, number }) => [label, number]))
        expect([numbers.get("GP4"), numbers.get("3V3"), numbers.get("VBUS"), numbers.get("GP16")])
            // Raspberry Pi Pico W datasheet, figure 2.
            .toEqual([6, 36, 40, 21])
        expect(board === undefined ? 0 : powerPins(board).ground.number).toBe(38)
    })
})

describe("a card that is wrong", () => {
    const good = files[0].$card

    it.each([
        ["an unknown key", { ...good, colour: "blue" }, "colour"],
        ["no source", { ...good, sources: [] }, "sources"],
        ["a reason that is none", { ...good, taken: { EN: "magic" } }, "taken"],
        ["words in one language", { ...good, goodFor: { en: "all" } }, "goodFor"],
    ])("with %s is refused by file and key", (_, card, key) => {
        expect(() => readCard("mine", card)).toThrow("boards/mine.board.json")
        expect(() => readCard("mine", card)).toThrow(key)
    })
})
