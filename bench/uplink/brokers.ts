/** The brokers that the programs are compared through. */
import { setTimeout as sleep } from "node:timers/promises"
import mqtt, { MqttClient } from "mqtt"
import { AedesBroker } from "../../sim/net/aedes-broker.js"
import { TcpEndpoint, type Endpoint } from "../../sim/net/endpoint.js"
import { hasProgram } from "../../tests/support/debian-programs.js"
import { Mosquitto } from "../../tests/support/mosquitto.js"

export const BROKERS = ["embedded", "mosquitto"] as const
export type BrokerName = (typeof BROKERS)[number]

/** Turns of the event loop in which an in-process broker hands a message on. */
const IN_PROCESS_TURNS = 10
/** Real time in which a broker on this machine hands a message on, ms. */
const OUT_OF_PROCESS_MS = 5

/** A broker that has seen nothing yet. */
export interface BenchBroker {
    /** Where the node connects. */
    readonly endpoint: Endpoint
    /** Connects the receiving side. */
    readonly listen: () => Promise<MqttClient>
    /** Gives the broker, which lives in real time, a turn while virtual time stands still. */
    readonly react: () => Promise<void>
    readonly close: () => Promise<void>
}

/** @returns the brokers that this machine has */
export function availableBrokers(): BrokerName[] {
    return hasProgram("mosquitto") ? [...BROKERS] : ["embedded"]
}

export async function openBroker(name: BrokerName): Promise<BenchBroker> {
    return name === "embedded" ? await openEmbedded() : await openMosquitto()
}

/** aedes, through memory: the same seed gives equal figures. */
async function openEmbedded(): Promise<BenchBroker> {
    const broker = await AedesBroker.start()
    return {
        endpoint: broker,
        listen: async () => {
            const client = new MqttClient(() => broker.connect(), {
                protocolVersion: 4,
                clientId: "bench-listener",
                keepalive: 0,
                reconnectPeriod: 0,
            })
            await new Promise(resolve => client.once("connect", resolve))
            return client
        },
        react: () => turns(IN_PROCESS_TURNS),
        close: () => broker.close(),
    }
}

/** A process of its own, over TCP on the loopback interface. */
async function openMosquitto(): Promise<BenchBroker> {
    const broker = await Mosquitto.start()
    return {
        endpoint: new TcpEndpoint("127.0.0.1", broker.port),
        listen: () => mqtt.connectAsync(broker.url, { protocolVersion: 4 }),
        react: () => sleep(OUT_OF_PROCESS_MS),
        close: () => broker.stop(),
    }
}

async function turns(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await new Promise(resolve => setImmediate(resolve))
}
