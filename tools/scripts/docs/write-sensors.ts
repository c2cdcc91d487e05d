/**
 * `npm run docs:sensors`: writes docs/sensors.md and the addresses that the bus scan
 * knows. Names of parts limit the measuring to them and to those that have no row yet.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import prettier from "prettier"
import { loadParts } from "../../../sim/parts/catalogue.js"
import { measurePart } from "../../../sim/parts/measure.js"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"
import { unfinishedMarks } from "../../cli/sensors/unfinished.js"
import { appsByPart } from "../../cli/sensors/used-by.js"
import { KNOWN_ADDRESSES_FILE, knownAddressesSource } from "./known-addresses.js"
import { rowOf, sensorRow, sensorsPage, type PageRow } from "./sensors-page.js"

const PAGE = "docs/sensors.md"

const wanted = process.argv.slice(2)
const all = await loadParts()
const unknown = wanted.find(name => !all.some(({ folder }) => folder === name))
if (unknown !== undefined) {
    console.error(`docs:sensors: no part "${unknown}" in src/drivers`)
    process.exit(2)
}
const parts = all.filter(({ folder }) => {
    const marks = unfinishedMarks(folder)
    if (marks.length > 0)
        console.log(`${folder} is left out: its template is not filled in yet, see ${marks[0]}`)
    return marks.length === 0
})
const apps = appsByPart()
const before = readPage()
const rows: PageRow[] = []
for (const part of parts) {
    const isWanted = wanted.length === 0 || wanted.includes(part.folder)
    const earlier = isWanted ? undefined : rowOf(before, part)
    if (earlier === undefined) console.log(`measuring ${part.folder}`)
    const row =
        earlier ??
        sensorRow({
            part,
            figures: await measurePart(new PartProgram(part.folder, part)),
            apps: apps.get(part.folder) ?? [],
        })
    rows.push({ part, row })
}
await write(PAGE, sensorsPage(rows))
await write(KNOWN_ADDRESSES_FILE, knownAddressesSource(parts))

async function write(file: string, text: string): Promise<void> {
    const full = path.join(PROJECT_ROOT, file)
    const options = (await prettier.resolveConfig(full)) ?? {}
    writeFileSync(full, await prettier.format(text, { ...options, filepath: full }))
    console.log(`${file} written`)
}

function readPage(): string {
    const file = path.join(PROJECT_ROOT, PAGE)
    return existsSync(file) ? readFileSync(file, "utf8") : ""
}
