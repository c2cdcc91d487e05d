/** Refuses imports against the directions of ../layers.ts, in every form an import can have. */
import { isBuiltin } from "node:module"
import path from "node:path"
import { AST_NODE_TYPES, type TSESTree } from "@typescript-eslint/utils"
import { layerOf, type Layer } from "../layers.js"
import { createRule } from "./rule.js"

export const importDirections = createRule({
    name: "import-directions",
    meta: {
        type: "problem",
        docs: { description: "Imports point from devs to src/core, and never to sim or tools" },
        messages: { direction: "{{target}} must not be imported here. {{rule}}" },
        schema: [],
        defaultOptions: [],
    },
    create(context) {
        const file = slashes(path.relative(context.cwd, context.filename))
        const layer = layerOf(file)
        if (layer === undefined) return {}

        function check(source: TSESTree.Node | null): void {
            if (source?.type !== AST_NODE_TYPES.Literal || typeof source.value !== "string") return
            const target = targetOf(file, source.value)
            const allowed =
                target === undefined
                    ? mayImport(layer?.packages, source.value)
                    : layer?.may.some(pattern => pattern.test(target))
            if (allowed === true) return
            context.report({
                node: source,
                messageId: "direction",
                data: { target: target ?? source.value, rule: layer?.rule },
            })
        }
        return {
            ImportDeclaration: node => check(node.source),
            ExportAllDeclaration: node => check(node.source),
            ExportNamedDeclaration: node => check(node.source),
            ImportExpression: node => check(node.source),
            TSImportType: node => check(node.source),
        }
    },
})

function mayImport(packages: Layer["packages"] | undefined, name: string): boolean {
    return packages === "but Node's own" ? !isBuiltin(name) : packages === true
}

/** The file that a relative import means, from the root; undefined for a package. */
function targetOf(file: string, source: string): string | undefined {
    if (!source.startsWith(".")) return undefined
    return path.posix.join(path.posix.dirname(file), source).replace(/\.js$/, ".ts")
}

function slashes(file: string): string {
    return file.replaceAll("\\", "/")
}
