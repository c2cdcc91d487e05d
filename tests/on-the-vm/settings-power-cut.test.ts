/**
 * Power cuts in the platform's settings store: after every write that the VM
 * makes, and inside each of them. What is lost is told at the next boot, and
 * one command brings all of it back.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { markOf } from "../../tools/cli/settings/stored-form.js"
import { bankBytes, cutsBetween } from "../support/flash-cuts.js"
import { SettingsBench, type Boot } from "../support/settings-bench.js"

/** Bytes between two cuts: words of flash here, each byte in `npm run soak`. */
const GRAIN = Number(process.env["SUITCASE_CUT_GRAIN"] ?? 4)

const OLD = ["node=hall", "site=library", "mqtt.host=mqtt.local", "mqtt.port=8883", "mqtt.user=me"]
const NEW = [
    "node=attic",
    "site=museum",
    "mqtt.host=broker.example",
    "mqtt.port=1884",
    "mqtt.user=",
    "mqtt.pass=Secret-1",
    "mqtt.form=json",
    "mqtt.tls=true",
    `seal.key=${"0123456789abcdef".repeat(4)}`,
]
const APP = "indoor-climate"

/** Boots that told "ok", "none", "damaged", and those without a program. */
type Tally = Record<string, number>

let bench: SettingsBench

beforeEach(() => {
    bench = new SettingsBench()
})
afterEach(() => bench.close())

/** The journal knows an app, so that a program that is gone can come back. */
function nameApp(): void {
    const record = bench.journal.read(bench.node.deviceId)
    if (record === undefined) throw new Error("nothing in the journal")
    bench.journal.write({ ...record, program: { app: APP, sha256: "0".repeat(64) } })
}

/** Values as the program sees them, after a boot with this image. */
async function valuesOf(image: Uint8Array): Promise<string> {
    const { said } = await bench.boot(image)
    return JSON.stringify(said?.values)
}

/** Whether what a boot told is the truth, given all sets of values that were written as a whole. */
function judge(boot: Boot, whole: readonly string[], defaults: string, what: string): string {
    const { said, isFormatted } = boot
    if (said === undefined) {
        expect(isFormatted, `${what}: no program, yet the store was not lost`).toBe(true)
        return "no program"
    }
    const values = JSON.stringify(said.values)
    if (said.health === "ok") expect(whole, `${what}: told as whole`).toContain(values)
    else if (said.health === "none") expect(values, `${what}: told as none`).toBe(defaults)
    else expect(said.health, what).toBe("damaged")
    if (said.health !== "ok")
        expect(
            bench.console.filter(line => /^settings: (none|damaged)/.test(line)),
            `${what}: lines on USB`
        ).toHaveLength(1)
    return said.health
}

/** Restores in one step, and checks that all is there after another restart. */
async function restores(what: string): Promise<void> {
    const { err } = bench.terminal
    expect(await bench.host(a => a.restore()), `${what}: ${err.text}`).toBe(0)
    await bench.boot()
    expect(await bench.host(a => a.check()), `${what}: ${bench.terminal.out.text}`).toBe(0)
}

/** Boots every image and every cut between them; restores from every n-th. */
async function sweep(
    images: readonly Uint8Array[],
    whole: readonly string[],
    defaults: string,
    grain: number,
    restoreEvery: number
): Promise<Tally> {
    const tally: Tally = {}
    let count = 0
    for (let i = 1; i < images.length; i++) {
        const after = { image: images[i], what: "all of it" }
        for (const { image, what } of [...cutsBetween(images[i - 1], images[i], grain), after]) {
            const place = `write ${i}, ${what}`
            const told = judge(await bench.boot(image), whole, defaults, place)
            tally[told] = (tally[told] ?? 0) + 1
            if (count++ % restoreEvery === 0) await restores(place)
        }
    }
    return tally
}

describe("a power cut", () => {
    it("at any moment of writing the first settings is told at boot, and restored in one step", async () => {
        const defaults = await valuesOf(bench.node.flash.bytes)
        const images = await bench.recorded(() => bench.host(a => a.set(NEW), { restart: false }))
        nameApp()
        const whole = await valuesOf(images.at(-1) as Uint8Array)
        expect(whole).not.toBe(defaults)
        // Open mark, eight values and the mark; mqtt.user is the default.
        expect(images.length - 1, "writes").toBe(10)
        const tally = await sweep(images, [whole], defaults, GRAIN, 60)
        expect(tally["ok"], "only the last write makes it whole").toBeLessThanOrEqual(8)
        expect(tally["damaged"]).toBeGreaterThan(8)
        expect(tally["no program"]).toBeGreaterThan(50)
    })

    it("at any moment of a change leaves the old settings, the new ones, or a warning", async () => {
        const defaults = await valuesOf(bench.node.flash.bytes)
        await bench.host(a => a.set(OLD), { restart: false })
        const before = await valuesOf(bench.node.flash.bytes)
        const images = await bench.recorded(() => bench.host(a => a.set(NEW), { restart: false }))
        nameApp()
        const after = await valuesOf(images.at(-1) as Uint8Array)
        const tally = await sweep(images, [before, after], defaults, GRAIN, 60)
        expect(tally["ok"]).toBeGreaterThanOrEqual(1)
        expect(tally["damaged"]).toBeGreaterThan(8)
    })

    it("in a change whose half-written state has the checksum of the old one is told", async () => {
        const half = (node: string) =>
            new Map([
                ["node", JSON.stringify(node)],
                ["site", '"a"'],
            ])
        const old = markOf(half("hall"))
        let twin = 0
        while (markOf(half(`x${twin}`)) !== old) twin++
        await bench.host(a => a.set(["node=hall", "site=a"]), { restart: false })
        const images = await bench.recorded(() =>
            bench.host(a => a.set([`node=x${twin}`, "site=b"]), { restart: false })
        )
        // Open mark, node, site, mark.
        expect(images.length - 1, "writes").toBe(4)
        const { said } = await bench.boot(images[2])
        expect(said?.values.slice(0, 2)).toEqual([`x${twin}`, "a"])
        expect(said?.health).toBe("damaged")
        expect((await bench.boot(images[4])).said?.health).toBe("ok")
    })

    it("while the platform tidies its store keeps the settings or tells", async () => {
        const defaults = await valuesOf(bench.node.flash.bytes)
        await bench.host(a => a.set(NEW), { restart: false })
        nameApp()
        const whole = await valuesOf(bench.node.flash.bytes)
        const start = bench.node.flash.bytes.slice()
        await bench.boot(start)
        const store = await bench.store()
        const images = await bench.recorded(() => bench.link.during(store.renewStore()))
        const bank = bankBytes(start)
        const header = (image: Uint8Array, at: number) =>
            Buffer.from(image.subarray(at, at + 24)).toString("hex")
        const moves = images.flatMap((image, i) => {
            const before = images[i - 1] ?? image
            return [0, bank].some(at => header(image, at) !== header(before, at)) ? [i] : []
        })
        expect(moves.length, "moves from one bank to the other").toBeGreaterThanOrEqual(2)
        for (const i of moves) {
            const tally = await sweep([images[i - 1], images[i]], [whole], defaults, 16, 200)
            // The bank that was live stays so until the new one has its header.
            expect(tally["no program"] ?? 0, "programs lost").toBe(0)
            expect(tally["damaged"]).toBeGreaterThan(10)
        }
    })

    it("that leaves a newer, unreadable bank behind is restored in one step all the same", async () => {
        await bench.host(a => a.set(OLD))
        nameApp()
        const bank = bankBytes(bench.node.flash.bytes)
        // Fill the first bank: the second one is live then.
        const store = await bench.store()
        const generation = (at: number) =>
            new DataView(bench.node.flash.bytes.buffer).getUint32(at + 8, true)
        while (generation(bank) === 0xffffffff) await bench.link.during(store.renewStore())
        if (generation(0) > generation(bank)) await bench.link.during(store.renewStore())
        await bench.host(a => a.restore())
        const isSecondLive = generation(bank) > generation(0) || generation(0) === 0xffffffff
        expect(isSecondLive, "the second bank is the live one").toBe(true)
        const images = await bench.recorded(() =>
            bench.host(a => a.set(["site=museum"]), { restart: false })
        )
        nameApp()
        const [cut] = cutsBetween(images[0], images[1], 4)
        const first = await bench.boot(cut.image)
        expect(first).toEqual({ said: undefined, isFormatted: true })
        // The trap: it formats at every boot, and nothing that is written stays.
        expect((await bench.boot()).isFormatted).toBe(true)
        await restores(cut.what)
        expect((await bench.boot()).isFormatted, "formats again after restoring").toBe(false)
    })

    it("while a program is sent is told by the host, and restored in one step", async () => {
        await bench.host(a => a.set(OLD), { restart: false })
        nameApp()
        const defaults = ""
        const settings = await valuesOf(bench.node.flash.bytes)
        const images = await bench.recorded(() =>
            bench.host(a => a.restore(), { app: APP, restart: false })
        )
        const seen = new Set<string>()
        for (let i = 1; i < images.length; i++)
            for (const cut of [
                ...cutsBetween(images[i - 1], images[i], 2048),
                { image: images[i], what: "all" },
            ]) {
                if (i > 6 && i < images.length - 6 && i % 10 !== 0) continue
                const place = `write ${i}, ${cut.what}`
                const boot = await bench.boot(cut.image)
                if (boot.said !== undefined) judge(boot, [settings], defaults, place)
                const code = await bench.host(a => a.check())
                const problem = bench.terminal.out.text
                seen.add(/no program|: ok/.exec(problem)?.[0] ?? problem)
                expect(code === 0, `${place}: ${problem}`).toBe(/: ok/.test(problem))
                if (code !== 0 && i % 20 === 0) await restores(place)
            }
        expect([...seen].sort()).toEqual([": ok", "no program"])
    })
})
