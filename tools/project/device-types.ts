/**
 * Puts in place what type checks, lint and editors need to know about the
 * board: the sources of the @devicescript packages, and DeviceScript's own
 * library declarations in a form that the installed TypeScript understands.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { PROJECT_ROOT, unpackDeviceScriptPackages } from "../../sim/program/compile.js"

// The compiler of the board is a fork of TypeScript 4.9; since 5.6 this
// interface has three parameters, and for … of needs it.
const BEFORE = "interface IterableIterator<T> {}"
const AFTER = "interface IterableIterator<T, TReturn = any, TNext = any> {}"

/**
 * Takes about a second the first time, and nothing after that.
 *
 * @param root of the toolkit, or of a city's folder
 * @throws Error when DeviceScript's declarations are not those that this knows
 */
export function unpackDeviceTypes(root = PROJECT_ROOT): void {
    unpackDeviceScriptPackages(root)
    const modules = path.join(root, "node_modules")
    const library = path.join(modules, "@devicescript", "core", "src", "corelib.d.ts")
    // tsconfig.device.json includes this file instead of corelib.d.ts. The stock
    // tools write that one again at each build, so it stays as it is.
    const target = path.join(modules, ".cache", "suitcase", "corelib.d.ts")
    const original = readFileSync(library, "utf8")
    if (!original.includes(BEFORE))
        throw new Error(`${library} has changed: "${BEFORE}" is not in it; see device-types.ts`)
    const text = original.replace(BEFORE, AFTER)
    if (existsSync(target) && readFileSync(target, "utf8") === text) return
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text)
}
