/**
 * Makes `npm start` and `npm test` work on a fresh clone: installs the locked
 * dependencies when they are missing or older than package-lock.json.
 * Plain JavaScript without imports from npm, because nothing is installed yet.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, statSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"

const MIN_NODE_MAJOR = 20
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..")
const lock = path.join(root, "package-lock.json")
const stamp = path.join(root, "node_modules", ".package-lock.json")

const major = Number(process.versions.node.split(".")[0])
if (major < MIN_NODE_MAJOR) {
    console.error(`Suitcase needs Node.js ${MIN_NODE_MAJOR} or newer; this is ${process.version}.`)
    process.exit(2)
}

if (!isCurrent()) {
    console.log("Installing dependencies (first run, about 10 s) …")
    const npm = process.env.npm_execpath
    const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"]
    const result = npm
        ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: "inherit" })
        : spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: true })
    if (result.status !== 0) {
        console.error(
            'Installing failed. Check the network connection to the npm registry, then run "npm ci".'
        )
        process.exit(result.status ?? 1)
    }
}

/** Installed packages are those of the lock file. */
function isCurrent() {
    if (!existsSync(stamp)) return false
    if (statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return true
    const installed = JSON.parse(readFileSync(stamp, "utf8")).packages
    const wanted = JSON.parse(readFileSync(lock, "utf8")).packages
    return Object.entries(wanted).every(
        ([where, entry]) =>
            where === "" || entry.optional || installed[where]?.version === entry.version
    )
}
