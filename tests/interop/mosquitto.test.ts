/** The same firmware against a real Mosquitto over TCP. */
import mqtt from "mqtt"
import { afterAll, afterEach, beforeAll, expect, it } from "vitest"
import { TcpEndpoint } from "../../sim/net/endpoint.js"
import { compile } from "../../sim/program/compile.js"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { provide } from "../reliability/provisioning.js"
import { describeWith } from "../support/describe-with.js"
import { indoorSensors, Kit } from "../support/kit.js"
import { Mosquitto } from "../support/mosquitto.js"

describeWith("mosquitto", "with a real Mosquitto", () => {
    let broker: Mosquitto
    let kit: Kit | undefined

    beforeAll(async () => {
        broker = await Mosquitto.start()
    })
    afterEach(async () => {
        await kit?.close()
        kit = undefined
    })
    afterAll(async () => {
        await broker.stop()
    })

    async function start(seed: number): Promise<Kit> {
        kit = await Kit.start({
            seed,
            endpoint: new TcpEndpoint("127.0.0.1", broker.port),
            listenUrl: broker.url,
        })
        return kit
    }

    it("a node delivers every reading once, although its clock runs thousands of times faster", async () => {
        const run = await start(11)
        await run.world.run(hours(6) + seconds(30))
        const status = await run.flush()
        expect(status.readings).toBeGreaterThanOrEqual(360 * 4 - 1)
        expect(run.collector.counts.readings).toBe(status.readings)
        expect(run.collector.counts.duplicates).toBe(0)
        expect(run.collector.lostFrames).toBe(0)
        expect(status.epoch, "the node learned the time").toBeGreaterThan(0)
    })

    it("a node whose connection is cut sends the unacknowledged frame again and loses none", async () => {
        const run = await start(12)
        for (let i = 0; i < 6; i++) {
            await run.world.run(minutes(15) + 9 * i)
            run.node.cutConnection()
        }
        const status = await run.flush()
        expect(run.collector.counts.readings).toBe(status.readings)
        expect(run.collector.lostFrames).toBe(0)
        expect(status.dropped).toBe(0)
    })

    it("two nodes of one name at two sites keep their sessions", async () => {
        const run = await start(14)
        const twin = run.world.addNode({
            program: compile("devs/indoor-climate.ts"),
            sensors: indoorSensors().all,
        })
        const states: string[] = []
        const watcher = await mqtt.connectAsync(broker.url)
        watcher.on("message", (topic, payload) => states.push(`${topic} ${payload.toString()}`))
        await watcher.subscribeAsync("suitcase/+/hall/state", { qos: 1 })
        try {
            await provide(run, { node: "hall", site: "north" })
            await provide({ node: twin, world: run.world }, { node: "hall", site: "south" })
            await run.world.run(hours(1))
            await expect.poll(() => states.length).toBeGreaterThanOrEqual(2)
        } finally {
            await watcher.endAsync(true)
        }
        const sites = states.map(
            text => /^suitcase\/(\w+)\/hall\/state .*"online":true/.exec(text)?.[1]
        )
        expect(sites.sort(), "one birth each, and no last will").toEqual(["north", "south"])
    })

    it("a node that connects to a port where nobody listens keeps its readings and tries again", async () => {
        const run = await start(13)
        const good = run.world.network.defaultEndpoint
        run.world.network.defaultEndpoint = new TcpEndpoint("127.0.0.1", 9)
        run.node.powerOff()
        run.node.powerOn()
        await run.world.run(minutes(30))
        expect(run.collector.counts.frames).toBe(0)
        run.world.network.defaultEndpoint = good
        await run.world.run(minutes(5))
        const status = await run.flush()
        expect(status.readings).toBeGreaterThanOrEqual(34 * 4 - 1)
        expect(run.collector.counts.readings).toBe(status.readings)
    })
})
