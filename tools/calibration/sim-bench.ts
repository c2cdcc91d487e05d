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
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { SCD4xModel } from "../../src/drivers/scd4x/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { NodeService } from "../flash/usb/node-service.js"
import { type Bench } from "./bench.js"
import { NodeCalibration } from "./node-calibration.js"
import { SIM_SETS, simSetSource, type SimSetName } from "./sim-sets.js"

/** How wrong a simulated sensor is: reading = gain × truth + offset + drift + noise. In the channel's unit. */
export interface SensorFault {
    readonly gain: number
    readonly offset: number
    /** Standard deviation. */
    readonly noise: number
    /** What its offset has become after so long, ms. */
    readonly drift: (ms: number) => number
    /** Of a surface that a part takes for a black body in a room of 21 °C. */
    readonly emissivity: number
    /** Light of a cover glass in front of a distance sensor, kcps for each detector. */
    readonly glass: number
}

/** Truth before a reference is there, and noise of a sensor of the kind. */
const ROOM: Readonly<Record<string, { readonly truth: number; readonly noise: number }>> = {
    temperature: { truth: 21, noise: 0.03 },
    humidity: { truth: 45, noise: 0.15 },
    co2: { truth: 600, noise: 4 },
    illuminance: { truth: 300, noise: 2 },
    distance: { truth: 0.3, noise: 0.001 },
    object_temperature: { truth: 40, noise: 0.05 },
    thermal_max: { truth: 40, noise: 0.1 },
    level: { truth: 1.5, noise: 0.002 },
    soil_moisture: { truth: 30, noise: 0.1 },
}
const KELVIN = 273.15
/** The node is on for so long before anybody comes, ms: its CO₂ sensor needs three minutes. */
const WARM_UP_MS = 240_000
/** Longest virtual time that an answer may take, ms: the host asks again by real time, in which much of it can pass. */
const ANSWER_MS = 24 * 3_600_000

export interface SimBench extends Bench {
    readonly world: World
    /** Gets the node's data. */
    readonly broker: VirtualBroker
    readonly simulated: SimNode
    /** On its bus. */
    readonly sensors: readonly RegisterModel[]
    readonly bring: (channel: string, value: number) => void
}

/** The program of the indoor climate node, with calibrations and what its CO₂ sensor can do to itself. */
export function calibratedProgramSource(intervalSeconds = 60): string {
    const source = readFileSync(path.join(PROJECT_ROOT, "devs", "indoor-climate.ts"), "utf8")
    const co2 = 'new SCD4x(bus, { only: "co2" })'
    return source
        .replace("intervalSeconds: 60", `intervalSeconds: ${intervalSeconds}`)
        .replace(
            "import { SCD4x }",
            'import { SCD4xCalibration } from "../src/drivers/scd4x/calibration.js"\nimport { SCD4x }'
        )
        .replace(
            "    blinkLight,",
            "    blinkLight,\n    calibrations,\n    procedures,\n    remoteCalibration,"
        )
        .replace("const sensors =", `const co2 = ${co2}\nconst sensors =`)
        .replace(`${co2}, new`, "co2, new")
        .replace(
            "    identify:",
            "    calibration: calibrations(remoteCalibration, procedures([new SCD4xCalibration(bus, co2)])),\n    identify:"
        )
}

export interface SimBenchOptions {
    /** Another node: one with these parts. */
    readonly set?: SimSetName
    /** The text of its program; default that of the indoor climate, or of the set. */
    readonly program?: string
    /** How wrong its sensors are, by channel; default not at all, but for noise. */
    readonly faults?: ReadonlyMap<string, Partial<SensorFault>>
    /** The board's id, 16 hex digits. */
    readonly device?: string
    /** What its flash holds; default its program. */
    readonly flashed?: Uint8Array
    /** How long it is on before anybody comes, ms. */
    readonly warmUpMs?: number
    /** Its uptime then, without these, ms; default 0. */
    readonly uptimeMs?: number
    /** Plugs a cable in; default one without bytes on it. */
    readonly connect?: (world: World, node: SimNode) => Promise<FrameLink>
    /** Time between two rows; default a minute. */
    readonly intervalSeconds?: number
    /** Longest wait for an answer, ms of real time; default that of boards. */
    readonly answerMs?: number
}

export async function openSimBench(
    seed: number | string,
    {
        set,
        program,
        faults = new Map(),
        device,
        flashed,
        warmUpMs = WARM_UP_MS,
        uptimeMs,
        connect,
        answerMs,
        intervalSeconds,
    }: SimBenchOptions = {}
): Promise<SimBench> {
    const world = new World({ seed, allowPanics: true })
    const broker = new VirtualBroker(world.clock)
    world.network.defaultEndpoint = broker
    answerTime(broker)
    const truths = new Map(Object.entries(ROOM).map(([channel, { truth }]) => [channel, truth]))
    const startMs = world.clock.wallMs
    const random = new SeededRandom(`calibration ${seed}`)
    const feed = (channel: string) => () => {
        const {
            gain = 1,
            offset = 0,
            noise = ROOM[channel].noise,
            drift = () => 0,
            emissivity = 1,
        } = faults.get(channel) ?? {}
        // The error of a distance is that of its part: light from the glass comes on top.
        const fixed = channel === "distance" ? 0 : offset
        const wrong = fixed + drift(world.clock.wallMs - startMs)
        const truth = radiated(truths.get(channel) ?? 0, emissivity)
        return gain * truth + wrong + noise * random.normal()
    }
    const indoor = [
        new SHT4xModel()
            .feed("temperature", feed("temperature"))
            .feed("humidity", feed("humidity")),
        new SCD4xModel().feed("temperature", 21).feed("humidity", 45).feed("co2", feed("co2")),
        new BH1750Model().feed("illuminance", feed("illuminance")),
        new MB85RCModel(),
    ]
    const { glass = 0, offset: error = 0 } = faults.get("distance") ?? {}
    const sensors: readonly RegisterModel[] =
        set === undefined ? indoor : SIM_SETS[set].models(feed, { glass, error })
    const node = world.addNode({
        program: compile(`devs/calibrated-${program === undefined ? (set ?? "") : "own"}.ts`, {
            source:
                program ??
                (set === undefined ? calibratedProgramSource(intervalSeconds) : simSetSource(set)),
        }),
        sensors,
        ...(device === undefined ? {} : { deviceId: device }),
        ...(flashed === undefined ? {} : { flashed }),
        ...(uptimeMs === undefined ? {} : { uptimeMs }),
    })
    const link = connect === undefined ? new NodeLink(world, node) : await connect(world, node)
    await world.run(warmUpMs)
    return {
        world,
        broker,
        simulated: node,
        sensors,
        node: new NodeCalibration(new NodeService(link, node.deviceId, undefined, answerMs)),
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

/** What a surface of a temperature seems to have to a part that takes it for a black body, °C. */
function radiated(celsius: number, emissivity: number): number {
    if (emissivity === 1) return celsius
    const powers =
        emissivity * (celsius + KELVIN) ** 4 +
        (1 - emissivity) * (ROOM.temperature.truth + KELVIN) ** 4
    return powers ** 0.25 - KELVIN
}
