/**
 * DeviceScript refuses a closure over a variable that is declared in a loop
 * (issue #340 of microsoft/devicescript). ESLint's own no-loop-func lets such
 * a variable pass, because in JavaScript it is safe.
 */
import { AST_NODE_TYPES, ASTUtils, type TSESLint, type TSESTree } from "@typescript-eslint/utils"
import { createRule, isLoop } from "./rule.js"

export const noCapturedLoopVariable = createRule({
    name: "no-captured-loop-variable",
    meta: {
        type: "problem",
        docs: { description: "No closures over variables that are declared in a loop" },
        messages: {
            captured:
                "'{{name}}' belongs to a loop, and the compiler has no closures over such variables. Move the body into a function, or use forEach.",
        },
        schema: [],
        defaultOptions: [],
    },
    create(context) {
        function check(variable: TSESLint.Scope.Variable): void {
            if (!variable.defs.some(definition => isInLoop(definition.name))) return
            for (const reference of variable.references)
                if (reference.from.variableScope !== variable.scope.variableScope)
                    context.report({
                        node: reference.identifier,
                        messageId: "captured",
                        data: { name: variable.name },
                    })
        }
        return {
            "Program:exit"(): void {
                for (const scope of context.sourceCode.scopeManager?.scopes ?? [])
                    scope.variables.forEach(check)
            },
        }
    },
})

/** A loop lies between the node and the function it is in. */
function isInLoop(start: TSESTree.Node): boolean {
    let node = start
    while (node.type !== AST_NODE_TYPES.Program && !ASTUtils.isFunction(node)) {
        if (isLoop(node)) return true
        node = node.parent
    }
    return false
}
