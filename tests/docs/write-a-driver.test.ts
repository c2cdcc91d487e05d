/**
 * docs/write-a-driver.md, followed in a copy of the project. `npm test` runs the common
 * suite once, for the finished driver, and leaves lint, types and the templates to
 * .ci/run, which sets SUITCASE_TESTS=whole and follows it word for word.
 */
import { readFileSync } from "node:fs"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { IS_WHOLE } from "../runner/whole.js"
import { actionsOf, ReadersCopy, type Action } from "./guide.js"

const copy = new ReadersCopy()
afterAll(() => copy.remove())

/** "npx suitcase try": what a command does, whatever it does it to. */
function kindOf(command: string): string {
    return command.split(" ").slice(0, 3).join(" ")
}

/** What `npm test` leaves to .ci/run: lint, types, and what comes again later. */
function isLeftOut(command: string, later: readonly Action[]): boolean {
    if (/^(npm run types|npx eslint|npx prettier)\b/.test(command)) return true
    return later.some(action => "command" in action && kindOf(action.command) === kindOf(command))
}

describe("docs/write-a-driver.md", () => {
    const actions = actionsOf(
        readFileSync(path.join(PROJECT_ROOT, "docs", "write-a-driver.md"), "utf8")
    )

    it("gives a working driver for a part that is not in the list", { timeout: 900_000 }, () => {
        let suites = 0
        for (const [i, action] of actions.entries())
            if ("file" in action) copy.save(action.file, action.text)
            else {
                if (!IS_WHOLE && isLeftOut(action.command, actions.slice(i + 1))) continue
                const stdout = copy.follow(action.command)
                if (!action.command.includes("vitest")) continue
                expect(stdout).toMatch(/Tests +\d{2} passed/)
                suites++
            }
        expect(suites).toBe(1)
    })

    if (IS_WHOLE)
        it.each(["registers", "words", "commands", "sensirion"])(
            "and so does the template %s, whose only failure lists what is left to fill in",
            { timeout: 300_000 },
            family => {
                const part = `abc${family}`
                copy.follow(
                    `npx suitcase new driver ${part} --maker Example --family ${family} --address 0x6a --channel temperature:Cel:0.01:-40..125 --channel flow:m:0.001:-3..5`
                )
                expect(copy.follow(`npm run docs:sensors -- ${part}`)).toContain(
                    `${part} is left out`
                )
                const { status, stdout } = copy.perform(`npx vitest run src/drivers/${part}`)
                expect(status).toBe(1)
                expect(stdout).toMatch(/Tests +1 failed \| \d{2} passed/)
                expect(stdout).toContain("has nothing left in it of the template")
                copy.follow(`npx eslint --max-warnings 0 src/drivers/${part} devs/examples`)
                copy.follow(`npx prettier --check src/drivers/${part} devs/examples`)
                copy.follow("npm run types")
            }
        )
})
