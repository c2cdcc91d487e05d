import { spawn, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { projectFiles } from "../../../tests/support/project-files.js"

const ROOT = fileURLToPath(new URL("../../..", import.meta.url))
const SOAK = fileURLToPath(new URL("../soak.mjs", import.meta.url))

function soak(args: readonly string[], env: Record<string, string> = {}) {
    return spawnSync(process.execPath, [SOAK, ...args], {
        cwd: ROOT,
        env: { ...process.env, NO_COLOR: "1", ...env },
        encoding: "utf8",
    })
}

describe("npm run soak", () => {
    it("--help lists the parts, how long they take, and their environment variables", () => {
        const { stdout, status } = soak(["--help"], { SUITCASE_HEAP_DAYS: "3" })
        expect(status).toBe(0)
        const parts = [...stdout.matchAll(/^ {2}(\w+): .*; about [\d.]+ (min|h)$/gm)].map(m => m[1])
        expect(parts).toEqual([
            ...[
                "decoder",
                "receiver",
                "parts",
                "linker",
                "settings",
                "hostile",
                "cuts",
                "time",
                "eeprom",
                "campaigns",
                "fleet",
                "year",
                "applications",
                "drift",
                "heap",
            ],
        ])
        expect(stdout).toMatch(/ {2}cuts: .*\n {6}SUITCASE_LINK_CUT_GRAIN=1\n/)
        expect(stdout, "a number of the environment").toContain("SUITCASE_HEAP_DAYS=3\n")
    })

    it("names every number that a test takes from the environment, and no other", () => {
        const listed = [...soak(["--help"]).stdout.matchAll(/(SUITCASE_\w+)=/g)].map(m => m[1])
        const used = projectFiles(/^(?:tests\/(?!runner)|tools\/(?!scripts)).*\.ts$/)
            .flatMap(file => [
                ...readFileSync(`${ROOT}/${file}`, "utf8").matchAll(
                    /(?:process\.env\[|extent\()"(SUITCASE_\w+)"/g
                ),
            ])
            .map(m => m[1])
            // No numbers: what .ci/run adds, and a part's name.
            .filter(name => name !== "SUITCASE_TESTS" && name !== "SUITCASE_PART")
        expect([...new Set(listed)].sort()).toEqual([...new Set(used)].sort())
    })

    it("refuses a part that there is not, and names those that there are", () => {
        const { stderr, status } = soak(["campaign"])
        expect(status).toBe(2)
        expect(stderr).toMatch(/^soak: no part "campaign"; there are decoder, .*, heap\./)
    })

    it("ends with a line for each part, and with 1 when one failed", () => {
        // With the date as the seed, as usual: any date's inputs must pass.
        const passed = soak(["decoder"], { SUITCASE_FUZZ_RUNS: "10" })
        expect(passed.stdout).toMatch(/\n■ decoder: passed after \d+ s\n$/)
        expect(passed.status).toBe(0)
        const failed = soak(["decoder"], { SUITCASE_FUZZ_RUNS: "-1" })
        expect(failed.stdout).toMatch(/\n■ decoder: FAILED after \d+ s, \d+ tests had passed\n$/)
        expect(failed.status).toBe(1)
    })

    it.skipIf(process.platform === "win32")("Ctrl-C ends it and its workers", async () => {
        const args = [SOAK, "decoder", "heap"]
        const run = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] })
        let text = ""
        run.stdout.setEncoding("utf8").on("data", (piece: string) => {
            // The banner of vitest: it is at work.
            if (!text.includes("RUN") && piece.includes("RUN")) run.kill("SIGINT")
            text += piece
        })
        // The pipes close only when no worker has them any more.
        const code = await new Promise(resolve => run.once("close", resolve))
        expect(code).toBe(130)
        expect(text).toMatch(
            /\n■ decoder: interrupted after \d+ s, \d+ tests had passed\n■ heap: not run\n$/
        )
    })
})
