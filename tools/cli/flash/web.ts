/** `suitcase flash --web`: the flash page for this kit, served to this computer or written to a folder. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import path from "node:path"
import { buildPage, type Site } from "../../web/build-page.js"
import { makeExport } from "../../web/make-export.js"
import { servePage } from "../../web/serve-page.js"
import { projectKit } from "../apps.js"
import { EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { line, showing, type Terminal } from "../terminal.js"

const DEFAULT_PORT = 8099

export interface WebFlags {
    /** Number of the port; 0 takes any. */
    readonly port?: string
    /** Files of runtimes, and folders with several. */
    readonly runtime: readonly string[]
    /** Folder for the page; undefined: it is served. */
    readonly out?: string
}

/** @param signal ends it, as Ctrl-C does @returns the exit code @throws UsageError, KitError, CompileError, ImageError */
export async function flashPage(
    flags: WebFlags,
    terminal: Terminal,
    signal?: AbortSignal
): Promise<number> {
    const port = portOf(flags.port)
    const kit = await projectKit()
    const runtimes = flags.runtime.flatMap(runtimeFiles)
    const site = await showing("Building the page and its programs …", terminal, async () =>
        buildPage(await makeExport(kit, { runtimes }))
    )
    const what =
        kit === undefined
            ? "the programs of devs/, for every board of the suitcase"
            : `${kit.nodes.length} ${kit.nodes.length === 1 ? "node" : "nodes"} of the kit file`
    if (flags.out !== undefined) {
        writeSite(site, flags.out)
        line(terminal.out, `${path.join(flags.out, "index.html")}: the flash page for ${what}`)
        line(
            terminal.out,
            "Put the folder on any web server with https, or open the page from a disk. There is no secret in it."
        )
        return EXIT_OK
    }
    const server = await servePage(site, port)
    const stop = new AbortController()
    const release = onInterrupt(() => stop.abort())
    signal?.addEventListener("abort", () => stop.abort(), { once: true })
    line(terminal.out, `The flash page for ${what}:`)
    line(terminal.out, server.url)
    line(terminal.out, "Open it in Chrome or Edge (ESP32: Firefox 151 too). Ctrl-C ends it.")
    if (!stop.signal.aborted)
        await new Promise(resolve => stop.signal.addEventListener("abort", resolve, { once: true }))
    release()
    await server.close()
    return EXIT_INTERRUPTED
}

function portOf(text: string | undefined): number {
    if (text === undefined) return DEFAULT_PORT
    const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
    if (!(port <= 65_535))
        throw new UsageError(
            `--port ${text}: with --web, it takes the number of a port, such as ${DEFAULT_PORT}`
        )
    return port
}

function runtimeFiles(given: string): string[] {
    if (!statSync(given).isDirectory()) return [given]
    const files = readdirSync(given).filter(name => /\.(?:bin|uf2)$/i.test(name))
    if (files.length === 0) throw new UsageError(`${given} has no runtime in it (.bin, .uf2)`)
    return files.sort().map(name => path.join(given, name))
}

/** Replaces the page that was there; a folder with anything else is left alone. */
function writeSite(site: Site, folder: string): void {
    const isOther =
        existsSync(folder) &&
        readdirSync(folder).length > 0 &&
        !existsSync(path.join(folder, "kit.js"))
    if (isOther) throw new UsageError(`${folder} has other files in it: name a new folder`)
    rmSync(folder, { recursive: true, force: true })
    for (const [name, bytes] of site) {
        const file = path.join(folder, name)
        mkdirSync(path.dirname(file), { recursive: true })
        writeFileSync(file, bytes)
    }
}
