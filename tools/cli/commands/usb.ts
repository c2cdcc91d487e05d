/** `suitcase usb`: what a node on this computer's USB measures and how it fares, live. */
import { Command } from "commander"
import { BoardError } from "../../flash/board-access.js"
import { boardOn, type FoundBoard } from "../../flash/usb/ask.js"
import { NodeService } from "../../flash/usb/node-service.js"
import { UsbLink, type UsbLinkEvents } from "../../flash/usb/usb-link.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { durationOption } from "../options.js"
import { line, type Terminal } from "../terminal.js"
import { boardPorts } from "../usb/find-boards.js"
import { monitor, type MonitorView } from "../usb/monitor/monitor.js"
import { JsonView, LinesView, PictureView } from "../usb/monitor/views.js"
import { thePort } from "../usb/open.js"
import { NodeSerialPort } from "../usb/serial-port.js"

const HELP = `
Asks the program's USB service (services/suitcase.md) once a second: the newest
reading of each channel with its age, whether Wi-Fi and broker are reached, what
waits to be sent, settings without secrets, and the board's log. Nothing on the
node is changed. A node that restarts is waited for.

[node] is a node's name or device id, where several boards are plugged in.

Examples:
  suitcase usb monitor
  suitcase usb monitor hall-2 --json > hall-2.ndjson
  suitcase usb monitor --port /dev/ttyACM0 --for 10m

Exit codes: 0 ended by --for or Ctrl-C · 1 the board went and did not come back
            2 no such board, or its program does not answer`

interface MonitorFlags {
    readonly port?: string
    /** ms */
    readonly for?: number
    readonly json?: true
}

export function usbCommand(terminal: Terminal, finish: (code: number) => void): Command {
    const command = new Command("usb")
        .summary("watch a node on USB: readings, state, log")
        .description("Shows what a node on USB measures and how it fares.")
        .helpOption("-h, --help", "print this help")
        .helpCommand(false)
        .addHelpText("after", HELP)
    command
        .command("monitor")
        .summary("show readings, state and log, live")
        .description("Shows readings, state and log of a node on USB, live.")
        .argument("[node]", "name or device id; default the only board")
        .option("--port <path>", "serial port (default: that of the only board)")
        .option("--for <time>", "end after 90s, 15m, 2h …", durationOption)
        .option("--json", "print one line of JSON for each thing that is new")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (node: string | undefined, flags: MonitorFlags) =>
            finish(await watch(node, flags, terminal))
        )
    return command
}

async function watch(
    node: string | undefined,
    flags: MonitorFlags,
    terminal: Terminal
): Promise<number> {
    const stop = new AbortController()
    const release = onInterrupt(() => stop.abort())
    const timer = flags.for === undefined ? undefined : setTimeout(() => stop.abort(), flags.for)
    const view = viewFor(flags, terminal)
    let isGone = false
    const events: UsbLinkEvents = {
        onLine: text => view.log(text),
        onNote: text => view.note(text),
        onEnd: () => {
            isGone = true
            stop.abort()
        },
    }
    try {
        const { link, board } = await theNode(node, flags.port, events)
        try {
            await monitor(link, board, view, stop.signal)
        } finally {
            await link.close()
        }
    } finally {
        view.end()
        clearTimeout(timer)
        release()
    }
    if (!isGone) return EXIT_OK
    line(terminal.err, "suitcase: the board did not come back")
    return EXIT_FAILED
}

function viewFor({ json }: MonitorFlags, terminal: Terminal): MonitorView {
    if (json === true) return new JsonView(terminal)
    return terminal.isLive ? new PictureView(terminal) : new LinesView(terminal)
}

interface OpenNode {
    readonly link: UsbLink
    readonly board: FoundBoard
}

/** @throws UsageError, BoardError when there is no such board */
async function theNode(
    node: string | undefined,
    port: string | undefined,
    events: UsbLinkEvents
): Promise<OpenNode> {
    if (node === undefined) return await opened(await thePort(port), events)
    const ports = port === undefined ? (await boardPorts()).map(({ path }) => path) : [port]
    for (const path of ports)
        try {
            const found = await opened(new NodeSerialPort(path), events)
            if (await isCalled(found, node)) return found
            await found.link.close()
        } catch (e) {
            // A board that does not answer is not the one that is looked for.
            if (!(e instanceof BoardError)) throw e
        }
    throw new UsageError(`no node "${node}" is on USB; suitcase nodes lists those that are`)
}

async function opened(port: NodeSerialPort, events: UsbLinkEvents): Promise<OpenNode> {
    const link = await UsbLink.open(port, events)
    try {
        return { link, board: await boardOn(link) }
    } catch (e) {
        await link.close()
        throw e
    }
}

async function isCalled({ link, board }: OpenNode, node: string): Promise<boolean> {
    if (board.device === node) return true
    try {
        return (await new NodeService(link, board.device).identity()).node === node
    } catch (e) {
        if (!(e instanceof BoardError)) throw e
        return false
    }
}
