/** `npm run docs:hour`: writes docs/hour, the same hour of readings in every form. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"
import { HOUR_FOLDER, hourFiles } from "./hour-of-readings.js"

const folder = path.join(PROJECT_ROOT, HOUR_FOLDER)
rmSync(folder, { recursive: true, force: true })
for (const [name, text] of await hourFiles()) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(`${HOUR_FOLDER}/${name} written`)
}
