/**
 * Makes every command of this project work on a fresh clone: installs the locked
 * dependencies when they are missing or older than package-lock.json. As a package
 * in another folder, which has no lock file of its own, it says what to run. Imported
 * first by what `npx suitcase` and the npm scripts run. All that it and npm say
 * goes to stderr, so that results on stdout stay clean.
 * Plain JavaScript without imports from npm, because nothing is installed yet.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"
import { fileURLToPath } from "node:url"

const MIN_NODE_MAJOR = 20
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..")
const lock = path.join(root, "package-lock.json")
const stamp = path.join(root, "node_modules", ".package-lock.json")

const major = Number(process.versions.node.split(".")[0])
if (major < MIN_NODE_MAJOR) {
    console.error(`Suitcase needs Node.js ${MIN_NODE_MAJOR} or newer; this is ${process.version}.`)
    process.exit(2)
}

if (!existsSync(lock)) {
    const missing = missingPackages()
    if (missing.length > 0) {
        console.error(
            `Suitcase is not installed completely: ${missing.join(", ")} missing. Run "npm install" in your folder.`
        )
        process.exit(2)
    }
} else if (!isCurrent()) {
    console.error("Installing dependencies (first run, about 10 s) …")
    const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"]
    const options = { cwd: root, stdio: ["inherit", process.stderr.fd, "inherit"] }
    const npm = npmScript()
    const { status } = npm
        ? spawnSync(process.execPath, [npm, ...args], options)
        : spawnSync("npm", args, { ...options, shell: true })
    if (status !== 0) {
        console.error(
            'Installing failed. Check the network connection to the npm registry, then run "npm ci".'
        )
        process.exit(status ?? 1)
    }
}

/** npm's own script, when npm or npx started this; other package managers know no "ci". */
function npmScript() {
    const started = process.env.npm_execpath ?? ""
    const script = path.join(path.dirname(started), "npm-cli.js")
    return /^np[mx]-cli\.js$/.test(path.basename(started)) && existsSync(script)
        ? script
        : undefined
}

/** Of a package in another folder: what it depends on and that is not there. */
function missingPackages() {
    const require = createRequire(import.meta.url)
    const { dependencies } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"))
    return Object.keys(dependencies).filter(name =>
        (require.resolve.paths(name) ?? []).every(folder => !existsSync(path.join(folder, name)))
    )
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
