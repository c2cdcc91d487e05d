/**
 * Puts in place what type checks, lint and editors need to know about the
 * board: the sources of the @devicescript packages, which are inside
 * @devicescript/cli, and DeviceScript's own library declarations in a form
 * that the installed TypeScript understands. Takes a second the first time and
 * nothing after that.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { register } from "tsx/esm/api"

const unregister = register()
const { PROJECT_ROOT, unpackDeviceScriptPackages } = await import("../sim/program/compile.ts")
await unregister()

const packages = path.join(PROJECT_ROOT, "node_modules", "@devicescript")
const library = path.join(packages, "core", "src", "corelib.d.ts")
// tsconfig.device.json includes this file instead of corelib.d.ts. The stock
// tools rewrite their own copy, so that one stays as it is.
const target = path.join(PROJECT_ROOT, "node_modules", ".cache", "suitcase", "corelib.d.ts")

// npm removes packages that it did not install itself, but leaves the marker.
if (!existsSync(library)) writeFileSync(path.join(packages, ".unpacked"), "")
unpackDeviceScriptPackages()

// DeviceScript's compiler is a fork of TypeScript 4.9; since 5.6 this
// interface has three parameters, and for … of needs it.
const original = readFileSync(library, "utf8")
const before = "interface IterableIterator<T> {}"
const after = "interface IterableIterator<T, TReturn = any, TNext = any> {}"
if (!original.includes(before)) {
    console.error(`${library} has changed: "${before}" is not in it. See tools/unpack.mjs.`)
    process.exit(1)
}
const text = original.replace(before, after)
if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text)
}
