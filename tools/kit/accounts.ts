/**
 * Keys and accounts of a kit's nodes: made where they are missing, never replaced. Formats of files are those
 * of `suitcase listen --keys` and `--login`, and of Mosquitto's password_file and acl_file.
 */
import { pbkdf2Sync, randomBytes } from "node:crypto"
import { type KitNode } from "./kit.js"

/** The account of `suitcase listen`. */
export const LISTENER = "listener"
/** First line of an access list of ours. */
export const ACL_HEAD = "# Made by suitcase kit accounts from the kit file: changes are lost."

/** As mosquitto_passwd of version 2 does it: $7$ is PBKDF2 with SHA-512. */
const ITERATIONS = 101
const SALT_BYTES = 12
const HASH_BYTES = 64
const PASSWORD_BYTES = 24
const KEY_BYTES = 32

/** 32 letters, digits, - and _: 192 random bits. */
export function newPassword(): string {
    return randomBytes(PASSWORD_BYTES).toString("base64url")
}

export function newSealKey(): string {
    return randomBytes(KEY_BYTES).toString("hex")
}

/** A line of Mosquitto's password file. */
export function passwordLine(
    user: string,
    password: string,
    salt = randomBytes(SALT_BYTES)
): string {
    const hash = pbkdf2Sync(password, salt, ITERATIONS, HASH_BYTES, "sha512")
    return `${user}:$7$${ITERATIONS}$${salt.toString("base64")}$${hash.toString("base64")}`
}

/** @returns users of a password file, with their lines */
export function passwordUsers(text: string): Map<string, string> {
    const lines = text.split(/\r?\n/).filter(line => line.includes(":"))
    return new Map(lines.map(line => [line.slice(0, line.indexOf(":")), line]))
}

/**
 * Each node writes under its own topics and reads its commands, its time and its last state; only the listener
 * reads all, and sends commands and the time.
 */
export function accessList(nodes: readonly Pick<KitNode, "name" | "site">[]): string {
    const ofNode = ({ name, site }: Pick<KitNode, "name" | "site">) => {
        const root = `suitcase/${site}/${name}`
        return [
            `user ${name}`,
            `topic write ${root}/#`,
            `topic read ${root}/cmd`,
            `topic read ${root}/time/set`,
            `topic read ${root}/state`,
            "",
        ]
    }
    return [
        ACL_HEAD,
        "",
        ...nodes.flatMap(ofNode),
        `user ${LISTENER}`,
        "topic read suitcase/#",
        "topic write suitcase/+/+/cmd",
        "topic write suitcase/+/+/time/set",
        "",
    ].join("\n")
}
