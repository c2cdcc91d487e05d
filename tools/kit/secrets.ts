/**
 * Secrets of a city's folder: the file .env beside the kit file, and what `suitcase kit accounts` made
 * in secrets/. The environment counts before .env, so that CI needs no file. Nothing here prints a value.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import path from "node:path"
import { UsageError } from "../cli/errors.js"
import { fileProblem } from "../cli/file-problem.js"
import { parseKeys } from "../cli/keys/key-file.js"
import { type Kit, type KitNode } from "./kit.js"

export const ENV_FILE = ".env"
/** Folder for what is made for each node; only its owner may read it. */
export const SECRETS_FOLDER = "secrets"
export const KEYS_FILE = "keys.json"
export const PASSWORDS_FILE = "passwords.json"

/** The secrets that a node needs, by what they are for. */
export interface NodeSecrets {
    readonly wifiPassword: string | undefined
    readonly brokerPassword: string | undefined
    /** 64 hex digits. */
    readonly sealKey: string | undefined
}

export class Secrets {
    private constructor(
        private readonly values: ReadonlyMap<string, string>,
        private readonly passwords: ReadonlyMap<string, string>,
        private readonly keys: ReadonlyMap<string, string>
    ) {}

    /**
     * @param folder of the kit file
     * @param warn gets a line when others can read a file
     * @throws UsageError for a file that is malformed; it names the line, never its content
     */
    static read(
        folder: string,
        warn: (text: string) => void = () => undefined,
        environment: NodeJS.ProcessEnv = process.env
    ): Secrets {
        const values = new Map(
            Object.entries(parseEnv(readText(path.join(folder, ENV_FILE), warn) ?? ""))
        )
        for (const [name, value] of Object.entries(environment))
            if (value !== undefined && value !== "") values.set(name, value)
        const inFolder = (name: string) => path.join(folder, SECRETS_FOLDER, name)
        const keys = readText(inFolder(KEYS_FILE), warn)
        const passwords = readText(inFolder(PASSWORDS_FILE), warn)
        return new Secrets(
            values,
            parsePasswords(passwords ?? "{}", path.join(SECRETS_FOLDER, PASSWORDS_FILE)),
            new Map(
                [...parseKeys(keys ?? "{}", path.join(SECRETS_FOLDER, KEYS_FILE))].map(
                    ([node, key]) => [node, key.toString("hex")]
                )
            )
        )
    }

    /** @param reference "$WIFI_PASSWORD" */
    value(reference: string): string | undefined {
        return this.values.get(reference.replace(/^\$/, ""))
    }

    of(node: KitNode): NodeSecrets {
        const { wifi } = node.settings
        return {
            wifiPassword: wifi?.password === undefined ? undefined : this.value(wifi.password),
            brokerPassword: this.passwords.get(node.name),
            sealKey: this.keys.get(node.name),
        }
    }

    /** What a node needs and is not there, in words; empty when it can be flashed. */
    missing(node: KitNode): string[] {
        const { settings } = node
        const { wifiPassword, brokerPassword, sealKey } = this.of(node)
        const reference = settings.wifi?.password
        return [
            ...(reference !== undefined && wifiPassword === undefined ? [reference.slice(1)] : []),
            ...(settings.broker?.host !== undefined && brokerPassword === undefined
                ? ["account"]
                : []),
            ...(settings.seal === true && sealKey === undefined ? ["key"] : []),
        ]
    }
}

/** Names of the secrets that a kit file refers to, without $. */
export function referredSecrets(kit: Kit): string[] {
    const names = kit.nodes.flatMap(({ settings }) => settings.wifi?.password ?? [])
    return [...new Set(names.map(name => name.slice(1)))].sort()
}

function readText(file: string, warn: (text: string) => void): string | undefined {
    if (!existsSync(file)) return undefined
    try {
        // On Windows, access lists rule and these bits say nothing.
        if (process.platform !== "win32" && (statSync(file).mode & 0o044) !== 0)
            warn(`${file}: other users of this computer can read it; chmod 600 ${file}`)
        return readFileSync(file, "utf8").replace(/^\uFEFF/, "")
    } catch (e) {
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
}

/**
 * Lines NAME=value; # begins a comment on a line of its own; quotes around a value come off.
 * @throws UsageError naming the line
 */
export function parseEnv(text: string): Record<string, string> {
    const values: Record<string, string> = {}
    text.split(/\r?\n/).forEach((line, i) => {
        if (/^\s*(?:#|$)/.test(line)) return
        const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/.exec(line)
        if (match === null)
            throw new UsageError(`${ENV_FILE}:${i + 1}: a line is NAME=value, or begins with #`)
        const value = match[2].trim()
        const inner = /^(["'])(.*)\1$/.exec(value)?.[2]
        if (Object.hasOwn(values, match[1]))
            throw new UsageError(`${ENV_FILE}:${i + 1}: ${match[1]} is there twice`)
        values[match[1]] = inner ?? value
    })
    return values
}

function parsePasswords(text: string, file: string): Map<string, string> {
    let content: unknown
    try {
        content = JSON.parse(text)
    } catch {
        // Not the parser's message: it quotes what it read.
        throw new UsageError(`${file}: not JSON; it must be {"<node>": "<password>"}`)
    }
    const entries = typeof content === "object" && content !== null ? Object.entries(content) : []
    if (!entries.every(([, value]) => typeof value === "string"))
        throw new UsageError(`${file}: it must be {"<node>": "<password>"}`)
    return new Map(entries as [string, string][])
}
