/** Frames in JSON, end to end, plain and sealed. */
import { afterEach, describe, expect, it } from "vitest"
import { minutes, seconds } from "../../sim/time/duration.js"
import { newKey } from "../../tools/cli/keys/key-file.js"
import { parseEnvelope } from "../../tools/decoder/envelope.js"
import { provide } from "./provisioning.js"
import { Testbed, expectAllArrived } from "./testbed.js"
import { WireTap } from "./wire-tap.js"

const OPTIONS = { intervalSeconds: 60, reportSeconds: 300 }

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

describe.each(["frame", "sealed"] as const)("a node that speaks JSON (%s)", kind => {
    it("sends every frame in an envelope, over broken links too", async () => {
        const b = new Testbed({ seed: 12, ...OPTIONS })
        bed = b
        b.node.link.goDown()
        const tap = new WireTap(b)
        const key = newKey()
        const isSealed = kind === "sealed"
        await provide(b, {
            "mqtt.form": "json",
            ...(isSealed ? { "seal.key": key.toString("hex") } : {}),
        })
        if (isSealed) b.keys.set(b.node.deviceId, key)
        b.given.length = 0
        b.node.link.comeUp()
        for (let i = 0; i < 12; i++) {
            await b.world.run(minutes(4))
            b.node.link.connection?.cutAfter(i % 2 === 0 ? "up" : "down", 11 * i)
        }
        await b.world.run(minutes(3) + seconds(20))
        await b.drain()
        expectAllArrived(b.account())
        expect(b.problems).toEqual([])
        expect(b.broker.violations).toEqual([])
        expect(b.node.panics).toEqual([])
        const envelopes = tap.under("envelope")
        expect(envelopes.length, "envelopes").toBeGreaterThan(8)
        for (const envelope of envelopes) {
            const { kind: inside, data } = parseEnvelope(envelope)
            expect(inside).toBe(kind)
            expect(JSON.parse(envelope.toString())).toEqual({
                v: 1,
                kind,
                data: Buffer.from(data).toString("base64"),
            })
        }
        expect(tap.under("frame")).toEqual([])
        expect(tap.under("sealed")).toEqual([])
    })
})
