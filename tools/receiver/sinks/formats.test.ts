/** Each form of files has each reading once, whenever the power goes. */
import {
    appendFileSync,
    cpSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    renameSync,
    rmSync,
    statSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    ARRIVED_MS,
    foldersOfTests,
    type Folders,
    POWER_CUTS,
    deliverThroughCuts,
    story,
} from "../../../tests/support/receiver-bench.js"
import { widerDeliveries } from "../../../tests/support/wider-schema.js"
import { FrameCollector } from "../../decoder/index.js"
import { type DeliveredFrame, type Sink } from "../sink.js"
import { FORMATS, folderSink, type Format } from "./formats.js"
import { ParquetSink } from "./parquet-sink.js"

const ROUNDS = 3
const KILL_ROUNDS = 12
const DAY_MS = 86_400_000

/** What a run of a sink does until it is killed. */
const RUNS = fc.array(
    fc.record({
        /** Frames of a batch, and batches that are committed. */
        frames: fc.integer({ min: 1, max: 9 }),
        batches: fc.integer({ min: 0, max: 4 }),
        /** What happened after the last commit that is remembered. */
        end: fc.constantFrom("nothing", "written", "committed", "closed"),
    }),
    { minLength: 1, maxLength: 8 }
)
type Run = (typeof RUNS extends fc.Arbitrary<infer List> ? List : never)[number]

function sizesIn(folder: string): Map<string, number> {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    return new Map(names.map(name => [name, statSync(path.join(folder, name)).size]))
}

/** A power cut may leave anything where files grew. */
function tear(folder: string, sizes: ReadonlyMap<string, number>): void {
    for (const [name, size] of sizesIn(folder))
        if (/\.(csv|journal|influx|ndjson)$/.test(name) && sizes.get(name) !== size)
            appendFileSync(path.join(folder, name), Buffer.alloc(20_000))
}

/** Runs a sink through kills between what the disk has and what is remembered of it. */
async function throughKills(
    make: () => Sink,
    folder: string,
    frames: readonly DeliveredFrame[],
    runs: readonly Run[]
): Promise<void> {
    let remembered: string | undefined
    let sizes = new Map<string, number>()
    let done = 0
    const start = async () => {
        const sink = make()
        await sink.open(remembered === undefined ? undefined : JSON.parse(remembered))
        remembered ??= JSON.stringify(await sink.commit())
        return sink
    }
    for (const run of runs) {
        const sink = await start()
        for (let i = 0; i < run.batches; i++) {
            await sink.write(frames.slice(done, done + run.frames))
            remembered = JSON.stringify(await sink.commit())
            sizes = sizesIn(folder)
            done = Math.min(frames.length, done + run.frames)
        }
        if (run.end !== "nothing") await sink.write(frames.slice(done, done + run.frames))
        if (run.end === "committed" || run.end === "closed") await sink.commit()
        const copy = mkdtempSync(path.join(os.tmpdir(), "suitcase-killed-"))
        cpSync(folder, copy, { recursive: true })
        tear(copy, sizes)
        await sink.close()
        if (run.end === "closed") rmSync(copy, { recursive: true })
        else {
            rmSync(folder, { recursive: true })
            renameSync(copy, folder)
        }
    }
    const sink = await start()
    await sink.write(frames.slice(done))
    // What a commit says is done at the next one.
    await sink.commit()
    await sink.commit()
    await sink.close()
}

/** Files by their path; folders that begin with a dot are the sinks' own. */
function tree(folder: string): Record<string, string> {
    const files: Record<string, string> = {}
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
        if (!name.startsWith(".") && statSync(path.join(folder, name)).isFile())
            files[name] = readFileSync(path.join(folder, name), "latin1")
    return files
}

describe("files of readings", () => {
    const newFolders = foldersOfTests()

    const deliveries = [...story(90), ...widerDeliveries("n1", 5), ...story(120).slice(90)]

    it.each(FORMATS)(
        "of %s are the same after power cuts at any moment as without any",
        async (format: Format) => {
            const undisturbed = newFolders()
            const sinksIn = (folders: Folders) => () => [folderSink(format, folders.out)]
            await deliverThroughCuts(undisturbed, deliveries, [], sinksIn(undisturbed))
            const expected = tree(undisturbed.out)
            expect(Object.keys(expected).length).toBeGreaterThan(0)
            await fc.assert(
                fc.asyncProperty(POWER_CUTS, async cuts => {
                    const folders = newFolders()
                    await deliverThroughCuts(folders, deliveries, cuts, sinksIn(folders))
                    expect(tree(folders.out)).toEqual(expected)
                }),
                { numRuns: ROUNDS }
            )
        },
        120_000
    )

    const delivered: DeliveredFrame[] = []
    const collector = new FrameCollector({
        onFrame: frame => {
            const isLater = delivered.length > 60
            delivered.push({ ...frame, arrivedMs: ARRIVED_MS + (isLater ? DAY_MS : 0) })
        },
    })
    for (const { topic, payload } of deliveries) collector.accept(topic, payload)

    const sinks: [string, (folder: string) => Sink][] = [
        ...FORMATS.map((format): [string, (folder: string) => Sink] => [
            format,
            folder => folderSink(format, folder),
        ]),
        ["parquet with few readings in each", folder => new ParquetSink(folder, 30)],
    ]

    it.each(sinks)(
        "of %s are the same when kills come between what the disk has and what is remembered",
        async (_name, make) => {
            const undisturbed = newFolders()
            await throughKills(() => make(undisturbed.out), undisturbed.out, delivered, [])
            const expected = tree(undisturbed.out)
            await fc.assert(
                fc.asyncProperty(RUNS, async runs => {
                    const folders = newFolders()
                    await throughKills(() => make(folders.out), folders.out, delivered, runs)
                    expect(tree(folders.out)).toEqual(expected)
                }),
                { numRuns: KILL_ROUNDS }
            )
        },
        120_000
    )
})
