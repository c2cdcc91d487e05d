import { defineConfig } from "vitest/config"

export default defineConfig({
    test: {
        include: [
            "src/**/*.test.ts",
            "sim/**/*.test.ts",
            "tools/**/*.test.ts",
            "tests/**/*.test.ts",
        ],
        testTimeout: 60_000,
        hookTimeout: 60_000,
        reporters:
            process.env["CI"] === undefined
                ? ["default"]
                : ["default", "./tests/summary-reporter.ts"],
    },
})
