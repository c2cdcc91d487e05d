/** The file with the keys of nodes: {"<node>": "<64 hex digits>"}. */
import { randomBytes } from "node:crypto"
import {
    closeSync,
    fchmodSync,
    openSync,
    readFileSync,
    renameSync,
    rmSync,
    statSync,
    writeSync,
} from "node:fs"
import { UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { isName } from "../options.js"

/** Length of a key, B: AES-256. */
export const KEY_BYTES = 32
/** Only its owner may read and write it. */
const FILE_MODE = 0o600

export type Keys = Map<string, Buffer>

/**
 * @param warn gets a line when other users of this computer can read the file
 * @throws UsageError naming file and node; never shows a key
 */
export function readKeys(file: string, warn: (text: string) => void): Keys {
    let text: string
    try {
        text = readFileSync(file, "utf8")
        // On Windows, access lists rule and these bits say nothing.
        if (process.platform !== "win32" && (statSync(file).mode & 0o044) !== 0)
            warn(`${file}: other users of this computer can read it; chmod 600 ${file}`)
    } catch (e) {
        throw new UsageError(
            `${file}: ${fileProblem(e)}; make a keys file with suitcase keys new NODE`
        )
    }
    return parseKeys(text, file)
}

/** @param file for messages @throws UsageError */
export function parseKeys(text: string, file: string): Keys {
    let content: unknown
    try {
        content = JSON.parse(text)
    } catch {
        // Not the parser's message: it quotes what it read.
        throw new UsageError(`${file}: not JSON; it must be {"<node>": "<64 hex digits>"}`)
    }
    if (typeof content !== "object" || content === null || Array.isArray(content))
        throw new UsageError(`${file}: not a JSON object; it must be {"<node>": "<64 hex digits>"}`)
    const keys: Keys = new Map()
    const owners = new Map<string, string>()
    for (const [node, digits] of Object.entries(content)) {
        if (!isName(node))
            throw new UsageError(
                `${file}: ${JSON.stringify(node)} is no name of a node; use letters, digits and -_.: only`
            )
        if (typeof digits !== "string" || !/^[0-9a-fA-F]{64}$/.test(digits))
            throw new UsageError(
                `${file}: the key of node ${node} must be 64 hex digits (${lengthOf(digits)})`
            )
        const key = Buffer.from(digits, "hex")
        const owner = owners.get(key.toString("hex"))
        // Two nodes with one key could use the same nonce, which gives both away.
        if (owner !== undefined)
            throw new UsageError(`${file}: nodes ${owner} and ${node} have the same key`)
        owners.set(key.toString("hex"), node)
        keys.set(node, key)
    }
    return keys
}

/** A fresh key from the system's random numbers. */
export function newKey(): Buffer {
    return randomBytes(KEY_BYTES)
}

/**
 * Replaces the file as a whole, so that a crash leaves the old or the new one.
 * @throws UsageError when it cannot be written
 */
export function writeKeys(file: string, keys: Keys): void {
    const text = JSON.stringify(
        Object.fromEntries([...keys].map(([node, key]) => [node, key.toString("hex")])),
        undefined,
        2
    )
    try {
        writeForOwner(file, `${text}\n`)
    } catch (e) {
        throw new UsageError(`${file}: ${fileProblem(e)}; choose another file with --file`)
    }
}

/** Replaces a file that only its owner may read: it is there as a whole, or as it was. */
export function writeForOwner(file: string, text: string): void {
    const part = `${file}.${process.pid}.part`
    try {
        const descriptor = openSync(part, "wx", FILE_MODE)
        try {
            fchmodSync(descriptor, FILE_MODE)
            writeSync(descriptor, text)
        } finally {
            closeSync(descriptor)
        }
        renameSync(part, file)
    } catch (e) {
        rmSync(part, { force: true })
        throw e
    }
}

function lengthOf(value: unknown): string {
    return typeof value === "string" ? `got ${value.length} characters` : `got ${typeof value}`
}
