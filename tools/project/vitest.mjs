/**
 * Configuration of vitest for a city's own folder: the toolkit's TypeScript is read as it is, and its parts, boards
 * and programs are looked for beside those of the folder.
 *
 *     import { suitcaseTests } from "suitcase/vitest"
 *     export default suitcaseTests()
 *
 * Plain JavaScript, because Node loads it out of node_modules.
 */
export function suitcaseTests(root = process.cwd()) {
    process.env.SUITCASE_PROJECT = root
    return {
        test: {
            include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
            env: { SUITCASE_PROJECT: root },
            server: { deps: { inline: [/suitcase/] } },
            pool: "forks",
            isolate: false,
            testTimeout: 60_000,
            hookTimeout: 60_000,
            passWithNoTests: true,
        },
    }
}
