/** A listener that comes when the broker has no records of the nodes any more, or never sent them. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import mqtt from "mqtt"
import { expect, it } from "vitest"
import { TcpEndpoint } from "../../sim/net/endpoint.js"
import { minutes } from "../../sim/time/duration.js"
import { listen } from "../../tools/cli/commands/listen.js"
import { describeWith } from "../support/describe-with.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { FrameSource } from "../support/frame-source.js"
import { Kit } from "../support/kit.js"
import { ListenerProcess } from "../support/listener-process.js"
import { Mosquitto } from "../support/mosquitto.js"
import { linesIn } from "../support/reading-lines.js"

describeWith("mosquitto", "a late listener", () => {
    it("asks a node for the records that its broker lost, and reads all frames that waited", async () => {
        const broker = await Mosquitto.start()
        const state = mkdtempSync(path.join(os.tmpdir(), "suitcase-late-"))
        const stop = new AbortController()
        const terminal = fakeTerminal()
        const endpoint = new TcpEndpoint("127.0.0.1", broker.port)
        const kit = await Kit.start({ seed: 21, endpoint, listenUrl: broker.url })
        try {
            await kit.world.run(minutes(40))
            const client = await mqtt.connectAsync(broker.url)
            for (const leaf of ["schema", "clock", "status", "state"])
                await client.publishAsync(`${kit.topic}/${leaf}`, "", { qos: 1, retain: true })
            await client.endAsync()
            const ended = listen(
                { broker: broker.url, format: "ndjson", time: false, state },
                terminal,
                stop.signal
            )
            await terminal.err.until(/Listening/)
            const before = kit.frames.length
            await kit.world.run(minutes(50))
            await expect.poll(() => kit.frames.length).toBeGreaterThanOrEqual(before + 3)
            expect(terminal.out.lines).toEqual([])
            // The node answers as soon as its time goes on.
            const wanted = () =>
                new Set(
                    terminal.out.lines.map(
                        line => (JSON.parse(line) as { sequence: number }).sequence
                    )
                ).size
            await expect
                .poll(
                    async () => {
                        await kit.world.run(minutes(0.1))
                        return wanted()
                    },
                    { timeout: 60_000 }
                )
                .toBeGreaterThanOrEqual(kit.frames.length - before)
            stop.abort()
            expect(await ended).toBe(0)
            expect(terminal.err.text).toContain("0 frames waiting")
        } finally {
            stop.abort()
            await kit.close()
            await broker.stop()
            rmSync(state, { recursive: true, force: true })
        }
    }, 180_000)

    it("that has lost the records, of nodes that answer no command, has the broker send them again", async () => {
        const broker = await Mosquitto.start()
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-late-"))
        const state = path.join(folder, "state")
        const listeners: ListenerProcess[] = []
        const started = async (out: string) => {
            const args = ["--broker", broker.url, "--state", state, "--out", out]
            const listener = new ListenerProcess(args)
            listeners.push(listener)
            await listener.until(/Listening/)
            return listener
        }
        try {
            const source = await FrameSource.start(broker.url, { nodes: 3, rows: 2 })
            const [before, after] = ["before", "after"].map(name => path.join(folder, name))
            const first = await started(before)
            await source.publish(3)
            const delivered = source.readings
            await expect.poll(() => linesIn(before).length, { timeout: 60_000 }).toBe(delivered)
            expect(await first.end("SIGTERM")).toBe(0)
            // The broker knows that the records were acknowledged; they are gone all the same.
            for (const name of readdirSync(state))
                if (name !== "session.json")
                    rmSync(path.join(state, name), { recursive: true, force: true })
            await source.publish(9)
            await started(after)
            await expect
                .poll(() => linesIn(after).length, { timeout: 60_000 })
                .toBe(source.readings - delivered)
            await source.close()
        } finally {
            for (const listener of listeners) await listener.end("SIGKILL")
            await broker.stop()
            rmSync(folder, { recursive: true, force: true })
        }
    }, 180_000)
})
