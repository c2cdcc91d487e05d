/** What arrives is in the files exactly once, whenever the power goes. */
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    ARRIVED_MS,
    foldersOfTests,
    POWER_CUTS,
    ROUNDS,
    deliverThroughCuts,
    difference,
    expectedLines,
    openReceiver,
    story,
} from "../../tests/support/receiver-bench.js"
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { schemaBytes, schemaId } from "../../tests/support/decoder-bench.js"
import { type DeliveredFrame, type Sink } from "./sink.js"
import { FileSink } from "./sinks/files.js"

const newFolders = foldersOfTests()

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
        const deliveries = story(240)
        const expected = expectedLines(deliveries)
        await fc.assert(
            fc.asyncProperty(POWER_CUTS, async list => {
                const folders = newFolders()
                const receiver = await deliverThroughCuts(folders, deliveries, list)
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
