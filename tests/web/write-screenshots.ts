/** `npm run docs:screenshots`: makes the pictures of the flash page for the guides anew, in both languages. */
import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { SCREENSHOT_FOLDER, screenshots } from "./screenshots.js"

const folder = path.join(PROJECT_ROOT, SCREENSHOT_FOLDER)
mkdirSync(folder, { recursive: true })
for await (const { name, bytes } of screenshots()) {
    writeFileSync(path.join(folder, name), bytes)
    console.log(`${SCREENSHOT_FOLDER}/${name} written, ${Math.ceil(bytes.length / 1024)} KB`)
}
