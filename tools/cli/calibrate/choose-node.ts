/** Which node a guided calibration is for. */
import { type Bench } from "../../calibration/bench.js"
import { UsageError } from "../errors.js"
import { type Terminal } from "../terminal.js"
import { boardPorts } from "../usb/find-boards.js"
import { type Ask, type Choice } from "./ask.js"
import { openBench, openBenches, type BenchFlags } from "./bench.js"
import { textsOf, type Texts } from "./texts.js"
import { nameOf } from "./words.js"

/** Virtual time of a simulation passes as fast as it can: so long between two looks of a person, ms. */
const PACE_MS = 50

/** @returns the node, or all of them, beside one reference @throws Interrupted, UsageError */
export async function chooseNodes(
    flags: BenchFlags,
    channel: string | undefined,
    ask: Ask,
    terminal: Terminal
): Promise<Bench[]> {
    const texts = textsOf(flags.language)
    if (flags.sim === true)
        return flags.simNodes > 1
            ? (await openBenches(flags, channel, terminal)).benches.map(paced)
            : [paced(await openBench(flags, channel, terminal))]
    if (flags.port.length === 1) return [await openBench(flags, channel, terminal)]
    if (flags.port.length > 1 || flags.all === true) return opened(flags, channel, ask, terminal)
    for (;;) {
        const found = await boardPorts()
        if (found.length === 1) return [await openBench(flags, channel, terminal)]
        if (found.length > 1) {
            const benches = await opened({ ...flags, all: true }, channel, ask, terminal)
            return oneOf(benches, ask, texts)
        }
        const next = await ask.choose(texts.noNode, [
            { value: "again", label: texts.lookAgain },
            { value: "simulated", label: texts.trySimulated },
            { value: "end", label: texts.end },
        ])
        if (next === "simulated")
            return [paced(await openBench({ ...flags, sim: true }, channel, terminal))]
        if (next === "end")
            throw new UsageError("no board is plugged in; name its port with --port")
    }
}

async function opened(
    flags: BenchFlags,
    channel: string | undefined,
    ask: Ask,
    terminal: Terminal
): Promise<Bench[]> {
    const { benches, closed } = await openBenches(flags, channel, terminal)
    for (const { problem } of closed) ask.say(problem)
    if (benches.length === 0) throw new UsageError("no node can be calibrated")
    return benches
}

/** Closes the others. */
async function oneOf(benches: readonly Bench[], ask: Ask, texts: Texts): Promise<Bench[]> {
    const [first] = benches
    if (benches.length === 1) return [first]
    const choices: Choice<readonly Bench[]>[] = benches.map(bench => ({
        value: [bench],
        label: `${nameOf(bench)} (${bench.device})`,
    }))
    choices.push({ value: benches, label: texts.allNodes(benches.length) })
    const chosen = await ask.choose(texts.whichNode, choices)
    for (const bench of benches) if (!chosen.includes(bench)) await bench.close()
    return [...chosen]
}

function paced(bench: Bench): Bench {
    return {
        ...bench,
        sleep: async ms => {
            await bench.sleep(ms)
            await new Promise(resolve => setTimeout(resolve, PACE_MS))
        },
    }
}
