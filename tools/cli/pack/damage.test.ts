/** Damaged packed files: never a wrong number, always a message. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { MAGIC } from "./container.js"
import {
    PackBench,
    cells,
    recordsOf,
    suitcase,
    type Outcome,
} from "../../../tests/support/pack-bench.js"

const bench = new PackBench()
const { folder, packFile } = bench

describe("damaged files", () => {
    const rows = Array.from({ length: 90 }, (_, i) => `${1705307400 + 60 * i}.25,${i * 1.5},${i}`)
    const text = `time,a,b\n${rows.join("\n")}\n`

    async function damaged(change: (file: Buffer) => Uint8Array): Promise<Outcome> {
        await bench.pack(text, "--rows", "30", "--no-costs")
        writeFileSync(packFile, change(bench.bytes))
        return suitcase("unpack", packFile)
    }

    function expectRefused({ code, err }: Outcome): void {
        expect(code).toBeGreaterThan(0)
        expect(err).toMatch(/^suitcase: [^\n]*room\.pack[^\n]*\n$/)
        expect(err).not.toContain("internal error")
    }

    it("name the frame that a flipped bit hit, and give the rows before it", async () => {
        const outcome = await damaged(file => {
            const frame = recordsOf(file).filter(record => record.type === "F")[1]
            file[frame.start + 20] ^= 4
            return file
        })
        expect(outcome.code).toBe(1)
        expect(outcome.err).toMatch(
            /^suitcase: .*room\.pack, frame 2: (rows|schema): the frame was damaged.*\n$/
        )
        expect(cells(outcome.out).slice(1)).toEqual(cells(rows.slice(0, 30).map(plain).join("\n")))
    })

    /** As `unpack` writes: as few digits as needed in a column of both. */
    const plain = (row: string) => row

    it("are found whatever the flipped bit, with no wrong number before the message", async () => {
        await bench.pack(text, "--rows", "30", "--no-costs")
        const good = bench.bytes
        const whole = await bench.unpacked()
        for (let bit = 0; bit < good.length * 8; bit += 3) {
            const bad = Buffer.from(good)
            bad[bit >> 3] ^= 1 << (bit & 7)
            writeFileSync(packFile, bad)
            const outcome = await suitcase("unpack", packFile)
            expectRefused(outcome)
            expect(whole.startsWith(outcome.out), `bit ${bit}`).toBe(true)
        }
    })

    it("are found wherever the file is cut off", async () => {
        await bench.pack(text, "--rows", "30", "--no-costs")
        const good = bench.bytes
        for (let length = 0; length < good.length; length++) {
            writeFileSync(packFile, good.subarray(0, length))
            const outcome = await suitcase("unpack", packFile)
            expectRefused(outcome)
            if (length > 8) expect(outcome.err).toMatch(/truncated/)
        }
        expect((await damaged(file => file.subarray(0, file.length - 10))).err).toMatch(
            /, frame 4: truncated: the file ends here, but its end is missing/
        )
    })

    /** The file with its records in another order, or some left out. */
    const rearranged = (order: (records: Buffer[]) => Buffer[]) => (file: Buffer) => {
        const starts = recordsOf(file).map(record => record.start)
        const records = starts.map((start, i) => file.subarray(start, starts[i + 1] ?? file.length))
        return Buffer.concat([file.subarray(0, 9), ...order(records)])
    }

    it.each([
        [
            "a frame is missing",
            ([s, t, b, f1, , f3, e]: Buffer[]) => [s, t, b, f1, f3, e],
            /frame 2: order: expected frame 1 of boot 0, found frame 2/,
        ],
        [
            "the last frame is missing",
            ([s, t, b, f1, f2, , e]: Buffer[]) => [s, t, b, f1, f2, e],
            /after frame 2: end: expected 3 frames with 90 rows, found 2 with 60/,
        ],
        [
            "a frame comes twice",
            ([s, t, b, f1, f2, f3, e]: Buffer[]) => [s, t, b, f1, f1, f2, f3, e],
            /frame 2: order/,
        ],
        [
            "frames changed places",
            ([s, t, b, f1, f2, f3, e]: Buffer[]) => [s, t, b, f2, f1, f3, e],
            /frame 1: order/,
        ],
        [
            "the boot is missing",
            ([s, t, , f1, f2, f3, e]: Buffer[]) => [s, t, f1, f2, f3, e],
            /frame 1: order: the record of the boot is missing/,
        ],
        [
            "the schema is missing",
            ([, t, b, f1, f2, f3, e]: Buffer[]) => [t, b, f1, f2, f3, e],
            /order: the schema record is missing/,
        ],
        [
            "the table is missing",
            ([s, , b, f1, f2, f3, e]: Buffer[]) => [s, b, f1, f2, f3, e],
            /order: the table record is missing/,
        ],
        [
            "there are two schemas",
            ([s, t, b, f1, f2, f3, e]: Buffer[]) => [s, t, s, b, f1, f2, f3, e],
            /order: a second schema record/,
        ],
        [
            "two files are in one",
            (records: Buffer[]) => [...records, ...records],
            /end: something follows/,
        ],
    ])("are named where %s", async (_what, order, message) => {
        const outcome = await damaged(rearranged(order))
        expectRefused(outcome)
        expect(outcome.err).toMatch(message)
    })

    it("frames of another file are not taken for its own", async () => {
        await bench.pack(text.replace("a,b", "a,c"), "--rows", "30")
        const other = recordsOf(bench.bytes)[3]
        const frame = bench.bytes.subarray(other.start, other.start + other.payload.length + 3)
        const outcome = await damaged(
            rearranged(([s, t, b, , f2, f3, e]) => [
                s,
                t,
                b,
                frame.subarray(0, frameLength(frame)),
                f2,
                f3,
                e,
            ])
        )
        expectRefused(outcome)
        expect(outcome.err).toMatch(
            /frame 1: schema: the frame was damaged, or belongs to another schema/
        )
    })

    /** Of a frame's record, with its type and length. */
    const frameLength = (record: Uint8Array) =>
        record[1] < 128 ? record[1] + 2 : (record[1] & 127) + 128 * record[2] + 3

    it("any bytes after the magic end in a message", async () => {
        await fc.assert(
            fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async random => {
                writeFileSync(packFile, Buffer.concat([MAGIC, Uint8Array.of(1), random]))
                expectRefused(await suitcase("unpack", packFile))
            }),
            { numRuns: 300 }
        )
    })

    it("what is no packed file, or one of a later version, is wrong use", async () => {
        writeFileSync(packFile, "time,a\n1705307400,1\n")
        const csv = await suitcase("unpack", packFile)
        expect(csv.code).toBe(2)
        expect(csv.err).toMatch(
            /room\.pack: magic: this is no packed file; make one with suitcase pack/
        )
        const later = await damaged(file => file.fill(2, 8, 9))
        expect(later.code).toBe(2)
        expect(later.err).toMatch(/version 2 is not known/)
    })

    it("leave no file behind, and what was there untouched", async () => {
        const target = path.join(folder, "kept.csv")
        writeFileSync(target, "before")
        await damaged(file => file.subarray(0, file.length - 1))
        const { code } = await suitcase("unpack", packFile, "-o", target)
        expect(code).toBe(1)
        expect(readFileSync(target, "utf8")).toBe("before")
        expect(existsSync(`${target}.part`)).toBe(false)
    })
})
