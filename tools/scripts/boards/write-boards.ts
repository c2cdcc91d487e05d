/** `npm run docs:boards`: writes the pages and drawings of the kit's boards, and the tables of the overviews. */
import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"
import { boardFiles } from "./board-files.js"

for (const [file, text] of await boardFiles()) {
    const full = path.join(PROJECT_ROOT, file)
    mkdirSync(path.dirname(full), { recursive: true })
    writeFileSync(full, text)
    console.log(`${file} written`)
}
