/** The toolkit as a package file in the new folder, so that the folder can be installed anywhere. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import path from "node:path"
import { PROJECT_ROOT } from "../../../sim/program/project.js"
import { UsageError } from "../errors.js"

const VENDOR = "vendor"

/**
 * @returns what package.json names: "file:vendor/suitcase-0.1.0.tgz"
 * @throws UsageError when npm cannot pack it
 */
export function packToolkit(root: string): string {
    const folder = path.join(root, VENDOR)
    mkdirSync(folder, { recursive: true })
    const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder]
    const { status, stdout } = runNpm(args)
    const name = status === 0 ? packedName(stdout) : undefined
    if (name === undefined || !existsSync(path.join(folder, name)))
        throw new UsageError(
            "npm could not pack the toolkit; name its source with --toolkit, such as a path to suitcase.tgz"
        )
    return `file:${VENDOR}/${name}`
}

/** npm's own script, when npm or npx started this; a shell finds it elsewhere, on Windows too. */
function runNpm(args: readonly string[]): { status: number | null; stdout: string } {
    const script = process.env["npm_execpath"] ?? ""
    const isScript = /npm-cli\.js$/.test(script) && existsSync(script)
    return spawnSync(
        isScript ? process.execPath : "npm",
        isScript ? [script, ...args] : args.map(quoted),
        {
            cwd: PROJECT_ROOT,
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"],
            shell: !isScript,
        }
    )
}

function quoted(arg: string): string {
    return /^[\w./:=-]+$/.test(arg) ? arg : `"${arg.replaceAll('"', "")}"`
}

function packedName(json: string): string | undefined {
    try {
        return (JSON.parse(json) as { filename: string }[])[0].filename
    } catch {
        return undefined
    }
}
