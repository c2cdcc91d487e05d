/** The brokers that tests run against: one in this process, and a real one where it is installed. */
import { EmbeddedBroker } from "../../sim/net/embedded-broker.js"
import { Mosquitto, hasMosquitto } from "./mosquitto.js"

export interface TestBroker {
    url: string
    stop(): Promise<void>
}

async function embedded(): Promise<TestBroker> {
    const broker = await EmbeddedBroker.start()
    const port = await broker.listen()
    return { url: `mqtt://127.0.0.1:${port}`, stop: () => broker.close() }
}

/** For describe.each: name, how to start it, whether it is installed. */
export const BROKERS: [string, () => Promise<TestBroker>, boolean][] = [
    ["the embedded broker", embedded, true],
    ["a real Mosquitto", () => Mosquitto.start(), hasMosquitto],
]
