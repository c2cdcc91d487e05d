/** A node whose program was replaced by one with another channel, with a name that needs care. */
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { EPOCH, TICK_MS, frame, json, schemaBytes } from "./decoder-bench.js"
import { type Delivery } from "./receiver-bench.js"

const schema = JSON.parse(schemaBytes.toString()) as { channels: object[] }
const [first, second] = schema.channels
const widerBytes = json({
    ...schema,
    channels: [second, { ...first, name: 'water, "deep"' }, first],
})

/** @param node what is delivered of it: a schema and N frames of a boot */
export function widerDeliveries(node: string, count: number): Delivery[] {
    const topic = `suitcase/town/${node}`
    const id = crc16(widerBytes, 0, widerBytes.length, CRC16_START)
    const frames = Array.from({ length: count }, (_, i) => ({
        topic: `${topic}/frame`,
        payload: frame(i, {
            boot: 90,
            schema: id,
            time: EPOCH / TICK_MS + 10_000 + 100 * i,
            rows: [[600 + i, -150, 2000 + i]],
        }),
    }))
    return [{ topic: `${topic}/schema`, payload: widerBytes }, ...frames]
}
