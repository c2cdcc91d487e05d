/**
 * `suitcase sim --devtools`: the app in DeviceScript's own simulator, in real
 * time, with our sensors on its bus and our broker at the end of its socket.
 */
import { buildSurroundings, type KitApp } from "../../../sim/apps/app.js"
import { runWithDevtools } from "../../../sim/devtools/run.js"
import { FREE_PORTS, STOCK_PORTS } from "../../../sim/devtools/server.js"
import { AedesBroker } from "../../../sim/net/aedes-broker.js"
import { type Program } from "../../../sim/program/program.js"
import { loadTrace } from "../../../sim/traces/trace.js"
import { FrameCollector, parseTopic, type FrameOrigin } from "../../decoder/index.js"
import { EXIT_OK } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { UsageError } from "../errors.js"
import { MqttLink } from "../mqtt/link.js"
import { type Terminal } from "../terminal.js"
import { openView, type RunView } from "../view/run-view.js"
import { brokerChoice, type SimFlags } from "./flags.js"
import { listenOn } from "./listen-on.js"
import { LIVE_REPORT_MS } from "./run.js"

const MILESTONE_MS = 60_000

/** @returns the exit code @throws DevtoolsError when the stock tools do not start or end */
export async function simulateWithDevtools(
    app: KitApp,
    program: Program,
    flags: SimFlags,
    terminal: Terminal
): Promise<number> {
    const warn = (text: string) => terminal.err.write(`suitcase: ${text}\n`)
    const { broker, brokerPort } = brokerChoice(flags, warn)
    if (broker?.protocol === "mqtts:" || broker?.user !== undefined)
        throw new UsageError(
            "with --devtools the node speaks plain MQTT without user name; write --broker mqtt://host:port"
        )
    const embedded = broker === undefined ? await AedesBroker.start() : undefined
    const { host, port } = broker ?? {
        host: "127.0.0.1",
        port: embedded === undefined ? 0 : await listenOn(embedded, brokerPort ?? 0),
    }
    let view: RunView | undefined
    const collector = new FrameCollector({ onReading: reading => view?.reading(reading) })
    const origins = new Map<string, FrameOrigin>()
    const linkOptions = {
        unixMs: Date.now,
        onMessage: (topic: string, payload: Uint8Array) => {
            const origin = parseTopic(topic)
            if (origin !== undefined) origins.set(origin.node, origin)
            collector.accept(topic, payload)
        },
    }
    const link =
        broker === undefined
            ? await MqttLink.attach(() => (embedded as AedesBroker).connect(), linkOptions)
            : await MqttLink.dial(broker, linkOptions)

    const stop = new AbortController()
    const release = onInterrupt(() => stop.abort())
    const timers: NodeJS.Timeout[] = []
    try {
        const run = await runWithDevtools({
            program,
            models: buildSurroundings(app, {
                startMs: Date.now(),
                ...(flags.trace === undefined ? {} : { trace: loadTrace(flags.trace) }),
            }).sensors,
            settings: { "mqtt.host": host, "mqtt.port": port },
            ports: flags.devtools === "free" ? FREE_PORTS : STOCK_PORTS,
            onConsole: text => {
                if (flags.log === true) view?.note(text)
            },
            signal: stop.signal,
        })
        view = openView(terminal, false, {
            title: `Suitcase: ${app.title} · stock simulator, real time · ${host}:${port}`,
            nowMs: Date.now,
            share: () => undefined,
            speed: () => 1,
            counts: () => collector.counts,
            nodes: [run.deviceId],
            courseMs: undefined,
        })
        view.note(`Dashboard: ${run.dashboard}`)
        timers.push(
            setInterval(() => view?.milestone(), MILESTONE_MS),
            setInterval(() => {
                for (const origin of origins.values()) void link.requestReport(origin)
            }, LIVE_REPORT_MS)
        )
        await run.closed
    } catch (e) {
        // Ctrl-C while it was starting.
        if (!stop.signal.aborted) throw e
    } finally {
        timers.forEach(clearInterval)
        view?.close()
        release()
        await link.close()
        await embedded?.close()
    }
    return EXIT_OK
}
