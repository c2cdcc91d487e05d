import fc from "fast-check"
import mqtt from "mqtt-packet"
import { describe, expect, it } from "vitest"
import { MAX_PACKET_BYTES, MalformedError, PacketGuard } from "./packet-guard.js"

function publish(topic: string, payload: Buffer, qos: 0 | 1, messageId: number): Buffer {
    return mqtt.generate({
        cmd: "publish",
        topic,
        payload,
        qos,
        messageId,
        dup: false,
        retain: false,
    })
}

/** Cuts bytes into chunks at these shares of their length. */
function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
    const places = [0, ...cuts.map(cut => Math.floor(cut * bytes.length)), bytes.length]
    places.sort((a, b) => a - b)
    return places.slice(1).map((to, i) => bytes.subarray(places[i], to))
}

describe("the guard before an MQTT client", () => {
    const message = fc.record({
        topic: fc.stringMatching(/^[a-z]{1,9}(\/[a-z]{1,200}){0,2}$/),
        size: fc.oneof(
            fc.integer({ min: 0, max: 300 }),
            fc.integer({ min: MAX_PACKET_BYTES - 30, max: MAX_PACKET_BYTES + 400_000 })
        ),
        qos: fc.constantFrom<(0 | 1)[]>(0, 1),
    })

    it("passes every packet on as it is, but a message that is too long without its content, however it is cut", () => {
        const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
        fc.assert(
            fc.property(fc.array(message, { maxLength: 6 }), cuts, (messages, places) => {
                const packets: Buffer[] = [Buffer.from([0x20, 2, 0, 0])]
                const expected: Buffer[] = [...packets]
                const left: [string, number][] = []
                messages.forEach(({ topic, size, qos }, i) => {
                    const whole = publish(topic, Buffer.alloc(size, 7), qos, i + 1)
                    packets.push(whole, Buffer.from([0xd0, 0]))
                    const bytes = 2 + topic.length + 2 * qos + size
                    const isTooLong = bytes > MAX_PACKET_BYTES
                    if (isTooLong) left.push([topic, bytes])
                    expected.push(
                        isTooLong ? publish(topic, Buffer.alloc(0), qos, i + 1) : whole,
                        Buffer.from([0xd0, 0])
                    )
                })
                const told: [string, number][] = []
                const guard = new PacketGuard((...of) => told.push(of))
                const passed = chunksOf(Buffer.concat(packets), places).flatMap(chunk =>
                    guard.filter(chunk)
                )
                expect(Buffer.concat(passed).equals(Buffer.concat(expected))).toBe(true)
                expect(told).toEqual(left)
            }),
            { numRuns: 60 }
        )
    })

    it("gathers no content of a message that is too long", () => {
        const guard = new PacketGuard(() => undefined)
        const whole = publish("a/b", Buffer.alloc(4_000_000), 1, 9)
        let most = 0
        for (let at = 0; at < whole.length; at += 1000) {
            const passed = guard.filter(whole.subarray(at, at + 1000))
            most = Math.max(most, ...passed.map(part => part.length))
        }
        expect(most, "B passed on at once").toBeLessThan(20)
    })

    it.each([
        ["a length of five bytes", Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01])],
        ["an answer that is longer than any message", Buffer.from([0x90, 0xff, 0xff, 0xff, 0x7f])],
    ])("ends the connection for %s", (_what, bytes) => {
        expect(() => new PacketGuard(() => undefined).filter(bytes)).toThrow(MalformedError)
    })
})
