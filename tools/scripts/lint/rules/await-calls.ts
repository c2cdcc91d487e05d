/**
 * DeviceScript has no promises: a call of an async function is awaited at the
 * place of the call, or the compiler refuses it. typescript-eslint's
 * no-floating-promises does not know DeviceScript's Promise, which has no then().
 */
import { AST_NODE_TYPES, ESLintUtils, type TSESTree } from "@typescript-eslint/utils"
import type ts from "typescript"
import { createRule } from "./rule.js"

export const awaitCalls = createRule({
    name: "await-calls",
    meta: {
        type: "problem",
        docs: { description: "Every call of an async function is awaited at once" },
        messages: {
            missing:
                "await is missing: an async call cannot be kept, returned or left alone on the board. Start a fiber with name.start().",
            callback: "An async function is passed where one that never waits is needed.",
        },
        schema: [],
        defaultOptions: [],
    },
    create(context) {
        const services = ESLintUtils.getParserServices(context)
        const checker = services.program.getTypeChecker()

        function checkCallbacks(call: TSESTree.CallExpression | TSESTree.NewExpression): void {
            const target = services.esTreeNodeToTSNodeMap.get(call)
            const parameters = checker.getResolvedSignature(target)?.parameters ?? []
            for (const [i, argument] of call.arguments.entries()) {
                const parameter = parameters[i]
                if (parameter === undefined) return
                const wanted = checker.getTypeOfSymbolAtLocation(parameter, target)
                const given = services.getTypeAtLocation(argument)
                const wantedResult = wanted.getCallSignatures()[0]?.getReturnType()
                const givenResult = given.getCallSignatures()[0]?.getReturnType()
                if (wantedResult === undefined || givenResult === undefined) continue
                if (isPromise(givenResult) && !isPromise(wantedResult))
                    context.report({ node: argument, messageId: "callback" })
            }
        }
        return {
            CallExpression(node): void {
                checkCallbacks(node)
                if (!isPromise(services.getTypeAtLocation(node))) return
                if (awaited(node)) return
                context.report({ node, messageId: "missing" })
            },
            NewExpression: checkCallbacks,
        }
    },
})

/** The call, or the optional chain it is the end of, is what `await` waits for. */
function awaited(call: TSESTree.CallExpression): boolean {
    const outer = call.parent.type === AST_NODE_TYPES.ChainExpression ? call.parent : call
    return outer.parent?.type === AST_NODE_TYPES.AwaitExpression
}

function isPromise(type: ts.Type): boolean {
    if (type.isUnionOrIntersection()) return type.types.some(isPromise)
    return type.symbol?.name === "Promise"
}
