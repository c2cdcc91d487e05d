/**
 * What most people write instead: one JSON message per row, parsed, and each reading written as
 * a line. It acknowledges as its client does, when a message arrives, and syncs nothing.
 */
import { createWriteStream } from "node:fs"
import mqtt from "mqtt"

const [, , url, clientId, out] = process.argv
const file = createWriteStream(out, { highWaterMark: 1 << 18 })
const client = mqtt.connect(url, { clientId, clean: false })

interface Row {
    readonly site: string
    readonly node: string
    readonly boot: number
    readonly sequence: number
    readonly time: number
    readonly timeUncertaintyMs: number | null
    readonly values: readonly {
        readonly channel: string
        readonly unit: string
        readonly value: number
        readonly integer: number
        readonly quality: string
    }[]
}

client.on("message", (_topic, payload) => {
    const { values, ...row } = JSON.parse(payload.toString()) as Row
    for (const value of values) file.write(`${JSON.stringify({ ...row, ...value })}\n`)
})
client.on("connect", () => {
    client.subscribe("rows/#", { qos: 1 })
    console.error("Listening")
})
process.on("SIGTERM", () => {
    file.end(() => process.exit(0))
})
