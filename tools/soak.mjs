/**
 * `npm run soak`: the long forms of the campaigns that `npm test` runs short, one
 * after the other; takes hours. Names limit it to some: `npm run soak -- campaigns`.
 * Every number can be set in the environment.
 */
import { spawnSync } from "node:child_process"
import path from "node:path"
import { fileURLToPath } from "node:url"

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..")
const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs")

const PARTS = [
    {
        name: "decoder",
        what: "the frame decoder with damaged and random inputs",
        files: ["tests/fuzz"],
        env: { SUITCASE_FUZZ_RUNS: "5000000" },
    },
    {
        name: "settings",
        what: "power cuts in the settings store after every single byte",
        files: ["tests/settings-power-cut"],
        env: { SUITCASE_CUT_GRAIN: "1" },
    },
    {
        name: "campaigns",
        what: "nodes through weeks of random trouble",
        files: ["tests/reliability/campaigns"],
        env: { SUITCASE_CAMPAIGNS: "100", SUITCASE_CAMPAIGN_STEPS: "100" },
    },
    {
        name: "fleet",
        what: "200 nodes that lose their broker",
        files: ["tests/reliability/fleet"],
        env: { SUITCASE_FLEET_NODES: "200" },
    },
    {
        name: "heap",
        what: "a node's heap over 30 days",
        files: ["tests/reliability/heap"],
        env: { SUITCASE_HEAP_DAYS: "30" },
    },
]

const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !PARTS.some(part => part.name === name))
if (unknown.length > 0) {
    console.error(
        `soak: no part "${unknown[0]}"; there are ${PARTS.map(part => part.name).join(", ")}`
    )
    process.exit(2)
}

const failed = []
for (const { name, what, files, env } of PARTS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    console.log(`\n▶ ${name}: ${what}`)
    const result = spawnSync(process.execPath, [vitest, "run", ...files], {
        cwd: root,
        env: { ...env, ...process.env },
        stdio: "inherit",
    })
    if (result.status !== 0) failed.push(name)
}
if (failed.length > 0) console.error(`\nsoak: failed: ${failed.join(", ")}`)
process.exit(failed.length > 0 ? 1 : 0)
