/** Kit files of tests: a whole one around what a test is about. */
import path from "node:path"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { type Kit } from "../../tools/kit/kit.js"
import { KitError } from "../../tools/kit/problem.js"
import { parseKit, theSupplies } from "../../tools/kit/read-kit.js"

/** Where the kit files of tests would lie: programs are found in this project's devs/. */
const FILE = path.join(PROJECT_ROOT, "suitcase.yaml")

export async function kitOf(text: string | Uint8Array): Promise<Kit> {
    const bytes = typeof text === "string" ? Buffer.from(text) : text
    return parseKit(bytes, FILE, await theSupplies())
}

/** "line:column: message" of each problem; empty when there is none. */
export async function problemsOf(text: string | Uint8Array): Promise<string[]> {
    try {
        await kitOf(text)
        return []
    } catch (e) {
        if (!(e instanceof KitError)) throw e
        return e.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
    }
}

/** A file with one node; its lines stand from line 8 on, indented by 12. */
export function fileWith(node: string, root = "# nothing"): string {
    return `version: 1
${root}
sites:
  - name: townhall
    kits:
      - name: suitcase-1
        nodes:
          - name: hall
${node
    .trim()
    .split("\n")
    .map(line => `            ${line}`)
    .join("\n")}
`
}

/** Lines of a node that has nothing special. */
export const PLAIN = "board: suitcase_xiao_c3\nsensors: [sht4x]"
