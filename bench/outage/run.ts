/**
 * `npm run bench:outage`: how long each kit application keeps every reading
 * without a network, from the frames of a simulated day and the room that each
 * of them takes. What does not fit any more pushes out the oldest, counted.
 */
import Table from "cli-table3"
import { appNames, simulatedApp } from "../../sim/apps/registry.js"
import { compile } from "../../sim/program/compile.js"
import { hours } from "../../sim/time/duration.js"
import { ENTRY_HEADER_BYTES, StoreLayout } from "../../src/core/outbox/layout.js"
import { OUTBOX_OVERHEAD_BYTES } from "../../src/core/outbox/outbox.js"
import { LEAF_FRAME } from "../../src/core/protocol/topics.js"
import { parseTopic } from "../../tools/decoder/index.js"
import { SimSession } from "../../tools/cli/sim/session.js"

const DAY_HOURS = 24
/** The first day has short frames at its beginning, the second has none. */
const DAYS = 2

interface Place {
    readonly name: string
    readonly bytes: number
    /** Room that a frame takes. */
    readonly room: (frameBytes: number) => number
}

/** @param pageBytes 0 = FRAM */
function inStore(name: string, totalBytes: number, pageBytes: number, testBytes: number): Place {
    const { ringUnits, grid } = new StoreLayout(totalBytes - testBytes, pageBytes)
    return {
        name,
        bytes: ringUnits * grid,
        room: bytes => Math.ceil((bytes + ENTRY_HEADER_BYTES) / grid) * grid,
    }
}

const PLACES: readonly Place[] = [
    { name: "RAM", bytes: 14_000, room: bytes => bytes + OUTBOX_OVERHEAD_BYTES },
    inStore("FRAM MB85RC256V", 32_768, 0, 8),
    inStore("FRAM MB85RC64", 8192, 0, 8),
    inStore("EEPROM 24LC256", 32_768, 64, 64),
]

/** Lengths of the frames of one usual day, B. */
async function framesOfADay(name: string): Promise<number[]> {
    const app = simulatedApp(name)
    if (app === undefined) throw new Error(`${name} is not simulated`)
    const lengths: number[] = []
    let isCounting = false
    const session = await SimSession.open({
        app,
        program: compile(`devs/${name}.ts`),
        onMessage: (topic, payload) => {
            if (isCounting && parseTopic(topic)?.leaf === LEAF_FRAME) lengths.push(payload.length)
        },
    })
    try {
        await session.run(hours(DAY_HOURS * (DAYS - 1)))
        isCounting = true
        await session.run(hours(DAY_HOURS))
    } finally {
        await session.close()
    }
    return lengths
}

const table = new Table({
    head: ["app", "frames/day", "B/frame", "kept in", "hours offline"],
    colAligns: ["left", "right", "right", "left", "right"],
    style: { head: [], border: [], compact: true },
})
for (const name of appNames()) {
    const frames = await framesOfADay(name)
    const mean = frames.reduce((sum, length) => sum + length, 0) / frames.length
    for (const { name: place, bytes, room } of PLACES) {
        const perHour = frames.reduce((sum, length) => sum + room(length), 0) / DAY_HOURS
        table.push([name, frames.length, mean.toFixed(1), place, Math.floor(bytes / perHour)])
    }
}
console.log(table.toString())
