/** `suitcase sim`: runs the real firmware against simulated sensors. */
import { Command } from "commander"
import { simulatedApp } from "../../sim/apps/registry.js"
import { compile } from "../../sim/program/compile.js"
import { loadTrace } from "../../sim/traces/trace.js"
import { hours } from "../../sim/world/duration.js"
import { appFile } from "../apps.js"
import { parseBrokerUrl, type BrokerUrl } from "../broker-url.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { durationOption, integerOption, speedOption } from "../options.js"
import { isComplete } from "../sim/report.js"
import { SimSession, type SessionOptions } from "../sim/session.js"
import { line, type Terminal } from "../terminal.js"
import { counted, span } from "../view/format.js"
import { LiveView, PlainView, SilentView, type RunView } from "../view/run-view.js"
import { problems, summary } from "../view/summary.js"

const DEFAULT_RUN_MS = hours(24)
/** On a terminal a run lasts at least this long, so that one can see it, s. */
const SHOW_SECONDS = 15
/** Parts of a run that get a line, and characters of a channel's course. */
const PARTS = 24
const PART_LIVE_MS = hours(1)

const HELP = `
Time and data:
  The simulated clock starts on Monday 2024-01-15 00:00. Sensors feel recorded
  rooms (sim/traces/SOURCES.md), a day of the recording for each simulated day.
  A trace is a CSV file with a time column first, then columns such as
  temperature_degC, humidity_pctRH, co2_ppm, light_lux.

Brokers:
  With a broker on the network virtual time waits for its answers, so a run is
  slower than with the embedded one. The simulation answers time requests of its
  own nodes with simulated time; run "suitcase listen" with --no-time beside it.

Examples:
  suitcase sim indoor-climate                          a day in about ${SHOW_SECONDS} s
  suitcase sim indoor-climate --for 7d --speed max     a week as fast as it goes
  suitcase sim indoor-climate --trace room.csv         your own recording
  suitcase sim indoor-climate --devices 20 --json      figures for scripts
  suitcase sim indoor-climate --live --broker mqtt://localhost:1883

Exit codes: 0 nothing lost · 1 readings lost, or the program stopped · 2 wrong use
            130 ended by Ctrl-C before its time (0 with --live)`

interface SimFlags {
    readonly for?: number
    readonly speed?: number
    readonly trace?: string
    readonly broker: string
    readonly seed: number
    readonly devices: number
    readonly json?: true
    readonly live?: true
    readonly log?: true
}

export function simCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("sim")
        .summary("run an app's firmware against simulated sensors")
        .description(
            "Compiles an app, boots it in the DeviceScript VM with simulated sensors on the I2C bus " +
                "and an MQTT broker, and shows what a data user receives."
        )
        .argument("<app>", "name of a file in devs/, such as indoor-climate")
        .option("--for <time>", "simulated time: 90s, 15m, 24h, 7d (default: 24h)", durationOption)
        .option(
            "--speed <factor>",
            `max, or simulated seconds per second (default: max; on a terminal the run is slowed to ${SHOW_SECONDS} s)`,
            speedOption
        )
        .option("--trace <file>", "CSV recording for the sensors")
        .option("--broker <where>", "embedded, embedded:PORT, or mqtt://host:port", "embedded")
        .option("--seed <number>", "equal seeds give equal frames", integerOption(0, 2 ** 31), 1)
        .option("--devices <number>", "nodes, 1 to 200", integerOption(1, 200), 1)
        .option("--live", "run in real time until Ctrl-C")
        .option("--log", "show what the nodes write to their console")
        .option("--json", "print nothing but the figures, as one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (name: string, flags: SimFlags) =>
            finish(await simulate(name, flags, terminal))
        )
}

async function simulate(name: string, flags: SimFlags, terminal: Terminal): Promise<number> {
    const file = appFile(name)
    const app = simulatedApp(name)
    if (app === undefined)
        throw new UsageError(`the app ${name} has no simulated sensors yet; add them in sim/apps/`)
    if (flags.live === true && (flags.for !== undefined || flags.speed !== undefined))
        throw new UsageError("--live runs in real time until Ctrl-C; leave out --for and --speed")

    const runMs = flags.live === true ? Infinity : (flags.for ?? DEFAULT_RUN_MS)
    let view: RunView | undefined
    const options: SessionOptions = {
        app,
        program: compile(file, { name }),
        devices: flags.devices,
        seed: flags.seed,
        speed: speedOf(flags, runMs, terminal),
        onReading: reading => view?.reading(reading),
        ...brokerOf(flags.broker),
        ...(flags.trace === undefined ? {} : { trace: loadTrace(flags.trace) }),
        ...(flags.log === true
            ? { onConsole: (node, text) => view?.note(`${node.name}: ${text}`) }
            : {}),
    }
    const session = await SimSession.open(options)
    let isInterrupted = false
    const release = onInterrupt(() => {
        isInterrupted = true
        session.stop()
    })
    try {
        view = openView(session, flags, options, runMs, terminal)
        if (session.brokerPort !== undefined)
            view.note(`The broker also listens on mqtt://localhost:${session.brokerPort}.`)
        for (const { channel, column, trace } of flags.trace === undefined ? [] : session.feedings)
            view.note(`${channel} comes from ${column} of ${trace}.`)
        await session.run(runMs)
        const report = await session.finish()
        view.close()
        if (flags.json === true) line(terminal.out, JSON.stringify(report))
        else line(terminal.out, `\n${summary(report, terminal.colors)}`)
        for (const problem of problems(report)) line(terminal.err, `suitcase: ${problem}`)
        if (!isComplete(report)) return EXIT_FAILED
        return isInterrupted && flags.live !== true ? EXIT_INTERRUPTED : EXIT_OK
    } finally {
        view?.close()
        release()
        await session.close()
    }
}

function speedOf(flags: SimFlags, runMs: number, terminal: Terminal): number {
    if (flags.live === true) return 1
    if (flags.speed !== undefined) return flags.speed
    return terminal.isLive && flags.json !== true ? runMs / 1000 / SHOW_SECONDS : Infinity
}

function brokerOf(where: string): { broker?: BrokerUrl; brokerPort?: number } {
    if (where === "embedded") return {}
    const port = /^embedded:(\d{1,5})$/.exec(where)?.[1]
    if (port !== undefined && Number(port) <= 65535) return { brokerPort: Number(port) }
    const broker = parseBrokerUrl(where)
    if (broker.protocol !== "mqtt:" || broker.hasCredentials)
        throw new UsageError(
            "simulated nodes speak plain MQTT without user name; write --broker mqtt://host:port"
        )
    return { broker }
}

function openView(
    session: SimSession,
    flags: SimFlags,
    options: SessionOptions,
    runMs: number,
    terminal: Terminal
): RunView {
    if (flags.json === true) return new SilentView(terminal)
    const { world, collector } = session
    const started = performance.now()
    const state = {
        title: titleOf(options, runMs),
        nowMs: () => world.clock.wallMs,
        share: () => (runMs === Infinity ? undefined : world.clock.now / 1000 / runMs),
        speed: () => world.clock.now / 1000 / Math.max(1, performance.now() - started),
        counts: () => collector.counts,
        nodes: session.nodes.map(node => node.deviceId),
        stepMs: runMs === Infinity ? 0 : runMs / PARTS,
    }
    const view = terminal.isLive ? new LiveView(terminal, state) : new PlainView(terminal, state)
    session.every(runMs === Infinity ? PART_LIVE_MS : runMs / PARTS, () => view.milestone())
    return view
}

function titleOf({ app, devices, seed, broker }: SessionOptions, runMs: number): string {
    return [
        `Suitcase: ${app.title}`,
        counted(devices ?? 1, "node"),
        runMs === Infinity ? "live" : span(runMs),
        broker?.shown ?? "embedded broker",
        `seed ${seed}`,
    ].join(" · ")
}
