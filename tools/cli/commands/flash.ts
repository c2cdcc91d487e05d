/** `suitcase flash`: from a sealed board to a node, by one command. */
import { Command, InvalidArgumentError } from "commander"
import { DEFAULT_BOARD } from "../../../sim/board/profile.js"
import { StoreCopies, defaultCopiesFolder } from "../flash/copies.js"
import { planFor } from "../flash/plan.js"
import { flash, writeBundle, type FlashFlags } from "../flash/run.js"
import { EXIT_OK } from "../errors.js"
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
shows there (--drive, and where USB is not allowed).

A node of the kit file (suitcase.yaml) has board, program and settings there;
its secrets come from .env and from suitcase kit accounts.

--runtime takes the file of a DeviceScript runtime for the board's chip, from
https://github.com/microsoft/devicescript-esp32/releases or
https://github.com/microsoft/devicescript-pico/releases. A board that has one
already needs it no more, a Pico excepted.

What boards held before is kept in a folder (--copies), with its secrets, and
put back should a power cut in the middle of writing have cost it.

Examples:
  suitcase flash hall-2 --runtime devicescript-esp32c3.bin
  suitcase flash indoor-climate --set node=hall-2 --set mqtt.host=mqtt.local \\
    --set wifi.ssid=town --set wifi.pass=… --runtime devicescript-esp32c3.bin
  suitcase flash indoor-climate --board suitcase_pico_w --runtime pico_w.uf2
  suitcase flash indoor-climate --runtime esp32c3.bin --bundle hall-2.bin

Exit codes: 0 written and verified, and each sensor gives readings
            1 the board failed, or none is there; or a sensor gives none
            2 wrong use, or a wrong file; nothing was written · 130 Ctrl-C`

const WAIT_MS = 60_000
const MOST_BAUD = 2_000_000

type Flags = Omit<FlashFlags, "waitMs" | "afterwards"> & {
    readonly board?: string
    readonly set: string[]
    readonly runtime?: string
    readonly bundle?: string
    readonly copies: string
    /** false: --no-wait */
    readonly wait?: number | false
    /** ms */
    readonly readings?: number
    readonly journal: string
}

export function flashCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("flash")
        .summary("put a program and its settings on a board")
        .description("Writes runtime, program and settings to a board and verifies them.")
        .argument("<node>", "node of the kit file, or a program such as indoor-climate")
        .option("--board <board>", `the kind of board (default: the node's, or ${DEFAULT_BOARD})`)
        .option("--set <key=value>", "a setting; may be given several times", collectOption, [])
        .option("--runtime <file>", "file of the DeviceScript runtime")
        .option("--port <path>", "serial port, such as /dev/ttyACM0 or COM3")
        .option("--drive <folder>", "drive of a Pico in its boot mode")
        .option("--baud <speed>", "speed of the serial port", baudOption)
        .option("--wait <time>", "how long to wait for the board (default: 60s)", durationOption)
        .option("--no-wait", "end when the board is written, without waiting for readings")
        .option("--readings <time>", "longest wait for them (default: two rows)", durationOption)
        .option(
            "--journal <folder>",
            "where suitcase settings keeps its journal",
            defaultJournalFolder()
        )
        .option("--copies <folder>", "where copies of what boards held are", defaultCopiesFolder())
        .option("--bundle <file>", "write everything into one file for other tools, to no board")
        .option("--json", "print the result as one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (app: string, flags: Flags) => {
            const warn = (text: string) => line(terminal.err, `suitcase: ${text}`)
            const plan = await showing(`Compiling ${app} …`, terminal, () =>
                planFor(app, { ...flags, warn })
            )
            if (flags.bundle !== undefined) {
                line(terminal.out, await writeBundle(plan, flags.bundle))
                finish(EXIT_OK)
                return
            }
            const copies = new StoreCopies(flags.copies)
            const isWaiting = flags.wait !== false
            const afterwards = {
                journal: new Journal(flags.journal),
                waitMs: isWaiting && flags.readings,
            }
            const waitMs = isWaiting ? (flags.wait ?? WAIT_MS) : WAIT_MS
            finish(await flash(plan, { ...flags, waitMs, afterwards }, copies, terminal))
        })
}

function baudOption(text: string): number {
    const baud = /^\d{4,7}$/.test(text) ? Number(text) : 0
    if (baud < 9600 || baud > MOST_BAUD)
        throw new InvalidArgumentError(`takes a number from 9600 to ${MOST_BAUD}`)
    return baud
}
