import { describe, expect, it } from "vitest"
import { compile } from "../../../sim/program/compile.js"
import { seconds } from "../../../sim/time/duration.js"
import { World } from "../../../sim/world/world.js"
import { roomModel } from "../../../tests/support/scd4x-bench.js"
import { type SCD4xModel } from "./model.js"

describe("SCD4x in a program of its own", () => {
    const source = `import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { openBus } from "../src/station/bus.js"
import { SCD4x, SCD4xOptions } from "../src/drivers/scd4x/driver.js"

class NativeBus extends I2C {
    override async xfer(): Promise<Buffer> {
        console.log("first transfer " + ds.millis())
        throw new Error("no such part")
    }
}
await new SCD4x(new NativeBus()).init()

const bus = openBus()

function names(options: SCD4xOptions): void {
    let text = "names"
    for (const channel of new SCD4x(bus, options).channels) text = text + " " + channel.name
    console.log(text)
}
names(undefined)
names({ only: "co2" })
names({ prefix: "" })
names({ prefix: "hall_" })

function refuses(options: SCD4xOptions): void {
    try {
        new SCD4x(bus, options)
    } catch (e) {
        console.log("refused " + (e as Error).message)
    }
}
refuses({ altitude: 3001 })
refuses({ altitude: -1 })
refuses({ temperatureOffset: 20.5 })

const sensor = new SCD4x(bus, { only: "co2" })
try {
    sensor.setPressure(699)
} catch (e) {
    console.log("refused " + (e as Error).message)
}
await sensor.init()
sensor.setPressure(986.6)
await ds.sleep(6000)
await sensor.sample()
console.log("identity " + sensor.identity)
console.log("sample " + sensor.values[0] + " " + sensor.qualities[0])
for (let i = 0; i < 4; i++) {
    await ds.sleep(6000)
    await sensor.sample()
}
await sensor.close()
`

    /** The part loses its power between the first sample and the others. */
    async function run(model: SCD4xModel): Promise<{ world: World; lines: string[] }> {
        const world = new World()
        const program = compile("devs/scd4x-alone.ts", { source })
        const node = world.addNode({ program, sensors: [model] })
        await world.run(seconds(11))
        model.brownOut(world.clock.wallMs)
        await world.run(seconds(40))
        return { world, lines: node.console.map(line => line.text) }
    }

    it("has names that go along with an SHT4x, and plain or prefixed ones when asked", async () => {
        const { lines } = await run(roomModel())
        expect(lines.filter(line => line.startsWith("names"))).toEqual([
            "names co2 scd4x_temperature scd4x_humidity",
            "names co2",
            "names co2 temperature humidity",
            "names hall_co2 hall_temperature hall_humidity",
        ])
    })

    it("refuses settings that the part does not take, and says what it takes", async () => {
        const { lines } = await run(roomModel())
        expect(lines.filter(line => line.startsWith("refused"))).toEqual([
            "refused SCD4x: altitude (m) must be a whole number from 0 to 3000, got 3001",
            "refused SCD4x: altitude (m) must be a whole number from 0 to 3000, got -1",
            "refused SCD4x: temperatureOffset (0.01 °C) must be a whole number from 0 to 2000, got 20.5",
            "refused SCD4x: pressure must be 700 to 1200 hPa, got 699",
        ])
    })

    it("leaves the part its first 30 ms after power-up, on a bus that is there at once", async () => {
        const { lines } = await run(roomModel())
        const first = lines.find(line => line.startsWith("first transfer "))
        const ms = Number(first?.slice("first transfer ".length))
        expect(ms).toBeGreaterThanOrEqual(30)
        expect(ms).toBeLessThan(80)
    })

    it("takes the pressure while it measures and after a loss of power, and stops when closed", async () => {
        const model = roomModel()
        const { world, lines } = await run(model)
        expect(lines.slice(-2)).toEqual(["identity serial f8969f073bbe", "sample 812 3"])
        expect(model.settings.get("ambient_pressure")).toBe(987)
        // Only an idle part answers this.
        expect(model.transfer(Uint8Array.of(0x36, 0x82), 0, world.clock.wallMs).status).toBe(0)
        expect(model.illegalAccesses).toEqual([])
    })
})
