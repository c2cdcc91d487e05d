/**
 * On the board `<` turns both sides into numbers, so that the order of two
 * texts is always false.
 */
import { ESLintUtils, type TSESTree } from "@typescript-eslint/utils"
import ts from "typescript"
import { createRule } from "./rule.js"

export const noStringOrder = createRule({
    name: "no-string-order",
    meta: {
        type: "problem",
        docs: { description: "No <, <=, > and >= on strings" },
        messages: {
            order: "{{operator}} turns text into numbers on the board. Compare charCodeAt() of each position.",
        },
        schema: [],
        defaultOptions: [],
    },
    create(context) {
        const services = ESLintUtils.getParserServices(context)

        function isText(node: TSESTree.Node): boolean {
            const type = services.getTypeAtLocation(node)
            const parts = type.isUnion() ? type.types : [type]
            return parts.some(part => (part.flags & ts.TypeFlags.StringLike) !== 0)
        }
        return {
            "BinaryExpression[operator=/^[<>]=?$/]"(node: TSESTree.BinaryExpression): void {
                if (isText(node.left) || isText(node.right))
                    context.report({ node, messageId: "order", data: { operator: node.operator } })
            },
        }
    },
})
