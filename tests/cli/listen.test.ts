/** `suitcase listen` and a simulated run as strangers to each other, over real TCP. */
import { createCipheriv } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import mqtt, { type MqttClient } from "mqtt"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { AedesBroker } from "../../sim/net/aedes-broker.js"
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { QUALITY_ABSENT, QUALITY_OK } from "../../src/core/quality.js"
import { schemaText } from "../../src/core/schema.js"
import { co2Channel, temperatureChannel } from "../../src/drivers/shared/channels.js"
import { parseBrokerUrl } from "../../tools/cli/mqtt/broker.js"
import { run } from "../../tools/cli/cli.js"
import { listen } from "../../tools/cli/commands/listen.js"
import { type Reading } from "../../tools/decoder/index.js"
import { MqttLink } from "../../tools/cli/mqtt/link.js"
import { clockText } from "../support/decoder-bench.js"
import { fakeTerminal, type FakeTerminal } from "../support/fake-terminal.js"
import { describeWith } from "../support/describe-with.js"
import { Mosquitto } from "../support/mosquitto.js"
import { linesIn } from "../support/reading-lines.js"
import { fileWith } from "../kit/kit-bench.js"

const TIME = Date.parse("2024-01-15T08:30:00Z")
const schema = Buffer.from(
    schemaText("indoor-climate", 1000, [
        { channel: temperatureChannel("", -4500, 13000), part: "Sensirion SHT4x" },
        { channel: co2Channel("", 0, 40000), part: "Sensirion SCD4x" },
    ])
)

/** A frame of one row; an undefined value is a gap of an absent sensor. */
function frame(sequence: number, temperature: number, co2: number | undefined): Buffer {
    const buffer = Buffer.alloc(100)
    const encoder = new FrameEncoder(buffer, 2, crc16(schema, 0, schema.length, CRC16_START))
    encoder.begin(7, sequence, true)
    encoder.add(
        TIME / 1000 + 60 * sequence,
        [temperature, co2 ?? 0],
        [QUALITY_OK, co2 === undefined ? QUALITY_ABSENT : QUALITY_OK]
    )
    return buffer.subarray(0, encoder.finish())
}

function sealed(key: Buffer, counter: number, plain: Buffer): Buffer {
    const head = Buffer.alloc(12, 0x55)
    head[0] = 0x81
    head.writeUIntLE(counter, 9, 3)
    const nonce = Buffer.concat([head.subarray(1), Buffer.alloc(2)])
    const cipher = createCipheriv("aes-256-ccm", key, nonce, { authTagLength: 8 })
    const ciphertext = cipher.update(plain)
    cipher.final()
    return Buffer.concat([head, ciphertext, cipher.getAuthTag()])
}

/** A `suitcase listen` that runs until {@link Listener.end}. */
class Listener {
    private constructor(
        readonly terminal: FakeTerminal,
        private readonly code: Promise<number>,
        private readonly stop: AbortController,
        private readonly state: string | undefined
    ) {}

    /** Resolves once it has subscribed. */
    static async start(
        broker: string,
        flags: Partial<Parameters<typeof listen>[0]>,
        terminal = fakeTerminal()
    ): Promise<Listener> {
        const stop = new AbortController()
        const format = flags.format ?? "csv"
        const state =
            format === "table"
                ? {}
                : { state: mkdtempSync(path.join(os.tmpdir(), "suitcase-listen-state-")) }
        const code = listen(
            // Whatever the computer says that runs the tests.
            { broker, format, time: true, trustClock: true, ...state, ...flags },
            terminal,
            stop.signal
        )
        const stream = terminal.isLive ? terminal.out : terminal.err
        await Promise.race([code, stream.until(/Listening/)])
        return new Listener(terminal, code, stop, flags.state ?? state.state)
    }

    async end(): Promise<number> {
        this.stop.abort()
        const code = await this.code
        if (this.state !== undefined) rmSync(this.state, { recursive: true, force: true })
        return code
    }
}

describe("suitcase listen", () => {
    let broker: AedesBroker
    let url: string
    let client: MqttClient
    let listener: Listener | undefined

    beforeEach(async () => {
        broker = await AedesBroker.start()
        url = `mqtt://127.0.0.1:${await broker.listen()}`
        client = await mqtt.connectAsync(url)
        await client.publishAsync("suitcase/town/n1/schema", schema, { retain: true, qos: 1 })
    })
    afterEach(async () => {
        await listener?.end()
        listener = undefined
        await client.endAsync(true)
        await broker.close()
    })

    async function publish(leaf: string, payload: string | Buffer, node = "town/n1") {
        await client.publishAsync(`suitcase/${node}/${leaf}`, payload, { qos: 1 })
    }

    it("--watch says which node of the kit file is silent, and when it is back", async () => {
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-watch-"))
        const node = "board: suitcase_xiao_c3\nsensors: [sht4x]\nnotification: { threshold: 1s }"
        writeFileSync(path.join(folder, "suitcase.yaml"), fileWith(node))
        listener = await Listener.start(url, { watch: folder })
        const { err } = listener.terminal
        await err.until(/townhall\/hall not heard of for \d+ s, more than 1 s\n/)
        await publish("status", "{}", "townhall/hall")
        await err.until(/townhall\/hall is back after \d+ s\n/)
        rmSync(folder, { recursive: true })
    })

    it("--format csv prints a header and one line per reading, gaps with their reason", async () => {
        listener = await Listener.start(url, { format: "csv" })
        await publish("frame", frame(0, 2137, 650))
        await publish("frame", frame(0, 2137, 650))
        await publish("frame", frame(1, -501, undefined))
        await listener.terminal.out.until(/absent,,\n/)
        expect(listener.terminal.out.lines).toEqual([
            "site,node,boot,sequence,time,channel,unit,value,integer,quality,time_uncertainty_ms,calibration",
            "town,n1,7,0,2024-01-15T08:30:00.000Z,temperature,Cel,21.37,2137,ok,,",
            "town,n1,7,0,2024-01-15T08:30:00.000Z,co2,ppm,650,650,ok,,",
            "town,n1,7,1,2024-01-15T08:31:00.000Z,temperature,Cel,-5.01,-501,ok,,",
            "town,n1,7,1,2024-01-15T08:31:00.000Z,co2,ppm,,,absent,,",
        ])
        expect(await listener.end()).toBe(0)
        expect(listener.terminal.err.text).not.toContain("lost the connection")
        expect(listener.terminal.err.text).toContain(
            "3 readings and 1 gap in 2 frames; 0 frames missing, 1 duplicate dropped"
        )
    })

    it("--format ndjson prints one JSON object per line", async () => {
        listener = await Listener.start(url, { format: "ndjson" })
        await publish("frame", frame(1, -501, undefined))
        await listener.terminal.out.until(/absent"}\n/)
        expect(listener.terminal.out.lines.map(text => JSON.parse(text) as unknown)).toEqual([
            {
                site: "town",
                node: "n1",
                boot: 7,
                sequence: 1,
                time: TIME + 60_000,
                timeUncertaintyMs: null,
                channel: "temperature",
                unit: "Cel",
                value: -5.01,
                integer: -501,
                quality: "ok",
            },
            {
                site: "town",
                node: "n1",
                boot: 7,
                sequence: 1,
                time: TIME + 60_000,
                timeUncertaintyMs: null,
                channel: "co2",
                unit: "ppm",
                value: null,
                integer: null,
                quality: "absent",
            },
        ])
    })

    it("writes several outputs at once, and shows a table beside them", async () => {
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-outputs-"))
        try {
            const [json, danish] = ["ndjson", "csv-da"].map(name => path.join(folder, name))
            const out = [`ndjson=${json}`, `csv-da=${danish}`]
            const state = path.join(folder, "state")
            listener = await Listener.start(url, { format: "table", out, state })
            await publish("frame", frame(0, 2137, undefined))
            await listener.terminal.out.until(/absent\n/)
            expect(await listener.end()).toBe(0)
            expect(listener.terminal.out.lines).toHaveLength(2)
            expect(linesIn(json)).toHaveLength(2)
            expect(linesIn(danish)[1]).toContain(";temperature;Cel;21,37;2137;ok;")
        } finally {
            rmSync(folder, { recursive: true, force: true })
        }
    })

    it("--format table prints aligned lines into a pipe", async () => {
        listener = await Listener.start(url, { format: "table" })
        await publish("frame", frame(0, 2137, undefined))
        await listener.terminal.out.until(/absent\n/)
        expect(listener.terminal.out.lines).toEqual([
            "2024-01-15T08:30:00.000Z  n1  temperature          21.37 °C  ok",
            "2024-01-15T08:30:00.000Z  n1  co2                         –  absent",
        ])
    })

    it("--format table redraws the latest readings on a terminal", async () => {
        const terminal = fakeTerminal(true)
        listener = await Listener.start(url, { format: "table" }, terminal)
        await publish("frame", frame(0, 2137, undefined), "town/78a6c91dd92f5835")
        await client.publishAsync("suitcase/town/78a6c91dd92f5835/schema", schema, { qos: 1 })
        await publish("frame", Buffer.from("what"))
        await terminal.out.until(/too-short/)
        expect(await listener.end()).toBe(0)
        expect(terminal.out.text).toMatch(/│ …d92f5835 │ temperature +│ +21\.37 °C │ ok/)
        expect(terminal.out.text).toMatch(/│ …d92f5835 │ co2 +│ +– │ absent/)
    })

    it.each(["table", "csv"] as const)("--metrics beside %s has what came", async format => {
        listener = await Listener.start(url, { format, metrics: { host: "127.0.0.1", port: 0 } })
        await publish("frame", frame(0, 2137, undefined))
        await listener.terminal.out.until(/absent/)
        const address = /Metrics at (\S+)/.exec(listener.terminal.err.text)?.[1] ?? ""
        const text = await (await fetch(address)).text()
        expect(text).toContain(
            'suitcase_reading{site="town",node="n1",channel="temperature",unit="Cel"} 21.37 '
        )
        expect(text).toContain("suitcase_frames_total 1\n")
        expect(text).toMatch(/# EOF\n$/)
        // Its port is free again.
        await listener.end()
        await expect(fetch(address)).rejects.toThrow()
    })

    it("--metrics on a port that is taken ends with exit code 2", async () => {
        const terminal = fakeTerminal()
        const port = new URL(url).port
        const code = await run(["listen", "--broker", url, "--metrics", port], terminal)
        expect(code).toBe(2)
        expect(terminal.err.text).toBe(
            `suitcase: --metrics 127.0.0.1:${port}: another program listens there\n`
        )
    })

    it("--site leaves out the nodes of other sites", async () => {
        listener = await Listener.start(url, { site: "town" })
        await client.publishAsync("suitcase/port/n1/schema", schema, { qos: 1 })
        await publish("frame", frame(0, 1, 1), "port/n1")
        await publish("frame", frame(0, 2137, 650))
        await listener.terminal.out.until(/co2/)
        expect(listener.terminal.out.text).not.toContain("port,")
    })

    it("--node leaves out all others", async () => {
        listener = await Listener.start(url, { node: ["n2", "n3"] })
        for (const node of ["town/n2", "port/n3"])
            await client.publishAsync(`suitcase/${node}/schema`, schema, { qos: 1 })
        await publish("frame", frame(0, 1, 1))
        await publish("frame", frame(0, 2, 2), "town/n2")
        await publish("frame", frame(0, 3, 3), "port/n3")
        await listener.terminal.out.until(/port,n3.*co2/)
        expect(listener.terminal.out.text).toContain("town,n2")
        expect(listener.terminal.out.text).not.toContain("n1")
    })

    it("names what is wrong with a message it refuses, and goes on", async () => {
        listener = await Listener.start(url, {})
        const damaged = (at: number, sequence: number) => {
            const bytes = frame(sequence, 2137, 650)
            bytes[at] ^= 4
            return bytes
        }
        const [boot, time, rows] = [2, 4, 12]
        await publish("frame", damaged(rows, 0))
        await publish("status", '{"v":2}')
        await publish("frame", frame(1, 2137, 650))
        await publish("frame", damaged(time, 2))
        await publish("frame", damaged(boot, 3))
        await publish("schema", schema.toString())
        await publish("frame", frame(4, 2137, 650))
        await listener.terminal.err.until(/missing before/)
        expect(listener.terminal.err.lines.slice(1)).toEqual([
            "suitcase: suitcase/town/n1/frame: rows: the frame was damaged: its rows do not end with it",
            "suitcase: suitcase/town/n1/status: status: status record.app must be 1 to 64 printable ASCII characters",
            "suitcase: suitcase/town/n1/frame: crc: the checksum does not match the schema of the frame's boot: the frame was damaged",
            "suitcase: suitcase/town/n1/frame: undescribed: the frame was damaged, or is of a program that its node has not described: its checksum matches no schema of the node",
            "suitcase: town/n1: 2 frames missing before number 4 of boot 7",
        ])
        expect(await listener.end()).toBe(0)
        expect(listener.terminal.err.text).toContain(
            "2 frames missing, 0 duplicates dropped, 0 frames waiting for schema or time, or damaged; " +
                "messages refused: 1 rows, 1 status, 1 crc, 1 undescribed"
        )
    })

    it("answers time requests with this computer's time, and malformed ones not at all", async () => {
        listener = await Listener.start(url, {})
        const replies: string[] = []
        client.on("message", (_topic, payload) => replies.push(payload.toString()))
        await client.subscribeAsync("suitcase/+/+/time/set")
        const before = Date.now()
        const reply = new Promise<void>(resolve => client.once("message", () => resolve()))
        await publish("time/get", "12 rm -rf")
        await publish("time/get", "")
        await publish("time/get", "-5")
        await publish("time/get", "123456")
        await reply
        expect(replies).toHaveLength(1)
        const [request, unixMs] = replies[0].split(" ").map(Number)
        expect(request).toBe(123456)
        expect(unixMs).toBeGreaterThanOrEqual(before)
        expect(unixMs).toBeLessThanOrEqual(Date.now())
    })

    it.runIf(process.platform === "linux").each([
        ["no", false],
        ["no", true],
        ["yes", false],
    ])(
        "on a system that says %s to whether its clock is synchronised, with --trust-clock %s, answers or says why not",
        async (word, trustClock) => {
            const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-clock-"))
            const { PATH } = process.env
            try {
                const program = path.join(folder, "timedatectl")
                writeFileSync(program, `#!/bin/sh\necho ${word}\n`, { mode: 0o755 })
                process.env["PATH"] = `${folder}:${PATH ?? ""}`
                listener = await Listener.start(url, { trustClock })
                const replies: string[] = []
                client.on("message", (_topic, payload) => replies.push(payload.toString()))
                await client.subscribeAsync("suitcase/+/+/time/set")
                await publish("time/get", "123456")
                await publish("frame", frame(0, 2137, 650))
                await listener.terminal.out.until(/co2/)
                // Whatever it had sent would have come back before this.
                await client.publishAsync("suitcase/town/n1/time/set", "end", { qos: 1 })
                const isAnswered = word === "yes" || trustClock
                await expect.poll(() => replies.length).toBe(isAnswered ? 2 : 1)
                expect(replies).toContain("end")
                const said = listener.terminal.err.lines.filter(text =>
                    text.includes("not answered")
                )
                expect(said.length, "times that it says so").toBe(isAnswered ? 0 : 1)
            } finally {
                process.env["PATH"] = PATH
                rmSync(folder, { recursive: true })
            }
        }
    )

    it("--no-time leaves time requests to others", async () => {
        listener = await Listener.start(url, { time: false })
        const replies: string[] = []
        client.on("message", (_topic, payload) => replies.push(payload.toString()))
        await client.subscribeAsync("suitcase/+/+/time/set")
        await publish("time/get", "123456")
        await publish("frame", frame(0, 2137, 650))
        await listener.terminal.out.until(/co2/)
        // Whatever it had sent would have come back before this.
        await client.publishAsync("suitcase/town/n1/time/set", "end", { qos: 1 })
        await expect.poll(() => replies).toEqual(["end"])
    })

    it("answers a time request with the moment it came, however long what came with it takes", async () => {
        // A collector that is slow: as long as it works, no time may pass in the answer.
        let now = TIME
        const link = await MqttLink.dial(parseBrokerUrl(url), {
            unixMs: () => now,
            onMessage: topic => {
                if (topic.endsWith("/frame")) now += 5000
            },
        })
        const reply = new Promise<string>(resolve =>
            client.once("message", (_topic, payload) => resolve(payload.toString()))
        )
        await client.subscribeAsync("suitcase/+/+/time/set")
        const sent: Promise<unknown>[] = []
        // One write, so that all of it arrives as one bunch.
        client.stream.cork()
        for (let i = 0; i < 10; i++)
            sent.push(client.publishAsync("suitcase/town/n1/frame", frame(i, 1, 1)))
        sent.push(client.publishAsync("suitcase/town/n1/time/get", "77"))
        client.stream.uncork()
        await Promise.all(sent)
        const [request, unixMs] = (await reply).split(" ").map(Number)
        await link.close()
        expect(request).toBe(77)
        expect(now, "the frames came first").toBe(TIME + 50_000)
        expect(unixMs).toBeLessThan(TIME + 50_000)
    })

    it("does not answer time requests while its clock is in doubt, or beyond 2020 to 2100", async () => {
        let now: number | undefined = undefined
        const link = await MqttLink.dial(parseBrokerUrl(url), {
            unixMs: () => now,
            onMessage: () => undefined,
        })
        const replies: string[] = []
        client.on("message", (_topic, payload) => replies.push(payload.toString()))
        await client.subscribeAsync("suitcase/+/+/time/set")
        for (const [i, time] of [
            undefined,
            Date.UTC(2019, 11, 31),
            Date.UTC(2100, 0, 1),
            TIME,
        ].entries()) {
            now = time
            await publish("time/get", String(i))
            // Whatever it says to that, it says before it hands this on.
            const seen = new Promise(resolve => client.once("message", resolve))
            await client.publishAsync("suitcase/town/n1/time/set", `end ${i}`, { qos: 1 })
            await seen
        }
        await expect.poll(() => replies).toContain(`3 ${TIME}`)
        await link.close()
        expect(replies.filter(text => !text.startsWith("end"))).toEqual([`3 ${TIME}`])
    })

    it("says when nodes come, go and start again, each once", async () => {
        listener = await Listener.start(url, { format: "table" })
        const state = (online: boolean, boot: number) =>
            publish("state", JSON.stringify({ v: 1, online, boot }))
        await state(true, 7)
        await state(true, 7)
        await state(false, 7)
        await state(true, 8)
        await state(true, 9)
        await listener.terminal.err.until(/after a restart\n.*after a restart/)
        expect(listener.terminal.err.lines.slice(1)).toEqual([
            "suitcase: town/n1 is online",
            "suitcase: town/n1 is offline",
            "suitcase: town/n1 is online after a restart",
            "suitcase: town/n1 is online after a restart",
        ])
    })

    it("--keys opens sealed frames, states the uncertainty of their time, and refuses plain ones", async () => {
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-listen-"))
        const keys = path.join(folder, "keys.json")
        const key = Buffer.alloc(32, 7)
        writeFileSync(keys, JSON.stringify({ n1: key.toString("hex") }), { mode: 0o600 })
        listener = await Listener.start(url, { format: "ndjson", keys })
        await publish("clock", clockText({ uptime: 0, unix: TIME - 1000, uncertainty: 30 }))
        await publish("frame", frame(0, 1, 1))
        await publish("sealed", sealed(key, 1, frame(1, 2137, 650)))
        await publish("sealed", sealed(Buffer.alloc(32, 8), 2, frame(2, 1, 1)))
        await listener.terminal.err.until(/forged/)
        await listener.terminal.out.until(/co2/)
        expect(
            listener.terminal.out.lines.map(text => {
                const { channel, value, timeUncertaintyMs } = JSON.parse(text) as Reading
                return [channel, value, timeUncertaintyMs]
            })
        ).toEqual([
            ["temperature", 21.37, 530],
            ["co2", 650, 530],
        ])
        await listener.end()
        expect(listener.terminal.err.text).toContain("messages refused: 1 unsealed, 1 forged")
        expect(listener.terminal.err.text).not.toContain("0707")
        rmSync(folder, { recursive: true })
    })

    it("notes the 1st and every 10-fold refusal of a kind, and sums up at the end", async () => {
        listener = await Listener.start(url, {})
        for (let i = 0; i < 25; i++) await publish("frame", "what")
        await publish("frame", frame(0, 1, 1))
        await listener.terminal.out.until(/co2/)
        await listener.end()
        const { lines } = listener.terminal.err
        expect(lines.filter(text => text.includes("too-short: "))).toEqual([
            "suitcase: suitcase/town/n1/frame: too-short: a frame has at least 13 B, got 4 B",
            "suitcase: suitcase/town/n1/frame: too-short: a frame has at least 13 B, got 4 B (10 so far)",
        ])
        expect(lines.at(-1)).toMatch(/messages refused: 25 too-short$/)
    })

    it("stops after the time of --for", async () => {
        const terminal = fakeTerminal()
        const state = mkdtempSync(path.join(os.tmpdir(), "suitcase-listen-state-"))
        const words = ["listen", "--broker", url, "--format", "csv", "--state", state]
        expect(await run([...words, "--for", "50ms"], terminal)).toBe(0)
        rmSync(state, { recursive: true })
        expect(terminal.err.text).toMatch(/0 readings and 0 gaps in 0 frames/)
    })

    it("says so when the broker goes away", async () => {
        listener = await Listener.start(url, {})
        await broker.close()
        await listener.terminal.err.until(/lost the connection to mqtt:\/\/127\.0\.0\.1/)
        expect(await listener.end()).toBe(0)
    })
})

describeWith("mosquitto", "with a real Mosquitto", () => {
    it("listen prints every reading that a simulated node sampled, each once", async () => {
        const broker = await Mosquitto.start()
        const listener = await Listener.start(broker.url, { format: "csv", time: false })
        try {
            const terminal = fakeTerminal()
            const words = `sim indoor-climate --for 2h --json --seed 77 --broker ${broker.url}`
            expect(await run(words.split(" "), terminal)).toBe(0)
            const report = JSON.parse(terminal.out.text) as {
                readingsReceived: number
                gaps: number
            }
            expect(report.readingsReceived).toBeGreaterThanOrEqual(4 * 118)
            await expect
                .poll(() => listener.terminal.out.lines.length - 1)
                .toBe(report.readingsReceived + report.gaps)
            const times = listener.terminal.out.lines
                .filter(text => text.includes(",co2,"))
                .map(text => text.split(",")[4])
            expect(new Set(times).size).toBe(times.length)
            expect(times).toContain("2024-01-15T00:01:00.000Z")
        } finally {
            await listener.end()
            await broker.stop()
        }
    })
})
