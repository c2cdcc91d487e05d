/** `suitcase console`: what a board says, live. */
import { Command } from "commander"
import { EXIT_OK } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { durationOption } from "../options.js"
import { line, type Terminal } from "../terminal.js"
import { thePort } from "../usb/open.js"
import { UsbLink } from "../../flash/usb/usb-link.js"

const HELP = `
Shows the lines that programs print and the runtime's own, with the time at
which they came. A board that restarts is waited for.

Examples:
  suitcase console
  suitcase console --port /dev/ttyACM0 --for 5m > board.log

Exit codes: 0 ended by --for or Ctrl-C · 2 no such port, or no board answers`

interface ConsoleFlags {
    readonly port?: string
    /** ms */
    readonly for?: number
}

export function consoleCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("console")
        .summary("show what a board on USB says")
        .description("Shows the log of a board on USB, live, with times.")
        .option("--port <path>", "serial port (default: that of the only board)")
        .option("--for <time>", "end after 90s, 15m, 2h …", durationOption)
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (flags: ConsoleFlags) => finish(await show(flags, terminal)))
}

async function show(flags: ConsoleFlags, terminal: Terminal): Promise<number> {
    const port = await thePort(flags.port)
    const link = await UsbLink.open(port, {
        onLine: text => line(terminal.out, `${clockTime()}  ${text}`),
        onNote: text => line(terminal.err, `suitcase: ${text}`),
    })
    line(terminal.err, `Listening to ${port.path}; Ctrl-C ends.`)
    await new Promise<void>(resolve => {
        const release = onInterrupt(end)
        const timer = flags.for === undefined ? undefined : setTimeout(end, flags.for)
        function end(): void {
            release()
            clearTimeout(timer)
            resolve()
        }
    })
    await link.close()
    return EXIT_OK
}

/** Local time to the millisecond. */
function clockTime(): string {
    const now = new Date()
    const two = (value: number) => String(value).padStart(2, "0")
    return (
        `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}` +
        `.${String(now.getMilliseconds()).padStart(3, "0")}`
    )
}
