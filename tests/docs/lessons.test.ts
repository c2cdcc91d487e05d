/**
 * docs/lessons: what `npm test` looks at is whether the lessons say the same in both languages and type commands that
 * there are. .ci/run, which sets SUITCASE_TESTS=whole, follows them word for word.
 */
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { IS_WHOLE } from "../runner/whole.js"
import { actionsOf, ReadersCopy } from "./guide.js"

const FOLDER = path.join(PROJECT_ROOT, "docs", "lessons")
const LESSONS = ["first-reading", "own-application", "own-driver"]

function read(name: string): string {
    return readFileSync(path.join(FOLDER, `${name}.md`), "utf8")
}

describe("the lessons", () => {
    it("are all in the list, in both languages", () => {
        for (const lesson of LESSONS) {
            expect(read("README")).toContain(`(${lesson}.md)`)
            const danish = existsSync(path.join(FOLDER, `${lesson}.da.md`)) ? ".da" : ""
            expect(read("README.da")).toContain(`(${lesson}${danish}.md)`)
        }
    })

    it.each(LESSONS.slice(0, 2))("do the same in Danish: %s", lesson => {
        expect(actionsOf(read(`${lesson}.da`))).toEqual(actionsOf(read(lesson)))
    })

    it("type nothing but commands of the toolkit, npm and its tests", () => {
        for (const lesson of LESSONS)
            for (const action of actionsOf(read(lesson)))
                if ("command" in action)
                    expect(action.command).toMatch(
                        /^(npm start -- |npx suitcase (sim|sensors|build|new driver|try)\b|npx vitest run src\/drivers\/)/
                    )
    })

    if (IS_WHOLE)
        it("work word for word", { timeout: 900_000 }, () => {
            const copy = new ReadersCopy()
            try {
                for (const lesson of LESSONS)
                    for (const action of actionsOf(read(lesson)))
                        if ("file" in action) copy.save(action.file, action.text)
                        else if (action.command.startsWith("npx vitest")) {
                            const { status, stdout } = copy.perform(action.command)
                            expect(status, "of the template, whose one failure is wanted").toBe(1)
                            expect(stdout).toMatch(/Tests +1 failed \| \d{2} passed/)
                        } else {
                            const printed = copy.follow(action.command)
                            if (/too-warm.ts --world room --for 1h$/.test(action.command))
                                expect(printed, "the alarm is on").toMatch(
                                    /% RH {2}1 {2}\d+ readings/
                                )
                        }
            } finally {
                copy.remove()
            }
        })
})
