/** `suitcase listen`: decodes whatever nodes publish at a broker. */
import { Command, Option } from "commander"
import { parseBrokerUrl } from "../mqtt/broker.js"
import { FrameCollector } from "../../decoder/index.js"
import { EXIT_OK } from "../errors.js"
import { HomeAssistantSession, removeFromHomeAssistant } from "../home-assistant/session.js"
import { DEFAULT_PREFIX, filtersOf } from "../home-assistant/topics.js"
import { onInterrupt } from "../interrupt.js"
import { ccmOpener } from "../keys/ccm-opener.js"
import { readKeys } from "../keys/key-file.js"
import { HostClock } from "../listen/host-clock.js"
import { Presence } from "../listen/presence.js"
import { Refusals, refusalSummary } from "../listen/refusals.js"
import { LISTEN_FORMATS, openWriter, type ListenFormat } from "../listen/writers.js"
import { MqttLink } from "../mqtt/link.js"
import { durationOption, nameOption, prefixOption } from "../options.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"

const HELP = `
Formats:
  table    for people; on a terminal the latest readings, redrawn in place
  ndjson   one JSON object per reading and line: site, node, time (Unix ms),
           timeUncertaintyMs (how wrong that may be; null = not known),
           channel, unit, value, integer, quality; value and integer are null
           where the sensor gave none, and quality says why
  csv      the same without timeUncertaintyMs, time as ISO 8601 UTC, empty
           cells for null

Readings are printed once, however often the broker delivers them. Frames of a
node that did not know the time yet wait until its clock record tells it.

The board has no clock: nodes ask for the time over MQTT. This command answers
with this computer's time unless --no-time is given; leave it on for one
listener only, and off beside a simulation. It does not answer, and says so,
while the system says that the clock is not synchronised (Linux: timedatectl or
chronyc; macOS and Windows do not say), and for 15 minutes after the clock
jumped, or until the system says that it is synchronised. --trust-clock answers
anyway.

With --keys, sealed frames are opened, and nodes that have a key must seal:
their plain frames are refused. docs/security.md says what this protects.

With --home-assistant, each channel becomes a sensor of Home Assistant, which
must use the same broker; see docs/home-assistant.md.

Examples:
  suitcase listen --broker mqtt://localhost:1883
  suitcase listen --broker mqtts://user:secret@broker.example --site library
  suitcase listen --broker mqtt://localhost --format csv --for 1h > readings.csv
  suitcase listen --broker mqtt://localhost --keys keys.json --home-assistant

Exit codes: 0 ended by --for or Ctrl-C · 2 wrong use, broker not reached. After
            Ctrl-C the shell between npx and the command may end with 130
            whatever the command says.`

export interface ListenFlags {
    readonly broker: string
    readonly format: ListenFormat
    readonly site?: string
    readonly for?: number
    readonly time: boolean
    readonly trustClock?: boolean
    readonly keys?: string
    readonly homeAssistant?: boolean
    readonly haPrefix?: string
    readonly haRemove?: boolean
}

export function listenCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("listen")
        .summary("decode what nodes publish at a broker")
        .description("Subscribes to the nodes at an MQTT broker and prints their readings.")
        .requiredOption("--broker <url>", "mqtt://host:1883, mqtts://, ws:// or wss://")
        .addOption(
            new Option("--format <format>", "how readings are printed")
                .choices(LISTEN_FORMATS)
                .default("table")
        )
        .option("--site <site>", "only nodes of this site", nameOption)
        .option("--for <time>", "stop after 90s, 15m, 24h … (default: Ctrl-C)", durationOption)
        .option("--no-time", "do not answer the nodes' time requests")
        .option("--trust-clock", "answer them although this computer's clock may be wrong")
        .option("--keys <file>", "keys of nodes that seal their frames: suitcase keys")
        .option("--home-assistant", "publish nodes and readings for Home Assistant")
        .option(
            "--ha-prefix <prefix>",
            `Home Assistant's discovery prefix (default: ${DEFAULT_PREFIX})`,
            prefixOption
        )
        .option("--ha-remove", "remove all that --home-assistant published, and end")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (flags: ListenFlags) => finish(await listen(flags, terminal)))
}

/**
 * @param signal ends it, as Ctrl-C does
 * @returns the exit code
 * @throws UsageError when the broker cannot be reached
 */
export async function listen(
    flags: ListenFlags,
    terminal: Terminal,
    signal?: AbortSignal
): Promise<number> {
    const url = parseBrokerUrl(flags.broker)
    const prefix = flags.haPrefix ?? DEFAULT_PREFIX
    if (flags.haRemove === true) return await removeFromHomeAssistant(url, prefix, flags, terminal)
    const keys =
        flags.keys === undefined
            ? undefined
            : readKeys(flags.keys, text => line(terminal.err, `suitcase: ${text}`))
    const writer = openWriter(flags.format, terminal)
    const note = (text: string) => writer.note(`suitcase: ${text}`)
    const refusals = new Refusals(note)
    const presence = new Presence(note)
    const home = flags.homeAssistant === true ? new HomeAssistantSession(prefix, note) : undefined
    const collector = new FrameCollector(
        {
            onReading: reading => {
                writer.reading(reading)
                home?.publisher.reading(reading)
            },
            onSchema: (origin, schema) => home?.publisher.schema(origin, schema),
            onStatus: (origin, status) => {
                presence.status(origin, status)
                home?.publisher.status(origin, status)
            },
            onState: (origin, state) => presence.change(origin, state),
            onMalformed: problem => refusals.add(problem),
        },
        keys === undefined ? undefined : ccmOpener(keys)
    )
    const clock =
        flags.time && flags.trustClock !== true ? await HostClock.start({ note }) : undefined
    const unixMs = clock === undefined ? Date.now : () => clock.now()
    const link = await MqttLink.dial(url, {
        ...(flags.site === undefined ? {} : { site: flags.site }),
        ...(flags.time ? { unixMs } : {}),
        ...(home === undefined ? {} : { topics: filtersOf(prefix, flags.site) }),
        onMessage: (topic, payload, isRetained) => {
            collector.accept(topic, payload)
            home?.message(topic, payload, isRetained)
        },
        onLink: isUp =>
            note(isUp ? `connected to ${url.shown} again` : `lost the connection to ${url.shown}`),
    })
    home?.connect(link)
    writer.start(`Listening at ${url.shown}; Ctrl-C ends.`)
    await ended(flags.for, signal)
    clock?.close()
    home?.close()
    await link.drain()
    await link.close()
    writer.close()
    const { counts } = collector
    line(
        terminal.err,
        `suitcase: ${counted(counts.readings, "reading")} and ${counted(counts.gaps, "gap")} in ` +
            `${counted(counts.frames, "frame")}; ${counted(collector.lostFrames, "frame")} missing, ` +
            `${counted(counts.duplicates, "duplicate")} dropped, ` +
            `${counted(collector.heldFrames, "frame")} waiting for schema or time; ` +
            `messages refused: ${refusalSummary(counts.malformed)}`
    )
    return EXIT_OK
}

/** Resolves after N ms, when Ctrl-C is pressed or the signal is aborted. */
function ended(ms: number | undefined, signal: AbortSignal | undefined): Promise<void> {
    return new Promise(resolve => {
        const release = onInterrupt(finish)
        signal?.addEventListener("abort", finish, { once: true })
        const timer = ms === undefined ? undefined : setTimeout(finish, ms)
        function finish(): void {
            clearTimeout(timer)
            release()
            resolve()
        }
    })
}
