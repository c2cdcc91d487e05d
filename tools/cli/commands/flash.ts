/** `suitcase flash`: from a sealed board to a node, by one command. */
import { Command, InvalidArgumentError } from "commander"
import { DEFAULT_BOARD } from "../../../sim/board/profile.js"
import { StoreCopies, defaultCopiesFolder } from "../flash/copies.js"
import { planFor } from "../flash/plan.js"
import { flash, type FlashFlags } from "../flash/run.js"
import {
    RUNTIME_HELP,
    Runtimes,
    runtimeOptions,
    type RuntimeFlags,
} from "../flash/runtimes/runtimes.js"
import { tellWifi } from "../flash/wifi-words.js"
import { UsageError } from "../errors.js"
import { Journal, defaultJournalFolder } from "../settings/journal.js"
import { collectOption, durationOption } from "../options.js"
import { line, showing, type Terminal } from "../terminal.js"

const HELP = `
Runtime, board configuration, program and settings are checked first, then
written piece by piece, read back and compared. What is on the board already is
not written again, so that a run that was interrupted goes on where it was.
Settings that this command does not know, such as calibrations, are kept.

Afterwards it waits for the first reading of every sensor, and says for each what
came or what to check, and whether the broker was reached (--no-wait: it does
not). suitcase settings knows the node from then on.

ESP32 boards are written over their serial port, a Pico over USB while it is in
its boot mode (hold BOOTSEL while it is plugged in), or over the drive that it
shows there (--drive, and where USB is not allowed). Wi-Fi is 2.4 GHz with a
password: no WPA-Enterprise, no hidden name, no name of 32 bytes.

A node of the kit file (suitcase.yaml) has board, program and settings there;
its secrets come from .env and from suitcase kit accounts.

--kit takes the boards of all nodes of the kit file, of a kit or of a site, one
after the other: plug a board in, and it becomes the next node that has such a
chip; one that was written before is recognised. Its id is written into the
kit file, its label into a page to print. Ctrl-C, and the same command goes on
where it was.
${RUNTIME_HELP}

What boards held before is kept in a folder (--copies), with its secrets, and
put back should a power cut in the middle of writing have cost it.

--web serves a page to this computer that does all of this in a browser, for
those who cannot install anything; with --out it becomes a folder for a server.

Examples:
  suitcase flash hall-2 --runtime devicescript-esp32c3.bin
  suitcase flash --kit --runtime runtimes/
  suitcase flash --kit suitcase-1 --status
  suitcase flash --kit --replace hall-2
  suitcase flash --web --runtime runtimes/
  suitcase flash indoor-climate --set node=hall-2 --set mqtt.host=mqtt.local \\
    --set wifi.ssid=town --set wifi.pass=… --runtime devicescript-esp32c3.bin
  suitcase flash indoor-climate --board suitcase_pico_w --runtime pico_w.uf2

Exit codes: 0 written and verified, and each sensor gives readings
            1 the board failed, or none is there; or a sensor gives none; with
              --kit: nodes are left
            2 wrong use, or a wrong file; nothing was written · 130 Ctrl-C`

const WAIT_MS = 60_000
const MOST_BAUD = 2_000_000

type Flags = Omit<FlashFlags, "waitMs" | "port" | "afterwards"> &
    RuntimeFlags & {
        readonly board?: string
        readonly set: string[]
        readonly port: string[]
        readonly copies: string
        /** false: --no-wait */
        readonly wait?: number | false
        /** ms */
        readonly readings?: number
        readonly journal: string
        readonly kit?: string | true
        readonly replace: string[]
        readonly status?: true
        readonly labels: string
        readonly web?: true
        readonly out?: string
    }

export function flashCommand(terminal: Terminal, finish: (code: number) => void): Command {
    const command = new Command("flash")
        .summary("put a program and its settings on a board, or on all of a kit")
        .description("Writes runtime, program and settings to a board and verifies them.")
        .argument("[node]", "node of the kit file, or a program such as indoor-climate")
        .option("--kit [name]", "all nodes of the kit file, or those of a kit or a site")
        .option("--status", "list what is done and what is left; write nothing")
        .option("--replace <node>", "a node that gets another board", collectOption, [])
        .option("--labels <file>", "page of labels that --kit makes", "labels.html")
        .option("--no-labels", "make none")
        .option("--board <board>", `the kind of board (default: the node's, or ${DEFAULT_BOARD})`)
        .option("--set <key=value>", "a setting; may be given several times", collectOption, [])
        .option(
            "--port <path>",
            "serial port, such as COM3; with --web a number",
            collectOption,
            []
        )
        .option("--drive <folder>", "drive of a Pico in its boot mode")
        .option("--baud <speed>", "speed of the serial port", baudOption)
        .option("--wait <time>", "how long to wait for a board (default: 60s)", durationOption)
        .option("--no-wait", "end when the board is written, without waiting for readings")
        .option("--readings <time>", "longest wait for them (default: two rows)", durationOption)
        .option(
            "--journal <folder>",
            "where suitcase settings keeps its journal",
            defaultJournalFolder()
        )
        .option("--copies <folder>", "where copies of what boards held are", defaultCopiesFolder())
        .option("--web", "serve the flash page to this computer")
        .option("--out <folder>", "with --web: write the page into a folder instead")
        .option("--json", "print the result as one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
    return runtimeOptions(command).action(async (name: string | undefined, flags: Flags) => {
        const isKit = flags.kit !== undefined || flags.status === true || flags.replace.length > 0
        if (flags.web === true) finish(await flashInPage(name, flags, terminal))
        else if (isKit) finish(await flashAll(name, flags, terminal))
        else finish(await flashOne(name, flags, terminal))
    })
}

async function flashOne(
    name: string | undefined,
    flags: Flags,
    terminal: Terminal
): Promise<number> {
    const { port: ports, wait = WAIT_MS, readings, journal, ...others } = flags
    if (name === undefined)
        throw new UsageError("name a node or a program, or take all of the kit file with --kit")
    if (ports.length > 1) throw new UsageError("several ports are for --kit: name one with --port")
    const warn = (text: string) => line(terminal.err, `suitcase: ${text}`)
    const runtimes = new Runtimes(flags, text => line(terminal.out, text))
    const plan = await showing(`Compiling ${name} …`, terminal, () =>
        planFor(name, { ...flags, runtimes, warn })
    )
    tellWifi([plan], terminal)
    const port = ports.length === 0 ? {} : { port: ports[0] }
    const copies = new StoreCopies(flags.copies)
    const afterwards = { journal: new Journal(journal), waitMs: wait !== false && readings }
    const waitMs = wait === false ? WAIT_MS : wait
    return await flash(plan, { ...others, ...port, waitMs, afterwards }, copies, terminal)
}

async function flashInPage(
    name: string | undefined,
    { port, runtime, out }: Flags,
    terminal: Terminal
): Promise<number> {
    if (name !== undefined) throw new UsageError(`--web is for all nodes: leave out ${name}`)
    if (port.length > 1) throw new UsageError("--web takes one --port")
    const { flashPage } = await import("../flash/web.js")
    return await flashPage(
        {
            runtime,
            ...(port.length === 0 ? {} : { port: port[0] }),
            ...(out === undefined ? {} : { out }),
        },
        terminal
    )
}

async function flashAll(
    name: string | undefined,
    flags: Flags,
    terminal: Terminal
): Promise<number> {
    const { flashAll: all } = await import("../flash/kit/command.js")
    const own = [...(name === undefined ? [] : [name]), ...flags.set.map(() => "--set")]
    if (flags.board !== undefined) own.push("--board")
    if (own.length > 0)
        throw new UsageError(
            `${own[0]} does not go with --kit: which nodes there are, their boards and settings stand in the kit file`
        )
    return await all(flags, terminal)
}

function baudOption(text: string): number {
    const baud = /^\d{4,7}$/.test(text) ? Number(text) : 0
    if (baud < 9600 || baud > MOST_BAUD)
        throw new InvalidArgumentError(`takes a number from 9600 to ${MOST_BAUD}`)
    return baud
}
