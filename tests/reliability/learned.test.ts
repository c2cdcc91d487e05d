/**
 * What parts learned of the air of their place, over power cuts: it goes on within the limit
 * of the maker (Sensirion's gas-index-algorithm, version 3.2: "should not be used after
 * interruptions of more than 10 minutes", "only … after at least 3 hours of continuous
 * operation"), in the very same part, and in no other case.
 */
import { afterEach, describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { StoreLayout } from "../../src/core/outbox/layout.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { SEN5xModel } from "../../src/drivers/sen5x/model.js"
import { SGP40Model } from "../../src/drivers/sgp4x/model.js"
import { FrameCollector, type Reading } from "../../tools/decoder/index.js"
import { STATION_IMPORT } from "../support/station-source.js"

/** Until it has learned for three hours. */
const LEARNED_MS = minutes(3 * 60 + 5)
/** From power on until the indices are past their first minute, that of a late start of the SEN5x too. */
const SETTLED_MS = seconds(170)
const OFF_MS = seconds(20)
/** Where the store keeps it: two slots. */
const { memoryAt, memoryStep } = new StoreLayout(32768 - 8, 0)

let compiled: Program | undefined
/** An SGP40's index and a SEN54. */
function program(): Program {
    compiled ??= compile("devs/test-app.ts", {
        source: `
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { SEN5x } from "../src/drivers/sen5x/driver.js"
import { SGP40 } from "../src/drivers/sgp40/driver.js"
import { GasIndexDriver } from "../src/drivers/shared/gas-index/driver.js"
import { keepLearned } from "../src/station/index.js"
${STATION_IMPORT}
const bus = openBus()
const gas = new GasIndexDriver(new SGP40(bus, { prefix: "sgp_", lowPower: true }), 10)
const air = new SEN5x(bus, { variant: "SEN54" })
await startStation({
    app: "test",
    intervalSeconds: 30,
    reportSeconds: 30,
    sensors: [gas, air],
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    learned: keepLearned([gas, air]),
})
`,
    })
    return compiled
}

interface Bench {
    readonly world: World
    readonly node: SimNode
    readonly gas: SGP40Model
    readonly air: SEN5xModel
    readonly store: MB85RCModel
    readonly acks: string[]
    command: (text: string) => void
    /** Newest readings of the two indices. */
    indices: () => string[]
}

let bench: Bench | undefined
afterEach(() => {
    bench?.world.close()
})

function start(): Bench {
    const world = new World({ seed: 12 })
    const broker = new VirtualBroker(world.clock)
    world.network.defaultEndpoint = broker
    answerTime(broker)
    const newest = new Map<string, Reading>()
    const acks: string[] = []
    const collector = new FrameCollector({
        onReading: reading => newest.set(reading.channel, reading),
    })
    broker.subscribe("suitcase/#", (topic, payload) => {
        collector.accept(topic, payload)
        if (topic.endsWith("/ack")) acks.push(payload.toString())
    })
    const gas = new SGP40Model().feed("sraw_voc", 30_000)
    const air = new SEN5xModel(0x69, "SEN54")
    for (const { name } of air.channels) air.feed(name, 20)
    const store = new MB85RCModel()
    const node = world.addNode({
        program: program(),
        sensors: [gas, air, store],
        board: { profile: theBoard() },
    })
    bench = {
        world,
        node,
        gas,
        air,
        store,
        acks,
        command: text => {
            broker.publish(`suitcase/demo/${node.deviceId}/cmd`, text)
        },
        indices: () =>
            ["sgp_voc_index", "voc_index"].map(channel => {
                const reading = newest.get(channel)
                return `${channel} ${reading?.integer} ${reading?.quality}`
            }),
    }
    return bench
}

/** Cuts the power and runs until the indices have settled. */
async function cut(b: Bench, offMs = OFF_MS): Promise<void> {
    b.node.powerCut(offMs)
    await b.world.run(offMs + SETTLED_MS)
    expect(b.node.panics).toEqual([])
}

/** Runs until what was learned has just been kept. */
async function untilKept({ world, store }: Bench): Promise<void> {
    const kept = () =>
        Buffer.from(store.content.subarray(memoryAt, memoryAt + 2 * memoryStep)).toString("hex")
    const before = kept()
    expect(await world.runUntil(() => kept() !== before, minutes(11)), "kept in 11 min").toBe(true)
    // The other part's is seldom in the same write.
    await world.run(seconds(35))
}

const OK = ["sgp_voc_index 100 ok", "voc_index 20 ok"]
const WARMING_UP = [
    expect.stringMatching(/^sgp_voc_index \d+ warming up$/),
    "voc_index 20 warming up",
]
const secondsOf = ({ vocState }: SEN5xModel) => vocState[0] * 65536 + vocState[1]

describe("what parts learned of the air of their place, over losses of power", () => {
    it("goes on in the same parts within ten minutes, when it is whole and of three hours, and else begins anew", async () => {
        const b = start()
        await b.world.run(minutes(20))
        expect(b.indices(), "of 20 min").toEqual(WARMING_UP)
        await cut(b)
        expect(b.indices(), "of 20 min, after a power cut").toEqual(WARMING_UP)
        await b.world.run(LEARNED_MS)

        await untilKept(b)
        expect(b.indices(), "of 3 h").toEqual(OK)
        const { gas, air, store } = b
        const serials = [gas.serial, air.serial]
        gas.serial = "000001a2b3c5"
        air.serial = "5C1D3B20A4F60713"
        await cut(b)
        expect(b.indices(), "in other parts").toEqual(WARMING_UP)
        gas.serial = serials[0]
        air.serial = serials[1]
        await cut(b)
        expect(b.indices(), "in the same parts again").toEqual(OK)
        expect(secondsOf(air), "s that the SEN54 has learned").toBeGreaterThan(3 * 3600)

        await untilKept(b)
        const content = store.content.slice()
        for (let slot = 0; slot < 2; slot++) store.content[memoryAt + slot * memoryStep + 30] ^= 1
        await cut(b)
        expect(b.indices(), "with a damaged store").toEqual(WARMING_UP)
        store.content.set(content)
        await cut(b)
        expect(b.indices(), "with a whole store").toEqual(OK)

        air.brownOut(b.world.clock.wallMs)
        await b.world.run(SETTLED_MS)
        expect(b.indices(), "after a brown-out of the SEN54 alone").toEqual(OK)

        b.command('{"id":"one","do":"reboot"}')
        await b.world.run(minutes(5))
        expect(b.indices(), "after a restart by command").toEqual(OK)
        // The ids of commands are kept beside it.
        const resets = b.node.boardResets.length
        b.command('{"id":"one","do":"reboot"}')
        await b.world.run(minutes(1))
        expect(b.acks.filter(ack => ack.includes('"one"')).length, "answers").toBe(2)
        expect(b.node.boardResets.length, "restarts by the same command again").toBe(resets)

        await cut(b, minutes(11))
        expect(b.indices(), "after 11 min").toEqual(WARMING_UP)
        expect(air.illegalAccesses).toEqual([])
        expect(gas.illegalAccesses).toEqual([])
    })
})
