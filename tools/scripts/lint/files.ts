/**
 * Which files are what: the one list that lint rules and import directions
 * share. Patterns are ESLint globs, relative to the project's root.
 */

/** Unit tests lie next to what they test and run in Node. */
export const TESTS = ["**/*.test.ts"]

/** Register models and descriptions of sensors: they lie next to the drivers, but run in Node. */
export const MODELS = ["src/drivers/**/*model.ts", "src/drivers/**/part.ts"]

/** Compiled to bytecode: everything in src/ and devs/ but models and tests. */
export const DEVICE = ["src/**/*.ts", "devs/**/*.ts"]
export const NOT_DEVICE = [...TESTS, ...MODELS]

/** Compiled to bytecode, but part of the decoders, tools and simulator as well. */
export const PORTABLE = ["src/core/**/*.ts"]

/** The one file that may ask whether it runs in a simulator. */
export const BUS = ["src/station/bus.ts"]

/** The one file that waits with what the platform has. */
export const SCHEDULER = ["src/scheduler/scheduler.ts"]

/** Scripts that run before anything is installed or before types are there. */
export const SCRIPTS = ["**/*.js", "**/*.mjs"]

/** Runs in a browser: the flash page. */
export const PAGE = ["tools/web/page/**/*.ts"]
