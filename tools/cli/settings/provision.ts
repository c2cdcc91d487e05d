/**
 * Brings a node to what its record says: program, settings, Wi-Fi. The record
 * is in the journal before the first byte is written to the node.
 */
import { createHash } from "node:crypto"
import { programImage } from "../../../sim/devtools/deploy.js"
import { boardProfile } from "../../../sim/board/profile.js"
import { type Board } from "../../../sim/program/boards.js"
import { compile } from "../../../sim/program/compile.js"
import { SETTING_KEYS } from "../../../src/core/protocol/settings-mark.js"
import { appFile } from "../apps.js"
import { type NodeRecord } from "./journal.js"
import { healthOf, type ConnectedNode } from "./connected-node.js"
import { storedForm } from "./stored-form.js"

/** The node does not hold what was written; the message says what to do. */
export class ProvisionError extends Error {
    override name = "ProvisionError"
}

/** A program as the node will report it. */
export interface AppProgram {
    readonly app: string
    readonly bytecode: Uint8Array
    /** Hex. */
    readonly sha256: string
}

/**
 * @param board what the node says that it is, whose heap and pin of the beat are part of the program;
 * undefined: a program for most boards
 * @throws UsageError for an unknown app, CompileError
 */
export function appProgram(app: string, board: Board | undefined): AppProgram {
    const profile = board && boardProfile(board.id)
    const { bytecode } = compile(appFile(app), {
        name: app,
        ...(profile && {
            target: "board",
            heapBytes: profile.heapBytes,
            beatPin: profile.beatPin,
        }),
    })
    const sha256 = createHash("sha256").update(programImage(bytecode)).digest("hex")
    return { app, bytecode, sha256 }
}

export interface ProvisionOptions {
    /** A program to put on the node; undefined leaves the one that is there. */
    readonly program: AppProgram | undefined
    /** Restart the node and look whether it kept everything. */
    readonly restart: boolean
    /** Told what is being done. */
    readonly note: (text: string) => void
}

/**
 * Writes, reads back, restarts the node and reads back again. A store that
 * forgets over a restart is one where a power cut left a newer, unreadable bank
 * (docs/settings.md): it is renewed and all is written once more.
 *
 * @throws ProvisionError when the node does not keep it; DevtoolsError
 */
export async function provision(
    node: ConnectedNode,
    record: NodeRecord,
    options: ProvisionOptions
): Promise<void> {
    await writeAll(node, record, options)
    if (!options.restart || (await isKept(node, record, options))) return
    options.note("the node forgot over the restart: its store is renewed and written again")
    await node.renewStore()
    await writeAll(node, record, options)
    if (!(await isKept(node, record, options)))
        throw new ProvisionError(
            `node ${node.deviceId} does not keep what is written to it: erase its flash ` +
                "(devs flash --clean), put the program on it and restore again"
        )
}

async function writeAll(
    node: ConnectedNode,
    { settings }: NodeRecord,
    { program, note }: ProvisionOptions
): Promise<void> {
    if (program !== undefined) {
        note(`putting ${program.app} on the node`)
        await node.deploy(program.bytecode)
    }
    const lost = await node.write(storedForm(settings))
    if (lost.length > 0)
        throw new ProvisionError(
            `node ${node.deviceId} did not keep ${lost.join(", ")}: is its store full?`
        )
    const ssid = settings["wifi.ssid"]
    if (ssid !== undefined) await node.joinWifi(ssid, settings["wifi.pass"] ?? "")
}

async function isKept(
    node: ConnectedNode,
    { settings }: NodeRecord,
    { program }: ProvisionOptions
): Promise<boolean> {
    await node.restart()
    const stored = await node.read()
    const wanted = storedForm(settings)
    if (healthOf(stored) !== "ok") return false
    if (SETTING_KEYS.some(key => stored.get(key) !== wanted.get(key))) return false
    return program === undefined || (await node.program())?.sha256 === program.sha256
}
