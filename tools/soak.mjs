/** `npm run soak`: the long forms of the campaigns that `npm test` runs short. */
import { spawnSync } from "node:child_process"
import path from "node:path"
import { fileURLToPath } from "node:url"

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..")
const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs")
const env = {
    ...process.env,
    SUITCASE_FUZZ_RUNS: process.env.SUITCASE_FUZZ_RUNS ?? "5000000",
    // Power cuts in the settings store after every single byte.
    SUITCASE_CUT_GRAIN: process.env.SUITCASE_CUT_GRAIN ?? "1",
    SUITCASE_FLEET_NODES: process.env.SUITCASE_FLEET_NODES ?? "200",
    SUITCASE_HEAP_DAYS: process.env.SUITCASE_HEAP_DAYS ?? "30",
}

console.log(
    `Fuzzing the decoder with ${Number(env.SUITCASE_FUZZ_RUNS).toLocaleString("en")} inputs …`
)
const result = spawnSync(
    process.execPath,
    [
        vitest,
        "run",
        "tests/fuzz",
        "tests/settings-power-cut",
        "tests/reliability/fleet",
        "tests/reliability/heap",
    ],
    {
        cwd: root,
        env,
        stdio: "inherit",
    }
)
process.exit(result.status ?? 1)
