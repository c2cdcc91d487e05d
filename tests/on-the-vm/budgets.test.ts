/** What an app may take of a board. A change that takes more has to say so in budgets.json. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { appNames, simulatedApp } from "../../sim/apps/registry.js"
import { compile } from "../../sim/program/compile.js"
import { hours } from "../../sim/time/duration.js"
import { imageSizes } from "../../tools/cli/build/image.js"
import { SimSession } from "../../tools/cli/sim/session.js"

interface Budgets {
    /** Longest program of each app, B. */
    readonly bytecodeBytes: Readonly<Record<string, number | undefined>>
    /** Where the code of each app may end; the VM's own limit is 65,536 B. */
    readonly codeEndBytes: Readonly<Record<string, number | undefined>>
    /** Free heap that must always be left, garbage counted as used, B. */
    readonly leastFreeHeapBytes: number
}

const budgets = JSON.parse(
    readFileSync(new URL("budgets.json", import.meta.url), "utf8")
) as Budgets

describe.each(appNames())("the app %s", name => {
    it("stays within its budget of bytecode, and that budget is not idle", () => {
        const budget = budgets.bytecodeBytes[name]
        if (budget === undefined)
            throw new Error(`tests/on-the-vm/budgets.json has no bytecode budget for ${name}`)
        const { bytes, codeEnd } = imageSizes(compile(`devs/${name}.ts`, { target: "board" }))
        expect(bytes).toBeLessThanOrEqual(budget)
        expect(bytes, "lower the budget: it would hide growth").toBeGreaterThan(0.7 * budget)
        expect(codeEnd, "B, end of the code").toBeLessThanOrEqual(budgets.codeEndBytes[name] ?? 0)
    })

    const app = simulatedApp(name)
    if (app !== undefined)
        it("leaves free heap at all times of a quarter of a day", async () => {
            const session = await SimSession.open({ app, program: compile(`devs/${name}.ts`) })
            try {
                await session.run(hours(6))
                const report = await session.finish()
                expect(report.heapLowWaterBytes).toBeGreaterThanOrEqual(budgets.leastFreeHeapBytes)
            } finally {
                await session.close()
            }
        })
})
