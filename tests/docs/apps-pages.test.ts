/** The pages of applications say what the programs have: settings, channels, alarms; in both languages. */
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { declaredSettings } from "../../sim/apps/declared.js"
import { appNames } from "../../sim/apps/registry.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

/** Programs that are tools, not applications. */
const TOOLS = ["bus-scan"]
const LANGUAGES = ["", ".da"]

function read(file: string): string {
    return readFileSync(path.join(PROJECT_ROOT, file), "utf8")
}

const applications = appNames(PROJECT_ROOT).filter(name => !TOOLS.includes(name))
const pages = applications.flatMap(name => LANGUAGES.map(ending => [name, ending] as const))

describe.each(pages)("the page of %s%s", (name, ending) => {
    const file = `docs/apps/${name}${ending}.md`
    const source = read(`devs/${name}.ts`)

    it("is there, and in the catalogue", () => {
        expect(existsSync(path.join(PROJECT_ROOT, file)), file).toBe(true)
        expect(read(`docs/apps/README${ending}.md`)).toContain(`(${name}${ending}.md)`)
    })

    it("lists each setting with its default and range, and no other", () => {
        const rows = [
            ...read(file).matchAll(
                /^\| `([a-z0-9-]+)` +\| +(-?\d+) ?(\S*) +\| (-?\d+) \S+ (-?\d+) /gm
            ),
        ]
        expect(rows.map(([, key, value, unit, min, max]) => [key, value, unit, min, max])).toEqual(
            declaredSettings(source).map(({ key, unit, value, min, max }) => [
                key,
                String(value),
                unit,
                String(min),
                String(max),
            ])
        )
    })

    it("names each channel that is recorded, and each alarm", () => {
        const list = /columns\(\[([^\]]*)\]\)/.exec(source)?.[1] ?? ""
        const channels = [...list.matchAll(/"([a-z0-9_]+)"/g)].map(([, channel]) => channel)
        const alarms = [...source.matchAll(/new Alarm\(\s*"([a-z0-9_]+)"/g)].map(
            ([, alarm]) => alarm
        )
        const page = read(file)
        const absent = [...channels, ...alarms].filter(word => !page.includes(`\`${word}\``))
        expect(absent).toEqual([])
    })
})

describe("declared settings", () => {
    it("say what each is for, and have their default in their range", () => {
        for (const name of applications)
            for (const { key, value, min, max, text } of declaredSettings(
                read(`devs/${name}.ts`)
            )) {
                expect(text, `${name} ${key}: words behind //`).not.toBe("")
                expect(value >= min && value <= max, `${name} ${key}`).toBe(true)
            }
    })
})
