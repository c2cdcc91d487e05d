import { once } from "node:events"
import net from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import {
    EPOCH,
    clockText,
    frame,
    json,
    schemaBytes,
} from "../../../../tests/support/decoder-bench.js"
import { FrameCollector } from "../../../decoder/index.js"
import { exposition } from "./exposition.js"
import { NodeMetrics } from "./node-metrics.js"
import { MetricsServer, addressOption } from "./server.js"

interface Parsed {
    types: Map<string, string>
    /** By name and labels as they are written. */
    samples: Map<string, { value: string; time: string | undefined }>
}

/** Reads the text as strictly as the grammar of OpenMetrics 1.0 is. @throws Error for anything else */
function parse(text: string): Parsed {
    const types = new Map<string, string>()
    const samples: Parsed["samples"] = new Map()
    if (!text.endsWith("# EOF\n")) throw new Error("no # EOF at the end")
    let family = ""
    for (const line of text.slice(0, -"# EOF\n".length).split("\n").slice(0, -1)) {
        const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge)$/.exec(line)
        if (type !== null) {
            family = type[1]
            if (types.has(family)) throw new Error(`${family} comes twice`)
            types.set(family, type[2])
            continue
        }
        const help = /^# HELP ([a-zA-Z_:][\w:]*) (?:[^\\"\n]|\\[\\n"])*$/.exec(line)
        if (help?.[1] === family) continue
        const label = '[a-zA-Z_]\\w*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"'
        const grammar = `^([a-zA-Z_:][\\w:]*)(\\{${label}(?:,${label})*\\})? (-?\\d[\\d.eE+-]*)(?: (\\d+\\.\\d+))?$`
        const sample = new RegExp(grammar, "u").exec(line)
        if (sample === null) throw new Error(`not of the grammar: ${line}`)
        const [, name, labels = "", value, time] = sample as unknown as string[]
        const expected = types.get(family) === "counter" ? `${family}_total` : family
        if (name !== expected) throw new Error(`${name} stands among ${family}`)
        if (samples.has(name + labels)) throw new Error(`${name}${labels} comes twice`)
        samples.set(name + labels, { value, time })
    }
    return { types, samples }
}

function bench(channel: Record<string, unknown> = {}, nowMs = () => EPOCH) {
    const metrics = new NodeMetrics(3_600_000, nowMs)
    const collector = new FrameCollector({ onFrame: frame => metrics.add(frame) })
    metrics.collector = collector
    const schema = JSON.parse(schemaBytes.toString()) as { channels: object[] }
    const channels = [{ ...schema.channels[0], ...channel }, schema.channels[1]]
    collector.accept("suitcase/town/n1/schema", json({ ...schema, channels }))
    const { id } = [...collector.known()][0].schemas[0]
    const say = (sequence: number, rows: (number | undefined)[][], time?: number) =>
        collector.accept(
            "suitcase/town/n1/frame",
            frame(sequence, { schema: id, rows, ...(time === undefined ? {} : { time }) })
        )
    return { metrics, collector, say }
}

describe("/metrics", () => {
    it("has the newest reading of each channel with its sampling time, and none where there is a gap", () => {
        const { metrics, collector, say } = bench()
        collector.accept("suitcase/town/n1/clock", clockText())
        say(0, [[-501, 650]])
        say(1, [[2137, undefined]], EPOCH / 1000 + 600)
        say(2, [[1, 1]], EPOCH / 1000 - 600)
        const { samples } = parse(metrics.text())
        const of = (channel: string, unit: string) =>
            `{site="town",node="n1",channel="${channel}",unit="${unit}"}`
        const time = `${EPOCH / 1000 + 600}.000`
        expect(samples.get(`suitcase_reading${of("temperature", "Cel")}`)).toEqual({
            value: "21.37",
            time,
        })
        expect(samples.has(`suitcase_reading${of("co2", "ppm")}`)).toBe(false)
        expect(samples.get(`suitcase_reading_quality${of("co2", "ppm")}`)).toEqual({
            value: "8",
            time,
        })
        const seconds = samples.get(
            `suitcase_reading_time_uncertainty_seconds${of("co2", "ppm")}`
        )?.value
        expect(Number(seconds)).toBeGreaterThan(0.5)
    })

    it("counts frames, readings, gaps by reason, what is missing, waits, is refused, and nodes that are silent", () => {
        let now = EPOCH
        const { metrics, collector, say } = bench({}, () => now)
        say(0, [[1, undefined]])
        say(0, [[1, undefined]])
        say(3, [[1, 2]])
        collector.accept("suitcase/town/n2/frame", frame(0))
        collector.accept("suitcase/town/n1/frame", Buffer.from("no"))
        collector.accept("suitcase/town/n1/state", json({ v: 1, online: false, boot: 7 }))
        const value = (name: string) => parse(metrics.text()).samples.get(name)?.value
        expect(value("suitcase_frames_total"), "one that waits may be damaged").toBe("2")
        expect(value("suitcase_readings_total")).toBe("3")
        expect(value('suitcase_gaps_total{reason="absent"}')).toBe("1")
        expect(value("suitcase_duplicates_total")).toBe("1")
        expect(value('suitcase_refused_total{code="too-short"}')).toBe("1")
        expect(value("suitcase_frames_missing")).toBe("2")
        expect(value("suitcase_frames_held")).toBe("1")
        expect(value('suitcase_nodes{state="offline"}')).toBe("1")
        expect(value("suitcase_nodes_silent")).toBe("0")
        now += 3_600_001
        expect(value("suitcase_nodes_silent")).toBe("2")
        say(4, [[1, 2]])
        expect(value("suitcase_nodes_silent")).toBe("1")
    })

    it("keeps to the grammar whatever names hold", () => {
        const { metrics, say } = bench({ name: 'a"} 1\\', unit: '# EOF "\\' })
        say(0, [[-100, 2]])
        const { samples } = parse(metrics.text())
        const labels = '{site="town",node="n1",channel="a\\"} 1\\\\",unit="# EOF \\"\\\\"}'
        expect(samples.get(`suitcase_reading${labels}`)?.value).toBe("-1")
        const newline = exposition([
            {
                name: "a",
                type: "gauge",
                help: "x\ny",
                samples: [{ labels: { b: "\n" }, value: 1 }],
            },
        ])
        expect([...parse(newline).samples.keys()]).toEqual(['a{b="\\n"}'])
    })
})

describe("the server of /metrics", () => {
    let server: MetricsServer | undefined
    afterEach(async () => await server?.close())

    it("answers on loopback with the media type of OpenMetrics, and nothing else than /metrics", async () => {
        server = await MetricsServer.start({ host: "127.0.0.1", port: 0 }, () => "# EOF\n")
        const response = await fetch(server.url)
        expect(response.headers.get("content-type")).toBe(
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        )
        expect(await response.text()).toBe("# EOF\n")
        expect((await fetch(server.url.replace("metrics", ""))).status).toBe(404)
        expect((await fetch(server.url, { method: "POST" })).status).toBe(405)
        expect((await fetch(server.url, { method: "HEAD" })).status).toBe(200)
    })

    it("on a port that is taken is refused with words", async () => {
        const taken = net.createServer().listen(0, "127.0.0.1")
        await once(taken, "listening")
        const { port } = taken.address() as net.AddressInfo
        const start = MetricsServer.start({ host: "127.0.0.1", port }, () => "")
        await expect(start).rejects.toThrow(
            `--metrics 127.0.0.1:${port}: another program listens there`
        )
        taken.close()
    })

    it.each([
        ["9464", "127.0.0.1", 9464],
        ["0.0.0.0:80", "0.0.0.0", 80],
        ["[::1]:0", "::1", 0],
        ["box.local:1", "box.local", 1],
    ])("takes the address %s", (text, host, port) => {
        expect(addressOption(text)).toEqual({ host, port })
    })

    it.each(["", "x", ":1", "65536", "::1:1", "1:2:3"])("refuses the address %j", text => {
        expect(() => addressOption(text)).toThrow(/Write a port/)
    })
})
