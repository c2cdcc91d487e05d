import fc from "fast-check"
import mqtt, { type IPublishPacket, type Packet } from "mqtt-packet"
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
import { MqttProtocolError, PacketReader, textAt } from "./reader.js"
import { topicOf } from "./topics.js"

/** Parses one packet with the library that brokers use. */
function parse(bytes: Uint8Array): Packet {
    const packets: Packet[] = []
    const parser = mqtt.parser({ protocolVersion: 4 })
    parser.on("packet", packet => packets.push(packet))
    expect(parser.parse(Buffer.from(bytes)), "bytes left over").toBe(0)
    expect(packets.length).toBe(1)
    return packets[0]
}

describe("MQTT packets as a broker reads them", () => {
    it("[MQTT-3.1.0-1] CONNECT carries level 4, a clean session, keep-alive of 16 bits, user and password", () => {
        const fields = {
            clientId: "suitcase-0123456789abcdef",
            keepAliveSeconds: 65535,
            user: "aarhus",
            password: "secret",
        }
        const bytes = new Uint8Array(connectLength(fields))
        expect(putConnect(bytes, fields)).toBe(bytes.length)
        expect(parse(bytes)).toMatchObject({
            cmd: "connect",
            protocolId: "MQTT",
            protocolVersion: 4,
            clean: true,
            keepalive: 65535,
            clientId: fields.clientId,
            username: "aarhus",
            password: Buffer.from("secret"),
        })
    })

    it("[MQTT-3.1.2-22] CONNECT without user has neither user nor password", () => {
        const fields = { clientId: "n", keepAliveSeconds: 300, user: "", password: "" }
        const bytes = new Uint8Array(connectLength(fields))
        putConnect(bytes, fields)
        const packet = parse(bytes) as { username?: string; password?: Buffer }
        expect([packet.username, packet.password]).toEqual([undefined, undefined])
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

    it("SUBSCRIBE, PUBACK, PINGREQ and DISCONNECT", () => {
        const subscribe = new Uint8Array(subscribeLength("a/b/#"))
        expect(putSubscribe(subscribe, 258, "a/b/#")).toBe(subscribe.length)
        expect(parse(subscribe)).toMatchObject({
            cmd: "subscribe",
            messageId: 258,
            subscriptions: [{ topic: "a/b/#", qos: 1 }],
        })
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
    const stream = Buffer.concat([
        mqtt.generate({ cmd: "connack", returnCode: 0, sessionPresent: false }),
        mqtt.generate({ cmd: "suback", messageId: 513, granted: [1] }),
        mqtt.generate({ cmd: "puback", messageId: 65535 }),
        mqtt.generate({
            cmd: "publish",
            topic: "a/cmd",
            payload: "x".repeat(200),
            qos: 1,
            messageId: 77,
            retain: false,
            dup: false,
        }),
        mqtt.generate({ cmd: "pingresp" }),
        mqtt.generate({
            cmd: "publish",
            topic: "t",
            payload: "",
            qos: 0,
            retain: true,
            dup: false,
        }),
    ])

    /** All packets of a stream that arrives in these pieces, in words. */
    function read(pieces: readonly Uint8Array[], capacity = 512): string[] {
        const reader = new PacketReader(new Uint8Array(capacity))
        const seen: string[] = []
        for (const piece of pieces) {
            reader.begin(piece)
            while (reader.next()) {
                const topic = textAt(reader.body, reader.topicStart, reader.topicLength)
                const payload = textAt(reader.body, reader.payloadStart, reader.payloadLength)
                if (reader.type === CONNACK) seen.push(`connack ${reader.code}`)
                if (reader.type === SUBACK) seen.push(`suback ${reader.packetId} ${reader.code}`)
                if (reader.type === PUBACK) seen.push(`puback ${reader.packetId}`)
                if (reader.type === PINGRESP) seen.push("pingresp")
                if (reader.type === PUBLISH)
                    seen.push(`publish ${reader.packetId} ${topic} ${payload.length}`)
            }
        }
        return seen
    }

    const all = [
        "connack 0",
        "suback 513 1",
        "puback 65535",
        "publish 77 a/cmd 200",
        "pingresp",
        "publish 0 t 0",
    ]

    it("finds every packet when all arrive in one piece, and when each byte comes alone", () => {
        expect(read([stream])).toEqual(all)
        expect(read([...stream].map(byte => Uint8Array.of(byte)))).toEqual(all)
    })

    it("finds every packet however the stream is cut in three", () => {
        for (let a = 0; a <= stream.length; a += 3)
            for (let b = a; b <= stream.length; b += 7)
                expect(
                    read([stream.subarray(0, a), stream.subarray(a, b), stream.subarray(b)])
                ).toEqual(all)
    })

    it("refuses a packet that is longer than its buffer before taking it", () => {
        expect(() => read([stream], 64)).toThrow(/packet of 209 B; at most 64 B fit/)
    })

    it("[MQTT-2.2.3] [MQTT-3.3.1-4] refuses five length bytes, QoS 2 and 3, wrong lengths and flags, and packets for brokers", () => {
        for (const bytes of [
            [0x30, 0xff, 0xff, 0xff, 0xff, 0x01],
            [0x34, 0x03, 0, 1, 0x61],
            [0x36, 0x03, 0, 1, 0x61],
            [0x30, 0x03, 0, 9, 0x61],
            [0x32, 0x05, 0, 1, 0x61, 0, 0],
            [0x20, 0x01, 0],
            [0x41, 0x02, 0, 1],
            [0xd0, 0x01, 0],
            [0x10, 0x00],
            [0xf0, 0x00],
        ])
            expect(() => read([Uint8Array.from(bytes)]), bytes.join(" ")).toThrow(MqttProtocolError)
    })

    it("any bytes give packets or a protocol error, never anything else", () => {
        fc.assert(
            fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), pieces => {
                try {
                    read(pieces)
                } catch (e) {
                    expect(e).toBeInstanceOf(MqttProtocolError)
                }
            }),
            { numRuns: 1000 }
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
})
