/**
 * Spreading an array into a call works for functions of the program. Builtin
 * functions take a fixed number of arguments, and ignore or refuse the rest.
 */
import { AST_NODE_TYPES, ESLintUtils, type TSESTree } from "@typescript-eslint/utils"
import { createRule } from "./rule.js"

export const noSpreadIntoBuiltin = createRule({
    name: "no-spread-into-builtin",
    meta: {
        type: "problem",
        docs: { description: "No spread arguments in calls of builtin functions" },
        messages: {
            spread: "A builtin function cannot take a spread array on the board. Use pushRange() or a loop.",
        },
        schema: [],
        defaultOptions: [],
    },
    create(context) {
        const services = ESLintUtils.getParserServices(context)
        const checker = services.program.getTypeChecker()

        function isBuiltin(call: TSESTree.CallExpression | TSESTree.NewExpression): boolean {
            const signature = checker.getResolvedSignature(services.esTreeNodeToTSNodeMap.get(call))
            return signature?.declaration?.getSourceFile().isDeclarationFile ?? false
        }
        return {
            SpreadElement(node): void {
                const call = node.parent
                if (
                    call.type !== AST_NODE_TYPES.CallExpression &&
                    call.type !== AST_NODE_TYPES.NewExpression
                )
                    return
                if (isBuiltin(call)) context.report({ node, messageId: "spread" })
            },
        }
    },
})
