/**
 * The `suitcase` command. Each sub-command is a file in commands/; this one
 * turns what they throw into one line on stderr and an exit code.
 */
import { readFileSync } from "node:fs"
import { Command, CommanderError } from "commander"
import { DevtoolsError } from "../../sim/devtools/within.js"
import { CompileError } from "../../sim/program/compile.js"
import { TraceError } from "../../sim/traces/trace.js"
import { CliPackageError } from "../../sim/vm/cli-package.js"
import { NodePanic } from "../../sim/world/node.js"
import { buildCommand } from "./commands/build.js"
import { commandCommand } from "./commands/command.js"
import { decoderCommand } from "./commands/decoder.js"
import { keysCommand } from "./commands/keys.js"
import { listenCommand } from "./commands/listen.js"
import { newCommand } from "./commands/new.js"
import { packCommand } from "./commands/pack.js"
import { settingsCommand } from "./commands/settings.js"
import { simCommand } from "./commands/sim.js"
import { sensorsCommand } from "./commands/sensors.js"
import { tryCommand } from "./commands/try.js"
import { unpackCommand } from "./commands/unpack.js"
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, UsageError } from "./errors.js"
import { fileProblem, isRefusedBySystem } from "./file-problem.js"
import { ProvisionError } from "./settings/provision.js"
import { line, processTerminal, type Terminal } from "./terminal.js"

const HELP = `
Examples:
  suitcase sim indoor-climate            a simulated day of a node, no hardware
  suitcase sim indoor-climate --live     the same in real time, until Ctrl-C
  suitcase build indoor-climate --board pico_w
  suitcase listen --broker mqtt://localhost:1883 --format csv > readings.csv
  suitcase command hall-1 interval 300 --broker mqtt://localhost:1883

Exit codes: 0 done · 1 readings lost, or an internal error · 2 wrong use
            3 a node did not answer · 130 ended by Ctrl-C before its time
After Ctrl-C the shell between npx and a command may end with 130 whatever the
command says; node tools/cli/suitcase.mjs has no shell in between.`

/** Runs the command and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
    const terminal = processTerminal()
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
    for (const command of [
        simCommand(terminal, finish),
        buildCommand(terminal, finish),
        listenCommand(terminal, finish),
        settingsCommand(terminal, finish),
        commandCommand(terminal, finish),
        keysCommand(terminal, finish),
        decoderCommand(terminal, finish),
        packCommand(terminal, finish),
        unpackCommand(terminal, finish),
        newCommand(terminal, finish),
        sensorsCommand(terminal, finish),
        tryCommand(terminal, finish),
    ])
        program.addCommand(command)
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
    if (
        e instanceof UsageError ||
        e instanceof TraceError ||
        e instanceof CompileError ||
        e instanceof DevtoolsError ||
        e instanceof CliPackageError
    ) {
        line(terminal.err, `suitcase: ${e.message}`)
        return EXIT_USAGE
    }
    if (e instanceof ProvisionError) {
        line(terminal.err, `suitcase: ${e.message}`)
        return EXIT_FAILED
    }
    if (e instanceof NodePanic) {
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
