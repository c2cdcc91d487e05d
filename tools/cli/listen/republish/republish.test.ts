import mqtt, { type MqttClient } from "mqtt"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { AedesBroker } from "../../../../sim/net/aedes-broker.js"
import { clockText, frame, schemaBytes, EPOCH } from "../../../../tests/support/decoder-bench.js"
import { FrameCollector } from "../../../decoder/index.js"
import { type DeliveredFrame } from "../../../receiver/index.js"
import { parseBrokerUrl } from "../../mqtt/broker.js"
import { RowSink, checkPrefix } from "./row-sink.js"

/** Frames of node n1, each with rows of temperature and CO2, at these s after {@link EPOCH}. */
function framesAt(...seconds: number[]): DeliveredFrame[] {
    const frames: DeliveredFrame[] = []
    const collector = new FrameCollector({
        onFrame: frame => frames.push({ ...frame, arrivedMs: EPOCH }),
    })
    collector.accept("suitcase/town/n1/schema", schemaBytes)
    collector.accept("suitcase/town/n1/clock", clockText())
    for (const [i, second] of seconds.entries())
        collector.accept(
            "suitcase/town/n1/frame",
            frame(i, { rows: [[-501, undefined]], time: EPOCH / 1000 + second })
        )
    return frames
}

describe("--republish", () => {
    let broker: AedesBroker
    let client: MqttClient
    let sink: RowSink
    let url: string
    let messages: { topic: string; text: string }[]

    beforeEach(async () => {
        broker = await AedesBroker.start()
        url = `mqtt://127.0.0.1:${await broker.listen()}`
        client = await mqtt.connectAsync(url)
        messages = []
        client.on("message", (topic, payload) => messages.push({ topic, text: payload.toString() }))
        await client.subscribeAsync("readings/#", { qos: 1 })
        sink = new RowSink(parseBrokerUrl(url), "readings/plain")
        await sink.open(undefined)
    })
    afterEach(async () => {
        await sink.close()
        await client.endAsync(true)
        await broker.close()
    })

    /** What a client gets that comes only now. */
    async function retained(): Promise<string> {
        const late = await mqtt.connectAsync(url)
        const text = new Promise<string>(resolve =>
            late.on("message", (_topic, payload) => resolve(payload.toString()))
        )
        await late.subscribeAsync("readings/#")
        const came = await text
        await late.endAsync(true)
        return came
    }

    const timeOf = (text: string) => (JSON.parse(text) as { time: string }).time
    const at = (second: number) => new Date(EPOCH + 1000 * second).toISOString()

    it("publishes each row as plain JSON on the node's topic", async () => {
        await sink.write(framesAt(0))
        await sink.commit()
        await expect.poll(() => messages.length).toBe(1)
        expect(messages[0].topic).toBe("readings/plain/town/n1")
        expect(JSON.parse(messages[0].text)).toEqual({
            site: "town",
            node: "n1",
            boot: 7,
            sequence: 0,
            time: at(0),
            timeUncertaintyMs: 520,
            readings: {
                temperature: { value: -5.01, unit: "Cel", quality: "ok" },
                co2: { value: null, unit: "ppm", quality: "absent" },
            },
        })
    })

    it("lets the broker keep the newest row, also after a restart, and no older one that comes late", async () => {
        await sink.write(framesAt(100, 50))
        const committed = await sink.commit()
        expect(timeOf(await retained())).toBe(at(100))
        await sink.close()
        await sink.open(JSON.parse(JSON.stringify(committed)))
        await sink.write(framesAt(70))
        await sink.commit()
        expect(timeOf(await retained())).toBe(at(100))
        await expect.poll(() => messages.length).toBe(3)
    })

    it("commits nothing that the broker did not acknowledge", async () => {
        await broker.close()
        await sink.write(framesAt(0)).catch(() => undefined)
        await expect(sink.commit()).rejects.toThrow("the connection to the broker is gone")
    })

    it.each(["suitcase", "suitcase/town", "suitcase-ha", "suitcase-ha/x"])(
        "refuses the prefix %s, under which it would hear itself",
        prefix => {
            expect(() => checkPrefix(prefix)).toThrow(/choose another beginning/)
        }
    )

    it("takes any other prefix", () => {
        expect(() => checkPrefix("suitcases/plain")).not.toThrow()
    })
})
