/** Lint rules of this project: what no rule in use elsewhere checks. */
import { awaitCalls } from "./rules/await-calls.js"
import { importDirections } from "./rules/import-directions.js"
import { noCapturedLoopVariable } from "./rules/no-captured-loop-variable.js"
import { noComputedMember } from "./rules/no-computed-member.js"
import { noSpreadIntoBuiltin } from "./rules/no-spread-into-builtin.js"
import { noStringOrder } from "./rules/no-string-order.js"

export const plugin = {
    meta: { name: "suitcase" },
    rules: {
        "await-calls": awaitCalls,
        "import-directions": importDirections,
        "no-captured-loop-variable": noCapturedLoopVariable,
        "no-computed-member": noComputedMember,
        "no-spread-into-builtin": noSpreadIntoBuiltin,
        "no-string-order": noStringOrder,
    },
}
