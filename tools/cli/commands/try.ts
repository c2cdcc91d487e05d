/** `suitcase try`: one part alone in the simulator, with the transcript of its bus. */
import { Command, Option } from "commander"
import { type CataloguedPart } from "../../../sim/parts/catalogue.js"
import { UsageError } from "../errors.js"
import { durationOption, integerOption } from "../options.js"
import { addressOption, partCalled } from "../parts.js"
import { type Terminal } from "../terminal.js"
import { FAULT_HELP, partFaultOption } from "../try/faults.js"
import { inputOption } from "../try/inputs.js"
import { tryAtPort, tryReplay } from "../try/board-try.js"
import { tryPart, type TryFlags } from "../try/run.js"

const HELP = `
Inputs are simulated: a value, or two with .. between for a ramp over
the whole run. Those that are not given have the values of the part's own tests.

Faults:
${FAULT_HELP}
  TIME and FOR are times after the start: 5s, 1m30s.

The bus: W bytes written, R bytes read, hexadecimal, then what they mean in the
words of the datasheet. Files for other programs: --vcd for PulseView (open it,
add the decoder I2C on SCL and SDA), --csv for spreadsheets.

With --port, the driver runs on a real board over USB, in place of the board's
program; --record writes down what the part said. --replay gives it to the
driver again in the simulator, and compares the register model with the part.

Examples:
  suitcase try sht4x
  suitcase try sht4x --input temperature=-10..40 --no-transcript
  suitcase try scd4x --for 60s --fault unplugged@20s+15s
  suitcase try bh1750 --address 0x5c --vcd bus.vcd
  suitcase try sht4x --port /dev/ttyACM0 --for 1m --record sht4x.ndjson
  suitcase try sht4x --replay sht4x.ndjson
  suitcase try scd4x --options 'only: "co2", altitude: 120'

Exit codes: 0 the part gave readings · 1 it gave none, or its driver did what
            the datasheet forbids, or a replay differs · 2 wrong use
            130 ended by Ctrl-C`

export function tryCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("try")
        .summary("run one sensor's driver and watch its bus")
        .description(
            "Runs the driver of one part in the DeviceScript VM against its register model and " +
                "shows readings and every transfer on the bus."
        )
        .argument("<part>", "a part's folder, such as sht4x; see suitcase sensors")
        .addOption(
            new Option("--for <time>", "virtual time").argParser(durationOption).default(5000, "5s")
        )
        .option(
            "--every <time>",
            "time between samples, tenths of a second (default: as the part needs)",
            everyOption
        )
        .option("--address <address>", "I2C address, such as 0x45", addressOption)
        .option("--options <source>", "further options of the driver, as in a program")
        .option("--input <name=value>", "simulated input; repeatable", inputOption, [])
        .option("--fault <what>", "something that goes wrong; repeatable", partFaultOption, [])
        .option("--no-transcript", "show readings only")
        .option("--csv <file>", "write the transcript as CSV")
        .option("--vcd <file>", "write SCL and SDA for PulseView and sigrok")
        .option("--port [path]", "on the real board there, instead of the simulator")
        .option("--record <file>", "with --port: write down what goes over its bus")
        .option("--replay <file>", "answer the driver with what was recorded")
        .option("--yes", "with --port: the board's program may be replaced")
        .option("--seed <number>", "seed of the run", integerOption(0, 2 ** 31), 1)
        .option("--json", "print samples only, one line of JSON each")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (name: string, given: Given) => {
            // Without a path: that of the only board.
            const { port, ...others } = given
            const flags =
                port === undefined ? others : { ...others, port: port === true ? "" : port }
            finish(await tried(await partCalled(name), flags, terminal))
        })
}

type Given = Omit<TryFlags, "port"> & { readonly port?: string | true }

async function tried(part: CataloguedPart, flags: TryFlags, terminal: Terminal): Promise<number> {
    if (flags.record !== undefined && flags.port === undefined)
        throw new UsageError("--record is for a real board: --port")
    if (flags.port !== undefined && flags.replay !== undefined)
        throw new UsageError("--replay needs no board: leave out --port")
    if (flags.port !== undefined) return await tryAtPort(part, flags, terminal)
    if (flags.replay !== undefined) return await tryReplay(part, flags, terminal)
    return await tryPart(part, flags, terminal)
}

function everyOption(text: string): number {
    return Math.max(100, Math.round(durationOption(text) / 100) * 100)
}
