/** What arrives is in the files exactly once, whenever the power goes. */
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import {
    EPOCH,
    TICK_MS,
    clockText,
    frame,
    json,
    schemaBytes,
    schemaId,
    statusText,
} from "../../tests/support/decoder-bench.js"
import {
    ARRIVED_MS,
    Folders,
    ROUNDS,
    difference,
    expectedLines,
    openReceiver,
    type Delivery,
} from "../../tests/support/receiver-bench.js"
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { type DeliveredFrame, type Sink } from "./sink.js"
import { FileSink } from "./sinks/files.js"

const SECOND = EPOCH / TICK_MS

function deliveryOf(node: string, leaf: string, payload: Buffer): Delivery {
    return { topic: `suitcase/town/${node}/${leaf}`, payload }
}

/** Nodes with late schemas, clocks that come after the frames, restarts, gaps and damaged frames. */
function story(length: number): Delivery[] {
    const deliveries: Delivery[] = []
    const say = (node: string, leaf: string, payload: Buffer) =>
        deliveries.push(deliveryOf(node, leaf, payload))
    for (let i = 0; i < length; i++) {
        const node = `n${i % 3}`
        const step = Math.floor(i / 3)
        const boot = 7 + Math.floor(step / 20)
        const sequence = step % 20
        if (sequence === 11) continue
        const isEarly = sequence < 3
        const time = isEarly ? 10 * sequence : SECOND + 100 * step
        const payload = frame(sequence, {
            boot,
            unixTime: !isEarly,
            time,
            rows: [
                [step, i],
                [i, undefined],
            ],
        })
        // Its boot, its time or its checksum; the true one comes before or after it, or not at all.
        const damaged = Buffer.from(payload)
        damaged[[2, 4, payload.length - 1][step % 3]] ^= 8
        if (i % 11 === 3) say(node, "frame", damaged)
        if (i % 22 !== 14) say(node, "frame", payload)
        if (i % 11 === 5) say(node, "frame", damaged)
        if (step === 1 || sequence === 13) say(node, "schema", schemaBytes)
        if (sequence === 4)
            say(node, "clock", clockText({ boot, uptime: 60_000, unix: EPOCH + 100_000 * step }))
        if (sequence === 6) say(node, "status", statusText({ boot }))
        if (sequence === 0) say(node, "state", json({ v: 1, online: true, boot }))
    }
    return deliveries
}

const all: Folders[] = []
afterEach(() => {
    for (const folders of all.splice(0)) folders.remove()
})
function newFolders(): Folders {
    const folders = new Folders()
    all.push(folders)
    return folders
}

const turn = () => new Promise(resolve => setImmediate(resolve))

describe("a receiver", () => {
    it("writes each reading once, and goes on where it was after it was closed", async () => {
        const folders = newFolders()
        const deliveries = story(300)
        for (let from = 0; from < deliveries.length; from += 70) {
            const { receiver, notes } = await openReceiver(folders, { segmentBytes: 3000 })
            for (const { topic, payload } of deliveries.slice(from, from + 70)) {
                receiver.accept(topic, payload, ARRIVED_MS)
                receiver.accept(topic, payload, ARRIVED_MS)
            }
            await receiver.close()
            expect(notes).toEqual([])
        }
        expect(difference(folders.lines(), expectedLines(deliveries))).toBe("")
        const segments = readdirSync(path.join(folders.state, "journal"))
        expect(segments.length, "segments that all have passed are deleted").toBeLessThan(8)
    })

    it("has each reading once in the files after power cuts at any moment, whatever they leave of the journal", async () => {
        const cuts = fc.array(
            fc.record({
                /** Messages until the cut, and turns of the event loop after each. */
                count: fc.integer({ min: 1, max: 60 }),
                turns: fc.integer({ min: 0, max: 6 }),
                cutBytes: fc.integer({ min: 0, max: 400 }),
                /** Of the messages before, those that the broker sends again although it was told. */
                again: fc.integer({ min: 0, max: 10 }),
            }),
            { minLength: 1, maxLength: 6 }
        )
        const deliveries = story(240)
        const expected = expectedLines(deliveries)
        await fc.assert(
            fc.asyncProperty(cuts, async list => {
                const folders = newFolders()
                /** Messages that the broker was told of. */
                let told = 0
                for (const { count, turns, cutBytes, again } of list) {
                    const { receiver } = await openReceiver(folders, { segmentBytes: 2000 })
                    const from = Math.max(0, told - again)
                    const numbers: number[] = []
                    for (const { topic, payload } of deliveries.slice(from, told + count)) {
                        numbers.push(receiver.accept(topic, payload, ARRIVED_MS))
                        for (let i = 0; i < turns; i++) await turn()
                    }
                    // A broker is told in the order in which it sent.
                    const { durable, durableEnd } = receiver
                    const first = numbers.findIndex(number => number > durable)
                    told = Math.max(told, from + (first < 0 ? numbers.length : first))
                    const putBack = folders.picture(cutBytes, durableEnd)
                    await receiver.close()
                    putBack()
                }
                const { receiver } = await openReceiver(folders)
                for (const { topic, payload } of deliveries.slice(told))
                    receiver.accept(topic, payload, ARRIVED_MS)
                await receiver.close()
                expect(difference(folders.lines(), expected)).toBe("")
                expect(receiver.collector.lostFrames, "12 never sent, 10 only damaged").toBe(22)
            }),
            { numRuns: ROUNDS }
        )
    }, 600_000)

    it("lets no sink wait for another, and gives a sink that failed everything from its last commit on", async () => {
        const folders = newFolders()
        const got: DeliveredFrame[] = []
        let isBroken = true
        const stuck: Sink = {
            id: "stuck",
            description: "stuck",
            open: () => Promise.resolve(),
            write: () => new Promise(() => undefined),
            commit: () => Promise.resolve({}),
            close: () => Promise.resolve(),
        }
        const broken: Sink = {
            id: "broken",
            description: "the shelf",
            open: () =>
                isBroken ? Promise.reject(new Error("the disk is full")) : Promise.resolve(),
            write: frames => {
                got.push(...frames)
                return Promise.resolve()
            },
            commit: () => Promise.resolve({ frames: got.length }),
            close: () => Promise.resolve(),
        }
        const deliveries = story(60)
        const open = () =>
            openReceiver(folders, {
                sinks: [stuck, broken, new FileSink(folders.out, "ndjson")],
            })
        const { receiver, notes } = await open()
        for (const { topic, payload } of deliveries) receiver.accept(topic, payload, ARRIVED_MS)
        await expect.poll(() => folders.lines().length).toBe(expectedLines(deliveries).length)
        await receiver.close(50)
        expect(notes).toEqual([
            "the shelf: the disk is full; what comes is kept in the journal, and it is tried again",
        ])
        isBroken = false
        const again = await open()
        await expect.poll(() => 4 * got.length).toBe(expectedLines(deliveries).length)
        await again.receiver.close(50)
    })

    it("says of a frame that comes again before it is on disk that it is not safe yet", async () => {
        const folders = newFolders()
        const { receiver } = await openReceiver(folders)
        const [{ topic, payload }] = story(1)
        const first = receiver.accept(topic, payload, ARRIVED_MS)
        const again = receiver.accept(topic, payload, ARRIVED_MS)
        expect(first, "number to wait for").toBeGreaterThan(receiver.durable)
        expect(again).toBe(first)
        await receiver.synced()
        expect(receiver.durable).toBeGreaterThanOrEqual(again)
        await receiver.close()
    })

    it("cuts a file to its last commit when it opens it, and takes away those after it", async () => {
        const folders = newFolders()
        const sink = new FileSink(folders.out, "ndjson")
        await sink.open(undefined)
        const [before, after] = ["readings-2026-01-01.ndjson", "readings-2026-01-02.ndjson"]
        writeFileSync(path.join(folders.out, before), "one\ntwo\n")
        writeFileSync(path.join(folders.out, after), "three\n")
        await sink.open({ file: before, length: 4 })
        await sink.close()
        expect(folders.lines()).toEqual(["one"])
        expect(readdirSync(folders.out)).toEqual([before])
        await expect(sink.open({ file: before, length: 5 })).rejects.toThrow(/is shorter than/)
    })

    it("says what was cut off the journal, and goes on", async () => {
        const folders = newFolders()
        const deliveries = story(30)
        const first = await openReceiver(folders)
        for (const { topic, payload } of deliveries.slice(0, 20))
            first.receiver.accept(topic, payload, ARRIVED_MS)
        await first.receiver.drain()
        const putBack = folders.picture()
        await first.receiver.close()
        putBack()
        const journal = path.join(folders.state, "journal")
        appendFileSync(path.join(journal, readdirSync(journal).sort().at(-1) as string), "torn")
        const { receiver, notes } = await openReceiver(folders)
        expect(notes).toEqual([
            "the last 4 B of the journal were not written as a whole and were cut off; no broker " +
                "was told that they arrived",
        ])
        for (const { topic, payload } of deliveries) receiver.accept(topic, payload, ARRIVED_MS)
        await receiver.close()
        expect(difference(folders.lines(), expectedLines(deliveries))).toBe("")
    })

    it("hands out frames of version 1, which nodes sent before", async () => {
        const vectors = JSON.parse(
            readFileSync(path.join(PROJECT_ROOT, "docs/test-vectors/version-1/frames.json"), "utf8")
        ) as readonly { hex: string; channels: number; rows: readonly unknown[] }[]
        const vector = vectors.find(({ channels }) => channels === 2)
        const payload = Buffer.from(vector?.hex ?? "", "hex")
        payload.writeUInt16LE(schemaId, 2)
        const end = payload.length - 2
        payload.writeUInt16LE(crc16(payload, 0, end, CRC16_START), end)
        const folders = newFolders()
        const got: DeliveredFrame[] = []
        let isThere = false
        const sink: Sink = {
            id: "late",
            description: "what is there after a restart, and so gets it from the disk",
            open: () => Promise.resolve(),
            write: frames => {
                if (!isThere) return Promise.reject(new Error("not there yet"))
                got.push(...frames)
                return Promise.resolve()
            },
            commit: () => Promise.resolve({}),
            close: () => Promise.resolve(),
        }
        const { receiver, notes } = await openReceiver(folders, { sinks: [sink] })
        for (const [leaf, bytes] of [
            ["schema", schemaBytes],
            ["frame", payload],
        ] as const)
            receiver.accept(`suitcase/town/n1/${leaf}`, bytes, ARRIVED_MS)
        await expect.poll(() => notes.length).toBe(1)
        await receiver.close(50)
        expect(got).toEqual([])
        isThere = true
        const again = await openReceiver(folders, { sinks: [sink] })
        await expect.poll(() => got.length).toBe(1)
        expect(got[0].frame.rows).toBe(vector?.rows.length)
        await again.receiver.close(50)
    })

    it("does not touch files of others in its folder", async () => {
        const folders = newFolders()
        mkdirSync(folders.out, { recursive: true })
        const file = path.join(folders.out, "readings-2026-01-01.ndjson")
        writeFileSync(file, "mine\n")
        const { receiver, notes } = await openReceiver(folders)
        await receiver.close()
        expect(notes).toEqual([expect.stringContaining("choose an empty folder")])
        expect(folders.lines()).toEqual(["mine"])
    })
})
