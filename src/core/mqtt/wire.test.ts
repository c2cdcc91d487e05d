import fc from "fast-check"
import mqtt, { type IConnectPacket, type IPublishPacket, type Packet } from "mqtt-packet"
import { describe, expect, it } from "vitest"
import {
    CONNACK,
    PINGRESP,
    PUBACK,
    PUBLISH,
    SUBACK,
    connackText,
    connectLength,
    publishLength,
    putConnect,
    putDisconnect,
    putPingreq,
    putPuback,
    putPublishHead,
    putSubscribe,
    subscribeLength,
} from "./packets.js"
import { MqttProtocolError, PacketReader, makeAscii } from "./reader.js"
import { topicOf } from "../protocol/topics.js"

/** Parses one packet with the library that brokers use. */
function parse(bytes: Uint8Array): Packet {
    const packets: Packet[] = []
    const parser = mqtt.parser({ protocolVersion: 4 })
    parser.on("packet", packet => packets.push(packet))
    expect(parser.parse(Buffer.from(bytes)), "bytes left over").toBe(0)
    expect(packets.length).toBe(1)
    return packets[0]
}

const NO_WILL = { willTopic: "", will: new Uint8Array(0) }

describe("MQTT packets as a broker reads them", () => {
    it("[MQTT-3.1.0-1] [MQTT-3.1.2-8] CONNECT carries level 4, session flag, keep-alive of 16 bits, will, user and password", () => {
        for (const isCleanSession of [false, true]) {
            const fields = {
                clientId: "suitcase-0123456789abcdef",
                keepAliveSeconds: 65535,
                isCleanSession,
                user: "aarhus",
                password: "se cret~",
                willTopic: "suitcase/demo/n1/state",
                will: Uint8Array.of(0, 255, 128, 34),
            }
            const bytes = new Uint8Array(connectLength(fields))
            expect(putConnect(bytes, fields)).toBe(bytes.length)
            expect(parse(bytes)).toMatchObject({
                cmd: "connect",
                protocolId: "MQTT",
                protocolVersion: 4,
                clean: isCleanSession,
                keepalive: 65535,
                clientId: fields.clientId,
                username: "aarhus",
                password: Buffer.from("se cret~"),
                will: {
                    topic: "suitcase/demo/n1/state",
                    payload: Buffer.from([0, 255, 128, 34]),
                    qos: 1,
                    retain: true,
                },
            })
        }
    })

    it("[MQTT-3.1.2-22] CONNECT without user has no password either, and without will no will", () => {
        const fields = {
            clientId: "n",
            keepAliveSeconds: 300,
            isCleanSession: false,
            user: "",
            password: "orphan",
            ...NO_WILL,
        }
        const bytes = new Uint8Array(connectLength(fields))
        expect(putConnect(bytes, fields)).toBe(bytes.length)
        const packet = parse(bytes) as IConnectPacket
        expect([packet.username, packet.password, packet.will]).toEqual([
            undefined,
            undefined,
            undefined,
        ])
        expect(packet.keepalive).toBe(300)
    })

    it("[MQTT-1.5.3-1] text with other characters than ASCII is refused, and a password is not in the message", () => {
        const fields = { clientId: "n", keepAliveSeconds: 1, isCleanSession: true, ...NO_WILL }
        for (const bad of ["\u00e5rhus", "a\u0000b", "tab\t", "\u2603", "\u{1F600}", "\u007f"]) {
            const credentials = { ...fields, user: "u", password: bad }
            const bytes = new Uint8Array(1000)
            let message = ""
            try {
                putConnect(bytes, credentials)
            } catch (e) {
                expect(e).toBeInstanceOf(RangeError)
                message = (e as Error).message
            }
            expect(message, JSON.stringify(bad)).toContain("ASCII")
            expect(message).not.toContain(bad)
            expect(() => putPublishHead(bytes, bad, 1, 0, false, false)).toThrow(RangeError)
            expect(() => putSubscribe(bytes, 1, ["a", bad])).toThrow(RangeError)
        }
    })

    it("[MQTT-2.3.1-1] [MQTT-3.3.1-1] PUBLISH at every length around the header's size steps", () => {
        for (const length of [0, 1, 90, 91, 120, 121, 122, 127, 128, 1000, 16_300, 16_383, 17_000])
            for (const packetId of [0, 1, 65535])
                for (const isDuplicate of [false, true]) {
                    const topic = topicOf("demo", "n1", "frame")
                    const bytes = new Uint8Array(publishLength(topic, packetId, length))
                    const at = putPublishHead(bytes, topic, packetId, length, true, isDuplicate)
                    expect(at + length).toBe(bytes.length)
                    bytes.fill(0x5a, at)
                    const { payload, ...rest } = parse(bytes) as IPublishPacket
                    expect(Buffer.alloc(length, 0x5a).equals(payload as Buffer)).toBe(true)
                    expect(rest).toMatchObject({
                        cmd: "publish",
                        topic: "suitcase/demo/n1/frame",
                        qos: packetId === 0 ? 0 : 1,
                        retain: true,
                        dup: isDuplicate,
                    })
                }
    })

    it("[MQTT-3.8.1-1] [MQTT-3.8.3-3] SUBSCRIBE, PUBACK, PINGREQ and DISCONNECT", () => {
        const filters = ["a/b/#", "c", "a/very/long/filter".repeat(8)]
        for (let n = 1; n <= 3; n++) {
            const some = filters.slice(0, n)
            const subscribe = new Uint8Array(subscribeLength(some))
            expect(putSubscribe(subscribe, 258, some)).toBe(subscribe.length)
            expect(parse(subscribe)).toMatchObject({
                cmd: "subscribe",
                messageId: 258,
                subscriptions: some.map(topic => ({ topic, qos: 1 })),
            })
        }
        const small = new Uint8Array(4)
        expect(putPuback(small, 65534)).toBe(4)
        expect(parse(small)).toMatchObject({ cmd: "puback", messageId: 65534 })
        expect(putPingreq(small)).toBe(2)
        expect(parse(small.slice(0, 2))).toMatchObject({ cmd: "pingreq" })
        expect(putDisconnect(small)).toBe(2)
        expect(parse(small.slice(0, 2))).toMatchObject({ cmd: "disconnect" })
    })

    it("every CONNACK code has words", () => {
        expect([0, 1, 2, 3, 4, 5].map(connackText)).toEqual([
            "accepted",
            "the broker does not speak MQTT 3.1.1",
            "the broker does not allow this client id",
            "the broker is not available",
            "wrong user name or password",
            "not authorised",
        ])
        expect(connackText(77)).toBe("refused with code 77")
    })
})

describe("the packet reader", () => {
    const publish = (topic: string, payload: string, messageId = 0) =>
        mqtt.generate({
            cmd: "publish",
            topic,
            payload,
            qos: messageId === 0 ? 0 : 1,
            messageId,
            retain: false,
            dup: false,
        })
    const stream = Buffer.concat([
        mqtt.generate({ cmd: "connack", returnCode: 0, sessionPresent: true }),
        mqtt.generate({ cmd: "suback", messageId: 513, granted: [1, 0] }),
        mqtt.generate({ cmd: "puback", messageId: 65535 }),
        publish("a/cmd", "x".repeat(200), 77),
        mqtt.generate({ cmd: "pingresp" }),
        publish("t", ""),
    ])
    const all = [
        "connack 0 true",
        "suback 513 2 1",
        "puback 65535",
        "publish 77 a/cmd 200",
        "pingresp",
        "publish 0 t 0",
    ]

    /** All packets of a stream that arrives in these pieces, in words. */
    function read(pieces: readonly Uint8Array[], capacity = 512): string[] {
        const reader = new PacketReader(new Uint8Array(capacity))
        const seen: string[] = []
        for (const piece of pieces) {
            reader.begin(piece)
            while (reader.next()) seen.push(inWords(reader))
        }
        return seen
    }

    function inWords(reader: PacketReader): string {
        const { packetId, code, codes } = reader
        if (reader.type === CONNACK) return `connack ${code} ${reader.isSessionPresent}`
        if (reader.type === SUBACK) return `suback ${packetId} ${codes} ${code}`
        if (reader.type === PUBACK) return `puback ${packetId}`
        if (reader.type === PINGRESP) return "pingresp"
        expect(reader.type).toBe(PUBLISH)
        const topicEnd = reader.topicStart + reader.topicLength
        const topic = Buffer.from(reader.body as Uint8Array).toString("latin1", 2, topicEnd)
        if (reader.isOversize) return `publish ${packetId} ${topic} too long`
        return `publish ${packetId} ${topic} ${reader.payloadLength}`
    }

    it("finds every packet when all arrive in one piece, and when each byte comes alone", () => {
        expect(read([stream])).toEqual(all)
        expect(read([...stream].map(byte => Uint8Array.of(byte)))).toEqual(all)
    })

    it("finds the same packets however the network splits and joins the stream", () => {
        fc.assert(
            fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), cuts => {
                const at = [0, ...cuts.sort((a, b) => a - b), stream.length]
                const pieces = at.slice(1).map((end, i) => stream.subarray(at[i], end))
                expect(read(pieces)).toEqual(all)
            }),
            { numRuns: 500, seed: 1 }
        )
    })

    it("skips the end of a PUBLISH that is longer than its buffer, and goes on after it", () => {
        const ping = mqtt.generate({ cmd: "pingresp" })
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 3000 }),
                fc.integer({ min: 1, max: 700 }),
                fc.boolean(),
                (payload, step, isQos1) => {
                    const id = isQos1 ? 9 : 0
                    const bytes = Buffer.concat([publish("a/cmd", "x".repeat(payload), id), ping])
                    const pieces: Uint8Array[] = []
                    for (let at = 0; at < bytes.length; at += step)
                        pieces.push(bytes.subarray(at, at + step))
                    const room = 512 - 2 - 5 - (isQos1 ? 2 : 0)
                    const size = payload > room ? "too long" : String(payload)
                    expect(read(pieces)).toEqual([`publish ${id} a/cmd ${size}`, "pingresp"])
                }
            ),
            { numRuns: 300, seed: 1 }
        )
    })

    it("writes no byte beyond its buffer, whatever comes", () => {
        const memory = new Uint8Array(64)
        const reader = new PacketReader(memory.subarray(0, 32))
        reader.begin(publish("a", "y".repeat(5000), 5))
        expect([reader.next(), reader.isOversize, reader.packetId]).toEqual([true, true, 5])
        expect([...memory.subarray(32)].every(byte => byte === 0)).toBe(true)
    })

    it.each([
        ["five length bytes", "MQTT 2.2.3", [0x30, 0xff, 0xff, 0xff, 0xff, 0x01]],
        ["PUBLISH with QoS 2", "MQTT-3.8.4-6", [0x34, 0x05, 0, 1, 0x61, 0, 1]],
        ["PUBLISH with QoS 3", "MQTT-3.3.1-4", [0x36, 0x05, 0, 1, 0x61, 0, 1]],
        ["PUBLISH that ends in its topic", "MQTT-3.3.2-1", [0x30, 0x03, 0, 9, 0x61]],
        ["PUBLISH of one byte", "MQTT-3.3.2-1", [0x30, 0x01, 0]],
        ["PUBLISH without its packet id", "MQTT-3.3.2-1", [0x32, 0x03, 0, 1, 0x61]],
        ["PUBLISH with packet id 0", "MQTT-2.3.1-1", [0x32, 0x05, 0, 1, 0x61, 0, 0]],
        ["CONNACK of one byte", "MQTT 2.2.3", [0x20, 0x01, 0]],
        ["CONNACK with reserved flags", "MQTT 3.2.2.1", [0x20, 0x02, 2, 0]],
        ["CONNACK that refuses with a session", "MQTT-3.2.2-4", [0x20, 0x02, 1, 5]],
        ["PUBACK with flags", "MQTT-2.2.2-2", [0x41, 0x02, 0, 1]],
        ["PUBACK of three bytes", "MQTT 2.2.3", [0x40, 0x03, 0, 1, 0]],
        ["SUBACK without return code", "MQTT 2.2.3", [0x90, 0x02, 0, 1]],
        ["SUBACK with return code 3", "MQTT-3.9.3-2", [0x90, 0x04, 0, 1, 1, 3]],
        ["SUBACK with return code 129", "MQTT-3.9.3-2", [0x90, 0x03, 0, 1, 0x81]],
        ["PINGRESP with a body", "MQTT 2.2.3", [0xd0, 0x01, 0]],
        ["CONNECT from a broker", "MQTT 2.2.1", [0x10, 0x00]],
        ["packet type 0", "MQTT 2.2.1", [0x00, 0x00]],
        ["packet type 15", "MQTT 2.2.1", [0xf0, 0x00]],
    ])("[MQTT-4.8.0-1] refuses %s with [%s]", (_what, clause, bytes) => {
        let error: unknown
        try {
            read([Uint8Array.from(bytes)])
        } catch (e) {
            error = e
        }
        expect(error).toBeInstanceOf(MqttProtocolError)
        expect((error as Error).name).toBe("MqttProtocolError")
        expect((error as Error).message.startsWith(`[${clause}] `), String(error)).toBe(true)
    })

    it("refuses a SUBACK and a topic that are longer than its buffer", () => {
        const suback = mqtt.generate({
            cmd: "suback",
            messageId: 1,
            granted: new Array<number>(40).fill(1),
        })
        expect(() => read([suback], 32)).toThrow(/\[MQTT 2.2.3\] packet type 9 of 42 B/)
        expect(() => read([publish("t".repeat(40), "x")], 32)).toThrow(/\[MQTT-3.3.2-1\]/)
    })

    it("any bytes give packets or a protocol error, never anything else", () => {
        fc.assert(
            fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), pieces => {
                try {
                    read(pieces, 32)
                } catch (e) {
                    expect(e).toBeInstanceOf(MqttProtocolError)
                }
            }),
            { numRuns: 1000, seed: 1 }
        )
    })

    it("forgets a half packet when a new connection begins", () => {
        const reader = new PacketReader(new Uint8Array(64))
        reader.begin(stream.subarray(0, 3))
        expect(reader.next()).toBe(false)
        reader.reset()
        reader.begin(mqtt.generate({ cmd: "pingresp" }))
        expect([reader.next(), reader.type]).toEqual([true, PINGRESP])
    })

    it("makes any bytes text, white space spaces, and leaves what is printable", () => {
        const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
        makeAscii(bytes, 0, 255)
        expect([...bytes.subarray(0x20, 0x7f)]).toEqual(
            Array.from({ length: 95 }, (_, i) => i + 32)
        )
        for (const code of [0x09, 0x0a, 0x0d]) expect(bytes[code]).toBe(0x20)
        const others = [
            ...bytes.subarray(0, 9),
            ...bytes.subarray(14, 32),
            ...bytes.subarray(127, 255),
        ]
        expect(new Set(others)).toEqual(new Set([0x1a]))
        expect(bytes[255], "beyond the length").toBe(255)
    })
})
