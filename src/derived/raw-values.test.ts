/** Raw values beside corrected ones, on the VM. */
import { expect, it } from "vitest"
import { compile } from "../../sim/program/compile.js"
import { World } from "../../sim/world/world.js"
import { recordId, writeRecord } from "../../tools/calibration/record.js"

const line = (mantissa: number, exponent: number, previous: number) =>
    writeRecord({
        ...{ channel: "temperature", part: "Test", identity: "", points: 2, uncertainty: 1 },
        ...{ reference: "", certificate: "", technician: "", date: 1_700_000_000 },
        ...{ validUntil: undefined, temperature: undefined, previous },
        correction: {
            method: "linear",
            origin: 0,
            coefficients: [
                { mantissa: -300, exponent: 0 },
                { mantissa, exponent },
            ],
        },
    })
const FIRST = line(3, 1, 0)
const STEEP = line(100, 0, recordId(FIRST))
const hex = (record: Uint8Array) => Buffer.from(record).toString("hex")

const SOURCE = `
import * as ds from "@devicescript/core"
import { Calibrations, RecordStore } from "../src/calibration/calibrations.js"
import { CorrectedSensor } from "../src/calibration/calibrated-channel.js"
import { RawValues } from "../src/derived/raw-values.js"
import { numberChannel } from "../src/drivers/shared/channels.js"
import { noticeFrozen } from "../src/drivers/shared/frozen.js"
import { SensorDriver, SensorError } from "../src/drivers/shared/driver.js"

class Part extends SensorDriver {
    next = 0
    quality = 0
    constructor() {
        super("Test", undefined, 0, [numberChannel("temperature", "temperature", 9000), numberChannel("other", "other", 9000)])
    }
    protected override async setup(): Promise<void> {}
    protected override async measure(): Promise<void> {
        if (this.quality >= 8) throw new SensorError(this.quality, "no")
        this.put(0, this.next)
        this.put(1, this.next)
        this.qualities[0] = this.quality
    }
}
class Slots implements RecordStore {
    readonly slots = 4
    private readonly kept: Buffer[] = []
    async read(slot: number): Promise<Buffer> { return this.kept[slot] ?? Buffer.alloc(0) }
    async write(slot: number, bytes: Buffer): Promise<boolean> { this.kept[slot] = bytes; return true }
}
class All extends Calibrations {
    protected override clockMs(): number { return ds.millis() }
}
const part = new Part()
const raw = new RawValues(part)
noticeFrozen(part, 9)
const all = new All()
const station = {
    clock: { isSet: () => false, now: () => 0 },
    sinks: { rows: { samples: 1 } },
    options: { intervalSeconds: 60 },
    changeInterval: (s: number) => {},
}
await all.load(new Slots(), [part as CorrectedSensor, raw as CorrectedSensor], station)
async function show(value: number, quality: number): Promise<void> {
    part.next = value
    part.quality = quality
    await part.sample()
    await raw.sample()
    console.log("=" + part.values[0] + " " + part.qualities[0] + " " + raw.values[0] + " " + raw.qualities[0] + " " + raw.values[1] + " " + raw.channels[0].name)
}
console.log("=" + all.channels.length)
await show(1000, 0)
await all.apply(Buffer.from("${hex(FIRST)}", "hex"))
await show(1000, 0)
await show(1001, 3)
await show(50, 0)
await show(1200, 10)
await all.apply(Buffer.from("${hex(STEEP)}", "hex"))
await show(1000, 0)
all.takeAway(part as CorrectedSensor, 5)
await show(1100, 0)
all.bringBack()
await show(1200, 0)
console.log("=end")
`

it("differ from corrected ones by the correction exactly, with a quality of their own", async () => {
    const world = new World()
    const node = world.addNode({ program: compile("devs/raw-test.ts", { source: SOURCE }) })
    const lines: string[] = []
    node.onConsole = text => {
        if (text.startsWith("=")) lines.push(text.slice(1))
    }
    try {
        await world.runUntil(() => lines.at(-1) === "end", 20_000)
    } finally {
        world.close()
    }
    const columns = (text: string) => text.split(" ").slice(0, 5).map(Number)
    expect(lines[0], "channels that can be calibrated").toBe("2")
    expect(lines[1]).toMatch(/ temperature_raw$/)
    expect(
        lines.slice(1, 5).map(columns),
        "no correction, 1.5·t − 300, warming up, below the range"
    ).toEqual([
        [1000, 0, 1000, 0, 1000],
        [1200, 0, 1000, 0, 1000],
        [1202, 3, 1001, 3, 1001],
        [0, 2, 50, 0, 50],
    ])
    const [failed, steep, away, back] = lines.slice(5).map(columns)
    expect([failed[1], failed[3]], "gaps of both").toEqual([10, 10])
    expect(steep, "saturated is what the correction made").toEqual([9000, 2, 1000, 0, 1000])
    expect([away[1], away[3]], "away from its place").toEqual([15, 15])
    expect(back).toEqual([9000, 2, 1200, 0, 1200])
})
