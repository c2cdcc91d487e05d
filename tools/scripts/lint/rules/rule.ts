/** What the rules of this project have in common. */
import { AST_NODE_TYPES, ESLintUtils, type TSESTree } from "@typescript-eslint/utils"

/** Defines one rule; its name and documentation are its file's. */
export const createRule = ESLintUtils.RuleCreator(name => `tools/scripts/lint/rules/${name}.ts`)

const LOOPS: ReadonlySet<AST_NODE_TYPES> = new Set([
    AST_NODE_TYPES.ForStatement,
    AST_NODE_TYPES.ForOfStatement,
    AST_NODE_TYPES.ForInStatement,
    AST_NODE_TYPES.WhileStatement,
    AST_NODE_TYPES.DoWhileStatement,
])

/** The node is a loop statement. */
export function isLoop(node: TSESTree.Node): boolean {
    return LOOPS.has(node.type)
}
