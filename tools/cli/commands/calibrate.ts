/** `suitcase calibrate`: a node's channel against a reference, with proof. */
import { Command, InvalidArgumentError, Option } from "commander"
import { endOfDayOf } from "../../../sim/time/iso-time.js"
import { FIT_METHODS } from "../../calibration/fit.js"
import { CalibrationJournal } from "../../calibration/journal.js"
import { JournalError } from "../../calibration/line-journal.js"
import { type CorrectionChoice } from "../../calibration/procedure-session.js"
import { type Bench } from "../../calibration/bench.js"
import { TerminalAsk } from "../calibrate/ask.js"
import { interruptible, openBench, openBenches, type BenchFlags } from "../calibrate/bench.js"
import { chooseNodes } from "../calibrate/choose-node.js"
import { guide, type Said } from "../calibrate/dialogue.js"
import {
    due,
    exportRecords,
    history,
    importRecords,
    restore,
    rollBack,
    verify,
} from "../calibrate/records.js"
import { recording, replay } from "../calibrate/recording.js"
import { listProcedures, procedure } from "../calibrate/procedure.js"
import { runCalibration, type CalibrateFlags } from "../calibrate/run.js"
import { putBatch, readBatch } from "../calibrate/batch.js"
import { inLanguage, speaking } from "../calibrate/danish.js"
import { textsOf } from "../calibrate/texts.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { untilInterrupted } from "../interrupt.js"
import { brokerOptions, LOGIN_HELP } from "../mqtt/broker.js"
import { durationOption, integerOption, nameOption } from "../options.js"
import { line, type Keys, type Terminal } from "../terminal.js"

const DAY_MS = 86_400_000
const HELP = `
At a terminal it asks for what its options do not say, and shows the readings.
The part is out of service meanwhile: its readings are gaps ("skipped") in the
node's data. Ended at any moment, the node keeps the correction that it had.
Certificates and a journal of each board are in the folder of --journal.

export, import, rollback, verify and restore also reach a node on the network:
--node with --site, --broker and --keys. What goes there is sealed with the key
of the node; a node without a key refuses.
${LOGIN_HELP}

Examples:
  suitcase calibrate
  suitcase calibrate --sim
  suitcase calibrate --all --channel temperature
  suitcase calibrate --sim --sim-error gain=1.03,offset=40 --channel co2 \\
    --point 412 --point 1500 --reference "Testo 535" \\
    --reference-certificate 2026-0412 --uncertainty 20 --technician mette --yes
  suitcase calibrate history
  suitcase calibrate verify
  suitcase calibrate rollback co2 --node hall-1 --site library \\
    --broker mqtt://localhost --keys keys.json

Exit codes: 0 done · 1 not written, or not as the journal says, or due
            2 wrong input, no node, or the node refused
            3 readings did not stand still in time, or the node fell silent
            of several nodes: that of all of them, or 1 when they differ`

type Flags = Said & BenchFlags & { readonly record?: string; readonly replay?: string }
interface ProcedureOptions {
    readonly store?: true
    readonly correction?: CorrectionChoice
}

const PROCEDURE_HELP = `
The part is out of service meanwhile. Options are those of calibrate; a
certificate is in the folder of --journal. While a calibration is in force that
was fitted to the part as it is, nothing is done, unless --correction says what
becomes of it: rollback takes it back first, keep leaves it (settings only).

Examples:
  suitcase calibrate procedure
  suitcase calibrate procedure altitude
  suitcase calibrate procedure altitude 60 --store --technician mette
  suitcase calibrate procedure recalibrate 420 --technician mette \\
    --reference "Testo 535" --reference-certificate 2026-0412 --uncertainty 20`

export function calibrateCommand(terminal: Terminal, finish: (code: number) => void): Command {
    /** Does what a command is for, in the language of --language. */
    const run = async (work: (spoken: Terminal) => number | Promise<number>) => {
        const { language } = command.opts<Said>()
        try {
            finish(await work(speaking(language, terminal)))
        } catch (e) {
            if (e instanceof Error) e.message = inLanguage(language, e.message)
            throw e
        }
    }
    const command = new Command("calibrate")
        .summary("calibrate a node's channel against a reference, with a certificate")
        .description("Corrects a channel of a node on USB by a reference instrument.")
        .option("--channel <name>", "channel to calibrate")
        .option(
            "--point <value>",
            "what the reference shows, in the channel's unit; once for each point",
            points,
            []
        )
        .addOption(
            new Option(
                "--method <name>",
                'how the correction is fitted to the points (default: "exact")'
            ).choices(FIT_METHODS)
        )
        .option("--reference <name>", "reference instrument")
        .option("--reference-certificate <number>", "number of its certificate")
        .option(
            "--reference-valid-until <date>",
            "day on which that expires: 2027-04-30",
            dayOption
        )
        .option(
            "--uncertainty <value>",
            "its expanded uncertainty (k = 2), in the channel's unit",
            numberOption
        )
        .option(
            "--resolution <value>",
            "step of its display, in the channel's unit (default: 0)",
            numberOption
        )
        .option("--technician <name>", "who calibrates")
        .option("--temperature <celsius>", "ambient temperature", numberOption)
        .option(
            "--valid-for <days>",
            "days until the calibration expires",
            integerOption(1, 3650),
            365
        )
        .addOption(
            new Option("--timeout <time>", "longest wait for stable readings at a point")
                .argParser(durationOption)
                .default(900_000, "15m")
        )
        .option(
            "--allow-unstable",
            "take readings that do not stand still; the certificate says so"
        )
        .addOption(
            new Option("--language <code>", "of dialogue and certificate")
                .choices(["en", "da"])
                .default("en")
        )
        .option("--record <file>", "write down all that node and person say")
        .option("--replay <file>", "run what was recorded again, without a node")
        .option("--yes", "do not ask before writing")
        .option("--json", "print the certificate as JSON")
    withBench(command)
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action((flags: Flags) =>
            run(spoken => {
                const { keys } = terminal
                if (flags.node !== undefined)
                    throw new UsageError(
                        "a channel is calibrated on USB, by whoever stands beside it; over the network go " +
                            "its records: export, import, rollback, verify, restore"
                    )
                if (flags.replay !== undefined) return replay(flags.replay, spoken)
                if (missing(flags).length > 0 && keys !== undefined && flags.json !== true)
                    return guided(flags, keys, terminal, spoken)
                return byOptions(complete(flags), flags, terminal, spoken)
            })
        )
    const add = (name: string, summary: string) =>
        command
            .command(name)
            .summary(summary)
            .description(summary)
            .helpOption("-h, --help", "print this help")
    const journalOf = () => new CalibrationJournal(command.opts<{ journal: string }>().journal)
    const withNode = (work: (bench: Bench, spoken: Terminal) => Promise<number>) =>
        run(spoken =>
            at(command.opts<BenchFlags>(), undefined, spoken, bench => work(bench, spoken))
        )
    add("export", "write the calibrations of a node to a file")
        .argument("<file>")
        .action((file: string) =>
            withNode((bench, spoken) => exportRecords(bench, file, journalOf(), spoken))
        )
    add("import", "give a node the calibrations of a file")
        .argument("<file>")
        .action((file: string) =>
            withNode((bench, spoken) => importRecords(bench, file, journalOf(), spoken))
        )
    add("rollback", "take the calibration of a channel back")
        .argument("<channel>")
        .action((channel: string) =>
            withNode((bench, spoken) => rollBack(bench, channel, journalOf(), spoken))
        )
    add("procedure", "list what parts can do to themselves, or have one do it")
        .argument("[name]", "recalibrate, self-calibration, altitude …")
        .argument("[value]", "in its unit; a setting without one is only told")
        .option("--store", "store a setting in the part too, so that it outlives a power cut")
        .addOption(
            new Option(
                "--correction <what>",
                "a calibration that was fitted to the part as it is"
            ).choices(["refuse", "rollback", "keep"])
        )
        .addHelpText("after", PROCEDURE_HELP)
        .action((name: string | undefined, value: string | undefined, own: ProcedureOptions) =>
            run(spoken => {
                const flags = { ...command.opts<CalibrateFlags & BenchFlags>(), ...own }
                if (flags.node !== undefined)
                    throw new UsageError(
                        "a part does this on USB, by whoever stands beside it: leave --node out"
                    )
                const work = (bench: Bench) =>
                    name === undefined
                        ? listProcedures(bench, flags.json === true, spoken)
                        : procedure(bench, name, value, flags, spoken)
                return untilInterrupted(signal =>
                    at(flags, flags.channel ?? "co2", spoken, bench =>
                        work(interruptible(bench, signal))
                    )
                )
            })
        )
    add("batch", "put a named correction of a batch of parts onto nodes")
        .argument("<file>", "what corrects them: docs/procedures/batch.md")
        .action((file: string) =>
            run(spoken => {
                const flags = command.opts<Flags>()
                const batch = readBatch(file)
                const isGroup = flags.port.length > 1 || flags.all === true || flags.simNodes > 1
                return untilInterrupted(async signal => {
                    const { keys } = terminal
                    const { benches, closed } = isGroup
                        ? await openBenches(flags, undefined, spoken)
                        : { benches: [await openBench(flags, undefined, spoken)], closed: [] }
                    try {
                        for (const { problem } of closed) line(spoken.err, `suitcase: ${problem}`)
                        const code = await putBatch(
                            benches.map(bench => interruptible(bench, signal)),
                            batch,
                            flags,
                            {
                                journal: journalOf(),
                                terminal: spoken,
                                ask:
                                    keys &&
                                    new TerminalAsk(
                                        terminal,
                                        keys,
                                        signal,
                                        textsOf(flags.language)
                                    ),
                            }
                        )
                        return closed.length > 0 && code === EXIT_OK ? EXIT_FAILED : code
                    } finally {
                        for (const bench of benches) await bench.close()
                    }
                })
            })
        )
    add("verify", "hold a node against the journal").action(() =>
        withNode((bench, spoken) => verify(bench, journalOf(), spoken))
    )
    add("restore", "give a node that lost its calibrations those of the journal").action(() =>
        withNode((bench, spoken) => restore(bench, journalOf(), spoken))
    )
    add("history", "list what the journal has of a board, or of all")
        .argument("[device]")
        .action((device: string | undefined) =>
            run(spoken =>
                told(() => history(journalOf(), device, command.opts().json === true, spoken))
            )
        )
    add("due", "list calibrations that expire within 30 days, or have").action(() =>
        run(spoken => told(() => due(journalOf(), Date.now(), 30 * DAY_MS, spoken)))
    )
    return command
}

function withBench(command: Command): Command {
    command
        .option("--node <name>", "a node on the network instead: for its records", nameOption)
        .addOption(
            new Option("--site <site>", "site of that node").default("demo").argParser(nameOption)
        )
        .option("--keys <file>", "keys of nodes, that node's among them: suitcase keys")
    return brokerOptions(command, false)
        .option(
            "--port <path>",
            "serial port, once for each node (default: that of the only board)",
            (path: string, before: readonly string[]) => [...before, path],
            []
        )
        .option("--all", "all nodes on USB, beside one reference")
        .option("--sim", "a simulated node; each point is applied to its world")
        .addOption(
            new Option(
                "--sim-parts [set]",
                "with --sim: a node with other parts (default: air)"
            ).choices(["air", "outdoor", "particles", "surfaces", "water"])
        )
        .option("--sim-nodes <number>", "so many of them", integerOption(1, 20), 1)
        .option("--sim-error <list>", "its sensor's fault: gain=1.03,offset=40,noise=2")
        .option("--seed <number>", "of the simulation", integerOption(0, 4_294_967_295), 1)
        .option("--journal <folder>", "folder of journal and certificates", "calibrations")
}

async function at(
    flags: BenchFlags,
    channel: string | undefined,
    terminal: Terminal,
    work: (bench: Bench) => Promise<number>
): Promise<number> {
    const bench = await openBench(flags, channel, terminal)
    try {
        return await work(bench)
    } catch (e) {
        throw e instanceof JournalError ? new UsageError(e.message) : e
    } finally {
        await bench.close()
    }
}

function told<T>(work: () => T): T {
    try {
        return work()
    } catch (e) {
        throw e instanceof JournalError ? new UsageError(e.message) : e
    }
}

/** Asks for what was not said. @returns the exit code */
async function guided(
    flags: Flags,
    keys: Keys,
    terminal: Terminal,
    spoken: Terminal
): Promise<number> {
    return untilInterrupted(async signal => {
        const ask = new TerminalAsk(terminal, keys, signal, textsOf(flags.language))
        const benches = await chooseNodes(flags, flags.channel, ask, spoken)
        try {
            const ended = benches.map(bench => interruptible(bench, signal))
            return await recording(
                flags.record,
                flags,
                true,
                { benches: ended, ask },
                ({ benches, ask: asked = ask }) => guide(benches, flags, asked, spoken)
            )
        } finally {
            for (const bench of benches) await bench.close()
        }
    })
}

/** @returns the exit code */
async function byOptions(
    plan: CalibrateFlags,
    flags: Flags,
    terminal: Terminal,
    spoken: Terminal
): Promise<number> {
    return untilInterrupted(async signal => {
        const isGroup = flags.port.length > 1 || flags.all === true || flags.simNodes > 1
        const { benches, closed } = isGroup
            ? await openBenches(flags, plan.channel, spoken)
            : { benches: [await openBench(flags, plan.channel, spoken)], closed: [] }
        try {
            for (const { problem } of closed) line(spoken.err, `suitcase: ${problem}`)
            if (benches.length === 0) throw new UsageError("no node can be calibrated")
            const ended = benches.map(bench => interruptible(bench, signal))
            const { keys } = terminal
            const ask = keys && new TerminalAsk(terminal, keys, signal, textsOf(flags.language))
            const code = await recording(
                flags.record,
                plan,
                false,
                { benches: ended, ask },
                ({ benches, ask }) => runCalibration(benches, plan, spoken, ask)
            )
            return closed.length > 0 && code === 0 ? EXIT_FAILED : code
        } finally {
            for (const bench of benches) await bench.close()
        }
    })
}

/** Options that a calibration cannot do without. */
function missing(flags: Said): string[] {
    return [
        ...(flags.channel === undefined ? ["--channel"] : []),
        ...(flags.point === undefined || flags.point.length === 0 ? ["--point"] : []),
        ...(flags.reference === undefined ? ["--reference"] : []),
        ...(flags.referenceCertificate === undefined ? ["--reference-certificate"] : []),
        ...(flags.uncertainty === undefined ? ["--uncertainty"] : []),
        ...(flags.technician === undefined ? ["--technician"] : []),
    ]
}

/** @throws UsageError naming what is missing */
function complete(flags: Said): CalibrateFlags {
    const names = missing(flags)
    if (names.length > 0)
        throw new UsageError(`calibrate needs ${names.join(", ")}; suitcase calibrate --help`)
    return { method: "exact", resolution: 0, ...flags } as CalibrateFlags
}

function points(text: string, before: readonly number[]): number[] {
    return [...before, numberOption(text)]
}

function numberOption(text: string): number {
    if (!/^-?\d+(?:\.\d+)?$/.test(text))
        throw new InvalidArgumentError("Write a number such as 21.5.")
    return Number(text)
}

/** The end of that day, Unix s. */
function dayOption(text: string): number {
    const end = endOfDayOf(text)
    if (end === undefined) throw new InvalidArgumentError("Write a day such as 2027-04-30.")
    return end
}
