/**
 * What a node does in months on a wall, on boards as they are: it passes 2^32 ms of
 * uptime, its bus gets stuck, and nothing that it does takes long. The six hours here
 * are a short form of the day of `.ci/run`, and of the year of `npm run soak` (part
 * "year": SUITCASE_YEAR_DAYS).
 */
import { afterEach, describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { compile } from "../../sim/program/compile.js"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { type NodeOptions, type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { NODES, partsOf, sourceOf } from "../../bench/size/nodes.js"
import { FrameCollector, type Reading, type Status } from "../../tools/decoder/index.js"
import { IS_WHOLE, extent } from "../runner/whole.js"
import { indoorSensors } from "../support/kit.js"

const DAYS = extent("SUITCASE_YEAR_DAYS", 0.25, 1)
/** A year is for each chip, hours and a day for one of each family. */
const BOARDS =
    DAYS <= 1
        ? ["suitcase_xiao_c3", "suitcase_pico_w"]
        : [
              "suitcase_xiao_c3",
              "esp32s3_devkit_m",
              "feather_s2",
              "esp32_devkit_c",
              "suitcase_pico_w",
          ]
/** How long each node of the kit runs, min. */
const NODE_MINUTES = IS_WHOLE ? 60 : 20
const WRAP_MS = 2 ** 32
/** With the network away and the bus stuck for a while, so often; ms. */
const TROUBLE_MS = DAYS <= 1 ? hours(6) : hours(24 * 9)

/** What each run and each round of the main loop may take, after boot and before the first row. */
const MOST = { opcodes: 16_000, blockMs: 60 }
const MOST_AT_BOOT = { opcodes: 32_768, blockMs: 150 }
/** Moments at which a Pico could lose its tick, in the first 30 s: about 10⁻⁵ of them do. */
const MOST_RISKS_AT_BOOT = 6
/** And in each six hours after that. */
const MOST_RISKS_LATER = 1

interface Wall {
    /** Which readings are remembered; all of a year would be 2 million. */
    keeps: (reading: Reading) => boolean
    readonly world: World
    readonly node: SimNode
    readonly readings: Reading[]
    readonly statuses: Status[]
}

const worlds: World[] = []
afterEach(() => {
    for (const world of worlds.splice(0)) world.close()
})

function hang(board: string, options: Omit<NodeOptions, "board">): Wall {
    const world = new World({ seed: 5, allowPanics: true })
    worlds.push(world)
    const broker = new VirtualBroker(world.clock)
    world.network.defaultEndpoint = broker
    answerTime(broker)
    const readings: Reading[] = []
    const statuses: Status[] = []
    const profile = theBoard(board)
    const node = world.addNode({ ...options, board: { profile, strictTick: true } })
    const wall: Wall = { world, node, readings, statuses, keeps: () => true }
    const collector = new FrameCollector({
        onReading: reading => {
            if (wall.keeps(reading)) readings.push(reading)
        },
        onStatus: (_origin, status) => statuses.push(status),
    })
    broker.subscribe("suitcase/#", (topic, payload) => collector.accept(topic, payload))
    return wall
}

function expectUnharmed({ node }: Wall): void {
    expect(node.panics).toEqual([])
    expect(node.boardResets).toEqual([])
    expect(node.board?.meters.later.roundsWithoutFeed).toBe(0)
}

/** Moments after boot at which a Pico could lose its tick. */
function risksOf({ node }: Wall): number {
    const risks = node.board?.meters.later.tickLossRisks ?? []
    return risks.reduce((sum, { count }) => sum + count, 0)
}

/** In RAM a Pico W that finds no network any more restarts after minutes, and loses what it had. */
const LONGEST_LOSS_SECONDS = { fram: 0, ram: 45 * 60 }

const RUNS = [
    ...BOARDS.map(board => [board, "fram"] as const),
    ...(DAYS <= 1 ? [] : (["suitcase_xiao_c3", "suitcase_pico_w"] as const)).map(
        board => [board, "ram"] as const
    ),
]

describe.each(RUNS)(`indoor-climate on %s, in %s, for ${24 * DAYS} h`, (board, memory) => {
    it(
        "passes 2^32 ms with a row each minute, none later than 2 s",
        { timeout: Math.max(1, DAYS) * 200_000 },
        async () => {
            const { all } = indoorSensors()
            const wall = hang(board, {
                program: compile("devs/indoor-climate.ts"),
                sensors: memory === "fram" ? [...all, new MB85RCModel()] : all,
                uptimeMs: WRAP_MS - hours(3),
            })
            const { world, node, readings } = wall
            wall.keeps = reading => reading.channel === "temperature"
            const isPico = board === "suitcase_pico_w"
            const mayLose = isPico ? LONGEST_LOSS_SECONDS[memory] : 0
            // The program starts on a board that has been on for long.
            await world.run(seconds(30))
            const risksAtStart = risksOf(wall)
            expect(risksAtStart).toBeLessThanOrEqual(MOST_RISKS_AT_BOOT)
            for (let done = 0; done < hours(24 * DAYS); done += TROUBLE_MS) {
                await world.run(TROUBLE_MS - hours(3))
                node.link.goDown()
                await world.run(hours(2))
                node.link.comeUp()
                // The bus of a Pico has no time limit: it would hang.
                node.bus.isStuck = !isPico
                await world.run(minutes(10))
                node.bus.isStuck = false
                await world.run(minutes(50))
            }
            expectUnharmed(wall)
            const mostRisks = risksAtStart + MOST_RISKS_LATER * Math.ceil(4 * DAYS)
            expect(risksOf(wall), "tick-loss risks").toBeLessThanOrEqual(mostRisks)
            const times = readings.map(r => r.time)
            // Not spread into Math.max: a year has more rows than a call takes arguments.
            let latest = -Infinity
            let earliest = Infinity
            for (let i = 1; i < times.length; i++) {
                const late = (times[i] - times[i - 1]) / 1000 - 60
                latest = Math.max(latest, late)
                earliest = Math.min(earliest, late)
            }
            const outages = Math.ceil(hours(24 * DAYS) / TROUBLE_MS)
            expect(times.length).toBeGreaterThan(1440 * DAYS - 20 - (outages * mayLose) / 60)
            expect(earliest, "s: none twice, none out of order").toBeGreaterThan(-58)
            expect(latest, "s later than a minute after the row before").toBeLessThanOrEqual(
                2 + mayLose
            )
        }
    )
})

describe("a stuck bus on an ESP32", () => {
    it("is no reset loop, neither from boot nor later: it is said, and all comes back", async () => {
        const { all } = indoorSensors()
        const wall = hang("suitcase_xiao_c3", {
            program: compile("devs/indoor-climate.ts"),
            sensors: [...all, new MB85RCModel()],
        })
        const { world, node, readings, statuses } = wall
        node.bus.isStuck = true
        await world.run(minutes(10))
        expectUnharmed(wall)
        const warnings = node.console.filter(({ text }) => text.startsWith("I2C bus stuck"))
        expect(warnings.length, "once, not with each try").toBe(1)
        expect(
            statuses
                .at(-1)
                ?.sensors.slice(0, 3)
                .map(({ lastError }) => lastError)
        ).toEqual(new Array(3).fill(expect.stringContaining("take the supply away")))
        const stuck = readings.length
        expect(readings.every(({ isGap }) => isGap)).toBe(true)
        expect(new Set(readings.slice(-8).map(({ quality }) => quality))).toEqual(
            new Set(["timeout"])
        )
        node.bus.isStuck = false
        await world.run(minutes(20))
        expect(readings.slice(stuck).filter(({ isGap }) => !isGap).length).toBeGreaterThan(30)
        expectUnharmed(wall)
    })
})

/** The largest program, one that counts and one that sees; the others in .ci/run. */
const SHORT_FORM = ["eight-parts", "trail", "harbour"]

describe.each(
    NODES.filter(({ name }) => IS_WHOLE || SHORT_FORM.includes(name)).map(
        node => [node.name, node] as const
    )
)("the node %s on a Pico", (name, kit) => {
    it(`starts, and works for ${NODE_MINUTES} min, in short turns`, async () => {
        const program = compile("devs/bench-node.ts", { source: await sourceOf(kit), name })
        const { sensors, pins } = await partsOf(kit)
        const wall = hang("suitcase_pico_w", {
            program,
            sensors: [...sensors, new MB85RCModel()],
            pins,
        })
        await wall.world.runUntil(() => wall.readings.length > 0, seconds(30))
        expect(wall.readings.length, "readings within 30 s").toBeGreaterThan(0)
        await wall.world.run(minutes(NODE_MINUTES))
        expectUnharmed(wall)
        expect(risksOf(wall), "tick-loss risks").toBe(0)
        const { boot, later } = wall.node.board?.meters ?? expect.fail("no board")
        expect(boot.longestRunOpcodes, boot.longestRunAt).toBeLessThanOrEqual(MOST_AT_BOOT.opcodes)
        expect(boot.longestBlockMs, "ms").toBeLessThanOrEqual(MOST_AT_BOOT.blockMs)
        expect(later.longestRunOpcodes, later.longestRunAt).toBeLessThanOrEqual(MOST.opcodes)
        expect(later.longestBlockMs, `ms, at ${later.longestBlockAt} µs`).toBeLessThanOrEqual(
            MOST.blockMs
        )
        const risks = boot.tickLossRisks.reduce((sum, { count }) => sum + count, 0)
        expect(risks, "tick-loss risks at boot").toBeLessThanOrEqual(MOST_RISKS_AT_BOOT)
    })
})
