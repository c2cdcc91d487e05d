/** `suitcase keys`: keys of nodes that seal their frames. */
import { existsSync } from "node:fs"
import { Command } from "commander"
import { EXIT_OK, UsageError } from "../errors.js"
import { newKey, readKeys, writeKeys } from "../keys/key-file.js"
import { nameOption } from "../options.js"
import { line, type Terminal } from "../terminal.js"

const HELP = `
The key is 256 random bits. It goes into the keys file, which only you can
read, and must be written to the node as its setting seal.key. It is printed
only with --show; keep it out of logs, tickets and version control.

Examples:
  suitcase keys new hall-1
  suitcase keys new hall-1 --replace --show
  suitcase listen --broker mqtt://localhost --keys keys.json

Exit codes: 0 done · 2 wrong use, or the file cannot be read or written`

const DEFAULT_FILE = "keys.json"

interface KeysFlags {
    readonly file: string
    readonly replace?: boolean
    readonly show?: boolean
}

export function keysCommand(terminal: Terminal, finish: (code: number) => void): Command {
    const create = new Command("new")
        .summary("make a key for a node")
        .description("Makes a key for a node and stores it in the keys file.")
        .argument("<node>", "name of the node", nameOption)
        .option("--file <file>", "keys file; made if it is not there", DEFAULT_FILE)
        .option("--replace", "replace the key that the node has")
        .option("--show", "print the setting to write to the node")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action((node: string, flags: KeysFlags) => finish(makeKey(node, flags, terminal)))
    return new Command("keys")
        .summary("make keys for sealed frames")
        .description("Makes keys for nodes that seal their frames (AES-256-CCM).")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .addCommand(create)
}

/** @throws UsageError when the node has a key already, or the file cannot be used */
function makeKey(node: string, flags: KeysFlags, terminal: Terminal): number {
    const { file } = flags
    const keys = existsSync(file)
        ? readKeys(file, text => line(terminal.err, `suitcase: ${text}`))
        : new Map<string, Buffer>()
    if (keys.has(node) && flags.replace !== true)
        throw new UsageError(
            `${file}: node ${node} has a key; with a new one, frames sealed with the old one ` +
                "cannot be read any more; add --replace if that is what you want"
        )
    const key = newKey()
    keys.set(node, key)
    writeKeys(file, keys)
    line(terminal.out, `${file}: new key for node ${node}`)
    line(
        terminal.out,
        flags.show === true
            ? `seal.key=${key.toString("hex")}`
            : "Write it to the node as its setting seal.key."
    )
    return EXIT_OK
}
