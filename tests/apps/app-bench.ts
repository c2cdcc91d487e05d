/**
 * An application of devs/ as a department has it: the very program on a board, parts in a
 * place that the test describes, and a broker that somebody listens to. All in virtual time.
 */
import { theBoard } from "../../sim/board/profile.js"
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import { minutes } from "../../sim/time/duration.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import {
    FrameCollector,
    type NodeAlarm,
    type Reading,
    type Status,
} from "../../tools/decoder/index.js"

const START = new Date("2024-01-15T00:00:00Z")
/** Of a Jacdac frame: checksum, size, flags, device. */
const FRAME_HEADER_BYTES = 12
/** Command of the control service. */
const SET_STATUS_LIGHT = 0x84
/** Each node has been on for so long that the runtime's clock passes 2³² ms half an hour later. */
const UPTIME_MS = 2 ** 32 - minutes(30)
/** Board that most nodes have. */
const BOARD = "suitcase_xiao_c3"

export interface AppBenchOptions {
    /** File in devs/ without ".ts". */
    readonly app: string
    readonly sensors: readonly RegisterModel[]
    readonly pins?: readonly ServiceModel[]
    /** Without the FRAM board; default with it. */
    readonly isRamOnly?: true
    readonly board?: string
    readonly seed?: number
    /** How much longer it sleeps deeply than it asked to, ppm; default 0. */
    readonly sleepPpm?: number
}

/** An alarm message as it came. */
export interface AlarmNote extends NodeAlarm {
    /** Since the start of the simulation, s. */
    readonly arrivedAt: number
}

const programs = new Map<string, Program>()

/** The program of an application. Call it outside of tests too: compiling takes longer than most of them. */
export function appProgram(app: string, board = BOARD): Program {
    const { heapBytes, beatPin } = theBoard(board)
    const key = `${app} ${heapBytes}`
    const program =
        programs.get(key) ?? compile(`devs/${app}.ts`, { target: "board", heapBytes, beatPin })
    programs.set(key, program)
    return program
}

export class AppBench {
    readonly world: World
    readonly broker: VirtualBroker
    readonly node: SimNode
    readonly collector: FrameCollector
    readonly readings: Reading[] = []
    readonly statuses: Status[] = []
    readonly alarms: AlarmNote[] = []
    readonly problems: string[] = []
    readonly console: string[] = []
    /** Colours of the board's light, [red, green, blue], 0 … 255 each, and since when, s. */
    readonly lights: { readonly since: number; readonly colour: readonly number[] }[] = []
    private asked = 0
    private readonly acks: string[] = []

    constructor(options: AppBenchOptions) {
        const profile = theBoard(options.board ?? BOARD)
        this.world = new World({ seed: options.seed ?? 1, start: START })
        this.broker = new VirtualBroker(this.world.clock)
        this.world.network.defaultEndpoint = this.broker
        const collector = (this.collector = new FrameCollector({
            onReading: reading => this.readings.push(reading),
            onStatus: (_, status) => this.statuses.push(status),
            onAlarm: (_, alarm) => this.alarms.push({ ...alarm, arrivedAt: this.seconds }),
            onMalformed: ({ topic, code, message }) =>
                this.problems.push(`${topic}: ${code}: ${message}`),
        }))
        this.broker.subscribe("suitcase/#", (topic, payload) => {
            if (topic.endsWith("/ack")) this.acks.push(payload.toString())
            collector.accept(topic, payload)
        })
        answerTime(this.broker)
        this.node = this.world.addNode({
            program: appProgram(options.app, options.board),
            board: { profile },
            sensors: [
                ...options.sensors,
                ...(options.isRamOnly === true ? [] : [new MB85RCModel()]),
            ],
            pins: options.pins ?? [],
            heapProbeMs: minutes(1),
            uptimeMs: UPTIME_MS,
            ...(options.sleepPpm === undefined ? {} : { sleepPpm: options.sleepPpm }),
        })
        this.node.onFrame = frame => this.look(frame)
        this.node.onConsole = text => this.console.push(text)
    }

    /** Since the start of the simulation, s. */
    get seconds(): number {
        return (this.world.clock.wallMs - START.getTime()) / 1000
    }

    /** Unix time at that many seconds since the start, ms. */
    static at(seconds: number): number {
        return START.getTime() + 1000 * seconds
    }

    /** @param unixMs as models are asked with @returns s since the start */
    static since(unixMs: number): number {
        return (unixMs - START.getTime()) / 1000
    }

    /** Asks for all that the node has and runs until it came. */
    async drain(): Promise<Status> {
        const id = `drain-${++this.asked}`
        this.broker.publish(
            `suitcase/demo/${this.node.deviceId}/cmd`,
            JSON.stringify({ id, do: "report" })
        )
        const isAnswered = () => this.acks.some(ack => ack.startsWith(`{"id":"${id}","ok":true`))
        if (!(await this.world.runUntil(isAnswered, minutes(30))))
            throw new Error('no answer to "report" within 30 min')
        return this.statuses.at(-1) as Status
    }

    /** [s since the start, value in the channel's unit; undefined = a gap], oldest first. */
    valuesOf(channel: string): (readonly [number, number | undefined])[] {
        return this.readings
            .filter(reading => reading.channel === channel)
            .sort((a, b) => a.time - b.time)
            .map(({ time, value }) => [AppBench.since(time), value] as const)
    }

    /** The latest value of a channel in its unit; undefined when it is a gap, or never came. */
    latest(channel: string): number | undefined {
        return this.valuesOf(channel).at(-1)?.[1]
    }

    /** A command to the board's control service is how its light is set. */
    private look(frame: Uint8Array): void {
        const packet = Buffer.from(frame).subarray(FRAME_HEADER_BYTES)
        if (packet.length < 8 || packet[1] !== 0 || packet.readUInt16LE(2) !== SET_STATUS_LIGHT)
            return
        const colour = [...packet.subarray(4, 7)]
        if (this.lights.at(-1)?.colour.join() === colour.join()) return
        this.lights.push({ since: this.seconds, colour })
    }

    close(): void {
        this.world.close()
    }
}
