/** A listener that comes when the broker has no records of the nodes any more, or never sent them. */
import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import mqtt from "mqtt"
import { expect, it } from "vitest"
import { TcpEndpoint } from "../../sim/net/endpoint.js"
import { minutes } from "../../sim/time/duration.js"
import { listen } from "../../tools/cli/commands/listen.js"
import { describeWith } from "../support/describe-with.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { Kit } from "../support/kit.js"
import { Mosquitto } from "../support/mosquitto.js"

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
                    { timeout: 20_000 }
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
    }, 60_000)
})
