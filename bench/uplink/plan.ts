/** Which cases make up a comparison. */
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { type BrokerName } from "./brokers.js"
import { runCase, type Case, type CaseResult } from "./case.js"
import { PROGRAMS } from "./programs.js"
import { type CutKind } from "./tapped-link.js"

export interface Plan {
    readonly seed: number
    readonly brokers: readonly BrokerName[]
    /** Length of the run without faults, ms. */
    readonly steadyMs: number
    /** From power-on to the cut, and its length, ms. */
    readonly beforeCutMs: number
    readonly cutMs: number
    /** One-way latencies, ms; the first is that of the run without faults. */
    readonly latenciesMs: readonly number[]
}

export const FULL_PLAN: Omit<Plan, "seed" | "brokers"> = {
    steadyMs: hours(24),
    beforeCutMs: hours(2),
    cutMs: hours(4),
    latenciesMs: [20, 50, 200],
}

/** Time after the cut, ms: longer than our longest pause before connecting again. */
const AFTER_CUT_MS = minutes(5)
/** Runs end, and links are cut, between two rows, ms. */
const BETWEEN_ROWS_MS = seconds(30)

export function casesOf(plan: Plan): Case[] {
    const cases: Case[] = []
    for (const broker of plan.brokers) {
        // Without a fault, the queue of "stock-queue" is never used.
        for (const program of ["ours", "stock"] as const)
            cases.push({
                program,
                broker,
                latencyMs: plan.latenciesMs[0],
                seed: plan.seed,
                lastsMs: plan.steadyMs + BETWEEN_ROWS_MS,
            })
        for (const kind of ["closed", "silent"] as const)
            for (const latencyMs of plan.latenciesMs)
                for (const program of PROGRAMS)
                    cases.push(cutCase(plan, { kind, latencyMs, program, broker }))
    }
    return cases
}

function cutCase(
    plan: Plan,
    { kind, ...which }: Pick<Case, "latencyMs" | "program" | "broker"> & { kind: CutKind }
): Case {
    const afterMs = plan.beforeCutMs + BETWEEN_ROWS_MS
    return {
        ...which,
        seed: plan.seed,
        lastsMs: afterMs + plan.cutMs + AFTER_CUT_MS,
        cut: { kind, afterMs, lastsMs: plan.cutMs },
    }
}

/** @param onCase called before each case */
export async function runPlan(
    plan: Plan,
    onCase: (which: Case, index: number, of: number) => void = () => undefined
): Promise<CaseResult[]> {
    const cases = casesOf(plan)
    const results: CaseResult[] = []
    for (const [index, which] of cases.entries()) {
        onCase(which, index, cases.length)
        results.push(await runCase(which))
    }
    return results
}
