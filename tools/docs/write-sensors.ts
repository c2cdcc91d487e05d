/** `npm run docs:sensors`: writes docs/sensors.md and the addresses that the bus scan knows. */
import { writeFileSync } from "node:fs"
import path from "node:path"
import prettier from "prettier"
import { loadParts } from "../../sim/parts/catalogue.js"
import { measurePart } from "../../sim/parts/measure.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { appsByPart } from "../sensors/used-by.js"
import { KNOWN_ADDRESSES_FILE, knownAddressesSource } from "./known-addresses.js"
import { sensorsPage, type PageEntry } from "./sensors-page.js"

const parts = await loadParts()
const apps = appsByPart()
const entries: PageEntry[] = []
for (const part of parts) {
    process.stdout.write(`${part.folder} `)
    entries.push({ part, figures: await measurePart(part), apps: apps.get(part.folder) ?? [] })
}
process.stdout.write("\n")
await write("docs/sensors.md", sensorsPage(entries))
await write(KNOWN_ADDRESSES_FILE, knownAddressesSource(parts))

async function write(file: string, text: string): Promise<void> {
    const full = path.join(PROJECT_ROOT, file)
    const options = (await prettier.resolveConfig(full)) ?? {}
    writeFileSync(full, await prettier.format(text, { ...options, filepath: full }))
    console.log(`${file} written`)
}
