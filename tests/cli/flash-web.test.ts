/** `suitcase flash --web` and `npm run build:web`: the flash page of a city's folder. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import os from "node:os"
import path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { PROJECT_ROOT, useProject } from "../../sim/program/project.js"
import { run } from "../../tools/cli/cli.js"
import { flashPage } from "../../tools/cli/flash/web.js"
import { fileWith } from "../kit/kit-bench.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { espRuntime } from "../support/runtime-images.js"

let folder: string
beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-web-"))
    // The node of other tests: its program is compiled once.
    const settings =
        "settings: { interval: 5s, broker: { host: mqtt.city.example }, wifi: { ssid: City, password: $WIFI }, seal: true }"
    writeFileSync(
        path.join(folder, "suitcase.yaml"),
        fileWith("board: suitcase_xiao_c3\nsensors: [sht4x]", settings)
    )
    writeFileSync(path.join(folder, ".env"), "WIFI=very secret\n", { mode: 0o600 })
    writeFileSync(path.join(folder, "esp32c3.bin"), espRuntime("esp32c3", 20_000))
    useProject(folder)
})
afterAll(() => {
    useProject(PROJECT_ROOT)
    rmSync(folder, { recursive: true, force: true })
})

async function suitcase(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(words, terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

/** @param host as a browser names the server that it asks */
async function get(url: string, host: string, method = "GET"): Promise<[number, string]> {
    return await new Promise((resolve, reject) => {
        const asking = request(url, { method, agent: false, headers: { host } }, response => {
            let text = ""
            response.on("data", (chunk: Buffer) => (text += chunk.toString()))
            response.on("end", () => resolve([response.statusCode ?? 0, text]))
        })
        asking.on("error", reject)
        asking.end()
    })
}

describe("suitcase flash --web", () => {
    it("serves the kit's nodes to this computer, without a secret, until it is ended", async () => {
        const terminal = fakeTerminal()
        const stop = new AbortController()
        const runtime = path.join(folder, "esp32c3.bin")
        const ended = flashPage({ port: "0", runtime: [runtime] }, terminal, stop.signal)
        await terminal.out.until(/http:\/\/localhost:\d+\//)
        const url = /http:\/\/localhost:\d+\//.exec(terminal.out.text)?.[0] ?? ""
        const [code, html] = await get(url, "localhost")
        expect(code).toBe(200)
        expect(html).toContain('<script src="page.js" defer></script>')
        const [, kit] = await get(`${url}kit.js`, "localhost")
        expect(kit).toMatch(/"nodes":\[\{"name":"hall"/)
        expect(kit).toMatch(/"runtime":\{"name":"runtime-esp32c3-[0-9a-f]{8}"/)
        expect(kit).not.toContain("very secret")
        expect((await get(`${url}../suitcase.yaml`, "localhost"))[0]).toBe(404)
        expect((await get(`${url}.env`, "localhost"))[0]).toBe(404)
        expect((await get(url, "evil.example"))[0], "a name that leads here").toBe(403)
        expect((await get(url, "localhost", "POST"))[0]).toBe(405)
        const taken = await suitcase("flash", "--web", "--port", new URL(url).port)
        expect(taken.code).toBe(2)
        expect(taken.err).toMatch(/port \d+ is in use/)
        stop.abort()
        expect(await ended).toBe(130)
        await expect(get(url, "localhost")).rejects.toThrow("ECONNREFUSED")
    }, 120_000)

    it("writes a folder, replaces its own, and touches no other", async () => {
        const page = path.join(folder, "page")
        for (const round of [1, 2]) {
            const { code, err, out } = await suitcase("flash", "--web", "--out", page)
            expect(`${round}: ${code} ${err}`).toBe(`${round}: 0 `)
            expect(out).toContain("1 node of the kit file")
        }
        expect(readdirSync(page).sort()).toEqual([
            "files",
            "index.html",
            "kit.js",
            "page.css",
            "page.js",
        ])
        const [program] = readdirSync(path.join(page, "files"))
        expect(readFileSync(path.join(page, "files", program), "utf8")).toMatch(
            /^globalThis\.suitcaseFile\("sht4x-[0-9a-f]{8}", "/
        )
        const other = await suitcase("flash", "--web", "--out", folder)
        expect(other.code).toBe(2)
        expect(other.err).toContain("has other files in it")
        expect(existsSync(path.join(folder, "suitcase.yaml"))).toBe(true)
    }, 120_000)

    it.each([
        [["flash", "--web", "hall"], /leave out hall/],
        [["flash", "--web", "--port", "/dev/ttyACM0"], /takes the number of a port/],
        [["flash", "--web", "--port", "65536"], /takes the number of a port/],
        [["flash"], /name a node or a program/],
    ] as const)("%j is wrong use", async (words, message) => {
        const { code, err } = await suitcase(...words)
        expect(code).toBe(2)
        expect(err).toMatch(message)
    })

    it("refuses a file that is no runtime for any of the boards", async () => {
        const wrong = path.join(folder, "s3.bin")
        writeFileSync(wrong, espRuntime("esp32s3", 20_000))
        const { code, err } = await suitcase("flash", "--web", "--runtime", wrong)
        expect(code).toBe(2)
        expect(err).toContain("s3.bin is no DeviceScript runtime for any of these boards")
    }, 120_000)
})
