/** One consumer, started when all messages wait at the broker, until it has them all. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import mqtt from "mqtt"
import { CHANNELS, FrameSource, rowOf } from "../../tests/support/frame-source.js"
import { Mosquitto } from "../../tests/support/mosquitto.js"
import { LineCounter } from "./line-counter.js"

/** Rows of a frame: 60 readings. */
const ROWS = 15
const NAMES = ["temperature", "humidity", "co2", "illuminance"]
const UNITS = ["Cel", "%RH", "ppm", "lx"]
const SCALES = [100, 100, 1, 10]

export interface Measured {
    readonly name: string
    readonly readings: number
    /** From when the consumer was connected until it had written all. */
    readonly wallSeconds: number
    /** Without what the same program takes to start and to end. */
    readonly cpuSeconds: number
    /** Most at any time. */
    readonly memoryMb: number
}

interface Load {
    readonly frames: number
    readonly nodes: number
}

interface Program {
    /** Arguments of node. @param folder for its files */
    readonly args: (url: string, folder: string) => string[]
    /** Folder, or file, in which lines are counted. */
    readonly out: string
    readonly toStdout: boolean
    /** Publishes what it is to have. @returns readings */
    readonly publish: (url: string) => Promise<number>
}

export async function measureListen(
    name: string,
    {
        frames,
        nodes,
        to,
        node = [],
    }: Load & {
        readonly to: "files" | "stdout"
        /** Options of Node.js. */
        readonly node?: readonly string[]
    }
): Promise<Measured> {
    const command = fileURLToPath(new URL("../../tools/cli/suitcase.mjs", import.meta.url))
    return await measure(name, {
        args: (url, folder) => [
            ...node,
            ...[command, "listen", "--no-time", "--broker", url],
            ...["--state", path.join(folder, "state")],
            ...(to === "files" ? ["--out", path.join(folder, "out")] : ["--format", "ndjson"]),
        ],
        out: to === "files" ? "out" : "stdout",
        toStdout: to === "stdout",
        publish: async url => {
            const source = await FrameSource.start(url, { nodes, rows: ROWS })
            await source.publish(frames)
            await source.close()
            return source.readings
        },
    })
}

export async function measureJson(name: string, { frames, nodes }: Load): Promise<Measured> {
    const consumer = fileURLToPath(new URL("json-consumer.ts", import.meta.url))
    return await measure(name, {
        args: (url, folder) => [
            ...["--import", "tsx", consumer, url, "jsonconsumer"],
            path.join(folder, "rows.ndjson"),
        ],
        out: "rows.ndjson",
        toStdout: false,
        publish: async url => {
            const client = await mqtt.connectAsync(url, { clientId: "jsonsource" })
            const sent: Promise<unknown>[] = []
            for (let i = 0; i < frames * ROWS; i++) {
                const node = i % nodes
                const { unixSeconds, values } = rowOf(node, Math.floor(i / nodes))
                const row = {
                    site: "town",
                    node: `n${node}`,
                    boot: 7,
                    sequence: Math.floor(i / nodes),
                    time: unixSeconds * 1000,
                    timeUncertaintyMs: null,
                    values: values.map((integer, c) => ({
                        channel: NAMES[c],
                        unit: UNITS[c],
                        value: integer / SCALES[c],
                        integer,
                        quality: "ok",
                    })),
                }
                sent.push(client.publishAsync(`rows/n${node}`, JSON.stringify(row), { qos: 1 }))
                if (sent.length >= 1000) await sent.shift()
            }
            await Promise.all(sent)
            await client.endAsync()
            return frames * ROWS * CHANNELS
        },
    })
}

async function measure(name: string, program: Program): Promise<Measured> {
    const broker = await Mosquitto.start({
        config: ["max_queued_messages 0", "max_inflight_messages 200"],
    })
    const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-bench-"))
    const out = path.join(folder, program.out)
    try {
        // Makes the session; and says what the program takes without any message.
        const empty = await run(program, broker.url, folder, () => true)
        const readings = await program.publish(broker.url)
        const counter = new LineCounter(() => fileAt(out))
        const full = await run(program, broker.url, folder, () => counter.count() >= readings)
        return {
            name,
            readings,
            wallSeconds: full.wallSeconds,
            cpuSeconds: full.cpuSeconds - empty.cpuSeconds,
            memoryMb: full.memoryMb,
        }
    } finally {
        await broker.stop()
        rmSync(folder, { recursive: true, force: true })
    }
}

async function run(
    program: Program,
    url: string,
    folder: string,
    isDone: () => boolean
): Promise<Omit<Measured, "name" | "readings">> {
    const usage = path.join(folder, "usage.json")
    const preload = fileURLToPath(new URL("usage.mjs", import.meta.url))
    const output = program.toStdout ? openSync(path.join(folder, "stdout"), "w") : "ignore"
    const child = spawn(process.execPath, ["--import", preload, ...program.args(url, folder)], {
        env: { ...process.env, SUITCASE_USAGE_FILE: usage },
        stdio: ["ignore", output, "pipe"],
    })
    let said = ""
    const isUp = new Promise<void>((resolve, reject) => {
        child.stderr?.on("data", (data: Buffer) => {
            said += data.toString()
            if (said.includes("Listening")) resolve()
        })
        child.once("exit", () => reject(new Error(said)))
    })
    await isUp
    const started = performance.now()
    while (!isDone()) await sleep(20)
    const wallSeconds = (performance.now() - started) / 1000
    // It may not have had the time to subscribe.
    await sleep(500)
    child.kill("SIGTERM")
    await once(child, "exit")
    if (typeof output === "number") closeSync(output)
    return {
        wallSeconds,
        ...(JSON.parse(readFileSync(usage, "utf8")) as {
            cpuSeconds: number
            memoryMb: number
        }),
    }
}

/** The first file of a folder, or the file itself. */
function fileAt(out: string): string | undefined {
    if (path.basename(out) !== "out") return out
    const [file] = readdirSync(out).filter(name => name.startsWith("readings-"))
    return file === undefined ? undefined : path.join(out, file)
}
