/**
 * Rules for code that is compiled to DeviceScript bytecode, where TypeScript
 * looks the same as in Node and sometimes does something else.
 */
import type { Linter } from "eslint"
import { DEVICE_SYNTAX, NO_SIMULATOR } from "./device-syntax.js"

/** Globals that Node has and the board has not. */
const NOT_ON_BOARD =
    "Number Boolean Map Set WeakMap WeakSet Date Promise Symbol Proxy Reflect RegExp BigInt Intl " +
    "Uint8Array Int32Array Float64Array DataView ArrayBuffer TextEncoder TextDecoder queueMicrotask structuredClone"

/** Globals that a board, Node and a browser do not all have. */
const NOT_EVERYWHERE = "Buffer process global require module exports __dirname __filename"

/**
 * Numbers that are no int32 are false as conditions on the board (0.5, 3e9, the
 * time in ms), so a condition is a boolean and nothing else.
 */
const BOOLEAN_CONDITIONS = {
    allowString: false,
    allowNumber: false,
    allowNullableObject: false,
    allowNullableBoolean: false,
    allowNullableString: false,
    allowNullableNumber: false,
    allowNullableEnum: false,
    allowAny: false,
    allowRuleToRunWithoutStrictNullChecksIKnowWhatIAmDoing: true,
}

/** Waits of the platform's own: they end in 49.7 days, and cost an RP2040 its tick. */
const PLATFORM_TIMERS = "setTimeout setInterval updateInterval clearTimeout clearInterval"
const WAIT_HERE = "Wait with sleep(), pause() or suspend() of src/scheduler/scheduler.ts."

function globals(names: string, message: string): { name: string; message: string }[] {
    return names.split(" ").map(name => ({ name, message }))
}

/** For every file that is compiled to bytecode. */
export const DEVICE_RULES: Linter.RulesRecord = {
    "no-restricted-syntax": ["error", ...DEVICE_SYNTAX, NO_SIMULATOR],
    "no-restricted-globals": [
        "error",
        ...globals(NOT_ON_BOARD, "The board does not have it."),
        ...globals(PLATFORM_TIMERS, WAIT_HERE),
    ],
    "no-restricted-properties": [
        "error",
        ...["sleep", "delay", "suspend"].map(property => ({
            object: "ds",
            property,
            message: WAIT_HERE,
        })),
        {
            object: "Math",
            property: "round",
            message: "Halves go away from zero on the board: −2.5 gives −3. Use divRound().",
        },
        ...["toFixed", "toPrecision", "toLocaleString", "padStart", "padEnd"].map(property => ({
            property,
            message: "It does not exist on the board. Keep integers, and join text with +.",
        })),
    ],
    "no-labels": "error",
    "no-var": "error",
    eqeqeq: "error",
    "@typescript-eslint/strict-boolean-expressions": ["error", BOOLEAN_CONDITIONS],
    "@typescript-eslint/no-non-null-assertion": "error",
    "@typescript-eslint/require-array-sort-compare": ["error", { ignoreStringArrays: false }],
    "@typescript-eslint/restrict-plus-operands": [
        "error",
        {
            allowAny: false,
            allowBoolean: true,
            allowNullish: false,
            allowNumberAndString: true,
            allowRegExp: false,
        },
    ],
    "@typescript-eslint/no-this-alias": ["error", { allowedNames: ["self"] }],
    "@typescript-eslint/consistent-type-imports": "off",
    "@typescript-eslint/prefer-nullish-coalescing": "off",
    "@typescript-eslint/restrict-template-expressions": "off",
    "suitcase/await-calls": "error",
    "suitcase/no-captured-loop-variable": "error",
    "suitcase/no-computed-member": "error",
    "suitcase/no-spread-into-builtin": "error",
    "suitcase/no-string-order": "error",
}

/** For src/station/bus.ts, which chooses between the native and the simulated bus. */
export const BUS_RULES: Linter.RulesRecord = {
    "no-restricted-syntax": ["error", ...DEVICE_SYNTAX],
}

/** For src/scheduler/scheduler.ts, which takes the platform's place. */
export const SCHEDULER_RULES: Linter.RulesRecord = { "no-restricted-properties": "off" }

/** On top, for what runs on the board, in Node and in a browser. */
export const PORTABLE_RULES: Linter.RulesRecord = {
    // An override that does not wait: the board has no promises to return instead.
    "@typescript-eslint/require-await": "off",
    "no-restricted-globals": [
        "error",
        ...globals(NOT_ON_BOARD, "The board does not have it."),
        ...globals(NOT_EVERYWHERE, "This file runs on the board, in Node and in a browser."),
    ],
}
