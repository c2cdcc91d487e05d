/** `suitcase bundle`: whole contents of boards as files. */
import { Command } from "commander"
import { DEFAULT_BOARD } from "../../../sim/board/profile.js"
import { makeBundles, type BundleFlags } from "../bundle/run.js"
import {
    RUNTIME_HELP,
    Runtimes,
    runtimeOptions,
    type RuntimeFlags,
} from "../flash/runtimes/runtimes.js"
import { collectOption } from "../options.js"
import { line, type Terminal } from "../terminal.js"

const HELP = `
One file for each node, with runtime, board configuration, program and settings:
a .bin for esptool and other tools, a .uf2 for the drive of a Pico. Beside them
lie labels to print, and NOTICE.txt with the licences of what the files hold.
A file replaces all that a board holds, calibrations too: suitcase flash keeps
them.
${RUNTIME_HELP}

Examples:
  suitcase bundle --runtime runtimes/         all nodes of suitcase.yaml
  suitcase bundle hall-2 -o usb-stick --download
  suitcase bundle indoor-climate --set node=hall-2 --runtime esp32c3.bin

Exit codes: 0 written · 2 wrong use, or a wrong file; nothing was written`

type Flags = Omit<BundleFlags, "runtimes"> & RuntimeFlags

export function bundleCommand(terminal: Terminal, finish: (code: number) => void): Command {
    const command = new Command("bundle")
        .summary("make a file for each board, for other tools")
        .description("Makes one file for each node that holds all that its board needs.")
        .argument("[nodes...]", "nodes of the kit file (default: all), or programs")
        .option("-o, --output <folder>", "where the files go", "bundle")
        .option("--board <board>", `the kind of board (default: the node's, or ${DEFAULT_BOARD})`)
        .option("--set <key=value>", "a setting; may be given several times", collectOption, [])
        .option("--json", "print the result as one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
    return runtimeOptions(command).action(async (names: string[], flags: Flags) => {
        const runtimes = new Runtimes(flags, text => line(terminal.out, text))
        finish(await makeBundles(names, { ...flags, runtimes }, terminal))
    })
}
