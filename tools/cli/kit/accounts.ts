/** `suitcase kit accounts`: what nodes need of secrets and is not there yet. Nothing is replaced, no secret is shown. */
import { existsSync, mkdirSync, readFileSync } from "node:fs"
import path from "node:path"
import {
    ACL_HEAD,
    LISTENER,
    accessList,
    newPassword,
    newSealKey,
    passwordLine,
    passwordUsers,
} from "../../kit/accounts.js"
import { KEYS_FILE, PASSWORDS_FILE, SECRETS_FOLDER } from "../../kit/secrets.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { writeForOwner } from "../keys/key-file.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"
import { openKit, type KitFlags } from "./open.js"

const LISTENER_FILE = "listener.json"
const HASHES_FILE = "mosquitto.passwd"
const ACL_FILE = "mosquitto.acl"

type Texts = Record<string, string>

/** @returns the exit code @throws UsageError, KitError; files that were written are whole then */
export async function makeAccounts(flags: KitFlags, terminal: Terminal): Promise<number> {
    const kit = await openKit(flags.file)
    const folder = path.join(kit.folder, SECRETS_FOLDER)
    const warn = (text: string) => line(terminal.err, `suitcase: ${text}`)
    const odd = kit.nodes.find(({ name }) => name.includes(":") || name === LISTENER)
    if (odd !== undefined)
        throw new UsageError(
            `${odd.name} cannot be an account: ${odd.name === LISTENER ? "the listener has that name" : "a password file has no : in names"}; rename the node`
        )
    const file = (name: string) => path.join(folder, name)
    // All are read before the first is written: what is malformed stays as it is.
    const keys = readTexts(file(KEYS_FILE))
    const passwords = readTexts(file(PASSWORDS_FILE))
    const hashes = passwordUsers(readOr(file(HASHES_FILE), ""))
    const acl = readOr(file(ACL_FILE), ACL_HEAD)
    const before = { keys: count(keys), passwords: count(passwords) }
    for (const { name } of kit.nodes) keys[name] ??= newSealKey()
    for (const name of [...kit.nodes.map(node => node.name), LISTENER]) {
        const isElsewhere = hashes.has(name) && passwords[name] === undefined
        if (isElsewhere) {
            warn(
                `${name} has an account in ${HASHES_FILE}, but no password in ${PASSWORDS_FILE}: write it there, ` +
                    `or take its line out of ${HASHES_FILE}`
            )
            continue
        }
        passwords[name] ??= newPassword()
        if (!hashes.has(name)) hashes.set(name, passwordLine(name, passwords[name]))
    }
    write(folder, PASSWORDS_FILE, asJson(passwords))
    write(folder, KEYS_FILE, asJson(keys))
    write(folder, HASHES_FILE, `${[...hashes.values()].join("\n")}\n`)
    if (passwords[LISTENER] !== undefined)
        write(folder, LISTENER_FILE, asJson({ user: LISTENER, password: passwords[LISTENER] }))
    if (acl.startsWith(ACL_HEAD)) write(folder, ACL_FILE, accessList(kit.nodes))
    else warn(`${ACL_FILE} is not one of ours: it stays as it is`)
    if (!isIgnored(kit.folder))
        warn(`write ${SECRETS_FOLDER}/ into .gitignore: these files are secrets`)
    const made = (what: string, now: Texts, then: number) =>
        `${counted(count(now) - then, what)} made, ${then} kept`
    line(terminal.out, `${made("key", keys, before.keys)}: ${SECRETS_FOLDER}/${KEYS_FILE}`)
    line(
        terminal.out,
        `${made("account", passwords, before.passwords)}: ${SECRETS_FOLDER}/${PASSWORDS_FILE}`
    )
    line(
        terminal.out,
        `for Mosquitto: ${SECRETS_FOLDER}/${HASHES_FILE}, ${SECRETS_FOLDER}/${ACL_FILE}`
    )
    line(
        terminal.out,
        `for suitcase listen: --login ${SECRETS_FOLDER}/${LISTENER_FILE} --keys ${SECRETS_FOLDER}/${KEYS_FILE}`
    )
    line(terminal.out, "Keep a copy of the folder: without its key, what a node sealed is lost.")
    return EXIT_OK
}

function count(texts: Texts): number {
    return Object.keys(texts).length
}

function readOr(file: string, otherwise: string): string {
    if (!existsSync(file)) return otherwise
    try {
        return readFileSync(file, "utf8")
    } catch (e) {
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
}

/** @throws UsageError that does not quote the file */
function readTexts(file: string): Texts {
    try {
        const content = JSON.parse(readOr(file, "{}")) as unknown
        const isTexts =
            typeof content === "object" &&
            content !== null &&
            Object.values(content).every(value => typeof value === "string")
        if (isTexts) return content as Texts
    } catch (e) {
        if (e instanceof UsageError) throw e
    }
    throw new UsageError(`${file}: not a JSON object of texts; nothing was made`)
}

function asJson(value: object): string {
    return `${JSON.stringify(value, undefined, 2)}\n`
}

/** Appears whole or not at all, for its owner only. */
function write(folder: string, name: string, text: string): void {
    const file = path.join(folder, name)
    try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        if (readOr(file, "") !== text) writeForOwner(file, text)
    } catch (e) {
        if (e instanceof UsageError) throw e
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
}

function isIgnored(folder: string): boolean {
    return readOr(path.join(folder, ".gitignore"), "")
        .split(/\r?\n/)
        .some(text => /^\/?secrets\/?$/.test(text.trim()))
}
