/** Nodes are told apart by the broker and by people, whatever they are called. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { type SimNode } from "../../sim/world/node.js"
import { Presence } from "../../tools/cli/listen/presence.js"
import { provide } from "./provisioning.js"
import {
    Testbed,
    expectAllArrived,
    rampSensor,
    testDeviceId,
    testProgram,
    type TestbedOptions,
} from "./testbed.js"

const OPTIONS: TestbedOptions = { seed: 41, intervalSeconds: 120, reportSeconds: 900 }

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

function said(node: SimNode): string[] {
    return node.console.map(({ text }) => text)
}

describe("two nodes of one name at two sites", () => {
    it("are two clients to the broker: none takes over the session of the other", async () => {
        const b = new Testbed(OPTIONS)
        bed = b
        const twin = b.world.addNode({
            program: testProgram(OPTIONS),
            deviceId: testDeviceId(OPTIONS, 0x7e57ed),
            sensors: [rampSensor(b.world.clock.epochMs, OPTIONS.intervalSeconds)],
        })
        await provide(b, { node: "hall", site: "north" })
        await provide({ node: twin, world: b.world }, { node: "hall", site: "south" })
        await b.world.run(seconds(30))
        const ids = [`hall${b.node.deviceId}`, `hall${twin.deviceId}`]
        expect([...b.broker.online].sort()).toEqual(ids.sort())
        const connects = b.broker.counts.connects
        await b.world.run(hours(1))
        expect(b.broker.counts.connects - connects, "connections in an hour").toBe(0)
        for (const site of ["north", "south"]) {
            const [state] = b.broker.retainedOf(`suitcase/${site}/hall/state`)
            expect(state.payload.toString()).toContain('"online":true')
        }
        for (const node of [b.node, twin])
            expect(said(node).filter(text => text.includes("closed"))).toEqual([])
        expect(b.broker.violations).toEqual([])
    })
})

describe("a client with the id of a node", () => {
    it("is named on the node's console and in its status, as long as it goes on", async () => {
        const b = new Testbed(OPTIONS)
        bed = b
        const notes: string[] = []
        const presence = new Presence(text => notes.push(text))
        const origin = { site: "demo", node: b.node.deviceId }
        const look = () => presence.status(origin, b.status)
        b.broker.onConnect = id => {
            b.world.clock.after(seconds(10) * 1000, () => b.broker.disconnect(id))
        }
        await b.world.run(minutes(20))
        expect(b.status.cutShort, "closes in a row").toBeGreaterThanOrEqual(3)
        expect(said(b.node)).toContain(
            `uplink: closed right after CONNACK ${b.status.cutShort} times: another client with this id, or a limit of the broker`
        )
        look()
        b.broker.onConnect = undefined
        await b.world.run(minutes(10))
        look()
        expect(b.status.cutShort).toBe(0)
        expect(notes).toEqual([
            `demo/${b.node.deviceId} is thrown out by the broker again and again, right after it was ` +
                "accepted: another client with its client id, or a limit of the broker",
            `demo/${b.node.deviceId} is thrown out by the broker no more`,
        ])
        await b.drain()
        expectAllArrived(b.account())
    })
})

describe("a node whose settings have what cannot stand in a topic", () => {
    it.each([
        ["a level too many", { node: "hall/1", site: "north" }, "node", "north"],
        ["a wildcard", { node: "hall", site: "+" }, "site", "demo"],
        [
            "NUL, and a name that is too long",
            { node: "\0", site: "x".repeat(65) },
            "node site",
            "demo",
        ],
        ["a space", { node: "hall 1" }, "node", "demo"],
    ])("goes by its defaults instead, and says so: %s", async (_what, settings, unfit, site) => {
        const b = new Testbed(OPTIONS)
        bed = b
        // As another tool would: `suitcase settings` refuses them.
        await provide(b, settings)
        const name = unfit.includes("node") ? b.node.deviceId : "hall"
        await b.world.run(minutes(3))
        expect(b.status).toMatchObject({ unfit, settings: "ok", held: undefined })
        expect(said(b.node)).toContain(
            `settings: cannot be in a topic: ${unfit}; this node is ${site}/${name}`
        )
        expect(b.broker.retainedOf(`suitcase/${site}/${name}/state`).length).toBe(1)
        expect(b.collector.counts.frames).toBeGreaterThan(0)
        expect(b.broker.violations).toEqual([])
        const notes: string[] = []
        new Presence(text => notes.push(text)).status({ site, node: name }, b.status)
        expect(notes[0]).toMatch(/does not use the (name|site|name and site) that it is set to/)
    })
})
