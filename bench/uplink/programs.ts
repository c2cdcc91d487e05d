/**
 * The programs that are compared. Both read the same three parts through the
 * same drivers once a minute; only what happens to a reading then differs.
 *
 * - "ours": devs/indoor-climate.ts as it is.
 * - "stock": the MQTT client of @devicescript/net, one QoS 1 message per reading.
 * - "stock-queue": the same, and the application keeps in RAM what publish()
 *   refused, as far as a program can tell.
 *
 * The stock client gets every chance that its options and a careful program can
 * give it; docs/benchmarks-uplink.md lists them.
 */
import { compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"

export const PROGRAMS = ["ours", "stock", "stock-queue"] as const
export type ProgramName = (typeof PROGRAMS)[number]

/** Rows of readings that "stock-queue" keeps: 5 h at one row a minute. */
const QUEUE_ROWS = 300

/** @returns the compiled program */
export function programOf(name: ProgramName): Program {
    if (name === "ours") return compile("devs/indoor-climate.ts")
    return compile(`devs/${name}.ts`, { source: stockSource(name === "stock-queue") })
}

function stockSource(isKeeping: boolean): string {
    return `import * as ds from "@devicescript/core"
import { MQTTClient, MQTTState } from "@devicescript/net"
import { isGap } from "../src/core/quality.js"
import { nextAligned } from "../src/core/sampling/schedule.js"
import { BH1750 } from "../src/drivers/bh1750/driver.js"
import { SCD4x } from "../src/drivers/scd4x/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { openBus } from "../src/station/index.js"

const INTERVAL_MS = 60000
/**
 * The finest step of timers on the ESP32. Much faster, and the socket's queue
 * overflows on a slow link: publish() throws, and the client stays stuck until
 * its watchdog connects again.
 */
const BETWEEN_MESSAGES_MS = 10
const QUEUE_ROWS = ${isKeeping ? QUEUE_ROWS : 1}

const base = "suitcase/demo/" + ds.deviceIdentifier("self") + "/"
const bus = openBus()
const sensors = [new SHT4x(bus), new SCD4x(bus, { only: "co2" }), new BH1750(bus)]
const names: string[] = []
const units: string[] = []
const steps: number[] = []
for (const sensor of sensors)
    for (const channel of sensor.channels) {
        names.push(channel.name)
        units.push(channel.unit)
        steps.push(channel.scaleDenominator / channel.scaleNumerator)
    }

let epoch = 0
/** Rows that wait: time in s, then one integer or undefined per channel. */
let queue: number[][] = []
/** Channels of the oldest row that are out. */
let sent = 0

const client = new MQTTClient({
    host: "mqtt.local",
    port: 1883,
    proto: "tcp",
    timeout: 10000,
    watchdogInterval: 10000,
    pingInterval: 120000,
    keepAlive: 250,
})
client.onerror.subscribe(e => console.log("error: " + e.message))

/** @returns whether the client took the message */
async function publishReading(row: number[], channel: number): Promise<boolean> {
    try {
        const message = {
            t: row[0],
            n: names[channel],
            u: units[channel],
            v: row[channel + 1] / steps[channel],
        }
        return await client.publish(base + "reading", message, 1)
    } catch (e) {
        return false
    }
}

/** @returns whether the next message may go */
async function sendNext(): Promise<boolean> {
    const row = queue[0]
    if (row[sent + 1] !== undefined) {
        const isTaken = await publishReading(row, sent)
        if (!isTaken && ${isKeeping ? "true" : "false"}) return false
        await ds.sleep(BETWEEN_MESSAGES_MS)
    }
    sent++
    if (sent < names.length) return true
    queue.shift()
    sent = 0
    return true
}

async function sendLoop(): Promise<void> {
    for (;;) {
        while (queue.length > 0) if (!(await sendNext())) break
        await ds.sleep(1000)
    }
}

async function sampleRow(): Promise<void> {
    const row = [Math.round((epoch + ds.millis()) / 1000)]
    for (const sensor of sensors) {
        await sensor.sample()
        for (let i = 0; i < sensor.values.length; i++)
            row.push(isGap(sensor.qualities[i]) ? undefined : sensor.values[i])
    }
    if (queue.length >= QUEUE_ROWS) {
        queue.shift()
        sent = 0
    }
    queue.push(row)
}

/** One request; the board has no clock. */
async function askTime(): Promise<void> {
    await client.subscribe(base + "time/set", msg => {
        const text = msg.content.toString()
        const space = text.indexOf(" ")
        epoch = parseFloat(text.slice(space + 1)) - parseInt(text.slice(0, space))
    })
    for (let i = 0; i < 10; i++) {
        while (client.readyState !== MQTTState.Connected) await ds.sleep(100)
        await client.publish(base + "time/get", "" + ds.millis())
        await ds.sleep(1000)
        if (epoch !== 0) return
    }
}

for (const sensor of sensors) await sensor.init()
await client.start()
await askTime()
sendLoop.start()
for (;;) {
    await sampleRow()
    const now = epoch + ds.millis()
    await ds.sleep(nextAligned(now, INTERVAL_MS) - now)
}
`
}
