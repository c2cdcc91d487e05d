/** A station with as many columns as a frame has: rows are coded in parts, with pauses. */
import { afterEach, describe, expect, it } from "vitest"
import { minutes, seconds } from "../sim/world/duration.js"
import { Kit } from "./support/kit.js"
import { KIT, STATION_IMPORT } from "./support/station-source.js"

/** Value of a channel in the sensor's n-th sample: all over 31 bits. */
const EXPRESSION = "Math.imul(turn * 33 + c, 1103515245) >> 1"
const valueOf = (turn: number, c: number) => Math.imul(turn * 33 + c, 1103515245) >> 1

function app(channels: number): string {
    return `
import { Channel } from "../src/core/channel.js"
import { SensorDriver } from "../src/drivers/driver.js"
${STATION_IMPORT}

let turn = 0
class Wide extends SensorDriver {
    protected override async setup(): Promise<void> {}
    protected override async measure(): Promise<void> {
        for (let c = 0; c < ${channels}; c++) this.put(c, ${EXPRESSION})
        turn++
    }
}
const channels: Channel[] = []
for (let c = 0; c < ${channels}; c++)
    channels.push({ name: "c" + c, quantity: "level", unit: "m", unitCode: "MTR", scaleNumerator: 1, scaleDenominator: 1, min: -1073741824, max: 1073741823 })
await startStation({ app: "test", sensors: [new Wide("W", openBus(), 0x20, channels)], intervalSeconds: 60, outboxBytes: 3000, ${KIT} })
`
}

let kit: Kit | undefined
afterEach(async () => {
    await kit?.close()
    kit = undefined
})

describe("a station with 32 columns", () => {
    it("sends every value of rows that are too long to be coded in one go", async () => {
        kit = await Kit.start({ source: app(32) })
        await kit.world.run(minutes(30) + seconds(5))
        await kit.flush()
        expect(kit.node.panics).toEqual([])
        const rows = kit.integersOf("c0").length
        expect(rows).toBeGreaterThanOrEqual(30)
        for (let c = 0; c < 32; c++)
            expect(kit.integersOf(`c${c}`), `channel ${c}`).toEqual(
                Array.from({ length: rows }, (_, turn) => valueOf(turn, c))
            )
    })
})
