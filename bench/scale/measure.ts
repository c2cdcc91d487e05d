/** Several listeners, started when all messages wait at the server, until the files have them all. */
import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { MQTT_STREAM } from "../../tools/cli/nats/streams.js"
import { FrameSource } from "../../tests/support/frame-source.js"
import { ListenerProcess } from "../../tests/support/listener-process.js"
import { NatsServer } from "../../tests/support/nats.js"
import { LineCounter } from "../listen/line-counter.js"

/** Rows of a frame: 60 readings. */
const ROWS = 15
const NODES = 1000
const PARTS = 8
const PAGE = fileURLToPath(new URL("../../docs/scale.md", import.meta.url))

export interface Measured {
    readonly processes: number
    readonly frames: number
    readonly readings: number
    /** From when the first listener was connected until all was written. */
    readonly seconds: number
    /** Of all listeners, with what they take to start. */
    readonly cpuSeconds: number
    readonly serverCpuSeconds: number
    /** At the server, as it counts them, while they waited. */
    readonly storedBytesPerFrame: number
    /** In the NDJSON files. */
    readonly fileBytesPerReading: number
}

/** @param frames of 60 readings, of 1,000 nodes */
export async function measureShared(processes: number, frames: number): Promise<Measured> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-bench-"))
    const config = /```nats\n([^]*?)```/.exec(readFileSync(PAGE, "utf8"))?.[1]
    if (config === undefined) throw new Error("docs/scale.md has no box of nats")
    const server = await NatsServer.start(config)
    try {
        const login = path.join(folder, "login.json")
        const account = { user: "listener", password: "change-me" }
        writeFileSync(login, JSON.stringify(account), { mode: 0o600 })
        const listen = () =>
            new ListenerProcess([
                ...["--broker", server.natsUrl, "--login", login],
                ...["--state", path.join(folder, "state"), "--out", path.join(folder, "out")],
            ])
        // The server keeps frames from when there are consumers for them.
        const preparing = listen()
        await preparing.until(/has \d+ of/)
        await preparing.end("SIGTERM")
        const source = await FrameSource.start(server.url, { nodes: NODES, rows: ROWS, ...account })
        await source.publish(frames)
        await source.close()
        const storedBytesPerFrame = await storedBytes(server.natsUrl, account)
        const serverBefore = cpuSecondsOf(server.pid)
        const counters = Array.from(
            { length: PARTS },
            (_, part) =>
                new LineCounter(() => dayFile(path.join(folder, "out", `part-${part}-of-${PARTS}`)))
        )
        const listeners = Array.from({ length: processes }, listen)
        await Promise.any(listeners.map(listener => listener.until(/Listening/)))
        const started = performance.now()
        while (counters.reduce((sum, counter) => sum + counter.count(), 0) < source.readings)
            await sleep(20)
        const seconds = (performance.now() - started) / 1000
        const cpuSeconds = listeners.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0)
        const serverCpuSeconds = cpuSecondsOf(server.pid) - serverBefore
        await Promise.all(listeners.map(listener => listener.end("SIGTERM")))
        const { readings } = source
        const fileBytesPerReading = counters.reduce((sum, { bytes }) => sum + bytes, 0) / readings
        return {
            ...{ processes, frames, readings, seconds, cpuSeconds, serverCpuSeconds },
            ...{ storedBytesPerFrame, fileBytesPerReading },
        }
    } finally {
        await server.stop()
        rmSync(folder, { recursive: true, force: true })
    }
}

/** Of each frame in the stream of the MQTT listener. */
async function storedBytes(url: string, account: { user: string; password: string }) {
    const { user, password: pass } = account
    const connection = await connect({ servers: url.replace("nats://", ""), user, pass })
    try {
        const manager = await jetstreamManager(connection)
        const { bytes, messages } = (await manager.streams.info(MQTT_STREAM)).state
        return bytes / messages
    } finally {
        await connection.close()
    }
}

function dayFile(folder: string): string | undefined {
    if (!existsSync(folder)) return undefined
    const [file] = readdirSync(folder).filter(name => name.startsWith("readings-"))
    return file === undefined ? undefined : path.join(folder, file)
}

/** User and system time so far, whole seconds on some systems (ps). */
function cpuSecondsOf(pid: number): number {
    const text = execFileSync("ps", ["-o", "cputimes=", "-p", String(pid)], { encoding: "utf8" })
    return Number(text)
}
