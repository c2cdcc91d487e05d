/** What `suitcase build` says about writes to flash. */
import { describe, expect, it } from "vitest"
import { compile } from "../../sim/program/compile.js"
import { flashWriters, type FlashWriter } from "../../tools/cli/build/flash-writers.js"
import { run } from "../../tools/cli/cli.js"
import { flashText } from "../../tools/cli/build/report.js"
import { fakeTerminal } from "../support/fake-terminal.js"

const HARMLESS = `
import * as ds from "@devicescript/core"
import { readSetting, settings, writeSetting } from "@devicescript/settings"
import { readNodeSettings } from "../src/station/settings.js"

async function neverCalled() { await writeSetting("site", "x") }
const wifi = new ds.Wifi()
const b = Buffer.alloc(4)
b.set(Buffer.from("ab"), 1)
await settings.get("site")
console.log(b.toString("hex"), (await readNodeSettings()).site, await readSetting("site", ""))
console.log(await wifi.ipAddress.read(), settings.isBound)
`

const WRITING = `
import * as ds from "@devicescript/core"
import { deleteSetting, settings, writeSetting } from "@devicescript/settings"

const mine = new ds.Settings("mine")
const wifi = new ds.Wifi()
class Keeper { store = new ds.Settings() }

async function byWrite() { await writeSetting("site", "x") }
async function byDelete() { await deleteSetting("site") }
async function bySet() { await settings.set("site", Buffer.from("1")) }
async function byOwnRole() { await mine.clear() }
async function byComputedName(n: string) { await (settings as any)[n]("site") }
async function byParameter(s: any) { await s.set("site", Buffer.from("1")) }
async function byOtherName() { await byParameter(settings) }
async function byObject() { await new Keeper().store.set("site", Buffer.from("1")) }
async function byRawCommand() { await settings.sendCommand(0x81, Buffer.from("site")) }
async function byNetwork() { await wifi.addNetwork("a", "b") }
await byWrite(); await byDelete(); await bySet(); await byOwnRole(); await byComputedName("set")
await byOtherName(); await byObject(); await byRawCommand(); await byNetwork()
`

function writersOf(source: string): FlashWriter[] {
    return flashWriters(compile("devs/flash-writers-test.ts", { source, linked: false }))
}

describe("the functions of a program that can write to flash", () => {
    it("are none in one that reads settings and asks Wi-Fi, whatever else it has", () => {
        expect(writersOf(HARMLESS)).toEqual([])
    })

    it("are all found, whatever way they take", () => {
        const found = writersOf(WRITING).map(
            ({ does, function: name }) => `${name.replace(/ .*/, "")}: ${does}`
        )
        expect(found.sort()).toEqual([
            "Keeper: keeps a role of Settings",
            "byComputedName: passes on a role of Settings",
            "byNetwork: Wi-Fi.addNetwork",
            "byOtherName: passes on a role of Settings",
            "byOwnRole: Settings.clear",
            "byRawCommand: Settings.sendCommand",
            "bySet: Settings.set",
            "deleteSetting: Settings.delete",
            "writeSetting: Settings.set",
        ])
    })

    it("are named with their place and with those who call them", () => {
        const writer = writersOf(WRITING).find(({ function: name }) => /^writeS/.test(name))
        expect(writer?.function).toMatch(/^writeSetting \(.*settings\/src\/api\.ts:\d+\)$/)
        expect(writer?.calledBy).toEqual(["byWrite (devs/flash-writers-test.ts:9)"])
    })

    it("is shown with a warning instead of a number", () => {
        const text = flashText([
            { function: "f (devs/x.ts:1)", does: "Settings.set", calledBy: ["g (devs/x.ts:5)"] },
        ])
        expect(text).toMatch(/^flash writes per day: not known/)
        expect(text).toContain("Settings.set in f (devs/x.ts:1), from g (devs/x.ts:5)")
    })
})

/** That it makes none in days is in reliability/heap.test.ts. */
describe("indoor-climate", () => {
    it("is built with 0 flash writes per day, in words and in JSON", async () => {
        const words = fakeTerminal()
        expect(await run(["build", "indoor-climate"], words)).toBe(0)
        expect(words.out.text).toMatch(/^flash writes per day: 0 \(no function/m)
        const json = fakeTerminal()
        await run(["build", "indoor-climate", "--json"], json)
        const figures = JSON.parse(json.out.text) as Record<string, unknown>
        expect(figures["flashWritesPerDay"]).toBe(0)
        expect(figures["flashWriters"]).toEqual([])
    })
})
