import { defineConfig } from "vitest/config"

const reporters = ["default", "./tests/summary-reporter.ts"]
if (process.env["GITHUB_ACTIONS"] !== undefined) reporters.push("github-actions")

export default defineConfig({
    test: {
        include: [
            "src/**/*.test.ts",
            "sim/**/*.test.ts",
            "tools/**/*.test.ts",
            "tests/**/*.test.ts",
        ],
        setupFiles: ["tests/setup.ts"],
        // The compiler and the VM's image are loaded once per worker instead of
        // once per file, which halves the time. So tests restore what they change
        // outside of themselves: environment, console, modules' own state.
        pool: "forks",
        isolate: false,
        maxWorkers: "100%",
        testTimeout: 60_000,
        hookTimeout: 60_000,
        reporters,
    },
})
