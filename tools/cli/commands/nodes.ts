/** `suitcase nodes`: which boards are on USB, and in which state. */
import Table from "cli-table3"
import { Command } from "commander"
import { DevtoolsError } from "../../../sim/devtools/within.js"
import { EXIT_FAILED, EXIT_OK } from "../errors.js"
import { ConnectedNode, healthOf } from "../settings/connected-node.js"
import { collectOption } from "../options.js"
import { line, showing, type Terminal } from "../terminal.js"
import { boardPorts, bootDrives } from "../usb/find-boards.js"
import { BoardError } from "../../flash/board-access.js"
import { boardOn } from "../../flash/usb/ask.js"
import { NodeSerialPort } from "../usb/serial-port.js"
import { UsbLink } from "../../flash/usb/usb-link.js"

const HELP = `
Boards are asked over USB; nothing on them is changed. A board in its boot mode,
or without a DeviceScript runtime, does not answer: suitcase flash writes one.

Examples:
  suitcase nodes
  suitcase nodes --port /dev/ttyACM0 --json

Exit codes: 0 all boards are set up · 1 one of them is not, or none is there`

interface NodesFlags {
    readonly port: string[]
    readonly json?: true
}

interface FoundNode {
    readonly port: string
    readonly device: string | null
    readonly board: string | null
    readonly program: string | null
    readonly node: string | null
    readonly site: string | null
    /** What is wrong, in words. */
    readonly problems: readonly string[]
}

export function nodesCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("nodes")
        .summary("list the boards on USB")
        .description("Lists the boards on USB with program, name and state of their settings.")
        .option("--port <path>", "only this port; may be given several times", collectOption, [])
        .option("--json", "print one line of JSON for each board")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (flags: NodesFlags) => finish(await listNodes(flags, terminal)))
}

async function listNodes(flags: NodesFlags, terminal: Terminal): Promise<number> {
    const ports = flags.port.length > 0 ? flags.port : (await boardPorts()).map(({ path }) => path)
    const nodes = await showing("Asking the boards …", terminal, () =>
        Promise.all(ports.map(lookAt))
    )
    const drives = bootDrives()
    if (flags.json === true) for (const node of nodes) line(terminal.out, JSON.stringify(node))
    else {
        if (nodes.length > 0) line(terminal.out, table(nodes, terminal))
        for (const drive of drives)
            line(terminal.out, `${drive}: a Pico in its boot mode; suitcase flash writes it`)
        if (nodes.length === 0 && drives.length === 0)
            line(terminal.out, "no board is plugged in (with a data cable?)")
    }
    const isWhole = nodes.length > 0 && nodes.every(({ problems }) => problems.length === 0)
    return isWhole ? EXIT_OK : EXIT_FAILED
}

async function lookAt(port: string): Promise<FoundNode> {
    const unknown = { port, device: null, board: null, program: null, node: null, site: null }
    let link: UsbLink | undefined
    try {
        link = await UsbLink.open(new NodeSerialPort(port))
        const { device } = await boardOn(link)
        const connected = await ConnectedNode.open(link, device)
        const [board, program, stored] = [
            await connected.board(),
            await connected.program(),
            await connected.read(),
        ]
        const health = healthOf(stored)
        const problems = [
            ...(program === undefined ? ["no program"] : []),
            ...(health === "none" ? ["no settings"] : []),
            ...(health === "damaged" ? ["settings damaged: suitcase settings restore"] : []),
            ...(health === "ok" && !stored.has("mqtt.host") ? ["no broker (mqtt.host)"] : []),
        ]
        return {
            port,
            device,
            board: board?.name ?? null,
            program: program?.name ?? null,
            node: textOf(stored.get("node")),
            site: textOf(stored.get("site")),
            problems,
        }
    } catch (e) {
        if (!(e instanceof DevtoolsError || e instanceof BoardError)) throw e
        return { ...unknown, problems: [e.message] }
    } finally {
        await link?.close()
    }
}

function textOf(json: string | undefined): string | null {
    try {
        const value: unknown = json === undefined ? null : JSON.parse(json)
        return typeof value === "string" ? value : null
    } catch {
        return null
    }
}

function table(nodes: readonly FoundNode[], { colors }: Terminal): string {
    const shown = new Table({
        head: ["port", "node", "program", "board", "state"].map(title => colors.bold(title)),
        style: { head: [], border: [], compact: true },
        wordWrap: true,
        colWidths: [14, 18, 12, 13, 17],
    })
    for (const { port, node, site, program, board, device, problems } of nodes)
        shown.push([
            port,
            [node ?? "–", site ?? "", device ?? ""].filter(text => text !== "").join("\n"),
            program ?? "–",
            board ?? "–",
            problems.length === 0 ? "ok" : problems.join("; "),
        ])
    return shown.toString()
}
