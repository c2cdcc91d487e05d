/**
 * A member whose name is computed can be any method of an object, so that the
 * linker (docs/linker.md) must keep all of them in the program and find each by
 * its name. Numbers as keys, and objects that are nothing but data, are fine.
 */
import { AST_NODE_TYPES, ESLintUtils, type TSESTree } from "@typescript-eslint/utils"
import ts from "typescript"
import { createRule } from "./rule.js"

export const noComputedMember = createRule({
    name: "no-computed-member",
    meta: {
        type: "problem",
        docs: { description: "No computed names of members of classes" },
        messages: {
            computed:
                "A computed name can be any method, and the linker has to keep them all. Write the names out.",
        },
        schema: [],
        defaultOptions: [],
    },
    create(context) {
        const services = ESLintUtils.getParserServices(context)

        function partsOf(node: TSESTree.Node): ts.Type[] {
            const type = services.getTypeAtLocation(node)
            return type.isUnion() ? type.types : [type]
        }

        /** Whether it may be something else than a number. */
        function isName(node: TSESTree.Node): boolean {
            return partsOf(node).some(part => (part.flags & ts.TypeFlags.NumberLike) === 0)
        }

        /** Whether it may be an instance of a class of the program. */
        function canHaveMethods(node: TSESTree.Node): boolean {
            return partsOf(node).some(part => {
                if ((part.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) return true
                const symbol = part.getSymbol()
                if (symbol === undefined) return false
                if ((symbol.flags & ts.SymbolFlags.Class) !== 0) return true
                return part
                    .getProperties()
                    .some(({ flags }) => (flags & ts.SymbolFlags.Method) !== 0)
            })
        }

        return {
            "MemberExpression[computed=true]"(node: TSESTree.MemberExpression): void {
                if (node.property.type === AST_NODE_TYPES.Literal) return
                if (!isName(node.property) || !canHaveMethods(node.object)) return
                context.report({ node: node.property, messageId: "computed" })
            },
        }
    },
})
