/** `suitcase sim`: runs the real firmware against simulated sensors. */
import { Command, Option } from "commander"
import { DEFAULT_BOARD } from "../../../sim/board/profile.js"
import { PLACES } from "../../../sim/worlds/registry.js"
import { compileNamed, programCalled, surroundingsOf } from "../apps.js"
import { UsageError } from "../errors.js"
import { LOGIN_HELP } from "../mqtt/broker.js"
import { durationOption, integerOption, speedOption } from "../options.js"
import { requireOption } from "../sim/requirements.js"
import { simulateWithDevtools } from "../sim/devtools-run.js"
import { STORES, boardOf, type SimFlags } from "../sim/flags.js"
import { FAULT_FORMS, faultOption } from "../sim/faults.js"
import { KIT_DAY, simulateKit } from "../sim/kit-day.js"
import { SHOW_SECONDS, simulate } from "../sim/run.js"
import { showing, type Terminal } from "../terminal.js"

/** The forms of --fault, one a line. */
const FAULT_HELP = FAULT_FORMS.map(({ form, meaning }) => `  ${form.padEnd(32)} ${meaning}`).join(
    "\n"
)

const DEFAULT_APP = "indoor-climate"

/** Names of the worlds. */
const WORLDS = PLACES.map(({ name }) => name).join(", ")

const HELP = `
Time and data:
  The simulated clock starts on Monday 2024-01-15 00:00 UTC, with --live now.
  Sensors see recorded rooms (sim/traces/SOURCES.md): each simulated day is a
  day of the recording, at the same time of day. A trace of your own is a CSV
  file with a time column first, then columns such as temperature_degC, co2_ppm,
  humidity_pctRH and light_lux. Programs without recordings (devs/examples) have
  their parts in a steady place. A world is a place as a function of time:
  people come, bins are filled and emptied, the water rises; docs/worlds.md.
  There each part has an error within its datasheet's accuracy, by the seed.
  Live nodes are asked twice a minute to send what they have; otherwise they
  send a frame every quarter of an hour, which takes fewer bytes per reading.

Boards:
  The nodes are boards: their bus stops the program while it transfers, what a
  program does takes time, sockets, Wi-Fi, watchdog and memory are those of the
  board's runtime. docs/simulator.md says what that shows and what not.

Brokers:
  The embedded broker lives on the simulated clock. With one on the network, and
  with embedded:PORT, which others can connect to, simulated time waits for its
  answers, so a run is slower. The simulation answers the time requests of its
  own nodes with simulated time: let "suitcase listen" run with --no-time.
  At a broker on the network, user and password become settings of the nodes,
  TLS is done for them; their ids are others in each run unless --seed says
  which; and at the end sessions and retained messages are removed again. What
  the broker acknowledged and did not deliver is counted apart.
${LOGIN_HELP}

Faults:
${FAULT_HELP}
  TIME is a time of the first simulated day (08:00, UTC) or a time after the
  start (+90m); FOR is a span of time (2h). All nodes meet them. What still goes
  on at the end of the run ends there, so that nodes can deliver what they kept.

For CI:
  --require counts the readings of a channel by its name, and those of all as
  readings, gaps, lost and duplicates. A channel of which nothing but gaps came
  fails the run unless --allow-silent is given.

Devtools:
  With --devtools the app runs in DeviceScript's own simulator instead, in real
  time, with our sensors on its bus; its dashboard shows them. It takes ports
  8081 to 8083, with --devtools free any free ones.

Examples:
  suitcase sim indoor-climate                          a day in about ${SHOW_SECONDS} s
  suitcase sim indoor-climate --for 7d --speed max     a week as fast as it goes
  suitcase sim indoor-climate --trace room.csv         your own recording
  suitcase sim indoor-climate --devices 20 --json      figures for scripts
  suitcase sim indoor-climate --live --broker mqtt://localhost:1883
  suitcase sim indoor-climate --world room --truth     errors of the whole chain
  suitcase sim indoor-climate --devtools               with the stock dashboard
  suitcase sim indoor-climate --fault link-down@08:00+2h --fault power-cut@12:10
  suitcase sim indoor-climate --store fram --fault power-cut@12:10
  suitcase sim indoor-climate --for 7d --fault link-loss:5% --fault clock:+80ppm
  suitcase sim indoor-climate --board suitcase_pico_w --uptime 49d --json
  suitcase sim hall-1 --require "co2>=100,gaps<=9" --junit results.xml
  suitcase sim hall-1                                  a node of suitcase.yaml
  suitcase sim kit                                     the whole suitcase, a node for each use
  suitcase sim ./elsewhere/app.ts                      a program of your own

Exit codes: 0 nothing lost but what a full outbox gave up and what was in RAM
            when the power went · 1 readings lost, a node stopped, a channel
            never delivered, or --require was not met
            2 wrong use · 130 ended by Ctrl-C before its time
            (0 with --live and --devtools). After Ctrl-C the shell between npx
            and the command may end with 130 whatever the command says.`

export function simCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("sim")
        .summary("run an app's firmware against simulated sensors")
        .description(
            "Compiles an app, boots it in the DeviceScript VM with simulated sensors on the I2C bus " +
                "and an MQTT broker, and shows what a data user receives."
        )
        .argument(
            "[app]",
            "name of a file in devs/, its path, a node of the kit file, or kit: all uses in one day",
            DEFAULT_APP
        )
        .option("--for <time>", "simulated time: 90s, 15m, 24h, 7d (default: 24h)", durationOption)
        .option(
            "--speed <factor>",
            `max, or simulated seconds per second (default: max; on a terminal the run is slowed to ${SHOW_SECONDS} s)`,
            speedOption
        )
        .option("--trace <file>", "CSV recording for the sensors")
        .option("--world <name>", `place that the nodes are in: ${WORLDS}`)
        .option("--truth", "compare what arrives with what is true there, channel by channel")
        .option(
            "--broker <where>",
            "embedded, embedded:PORT, mqtt://host:port or mqtts://host:port",
            "embedded"
        )
        .option("--login <file>", "JSON with the broker's user and password, see below")
        .option("--ca <file>", "certificate of the broker's own authority, PEM (TLS)")
        .option("--keep", "leave at the broker what the nodes retained there")
        .option(
            "--seed <number>",
            "same seed, same output (default: 1, at a broker on the network another each time)",
            integerOption(0, 2 ** 31)
        )
        .option("--devices <number>", "nodes, 1 to 200", integerOption(1, 200), 1)
        .option(
            "--fault <what>",
            "something that goes wrong, see below; repeatable",
            faultOption,
            []
        )
        .addOption(
            new Option("--store <part>", "memory on the nodes' bus that outlives power cuts")
                .choices(STORES)
                .default("none")
        )
        .option(
            "--board <id>",
            `board that the nodes are, see suitcase build --help (default: that of the kit file, or ${DEFAULT_BOARD})`
        )
        .option("--strict-tick", "Pico: a tick that the runtime loses stays lost")
        .option("--uptime <time>", "how long the nodes have been on, such as 49d", durationOption)
        .option(
            "--require <what>",
            'what the run has to give: "temperature>=1300,gaps<=5"; repeatable',
            requireOption
        )
        .option("--junit <file>", "write what was required and what came of it, for CI")
        .option("--allow-silent", "let a channel deliver nothing at all")
        .option("--live", "run in real time until Ctrl-C")
        .option("--log", "show what the nodes write to their console")
        .addOption(
            new Option("--devtools [ports]", "run in the stock simulator, with its dashboard")
                .choices(["stock", "free"])
                .preset("stock")
        )
        .option("--json", "print the results as one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (name: string, flags: SimFlags) =>
            finish(await dispatch(name, flags, terminal))
        )
}

async function dispatch(name: string, flags: SimFlags, terminal: Terminal): Promise<number> {
    if (name === KIT_DAY) return simulateKit(flags, terminal)
    const named = await programCalled(name)
    const app = await surroundingsOf(named)
    if (app === undefined)
        throw new UsageError(
            `the app ${name} imports no driver of a sensor from src/drivers, so there is nothing to simulate`
        )
    refuseCombinations(flags)
    const isBoard = flags.devtools === undefined
    const onBoard = { ...flags, board: flags.board ?? named.node?.board.id ?? DEFAULT_BOARD }
    const { profile } = boardOf(onBoard)
    // The very image that the board would get; the stock simulator needs its own bus in it.
    const options = isBoard
        ? { target: "board" as const, heapBytes: profile.heapBytes, beatPin: profile.beatPin }
        : {}
    const program = await showing(`Compiling ${named.file} …`, terminal, () =>
        compileNamed(named, options)
    )
    return isBoard
        ? await simulate(app, program, onBoard, terminal)
        : await simulateWithDevtools(app, program, onBoard, terminal)
}

/** @throws UsageError for options that contradict each other */
function refuseCombinations(flags: SimFlags): void {
    const isTimed = flags.for !== undefined || flags.speed !== undefined
    if (flags.live === true && isTimed)
        throw new UsageError("--live runs in real time until Ctrl-C; leave out --for and --speed")
    const isMore =
        flags.devices > 1 || flags.json === true || flags.fault.length > 0 || flags.store !== "none"
    if (flags.devtools !== undefined && (isTimed || isMore))
        throw new UsageError(
            "--devtools runs one node in real time until Ctrl-C; " +
                "leave out --for, --speed, --devices, --store, --fault and --json"
        )
}
