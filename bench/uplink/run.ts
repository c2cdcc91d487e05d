/**
 * `npm run bench:uplink [-- --json] [--seed N] [--broker embedded|mosquitto]`:
 * what it costs to deliver readings, and which ones arrive: our uplink, and the
 * stock way (the MQTT client of @devicescript/net, one JSON message per
 * reading), in the same VM, with the same sensors, through the same broker.
 */
import { Command, InvalidArgumentError, Option } from "commander"
import { BROKERS, availableBrokers, type BrokerName } from "./brokers.js"
import { type Case, type CaseResult } from "./case.js"
import { FULL_PLAN, runPlan } from "./plan.js"
import { LEGEND, panicLines, tablesOf } from "./report.js"

interface Flags {
    readonly json?: true
    readonly seed: number
    readonly broker?: BrokerName
}

function seedOf(text: string): number {
    if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("a seed is a whole number.")
    return Number(text)
}

const flags = new Command("bench:uplink")
    .option("--json", "print the figures as JSON")
    .option("--seed <n>", "the same seed gives equal figures", seedOf, 1)
    .addOption(
        new Option("--broker <name>", "only this broker; default: all that are there").choices(
            BROKERS
        )
    )
    .parse()
    .opts<Flags>()

const available = availableBrokers()
if (flags.broker !== undefined && !available.includes(flags.broker)) {
    console.error(`bench: ${flags.broker} is not installed`)
    process.exit(2)
}
const brokers = flags.broker === undefined ? available : [flags.broker]
const isText = flags.json !== true
const results: CaseResult[] = []
for (const broker of brokers) {
    const own = await runPlan({ ...FULL_PLAN, seed: flags.seed, brokers: [broker] }, showProgress)
    if (isText) console.log([tablesOf(broker, own), ...panicLines(own)].join("\n\n") + "\n")
    results.push(...own)
}
if (isText) {
    console.log(LEGEND)
    if (!available.includes("mosquitto"))
        console.log("Mosquitto is not installed: compared through aedes only.")
} else console.log(JSON.stringify(results, null, 2))

function showProgress(which: Case, index: number, of: number): void {
    if (!process.stderr.isTTY) return
    const cut = which.cut === undefined ? "no cut" : `${which.cut.kind} cut`
    console.error(
        `${index + 1}/${of} ${which.broker} ${which.program} ${which.latencyMs} ms ${cut}`
    )
}
