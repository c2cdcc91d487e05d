/** `suitcase settings`: what a node knows about its network, and how it gets that back. */
import { Command } from "commander"
import { UsageError } from "../errors.js"
import { SettingsActions, type SettingsFlags } from "../settings/actions.js"
import { DevtoolsLink } from "../settings/devtools-link.js"
import { Journal, defaultJournalFolder } from "../settings/journal.js"
import { parsePairs } from "../settings/keys.js"
import { type Terminal } from "../terminal.js"
import { boardOn } from "../../flash/usb/ask.js"
import { thePort } from "../usb/open.js"
import { UsbLink } from "../../flash/usb/usb-link.js"

const DEFAULT_DEVTOOLS = "127.0.0.1:8082"

const HELP = `
<node> is the node's device id, its name once that was set from here, or "usb":
the board that is plugged in, on --port if there are several.

Settings: node, site, mqtt.host, mqtt.port, mqtt.user, mqtt.pass, mqtt.form
(binary or json), mqtt.tls (true or false), seal.key (64 hex digits, or "new"),
app (settings of the application: empty=1200,full=300), wifi.ssid, wifi.pass. "key=" goes back to the default.

All that is written is kept in a journal on this computer (--journal), with its
secrets, so that a node that lost it in a power cut gets it back in one step.

With a device id or name and no --port, the node is reached through
DeviceScript's own "npx devs devtools".

Examples:
  suitcase settings set 78a6c91dd92f5835 node=hall mqtt.host=mqtt.local
  suitcase settings get usb
  suitcase settings set usb node=hall mqtt.host=mqtt.local --port /dev/ttyACM0
  suitcase settings check hall
  suitcase settings restore hall
  suitcase settings restore hall --app indoor-climate

Exit codes: 0 done · 1 the node lost something, or does not keep it
            2 wrong use, or the node is not there`

type Flags = SettingsFlags & {
    readonly devtools: string
    readonly journal: string
    readonly port?: string
}

/** What stands for the board that is plugged in. */
const USB = "usb"

type Action = (actions: SettingsActions) => Promise<number>

export function settingsCommand(terminal: Terminal, finish: (code: number) => void): Command {
    const command = new Command("settings")
        .summary("read, write and restore the settings of a node")
        .description("Reads, writes, checks and restores the settings of a node over USB.")
        .helpOption("-h, --help", "print this help")
        .helpCommand(false)
        .addHelpText("after", HELP)
    const add = (name: string, summary: string) => {
        const added = command
            .command(name)
            .summary(summary)
            .description(`${summary[0].toUpperCase()}${summary.slice(1)}.`)
            .argument("<node>", "device id, 16 hex digits, name, or usb")
            .option("--port <path>", "serial port of the board")
            .option("--devtools <host:port>", "where devs devtools listens", DEFAULT_DEVTOOLS)
            .option("--journal <folder>", "where the journal is", defaultJournalFolder())
            .helpOption("-h, --help", "print this help")
            .addHelpText("after", HELP)
        return added
    }
    const run = async (node: string, flags: Flags, action: Action) =>
        finish(await withNode(node, flags, terminal, action))
    add("get", "show what the node holds")
        .option("--show", "show secrets")
        .action((node: string, flags: Flags) => run(node, always(flags), a => a.get()))
    add("check", "compare the node with the journal")
        .option("--show", "show secrets")
        .action((node: string, flags: Flags) => run(node, always(flags), a => a.check()))
    add("set", "change settings of the node")
        .argument("<key=value...>", "settings")
        .option("--adopt", "keep what a node without a valid mark holds")
        .option("--app <app>", "install this app on the node too")
        .option("--no-restart", "leave the node running; it reads them when it starts")
        .action((node: string, pairs: string[], flags: Flags) => {
            // Before anything is connected: wrong use needs no node.
            parsePairs(pairs)
            return run(node, flags, a => a.set(pairs))
        })
    add("restore", "write everything in the journal to the node again")
        .option(
            "--app <app>",
            "install this app on the node; default the journal's, when it is gone"
        )
        .option("--no-restart", "leave the node running; it reads them when it starts")
        .action((node: string, flags: Flags) => run(node, flags, a => a.restore()))
    return command
}

async function withNode(
    node: string,
    flags: Flags,
    terminal: Terminal,
    action: Action
): Promise<number> {
    const journal = new Journal(flags.journal)
    if (node === USB || flags.port !== undefined) {
        const link = await UsbLink.open(await thePort(flags.port))
        try {
            const device = node === USB ? (await boardOn(link)).device : journal.deviceOf(node)
            return await action(await SettingsActions.open(link, device, journal, flags, terminal))
        } finally {
            await link.close()
        }
    }
    const device = journal.deviceOf(node)
    const [host, port] = address(flags.devtools)
    const link = await DevtoolsLink.open(host, port)
    try {
        return await action(await SettingsActions.open(link, device, journal, flags, terminal))
    } finally {
        link.close()
    }
}

/** Commands that only read never restart anything. */
function always(flags: Flags): Flags {
    return { ...flags, restart: false }
}

function address(text: string): [string, number] {
    const match = /^(.+):(\d{1,5})$/.exec(text)
    const port = Number(match?.[2])
    if (match === null || port < 1 || port > 65535)
        throw new UsageError(`"${text}" is not an address such as ${DEFAULT_DEVTOOLS}`)
    return [match[1], port]
}
