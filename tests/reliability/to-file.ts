/** The rest of the way: what a broker delivered, through a receiver that is killed now and then, into files. */
import { SeededRandom } from "../../sim/time/random.js"
import { type Reading } from "../../tools/decoder/index.js"
import {
    ARRIVED_MS,
    finish,
    Folders,
    openReceiver,
    type Delivery,
} from "../support/receiver-bench.js"

/** What of a reading is in a file. */
export type Line = Pick<Reading, "boot" | "sequence" | "time" | "integer" | "quality">

/**
 * @param kills the receiver is killed so often, at random moments, and the power goes with it
 * @returns what is in the files of one channel, in order
 */
export async function linesInFiles(
    deliveries: readonly Delivery[],
    channel: string,
    seed: number,
    kills = 5
): Promise<Line[]> {
    const random = new SeededRandom(seed)
    const folders = new Folders()
    try {
        // What a broker was not told of, it sends again.
        let told = 0
        for (let kill = 0; kill <= kills; kill++) {
            const { receiver } = await openReceiver(folders, { segmentBytes: 20_000 })
            const rest = deliveries.length - told
            const count = kill === kills ? rest : Math.floor(random.float() * rest)
            const numbers: number[] = []
            for (const { topic, payload } of deliveries.slice(told, told + count)) {
                numbers.push(receiver.accept(topic, payload, ARRIVED_MS))
                if (random.float() < 0.2) await new Promise(resolve => setImmediate(resolve))
            }
            if (kill === kills) {
                await finish(receiver)
                break
            }
            const safe = numbers.findIndex(number => number > receiver.durable)
            told += safe < 0 ? numbers.length : safe
            const putBack = folders.picture(Math.floor(random.float() * 500), receiver.durableEnd)
            await receiver.close()
            putBack()
        }
        return folders
            .lines()
            .map(line => JSON.parse(line) as Line & { channel: string })
            .filter(line => line.channel === channel && line.integer !== null)
            .map(({ boot, sequence, time, integer, quality }) => {
                return { boot, sequence, time, integer, quality }
            })
    } finally {
        folders.remove()
    }
}

/** The same of readings that a decoder handed out. */
export function linesOf(readings: readonly Reading[]): Line[] {
    return readings.map(({ boot, sequence, time, integer, quality }) => {
        return { boot, sequence, time, integer, quality }
    })
}
