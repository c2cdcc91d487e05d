/**
 * The whole path in one object for tests: firmware in the VM, register models on
 * its bus, a broker, and a decoder that listens to it. What the models handed
 * out is kept, so that a test can compare it with what arrived.
 */
import mqtt, { type MqttClient } from "mqtt"
import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { type HandedOut, type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { SCD4xModel } from "../../src/drivers/scd4x/model.js"
import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { AedesBroker } from "../../sim/net/aedes-broker.js"
import { type Endpoint } from "../../sim/net/endpoint.js"
import { compile } from "../../sim/program/compile.js"
import { RigProgram } from "../../sim/parts/rig-program.js"
import { minutes } from "../../sim/time/duration.js"
import { type SimNode } from "../../sim/world/node.js"
import { World, type WorldOptions } from "../../sim/world/world.js"
import { FrameCollector, type Reading, type Status } from "../../tools/decoder/index.js"

/** The three parts of indoor-climate, fed by smooth functions of time. */
export function indoorSensors(): {
    sht4x: SHT4xModel
    scd4x: SCD4xModel
    bh1750: BH1750Model
    all: RegisterModel[]
} {
    const daily = (unixMs: number, period: number) => Math.sin((unixMs / 60_000 / period) * 6.28)
    const sht4x = new SHT4xModel()
        .feed("temperature", t => 0.5 + 3 * daily(t, 200))
        .feed("humidity", t => 45 + 10 * daily(t, 333))
    const scd4x = new SCD4xModel().feed("co2", t => 800 + 300 * daily(t, 180))
    const bh1750 = new BH1750Model().feed("illuminance", t => 200 + 150 * daily(t, 90))
    return { sht4x, scd4x, bh1750, all: [sht4x, scd4x, bh1750] }
}

/** A script's clock is behind by up to one such step. */
const CLOCK_STEP_MS = 20

export interface KitOptions extends WorldOptions {
    /** Where the node connects; default an embedded broker. */
    readonly endpoint?: Endpoint
    /** An application to run instead of indoor-climate: a script of a program. */
    readonly app?: { readonly program: RigProgram; readonly script: number }
    /** Parts on the node's pins. */
    readonly pins?: readonly ServiceModel[]
    /** For an endpoint that is not the embedded broker: where the decoder connects. */
    readonly listenUrl?: string
}

export class Kit {
    readonly readings: Reading[] = []
    readonly statuses: Status[] = []
    readonly acks: string[] = []
    readonly frames: string[] = []
    /** What the sensors gave, of the channels that the application sends. */
    readonly handedOut: HandedOut[] = []
    readonly sensors = indoorSensors()
    readonly world: World
    readonly node: SimNode
    readonly collector = new FrameCollector({
        onReading: reading => this.readings.push(reading),
        onStatus: (_origin, status) => this.statuses.push(status),
    })

    private flushes = 0

    private constructor(
        options: KitOptions,
        private readonly broker: AedesBroker | undefined,
        endpoint: Endpoint,
        private readonly client: MqttClient
    ) {
        this.world = new World(options)
        this.world.network.defaultEndpoint = endpoint
        const { sht4x, scd4x, bh1750 } = this.sensors
        sht4x.onHandedOut = reading => this.handedOut.push(reading)
        bh1750.onHandedOut = reading => this.handedOut.push(reading)
        // Its temperature and humidity stay on the board.
        scd4x.onHandedOut = reading => {
            if (reading.channel === "co2") this.handedOut.push(reading)
        }
        client.on("message", (topic, payload) => this.receive(topic, payload))
        const { app } = options
        this.node = this.world.addNode({
            program: app?.program.program ?? compile("devs/indoor-climate.ts"),
            ...(app === undefined ? {} : { deviceId: RigProgram.deviceId(app) }),
            sensors: this.sensors.all,
            pins: options.pins ?? [],
        })
    }

    static async start(options: KitOptions = {}): Promise<Kit> {
        const broker = options.endpoint === undefined ? await AedesBroker.start() : undefined
        // Through memory, so that the decoder keeps step with the virtual clock.
        const client =
            broker === undefined
                ? await mqtt.connectAsync(options.listenUrl as string)
                : new mqtt.MqttClient(() => broker.connect(), { clientId: "test-listener" })
        await client.subscribeAsync("suitcase/#", { qos: 1 })
        return new Kit(options, broker, options.endpoint ?? (broker as AedesBroker), client)
    }

    get topic(): string {
        return `suitcase/demo/${this.node.deviceId}`
    }

    /** Asks the node for everything it has and waits until its status record came. */
    async flush(): Promise<Status> {
        const before = this.acks.length
        // A command to a node that never connected is lost: ask again, with an id
        // of its own, for a node does not carry out the same command twice.
        for (let attempt = 0; attempt < 10; attempt++) {
            const id = `flush-${this.flushes++}`
            const askedAt = this.node.uptimeMs - CLOCK_STEP_MS
            await this.client.publishAsync(`${this.topic}/cmd`, `{"id":"${id}","do":"report"}`, {
                qos: 1,
            })
            await this.world.network.settle()
            // A status record from before a break can arrive again with the answer.
            const isAnswered = () =>
                this.acks.length > before && (this.statuses.at(-1)?.uptime ?? 0) >= askedAt
            if (await this.world.runUntil(isAnswered, minutes(3)))
                return this.statuses.at(-1) as Status
        }
        throw new Error('no answer to "report" within 30 min')
    }

    /** Integers of one channel that arrived, oldest first; gaps left out. */
    integersOf(channel: string): number[] {
        return this.readings
            .filter(r => r.channel === channel && r.integer !== undefined)
            .sort((a, b) => a.time - b.time)
            .map(r => r.integer as number)
    }

    async close(): Promise<void> {
        this.world.close()
        await this.client.endAsync(true)
        await this.broker?.close()
    }

    private receive(topic: string, payload: Buffer): void {
        this.collector.accept(topic, payload)
        if (topic.endsWith("/frame")) this.frames.push(payload.toString("hex"))
        if (topic.endsWith("/ack")) this.acks.push(payload.toString())
        if (topic.endsWith("/time/get"))
            this.client.publish(
                topic.replace(/get$/, "set"),
                `${payload.toString()} ${Math.round(this.world.clock.wallMs)}`
            )
    }
}
