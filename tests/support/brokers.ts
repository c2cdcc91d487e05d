/** The brokers that tests run against: one in this process, and a real one where it is installed. */
import { describe } from "vitest"
import { AedesBroker } from "../../sim/net/aedes-broker.js"
import { describeWith } from "./describe-with.js"
import { Mosquitto } from "./mosquitto.js"

export interface TestBroker {
    url: string
    stop(): Promise<void>
}

async function embedded(): Promise<TestBroker> {
    const broker = await AedesBroker.start()
    const port = await broker.listen()
    return { url: `mqtt://127.0.0.1:${port}`, stop: () => broker.close() }
}

/** Declares tests once for each broker; those with a real one are skipped where it is missing. */
export function describeBrokers(tests: (start: () => Promise<TestBroker>) => void): void {
    describe("with the embedded broker", () => tests(embedded))
    describeWith("mosquitto", "with a real Mosquitto", () => tests(() => Mosquitto.start()))
}
