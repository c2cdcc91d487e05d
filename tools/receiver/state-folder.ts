/** Where a listener keeps its state, and what it is called at its broker. */
import { randomBytes } from "node:crypto"
import { mkdir, readFile } from "node:fs/promises"
import os from "node:os"
import path from "node:path"
import { replaceFile } from "./journal/durable.js"

/** The session that a broker keeps for a listener. */
export interface SavedSession {
    readonly v: 1
    /** At most 23 letters and digits, which every broker takes. */
    readonly clientId: string
    /** What the broker was asked to send; empty before the first time. */
    readonly filters: readonly string[]
}

/**
 * The system's own place for state.
 * @param name what is listened to, such as a host and port
 */
export function defaultStateFolder(name: string): string {
    const safe = name.replace(/[^\w.-]+/g, "-")
    return path.join(stateHome(), "suitcase", "listen", safe)
}

function stateHome(): string {
    const { LOCALAPPDATA, XDG_STATE_HOME } = process.env
    if (process.platform === "win32")
        return LOCALAPPDATA ?? path.join(os.homedir(), "AppData", "Local")
    // Who sets it means it, on a Mac as well.
    if (XDG_STATE_HOME !== undefined && path.isAbsolute(XDG_STATE_HOME)) return XDG_STATE_HOME
    return process.platform === "darwin"
        ? path.join(os.homedir(), "Library", "Application Support")
        : path.join(os.homedir(), ".local", "state")
}

/** Makes the folder when it is not there. @returns the session, which is new when there was none */
export async function readSession(folder: string): Promise<SavedSession> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const text = await readFile(fileOf(folder), "utf8").catch(() => undefined)
    if (text !== undefined) return JSON.parse(text) as SavedSession
    const clientId = `listen${randomBytes(8).toString("hex")}`
    const session: SavedSession = { v: 1, clientId, filters: [] }
    await writeSession(folder, session)
    return session
}

export async function writeSession(folder: string, session: SavedSession): Promise<void> {
    await replaceFile(fileOf(folder), [JSON.stringify(session)])
}

function fileOf(folder: string): string {
    return path.join(folder, "session.json")
}
