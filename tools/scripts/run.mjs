/** Runs a TypeScript file of this project: node tools/scripts/run.mjs bench/codec/run.ts --json */
import "./install.mjs"
import path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..")
const { register } = await import("tsx/esm/api")
register()
const [node, , file, ...args] = process.argv
process.argv = [node, path.join(root, file), ...args]
await import(pathToFileURL(process.argv[1]).href)
