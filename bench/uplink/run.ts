/**
 * `npm run bench:uplink [-- --json] [--seed N] [--broker embedded|mosquitto]`:
 * what it costs to deliver readings, and which ones arrive: our uplink, and the
 * stock way (the MQTT client of @devicescript/net, one JSON message per
 * reading), in the same VM, with the same sensors, through the same broker.
 */
import { Command, InvalidArgumentError, Option } from "commander"
import { BROKERS, availableBrokers, type BrokerName } from "./brokers.js"
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
    .option("--seed <n>", "equal seeds give equal figures", seedOf, 1)
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
const results = await runPlan({ ...FULL_PLAN, seed: flags.seed, brokers }, (which, index, of) => {
    const cut = which.cut === undefined ? "no cut" : `${which.cut.kind} cut`
    if (process.stderr.isTTY)
        console.error(
            `${index + 1}/${of} ${which.broker} ${which.program} ${which.latencyMs} ms ${cut}`
        )
})
if (flags.json === true) console.log(JSON.stringify(results, null, 2))
else {
    for (const broker of brokers) console.log(`${tablesOf(broker, results)}\n`)
    for (const line of panicLines(results)) console.log(line)
    console.log(LEGEND)
    if (!available.includes("mosquitto"))
        console.log("Mosquitto is not installed: compared through aedes only.")
}
