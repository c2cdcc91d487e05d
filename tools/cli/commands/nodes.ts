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
import { sensorAdvice } from "../../flash/usb/advice.js"
import { boardOn } from "../../flash/usb/ask.js"
import { isStarting, withReadings } from "../../flash/usb/first-readings.js"
import { NodeService, type NodeIdentity } from "../../flash/usb/node-service.js"
import { wifiStateOf } from "../../flash/usb/wifi-state.js"
import { NodeSerialPort } from "../usb/serial-port.js"
import { UsbLink } from "../../flash/usb/usb-link.js"

const HELP = `
Boards are asked over USB; nothing on them is changed. A program that has the
suitcase's USB service also says its version, and which sensors give nothing. A
board in its boot mode, or without a DeviceScript runtime, does not answer:
suitcase flash writes one.

Examples:
  suitcase nodes
  suitcase nodes --port /dev/ttyACM0 --json

Exit codes: 0 all boards are set up · 1 one of them is not, or none is there`

/** A program that has the service answers at once, ms. */
const ANSWER_MS = 1500

interface NodesFlags {
    readonly port: string[]
    readonly json?: true
}

interface FoundNode {
    readonly port: string
    readonly device: string | null
    readonly board: string | null
    readonly program: string | null
    /** Of the program's firmware; null when it does not answer over USB. */
    readonly version: string | null
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
    const unknown = {
        port,
        device: null,
        board: null,
        program: null,
        version: null,
        node: null,
        site: null,
    }
    let link: UsbLink | undefined
    try {
        link = await UsbLink.open(new NodeSerialPort(port))
        const found = await boardOn(link)
        const { device } = found
        const connected = await ConnectedNode.open(link, device)
        const [board, program, stored] = [
            await connected.board(),
            await connected.program(),
            await connected.read(),
        ]
        const health = healthOf(stored)
        const said = program === undefined ? undefined : await askProgram(link, device)
        const problems = [
            ...(program === undefined ? ["no program"] : []),
            ...(health === "none" ? ["no settings"] : []),
            ...(health === "damaged" ? ["settings damaged: suitcase settings restore"] : []),
            ...(health === "ok" && !stored.has("mqtt.host") ? ["no broker (mqtt.host)"] : []),
            ...((await wifiStateOf(link, found))?.isJoined === false ? ["not on a Wi-Fi"] : []),
            ...(said?.problems ?? []),
        ]
        return {
            port,
            device,
            board: board?.name ?? null,
            program: program?.name ?? null,
            version: said?.identity.version ?? null,
            node: said?.identity.node ?? textOf(stored.get("node")),
            site: said?.identity.site ?? textOf(stored.get("site")),
            problems,
        }
    } catch (e) {
        if (!(e instanceof DevtoolsError || e instanceof BoardError)) throw e
        return { ...unknown, problems: [e.message] }
    } finally {
        await link?.close()
    }
}

interface Said {
    readonly identity: NodeIdentity
    readonly problems: readonly string[]
}

/** @returns undefined for a program that has no service, or does not run */
async function askProgram(link: UsbLink, device: string): Promise<Said | undefined> {
    const service = new NodeService(link, device, undefined, ANSWER_MS)
    try {
        const identity = await service.identity()
        const { fields } = await service.state()
        const unfit = wordOf(fields["unfit"])
        const held = wordOf(fields["held"])
        const silent = withReadings(await service.sensors(), await service.readings()).filter(
            sensor => sensorAdvice(sensor, "en") !== undefined && !isStarting(sensor)
        )
        return {
            identity,
            problems: [
                ...(unfit === "" ? [] : [`settings that cannot be used: ${unfit}`]),
                ...(held === "" ? [] : [`frames are held back: ${held}`]),
                ...silent.map(({ part }) => `no reading from ${part}`),
            ],
        }
    } catch (e) {
        if (!(e instanceof BoardError)) throw e
        return undefined
    }
}

function wordOf(value: unknown): string {
    return typeof value === "string" ? value.replace(/[^ -~]/g, "·") : ""
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
    for (const { port, node, site, program, version, board, device, problems } of nodes)
        shown.push([
            port,
            [node ?? "–", site ?? "", device ?? ""].filter(text => text !== "").join("\n"),
            [program ?? "–", version ?? ""].filter(text => text !== "").join("\n"),
            board ?? "–",
            problems.length === 0 ? "ok" : problems.join("; "),
        ])
    return shown.toString()
}
