/** The brokers that the programs are compared through. */
import mqtt, { MqttClient } from "mqtt"
import { EmbeddedBroker } from "../../sim/net/embedded-broker.js"
import { TcpEndpoint, type Endpoint } from "../../sim/net/endpoint.js"
import { Mosquitto, hasMosquitto } from "../../tests/support/mosquitto.js"

export const BROKERS = ["embedded", "mosquitto"] as const
export type BrokerName = (typeof BROKERS)[number]

/** A broker that has seen nothing yet. */
export interface BenchBroker {
    /** Where the node connects. */
    readonly endpoint: Endpoint
    /** Connects the receiving side. */
    readonly listen: () => Promise<MqttClient>
    readonly close: () => Promise<void>
}

/** @returns the brokers that this machine has */
export function availableBrokers(): BrokerName[] {
    return hasMosquitto ? [...BROKERS] : ["embedded"]
}

export async function openBroker(name: BrokerName): Promise<BenchBroker> {
    return name === "embedded" ? await openEmbedded() : await openMosquitto()
}

/** aedes, through memory: equal seeds give equal figures. */
async function openEmbedded(): Promise<BenchBroker> {
    const broker = await EmbeddedBroker.start()
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
        close: () => broker.close(),
    }
}

/** A process of its own, over TCP on the loopback interface. */
async function openMosquitto(): Promise<BenchBroker> {
    const broker = await Mosquitto.start()
    return {
        endpoint: new TcpEndpoint("127.0.0.1", broker.port),
        listen: () => mqtt.connectAsync(broker.url, { protocolVersion: 4 }),
        close: () => broker.stop(),
    }
}
