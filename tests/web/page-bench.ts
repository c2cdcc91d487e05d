/** The flash page in a real Chromium, with doubles of boards on its USB. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core"
import { createRequire } from "node:module"
import { BoardUsb } from "../../sim/jacdac/board-usb.js"
import { type SimNode } from "../../sim/world/node.js"
import { type World } from "../../sim/world/world.js"
import { kitOf } from "../kit/kit-bench.js"
import { espRuntime, picoRuntime } from "../support/runtime-images.js"
import { layoutOf } from "../../tools/flash/chips.js"
import { buildPage, bundle, type Site } from "../../tools/web/build-page.js"
import { makeExport, type PageFiles } from "../../tools/web/make-export.js"
import { servePage, type PageServer } from "../../tools/web/serve-page.js"
import { type Doubles } from "./in-page.js"

/** Virtual time that passes in a step, and the real time between two, ms. */
const PASSED_MS = 100
const PAUSE_MS = 20
/** What the browser may take on a machine that does much else, ms. */
const MOST_MS = 60_000
const CHROMIUM = "/usr/bin/chromium"
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
const RUNTIME_BYTES = 30_000
/** Where an RP2040 has its flash. */
export const FLASH_START = 0x10000000

/** A kit of three boards with everything: sealing, accounts, Wi-Fi. */
export const KIT = `version: 1
settings: { interval: 5s, broker: { host: mqtt.city.example }, wifi: { ssid: City, password: $WIFI }, seal: true }
sites:
  - name: townhall
    title: Rådhuset
    kits:
      - name: suitcase-1
        nodes:
          - { name: hall, title: Foyer, board: suitcase_xiao_c3, sensors: [sht4x], place: { lat: 56.15, lon: 10.21 } }
          - { name: yard, board: suitcase_devkitc, sensors: [sht4x] }
          - { name: shed, board: suitcase_pico_w, sensors: [bme280] }
`
export const SECRETS = {
    ".env": "WIFI=very secret Wi-Fi\n",
    "passwords.json": JSON.stringify({
        hall: "secret of hall",
        yard: "secret of yard",
        shed: "secret of shed",
    }),
    "keys.json": JSON.stringify({
        hall: "a".repeat(64),
        yard: "b".repeat(64),
        shed: "c".repeat(64),
    }),
}

interface AxeResult {
    readonly violations: readonly {
        readonly id: string
        readonly nodes: readonly { readonly html: string }[]
    }[]
}

export interface OpenOptions {
    /** Width of the window, px. */
    readonly width?: number
    readonly language?: "en" | "da"
    /** APIs that the browser lacks. */
    readonly lacks?: readonly ("serial" | "usb")[]
    readonly colorScheme?: "light" | "dark"
    /** Where the page is; default where it is served. */
    readonly url?: string
}

export class PageBench {
    /** Requests that left the page's origin. */
    readonly strayed: string[] = []
    /** What went wrong in the page without being shown. */
    readonly errors: string[] = []

    private constructor(
        readonly exported: PageFiles,
        readonly site: Site,
        readonly folder: string,
        private readonly server: PageServer,
        private readonly browser: Browser,
        private readonly doubles: string
    ) {}

    static async start(): Promise<PageBench> {
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-page-"))
        const runtimes = [
            ["esp32c3.bin", espRuntime("esp32c3", RUNTIME_BYTES)],
            ["esp32.bin", espRuntime("esp32", RUNTIME_BYTES)],
            ["pico_w.uf2", picoRuntime(RUNTIME_BYTES)],
        ] as const
        for (const [name, bytes] of runtimes) writeFileSync(path.join(folder, name), bytes)
        for (const [name, text] of Object.entries(SECRETS))
            writeFileSync(path.join(folder, name), text)
        const exported = await makeExport(await kitOf(KIT), {
            runtimes: runtimes.map(([name]) => path.join(folder, name)),
        })
        const site = await buildPage(exported)
        const entry = fileURLToPath(new URL("in-page.ts", import.meta.url))
        const doubles = Buffer.from(await bundle(entry)).toString()
        const server = await servePage(site, 0)
        // A container has no sandbox for it, and the test opens nothing but its own page.
        const browser = await chromium.launch({
            executablePath: CHROMIUM,
            args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
        })
        return new PageBench(exported, site, folder, server, browser, doubles)
    }

    get url(): string {
        return this.server.url
    }

    get secretFiles(): string[] {
        return Object.keys(SECRETS).map(name => path.join(this.folder, name))
    }

    async stop(): Promise<void> {
        await this.browser.close()
        await this.server.close()
        rmSync(this.folder, { recursive: true, force: true })
    }

    async open(options: OpenOptions = {}): Promise<FlashPage> {
        const { width = 1100, language = "en", lacks = [], colorScheme = "light" } = options
        const context = await this.browser.newContext({
            viewport: { width, height: 800 },
            locale: language,
            colorScheme,
            acceptDownloads: true,
        })
        context.setDefaultTimeout(MOST_MS)
        await context.addInitScript(`globalThis.suitcaseLacks = ${JSON.stringify(lacks)}`)
        await context.addInitScript(this.doubles)
        const page = await context.newPage()
        const url = options.url ?? this.url
        const origin = url.replace(/[^/]*$/, "")
        page.on("request", request => {
            if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(origin))
                this.strayed.push(request.url())
        })
        page.on("pageerror", error => this.errors.push(error.message))
        page.on("console", message => {
            if (message.type() === "error") this.errors.push(message.text())
        })
        await page.goto(url)
        const opened = new FlashPage(page, context, this)
        if (language === "da") await opened.speak("Dansk")
        else await opened.speak("English")
        return opened
    }
}

/** A person at the page. */
export class FlashPage {
    /** The USB port of the board that runs. */
    private running: BoardUsb | undefined
    private isClosed = false

    constructor(
        readonly page: Page,
        private readonly context: BrowserContext,
        private readonly bench: PageBench
    ) {}

    async close(): Promise<void> {
        this.isClosed = true
        await this.context.close()
    }

    async speak(language: "English" | "Dansk"): Promise<void> {
        await this.page.getByRole("button", { name: language, exact: true }).click()
    }

    async press(name: string | RegExp): Promise<void> {
        await this.page.getByRole("button", { name, exact: typeof name === "string" }).click()
    }

    async choose(node: string): Promise<void> {
        await this.page.click(`[data-node=${node}]`)
        await this.at("settings")
    }

    /** Waits for a step. */
    async at(step: string): Promise<void> {
        await this.page.waitForSelector(`main[data-step=${step}]`)
    }

    /** From the first step to where the board is connected. */
    async toConnect(node: string): Promise<void> {
        await this.choose(node)
        await this.page.setInputFiles("#secrets", this.bench.secretFiles)
        await this.page.getByText(/^(?:Found|Fundet)/).waitFor()
        await this.press(/^(?:Continue|Fortsæt)$/)
        await this.at("connect")
    }

    async connect(): Promise<void> {
        await this.press(/^(?:Connect|Tilslut)$/)
    }

    async connectAndWrite(): Promise<void> {
        await this.connect()
        await this.at("write")
        await this.press(/^(?:Write to this board|Skriv på dette board)$/)
    }

    /** @returns which problem is shown, waiting for one */
    async problem(): Promise<string | null> {
        return await this.page.locator(".problem").getAttribute("data-problem")
    }

    /** Does something to the boards. */
    async boards<T, A>(work: (doubles: Doubles, argument: A) => T, argument: A): Promise<T> {
        return await this.page.evaluate<T>(
            `(${work.toString()})(globalThis.suitcaseDoubles, ${JSON.stringify(argument)})`
        )
    }

    /** A part of the board's flash. */
    async flash(from: number, to: number): Promise<Uint8Array> {
        const text = await this.boards((doubles, [a, b]) => doubles.flash(a, b), [from, to])
        return new Uint8Array(Buffer.from(text, "base64"))
    }

    /** The store of the board that is plugged in. */
    async store(architecture: string): Promise<Uint8Array> {
        const { store, storeBytes, family } = layoutOf(architecture)
        const from = family === "rp2040" ? store - FLASH_START : store
        return await this.flash(from, from + storeBytes)
    }

    /**
     * The board runs: a node of a world, whose USB port is that of the page. Virtual time passes a few times
     * faster than real time until the page is closed.
     */
    async run(world: World, node: SimNode): Promise<void> {
        let sent = Promise.resolve()
        const usb = new BoardUsb(node, bytes => {
            const base64 = Buffer.from(bytes).toString("base64")
            sent = sent.then(() =>
                this.boards((doubles, text) => doubles.fromBoard(text), base64).catch(
                    () => undefined
                )
            )
        })
        const isFirst = this.running === undefined
        this.running = usb
        if (isFirst)
            await this.page.exposeFunction("suitcaseToBoard", (base64: string) =>
                this.running?.feed(new Uint8Array(Buffer.from(base64, "base64")))
            )
        await this.boards(doubles => doubles.run(), undefined)
        void this.pass(world, usb)
    }

    private async pass(world: World, usb: BoardUsb): Promise<void> {
        while (!this.isClosed && this.running === usb) {
            await world.run(PASSED_MS)
            await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
        }
        world.close()
    }

    /** What axe finds, as "rule: element". */
    async axe(): Promise<string[]> {
        await this.page.evaluate(AXE)
        const { violations } = await this.page.evaluate<AxeResult>("axe.run(document)")
        return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
    }
}
