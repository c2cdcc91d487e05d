/**
 * `npm run bench:heap`: what nine nodes of the kit leave of the heap of a usual board
 * and of an ESP32-S2, with the sizes that a station takes by itself: with and without
 * the FRAM board, started against models of their parts, one hour each.
 */
import Table from "cli-table3"
import { theBoard } from "../../sim/board/profile.js"
import { compile } from "../../sim/program/compile.js"
import { hours } from "../../sim/time/duration.js"
import { planMemory } from "../../src/core/memory-plan.js"
import { trialBoot } from "../../tools/cli/build/trial.js"
import { bytes } from "../../tools/cli/view/format.js"
import { NODES, sourceOf } from "./nodes.js"

const BOARDS = ["suitcase_xiao_c3", "feather_s2"]
const RUN_MS = hours(1)

const table = new Table({
    head: ["node", "columns", "board", "frame", "RAM for frames", "least free", "least block"],
    colAligns: ["left", "right", "left", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
})
for (const node of NODES)
    for (const hasFram of [true, false])
        for (const id of BOARDS) {
            const profile = theBoard(id)
            const { heapBytes } = profile
            const source = await sourceOf(node, { hasFram })
            const program = compile("devs/bench-node.ts", {
                source,
                name: node.name,
                target: "board",
                heapBytes,
            })
            const trial = await trialBoot(program, profile, RUN_MS)
            const plan = planMemory(heapBytes, trial.columns, trial.parts.length)
            table.push([
                `${node.name}${hasFram ? ", FRAM" : ""}`,
                ...(trial.stop === undefined
                    ? [
                          trial.columns,
                          id,
                          bytes(plan.frameBytes),
                          bytes(hasFram ? plan.spareBytes : plan.outboxBytes),
                          bytes(trial.leastFreeBytes),
                          bytes(trial.leastBlockBytes),
                      ]
                    : ["", id, "", "", trial.stop, ""]),
            ])
        }
console.log(
    "Heap of 65,532 B (suitcase_xiao_c3) and 40,956 B (feather_s2); garbage counts as used.\n"
)
console.log(table.toString())
