/**
 * A node under adverse conditions, and an account of what became of every value
 * its sensor gave. Everything happens in virtual time and follows from the seed.
 */
import { expect } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import { answerTime, type TimeAnswererOptions } from "../../sim/net/broker/time-answerer.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { minutes } from "../../sim/time/duration.js"
import { SeededRandom } from "../../sim/time/random.js"
import { type NodeOptions, type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { type HandedOut, type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { FrameCollector, type Reading, type Status } from "../../tools/decoder/index.js"
import { ccmOpener } from "../../tools/cli/keys/ccm-opener.js"
import { BOARDS, type BoardName } from "../support/board-bench.js"
import { type Delivery } from "../support/receiver-bench.js"
import { KIT, STATION_IMPORT } from "../support/station-source.js"

/** Rise of the temperature from one row to the next, so that rows can be told apart, in 0.01 °C. */
const STEP = 3
/** It begins anew after this many steps: the sensor's range is 170 °C. */
const STEPS = 5500
/**
 * From the beginning of a row to the value on the bus: a conversion takes 8.3 ms, the VM's
 * clock steps 10 ms, and the simulated bus may have to end transfers to a store before.
 */
const CONVERSION_MS = 80
/** From a value to its row in the outbox, which may wait for the store, ms at most. */
const ROW_TAKES_MS = 1000

/** Memory parts that the test station can have. */
const STORES = ["MB85RC256V", "MB85RC64", "AT24C256"] as const

/** What the test station is told; it takes part in the node's device id. */
export interface StationPlan {
    /** Time between two rows, s. */
    readonly intervalSeconds: number
    /** A frame covers at most this time, s. */
    readonly reportSeconds: number
    /** Default: RAM only. */
    readonly store?: (typeof STORES)[number]
    /** A DS3231 keeps the time. */
    readonly hasClock?: true
}

export interface TestProgramOptions {
    /** Whether the station has no commands, sealing and JSON. */
    readonly isBare?: boolean
    /** DeviceScript source before the station starts. */
    readonly prelude?: string
    /** Further station options as DeviceScript source: "frameBytes: 500". */
    readonly station?: string
    /** DeviceScript source after the station started; it is `station`. */
    readonly afterwards?: string
}

export interface TestbedOptions extends StationPlan, TestProgramOptions {
    readonly seed: number
    /** Further parts on the bus. */
    readonly parts?: readonly RegisterModel[]
    readonly clockPpm?: NodeOptions["clockPpm"]
    /** How time requests are answered; null = not at all. */
    readonly time?: TimeAnswererOptions | null
    /** Samples the heap's low-water mark every N virtual ms; default off. */
    readonly heapProbeMs?: number
    /** Default: the usual board of the kit. */
    readonly board?: BoardName
    readonly uptimeMs?: number
}

/** A station with one SHT4x that reads the rest of its options from its device id. */
function stationSource({ isBare, prelude, station, afterwards }: TestProgramOptions): string {
    return `
import * as ds from "@devicescript/core"
import { AT24C256 } from "../src/drivers/at24/driver.js"
import { DS3231 } from "../src/drivers/ds3231/driver.js"
import { MB85RC64, MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { keepTimeIn } from "../src/station/index.js"
${STATION_IMPORT}
${prelude ?? ""}
const bus = openBus()
const plan = Buffer.from(ds.deviceIdentifier("self"), "hex")
const parts = plan[3]
const station = await startStation({
    app: "test",
    intervalSeconds: (plan[4] << 8) | plan[5],
    reportSeconds: (plan[6] << 8) | plan[7],
    sensors: [new SHT4x(bus)],
    store:
        (parts & 3) === 1 ? storeIn(new MB85RC256V(bus)) :
        (parts & 3) === 2 ? storeIn(new MB85RC64(bus)) :
        (parts & 3) === 3 ? storeIn(new AT24C256(bus)) : undefined,
    clock: (parts & 4) !== 0 ? keepTimeIn(new DS3231(bus)) : undefined,
    ${isBare === true ? "" : KIT}
    ${station ?? ""}
})
${afterwards ?? ""}
`
}

const programs = new Map<string, Program>()

/** The program of all test stations. */
export function testProgram(options: TestProgramOptions = {}): Program {
    const source = stationSource(options)
    const program = programs.get(source) ?? compile("devs/test-app.ts", { source })
    programs.set(source, program)
    return program
}

/** @param name tells nodes of one plan apart, 24 bits */
export function testDeviceId(plan: StationPlan, name: number): string {
    const { intervalSeconds, reportSeconds, store, hasClock } = plan
    const id = Buffer.alloc(8)
    id.writeUIntBE(name, 0, 3)
    id[3] = (store === undefined ? 0 : STORES.indexOf(store) + 1) | (hasClock === true ? 4 : 0)
    id.writeUInt16BE(intervalSeconds, 4)
    id.writeUInt16BE(reportSeconds, 6)
    return id.toString("hex")
}

/** Fed with a ramp: each row has a value of its own. */
export function rampSensor(startMs: number, intervalSeconds: number): SHT4xModel {
    const step = (unixMs: number) => Math.floor((unixMs - startMs) / 1000 / intervalSeconds)
    return new SHT4xModel()
        .feed("temperature", t => -44 + ((step(t) % STEPS) * STEP) / 100)
        .feed("humidity", 50)
}

/** What became of the values that a sensor gave. */
export interface Account {
    readonly given: readonly HandedOut[]
    /** Of those, the ones that never arrived. */
    readonly missing: readonly HandedOut[]
    readonly arrived: number
    /** Readings that arrived and were never given, or twice, or out of order. */
    readonly invented: readonly Reading[]
    /** Readings further from their true time than they say; error and stated bound, ms. */
    readonly mistimed: readonly { readonly errorMs: number; readonly statedMs: number }[]
    readonly worstErrorMs: number
    /** Readings that do not say how wrong their time may be. */
    readonly unstated: number
}

/** Follows the readings of one node, in the order of arrival, through what its sensor gave. */
export function account(given: readonly HandedOut[], readings: readonly Reading[]): Account {
    const missing: HandedOut[] = []
    const invented: Reading[] = []
    const mistimed: { errorMs: number; statedMs: number }[] = []
    let next = 0
    let arrived = 0
    let unstated = 0
    let worstErrorMs = 0
    for (const reading of readings) {
        const statedMs = reading.timeUncertaintyMs ?? Infinity
        const near = Math.min(statedMs, 24 * 3_600_000) + CONVERSION_MS
        let at = next
        // Values repeat after a long time only, so value and rough time name the row.
        while (at < given.length && !isSame(given[at], reading, near)) at++
        if (at === given.length) {
            const sameValue = given.findIndex((g, i) => i >= next && isValue(g, reading))
            if (sameValue < 0) {
                invented.push(reading)
                continue
            }
            at = sameValue
        }
        missing.push(...given.slice(next, at))
        next = at + 1
        arrived++
        if (statedMs === Infinity) unstated++
        const errorMs = errorOf(given[at], reading)
        worstErrorMs = Math.max(worstErrorMs, errorMs)
        if (errorMs > statedMs + CONVERSION_MS) mistimed.push({ errorMs, statedMs })
    }
    missing.push(...given.slice(next))
    return { given, missing, arrived, invented, mistimed, worstErrorMs, unstated }
}

/** Exactly once, in order, at the right time. */
export function expectAllArrived(account: Account): void {
    const at = ({ unixMs, value }: HandedOut) =>
        `${new Date(unixMs).toISOString()} ${value.toFixed(2)} °C`
    expect(account.missing.slice(0, 5).map(at), `${account.missing.length} missing`).toEqual([])
    expectNothingInvented(account)
}

/** What arrived arrived once, in order, at the right time; some may be missing. */
export function expectNothingInvented({ invented, mistimed, arrived }: Account): void {
    expect(
        invented.slice(0, 5).map(r => `${new Date(r.time).toISOString()} ${r.integer}`),
        `${invented.length} of ${arrived} arrived that were not given, or twice`
    ).toEqual([])
    expect(mistimed.slice(0, 5), `${mistimed.length} of ${arrived} have a wrong time`).toEqual([])
}

function isValue(given: HandedOut | undefined, reading: Reading): boolean {
    return (
        given !== undefined &&
        Math.abs(Math.round(given.value * 100) - (reading.integer as number)) <= 1
    )
}

function isSame(given: HandedOut | undefined, reading: Reading, nearMs: number): boolean {
    return given !== undefined && isValue(given, reading) && errorOf(given, reading) <= nearMs
}

function errorOf(given: HandedOut | undefined, reading: Reading): number {
    return Math.abs(reading.time - (given?.unixMs ?? 0))
}

export class Testbed {
    readonly world: World
    readonly broker: VirtualBroker
    readonly node: SimNode
    readonly sensor: SHT4xModel
    readonly given: HandedOut[] = []
    readonly readings: Reading[] = []
    readonly statuses: Status[] = []
    readonly acks: string[] = []
    /** All that the broker delivered. */
    readonly deliveries: Delivery[] = []
    /** When the power was cut, Unix ms. */
    readonly powerCuts: number[] = []
    readonly problems: string[] = []
    /** Keys for sealed frames, by node. */
    readonly keys = new Map<string, Uint8Array>()
    readonly collector = new FrameCollector(
        {
            onReading: reading => {
                if (reading.channel === "temperature" && !reading.isGap) this.readings.push(reading)
            },
            onStatus: (_origin, status) => this.statuses.push(status),
            onMalformed: ({ topic, code, message }) =>
                this.problems.push(`${topic}: ${code}: ${message}`),
        },
        ccmOpener(this.keys)
    )
    private asked = 0
    private answeredAtMs = Infinity

    constructor(readonly options: TestbedOptions) {
        this.world = new World({ seed: options.seed, allowPanics: true })
        this.broker = new VirtualBroker(this.world.clock)
        this.world.network.defaultEndpoint = this.broker
        this.broker.subscribe("suitcase/#", (topic, payload) => this.receive(topic, payload))
        if (options.time !== null) answerTime(this.broker, options.time)
        this.sensor = rampSensor(this.world.clock.epochMs, options.intervalSeconds)
        this.sensor.onHandedOut = value => {
            if (value.channel === "temperature") this.given.push(value)
        }
        this.node = this.world.addNode({
            program: testProgram(options),
            deviceId: testDeviceId(options, new SeededRandom(options.seed).uint32() >>> 8),
            sensors: [this.sensor, ...(options.parts ?? [])],
            ...(options.clockPpm === undefined ? {} : { clockPpm: options.clockPpm }),
            ...(options.heapProbeMs === undefined ? {} : { heapProbeMs: options.heapProbeMs }),
            board: {
                profile: theBoard(options.board === undefined ? undefined : BOARDS[options.board]),
            },
            uptimeMs: options.uptimeMs ?? 0,
        })
        this.node.onPowerOff = () => this.powerCuts.push(this.world.clock.wallMs)
    }

    /** This many values of the sensor may be lost at most per power cut: all since then, Unix ms. */
    lostToPowerCuts(account: Account): {
        readonly most: number
        readonly unexplained: HandedOut[]
    } {
        let most = 0
        const unexplained: HandedOut[] = []
        let run = 0
        for (const [i, given] of account.given.entries()) {
            if (!account.missing.includes(given)) {
                run = 0
                continue
            }
            run++
            most = Math.max(most, run)
            const next = account.given[i + 1]
            const isLast = next === undefined || !account.missing.includes(next)
            const nextMs = next?.unixMs ?? Infinity
            // What is lost is lost up to the cut.
            if (isLast && !this.powerCuts.some(cut => cut >= given.unixMs && cut <= nextMs))
                unexplained.push(given)
        }
        return { most, unexplained }
    }

    get topic(): string {
        return `suitcase/demo/${this.node.deviceId}`
    }

    get status(): Status {
        return this.statuses.at(-1) as Status
    }

    /** Sends a command. @returns its id */
    command(fields: Record<string, unknown>): string {
        const id = `c${++this.asked}`
        this.broker.publish(`${this.topic}/cmd`, JSON.stringify({ id, ...fields }))
        return id
    }

    /** Asks for all that the node has and runs until its answer came. */
    async drain(limitMs = minutes(30)): Promise<void> {
        const id = this.command({ do: "report" })
        const answer = `{"id":"${id}","ok":true`
        const came = await this.world.runUntil(
            () => this.acks.some(ack => ack.startsWith(answer)),
            limitMs
        )
        if (!came) throw new Error(`no answer to "report" within ${limitMs / 60_000} min`)
        this.answeredAtMs = this.world.clock.wallMs
    }

    /** The row that was being taken when {@link drain} was answered may have arrived or not. */
    account(): Account {
        const whole = account(this.given, this.readings)
        const last = whole.missing.at(-1)
        const isUnderWay =
            last !== undefined &&
            last === this.given.at(-1) &&
            last.unixMs > this.answeredAtMs - ROW_TAKES_MS
        return isUnderWay ? { ...whole, missing: whole.missing.slice(0, -1) } : whole
    }

    close(): void {
        this.world.close()
    }

    private receive(topic: string, payload: Buffer): void {
        this.deliveries.push({ topic, payload: Buffer.from(payload) })
        this.collector.accept(topic, payload)
        if (topic.endsWith("/ack")) this.acks.push(payload.toString())
    }
}
