/** The flash page from the first screen to the label, in a real browser, against doubles of boards. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { gzipSync } from "node:zlib"
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest"
import { type EspChip } from "../../sim/bootloader/esp32.js"
import { PAGE_BYTES, storeShape } from "../../tools/flash/store/format.js"
import { BME280Model } from "../../src/drivers/bme280/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { layoutOf } from "../../tools/flash/chips.js"
import { storeImage } from "../../tools/flash/store/write.js"
import { readStore } from "../../tools/flash/store/read.js"
import { uf2Segments } from "../../tools/flash/uf2-file.js"
import { describeWith } from "../support/describe-with.js"
import { picoRuntime } from "../support/runtime-images.js"
import { IS_WHOLE } from "../runner/whole.js"
import { booted } from "./booted.js"
import { FLASH_START, PageBench, SECRETS, type FlashPage, type OpenOptions } from "./page-bench.js"

const MOST_COMPRESSED_BYTES = 300_000

let bench: PageBench
let pages: FlashPage[] = []

async function open(options: OpenOptions = {}): Promise<FlashPage> {
    const page = await bench.open(options)
    pages.push(page)
    return page
}

function textsIn(store: Uint8Array): Record<string, string> {
    const { values, state } = readStore(store)
    expect(state).toBe("whole")
    return Object.fromEntries(
        [...values].map(([key, bytes]) => [key, Buffer.from(bytes).toString()])
    )
}

const plugEsp = (page: FlashPage, chip: EspChip) =>
    page.boards((doubles, kind) => doubles.plugEsp({ chip: kind }), chip)
const plugPico = (page: FlashPage) => page.boards(doubles => doubles.plugPico({}), undefined)

describeWith("chromium", "the flash page", () => {
    vi.setConfig({ testTimeout: 180_000 })
    beforeAll(async () => {
        bench = await PageBench.start()
        // Three programs are compiled where none was kept.
    }, 240_000)
    afterEach(async () => {
        for (const page of pages) await page.close()
        pages = []
        expect(bench.strayed, "requests to other addresses").toEqual([])
        expect(bench.errors.splice(0), "errors in the browser's console").toEqual([])
    })
    afterAll(async () => await bench.stop())

    it("makes three boards of a kit into nodes, one after the other, which start with their settings", async () => {
        const page = await open({ language: "da" })
        const boards = [
            ["hall", "esp32c3", () => plugEsp(page, "ESP32-C3")],
            ["yard", "esp32", () => plugEsp(page, "ESP32")],
            ["shed", "rp2040w", () => plugPico(page)],
        ] as const
        await page.choose("hall")
        await page.page.setInputFiles("#secrets", bench.secretFiles)
        await page.page.getByText("Fundet: Adgangskode til Wi-Fi").waitFor()
        for (const [name, architecture, plug] of boards) {
            await plug()
            // What was chosen for the first board is there for all of them.
            await page.press("Fortsæt")
            await page.at("connect")
            await page.connectAndWrite()
            await page.at("readings")
            const store = await page.store(architecture)
            expect(textsIn(store)).toMatchObject({
                ":node": `"${name}"`,
                ":site": '"townhall"',
                ":mqtt.host": '"mqtt.city.example"',
                ":mqtt.user": `"${name}"`,
                ":mqtt.pass": `"secret of ${name}"`,
                wifi_ssid: "City",
                wifi_psk: "very secret Wi-Fi",
            })
            if (name === "shed" || (IS_WHOLE && name === "hall")) {
                const model = name === "shed" ? new BME280Model() : new SHT4xModel()
                model.feed("temperature", () => -3.5)
                const { world, sim } = await booted(name, store, model)
                await page.run(world, sim)
                await page.press("Vis målinger")
                await page.page.getByText("-3,50 °C").waitFor()
                await page.page.getByText("Kontakt til brokeren", { exact: true }).waitFor()
                expect(sim.log.map(({ text }) => text).join("\n")).not.toContain("formatting")
                await page.press("Fortsæt")
            } else await page.press("Fortsæt uden målinger")
            await page.at("label")
            expect(await page.page.locator("main").textContent()).not.toMatch(/secret|[abc]{64}/)
            if (name !== "shed") await page.press(/^Næste board/)
        }
        await page.page.getByText("Alle kittets noder er skrevet.").waitFor()
        const kept = await page.page.evaluate(
            "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])"
        )
        for (const secret of Object.values(SECRETS).flatMap(text =>
            text.match(/secret[^"\n]*|[abc]{64}/g)
        ))
            expect(kept).not.toContain(secret)
    })

    it("says of a sensor without readings and of a broker that is not reached what to check", async () => {
        const page = await open()
        await page.page.clock.install()
        await page.page.reload()
        await plugPico(page)
        await page.toConnect("shed")
        await page.connectAndWrite()
        await page.at("readings")
        const model = new BME280Model()
        model.faults.unplugged = true
        const { world, sim } = await booted("shed", await page.store("rp2040w"), model)
        world.network.defaultEndpoint = undefined
        await page.boards(doubles => doubles.takeAway(), undefined)
        await page.press("Show readings")
        expect(await page.problem()).toBe("no board")
        await page.run(world, sim)
        await page.press("Show readings")
        await page.page.getByText("Wi-Fi and broker: waiting").waitFor()
        expect(await page.axe()).toEqual([])
        await page.page.clock.fastForward(60_000)
        await page.page.waitForSelector('[data-problem="sensor silent"]')
        const said = await page.page.locator(".sensors").textContent()
        expect(said).toMatch(/Bosch BME280\s+address 0x76/)
        expect(said).toMatch(
            /does not answer at address 0x76: is it connected, in the right socket/
        )
        expect(said).toMatch(
            /The board has not reached its broker\s+Check the broker's name and port/
        )
        expect(await page.axe()).toEqual([])
        model.faults.unplugged = false
        model.feed("temperature", () => 21.5)
        await page.page.getByText("21.50 °C").waitFor()
        await page.press("Continue")
        await page.at("label")
        await expect
            .poll(() => page.boards(doubles => doubles.isOpen(), undefined), { timeout: 60_000 })
            .toBe(false)
    })

    it("says so of a board that does not answer after it was written", async () => {
        const page = await open()
        await plugPico(page)
        await page.toConnect("shed")
        await page.connectAndWrite()
        await page.at("readings")
        await page.boards(doubles => doubles.run(), undefined)
        await page.press("Show readings")
        expect(await page.problem()).toBe("no first reading")
        expect(await page.boards(doubles => doubles.isOpen(), undefined)).toBe(false)
    })

    it("keeps what a board had stored beside its settings", async () => {
        const page = await open()
        await plugPico(page)
        const { store, storeBytes } = layoutOf("rp2040w")
        const old = storeImage(storeBytes, {
            program: undefined,
            values: new Map([
                [":node", Buffer.from('"earlier"')],
                [":cal.pressure", Buffer.from("-12")],
            ]),
        })
        const banks = old.subarray(0, 2 * storeShape(storeBytes).bankPages * PAGE_BYTES)
        await page.boards(
            (doubles, [at, base64]) => doubles.putFlash(Number(at), String(base64)),
            [store - FLASH_START, Buffer.from(banks).toString("base64")]
        )
        await page.toConnect("shed")
        await page.connectAndWrite()
        await page.at("readings")
        expect(textsIn(await page.store("rp2040w"))).toMatchObject({
            ":node": '"shed"',
            ":cal.pressure": "-12",
        })
    })

    it("goes on after the cable came out and the page was reloaded", async () => {
        const page = await open()
        await page.boards(
            doubles => doubles.plugEsp({ chip: "ESP32-C3", lostAtBlock: 4 }),
            undefined
        )
        await page.toConnect("hall")
        await page.connectAndWrite()
        expect(await page.problem()).toBe("gone")
        const half = await page.flash(0, 0x40000)
        await page.page.reload()
        await page.at("settings")
        await page.page.setInputFiles("#secrets", bench.secretFiles)
        await page.press("Continue")
        await page.page.getByText("Writing was interrupted").waitFor()
        await plugEsp(page, "ESP32-C3")
        await page.boards(
            (doubles, base64) => doubles.putFlash(0, base64),
            Buffer.from(half).toString("base64")
        )
        await page.connectAndWrite()
        await page.at("readings")
        expect(textsIn(await page.store("esp32c3"))[":node"]).toBe('"hall"')
    })

    it("can be used with the keyboard alone on a phone, and axe finds nothing on any step", async () => {
        const page = await open({ width: 360, colorScheme: "dark" })
        await plugEsp(page, "ESP32-C3")
        const axe = async (step: string) => expect(await page.axe(), step).toEqual([])
        const { keyboard } = page.page
        const focused = () =>
            page.page.evaluate(
                "document.activeElement.textContent.trim() || document.activeElement.id"
            )
        const tabTo = async (name: RegExp) => {
            for (let presses = 0; presses < 30; presses++) {
                await keyboard.press("Tab")
                if (name.test(String(await focused()))) return
            }
            throw new Error(`the keyboard does not reach ${name}`)
        }
        await axe("choose")
        await tabTo(/^Foyer/)
        await keyboard.press("Enter")
        await page.at("settings")
        expect(await focused(), "the focus is on the heading").toBe("Settings of hall")
        await tabTo(/^wifi-pass$/)
        await keyboard.type("short")
        await axe("settings with a mistake")
        for (const letter of " no more") await keyboard.type(letter)
        await tabTo(/^mqtt-pass$/)
        await keyboard.type("secret")
        await tabTo(/^seal-key$/)
        await keyboard.type("a".repeat(64))
        await keyboard.press("Enter")
        await page.at("connect")
        await axe("connect")
        await tabTo(/^Connect$/)
        await keyboard.press("Enter")
        await page.at("write")
        await axe("write")
        await tabTo(/^Write to this board$/)
        await page.page.evaluate(
            `globalThis.heard = new Set(); new MutationObserver(() => heard.add(document.querySelector("[role=status]").textContent.trim()))
                .observe(document.querySelector("[role=status]"), { childList: true, characterData: true, subtree: true })`
        )
        await keyboard.press("Enter")
        await page.at("readings")
        const heard = await page.page.evaluate<string[]>("[...heard]")
        expect(
            heard.filter(text => /^Writing and checking: \d+ %$/.test(text)).length
        ).toBeGreaterThan(2)
        await axe("readings")
        await tabTo(/^Continue without readings$/)
        await keyboard.press("Enter")
        await page.at("label")
        await axe("label")
        const width = await page.page.evaluate<number>("document.documentElement.scrollWidth")
        expect(width, "nothing is wider than the phone").toBe(360)
    })

    it("says what is wrong with a board, each with its remedy, and goes on when it is put right", async () => {
        const page = await open()
        await page.toConnect("hall")
        const expectProblem = async (id: string, words: RegExp) => {
            await expect.poll(() => page.problem(), { timeout: 60_000 }).toBe(id)
            expect(await page.page.locator(".problem").textContent()).toMatch(words)
        }
        await page.connect()
        await expectProblem("no board", /take a cable that carries data.*hold BOOT/)
        expect(await page.axe()).toEqual([])
        await plugEsp(page, "ESP32-S3")
        await page.connect()
        await expectProblem(
            "other board",
            /hall needs a board with ESP32-C3; this one has ESP32-S3/
        )
        await plugEsp(page, "ESP32")
        await page.connect()
        await expectProblem("other board", /go back and choose yard/)
        await page.boards(
            doubles =>
                doubles.plugEsp({ chip: "ESP32-C3", openError: "Failed to open serial port." }),
            undefined
        )
        await page.connect()
        await expectProblem("busy", /Close serial monitors/)
        await page.boards(
            doubles => doubles.plugEsp({ chip: "ESP32-C3", faults: { failingFrom: 2 } }),
            undefined
        )
        await page.connectAndWrite()
        await expectProblem("transfer", /another cable or USB socket/)
        await page.boards(
            doubles => doubles.plugEsp({ chip: "ESP32-C3", faults: { badCellAt: 0x1c0001 } }),
            undefined
        )
        await page.connectAndWrite()
        await expectProblem("differs", /worn or broken/)
        await plugEsp(page, "ESP32-C3")
        await page.connect()
        await page.at("write")
        await page.boards(doubles => doubles.pullOut(), undefined)
        await page.press("Write to this board")
        await expectProblem("gone", /goes on where it was/)
        await plugEsp(page, "ESP32-C3")
        await page.connectAndWrite()
        await page.at("readings")
    })

    it("says what is wrong with a Pico", async () => {
        const page = await open()
        await page.toConnect("shed")
        const faults = [
            ["no board", undefined],
            ["RP2350", { ids: { vendorId: 0x2e8a, productId: 0x000f } }],
            ["denied", { openError: ["SecurityError", "Access denied."] }],
            ["busy", { openError: ["NetworkError", "Unable to claim interface."] }],
            ["driver", { openError: ["NotSupportedError", "The device is not supported."] }],
            ["gone", { usb: { lostAt: 5 } }],
        ] as const
        for (const [id, fault] of faults) {
            await page.boards((doubles, options) => {
                if (options === null) doubles.takeAway()
                else doubles.plugPico(options)
            }, fault ?? null)
            await page.connect()
            await page.page.waitForSelector(`[data-problem="${id}"]`)
        }
        await page.boards(doubles => doubles.plugPico({ badCellAt: 0xe0004 }), undefined)
        await page.connectAndWrite()
        expect(await page.problem()).toBe("differs")
    })

    it("refuses wrong files and missing ones before anything is written", async () => {
        const page = await open()
        await page.choose("hall")
        const give = async (name: string, bytes: Uint8Array) =>
            await page.page.setInputFiles("#runtime-file", {
                name,
                mimeType: "application/octet-stream",
                buffer: Buffer.from(bytes),
            })
        const good = readFileSync(path.join(bench.folder, "esp32c3.bin"))
        const wrong = [
            ["image damaged", good.subarray(0, 0x9000)],
            ["image other chip", readFileSync(path.join(bench.folder, "pico_w.uf2"))],
            ["image bundle", Buffer.concat([good, Buffer.alloc(0x200000)])],
            ["image no runtime", Buffer.from(good).fill(0xff, 0x8000, 0x8100)],
        ] as const
        for (const [id, bytes] of wrong) {
            await give("runtime.bin", bytes)
            await page.page.waitForSelector(`[data-problem="${id}"]`)
        }
        await give("runtime.bin", good)
        await page.page.getByText(/Right for ESP32-C3\.\s+SHA-256 [0-9a-f]{64}/).waitFor()
        await page.page.setInputFiles("#secrets", {
            name: "passwords.json",
            mimeType: "application/json",
            buffer: Buffer.from('{"hall": 5}'),
        })
        expect(await page.problem()).toBe("secrets file")
        await page.page.setInputFiles("#secrets", bench.secretFiles)
        await page.page.getByLabel("The board has it already").check()
        await page.press("Continue")
        await plugEsp(page, "ESP32-C3")
        for (const [id, body] of [
            ["file missing", ""],
            ["file changed", 'suitcaseFile("NAME", "AAAA")'],
        ] as const) {
            await page.page.route("**/files/*.js", async route => {
                const name = /([^/]*)\.js$/.exec(route.request().url())?.[1] ?? ""
                const text = body.replace("NAME", name)
                await route.fulfill({ contentType: "text/javascript", body: text })
            })
            await page.connectAndWrite()
            await page.page.waitForSelector(`[data-problem="${id}"]`)
            await page.page.unroute("**/files/*.js")
        }
        await page.connectAndWrite()
        await page.page.waitForSelector('[data-problem="no runtime"]')
        const isBlank = (await page.flash(0, 0x10000)).every(byte => byte === 0xff)
        expect(isBlank, "nothing was written").toBe(true)
    })

    it("gives a browser without WebUSB one file for the board's drive, with everything in it", async () => {
        const page = await open({ lacks: ["usb"] })
        await page.toConnect("shed")
        await page.press("Save a file for the board's drive instead")
        const [download] = await Promise.all([
            page.page.waitForEvent("download"),
            page.press("Save the file"),
        ])
        expect(download.suggestedFilename()).toBe("shed.uf2")
        expect(await page.axe()).toEqual([])
        const file = new Uint8Array(readFileSync(await download.path()))
        const segments = uf2Segments(file)
        const { store, storeBytes, runtime } = layoutOf("rp2040w")
        const cells = new Uint8Array(storeBytes).fill(0xff)
        for (const { address, bytes } of segments)
            if (address >= store) cells.set(bytes, address - store)
        expect(textsIn(cells)[":node"]).toBe('"shed"')
        expect(segments[0].address).toBe(runtime)
        const [{ bytes }] = uf2Segments(picoRuntime(30_000))
        expect(Buffer.compare(segments[0].bytes.subarray(0, bytes.length), bytes)).toBe(0)
        await page.press("The drive has disappeared")
        await page.at("readings")
    })

    it("says so in a browser that cannot reach boards at all", async () => {
        const page = await open({ lacks: ["usb", "serial"] })
        expect(await page.problem()).toBe("no serial")
    })

    it("comes back in the language that was chosen", async () => {
        const page = await open()
        const lang = async () => await page.page.locator("html").getAttribute("lang")
        await page.speak("Dansk")
        await page.page.waitForSelector("html[lang=da]")
        await page.page.evaluate("sessionStorage.clear()")
        await page.page.reload()
        await page.page.waitForSelector("h1")
        expect(await lang()).toBe("da")
        await page.speak("English")
        await page.page.reload()
        await page.page.waitForSelector("h1")
        expect(await lang()).toBe("en")
    })

    it("works from a disk, without a web server", async () => {
        const folder = path.join(bench.folder, "site")
        for (const [name, bytes] of bench.site) {
            mkdirSync(path.join(folder, path.dirname(name)), { recursive: true })
            writeFileSync(path.join(folder, name), bytes)
        }
        const page = await open({ url: pathToFileURL(path.join(folder, "index.html")).href })
        await plugPico(page)
        await page.toConnect("shed")
        await page.connectAndWrite()
        await page.at("readings")
    })

    it("has less than 300 kB, compressed, before a board is chosen, and no script or style in its markup", () => {
        const first = ["index.html", "page.css", "page.js", "kit.js"]
        const bytes = first.map(name => gzipSync(bench.site.get(name) ?? "").length)
        expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(MOST_COMPRESSED_BYTES)
        const markup = Buffer.from(bench.site.get("index.html") ?? "").toString()
        expect(markup).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
        expect(markup).not.toMatch(/<style|<script(?![^>]* src=)| style=| on[a-z]+=/)
        expect(markup).not.toMatch(/https?:\/\//)
    })

    it("carries no secret of the kit", () => {
        const texts = [...bench.site.values()].map(bytes => Buffer.from(bytes).toString("latin1"))
        for (const text of texts) expect(text).not.toMatch(/very secret|secret of|a{64}/)
    })
})
