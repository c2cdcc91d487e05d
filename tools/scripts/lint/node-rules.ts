/** Rules for code that runs in Node: simulator, tools, tests and register models. */
import type { Linter } from "eslint"

/** On top of typescript-eslint's strict-type-checked. */
export const NODE_RULES: Linter.RulesRecord = {
    eqeqeq: "error",
    // What goes to a terminal, and comes back from it in tests, has escape characters.
    "no-control-regex": "off",
    "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
    ],
    // These two take the check of an index for unnecessary, because noUncheckedIndexedAccess is off.
    "@typescript-eslint/no-unnecessary-boolean-literal-compare": "off",
    "@typescript-eslint/no-unnecessary-condition": "off",
    "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
    ],
}

/** Declarations of what others wrote follow their style, not ours. */
export const DECLARATION_RULES: Linter.RulesRecord = {
    "@typescript-eslint/no-extraneous-class": "off",
    "@typescript-eslint/no-invalid-void-type": "off",
}
