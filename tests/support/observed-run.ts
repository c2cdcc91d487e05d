/**
 * Runs in which much happens, and all that can be observed of them: frames, the bytes on
 * each socket, what the broker gets, logs, transfers on the bus, flash, each with its time.
 * For comparing two ways to run the same.
 */
import { createHash } from "node:crypto"
import { compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import { FLAG_COMMAND, encodeJacdacFrame } from "../../sim/jacdac/frame.js"
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { type Line } from "../../sim/net/endpoint.js"
import { VirtualBroker, randomAcks } from "../../sim/net/virtual-broker.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { type NodeOptions, type SimNode } from "../../sim/world/node.js"
import { SeededRandom } from "../../sim/time/random.js"
import { World } from "../../sim/world/world.js"
import { testDeviceId, testProgram } from "../reliability/testbed.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { MotionModel } from "../../src/drivers/motion/model.js"
import { RotaryEncoderModel } from "../../src/drivers/pulses/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"

/** Timers of all kinds, registers, roles that come and go, settings, exceptions, restarts. */
const RESTLESS = `
import * as ds from "@devicescript/core"
import { readSetting, writeSetting } from "@devicescript/settings"
import { Socket, connect } from "@devicescript/net"
const pir = new ds.Motion("pir")
const nobody = new ds.Temperature("nobody")
let turn = 0
setInterval(async () => { turn++ }, 7)
setInterval(async () => { console.log("turn " + turn + " " + ds.millis()) }, 333)
setTimeout(async () => { console.log("late " + (await readSetting("n", 0))) }, 2500)
async function wait() {
    for (let i = 1; ; i++) {
        const from = ds.millis()
        await ds.sleep((i * 37) & 255)
        if ((i & 63) === 0) console.log("slept " + (ds.millis() - from))
        if ((i & 127) === 0) await writeSetting("n", i)
    }
}
wait.start()
async function watch() {
    for (;;) {
        const isMoving = await pir.reading.read()
        console.log("moving " + isMoving)
        await ds.sleep(900)
    }
}
watch.start()
pir.reading.subscribe(async v => { console.log("changed " + v) })
async function stuck() { console.log("never " + (await nobody.reading.read())) }
stuck.start()
async function talk() {
    for (let n = 0; ; n++) {
        let socket: Socket
        try {
            socket = await connect({ proto: "tcp", host: "echo", port: 7, timeout: 4000 } as any)
            await socket.send("hello " + n)
            const reply = await socket.recv(3000)
            console.log("echo " + (reply ? reply.toString() : "none") + " at " + ds.millis())
            await socket.close()
        } catch (e) {
            console.log("failed at " + ds.millis())
        }
        await ds.sleep(500 + n)
    }
}
talk.start()
setTimeout(async () => { throw new Error("on purpose") }, 47_003)
setTimeout(async () => { if ((await readSetting("again", 0)) < 2) {
    await writeSetting("again", 1 + (await readSetting("again", 0)))
    ds.restart()
} }, 20_001)
`

/** Nothing to do for a long time, longer than the runtime's sums of 31 bits in one fiber. */
const IDLE = `
import * as ds from "@devicescript/core"
setInterval(async () => { console.log("hourly " + ds.millis()) }, 3_600_000)
async function far() { await ds.sleep(2_500_000_000) }
if (ds.deviceIdentifier("self")[0] === "f") far.start()
`

/** Of the control service: the device's own clock, µs. */
const GET_UPTIME = 0x1186

interface Bed {
    readonly world: World
    readonly broker: VirtualBroker
    readonly seen: string[]
    readonly add: (options: NodeOptions) => SimNode
}

function bedOf(seed: number, options: object, ofNodes: object): Bed {
    const world = new World({ seed, allowPanics: true, ...options })
    const broker = new VirtualBroker(world.clock)
    const seen: string[] = []
    const { clock, network } = world
    answerTime(broker)
    network.defaultEndpoint = {
        description: "tapped broker",
        accept: (line: Line) => {
            const handler = broker.accept(line)
            if (handler === undefined) return undefined
            return {
                data: bytes => {
                    seen.push(`${clock.now} ${line.remote} ${Buffer.from(bytes).toString("hex")}`)
                    handler.data(bytes)
                },
                closed: () => handler.closed(),
            }
        },
    }
    network.addHost("echo", {
        description: "echo",
        accept: line => ({ data: bytes => line.send(bytes), closed: () => undefined }),
    })
    broker.subscribe("#", (topic, payload) =>
        seen.push(`${clock.now} ${topic} ${payload.toString("hex")}`)
    )
    const add = (nodeOptions: NodeOptions): SimNode => {
        const node = world.addNode({ heapProbeMs: 977, ...nodeOptions, ...ofNodes })
        const at = (text: string) => seen.push(`${clock.now} ${node.name} ${text}`)
        node.onFrame = frame => at(`frame ${Buffer.from(frame).toString("hex")}`)
        node.bus.onTransfer = ({ address, write, result, durationUs }) =>
            at(
                `i2c ${address} ${Buffer.from(write).toString("hex")} ${result.data.join()} ${durationUs}`
            )
        node.flash.onWrite = () =>
            at(`flash ${createHash("md5").update(node.flash.bytes).digest("hex")}`)
        return node
    }
    return { world, broker, seen, add }
}

const programs = new Map<string, Program>()
function programOf(source: string): Program {
    const program = programs.get(source) ?? compile("devs/observed.ts", { source })
    programs.set(source, program)
    return program
}

async function restless({ world, add }: Bed): Promise<void> {
    const pir = new MotionModel()
    const rain = new RotaryEncoderModel().feed("frequency", 0.3)
    const node = add({ program: programOf(RESTLESS), pins: [pir, rain], clockPpm: 140 })
    pir.feed("motion", t => (Math.floor(t / 7013) % 2 === 0 ? 1 : 0))
    const ask = (): void => {
        const packet = { serviceIndex: 0, command: GET_UPTIME, data: new Uint8Array(0) }
        node.receiveFrame(encodeJacdacFrame(node.deviceId, FLAG_COMMAND, [packet]))
        world.clock.after(1_234_567, ask)
    }
    ask()
    await world.run(seconds(70))
    pir.faults.unplugged = true
    await world.run(seconds(9))
    pir.faults.unplugged = false
    node.setClockPpm(-90)
    await world.run(seconds(8) + 0.5)
    node.link.isHanging = true
    await world.run(seconds(31))
    node.link.isHanging = false
    node.powerCut(1234)
    await world.run(seconds(60))
}

async function idle({ world, add }: Bed): Promise<void> {
    const far = add({ program: programOf(IDLE), deviceId: "f000000000000001" })
    add({ program: programOf(IDLE), deviceId: "0000000000000002", clockPpm: -41 })
    // Its VM does not sleep at all.
    await world.run(seconds(2))
    far.powerOff()
    await world.run(seconds(100))
}

async function station({ world, broker, add }: Bed, seed: number): Promise<void> {
    const random = new SeededRandom(seed)
    const nodes = [0, 1, 2].map(i => {
        const sensor = new SHT4xModel().feed("temperature", t => 20 + Math.sin(t / 1e6 + i))
        const hasStore = i === 1
        return add({
            program: testProgram(),
            deviceId: testDeviceId(
                {
                    intervalSeconds: 30,
                    reportSeconds: 60 + 60 * i,
                    ...(hasStore ? { store: "MB85RC256V" } : {}),
                },
                256 * seed + i
            ),
            sensors: hasStore ? [sensor, new MB85RCModel()] : [sensor],
            clockPpm: [0, 0, (ms: number) => 40 * Math.sin(ms / 1e5)][i],
        })
    })
    broker.faults.onAck = randomAcks(random, { drop: 0.05, duplicate: 0.1, delay: 0.2 })
    await world.run(minutes(4))
    Object.assign(nodes[0].link, { lossRate: 0.1, jitterUs: 30_000, isRechunking: true })
    await world.run(minutes(3) + random.uint32() / 2 ** 24)
    nodes[0].link.goDown()
    nodes[1].cutPowerDuringTransfer(3, 11)
    await world.run(minutes(2))
    nodes[0].link.comeUp()
    nodes[1].powerOn()
    nodes[2].link.goHalfOpen()
    broker.restart(seconds(40), true)
    await world.run(minutes(5))
    nodes[2].link.isHanging = false
    for (const node of nodes)
        broker.publish(`suitcase/demo/${node.deviceId}/cmd`, `{"id":"x","do":"report"}`)
    await world.run(minutes(6))
}

const RUNS = { restless, idle, station } as const
export type RunName = keyof typeof RUNS
export const RUN_NAMES = Object.keys(RUNS) as RunName[]

/** @returns a line for everything that could be seen, in order */
export async function observe(
    name: RunName,
    seed: number,
    options: object,
    ofNodes: object = {}
): Promise<string[]> {
    const bed = bedOf(seed, options, ofNodes)
    await RUNS[name](bed, seed)
    const { world, seen, broker } = bed
    for (const node of world.nodes) {
        for (const { at, text } of node.log) seen.push(`${at} ${node.name} log ${text}`)
        seen.push(`${node.name} wire ${node.wire.sent} ${node.wire.received}`)
        seen.push(`${node.name} heap ${node.heapLowWater} ${JSON.stringify(node.heap())}`)
        seen.push(`${node.name} panics ${node.panics.map(panic => panic.message).join("; ")}`)
        seen.push(`${node.name} writes ${node.flash.writes} on ${node.isOn} up ${node.uptimeMs}`)
        for (const meter of Object.values(node.board?.meters ?? {}))
            seen.push(
                `${node.name} asked ${JSON.stringify([Object.entries(meter), meter.tickLossRisks, meter.tickLosses])}`
            )
    }
    seen.push(JSON.stringify(broker.violations))
    world.close()
    return seen
}
