/**
 * A program carries only what it names. What the settings ask for and it does not
 * have holds frames back, rather than that they go out readable or in a wrong form.
 */
import { afterEach, describe, expect, it } from "vitest"
import { NodeLink } from "../../sim/jacdac/node-link.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { newKey } from "../../tools/cli/keys/key-file.js"
import { ConnectedNode } from "../../tools/cli/settings/connected-node.js"
import { Presence } from "../../tools/cli/listen/presence.js"
import { provide } from "./provisioning.js"
import { Testbed, expectAllArrived, expectNothingInvented, testProgram } from "./testbed.js"
import { WireTap } from "./wire-tap.js"

const BARE = {
    intervalSeconds: 60,
    reportSeconds: 300,
    store: "MB85RC256V" as const,
    isBare: true,
}

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

async function start(settings: Record<string, string>): Promise<{ b: Testbed; tap: WireTap }> {
    const b = new Testbed({ seed: 21, ...BARE, parts: [new MB85RCModel()] })
    bed = b
    b.node.link.goDown()
    await provide(b, settings)
    const tap = new WireTap(b)
    b.node.link.comeUp()
    await b.world.run(minutes(20))
    return { b, tap }
}

function said(b: Testbed): string {
    return b.node.console.map(({ text }) => text).join("\n")
}

describe("a node with a key whose program cannot seal", () => {
    it("sends no frame, says so, and sends all of them sealed once it has a program that can", async () => {
        const key = newKey()
        const { b, tap } = await start({ "seal.key": key.toString("hex") })
        for (const leaf of ["frame", "sealed", "envelope"])
            expect(tap.under(leaf).length, `messages on ${leaf}`).toBe(0)
        expect(said(b)).toContain("frames are held back: the settings ask for what this program")
        expect(b.status).toMatchObject({ held: "seal", settings: "ok", acked: 0 })
        const notes: string[] = []
        const presence = new Presence(text => notes.push(text))
        const origin = { site: "lab", node: b.node.deviceId }
        presence.status(origin, b.status)
        presence.status(origin, b.status)
        expect(notes).toEqual([
            `lab/${b.node.deviceId} holds its frames back: it has a key, but its program ` +
                "cannot seal (option seal of startStation)",
        ])

        b.keys.set(b.node.deviceId, key)
        const { bytecode } = testProgram()
        const link = new NodeLink(b.world, b.node)
        await link.during(
            ConnectedNode.open(link, b.node.deviceId).then(async store => {
                await store.deploy(bytecode)
                await store.restart()
            })
        )
        await b.world.run(minutes(6) + seconds(20))
        await b.drain()
        expectAllArrived(b.account())
        expect(tap.under("frame").length, "plain frames").toBe(0)
        expect(tap.under("sealed").length, "sealed frames").toBeGreaterThan(4)
        expect(b.status.held).toBeUndefined()
        presence.status(origin, b.status)
        expect(notes.at(-1)).toContain("holds its frames back no more")
    })
})

describe("a node that is to send JSON and whose program cannot", () => {
    it("sends no frame and says so", async () => {
        const { b, tap } = await start({ "mqtt.form": "json" })
        expect(tap.under("frame").length, "plain frames").toBe(0)
        expect(b.status).toMatchObject({ held: "envelope", settings: "ok" })
        expect(said(b)).toContain("does not have: envelope")
    })
})

describe("a node whose program takes no commands", () => {
    it("does not subscribe to them, and samples and sends all the same", async () => {
        const { b } = await start({})
        b.broker.publish(
            `suitcase/demo/${b.node.deviceId}/cmd`,
            '{"id":"a","do":"interval","seconds":10}'
        )
        await b.world.run(minutes(10))
        const account = b.account()
        expectNothingInvented(account)
        expect(account.arrived, "readings of the first 25 min, and more").toBeGreaterThan(25)
        const open = b.world.clock.wallMs - minutes(5)
        expect(account.missing.filter(({ unixMs }) => unixMs < open)).toEqual([])
        expect(b.status).toMatchObject({ intervalSeconds: 60 })
        expect(b.status.held).toBeUndefined()
    })
})
