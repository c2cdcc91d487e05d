/** `suitcase kit`: the nodes of the kit file. */
import { Command, InvalidArgumentError } from "commander"
import { type LabelFlags } from "../kit/labels.js"
import { type WiringFlags } from "../kit/wiring.js"
import { type KitFlags } from "../kit/open.js"
import { type Terminal } from "../terminal.js"

const HELP = `
The kit file is suitcase.yaml, in this folder or one above, unless --file names
another one. docs/kit-file.md describes every key.

Examples:
  suitcase kit check                   is all of it right, does each node run
  suitcase kit list                    what there is, and what is missing
  suitcase kit program hall-1          the program that is made for a node
  suitcase kit accounts                keys, broker accounts and access list
  suitcase kit silence hall-1 --until 2027-03-31
  suitcase kit labels -o labels.html   a label for each node, to print
  suitcase kit parts                   what to buy, with rough prices
  suitcase kit wiring -o wiring        a page for each node: its wires

Exit codes: 0 done · 1 a node cannot run · 2 wrong use, or the file is wrong`

const FILE = "kit file, or the folder that it is in"

export function kitCommand(terminal: Terminal, finish: (code: number) => void): Command {
    const command = new Command("kit")
        .summary("check and list the nodes of the kit file")
        .description("Works with the kit file: sites, kits and nodes of a city.")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
    const add = (name: string, summary: string) =>
        command
            .command(name)
            .summary(summary)
            .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
            .option("--file <file>", FILE)
            .helpOption("-h, --help", "print this help")
            .addHelpText("after", HELP)
    add("check", "compile every node, boot it, and say what is wrong")
        .option("--quick", "look at the file only: compile and boot nothing")
        .option("--json", "print the results as one line of JSON")
        .action(async (flags: KitFlags & { quick?: true }) =>
            finish(await (await import("../kit/check.js")).checkKit(flags, terminal))
        )
    add("list", "show sites, kits and nodes, and what is missing of their secrets")
        .option("--json", "print one line of JSON")
        .action(async (flags: KitFlags) =>
            finish(await (await import("../kit/list.js")).listKit(flags, terminal))
        )
    add("program", "print the program that is made for a node")
        .argument("<node>", "name of the node")
        .action(async (node: string, flags: KitFlags) =>
            finish(await (await import("../kit/program.js")).printProgram(node, flags, terminal))
        )
    add("accounts", "make keys and broker accounts where they are missing").action(
        async (flags: KitFlags) =>
            finish(await (await import("../kit/accounts.js")).makeAccounts(flags, terminal))
    )
    add("silence", "no alarms of a node until a day")
        .argument("<node>", "name of the node")
        .requiredOption("--until <day>", "2027-03-31, or a time in UTC: 2027-03-31T12:00Z")
        .action(async (node: string, flags: KitFlags & { until: string }) =>
            finish(await (await import("../kit/silence.js")).silence(node, flags, terminal))
        )
    add("labels", "make labels with QR codes, as a page to print")
        .argument("[nodes...]", "names of nodes (default: all)")
        .option("-o, --output <file>", "the page", "labels.html")
        .option("--skip <count>", "labels that the first sheet lacks already", skipOption)
        .action(async (nodes: string[], flags: LabelFlags) =>
            finish(await (await import("../kit/labels.js")).makeLabels(nodes, flags, terminal))
        )
    add("wiring", "make a page for each node that shows where its wires go")
        .argument("[node]", "name of a node (default: all)")
        .option("-o, --output <folder>", "folder of the pages", "wiring")
        .action(async (node: string | undefined, flags: WiringFlags) =>
            finish(await (await import("../kit/wiring.js")).makeWiring(node, flags, terminal))
        )
    add("parts", "list what to buy for all nodes, with rough prices")
        .option("--json", "print one line of JSON")
        .action(async (flags: KitFlags) =>
            finish(await (await import("../kit/parts.js")).listParts(flags, terminal))
        )
    add("metadata", "print what OS2iot keeps of each node, for its alert manager").action(
        async (flags: KitFlags) =>
            finish(await (await import("../kit/metadata.js")).printMetadata(flags, terminal))
    )
    return command
}

function skipOption(text: string): number {
    if (!/^(?:1?\d|20)$/.test(text)) throw new InvalidArgumentError("takes a number from 0 to 20")
    return Number(text)
}
