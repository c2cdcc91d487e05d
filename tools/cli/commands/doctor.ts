/** `suitcase doctor`: what this computer lacks to work with boards and a broker. */
import { Command } from "commander"
import { UDEV_RULES, findings } from "../doctor/findings.js"
import { EXIT_FAILED, EXIT_OK } from "../errors.js"
import { tellFinding } from "../finding.js"
import { checkBroker } from "../listen/check.js"
import { LOGIN_HELP, brokerOf, brokerOptions, type BrokerFlags } from "../mqtt/broker.js"
import { line, type Terminal } from "../terminal.js"

const HELP = `
With --broker the broker is tried as well, as suitcase listen --check does it.
${LOGIN_HELP}

Examples:
  suitcase doctor
  suitcase doctor --broker mqtt://localhost
  suitcase doctor --udev | sudo tee /etc/udev/rules.d/60-suitcase.rules

Exit codes: 0 nothing is missing · 1 something is · 2 wrong use, or the broker
            is not reached`

interface DoctorFlags extends Partial<BrokerFlags> {
    readonly udev?: true
}

export function doctorCommand(terminal: Terminal, finish: (code: number) => void): Command {
    const command = new Command("doctor")
        .summary("say what this computer lacks to work with boards")
        .description("Looks at Node, ports, permissions and, if asked, the broker.")
        .option("--udev", "print the rules that let every user of a Linux computer use boards")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
    return brokerOptions(command, false).action(async (flags: DoctorFlags) =>
        finish(await doctor(flags, terminal))
    )
}

async function doctor(flags: DoctorFlags, terminal: Terminal): Promise<number> {
    if (flags.udev === true) {
        for (const rule of UDEV_RULES) line(terminal.out, rule)
        return EXIT_OK
    }
    const found = await findings()
    for (const finding of found) tellFinding(finding, terminal)
    const here = found.some(({ state }) => state === "missing") ? EXIT_FAILED : EXIT_OK
    if (flags.broker === undefined) return here
    const broker = brokerOf({ ...flags, broker: flags.broker }, text => line(terminal.err, text))
    return Math.max(here, await checkBroker(broker, terminal))
}
