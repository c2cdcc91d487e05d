/**
 * The `suitcase` command. Each sub-command is a file in commands/; this one
 * turns what they throw into one line on stderr and an exit code.
 */
import { readFileSync } from "node:fs"
import { Command, CommanderError } from "commander"
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE } from "./errors.js"
import { fileProblem, isRefusedBySystem } from "./file-problem.js"
import { findProject, useProject } from "../../sim/program/project.js"
import { line, processTerminal, type Terminal } from "./terminal.js"

const HELP = `
Examples:
  suitcase sim indoor-climate            a simulated day of a node, no hardware
  suitcase sim indoor-climate --live     the same in real time, until Ctrl-C
  suitcase build indoor-climate --board pico_w
  suitcase kit check                     the nodes of suitcase.yaml
  suitcase listen --broker mqtt://localhost:1883 --format csv > readings.csv
  suitcase command hall-1 interval 300 --broker mqtt://localhost:1883

Exit codes: 0 done · 1 readings lost, or an internal error · 2 wrong use
            3 a node did not answer · 130 ended by Ctrl-C before its time
After Ctrl-C the shell between npx and a command may end with 130 whatever the
command says; node tools/cli/suitcase.mjs has no shell in between.`

type Finish = (code: number) => void

/**
 * The commands by name, in the order of the help. Only the one that is asked for is loaded: a
 * listener that runs for months does not carry the simulator and the compiler.
 */
const COMMANDS: Readonly<Record<string, (terminal: Terminal, finish: Finish) => Promise<Command>>> =
    {
        sim: async (...to) => (await import("./commands/sim.js")).simCommand(...to),
        energy: async (...to) => (await import("./commands/energy.js")).energyCommand(...to),
        build: async (...to) => (await import("./commands/build.js")).buildCommand(...to),
        flash: async (...to) => (await import("./commands/flash.js")).flashCommand(...to),
        bundle: async (...to) => (await import("./commands/bundle.js")).bundleCommand(...to),
        init: async (...to) => (await import("./commands/init.js")).initCommand(...to),
        kit: async (...to) => (await import("./commands/kit.js")).kitCommand(...to),
        catalog: async (...to) => (await import("./commands/catalog.js")).catalogCommand(...to),
        listen: async (...to) => (await import("./commands/listen.js")).listenCommand(...to),
        doctor: async (...to) => (await import("./commands/doctor.js")).doctorCommand(...to),
        nodes: async (...to) => (await import("./commands/nodes.js")).nodesCommand(...to),
        usb: async (...to) => (await import("./commands/usb.js")).usbCommand(...to),
        calibrate: async (...to) =>
            (await import("./commands/calibrate.js")).calibrateCommand(...to),
        console: async (...to) => (await import("./commands/console.js")).consoleCommand(...to),
        settings: async (...to) => (await import("./commands/settings.js")).settingsCommand(...to),
        command: async (...to) => (await import("./commands/command.js")).commandCommand(...to),
        keys: async (...to) => (await import("./commands/keys.js")).keysCommand(...to),
        export: async (...to) => (await import("./commands/export.js")).exportCommand(...to),
        import: async (...to) => (await import("./commands/import.js")).importCommand(...to),
        query: async (...to) => (await import("./commands/query.js")).queryCommand(...to),
        decoder: async (...to) => (await import("./commands/decoder.js")).decoderCommand(...to),
        pack: async (...to) => (await import("./commands/pack.js")).packCommand(...to),
        unpack: async (...to) => (await import("./commands/unpack.js")).unpackCommand(...to),
        types: async (...to) => (await import("./commands/types.js")).typesCommand(...to),
        new: async (...to) => (await import("./commands/new.js")).newCommand(...to),
        boards: async (...to) => (await import("./commands/boards.js")).boardsCommand(...to),
        sensors: async (...to) => (await import("./commands/sensors.js")).sensorsCommand(...to),
        try: async (...to) => (await import("./commands/try.js")).tryCommand(...to),
    }

/** Problems of the user's own making, by name: their classes are loaded with what throws them. */
const USERS_OWN: ReadonlySet<string> = new Set([
    "UsageError",
    "TraceError",
    "CompileError",
    "DevtoolsError",
    "BoardError",
    "CalibrationRefused",
    "NodeServiceError",
    "CliPackageError",
    "ImageError",
    "StoreError",
])

/** Runs the command and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
    const terminal = processTerminal()
    useProject(findProject(process.cwd()))
    const code = await run(argv.slice(2), terminal)
    await flushed(terminal.out)
    await flushed(terminal.err)
    // Sockets that are still closing must not keep a finished command alive.
    process.exit(code)
}

/** @param args as typed, without node and script @returns the exit code */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
    let code = EXIT_OK
    const program = new Command("suitcase")
        .description(
            "Toolkit of the municipal IoT suitcase: simulate, build and listen to its nodes."
        )
        .version(version(), "-V, --version", "print the version")
        .helpOption("-h, --help", "print this help")
        .helpCommand("help [command]", "print the help of a command")
        // Without "[options]", so that the list of commands fits 80 columns.
        .configureHelp({
            subcommandTerm: command =>
                `${command.name()} ${command.registeredArguments
                    .map(argument =>
                        argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
                    )
                    .join(" ")}`,
        })
        .addHelpText("after", HELP)
    const finish = (result: number) => (code = result)
    const [first = ""] = args
    const asked = Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS)
    for (const name of asked) program.addCommand(await COMMANDS[name](terminal, finish))
    for (const command of withSubcommands(program)) {
        for (const option of command.options)
            // A list that is empty at first is not worth showing as "[]".
            if (Array.isArray(option.defaultValue)) option.default(option.defaultValue, "none")
        command.exitOverride().configureOutput({
            writeOut: text => terminal.out.write(text),
            writeErr: text => terminal.err.write(text),
            outputError: () => undefined,
        })
    }
    try {
        await program.parseAsync(args, { from: "user" })
        return code
    } catch (e) {
        return reportFailure(e, terminal)
    }
}

function withSubcommands(command: Command): Command[] {
    return [command, ...command.commands.flatMap(withSubcommands)]
}

/**
 * Problems of the user's own making get one line; only our own get a stack trace.
 * @returns the exit code
 */
export function reportFailure(e: unknown, terminal: Terminal): number {
    if (e instanceof CommanderError) {
        if (e.exitCode === 0 || e.code === "commander.help")
            return e.exitCode === 0 ? 0 : EXIT_USAGE
        line(terminal.err, `suitcase: ${inOneLine(e.message)}; see suitcase --help`)
        return EXIT_USAGE
    }
    // A line for each problem, which editors and CI make links of.
    if (e instanceof Error && e.name === "KitError") {
        line(terminal.err, e.message)
        return EXIT_USAGE
    }
    if (e instanceof Error && USERS_OWN.has(e.name)) {
        line(terminal.err, `suitcase: ${e.message}`)
        return EXIT_USAGE
    }
    if (e instanceof Error && e.name === "ProvisionError") {
        line(terminal.err, `suitcase: ${e.message}`)
        return EXIT_FAILED
    }
    if (e instanceof Error && e.name === "NodePanic") {
        line(terminal.err, `suitcase: the program stopped: ${e.message}`)
        return EXIT_FAILED
    }
    if (isRefusedBySystem(e)) {
        line(terminal.err, `suitcase: ${e.path ?? e.syscall}: ${fileProblem(e)}`)
        return EXIT_USAGE
    }
    line(terminal.err, `suitcase: internal error: ${e instanceof Error ? e.stack : String(e)}`)
    return EXIT_FAILED
}

function inOneLine(message: string): string {
    return message
        .replace(/^error: /, "")
        .replace(/\s*\n\s*/g, " ")
        .replace(/\.?\s*$/, "")
}

function version(): string {
    const manifest = new URL("../../package.json", import.meta.url)
    return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
    return new Promise(resolve => stream.write("", () => resolve()))
}
