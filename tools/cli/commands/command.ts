/** `suitcase command`: sends a command to a node and shows its answer. */
import { randomBytes } from "node:crypto"
import { Command, Option } from "commander"
import {
    LOGIN_HELP,
    brokerOf,
    brokerOptions,
    type Broker,
    type BrokerFlags,
} from "../mqtt/broker.js"
import { type FrameOrigin } from "../../decoder/index.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, EXIT_UNANSWERED, UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { answerInWords } from "../listen/answer.js"
import { NodeWatch } from "../listen/node-watch.js"
import { MqttLink } from "../mqtt/link.js"
import { durationOption, nameOption } from "../options.js"
import { line, type Terminal } from "../terminal.js"

const HELP = `
Commands:
  report              send all readings now, then a status record
  interval SECONDS    take readings every 1 to 86400 s from now on
  identify [SECONDS]  show which node it is, for 1 to 60 s
  reboot              start again; readings that wait are sent first if possible
  outbox              say how many readings wait for the network
  describe            publish state, schema, clock and status again
  place NUMBER        a link survey stands at place 1 to 999 now

Without --wait, the answer of an online node is awaited for 30 s, that of an
offline one not at all: the broker keeps the command and the node gets it when
it comes back. Nodes carry out a command once, however often it is delivered.
${LOGIN_HELP}

Examples:
  suitcase command hall-1 report --broker mqtt://localhost:1883
  suitcase command hall-1 interval 300 --broker mqtt://localhost --site library
  suitcase command hall-1 outbox --broker mqtt://localhost --wait 10m --json

Exit codes: 0 done · 1 the node refused · 2 wrong use, broker not reached
            3 no answer in time; the broker keeps the command · 130 Ctrl-C`

const ACTIONS = ["report", "interval", "identify", "reboot", "outbox", "describe", "place"] as const
type Action = (typeof ACTIONS)[number]

/** Longest wait for the retained records of the node, ms. */
const KNOWN_MS = 1500
/** Usual wait for the answer of a node that is online, ms. */
const ANSWER_MS = 30_000
/** What number a command takes. */
const NUMBERS: Readonly<
    Partial<Record<Action, { key: "seconds" | "place"; max: number; isOptional: boolean }>>
> = {
    interval: { key: "seconds", max: 86_400, isOptional: false },
    identify: { key: "seconds", max: 60, isOptional: true },
    place: { key: "place", max: 999, isOptional: false },
}

interface CommandFlags extends BrokerFlags {
    readonly site: string
    readonly json?: boolean
    /** ms */
    readonly wait?: number
}

export function commandCommand(terminal: Terminal, finish: (code: number) => void): Command {
    const command = new Command("command")
        .summary("send a command to a node")
        .description("Sends a command to a node through its broker and prints the answer.")
        .argument("<node>", "name of the node", nameOption)
        .argument("<command>", "report, interval, identify, reboot, outbox, describe or place")
        .argument("[number]", "seconds for interval and identify, place")
    return brokerOptions(command)
        .addOption(
            new Option("--site <site>", "site of the node").default("demo").argParser(nameOption)
        )
        .option(
            "--wait <time>",
            "how long to wait for the answer: 90s, 15m, 24h … (default: 30s, offline 0s)",
            durationOption
        )
        .option("--json", "print the answer as one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(
            async (node: string, action: string, number: string | undefined, flags: CommandFlags) =>
                finish(await sendCommand({ node, action, number }, flags, terminal))
        )
}

/**
 * @param signal ends it, as Ctrl-C does
 * @returns the exit code
 * @throws UsageError for a wrong command, an unknown node, a broker that is not reached
 */
export async function sendCommand(
    typed: {
        readonly node: string
        readonly action: string
        readonly number?: string | undefined
    },
    flags: CommandFlags,
    terminal: Terminal,
    signal?: AbortSignal
): Promise<number> {
    const request = { id: `c${randomBytes(6).toString("hex")}`, ...requestOf(typed) }
    const note = (text: string) => line(terminal.err, `suitcase: ${text}`)
    const url = brokerOf(flags, note)
    const origin: FrameOrigin = { site: flags.site, node: typed.node }
    const stop = new AbortController()
    const release = onInterrupt(() => stop.abort())
    signal?.addEventListener("abort", () => stop.abort(), { once: true })
    const watch = new NodeWatch(request.id, stop.signal)
    let link: MqttLink | undefined
    try {
        link = await MqttLink.dial(url, {
            site: origin.site,
            nodes: [origin.node],
            onMessage: (topic, payload) => watch.message(topic, payload),
            onLink: isUp =>
                note(
                    isUp ? `connected to ${url.shown} again` : `lost the connection to ${url.shown}`
                ),
        })
        await watch.untilKnown(KNOWN_MS)
        if (stop.signal.aborted) return EXIT_INTERRUPTED
        await send(link, origin, request, watch, url)
        const isOffline = watch.isOnline === false
        if (isOffline)
            note(`${origin.node} is offline; the broker keeps the command until it comes back`)
        const waitMs = flags.wait ?? (isOffline ? 0 : ANSWER_MS)
        const answer = await watch.answer(waitMs)
        if (flags.json === true) {
            const { ok = null, error = "", results = {} } = answer ?? {}
            const online = watch.isOnline ?? null
            const { id, ...asked } = request
            line(
                terminal.out,
                JSON.stringify({ ...origin, id, ...asked, online, ok, error, results })
            )
        }
        if (answer === undefined) {
            if (stop.signal.aborted) return EXIT_INTERRUPTED
            if (waitMs > 0)
                note(
                    `${origin.node} did not answer within ${waitMs / 1000} s; the broker keeps the command`
                )
            return EXIT_UNANSWERED
        }
        if (flags.json !== true && answer.ok)
            line(terminal.out, `${origin.node}: ${answerInWords(request, answer, watch.status)}`)
        if (!answer.ok) note(`${origin.node} refused: ${answer.error}`)
        return answer.ok ? EXIT_OK : EXIT_FAILED
    } finally {
        release()
        await link?.close()
    }
}

async function send(
    link: MqttLink,
    origin: FrameOrigin,
    request: { readonly id: string; readonly do: string },
    watch: NodeWatch,
    url: Broker
): Promise<void> {
    if (!watch.isKnown)
        throw new UsageError(
            `no node ${origin.node} of site ${origin.site} is known at ${url.shown}; ` +
                "suitcase listen shows those that are"
        )
    if (!(await link.command(origin, request)))
        throw new UsageError(
            `${url.shown} did not take the command; check that the broker runs and lets you publish`
        )
}

/** @throws UsageError when the command is none, or its number is wrong */
function requestOf(typed: { readonly action: string; readonly number?: string | undefined }): {
    do: Action
    seconds?: number
    place?: number
} {
    const action = ACTIONS.find(known => known === typed.action)
    if (action === undefined)
        throw new UsageError(`unknown command "${typed.action}"; known are ${ACTIONS.join(", ")}`)
    const rule = NUMBERS[action]
    if (typed.number === undefined && rule?.isOptional !== false) return { do: action }
    if (rule === undefined) throw new UsageError(`${action} takes no number`)
    const number = /^\d{1,6}$/.test(typed.number ?? "") ? Number(typed.number) : 0
    if (number < 1 || number > rule.max) {
        const what = rule.key === "seconds" ? "a whole number of seconds" : "a whole number"
        throw new UsageError(`${action} takes ${what} from 1 to ${rule.max}`)
    }
    return { do: action, [rule.key]: number }
}
