/** A particle mass corrected by a record that depends on the humidity, on the VM. */
import { expect, it } from "vitest"
import { compile } from "../../sim/program/compile.js"
import { World } from "../../sim/world/world.js"
import { coefficientOf } from "../../tools/calibration/fit.js"
import { readRecord, recordId, writeRecord } from "../../tools/calibration/record.js"

const PART = { channel: "pm25_corrected", part: "by humidity: Test PM", identity: "A7" }
const PAPERS = {
    ...{ points: 0, uncertainty: 50, reference: "barkjohn", certificate: "2021", technician: "m" },
    ...{ date: 1_700_000_000, validUntil: undefined, temperature: undefined },
}
/** Barkjohn et al. 2021: 0.524 · PM − 0.0862 · RH + 5.75, in 0.1 µg/m³ and 0.01 %RH; with a term of both beside it. */
const FIRST = writeRecord({
    ...{ ...PART, ...PAPERS, previous: 0 },
    correction: {
        method: "by humidity",
        origin: 0,
        coefficients: [coefficientOf(57.5), coefficientOf(0.524)],
        humidityOrigin: 0,
        slopes: [coefficientOf(-0.00862), coefficientOf(-0.000_003)],
    },
})
const LINE = writeRecord({
    ...{ ...PART, ...PAPERS, previous: recordId(FIRST) },
    correction: { method: "offset", origin: 0, coefficients: [coefficientOf(-7)] },
})
const hex = (record: Uint8Array) => Buffer.from(record).toString("hex")

const SOURCE = `
import * as ds from "@devicescript/core"
import { Calibrations, RecordStore } from "../src/calibration/calibrations.js"
import { CorrectedSensor } from "../src/calibration/calibrated-channel.js"
import { CorrectedByHumidity } from "../src/derived/by-humidity.js"
import { channelOf } from "../src/derived/derived.js"
import { numberChannel, particleMassChannel } from "../src/drivers/shared/channels.js"
import { SensorDriver } from "../src/drivers/shared/driver.js"

class Part extends SensorDriver {
    quality = 0
    constructor() {
        super("Test PM", undefined, 0, [particleMassChannel("", "pm25", 1, 1000), numberChannel("humidity", "humidity", 10000)])
        this.identity = "A7"
    }
    protected override async setup(): Promise<void> {}
    protected override async measure(): Promise<void> {
        this.qualities[0] = this.quality
        this.qualities[1] = 0
    }
}
class Slots implements RecordStore {
    readonly slots = 4
    isOff = false
    private readonly kept: Buffer[] = []
    async read(slot: number): Promise<Buffer> {
        if (this.isOff) return undefined
        return this.kept[slot] ?? Buffer.alloc(0)
    }
    async write(slot: number, bytes: Buffer): Promise<boolean> { this.kept[slot] = bytes; return true }
}
class All extends Calibrations {
    protected override clockMs(): number { return ds.millis() }
}
const part = new Part()
const all = new All()
const dry = new CorrectedByHumidity(channelOf([part], "pm25"), channelOf([part], "humidity"), all)
const station = {
    clock: { isSet: () => false, now: () => 0 },
    sinks: { rows: { samples: 1 } },
    options: { intervalSeconds: 60 },
    changeInterval: (s: number) => {},
}
const slots = new Slots()
await all.load(slots, [part as CorrectedSensor, dry as CorrectedSensor], station)
async function show(mass: number, humidity: number): Promise<void> {
    part.values[0] = mass
    part.values[1] = humidity
    await part.sample()
    await dry.sample()
    console.log("=" + mass + " " + humidity + " " + dry.values[0] + " " + dry.qualities[0])
}
async function apply(bytes: Buffer): Promise<void> {
    console.log("=applied " + (await all.apply(bytes)))
}
console.log("=" + dry.part + " " + dry.channels[0].name)
await show(12, 4000)
await apply(Buffer.from("${hex(FIRST)}", "hex"))
for (let i = 0; i <= 40; i++) await show((i * i) % 1001, (i * 237) % 9500)
await show(12, 9600)
part.quality = 10
await show(12, 4000)
part.quality = 1
await show(12, 4000)
part.quality = 0
slots.isOff = true
await show(12, 8000)
await apply(Buffer.from("${hex(LINE)}", "hex"))
await show(12, 8000)
slots.isOff = false
await show(12, 8000)
for (const channel of all.channels)
    if (channel.name === "pm25_corrected") console.log("=rolled back " + (await all.rollBack(channel, channel.record.id)))
await show(12, 8000)
part.identity = "B8"
await show(12, 8000)
console.log("=end")
`

/** What a node calculates, by the same code in Node. */
function expected(mass: number, humidity: number): number {
    const { compute, byHumidity } = readRecord(FIRST)
    byHumidity?.turn(humidity)
    return Math.min(Math.max(compute.apply(10 * mass), 0), 20_000)
}

it("corrects on the VM by the record and the humidity, to the very integer of the laptop, and never by half of it", async () => {
    const world = new World()
    const node = world.addNode({ program: compile("devs/humidity-test.ts", { source: SOURCE }) })
    const said: string[] = []
    node.onConsole = text => {
        if (text.startsWith("=")) said.push(text.slice(1))
    }
    try {
        await world.runUntil(() => said.at(-1) === "end", 20_000)
    } finally {
        world.close()
    }
    said.pop()
    const [head, bare, applied, ...rest] = said
    expect(head).toBe("by humidity: Test PM pm25_corrected")
    expect(bare, "raw, uncalibrated, without a record").toBe("12 4000 120 1")
    expect(applied).toBe("applied 0")
    const sweep = rest.slice(0, 41).map(line => line.split(" ").map(Number))
    for (const [mass, humidity, value, quality] of sweep) {
        const at = `${mass} µg/m³, ${humidity / 100} %RH, 0.1 µg/m³`
        expect(value, at).toBe(expected(mass, humidity))
        const u = humidity
        const exact = 57.5 - 0.00862 * u + (0.524 - 0.000_003 * u) * 10 * mass
        const within = Math.min(Math.max(exact, 0), 20_000)
        expect(Math.abs(value - within), at).toBeLessThanOrEqual(0.5 + 1e-4)
        expect(quality, at).toBe(exact < -0.5 ? 2 : 0)
    }
    expect(rest.slice(41)).toEqual([
        `12 9600 ${expected(12, 9600)} 2`,
        expect.stringMatching(/^12 4000 -?\d+ 10$/),
        `12 4000 ${expected(12, 4000)} 1`,
        // What was read of the record stays, also while the store does not answer.
        `12 8000 ${expected(12, 8000)} 0`,
        "applied 0",
        // A record is in force that cannot be read whole: a gap, "not ready", no half correction.
        expect.stringMatching(/^12 8000 -?\d+ 14$/),
        "12 8000 113 0",
        "rolled back 0",
        `12 8000 ${expected(12, 8000)} 0`,
        // The part was swapped: as it gives it, uncalibrated.
        "12 8000 120 1",
    ])
})
