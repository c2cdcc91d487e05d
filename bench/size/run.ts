/**
 * `npm run bench:size`: the code of nine nodes of the kit and of all programs in
 * devs/, as the compiler makes it and linked for a board. A node of four sensors
 * with FRAM, calibration, alarms and derived channels is to stay below 62,000 B.
 */
import Table from "cli-table3"
import { appNames } from "../../sim/apps/registry.js"
import { codeEnd, codeOverflow } from "../../sim/linker/check.js"
import { compile, type CompileOptions } from "../../sim/program/compile.js"
import { bytes } from "../../tools/cli/view/format.js"
import { NODES, sourceOf } from "./nodes.js"

const table = new Table({
    head: ["program", "compiled", "", "linked", "saved", "image"],
    colAligns: ["left", "right", "left", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
})

function measure(name: string, file: string, options: CompileOptions): void {
    const plain = compile(file, { ...options, linked: false })
    const linked = compile(file, { ...options, linked: true, target: "board" })
    const [before, after] = [codeEnd(plain.bytecode), codeEnd(linked.bytecode)]
    table.push([
        name,
        bytes(before),
        codeOverflow(plain.bytecode) === undefined ? "" : "does not load",
        codeOverflow(linked.bytecode) === undefined ? bytes(after) : "DOES NOT LOAD",
        `${((100 * (before - after)) / before).toFixed(1)} %`,
        bytes(linked.bytecode.length),
    ])
}

for (const name of appNames()) measure(name, `devs/${name}.ts`, {})
for (const node of NODES)
    measure(node.name, "devs/bench-node.ts", { source: await sourceOf(node), name: node.name })
console.log("Where the code ends, of 65,532 B that the VM can reach; nodes with the FRAM board.\n")
console.log(table.toString())
