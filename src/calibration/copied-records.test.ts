/** Calibrations of a node with FRAM: what a power cut, a lost settings store and another board's part leave. */
import { describe, expect, it } from "vitest"
import { ModelStore, type MemoryPart } from "../../tests/support/model-store.js"
import { recordId, writeRecord } from "../../tools/calibration/record.js"
import { AT24Model } from "../drivers/at24/model.js"
import { MB85RCModel } from "../drivers/mb85rc/model.js"
import { FrameLog } from "../core/outbox/log.js"
import { StoreLayout } from "../core/outbox/layout.js"
import { APPLIED, Calibrations, type RecordStore } from "./calibrations.js"
import { type CorrectedSensor } from "./calibrated-channel.js"
import { CopiedRecords, copiesBytes } from "./copied-records.js"

const offset = (units: number, previous: number, channel = "temperature") =>
    Buffer.from(
        writeRecord({
            ...{ channel, part: "Sensirion SHT4x", identity: "serial 0ea51234" },
            ...{ points: 1, uncertainty: 5, reference: "Testo 104, no. 4711", certificate: "1" },
            ...{ technician: "mette", date: 1_700_000_000 + units, validUntil: undefined },
            ...{ temperature: 21, previous },
            correction: {
                method: "offset",
                origin: 0,
                coefficients: [{ mantissa: units, exponent: 0 }],
            },
        })
    )
const FIRST = offset(100, 0)
const SECOND = offset(250, recordId(FIRST))
const THIRD = offset(-40, recordId(SECOND))

/** A settings store that keeps each value whole, or loses them all. */
class Settings implements RecordStore {
    readonly slots = 32
    kept = new Map<number, Buffer>()
    /** Writes that are left; the power fails in the next one, before or after it counts. */
    writesLeft = Infinity

    read(slot: number): Promise<Buffer> {
        return Promise.resolve(this.kept.get(slot) ?? Buffer.alloc(0))
    }

    write(slot: number, bytes: Buffer): Promise<boolean> {
        if (this.writesLeft-- <= 0) throw new Error("cut")
        this.kept.set(slot, Buffer.from(bytes))
        return Promise.resolve(true)
    }
}

const channels = (["temperature", "humidity"] as const).map(name => ({
    ...{ name, quantity: name, unit: "°C", places: 2, min: -4500, max: 13000 },
}))

const STATION = {
    clock: { isSet: () => false, now: () => 0 },
    sinks: { rows: { samples: 1 } },
    options: { intervalSeconds: 60 },
    changeInterval: () => undefined,
}

class NodeCalibrations extends Calibrations {
    protected override clockMs(): number {
        return 1000
    }
}

/** The node as after a start. */
async function boot(settings: RecordStore, store: ModelStore, device = "78a6c91dd92f5835") {
    const sensor = {
        ...{ part: "Sensirion SHT4x", identity: "serial 0ea51234", channels },
        ...{ values: [0, 0], qualities: [0, 0], inspect: () => undefined },
    } as unknown as CorrectedSensor
    const log = new FrameLog(store, Buffer.alloc(128), () => Promise.resolve(), copiesBytes(store))
    await log.open()
    const parts = { part: store, outbox: { log } }
    const all = new NodeCalibrations()
    await all.load(new CopiedRecords(settings, parts, Buffer.from(device)), [sensor], STATION)
    return all
}

const inForce = (all: Calibrations, i = 0) => all.channels[i].record?.id ?? 0

describe.each<[string, () => MemoryPart]>([
    ["FRAM", () => new MB85RCModel()],
    ["EEPROM", () => new AT24Model()],
])("records of a node with %s", (_name, make) => {
    it("come back when the settings store is lost, with the one in force in force", async () => {
        const store = new ModelStore(make())
        const settings = new Settings()
        const all = await boot(settings, store)
        for (const record of [FIRST, SECOND, THIRD, offset(7, 0, "humidity")])
            expect(await all.apply(record)).toBe(APPLIED)
        settings.kept.clear()
        const again = await boot(settings, store)
        expect([inForce(again), inForce(again, 1)]).toEqual([
            recordId(THIRD),
            recordId(offset(7, 0, "humidity")),
        ])
        expect(await again.rollBack(again.channels[0], recordId(THIRD))).toBe(APPLIED)
        expect(inForce(again), "the one before it").toBe(recordId(SECOND))
    })

    it("that were taken back stay so, whichever store is lost, and whether or not the part answers", async () => {
        const store = new ModelStore(make())
        const settings = new Settings()
        const all = await boot(settings, store)
        await all.apply(FIRST)
        await all.rollBack(all.channels[0], recordId(FIRST))
        expect(inForce(await boot(settings, store))).toBe(0)
        settings.kept.clear()
        expect(inForce(await boot(settings, store))).toBe(0)
        await (await boot(settings, store)).apply(FIRST)
        // The part is away while the record is taken back.
        const alone = new NodeCalibrations()
        const sensors = all.channels.slice(0, 1).map(({ sensor }) => sensor)
        await alone.load(settings, sensors, STATION)
        await alone.rollBack(alone.channels[0], recordId(FIRST))
        expect(inForce(await boot(settings, store))).toBe(0)
    })

    it("of another board's part do not count, and a damaged copy does not either", async () => {
        const store = new ModelStore(make())
        await (await boot(new Settings(), store)).apply(FIRST)
        expect(inForce(await boot(new Settings(), store))).toBe(recordId(FIRST))
        expect(inForce(await boot(new Settings(), store, "0000000000000001"))).toBe(0)
        const at = store.size - copiesBytes(store) + 30
        await store.write(at, Buffer.from([0xaa, 0x55]), 0, 2)
        expect(inForce(await boot(new Settings(), store))).toBe(0)
    })

    it("that are damaged in the settings store count from their copy", async () => {
        const store = new ModelStore(make())
        const settings = new Settings()
        const all = await boot(settings, store)
        await all.apply(FIRST)
        await all.apply(SECOND)
        settings.kept.set(1, SECOND.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) as Buffer)
        const again = await boot(settings, store)
        expect([inForce(again), again.statusText()]).toEqual([
            recordId(SECOND),
            expect.stringContaining('"damagedCalibrations":0') as string,
        ])
    })

    it("leave the place that frames had before alone but for the end of the ring", () => {
        const store = new ModelStore(make())
        const { size, pageBytes } = store
        const whole = new StoreLayout(size, pageBytes)
        const shared = new StoreLayout(size, pageBytes, copiesBytes(store))
        expect({ ...(shared as object) }).toEqual({
            ...(whole as object),
            ringUnits: shared.ringUnits,
        })
        expect(shared.ringAt + shared.ringUnits * shared.grid).toBeLessThanOrEqual(
            size - copiesBytes(store)
        )
    })

    it("are the old ones or the new ones after a power cut at every byte and every settings write", async () => {
        let cuts = 0
        // Of a record, and of its being taken back.
        for (const isRollback of [false, true])
            for (let writes = 0; writes <= 1; writes++)
                for (let bytes = 0; ; bytes++) {
                    const store = new ModelStore(make())
                    const settings = new Settings()
                    const all = await boot(settings, store)
                    await all.apply(FIRST)
                    await all.apply(SECOND)
                    const [old, fresh] = isRollback ? [SECOND, FIRST] : [SECOND, THIRD]
                    settings.writesLeft = writes
                    let isCut = false
                    store.part.cutPowerAfterBytes(bytes, () => (isCut = true))
                    const work = isRollback
                        ? all.rollBack(all.channels[0], recordId(SECOND))
                        : all.apply(THIRD)
                    await work.catch(() => (isCut = true))
                    store.part.brownOut(0)
                    cuts++
                    settings.writesLeft = Infinity
                    const found = inForce(await boot(settings, store))
                    expect([recordId(old), recordId(fresh)]).toContain(found)
                    if (writes === 1) expect(found, "it was kept").toBe(recordId(fresh))
                    // The cut took the settings store with it.
                    settings.kept.clear()
                    const left = inForce(await boot(settings, store))
                    expect(
                        [FIRST, SECOND, THIRD].map(recordId).concat(0),
                        `${bytes} B of the copy written`
                    ).toContain(left)
                    if (writes === 0) expect(left, "nothing of the new one").toBe(recordId(old))
                    if (!isCut || writes === 0) break
                }
        expect(cuts).toBeGreaterThan(100)
    })
})
