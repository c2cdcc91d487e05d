import { describe, expect, it } from "vitest"
import { theBoard } from "../../../sim/board/profile.js"
import { DeviceClient } from "../../../sim/devtools/device-client.js"
import { SRV_SETTINGS, writeSettings } from "../../../sim/devtools/deploy.js"
import { NodeLink } from "../../../sim/jacdac/node-link.js"
import { compile } from "../../../sim/program/compile.js"
import { seconds } from "../../../sim/time/duration.js"
import { World } from "../../../sim/world/world.js"
import { BOARDS, type BoardName } from "../../../tests/support/board-bench.js"
import { SeededRandom } from "../../../sim/time/random.js"
import { ENTRY_BYTES, ERASED, PAGE_BYTES, storeShape } from "./format.js"
import { readStore } from "./read.js"
import { StoreError, storeImage } from "./write.js"

const SOURCE = `
import { readSetting } from "@devicescript/settings"
console.log("node is " + (await readSetting<string>("node", "nobody")))
console.log("port is " + (await readSetting<number>("mqtt.port", 0)))
`

function program(board: BoardName) {
    const profile = theBoard(BOARDS[board])
    const { heapBytes, beatPin } = profile
    const options = { source: SOURCE, target: "board" as const, heapBytes, beatPin }
    return { profile, program: compile("devs/store-test.ts", options) }
}

/** Settings as scripts read them: JSON text under a colon and their name. */
function stored(settings: Readonly<Record<string, string | number | boolean>>) {
    const bytes = (text: string) => new TextEncoder().encode(text)
    return new Map(
        Object.entries(settings).map(([key, value]) => [`:${key}`, bytes(JSON.stringify(value))])
    )
}

const SETTINGS = { node: "hall-2", site: "library", "mqtt.host": "mqtt.local", "mqtt.port": 8883 }

describe("the image of a board's store", () => {
    it.each(["c3", "picoW"] as BoardName[])(
        "of a %s equals byte for byte what its runtime writes",
        async name => {
            const { profile, program: built } = program(name)
            const world = new World()
            const node = world.addNode({ program: built, board: { profile } })
            await world.run(seconds(2))
            const link = new NodeLink(world, node)
            const device = new DeviceClient(link, node.deviceId)
            await link.during(
                device.waitForDevice(5000).then(() => {
                    expect(device.hasService(SRV_SETTINGS)).toBe(true)
                    return writeSettings(device, SETTINGS)
                })
            )
            await world.run(seconds(1))
            const image = storeImage(profile.flashBytes, {
                program: built.bytecode,
                values: stored(SETTINGS),
            })
            const differs = image.findIndex((byte, i) => byte !== node.flash.bytes[i])
            expect(`first difference at ${differs}`).toBe("first difference at -1")
            world.close()
        }
    )

    it.each(["c3", "picoW"] as BoardName[])(
        "starts the program of a %s with its settings, and the runtime neither formats nor writes",
        async name => {
            const { profile, program: built } = program(name)
            const flashed = storeImage(profile.flashBytes, {
                program: built.bytecode,
                values: stored(SETTINGS),
            })
            const world = new World()
            const node = world.addNode({ program: built, board: { profile }, flashed })
            await world.run(seconds(3))
            expect(node.console.slice(2).map(({ text }) => text)).toEqual([
                "node is hall-2",
                "port is 8883",
            ])
            expect(node.flash.writes).toBe(0)
            expect(node.log.map(({ text }) => text).join("\n")).not.toContain("formatting")
            world.close()
        }
    )

    it("holds 64 settings of 200 B on an ESP32; says so when more are to go in", () => {
        const many = (count: number) =>
            new Map(
                Array.from({ length: count }, (_, i) => [`:key${i}`, new Uint8Array(200).fill(65)])
            )
        const image = storeImage(262_144, { program: undefined, values: many(64) })
        expect(readStore(image).values).toEqual(many(64))
        expect(() => storeImage(262_144, { program: undefined, values: many(72) })).toThrow(
            StoreError
        )
    })

    it("refuses a program larger than the pages that the allocator gives", () => {
        const largest = 27 * PAGE_BYTES - 128
        const at = (bytes: number) => () =>
            storeImage(131_072, { program: new Uint8Array(bytes), values: new Map() })
        expect(at(largest)).not.toThrow()
        expect(at(largest + 1)).toThrow(`takes ${largest} B`)
    })

    it.each(["", "longer-than-15-b", "*other", "umlaut ü", "zero\0"])("refuses the key %j", key => {
        const values = new Map([[key, new Uint8Array(1)]])
        expect(() => storeImage(131_072, { program: undefined, values })).toThrow(StoreError)
    })
})

describe("a store that was read from a board", () => {
    const whole = storeImage(131_072, {
        program: Uint8Array.from({ length: 100 }, (_, i) => i),
        values: stored(SETTINGS),
    })

    it("gives program and settings back", () => {
        const reading = readStore(whole)
        expect(reading.state).toBe("whole")
        expect(reading.values).toEqual(stored(SETTINGS))
        expect(reading.program?.length).toBe(128)
        expect(reading.program?.subarray(0, 100)).toEqual(
            Uint8Array.from({ length: 100 }, (_, i) => i)
        )
    })

    it("that was erased is empty, and one of noise is torn", () => {
        expect(readStore(new Uint8Array(131_072).fill(ERASED)).state).toBe("empty")
        expect(readStore(new Uint8Array(131_072)).state).toBe("torn")
    })

    it("gives the later of two values, and none that was deleted", () => {
        const image = storeImage(131_072, {
            program: undefined,
            values: new Map([
                [":a", Uint8Array.of(1)],
                [":b", Uint8Array.of(2)],
                [":c", Uint8Array.of(3)],
            ]),
        })
        const second = 24 + ENTRY_BYTES
        // The second entry now is of ":a" too, the third deletes.
        image[second + 1] = "a".charCodeAt(0)
        image[second + ENTRY_BYTES + 1] = "a".charCodeAt(0)
        expect([...readStore(image).values]).toEqual([[":a", Uint8Array.of(3)]])
        image[second + ENTRY_BYTES + 20] = 0
        expect([...readStore(image).values]).toEqual([])
    })

    it("takes the bank with the higher generation", () => {
        const { bankPages } = storeShape(131_072)
        const bank = bankPages * PAGE_BYTES
        const image = whole.slice()
        const other = storeImage(131_072, {
            program: undefined,
            values: new Map([[":x", Uint8Array.of(9)]]),
        })
        image.set(other.subarray(0, bank), bank)
        const view = new DataView(image.buffer)
        view.setUint32(bank + 8, 2, true)
        // Its value lies in its own bank.
        view.setUint32(bank + 24 + 16, view.getUint32(bank + 24 + 16, true) + bank, true)
        expect([...readStore(image).values]).toEqual([[":x", Uint8Array.of(9)]])
    })

    it("with a byte between entries and values is torn, as for the runtime, and its values are still read", () => {
        const image = whole.slice()
        image[1000] = 0
        expect(readStore(image)).toMatchObject({ state: "torn", values: stored(SETTINGS) })
    })

    it("with an entry whose value was not written, or not whole, is torn and does not have that value", () => {
        const text = new TextEncoder()
        const values = new Map([
            [":a", text.encode("17")],
            [":b", text.encode("23")],
            ["wifi_psk", text.encode("secret")],
        ])
        for (const [key, unwritten] of [
            [":a", 2],
            [":a", 1],
            ["wifi_psk", 6],
        ] as const) {
            const image = storeImage(131_072, { program: undefined, values })
            const value = values.get(key) ?? new Uint8Array()
            const at = Buffer.from(image).indexOf(value)
            image.fill(ERASED, at + value.length - unwritten, at + value.length)
            const others = [...values].filter(([other]) => other !== key)
            const reading = readStore(image)
            expect(reading.state, `${unwritten} B of ${key}`).toBe("torn")
            expect([...reading.values]).toEqual(others)
        }
    })

    it("with a damaged program has none", () => {
        const image = whole.slice()
        image[0x4000 + 130] ^= 1
        expect(readStore(image).program).toBeUndefined()
    })

    it("never throws, whatever bytes are wrong", () => {
        const random = new SeededRandom("store")
        for (let round = 0; round < 300; round++) {
            const image = whole.slice()
            for (let i = 0; i < 8; i++)
                image[Math.floor(random.float() * 400)] = Math.floor(random.float() * 256)
            expect(["whole", "torn", "empty"]).toContain(readStore(image).state)
        }
    })
})
