import { describe, expect, it } from "vitest"
import { MotionModel } from "../../src/drivers/motion/model.js"
import { compile } from "../program/compile.js"
import { SeededRandom } from "../time/random.js"
import { World } from "../world/world.js"
import { STACK, VAR } from "./layout.js"

const SOURCE = `
import * as ds from "@devicescript/core"
const pir = new ds.Motion("pir")
const nobody = new ds.Temperature("nobody")
let turns = 0
setInterval(async () => { turns++ }, 777)
setInterval(async () => { console.log("turns " + turns) }, 6000)
setTimeout(async () => { throw new Error("on purpose") }, 50_000)
async function read() { await pir.reading.read(); await ds.sleep(1111); await nobody.reading.read() }
read.start()
`

/** Uptimes, ms: none; the runtime's µs wrap; its ms do, as numbers with a sign. */
const MOMENTS = [
    { clockPpm: 0, uptimeMs: 0 },
    { clockPpm: 1000, uptimeMs: 4_294_967 - 50_000 },
    { clockPpm: -377, uptimeMs: 2 ** 31 - 50_000 },
]

function machine(runsEveryWake: boolean, moment: (typeof MOMENTS)[number]) {
    const world = new World({ seed: 1, runsEveryWake, allowPanics: true })
    const pir = new MotionModel()
    const node = world.addNode({
        program: compile("devs/idle-memory.ts", { source: SOURCE }),
        pins: [pir],
        ...moment,
    })
    return { world, pir, node }
}

describe("the memory of a virtual machine whose idle wake-ups were left out", () => {
    for (const moment of MOMENTS) {
        const { clockPpm, uptimeMs } = moment
        it(`is the same, word by word, as if they had run: ${clockPpm} ppm, up ${uptimeMs} ms`, async () => {
            const all = machine(true, moment)
            const left = machine(false, moment)
            const random = new SeededRandom(clockPpm)
            for (let i = 0; i < 150; i++) {
                const ms = Math.floor(random.float() * 2_000_000) / 1000
                for (const { world, pir } of [all, left]) {
                    if (i === 60) pir.faults.unplugged = true
                    if (i === 70) pir.faults.unplugged = false
                    await world.run(ms)
                }
                const place = `after ${all.world.clock.now} µs`
                expect(differences(all.node.memory(), left.node.memory()), place).toEqual([])
            }
            expect(left.node.rounds).toBeLessThan(all.node.rounds / 8)
        })
    }
})

/** Places where the memories differ, but for those without a meaning. */
function differences(one?: Uint8Array, other?: Uint8Array): number[] {
    if (one === undefined || other === undefined) throw new Error("the node is off")
    const found: number[] = []
    for (const [from, to] of [
        [0, VAR.maxSleep],
        [VAR.maxSleep + 4, STACK.end],
        [STACK.base, one.length],
    ]) {
        const [a, b] = [one.subarray(from, to), other.subarray(from, to)]
        if (Buffer.compare(a, b) === 0) continue
        a.forEach((byte, i) => {
            if (byte !== b[i]) found.push(from + i)
        })
    }
    return found
}
