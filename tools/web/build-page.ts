/** The flash page as files: one page, one script, one style, and what it knows of the kit. No address of others in it. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { build, type Plugin } from "esbuild"
import { FILE_FUNCTION, KIT_VARIABLE } from "./kit-export.js"
import { type PageFiles } from "./make-export.js"

const PAGE_FOLDER = fileURLToPath(new URL("page", import.meta.url))
/** Browsers with Web Serial. */
const BROWSERS = ["chrome111", "edge111", "firefox151"]

/** Contents by path, with slashes. */
export type Site = ReadonlyMap<string, Uint8Array>

/** @returns the page for this kit, ready to be served or written to a folder */
export async function buildPage({ kit, files }: PageFiles): Promise<Site> {
    const site = new Map<string, Uint8Array>([
        ["index.html", sourceOf("index.html")],
        ["page.css", sourceOf("page.css")],
        ["page.js", await bundle(path.join(PAGE_FOLDER, "main.ts"))],
        ["kit.js", script(`globalThis.${KIT_VARIABLE} = ${asScript(kit)};`)],
    ])
    for (const [name, bytes] of files) {
        const base64 = Buffer.from(bytes).toString("base64")
        site.set(
            `files/${name}.js`,
            script(`globalThis.${FILE_FUNCTION}(${asScript(name)}, "${base64}");`)
        )
    }
    return site
}

/** One classic script, which runs from a disk too. */
export async function bundle(entry: string): Promise<Uint8Array> {
    const { outputFiles } = await build({
        entryPoints: [entry],
        bundle: true,
        format: "iife",
        target: BROWSERS,
        minify: true,
        legalComments: "eof",
        charset: "utf8",
        write: false,
        logLevel: "silent",
        plugins: [withoutLocales],
        // The page's own types need nothing of it, and a city's folder has another one.
        tsconfigRaw: {},
    })
    return outputFiles[0].contents
}

/** zod's messages in fifty languages, a third of the page; what a field needs is said in words of our own. */
const withoutLocales: Plugin = {
    name: "without zod's locales",
    setup: builder =>
        builder.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
            contents: "",
        })),
}

function sourceOf(name: string): Uint8Array {
    return new Uint8Array(readFileSync(path.join(PAGE_FOLDER, name)))
}

/** JSON in which no browser finds the end of a script. */
function asScript(value: unknown): string {
    return JSON.stringify(value).replaceAll("<", "\\u003c")
}

function script(text: string): Uint8Array {
    return new TextEncoder().encode(`${text}\n`)
}
