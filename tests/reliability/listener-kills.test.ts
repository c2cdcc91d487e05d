/**
 * The receiving side with real processes on a real Mosquitto: `suitcase listen` killed by SIGKILL in the
 * midst of thousands of frames, its spare, and brokers that restart.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet"
import mqtt from "mqtt"
import { afterEach, beforeEach, expect, it } from "vitest"
import { extent, IS_WHOLE } from "../runner/whole.js"
import { describeWith } from "../support/describe-with.js"
import { CHANNELS, FrameSource, problemsOf } from "../support/frame-source.js"
import { ListenerProcess } from "../support/listener-process.js"
import { Mosquitto } from "../support/mosquitto.js"
import { linesIn } from "../support/reading-lines.js"

/** Frames of the tests with single kills. */
const FRAMES = extent("SUITCASE_KILL_FRAMES", 3000, 12_000)
/** Faster than nodes ever send, and slow enough for a kill in the midst of it. */
const BURST_PER_SECOND = 1500
/** How long a listener is killed again and again, s. */
const SECONDS = extent("SUITCASE_KILL_SECONDS", 12, 60)
const KILL_EVERY_S = 5
const FRAMES_PER_SECOND = 300

describeWith("mosquitto", "suitcase listen on a real Mosquitto", () => {
    let broker: Mosquitto
    let folder: string
    let listeners: ListenerProcess[]
    let source: FrameSource | undefined

    beforeEach(async () => {
        broker = await Mosquitto.start({
            isPersistent: true,
            config: ["max_queued_messages 0", "max_inflight_messages 200"],
        })
        folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-kills-"))
        listeners = []
    })
    afterEach(async () => {
        await source?.close()
        source = undefined
        for (const listener of listeners) await listener.end("SIGKILL")
        await broker.stop()
        rmSync(folder, { recursive: true, force: true })
    })

    function listen(...more: string[]): ListenerProcess {
        return added(new ListenerProcess([...args(), ...more]))
    }

    function args(): string[] {
        const state = path.join(folder, "state")
        return ["--broker", broker.url, "--state", state, "--out", path.join(folder, "out")]
    }

    function added(listener: ListenerProcess): ListenerProcess {
        listeners.push(listener)
        return listener
    }

    function lines(): string[] {
        return linesIn(path.join(folder, "out"))
    }

    /** Ends the listener once it has everything. */
    async function untilAll(listener: ListenerProcess): Promise<void> {
        const wanted = source?.readings ?? 0
        await listener.until(/Listening/)
        await expect.poll(() => lines().length, { timeout: 60_000, interval: 100 }).toBe(wanted)
        expect(await listener.end("SIGTERM")).toBe(0)
        expect(problemsOf(lines(), source as FrameSource)).toBe("")
        expect(listener.err).toContain("0 frames missing")
    }

    /** Publishes, and resolves in the midst of it. @returns when all is published */
    async function inTheMidst(): Promise<{ published: Promise<unknown> }> {
        source = await FrameSource.start(broker.url, { nodes: 20, rows: 5 })
        const published = source.publish(FRAMES, BURST_PER_SECOND)
        await expect
            .poll(() => lines().length, { timeout: 30_000, interval: 5 })
            .toBeGreaterThan(FRAMES * 4)
        return { published }
    }

    it("killed in the midst of frames and started again, has each reading once, and none is missing", async () => {
        const first = listen()
        await first.until(/Listening/)
        const { published } = await inTheMidst()
        await first.end("SIGKILL")
        await published
        await untilAll(listen())
    }, 120_000)

    it(
        "killed every 5 s while 300 frames a second come, has each reading once",
        async () => {
            let listener = listen()
            await listener.until(/Listening/)
            source = await FrameSource.start(broker.url, { nodes: 30, rows: 3 })
            const publishing = source.publish(SECONDS * FRAMES_PER_SECOND, FRAMES_PER_SECOND)
            let isPublishing = true
            void publishing.finally(() => (isPublishing = false))
            while (isPublishing) {
                await Promise.race([
                    publishing,
                    new Promise(resolve => setTimeout(resolve, KILL_EVERY_S * 1000)),
                ])
                await listener.end("SIGKILL")
                listener = listen()
            }
            await untilAll(listener)
        },
        (SECONDS + 90) * 1000
    )

    // Not in `npm test`: there, formats.test.ts kills sinks of all forms.
    if (IS_WHOLE) {
        it("killed while it writes several forms at once, has each reading once in each of them", async () => {
            const [wide, parquet] = ["csv-wide", "parquet"].map(form => path.join(folder, form))
            const more = ["--out", `csv-wide=${wide}`, "--out", `parquet=${parquet}`]
            const first = listen(...more)
            await first.until(/Listening/)
            const { published } = await inTheMidst()
            await first.end("SIGKILL")
            await published
            await untilAll(listen(...more))
            const rows = FRAMES * 5
            const wideRows = readdirSync(wide, { recursive: true, encoding: "utf8" })
                .filter(name => name.endsWith(".csv"))
                .flatMap(name =>
                    readFileSync(path.join(wide, name), "utf8").trimEnd().split("\n").slice(1)
                )
            expect(new Set(wideRows).size).toBe(rows)
            expect(wideRows).toHaveLength(rows)
            const cells: string[] = []
            for (const name of readdirSync(parquet).filter(name => name.endsWith(".parquet"))) {
                const file = await asyncBufferFromFile(path.join(parquet, name))
                for (const cell of await parquetReadObjects({ file })) {
                    const { node, sequence, time, channel } = cell as Record<string, unknown>
                    cells.push([node, sequence, (time as Date).getTime(), channel].join(" "))
                }
            }
            expect(cells).toHaveLength(rows * CHANNELS)
            expect(new Set(cells).size).toBe(rows * CHANNELS)
        }, 120_000)

        it("killed while it republishes, publishes each row at least once, and hears none of them itself", async () => {
            const reader = await mqtt.connectAsync(broker.url, { clientId: "reader", clean: false })
            const rows = new Set<string>()
            let came = 0
            reader.on("message", (topic, payload) => {
                came++
                const { node, sequence, time } = JSON.parse(payload.toString()) as Record<
                    string,
                    string
                >
                rows.add(`${topic} ${node} ${sequence} ${time}`)
            })
            await reader.subscribeAsync("plain/+/+", { qos: 1 })
            try {
                const first = listen("--republish", "plain")
                await first.until(/Listening/)
                const { published } = await inTheMidst()
                await first.end("SIGKILL")
                const before = came
                await published
                await untilAll(listen("--republish", "plain"))
                await expect.poll(() => rows.size, { timeout: 60_000 }).toBe(FRAMES * 5)
                expect(before, "rows before the kill").toBeGreaterThan(0)
            } finally {
                await reader.endAsync(true)
            }
        }, 120_000)
    }

    it("has a spare that goes on where it was killed, and refuses a third that does not stand by", async () => {
        const first = listen()
        await first.until(/Listening/)
        const spare = listen("--standby")
        await spare.until(/standing by/)
        const third = listen()
        expect(await third.ended()).toBe(2)
        expect(third.err).toContain("another listener uses")
        const { published } = await inTheMidst()
        await first.end("SIGKILL")
        await spare.until(/took over/)
        await published
        await untilAll(spare)
    }, 120_000)

    it("whose disk takes no more says so, stops with exit code 1, and has told the broker of nothing that it lost", async () => {
        const limited = added(new ListenerProcess(args(), 200))
        await limited.until(/Listening/)
        source = await FrameSource.start(broker.url, { nodes: 10, rows: 5 })
        await source.publish(2000)
        expect(await limited.ended()).toBe(1)
        expect(limited.err).toMatch(
            /out: .*; what comes is kept in the journal, and it is tried again/
        )
        expect(limited.err).toMatch(
            /the journal in .*state: .*; stopped\. Nothing is lost: what is not in it, the broker keeps/
        )
        await untilAll(listen())
    }, 60_000)

    it("loses nothing when its broker restarts in between", async () => {
        const listener = listen()
        await listener.until(/Listening/)
        source = await FrameSource.start(broker.url, { nodes: 10, rows: 5 })
        for (let i = 0; i < 3; i++) {
            const publishing = source.publish(500)
            await expect
                .poll(() => lines().length, { timeout: 30_000, interval: 5 })
                .toBeGreaterThan(i * 10_000 + 2000)
            await broker.restart()
            await publishing
        }
        await untilAll(listener)
    }, 120_000)
})
