/**
 * What a node finds in its memory part when it starts on a real bus, whose transfers do
 * not suspend the program: whatever it is, the node starts, and in steps that are far
 * from the VM's limit of opcodes.
 */
import { afterEach, describe, expect, it } from "vitest"
import { STEP_LIMIT } from "../../sim/vm/natives.js"
import { type SimNode } from "../../sim/world/node.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { SeededRandom } from "../../sim/time/random.js"
import { World } from "../../sim/world/world.js"
import { theBoard } from "../../sim/board/profile.js"
import { compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { AT24Model } from "../../src/drivers/at24/model.js"
import { type MemoryModel } from "../../src/drivers/shared/memory/memory-model.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { FrameCollector, type Reading } from "../../tools/decoder/index.js"
import { STATION_IMPORT } from "../support/station-source.js"

/** In steps of at most a quarter of the limit, and within this time. */
const MOST_OPCODES = STEP_LIMIT / 4
const START_MS = seconds(30)

/** Value of a channel in the n-th row since the start: all over 31 bits. */
const EXPRESSION = "Math.imul(turn * 33 + c, 1103515245) >> 1"
const valueOf = (turn: number, c: number) => Math.imul(turn * 33 + c, 1103515245) >> 1

/** The device id says how many channels it has and how long its frames are, in 16 B. */
function source(store: string): string {
    return `import * as ds from "@devicescript/core"
import { Channel } from "../src/core/channel.js"
import { SensorDriver } from "../src/drivers/shared/driver.js"
import { AT24C256 } from "../src/drivers/at24/driver.js"
import { MB85RC64, MB85RC256V } from "../src/drivers/mb85rc/driver.js"
${STATION_IMPORT}

const id = Buffer.from(ds.deviceIdentifier("self"), "hex")
let turn = 0
class Wide extends SensorDriver {
    protected override async setup(): Promise<void> {}
    protected override async measure(): Promise<void> {
        for (let c = 0; c < this.channels.length; c++) this.put(c, ${EXPRESSION})
        turn++
    }
}
const channels: Channel[] = []
for (let c = 0; c < id[0]; c++)
    channels.push({ name: "c" + c, quantity: "level", unit: "m", unitCode: "MTR", scaleNumerator: 1, scaleDenominator: 1, min: -1073741824, max: 1073741823 })
const bus = openBus()
await startStation({ app: "test", sensors: [new Wide("W", bus, 0, channels)], intervalSeconds: 10, reportSeconds: 14400, frameBytes: 16 * id[1], store: storeIn(new ${store}(bus)) })
`
}

const programs = new Map<string, Program>()
function programFor(store: string): Program {
    const program = programs.get(store) ?? compile("devs/test-app.ts", { source: source(store) })
    programs.set(store, program)
    return program
}

interface Rig {
    readonly world: World
    readonly node: SimNode
    readonly readings: readonly Reading[]
}

const worlds: World[] = []
afterEach(() => {
    for (const world of worlds.splice(0)) world.close()
})

function start(store: string, part: MemoryModel, channels: number, frameBytes: number): Rig {
    const world = new World({ seed: 4, allowPanics: true })
    worlds.push(world)
    const broker = new VirtualBroker(world.clock)
    world.network.defaultEndpoint = broker
    answerTime(broker)
    const readings: Reading[] = []
    const collector = new FrameCollector({ onReading: reading => readings.push(reading) })
    broker.subscribe("suitcase/#", (topic, payload) => collector.accept(topic, payload))
    const id = Buffer.from([channels, frameBytes / 16, 0, 0, 0, 0, 0, 1])
    const node = world.addNode({
        program: programFor(store),
        deviceId: id.toString("hex"),
        sensors: [part],
        board: { profile: theBoard() },
    })
    return { world, node, readings }
}

/** Its first row arrives within 30 s of the power coming, in short steps. */
async function expectStart({ world, node, readings }: Rig): Promise<void> {
    const before = readings.length
    const came = await world.runUntil(() => readings.length > before, START_MS)
    expect(node.panics).toEqual([])
    expect(node.boardResets).toEqual([])
    expect(came, "a row within 30 s").toBe(true)
    const meter = node.board?.meters.boot
    expect(meter?.longestRunOpcodes, meter?.longestRunAt).toBeLessThanOrEqual(MOST_OPCODES)
}

const FRAM = { store: "MB85RC256V", make: () => new MB85RCModel() }
const SMALL_FRAM = { store: "MB85RC64", make: () => new MB85RCModel(8192) }
const EEPROM = { store: "AT24C256", make: () => new AT24Model(5) }

/** Fills a part with a pattern. */
function fill(part: MemoryModel, pattern: readonly number[]): void {
    for (let i = 0; i < part.size; i++) part.content[i] = pattern[i % pattern.length]
}

const CONTENTS: readonly (readonly [name: string, write: (part: MemoryModel) => void])[] = [
    ["zeros", part => fill(part, [0])],
    ["ones", part => fill(part, [0xff])],
    ["random bytes", part => new SeededRandom("foreign").fill(part.content)],
    // The marks of rows and of entries at every place where one could be.
    ["what could be rows of 175 B everywhere", part => fill(part, [0x52, 175, 0, 0, 1, 0, 0, 0])],
    ["what could be entries everywhere", part => fill(part, [0xe0, 0x53, 200, 0, 1, 0, 0, 0])],
    ["what could be records and checkpoints", part => fill(part, [0xc5, 160, 0x53, 0x43, 1, 0])],
]

describe.each([
    ["an FRAM of 32 KB", FRAM],
    ["an FRAM of 8 KB", SMALL_FRAM],
    ["an EEPROM of 32 KB", EEPROM],
])("a node with %s", (_name, { store, make }) => {
    it.each(CONTENTS)("starts within 30 s when it holds %s", async (_what, write) => {
        const part = make()
        write(part)
        await expectStart(start(store, part, 4, 992))
    })

    it("starts when a former node's store was cut off in the middle, or its checkpoints are gone", async () => {
        const part = make()
        const former = start(store, part, 4, 992)
        former.node.link.isRefusing = true
        await former.world.run(minutes(30))
        former.node.powerOff()
        const whole = part.content.slice()
        part.content.fill(0xff, part.size / 2)
        await expectStart(start(store, part, 4, 992))
        part.content.set(whole)
        part.content.fill(0, 0, 32 * 4)
        await expectStart(start(store, part, 4, 992))
    })
})

describe.each([
    ["1 channel", 1],
    ["4 channels", 4],
    ["32 channels", 32],
])("a node with %s", (_name, channels) => {
    it.each([
        [400, 400],
        [1008, 1008],
        [1392, 1392],
        [1392, 400],
    ])(
        "whose power goes with a journal full of rows sends them all: frames of %i B, then of %i B",
        async (before, after) => {
            const part = FRAM.make()
            const former = start(FRAM.store, part, channels, before)
            former.node.link.isRefusing = true
            await former.world.run(minutes(14) + seconds(1))
            const rows = former.node.uptimeMs
            expect(former.node.panics).toEqual([])
            former.node.powerOff()
            const rig = start(FRAM.store, part, channels, after)
            await expectStart(rig)
            // Those of the former boot come first.
            await rig.world.run(seconds(40))
            const values = rig.readings.filter(r => r.channel === "c0").map(r => r.integer)
            const expected = Array.from({ length: Math.floor(rows / 10_000) }, (_, n) =>
                valueOf(n, 0)
            )
            expect(values.slice(0, expected.length)).toEqual(expected)
            const last = rig.readings.filter(r => r.channel === `c${channels - 1}`)
            expect(last.slice(0, expected.length).map(r => r.integer)).toEqual(
                expected.map((_, n) => valueOf(n, channels - 1))
            )
        }
    )
})
