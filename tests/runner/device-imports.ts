/**
 * Programs for the board are compiled, not imported, so Vite does not see that a
 * test depends on them. This tells it, for `vitest --changed` and for watching: where a
 * part's model or description is used, its driver runs too; whoever compiles a program
 * uses the station; a simulated application is a program of devs/.
 */
import { existsSync } from "node:fs"
import path from "node:path"

/** Modules that come with a program, by the end of their path, and where that begins. */
const PROGRAMS: readonly (readonly [module: RegExp, program: string])[] = [
    [/\/src\/drivers\/(?!shared\/)[^/]+\/(?:model|part)\.ts$/, "./driver.ts"],
    [/\/sim\/program\/compile\.ts$/, "../../src/station/index.ts"],
    [/\/sim\/apps\/indoor-climate\.ts$/, "../../devs/indoor-climate.ts"],
]

/** A Vite plugin. */
export function deviceImports() {
    return {
        name: "suitcase-device-imports",
        enforce: "post" as const,
        transform(code: string, id: string) {
            const program = PROGRAMS.find(([module]) => module.test(id))?.[1]
            if (program === undefined || !existsSync(path.resolve(path.dirname(id), program)))
                return undefined
            // Never called: it is there to be seen.
            return { code: `${code}\nvoid (() => import(${JSON.stringify(program)}))\n`, map: null }
        },
    }
}
