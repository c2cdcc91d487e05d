/** Passwords from the files of a city's folder: secrets/passwords.json, secrets/keys.json and .env. */
import { settingValuesSchema } from "../../../cli/settings/keys.js"
import { PageError } from "./failures.js"
import { NO_FILES, type SecretFiles } from "./state.js"

/**
 * @param files as they were chosen; names do not matter, but that of .env
 * @throws PageError that repeats nothing of what it read
 */
export function readSecrets(
    files: readonly { readonly name: string; readonly text: string }[]
): SecretFiles {
    return files.map(readOne).reduce(
        (all, one) => ({
            passwords: new Map([...all.passwords, ...one.passwords]),
            keys: new Map([...all.keys, ...one.keys]),
            environment: new Map([...all.environment, ...one.environment]),
        }),
        NO_FILES
    )
}

function readOne({ name, text }: { readonly name: string; readonly text: string }): SecretFiles {
    if (/(?:^|\.)env(?:\.|$)/.test(name)) return { ...NO_FILES, environment: environmentIn(text) }
    const texts = textsIn(text)
    const areKeys =
        texts.size > 0 &&
        [...texts.values()].every(
            value => settingValuesSchema.shape["seal.key"].safeParse(value).success
        )
    return areKeys ? { ...NO_FILES, keys: texts } : { ...NO_FILES, passwords: texts }
}

function textsIn(text: string): Map<string, string> {
    let content: unknown
    try {
        content = JSON.parse(text.replace(/^\uFEFF/, ""))
    } catch {
        throw new PageError("secrets file")
    }
    const isObject = typeof content === "object" && content !== null && !Array.isArray(content)
    const entries = isObject ? Object.entries(content as object) : []
    if (!isObject || !entries.every(entry => typeof entry[1] === "string"))
        throw new PageError("secrets file")
    return new Map(entries as [string, string][])
}

/** Lines NAME=value, as the command line reads them (tools/kit/secrets.ts). */
function environmentIn(text: string): Map<string, string> {
    const values = new Map<string, string>()
    for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
        const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/.exec(line)
        if (match === null) continue
        const value = match[2].trim()
        values.set(match[1], /^(["'])(.*)\1$/.exec(value)?.[2] ?? value)
    }
    if (values.size === 0) throw new PageError("secrets file")
    return values
}
