/** A node like those of the kits, with less and less heap, and what it says of it. */
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { NodeLink } from "../../sim/jacdac/node-link.js"
import { compile } from "../../sim/program/compile.js"
import { KIT, STATION_IMPORT } from "../support/station-source.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { ConnectedNode } from "../../tools/cli/settings/connected-node.js"
import { indoorSensors } from "../support/kit.js"

/** Heap of an ESP32-S2, B. */
export const S2_HEAP_BYTES = 40_960

/** Primes, so that they fall on every phase of what a node does: for hours, and for days. */
const PROBE_MS = 173
export const SELDOM_PROBE_MS = 4999
/** The node does something in that time, and with it collects its garbage. */
const COLLECT_MS = seconds(25)

export interface HeapCase {
    readonly sensors: string
    /** Station options as source. */
    readonly station?: string
    readonly isSealed?: boolean
    /** Heap of the board, B; default 64 KB. */
    readonly heapBytes?: number
    readonly intervalSeconds?: number
    /** How often the heap is looked at, virtual ms; default {@link PROBE_MS}. */
    readonly probeMs?: number
}

const STORE_IMPORTS = `
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"`

export const INDOOR = `new SHT4x(bus), new SCD4x(bus, { only: "co2" }), new BH1750(bus)`

/**
 * Imports only what the case uses, as an app does: a module takes heap for its constants.
 * The interval is the last byte of the device id, so that cases share a program.
 */
function source({ sensors, station }: HeapCase): string {
    const hasStore = station?.includes("storeIn") === true
    return `
import * as ds from "@devicescript/core"
import { BH1750 } from "../src/drivers/bh1750/driver.js"
import { SCD4x } from "../src/drivers/scd4x/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
${STATION_IMPORT}
${hasStore ? STORE_IMPORTS : ""}
const bus = openBus()
await startStation({
    app: "indoor-climate",
    intervalSeconds: Buffer.from(ds.deviceIdentifier("self"), "hex")[7],
    sensors: [${sensors}],
    ${KIT}
    ${station ?? ""}
})
`
}

/** 0 … 1 by the time of the reading. */
function noise(unixMs: number): number {
    return (Math.imul(Math.floor(unixMs / 1000), 0x9e3779b1) >>> 0) / 2 ** 32
}

export class HeapBed {
    readonly world: World
    readonly broker: VirtualBroker
    readonly node: SimNode
    readonly acks: string[] = []
    /** A node with a key has been given it by then. */
    flashWritesAtStart = 0
    private asked = 0

    private constructor(readonly options: HeapCase) {
        this.world = new World({ seed: 1, allowPanics: true })
        this.broker = new VirtualBroker(this.world.clock)
        this.world.network.defaultEndpoint = this.broker
        answerTime(this.broker)
        this.broker.subscribe("suitcase/+/+/ack", (_topic, payload) =>
            this.acks.push(payload.toString())
        )
        const { sht4x, scd4x, bh1750 } = indoorSensors()
        // Hardly anything to compress: the outbox is full within hours.
        sht4x.feed("temperature", t => 100 * noise(t)).feed("humidity", t => 100 * noise(t + 1))
        scd4x.feed("co2", t => 400 + 4000 * noise(t))
        bh1750.feed("illuminance", t => 50_000 * noise(t))
        this.node = this.world.addNode({
            program: compile("devs/test-app.ts", { source: source(options) }),
            deviceId: `0123456789abcd${(options.intervalSeconds ?? 60).toString(16).padStart(2, "0")}`,
            sensors: [sht4x, scd4x, bh1750, new MB85RCModel()],
            heapProbeMs: options.probeMs ?? PROBE_MS,
            ...(options.heapBytes === undefined ? {} : { heapBytes: options.heapBytes }),
        })
    }

    static async start(options: HeapCase): Promise<HeapBed> {
        const bed = new HeapBed(options)
        if (options.isSealed === true) await bed.seal()
        bed.flashWritesAtStart = bed.node.flash.writes
        await bed.world.run(seconds(15))
        return bed
    }

    /** Asks for the figures of the outbox. @returns the answer */
    async outbox(): Promise<string> {
        const id = `q${++this.asked}`
        const command = JSON.stringify({ id, do: "outbox" })
        this.broker.publish(`suitcase/demo/${this.node.deviceId}/cmd`, command)
        const answer = () => this.acks.find(ack => ack.startsWith(`{"id":"${id}"`))
        if (!(await this.world.runUntil(() => answer() !== undefined, minutes(5))))
            throw new Error('no answer to "outbox" within 5 min')
        return answer() as string
    }

    /** Free heap without garbage, B. */
    async liveFree(): Promise<number> {
        this.node.gcStress(true)
        await this.world.run(COLLECT_MS)
        this.node.gcStress(false)
        const free = this.node.heap()?.free
        if (free === undefined) throw new Error("no program runs on the node")
        return free
    }

    close(): void {
        this.world.close()
    }

    private async seal(): Promise<void> {
        const link = new NodeLink(this.world, this.node)
        const write = async () => {
            const store = await ConnectedNode.open(link, this.node.deviceId)
            return store.write(new Map([["seal.key", JSON.stringify("5a".repeat(32))]]))
        }
        const lost = await link.during(write())
        if (lost.length > 0) throw new Error(`settings not written: ${lost.join(", ")}`)
        this.node.powerOff()
        await this.world.run(seconds(1))
        this.node.powerOn()
    }
}
