/** Downloads a runtime once, holds it against its checksum, and keeps it. */
import { createHash } from "node:crypto"
import { mkdir, readFile } from "node:fs/promises"
import { homedir } from "node:os"
import path from "node:path"
import { type BoardProfile } from "../../../../sim/board/profile.js"
import { ImageError } from "../../../flash/image-error.js"
import { replaceFile } from "../../../receiver/journal/durable.js"
import { UsageError } from "../../errors.js"
import { runtimeProblem } from "./files.js"
import { knownRuntimes } from "./known.js"

/** Larger than any flash of the kit's boards, B. */
const MOST_BYTES = 8 * 1024 * 1024
const PATIENCE_MS = 120_000
const CHECKSUMS_FILE = "checksums.json"

export interface DownloadOptions {
    /** Folder at a web server with the files of the table under their names; default their publishers'. */
    readonly from?: string
    /** Checksum that is vouched for; true: that of what comes. */
    readonly accepted?: string | true
    /** Folder of what was downloaded before. */
    readonly cache: string
    readonly say: (text: string) => void
}

export function defaultRuntimesFolder(): string {
    return path.join(homedir(), ".suitcase", "runtimes")
}

/**
 * @returns the runtime for a board: what is kept, if it is as it was, else what is downloaded
 * @throws UsageError when it cannot be had or nobody vouches for it, ImageError when it is not what it should be
 */
export async function downloadedRuntime(
    profile: BoardProfile,
    options: DownloadOptions
): Promise<Uint8Array> {
    const { cache, say } = options
    const known = knownRuntimes()[profile.architecture]
    const name = path.posix.basename(new URL(known.address).pathname)
    const address = options.from === undefined ? known.address : addressIn(options.from, name)
    const kept = path.join(cache, name)
    const checksums = await readChecksums(cache)
    const wanted = known.sha256 ?? checksums[name]
    const before = await readIfThere(kept)
    if (before !== undefined && wanted !== undefined && sha256(before) === wanted)
        return checked(before, profile, kept)
    if (before !== undefined) say(`${kept} is not what it was: it is downloaded anew`)
    say(`downloading ${address} …`)
    const bytes = await fetched(address, name)
    const found = sha256(bytes)
    if (wanted !== undefined && found !== wanted)
        throw new ImageError(
            `${address} has the SHA-256 ${found}, not ${wanted}: it is damaged, or not the file that was accepted before; ` +
                "nothing was kept"
        )
    checked(bytes, profile, address)
    if (wanted === undefined) vouchFor(found, address, options.accepted)
    await mkdir(cache, { recursive: true })
    await replaceFile(kept, [bytes], 0o644)
    const text = JSON.stringify({ ...checksums, [name]: found }, undefined, 2)
    await replaceFile(path.join(cache, CHECKSUMS_FILE), [`${text}\n`], 0o644)
    say(`kept as ${kept} (SHA-256 ${found})`)
    return bytes
}

/** @throws UsageError until somebody says that this is the right file */
function vouchFor(found: string, address: string, accepted: string | true | undefined): void {
    if (accepted === true || accepted?.toLowerCase() === found) return
    if (accepted === undefined)
        throw new UsageError(
            `${address} has the SHA-256 ${found}, which this toolkit does not know: compare it with what a colleague has, ` +
                `then give --accept-checksum ${found}; it is compared from then on`
        )
    throw new UsageError(
        `${address} has the SHA-256 ${found}, not ${accepted}: it is damaged or another file; nothing was kept`
    )
}

async function fetched(address: string, name: string): Promise<Uint8Array> {
    const withoutNetwork = `download ${name} on a computer with a network (or ask for a proxy), carry it here and name it with --runtime`
    let response: Response
    try {
        response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) })
    } catch (e) {
        throw new UsageError(`${address} cannot be reached (${reasonOf(e)}): ${withoutNetwork}`)
    }
    if (!response.ok)
        throw new UsageError(
            `${address}: the server answers ${response.status} ${response.statusText}; ${withoutNetwork}`
        )
    const pieces: Uint8Array[] = []
    let bytes = 0
    try {
        for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
            pieces.push(piece)
            bytes += piece.length
            if (bytes > MOST_BYTES) break
        }
    } catch (e) {
        throw new UsageError(
            `${address} came to an end too early (${reasonOf(e)}): try once more, or ${withoutNetwork}`
        )
    }
    if (bytes > MOST_BYTES)
        throw new ImageError(`${address} is longer than ${MOST_BYTES} B: it is no runtime`)
    return new Uint8Array(Buffer.concat(pieces))
}

/** Fetch hides the cause of its failures. */
function reasonOf(e: unknown): string {
    const cause = e instanceof Error ? (e.cause as { code?: string; message?: string }) : undefined
    return cause?.code ?? cause?.message ?? (e instanceof Error ? e.message : String(e))
}

function addressIn(folder: string, name: string): string {
    try {
        return new URL(name, folder.endsWith("/") ? folder : `${folder}/`).href
    } catch {
        throw new UsageError(
            `--download-from takes an address such as https://files.city.example/runtimes`
        )
    }
}

/** @throws ImageError naming where it comes from */
function checked(bytes: Uint8Array, profile: BoardProfile, where: string): Uint8Array {
    const problem = runtimeProblem(bytes, profile)
    if (problem !== undefined) throw new ImageError(`${where}: ${problem}`)
    return bytes
}

function sha256(bytes: Uint8Array): string {
    return createHash("sha256").update(bytes).digest("hex")
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
    try {
        return new Uint8Array(await readFile(file))
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code === "ENOENT") return undefined
        throw e
    }
}

/** By file; what is malformed counts as unknown. */
async function readChecksums(cache: string): Promise<Readonly<Record<string, string | undefined>>> {
    const bytes = await readIfThere(path.join(cache, CHECKSUMS_FILE))
    try {
        const content = JSON.parse(Buffer.from(bytes ?? []).toString()) as Record<string, unknown>
        return Object.fromEntries(
            Object.entries(content).filter(
                (entry): entry is [string, string] =>
                    typeof entry[1] === "string" && /^[0-9a-f]{64}$/.test(entry[1])
            )
        )
    } catch {
        return {}
    }
}
