/** A simulated node of the suitcase beside a reference, its sensors as wrong as one likes. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { type FrameLink } from "../../sim/jacdac/frame-link.js"
import { NodeLink, passTime } from "../../sim/jacdac/node-link.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { PROJECT_ROOT, compile } from "../../sim/program/compile.js"
import { SeededRandom } from "../../sim/time/random.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { SCD4xModel } from "../../src/drivers/scd4x/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { NodeService } from "../flash/usb/node-service.js"
import { type Bench } from "./bench.js"
import { NodeCalibration } from "./node-calibration.js"

/** How wrong a simulated sensor is: reading = gain × truth + offset + noise. In the channel's unit. */
export interface SensorFault {
    readonly gain: number
    readonly offset: number
    /** Standard deviation. */
    readonly noise: number
}

/** Truth before a reference is there, and noise of a sensor of the kind. */
const ROOM: Readonly<Record<string, { readonly truth: number; readonly noise: number }>> = {
    temperature: { truth: 21, noise: 0.03 },
    humidity: { truth: 45, noise: 0.15 },
    co2: { truth: 600, noise: 4 },
    illuminance: { truth: 300, noise: 2 },
}
/** The node is on for so long before anybody comes, ms: its CO₂ sensor needs three minutes. */
const WARM_UP_MS = 240_000
/** Longest virtual time that an answer may take, ms: the host asks again by real time, in which much of it can pass. */
const ANSWER_MS = 24 * 3_600_000

export interface SimBench extends Bench {
    readonly world: World
    readonly simulated: SimNode
    readonly bring: (channel: string, value: number) => void
}

/** The program of the indoor climate node, with calibrations. */
export function calibratedProgramSource(): string {
    const source = readFileSync(path.join(PROJECT_ROOT, "devs", "indoor-climate.ts"), "utf8")
    return source
        .replace("    blinkLight,", "    blinkLight,\n    calibrations,\n    remoteCalibration,")
        .replace(
            "    identify:",
            "    calibration: calibrations(remoteCalibration),\n    identify:"
        )
}

export interface SimBenchOptions {
    /** How wrong its sensors are, by channel; default not at all, but for noise. */
    readonly faults?: ReadonlyMap<string, Partial<SensorFault>>
    /** The board's id, 16 hex digits. */
    readonly device?: string
    /** What its flash holds; default its program. */
    readonly flashed?: Uint8Array
    /** How long it is on before anybody comes, ms. */
    readonly warmUpMs?: number
    /** Plugs a cable in; default one without bytes on it. */
    readonly connect?: (world: World, node: SimNode) => Promise<FrameLink>
}

export async function openSimBench(
    seed: number | string,
    { faults = new Map(), device, flashed, warmUpMs = WARM_UP_MS, connect }: SimBenchOptions = {}
): Promise<SimBench> {
    const world = new World({ seed, allowPanics: true })
    const broker = new VirtualBroker(world.clock)
    world.network.defaultEndpoint = broker
    answerTime(broker)
    const truths = new Map(Object.entries(ROOM).map(([channel, { truth }]) => [channel, truth]))
    const random = new SeededRandom(`calibration ${seed}`)
    const feed = (channel: string) => () => {
        const { gain = 1, offset = 0, noise = ROOM[channel].noise } = faults.get(channel) ?? {}
        return gain * (truths.get(channel) ?? 0) + offset + noise * gaussian(random)
    }
    const node = world.addNode({
        program: compile("devs/calibrated.ts", { source: calibratedProgramSource() }),
        sensors: [
            new SHT4xModel()
                .feed("temperature", feed("temperature"))
                .feed("humidity", feed("humidity")),
            new SCD4xModel().feed("temperature", 21).feed("humidity", 45).feed("co2", feed("co2")),
            new BH1750Model().feed("illuminance", feed("illuminance")),
            new MB85RCModel(),
        ],
        ...(device === undefined ? {} : { deviceId: device }),
        ...(flashed === undefined ? {} : { flashed }),
    })
    const link = connect === undefined ? new NodeLink(world, node) : await connect(world, node)
    await world.run(warmUpMs)
    return {
        world,
        simulated: node,
        node: new NodeCalibration(new NodeService(link, node.deviceId)),
        device: node.deviceId,
        during: work => passTime(world, work, ANSWER_MS),
        sleep: async ms => {
            await world.run(ms)
        },
        nowMs: () => world.clock.wallMs,
        bring: (channel, value) => truths.set(channel, value),
        close: async () => {
            world.close()
            await Promise.resolve()
        },
    }
}

function gaussian(random: SeededRandom): number {
    const even = () => (random.uint32() + 1) / 4_294_967_297
    return Math.sqrt(-2 * Math.log(even())) * Math.cos(2 * Math.PI * even())
}
