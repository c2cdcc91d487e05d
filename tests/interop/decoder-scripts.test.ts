/**
 * Scripts of `suitcase decoder`, run where their platforms run them: in a context with nothing
 * of Node's, on frames of a real program, against what the decoder library says of them.
 */
import vm from "node:vm"
import { beforeAll, describe, expect, it } from "vitest"
import { simulatedApp } from "../../sim/apps/registry.js"
import { compile } from "../../sim/program/compile.js"
import { hours } from "../../sim/time/duration.js"
import { LEAF_FRAME, LEAF_SCHEMA } from "../../src/core/protocol/topics.js"
import { type PlatformFrame } from "../../tools/decoder/platforms/payload.js"
import { type NgsiEntity } from "../../tools/decoder/platforms/os2iot.js"
import { parseSchema, parseTopic, type Reading, type Schema } from "../../tools/decoder/index.js"
import { PLATFORMS, decoderScript } from "../../tools/cli/decoder/script.js"
import { run } from "../../tools/cli/cli.js"
import { SimSession } from "../../tools/cli/sim/session.js"
import { fakeTerminal } from "../support/fake-terminal.js"

const frames: Uint8Array[] = []
const readings: Reading[] = []
let schema: Schema
const scripts = new Map<string, string>()

beforeAll(async () => {
    const app = simulatedApp("indoor-climate")
    if (app === undefined) throw new Error("indoor-climate is not simulated")
    const session = await SimSession.open({
        app,
        program: compile("devs/indoor-climate.ts"),
        runMs: hours(1),
        onMessage: (topic, payload) => {
            const leaf = parseTopic(topic)?.leaf
            if (leaf === LEAF_FRAME) frames.push(payload)
            if (leaf === LEAF_SCHEMA) schema = parseSchema(payload)
        },
        onReading: reading => readings.push(reading),
    })
    try {
        await session.run(hours(1))
    } finally {
        await session.close()
    }
    for (const platform of PLATFORMS)
        scripts.set(
            platform.name,
            await decoderScript(platform, { schemas: [schema], type: "IndoorEnvironmentObserved" })
        )
})

/** Only what ECMAScript itself has, and what is given. */
function bare(code: string, globals: object = {}): unknown {
    const context = vm.createContext({ ...globals }, { codeGeneration: { strings: false } })
    // Platforms pass results on as JSON; and objects of another context equal none of ours.
    const text = vm.runInContext(`JSON.stringify((() => { ${code} })())`, context) as string
    return JSON.parse(text)
}

function script(name: string): string {
    return scripts.get(name) ?? expect.fail(`no script for ${name}`)
}

/** A frame whose node knew the time. */
function aFrame(): Uint8Array {
    return frames.find(frame => (frame[0] & 32) !== 0) ?? expect.fail("no frame with Unix time")
}

function base64(frame: Uint8Array): string {
    return Buffer.from(frame).toString("base64")
}

/** What the library made of the times that a decoded frame has. */
function expectedOf({ readings: decoded }: PlatformFrame): unknown[] {
    const times = new Set(decoded.map(({ time }) => time))
    return readings
        .filter(({ time }) => times.has(new Date(time).toISOString()))
        .map(({ channel, value, unit, quality, time }) => ({
            channel,
            value: value ?? null,
            unit,
            quality,
            time: new Date(time).toISOString(),
        }))
}

function plain({ readings: decoded }: PlatformFrame): unknown[] {
    return decoded.map(({ channel, value, unit, quality, time }) => ({
        channel,
        value,
        unit,
        quality,
        time,
    }))
}

describe.each(["chirpstack", "ttn"])("the script for %s", name => {
    const uplink = (bytes: Uint8Array) =>
        bare(
            `${script(name)}; return decodeUplink({ bytes: ${JSON.stringify([...bytes])}, fPort: 1 })`
        )

    it("gives the readings that the library gives, in a context without anything", () => {
        expect(frames.length).toBeGreaterThan(2)
        let compared = 0
        for (const frame of frames) {
            if ((frame[0] & 32) === 0) continue
            const { data } = uplink(frame) as { data: PlatformFrame }
            expect(plain(data)).toEqual(expectedOf(data))
            expect(data.boot).toBe(frame[2] + 256 * frame[3])
            compared += data.readings.length
        }
        expect(compared).toBeGreaterThan(100)
    })

    it("says in words what is wrong with damaged bytes, and what it is not for", () => {
        const damaged = Uint8Array.from(aFrame())
        damaged[20] ^= 1
        expect(uplink(damaged)).toEqual({ errors: [expect.stringContaining("damaged")] })
        const ending = Uint8Array.from(aFrame())
        ending[ending.length - 1] ^= 1
        expect(uplink(ending)).toEqual({
            errors: [
                expect.stringMatching(/damaged, or is of another program: its checksum gives/),
            ],
        })
        expect(uplink(new Uint8Array(0))).toEqual({ errors: [expect.stringContaining("at least")] })
    })
})

describe("the script for OS2iot", () => {
    const DEVICE = { name: "Mødelokale 3", location: { coordinates: [10.21, 56.15] } }
    const decoded = (payload: unknown, around = "") =>
        bare(
            `${around}${script("os2iot")}; return decode(${JSON.stringify(payload)}, ${JSON.stringify(DEVICE)})`
        ) as NgsiEntity[]

    it("gives an NGSI-LD entity for each row, with the times of sampling, of the node's JSON", () => {
        const entities = decoded({ v: 1, kind: "frame", data: base64(aFrame()) })
        const [first] = entities
        expect(first).toMatchObject({
            id: "urn:ngsi-ld:IndoorEnvironmentObserved:M%C3%B8delokale-3",
            type: "IndoorEnvironmentObserved",
            location: {
                type: "GeoProperty",
                value: { type: "Point", coordinates: [10.21, 56.15] },
            },
            temperature: { type: "Property", unitCode: "CEL" },
            relativeHumidity: { type: "Property", unitCode: "P1" },
        })
        const times = entities.map(
            e => (e["temperature"] as { observedAt?: string } | undefined)?.observedAt
        )
        const { data } = bare(
            `${script("chirpstack")}; return decodeUplink({ bytes: ${JSON.stringify([...aFrame()])} })`
        ) as { data: PlatformFrame }
        const sampled = data.readings.filter(r => r.channel === "temperature" && r.value !== null)
        expect(times.filter(time => time !== undefined)).toEqual(sampled.map(({ time }) => time))
        expect(
            entities.map(e => (e["temperature"] as { value: number } | undefined)?.value)
        ).toEqual(
            data.readings
                .filter(r => r.channel === "temperature")
                .map(({ value }) => value ?? undefined)
        )
    })

    it("takes what ChirpStack hands on too, and leaves the platform's own names alone", () => {
        const around = "let result, innerPayload; const parentPort = {}, workerData = {};"
        expect(decoded({ fPort: 1, data: base64(aFrame()) }, around).length).toBeGreaterThan(0)
    })

    it("refuses a sealed frame and what is none, in words", () => {
        expect(() => decoded({ v: 1, kind: "sealed", data: "AAAA" })).toThrow(
            "this frame is sealed"
        )
        expect(() => decoded({})).toThrow("the payload holds no frame")
        expect(() => decoded({ kind: "frame", data: "a!b" })).toThrow('not base64: "!"')
    })
})

describe("the script for Node-RED", () => {
    it("runs in a function node, which has Buffer but neither atob nor TextDecoder", () => {
        const payload = Buffer.from(aFrame())
        const text = `const msg = { payload: Buffer.from(${JSON.stringify(base64(payload))}, "base64"), topic: "t" };
            return (function (msg) { ${script("node-red")} })(msg)`
        const message = bare(text, { Buffer }) as { payload: PlatformFrame; topic: string }
        expect(message.topic).toBe("t")
        expect(plain(message.payload)).toEqual(expectedOf(message.payload))
    })
})

describe("suitcase decoder", () => {
    async function decoder(...args: string[]): Promise<{ code: number; out: string; err: string }> {
        const terminal = fakeTerminal()
        const code = await run(["decoder", ...args], terminal)
        return { code, out: terminal.out.text, err: terminal.err.text }
    }

    it("makes the script of an app, small enough for its platform", async () => {
        const { code, out, err } = await decoder("ttn", "--app", "indoor-climate")
        expect([code, err]).toEqual([0, ""])
        expect(out.length).toBeLessThan(40_960)
        const { data } = bare(
            `${out}; return decodeUplink({ bytes: ${JSON.stringify([...aFrame()])} })`
        ) as { data: PlatformFrame }
        expect(plain(data)).toEqual(expectedOf(data))
    })

    it.each([
        [["mqttfx", "--app", "indoor-climate"], 'there is no platform "mqttfx"; there are os2iot'],
        [["os2iot"], "name an app with --app, or a schema record with --schema"],
        [["os2iot", "--schema", "none.json"], "--schema none.json: no such file"],
        [["os2iot", "--schema", "package.json"], "--schema package.json: schema record"],
        [["os2iot", "--app", "bus-scan"], "bus-scan cannot be simulated"],
        [["os2iot", "--app", "indoor-climate", "--type", 'x"'], "a type is letters and digits"],
    ])("refuses %j in one line", async (args, message) => {
        const { code, out, err } = await decoder(...args)
        expect(err).toContain(message)
        expect([code, out]).toEqual([2, ""])
    })
})
