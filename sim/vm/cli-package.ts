/**
 * Reaches the two things this project takes out of the published
 * `@devicescript/cli` package: the virtual machine (a WebAssembly image) and
 * the compiler. Both live inside one bundled file and are used from there, so
 * that the repository holds no second copy of either.
 */
import { existsSync, readFileSync } from "node:fs"
import Module, { createRequire } from "node:module"
import path from "node:path"
import { SharedSources } from "./shared-sources.js"

const require = createRequire(import.meta.url)

/** The version this project is written against; see package.json. */
export const CLI_VERSION = "2.16.4"

/** The installed package is missing or is not the version we know. */
export class CliPackageError extends Error {
    override name = "CliPackageError"
}

/** Absolute path of the bundled command line tool. */
export function cliBundlePath(): string {
    let manifest: string
    try {
        manifest = require.resolve("@devicescript/cli/package.json")
    } catch {
        throw new CliPackageError(
            `@devicescript/cli ${CLI_VERSION} is not installed: run "npm ci" in the project folder`
        )
    }
    const version = (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version
    if (version !== CLI_VERSION)
        throw new CliPackageError(
            `@devicescript/cli is ${version}, but this project needs ${CLI_VERSION}: run "npm ci"`
        )
    const bundle = path.join(path.dirname(manifest), "built", "devicescript-cli.cjs")
    if (!existsSync(bundle))
        throw new CliPackageError(`${bundle} is missing: run "npm ci" to install it again`)
    return bundle
}

const SECTION_MEMORY = 5
/** Its content: 256 pages of 64 KB, and no more. */
const MEMORY_AS_PUBLISHED = [0x01, 0x01, 0x80, 0x02, 0x80, 0x02]
/** 32 pages. The VM takes a fifth of them, and Node tidies up after each 64 MB of such memory. */
const MEMORY = [0x01, 0x01, 0xa0, 0x00, 0xa0, 0x00]

export const VM_MEMORY_BYTES = 32 * 65_536

let bytes: Uint8Array<ArrayBuffer> | undefined

/** The image of the DeviceScript virtual machine, with 2 MB of memory instead of 16. */
export function vmBytes(): Uint8Array<ArrayBuffer> {
    if (bytes !== undefined) return bytes
    const text = readFileSync(cliBundlePath(), "latin1")
    const marker = 'wasmBinaryFile = "data:application/octet-stream;base64,'
    const start = text.indexOf(marker)
    if (start < 0) throw new CliPackageError("no WebAssembly image found in @devicescript/cli")
    const from = start + marker.length
    const image = Buffer.from(text.slice(from, text.indexOf('"', from)), "base64")
    const at = image.indexOf(Buffer.from([SECTION_MEMORY, MEMORY.length, ...MEMORY_AS_PUBLISHED]))
    if (at < 0) throw new CliPackageError("the VM in @devicescript/cli has another memory")
    image.set(MEMORY, at + 2)
    bytes = Uint8Array.from(image)
    return bytes
}

let image: WebAssembly.Module | undefined

/** The DeviceScript virtual machine as it is published, compiled once per process. */
export function vmImage(): WebAssembly.Module {
    return (image ??= new WebAssembly.Module(vmBytes()))
}

/** What is looked for in the bundle, once, and what is put there instead. */
type Edit = readonly [original: string, edited: string]

/** What the edited compiler calls {@link SharedSources}. */
const SHARED = "suitcaseSharedSources"

/**
 * Takes half of the time off a compilation, and changes nothing in a program: the
 * compiler's own declaration files are not checked again each time, the full name
 * of a symbol, which prints its syntax tree, is found once, with a printer that is
 * made once, as in TypeScript 5, calculations are not asked whether they are promises,
 * and programs that one process compiles share what they have in common
 * ({@link SharedSources}).
 */
const EDITS: readonly Edit[] = [
    ["// skipLibCheck: true,", "skipLibCheck: true,"],
    [
        "symName(sym) {",
        `symName(sym) {
            const names = (this.symNames ??= new Map())
            let name = names.get(sym)
            if (name === undefined) names.set(sym, (name = this.newSymName(sym)))
            return name
        }
        newSymName(sym) {`,
    ],
    [
        "const host = new TsHost(dsHost, prelude2, checkModule);",
        `${SHARED}.begin(); const host = new TsHost(dsHost, prelude2, checkModule);`,
    ],
    [
        "return ts.createSourceFile(\n          fileName,",
        `return ${SHARED}.sourceFile(fileName, text, () => ts.createSourceFile(\n          fileName,`,
    ],
    ["setParentNodes\n        );", "setParentNodes\n        ));"],
    [
        "var printer = (enclosingDeclaration === null || enclosingDeclaration === void 0 ? " +
            "void 0 : enclosingDeclaration.kind) === 308 ? " +
            "ts6.createPrinter({ removeComments: true, neverAsciiEscape: true }) : " +
            "ts6.createPrinter({ removeComments: true });",
        "var isOfFile = enclosingDeclaration?.kind === 308;" +
            `var printer = ${SHARED}.printer(isOfFile, () => ts6.createPrinter(` +
            "isOfFile ? { removeComments: true, neverAsciiEscape: true } : { removeComments: true }));",
    ],
    [
        "const tp = this.checker.getTypeAtLocation(expr);\n        if (this.isPromise(tp) &&",
        `if (${SHARED}.canBePromise(import_typescript2.SyntaxKind, expr) && ` +
            "this.isPromise(this.checker.getTypeAtLocation(expr)) &&",
    ],
    ["program2.getSemanticDiagnostics()", `${SHARED}.semanticDiagnostics(program2)`],
    ["sf.__ds_srcidx = idx;", `${SHARED}.mark(sf).__ds_srcidx = idx;`],
    ["return decl.__ds_const_val = {", `return ${SHARED}.mark(decl).__ds_const_val = {`],
    ["ee.__ds_folded = null;", `${SHARED}.mark(ee).__ds_folded = null;`],
    ["d0.__ds_const_val = folded;", `${SHARED}.mark(d0).__ds_const_val = folded;`],
    ["s.__ds_cell = cell;", `${SHARED}.mark(s).__ds_cell = cell;`],
]

/** @throws CliPackageError when the bundle is not the one we know */
function edited(bundle: string): string {
    const places = EDITS.map(([original, replacement]) => {
        // Only the first one: the bundle holds the compiler twice, and this is the one we take.
        const at = bundle.indexOf(original)
        if (at < 0) throw new CliPackageError(`no "${original}" found in @devicescript/cli`)
        return { at, end: at + original.length, replacement }
    }).sort((a, b) => a.at - b.at)
    // Put together in one go: the bundle has 28 million characters.
    let text = ""
    let done = 0
    for (const { at, end, replacement } of places) {
        text += bundle.slice(done, at) + replacement
        done = end
    }
    return text + bundle.slice(done)
}

/**
 * Evaluates the bundle and returns the compiler module inside it. Takes about
 * one second, so callers keep its results (see tools/cli/build/).
 */
export function loadCompilerModule(): unknown {
    const bundle = cliBundlePath()
    const source =
        `const ${SHARED} = module.sharedSources;` +
        edited(readFileSync(bundle, "utf8")) +
        "\n;module.exports = require_devicescript_compiler_node();"
    type LoadableModule = InstanceType<typeof Module> & {
        sharedSources: SharedSources
        _compile(code: string, filename: string): void
    }
    const loaded = new Module(bundle) as LoadableModule
    loaded.filename = bundle
    loaded.sharedSources = new SharedSources()
    loaded._compile(source, bundle)
    return loaded.exports
}
