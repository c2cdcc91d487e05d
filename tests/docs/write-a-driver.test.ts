/**
 * docs/write-a-driver.md. `npm test` looks at whether it types commands that there are; .ci/run,
 * which sets SUITCASE_TESTS=whole, follows it word for word in a copy of the project.
 */
import { readFileSync } from "node:fs"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { IS_WHOLE } from "../runner/whole.js"
import { actionsOf, ReadersCopy } from "./guide.js"

const MARKDOWN = readFileSync(path.join(PROJECT_ROOT, "docs", "write-a-driver.md"), "utf8")
const FAMILIES = ["registers", "words", "commands", "sensirion"]

describe("docs/write-a-driver.md", () => {
    const actions = actionsOf(MARKDOWN)

    it("types nothing but commands of the toolkit, its scripts, tests and tools", () => {
        for (const action of actions)
            if ("command" in action)
                expect(action.command).toMatch(
                    /^(npx suitcase (new driver|try|sim)|npm run (docs:sensors|types)|npx (vitest run|eslint|prettier))\b/
                )
    })
})

if (IS_WHOLE)
    describe("docs/write-a-driver.md, followed", { timeout: 900_000 }, () => {
        const copy = new ReadersCopy()
        afterAll(() => copy.remove())

        it("gives a working driver for a part that is not in the list", () => {
            let suites = 0
            for (const action of actionsOf(MARKDOWN))
                if ("file" in action) copy.save(action.file, action.text)
                else {
                    const stdout = copy.follow(action.command)
                    if (!action.command.includes("vitest")) continue
                    expect(stdout).toMatch(/Tests +\d{2} passed/)
                    suites++
                }
            expect(suites).toBe(1)
        })

        it.each(FAMILIES)(
            "and so does the template %s, whose only failure lists what is left to fill in",
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
            }
        )

        it("and what the templates make has no fault for lint, formatter and compiler", () => {
            const folders = FAMILIES.map(family => `src/drivers/abc${family}`).join(" ")
            copy.follow(`npx eslint --max-warnings 0 ${folders} devs/examples`)
            copy.follow(`npx prettier --check ${folders} devs/examples`)
            copy.follow("npm run types")
        })
    })
