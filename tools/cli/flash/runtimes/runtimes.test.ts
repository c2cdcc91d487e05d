/** Where runtimes come from: files, folders, a real HTTP server, and what is refused on the way. */
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type RequestListener, type Server } from "node:http"
import { type AddressInfo } from "node:net"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { espRuntime, picoRuntime } from "../../../../tests/support/runtime-images.js"
import { theBoard } from "../../../../sim/board/profile.js"
import { kitBoards } from "../../../boards/kit-boards.js"
import { knownRuntimes } from "./known.js"
import { Runtimes, type RuntimeFlags } from "./runtimes.js"

const C3 = theBoard("suitcase_xiao_c3")
const S3 = theBoard("suitcase_devkitm_s3")
const PICO = theBoard("suitcase_pico")
const PICO_W = theBoard("suitcase_pico_w")
const C3_FILE = "devicescript-esp32c3-esp32c3_bare-0x0.bin"

let folder: string
let server: Server | undefined
let said: string[]
beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-runtimes-"))
    said = []
})
afterEach(async () => {
    rmSync(folder, { recursive: true, force: true })
    server?.closeAllConnections()
    await new Promise(resolve => (server === undefined ? resolve(0) : server.close(resolve)))
    server = undefined
})

function file(name: string, bytes: Uint8Array): string {
    writeFileSync(path.join(folder, name), bytes)
    return path.join(folder, name)
}

function runtimes(flags: Partial<RuntimeFlags>): Runtimes {
    const cache = path.join(folder, "cache")
    return new Runtimes({ runtime: [], runtimes: cache, ...flags }, text => said.push(text))
}

/** @returns its address */
async function serve(answer: RequestListener): Promise<string> {
    const made = createServer(answer)
    server = made
    await new Promise<void>(resolve => made.listen(0, "127.0.0.1", resolve))
    return `http://127.0.0.1:${(made.address() as AddressInfo).port}/runtimes`
}

const none = new Uint8Array()
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

describe("a runtime out of files", () => {
    it("is none when none is asked for: the board has one", async () => {
        expect(await runtimes({}).for(C3)).toBeUndefined()
    })

    it("is the one of a folder that is for the board's chip, whatever it is called", async () => {
        file("a.bin", espRuntime("esp32s3", 20_000))
        file("b.bin", espRuntime("esp32c3", 20_000))
        file("c.uf2", picoRuntime())
        file("notes.txt", Buffer.from("no runtime"))
        const of = runtimes({ runtime: [folder] })
        expect(sha256((await of.for(C3)) ?? none)).toBe(sha256(espRuntime("esp32c3", 20_000)))
        expect(sha256((await of.for(S3)) ?? none)).toBe(sha256(espRuntime("esp32s3", 20_000)))
        expect(sha256((await of.for(PICO_W)) ?? none)).toBe(sha256(picoRuntime()))
    })

    it("of a Pico and of a Pico W are told apart by their published names", async () => {
        file("devicescript-rp2040-pico.uf2", picoRuntime(100_000))
        file("devicescript-rp2040w-pico_w.uf2", picoRuntime(120_000))
        const of = runtimes({ runtime: [folder] })
        expect(sha256((await of.for(PICO)) ?? none)).toBe(sha256(picoRuntime(100_000)))
        expect(sha256((await of.for(PICO_W)) ?? none)).toBe(sha256(picoRuntime(120_000)))
    })

    it("has to be named where two fit, and each wrong one is told why", async () => {
        const one = file("one.bin", espRuntime("esp32c3", 20_000))
        const two = file("two.bin", espRuntime("esp32c3", 30_000))
        await expect(runtimes({ runtime: [folder] }).for(C3)).rejects.toThrow(
            `both ${one} and ${two} are runtimes for`
        )
        await expect(runtimes({ runtime: [one, two] }).for(S3)).rejects.toThrow(
            /one\.bin: the bootloader is for ESP32-C3.*two\.bin: the bootloader is for ESP32-C3/
        )
        mkdirSync(path.join(folder, "empty"))
        const empty = runtimes({ runtime: [path.join(folder, "empty")] })
        await expect(empty.for(C3)).rejects.toThrow(/no \.bin and no \.uf2 file/)
        await expect(runtimes({ runtime: [path.join(folder, "x.bin")] }).for(C3)).rejects.toThrow(
            /ENOENT/
        )
    })
})

describe("a runtime out of the network", () => {
    const right = espRuntime("esp32c3", 20_000)

    it("is named in the table for every board of the kit, at its publisher's", () => {
        for (const { profile } of kitBoards())
            expect(knownRuntimes()[profile.architecture].address, profile.id).toMatch(
                new RegExp(
                    `^https://github\\.com/microsoft/.*/v[\\d.]+/devicescript-${profile.architecture}-`
                )
            )
    })

    it("with an unknown checksum needs somebody's word, and is compared from then on", async () => {
        let served = right
        const asked: (string | undefined)[] = []
        const downloadFrom = await serve((request, response) => {
            asked.push(request.url)
            response.end(served)
        })
        await expect(runtimes({ downloadFrom }).for(C3)).rejects.toThrow(
            `--accept-checksum ${sha256(right)}`
        )
        expect(readdirSync(folder)).toEqual([])
        await expect(
            runtimes({ downloadFrom, acceptChecksum: "0".repeat(64) }).for(C3)
        ).rejects.toThrow(/it is damaged or another file; nothing was kept/)
        const accepted = runtimes({ downloadFrom, acceptChecksum: sha256(right).toUpperCase() })
        expect(sha256((await accepted.for(C3)) ?? none)).toBe(sha256(right))
        expect(said.at(-1)).toContain(`SHA-256 ${sha256(right)}`)
        // From here on it is kept: nothing is asked for any more.
        const before = asked.length
        expect(sha256((await runtimes({ downloadFrom }).for(C3)) ?? none)).toBe(sha256(right))
        expect(asked).toHaveLength(before)
        expect(asked[0]).toBe(`/runtimes/${C3_FILE}`)
        // A kept file that was damaged is fetched anew; another one in its place is refused.
        const kept = path.join(folder, "cache", C3_FILE)
        writeFileSync(kept, right.subarray(0, 1000))
        expect(sha256((await runtimes({ downloadFrom }).for(C3)) ?? none)).toBe(sha256(right))
        writeFileSync(kept, right.subarray(0, 1000))
        served = espRuntime("esp32c3", 30_000)
        await expect(runtimes({ downloadFrom, acceptChecksum: true }).for(C3)).rejects.toThrow(
            /is damaged, or not the file that was accepted before/
        )
        expect(readFileSync(kept)).toHaveLength(1000)
    })

    it("for another chip, or a page that says sorry, is refused and not kept", async () => {
        let served: Uint8Array = espRuntime("esp32s3", 20_000)
        const downloadFrom = await serve((_, response) => response.end(served))
        const of = () => runtimes({ downloadFrom, acceptChecksum: true }).for(C3)
        await expect(of()).rejects.toThrow(/bootloader is for ESP32-S3/)
        served = Buffer.from("<html>Log in to the network of the town hall</html>")
        await expect(of()).rejects.toThrow(/the bootloader is missing/)
        served = new Uint8Array(9_000_000)
        await expect(of()).rejects.toThrow(/longer than 8388608 B/)
        expect(readdirSync(folder)).toEqual([])
    })

    it("that cannot be had says what to do instead: no server, not there, cut off in the middle", async () => {
        const offline = runtimes({ downloadFrom: "http://127.0.0.1:9/", acceptChecksum: true })
        await expect(offline.for(C3)).rejects.toThrow(
            /127\.0\.0\.1:9\/.* cannot be reached \(.+\): download devicescript-esp32c3.* and name it with --runtime/
        )
        const missing = await serve((_, response) => response.writeHead(404).end())
        await expect(runtimes({ downloadFrom: missing }).for(C3)).rejects.toThrow(
            /the server answers 404 Not Found; download/
        )
        await expect(runtimes({ downloadFrom: "nowhere" }).for(C3)).rejects.toThrow(
            /--download-from takes an address/
        )
    })

    it("that ends too early is not taken", async () => {
        const downloadFrom = await serve((_, response) => {
            response.writeHead(200, { "content-length": right.length })
            response.write(right.subarray(0, 10_000), () => response.destroy())
        })
        await expect(runtimes({ downloadFrom, acceptChecksum: true }).for(C3)).rejects.toThrow(
            /came to an end too early/
        )
        expect(readdirSync(folder)).toEqual([])
    })
})
