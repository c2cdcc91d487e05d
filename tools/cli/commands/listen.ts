/** `suitcase listen`: decodes whatever nodes publish at a broker. */
import { Command, Option } from "commander"
import { FORMATS, type Sink } from "../../receiver/index.js"
import { defaultStateFolder } from "../../receiver/state-folder.js"
import { UsageError } from "../errors.js"
import { removeFromHomeAssistant } from "../home-assistant/session.js"
import { statisticsOf } from "../home-assistant/statistics/options.js"
import { DEFAULT_PREFIX } from "../home-assistant/topics.js"
import { checkBroker } from "../listen/check.js"
import { forgetSession } from "../listen/forget.js"
import { listenWithJournal } from "../listen/journal-run.js"
import { NodeMetrics } from "../listen/metrics/node-metrics.js"
import { MetricsServer, addressOption, type HttpAddress } from "../listen/metrics/server.js"
import { outputsOf, type ListenFormat } from "../listen/outputs.js"
import { RowSink, checkPrefix } from "../listen/republish/row-sink.js"
import { readPlaces } from "../listen/places-file.js"
import { Run } from "../listen/run.js"
import { listenForPeople } from "../listen/table-run.js"
import { type KitNode } from "../../kit/kit.js"
import { LOGIN_HELP, brokerOf, brokerOptions, isNats, type BrokerFlags } from "../mqtt/broker.js"
import { durationOption, nameOption, partsOption, prefixOption } from "../options.js"
import { line, type Terminal } from "../terminal.js"

/** A node that delivered nothing for so long is counted as silent, ms. */
const SILENT_MS = 3_600_000

const HELP = `
Formats:
  table    for people; on a terminal the latest readings, redrawn in place, with
           nodes that are offline and outages; arrows or space: other rows
  ndjson   one JSON object per reading and line: site, node, boot, sequence,
           time (Unix ms), timeUncertaintyMs (how wrong that may be; null = not
           known), channel, unit, value, integer, quality; value and integer
           are null where the sensor gave none, and quality says why
  csv      the same without timeUncertaintyMs, time as ISO 8601 UTC, empty
           cells for null
  csv-da   for Danish spreadsheets: semicolons, decimal commas, local time
  csv-wide a row per time of sampling, a column per channel; files per node only
  parquet  Apache Parquet; files only, closed at the end of the day, after a
           million readings, and when the command ends
  influx   InfluxDB's line protocol
  senml    SenML (RFC 8428), a pack per frame and line
  ngsi-ld  NGSI-LD in words of the Smart Data Models, an entity per row and line
  sensorthings
           OGC SensorThings, a body of CreateObservations per frame and line

All but the table go to stdout, or with --out into files of a folder, one for
each day (UTC) on which readings arrived. --out FORMAT=FOLDER names the form,
and can be given several times; --format then says what goes to stdout as well.
None loses anything: the broker keeps what comes while no listener runs, and is
told that a message arrived only when it is in a journal on this computer's
disk. In files each reading is exactly once, whatever ends the command; on
stdout up to a second's readings come again after a kill: node, boot and
sequence tell which. docs/receiving.md has the promises, docs/data.md an example
of each format.

The journal and what is known of nodes are in --state, by default where this
system keeps such. A second listener there is refused, or waits with --standby
to take over when the first ends. --forget ends what the broker keeps. --check
tries what nodes and listeners need of a broker: docs/brokers.md.

Readings are printed once, however often the broker delivers them. Frames of a
node that did not know the time yet wait until its clock record tells it; when
a record did not arrive, the node is asked for it.

The board has no clock: nodes ask for the time over MQTT. This command answers
with this computer's time unless --no-time is given; leave it on for one
listener only, and off beside a simulation. It does not answer, and says so,
while the system says that the clock is not synchronised (Linux: timedatectl or
chronyc; macOS and Windows do not say), and for 15 minutes after the clock
jumped, or until the system says that it is synchronised. --trust-clock answers
anyway.

With --keys, sealed frames are opened, and nodes that have a key must seal:
their plain frames are refused. The file is read again when it changes.
docs/security.md says what this protects.
${LOGIN_HELP}

With --republish, those who cannot decode get each row as JSON on
PREFIX/SITE/NODE: at least once, the newest row retained.

With --metrics, Prometheus and others read the newest readings and the
listener's own counts; only programs on this computer unless a host says more.

With --watch, a line says when a node of the kit file has been silent for longer
than its notification threshold there (24 h by default), and when it is back.

With --broker nats://host:4222, several such commands share the nodes of a NATS
server, and take over from each other: start them with the same --state and
--out on one computer, with other --parts on another. docs/scale.md says how the
server is set up. For --out only; the table and Home Assistant want mqtt://.

With --home-assistant, each channel becomes a sensor of Home Assistant, which
must use the same broker; see docs/home-assistant.md. --ha-statistics fills its
hourly statistics by the time of sampling, with what came late too; the token of
an administrator is in the file of --ha-token or in SUITCASE_HA_TOKEN.

Examples:
  suitcase listen --broker mqtt://localhost:1883
  suitcase listen --broker mqtt://localhost --out readings
  suitcase listen --broker mqtt://localhost --format table \\
    --out ndjson=readings --out csv-da=regneark
  suitcase listen --broker mqtts://broker.example --login login.json --out r
  suitcase listen --broker mqtt://localhost --format csv --for 1h > readings.csv
  suitcase listen --broker mqtt://localhost --keys keys.json --home-assistant
  suitcase listen --broker nats://localhost:4222 --login login.json \\
    --state state --out readings

Exit codes: 0 ended by --for or Ctrl-C · 1 the journal's disk is full, or
            --check found something missing
            2 wrong use, broker not reached, subscription refused. After Ctrl-C
            the shell between npx and the command may end with 130 whatever the
            command says.`

export interface ListenFlags extends BrokerFlags {
    readonly format?: ListenFormat
    readonly out?: readonly string[]
    readonly places?: string
    readonly state?: string
    readonly standby?: boolean
    readonly forget?: boolean
    readonly check?: boolean
    readonly site?: string
    readonly node?: readonly string[]
    readonly parts?: readonly number[]
    readonly for?: number
    readonly time: boolean
    readonly trustClock?: boolean
    readonly keys?: string
    readonly republish?: string
    readonly metrics?: HttpAddress
    /** Kit file; true: that of the project. */
    readonly watch?: string | true
    readonly homeAssistant?: boolean
    readonly haPrefix?: string
    readonly haRemove?: boolean
    /** Address of Home Assistant. */
    readonly haStatistics?: string
    readonly haToken?: string
}

export function listenCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return brokerOptions(new Command("listen"))
        .summary("decode what nodes publish at a broker")
        .description("Subscribes to the nodes at an MQTT broker and gives their readings.")
        .addOption(
            new Option(
                "--format <format>",
                "form of the readings (default: table, with --out ndjson)"
            ).choices(["table", ...FORMATS])
        )
        .option(
            "--out <[format=]folder>",
            "write files there, one a day; can be given several times",
            (out: string, before: readonly string[]) => [...before, out],
            []
        )
        .option("--places <file>", "where nodes are, for ngsi-ld: docs/data.md")
        .option("--state <folder>", "where journal and state are (default: the system's place)")
        .option("--standby", "take over when the listener that uses the state ends")
        .option("--forget", "end the session that the broker keeps, and stop")
        .option("--check", "try what nodes and listeners need of the broker, and stop")
        .option("--site <site>", "only nodes of this site", nameOption)
        .option(
            "--node <node>",
            "only this node; can be given several times",
            (node: string, before: readonly string[]) => [...before, nameOption(node)],
            []
        )
        .option("--parts <list>", "at a NATS server, only these parts: 0-3,7", partsOption)
        .option("--for <time>", "stop after 90s, 15m, 24h … (default: Ctrl-C)", durationOption)
        .option("--no-time", "do not answer the nodes' time requests")
        .option("--trust-clock", "answer them although this computer's clock may be wrong")
        .option("--keys <file>", "keys of nodes that seal their frames: suitcase keys")
        .option(
            "--republish <prefix>",
            "publish rows as plain JSON on PREFIX/SITE/NODE of the same broker",
            prefixOption
        )
        .option(
            "--metrics <[host:]port>",
            "OpenMetrics at http://HOST:PORT/metrics (default host: 127.0.0.1)",
            addressOption
        )
        .option("--watch [kit]", "say which nodes of the kit file have fallen silent")
        .option("--home-assistant", "publish nodes and readings for Home Assistant")
        .option(
            "--ha-prefix <prefix>",
            `Home Assistant's discovery prefix (default: ${DEFAULT_PREFIX})`,
            prefixOption
        )
        .option(
            "--ha-statistics <url>",
            "fill the statistics of the Home Assistant at http://HOST:8123"
        )
        .option("--ha-token <file>", "long-lived access token for it, in a file")
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
    const { site, keys } = flags
    const broker = brokerOf(flags, text => line(terminal.err, `suitcase: ${text}`), true)
    refuseForNats(flags)
    const prefix = flags.haPrefix ?? DEFAULT_PREFIX
    if (flags.haRemove === true)
        return await removeFromHomeAssistant(broker, prefix, flags, terminal)
    const nodes = flags.node ?? []
    const part = [...(site === undefined ? [] : [site]), ...nodes]
    const place = [broker.host, broker.port, ...part].join("-")
    const folder = flags.state ?? defaultStateFolder(place)
    if (flags.check === true) return await checkBroker(broker, terminal)
    if (flags.forget === true) return await forgetSession(broker, folder, terminal)
    const outputs = outputsOf(flags.format, flags.out ?? [])
    const { republish } = flags
    if (republish !== undefined) checkPrefix(republish)
    const sinks: Sink[] = republish === undefined ? [] : [new RowSink(broker, republish)]
    let note = (text: string) => line(terminal.err, text)
    const statistics = await statisticsOf(flags, text => note(text))
    if (statistics !== undefined) sinks.push(statistics)
    const isTableOnly = outputs.shown === "table" && outputs.folders.length + sinks.length === 0
    refuseCombinations(flags, isTableOnly)
    const places = flags.places === undefined ? new Map() : readPlaces(flags.places)
    const metrics = flags.metrics === undefined ? undefined : new NodeMetrics(SILENT_MS)
    const server =
        flags.metrics === undefined || metrics === undefined
            ? undefined
            : await MetricsServer.start(flags.metrics, () => metrics.text())
    if (server !== undefined) line(terminal.err, `Metrics at ${server.url}`)
    const watched = flags.watch === undefined ? undefined : await watchedNodes(flags.watch)
    const run = new Run(
        {
            broker,
            ...(site === undefined ? {} : { site }),
            ...(nodes.length === 0 ? {} : { nodes }),
            ...(keys === undefined ? {} : { keys }),
            ...(watched === undefined ? {} : { watched }),
            ...(flags.homeAssistant === true ? { haPrefix: prefix } : {}),
            time: !flags.time ? "no" : flags.trustClock === true ? "trusted" : "yes",
            ...(metrics === undefined ? {} : { metrics }),
            ...(flags.for === undefined ? {} : { forMs: flags.for }),
        },
        terminal,
        signal
    )
    // A table is redrawn below it.
    note = text => run.note(text)
    try {
        if (isNats(flags)) {
            const { parts } = flags
            const shared = { folder, outputs, places, ...(parts === undefined ? {} : { parts }) }
            const { listenOnNats } = await import("../nats/run.js")
            return await listenOnNats(run, shared)
        }
        if (isTableOnly) return await listenForPeople(run)
        return await listenWithJournal(run, {
            folder,
            outputs,
            places,
            sinks,
            isStandby: flags.standby === true,
        })
    } finally {
        // Whatever ended it.
        run.end()
        await server?.close()
    }
}

/** @throws UsageError, KitError */
async function watchedNodes(file: string | true): Promise<readonly KitNode[]> {
    // Only here: a listener without it carries neither boards nor drivers.
    const { openKit } = await import("../kit/open.js")
    return (await openKit(file === true ? undefined : file)).nodes
}

/** @throws UsageError for options that contradict each other */
function refuseCombinations({ standby, state }: ListenFlags, isTableOnly: boolean): void {
    if (isTableOnly && (standby === true || state !== undefined))
        throw new UsageError("--state and --standby are not for a table, which keeps nothing")
}

/** What needs the MQTT connection, or one process alone. */
const NOT_FOR_NATS = {
    standby: "--standby",
    forget: "--forget",
    check: "--check",
    site: "--site",
    republish: "--republish",
    metrics: "--metrics",
    watch: "--watch",
    homeAssistant: "--home-assistant",
    haRemove: "--ha-remove",
    haStatistics: "--ha-statistics",
} as const

/** @throws UsageError for options that do not go with the address */
function refuseForNats(flags: ListenFlags): void {
    if (!isNats(flags)) {
        if (flags.parts !== undefined) throw new UsageError("--parts is for nats:// only")
        return
    }
    const given = Object.entries(NOT_FOR_NATS)
        .filter(([key]) => flags[key as keyof typeof NOT_FOR_NATS] !== undefined)
        .map(([, name]): string => name)
    if ((flags.node ?? []).length > 0) given.push("--node")
    if (given.length > 0)
        throw new UsageError(
            `${given.join(", ")} ${given.length > 1 ? "do" : "does"} not go with nats://; the same ` +
                "server takes mqtt:// for that"
        )
    if ((flags.out ?? []).length === 0 || flags.format === "table")
        throw new UsageError("nats:// needs --out FOLDER, and has no table")
}
