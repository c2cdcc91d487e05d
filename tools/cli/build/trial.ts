/**
 * Boots a board's image against models of its parts: what stops it, and what it
 * leaves of the board's memory. Which parts it has, it tells itself, in the status
 * record of a first boot with an empty bus.
 */
import { type BoardProfile } from "../../../sim/board/profile.js"
import { type RunMeter } from "../../../sim/board/meter.js"
import { answerTime } from "../../../sim/net/broker/time-answerer.js"
import { VirtualBroker } from "../../../sim/net/virtual-broker.js"
import { isOnPin, loadParts, type CataloguedPart } from "../../../sim/parts/catalogue.js"
import { type Program } from "../../../sim/program/program.js"
import { minutes } from "../../../sim/time/duration.js"
import { type SimNode } from "../../../sim/world/node.js"
import { World } from "../../../sim/world/world.js"
import { AT24Model } from "../../../src/drivers/at24/model.js"
import { DS3231Model } from "../../../src/drivers/ds3231/model.js"
import { MB85RCModel } from "../../../src/drivers/mb85rc/model.js"
import { type ServiceModel } from "../../../src/drivers/shared/pins/service-model.js"
import { type RegisterModel } from "../../../src/drivers/shared/register-model.js"
import { parseSchema, parseStatus, type Status } from "../../decoder/index.js"
import { imageSizes } from "./image.js"

/** A station tells what it has within this time, ms. */
const STATUS_MS = minutes(2)
const TRIAL_MS = minutes(1)

export interface Trial {
    /** Why the program stopped, in one line; undefined when it did not. */
    readonly stop: string | undefined
    /** Parts that the program's station has, as it names them. */
    readonly parts: readonly string[]
    /** Those that there is no model of: they were absent. */
    readonly unknownParts: readonly string[]
    /** Columns of the station's rows; 0 for a program without one. */
    readonly columns: number
    /** Heap of the board, B. */
    readonly heapBytes: number
    /** Least free heap, garbage counted as used, and the smallest largest block, B. */
    readonly leastFreeBytes: number
    readonly leastBlockBytes: number
    /** Room for frames that wait for the network, B; 0 for a program without a station. */
    readonly outboxBytes: number
    readonly store: string | undefined
}

interface Surroundings {
    readonly sensors: RegisterModel[]
    readonly pins: ServiceModel[]
}

/**
 * @param program linked for the board
 * @param runMs how long it runs with its parts, ms
 */
export async function trialBoot(
    program: Program,
    profile: BoardProfile,
    runMs = TRIAL_MS
): Promise<Trial> {
    const files = imageSizes(program).files.map(({ name }) => name)
    const parts = await partsByFiles(files)
    const alone = await boot(program, profile, parts, STATUS_MS)
    const { sensors, unknown } = await partsByStatus(alone.status, parts.sensors, files)
    const whole = { ...parts, sensors: [...parts.sensors, ...sensors] }
    const isStation = alone.stop === undefined && alone.status !== undefined
    const run = isStation ? await boot(program, profile, whole, runMs) : alone
    return {
        stop: run.stop,
        parts: alone.status?.sensors.map(({ part }) => part) ?? [],
        unknownParts: unknown,
        columns: run.columns,
        heapBytes: profile.heapBytes,
        leastFreeBytes: run.leastFreeBytes,
        leastBlockBytes: run.leastBlockBytes,
        outboxBytes: run.status?.capacity ?? 0,
        store: run.status?.store?.part,
    }
}

interface Boot {
    readonly stop: string | undefined
    readonly status: Status | undefined
    readonly columns: number
    readonly leastFreeBytes: number
    readonly leastBlockBytes: number
}

/** Runs for the given time; without sensors only until the station said what it has. */
async function boot(
    program: Program,
    profile: BoardProfile,
    { sensors, pins }: Surroundings,
    runMs: number
): Promise<Boot> {
    const world = new World({ seed: 1, allowPanics: true })
    try {
        const broker = new VirtualBroker(world.clock)
        world.network.defaultEndpoint = broker
        answerTime(broker)
        let status: Status | undefined
        let columns = 0
        broker.subscribe("suitcase/+/+/status", (_, payload) => (status = parseStatus(payload)))
        broker.subscribe("suitcase/+/+/schema", (_, payload) => {
            columns = parseSchema(payload).channels.length
        })
        const node = world.addNode({ program, board: { profile }, sensors, pins })
        const isOver = () => node.panics.length > 0 || (runMs === STATUS_MS && status !== undefined)
        await world.runUntil(isOver, runMs)
        const meters = node.board === undefined ? [] : Object.values(node.board.meters)
        const least = (what: (meter: RunMeter) => number) => Math.min(...meters.map(what))
        return {
            stop: stopOf(node),
            status,
            columns,
            leastFreeBytes: least(meter => meter.leastFreeBytes),
            leastBlockBytes: least(meter => meter.leastBlockBytes),
        }
    } finally {
        world.close()
    }
}

function driverFile(folder: string): string {
    return `src/drivers/${folder}/driver.ts`
}

/** Parts on pins, memories and clocks: of those a station does not tell the address. */
async function partsByFiles(files: readonly string[]): Promise<Surroundings> {
    const has = (folder: string) => files.includes(driverFile(folder))
    const sensors: RegisterModel[] = []
    if (has("mb85rc")) sensors.push(new MB85RCModel())
    else if (has("at24")) sensors.push(new AT24Model())
    if (has("ds3231")) sensors.push(new DS3231Model())
    const pins = (await loadParts())
        .filter(isOnPin)
        .filter(({ folder }) => has(folder))
        .map(part => fed(part.model(), part))
    return { sensors, pins }
}

interface Found {
    readonly sensors: RegisterModel[]
    /** Names of those that there is no model of. */
    readonly unknown: string[]
}

/** Parts on the bus, by what the station says of itself. */
async function partsByStatus(
    status: Status | undefined,
    besides: readonly RegisterModel[],
    files: readonly string[]
): Promise<Found> {
    const known = (await loadParts()).filter(part => !isOnPin(part))
    const found: Found = { sensors: [], unknown: [] }
    for (const { part: name, address } of status?.sensors ?? []) {
        // On a pin, or there already.
        if (address === 0 || besides.some(model => model.address === address)) continue
        // A bridge has the name of what is on it.
        const part =
            known.find(other => other.model(address).part === name) ??
            known.find(
                other =>
                    other.addresses.includes(address) && files.includes(driverFile(other.folder))
            )
        if (part === undefined) found.unknown.push(name)
        else found.sensors.push(fed(part.model(address), part))
    }
    return found
}

/** The model with its usual inputs. */
function fed<T extends RegisterModel | ServiceModel>(model: T, { channels }: CataloguedPart): T {
    for (const { isTotal, input, name, normal } of channels)
        if (isTotal !== true) model.feed(input ?? name, () => normal)
    return model
}

/** @returns in one line, why a program stopped and where, if it did */
function stopOf({ panics: [panic] }: SimNode): string | undefined {
    if (panic === undefined) return undefined
    const message = panic.trace.map(line => /^\s*message: (.+)/.exec(line)?.[1]).find(Boolean)
    const places = panic.trace.map(line => /^\s*at .*\((.+:\d+)(?::\d+)?\)/.exec(line)?.[1])
    const own = places.filter(text => text?.startsWith("devs/") === true)
    const place = own.at(-1) ?? places.find(Boolean)
    const [words] = panic.message.replace(`${panic.node}: `, "").split("\n")
    return `${message ?? words}${place === undefined ? "" : `, at ${place}`}`
}
