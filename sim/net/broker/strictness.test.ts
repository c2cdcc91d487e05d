/** What the virtual broker holds against a client: one test per statement of MQTT 3.1.1. */
import { type IConnectPacket } from "mqtt-packet"
import { beforeEach, describe, expect, it } from "vitest"
import { VirtualClock } from "../../time/clock.js"
import { VirtualNetwork } from "../network.js"
import { RawClient } from "../raw-client.js"
import { VirtualBroker } from "../virtual-broker.js"

let clock: VirtualClock
let network: VirtualNetwork
let broker: VirtualBroker

beforeEach(() => {
    clock = new VirtualClock(0)
    network = new VirtualNetwork(clock)
    broker = new VirtualBroker(clock, { maxPacketBytes: 4096 })
    network.defaultEndpoint = broker
})

function client(name = "raw"): RawClient {
    return new RawClient(clock, network.newLink(name))
}

const clauses = () => broker.violations.map(({ clause }) => clause)

const PUBLISH_1 = { qos: 1, messageId: 1 } as const
/** CONNECT without fields after the flags, to be completed. */
const connectHex = (flags: string, rest: string) => {
    const body = `0004 4d515454 04 ${flags} 0000 ${rest}`.replaceAll(" ", "")
    return `10 ${(body.length / 2).toString(16).padStart(2, "0")} ${body}`
}
const ID = "0001 61"

describe("bytes that are no packet close the connection", () => {
    it.each([
        ["MQTT-2.2.2-2", "reserved flags of PINGREQ", "c1 00"],
        ["MQTT-2.3.1-1", "PUBLISH with QoS 1 and id 0", "32 05 0001 61 0000"],
        ["MQTT-2.3.1-1", "SUBSCRIBE with id 0", "82 06 0000 0001 61 01"],
        ["MQTT-2.3.1-1", "UNSUBSCRIBE with id 0", "a2 05 0000 0001 61"],
        ["MQTT-3.3.1-2", "DUP with QoS 0", "38 03 0001 61"],
        ["MQTT-3.3.1-4", "PUBLISH with QoS 3", "36 05 0001 61 0001"],
        ["MQTT-3.3.2-2", "a wildcard in a topic name", "30 05 0003 612f2b"],
        ["MQTT-4.7.3-1", "an empty topic name", "30 02 0000"],
        ["MQTT-4.7.3-1", "an empty topic filter", "82 05 0001 0000 01"],
        ["MQTT-4.7.3-2", "U+0000 in a topic name", "30 03 0001 00"],
        ["MQTT-1.5.3-1", "a topic name that is not UTF-8", "30 03 0001 ff"],
        ["MQTT-4.7.1-2", "a # that is not the last level", "82 0a 0001 0005 612f232f62 01"],
        ["MQTT-4.7.1-3", "a + beside other characters", "82 07 0001 0002 612b 01"],
        ["MQTT-3.8.1-1", "flags of SUBSCRIBE", "80 06 0001 0001 61 01"],
        ["MQTT-3.8.3-3", "SUBSCRIBE without filter", "82 02 0001"],
        ["MQTT-3-8.3-4", "SUBSCRIBE with QoS 3", "82 06 0001 0001 61 03"],
        ["MQTT-3.10.1-1", "flags of UNSUBSCRIBE", "a0 05 0001 0001 61"],
        ["MQTT-3.10.3-2", "UNSUBSCRIBE without filter", "a2 02 0001"],
        ["MQTT-3.14.1-1", "flags of DISCONNECT", "e1 00"],
        ["MQTT-3.1.0-2", "a second CONNECT", connectHex("02", ID)],
        ["MQTT-4.8.0-1", "packet type 0", "00 00"],
        ["MQTT-4.8.0-1", "packet type 15", "f0 00"],
        ["MQTT-4.8.0-1", "CONNACK, which only a server sends", "20 02 0000"],
        ["MQTT-4.8.0-1", "a remaining length of five bytes", "30 ff ff ff ff 01"],
        ["MQTT-4.8.0-1", "a packet above the limit", "30 80 20"],
        ["MQTT-4.8.0-1", "bytes behind the fields of PUBACK", "40 03 0001 00"],
        ["MQTT-4.8.0-1", "a topic name longer than its packet", "30 03 0005 61"],
        ["MQTT-4.8.0-1", "an exact delivery, which this broker has not", "62 02 0001"],
    ])("[%s] %s", (clause, _what, bytes) => {
        const raw = client().connect({ clientId: "strict" })
        expect(raw.heard).toEqual(["connack 0"])
        raw.bytes(bytes)
        expect(clauses()).toEqual([clause])
        expect(broker.violations[0]?.client).toBe("strict")
        expect(raw.events).toEqual(["open", "close"])
    })

    it.each([
        ["MQTT-3.1.0-1", "a first packet that is not CONNECT", "c0 00", []],
        ["MQTT-3.1.2-1", "another protocol name", "10 0d 0004 4d515458 04 02 0000 0001 61", []],
        [
            "MQTT-3.1.2-2",
            "another protocol level",
            "10 0d 0004 4d515454 05 02 0000 0001 61",
            ["connack 1"],
        ],
        ["MQTT-3.1.2-3", "the reserved flag", connectHex("03", ID), []],
        ["MQTT-3.1.2-13", "QoS of a last will that is not there", connectHex("0a", ID), []],
        ["MQTT-3.1.2-14", "a last will with QoS 3", connectHex("1e", `${ID} 0001 62 0001 63`), []],
        ["MQTT-3.1.2-15", "retaining a last will that is not there", connectHex("22", ID), []],
        ["MQTT-3.1.2-22", "a password without user name", connectHex("42", `${ID} 0001 62`), []],
        [
            "MQTT-3.1.3-7",
            "a session to keep without client id",
            connectHex("00", "0000"),
            ["connack 2"],
        ],
        ["MQTT-4.8.0-1", "bytes behind the client id", connectHex("02", `${ID} 00`), []],
        ["MQTT-4.8.0-1", "a CONNECT that ends too early", "10 07 0004 4d515454 04", []],
    ])("[%s] %s", (clause, _what, bytes, heard) => {
        const raw = client().open().bytes(bytes)
        expect(clauses()).toEqual([clause])
        expect(raw.heard).toEqual(heard)
        expect(raw.events).toEqual(["open", "close"])
    })

    it("closes a connection on which no CONNECT comes, after 30 s", () => {
        const raw = client().open().wait(28_000)
        expect(raw.events).toEqual(["open"])
        expect(raw.wait(2000).events).toEqual(["open", "close"])
    })
})

describe("what a client must do is noted, and the connection goes on", () => {
    it("[MQTT-3.14.4-2] a packet after DISCONNECT, in the same segment and in another one", () => {
        client().connect().bytes("e0 00 c0 00")
        client().connect().bytes("e0 00").bytes("c0 00")
        expect(clauses()).toEqual(["MQTT-3.14.4-2", "MQTT-3.14.4-2"])
    })

    it("[MQTT-3.14.4-1] a connection left open after DISCONNECT", () => {
        client().connect().bytes("e0 00").close()
        expect(clauses()).toEqual([])
        const raw = client().connect().bytes("e0 00").wait(10_000)
        expect(clauses()).toEqual(["MQTT-3.14.4-1"])
        expect(raw.events).toEqual(["open", "close"])
    })

    it("[MQTT-2.3.1-2] an id that is in use for another message", () => {
        broker.faults.onAck = () => "hold"
        client().connect().publish("a", "one", PUBLISH_1).publish("a", "two", PUBLISH_1)
        expect(clauses()).toEqual(["MQTT-2.3.1-2"])
        broker.violations.length = 0
        broker.faults.onAck = undefined
        client("other").connect().publish("a", "one", PUBLISH_1).publish("a", "two", PUBLISH_1)
        expect(clauses(), "free again after its PUBACK").toEqual([])
    })

    it("[MQTT-3.3.1-1] a message sent again without DUP", () => {
        broker.faults.onAck = () => "drop"
        const raw = client().connect({ clean: false }).publish("a", "one", PUBLISH_1)
        raw.close()
        broker.faults.onAck = undefined
        raw.connect({ clean: false }).publish("a", "one", PUBLISH_1)
        expect(clauses()).toEqual(["MQTT-3.3.1-1"])
    })

    it("[MQTT-4.3.2-1] a message sent again after its PUBACK arrived, but not when that was lost on the way", () => {
        const raw = client().connect({ clean: false }).publish("a", "one", PUBLISH_1)
        raw.close()
            .connect({ clean: false })
            .publish("a", "one", { ...PUBLISH_1, dup: true })
        expect(clauses()).toEqual(["MQTT-4.3.2-1"])

        broker.violations.length = 0
        const second = client("second").connect({ clean: false, clientId: "second" })
        // CONNACK is 4 B, a PUBACK too: cut before its last byte.
        second.connection?.cutAfter("down", 7)
        second.publish("a", "one", PUBLISH_1)
        expect(second.events.at(-1)).toBe("error: connection reset")
        expect(broker.counts.acknowledged).toBe(3)
        second.connect({ clean: false, clientId: "second" })
        second.publish("a", "one", { ...PUBLISH_1, dup: true })
        expect(clauses()).toEqual([])
    })

    it("[MQTT-4.3.2-1] DUP on a message that cannot have been sent before", () => {
        client()
            .connect({ clean: false })
            .publish("a", "one", { ...PUBLISH_1, dup: true })
        expect(clauses()).toEqual(["MQTT-4.3.2-1"])
    })

    it("[MQTT-3.1.2-6] a message of an earlier session sent again in a clean one", () => {
        broker.faults.onAck = () => "drop"
        const raw = client().connect().publish("a", "one", PUBLISH_1).close()
        raw.connect().publish("a", "one", { ...PUBLISH_1, dup: true })
        expect(clauses()).toEqual(["MQTT-3.1.2-6"])
    })

    it("[MQTT-4.4.0-1] an unacknowledged message that is not sent again when the session goes on", () => {
        broker.faults.onAck = () => "drop"
        const raw = client().connect({ clean: false }).publish("a", "one", PUBLISH_1).close()
        broker.faults.onAck = undefined
        raw.connect({ clean: false }).wait(50_000)
        expect(clauses()).toEqual([])
        raw.wait(10_000)
        expect(clauses()).toEqual(["MQTT-4.4.0-1"])
    })

    it("[MQTT-4.4.0-1] is not held against a client that lost its RAM, nor after a resend", () => {
        broker.faults.onAck = () => "drop"
        const raw = client().connect({ clean: false }).publish("a", "one", PUBLISH_1).close()
        broker.faults.onAck = undefined
        raw.connect({ clean: false })
            .publish("a", "one", { ...PUBLISH_1, dup: true })
            .wait(60_000)
        expect(clauses()).toEqual([])
        broker.faults.onAck = () => "drop"
        raw.publish("a", "two", { qos: 1, messageId: 2 }).close()
        raw.link.life++
        raw.connect({ clean: false }).publish("a", "new", { qos: 1, messageId: 2 }).wait(60_000)
        expect(clauses()).toEqual([])
    })

    it("[MQTT-4.4.0-1] is not held against a client while what it sent is stuck on the way", () => {
        broker.faults.onAck = () => "drop"
        const raw = client().connect({ clean: false }).publish("a", "one", PUBLISH_1).close()
        broker.faults.onAck = undefined
        raw.connect({ clean: false })
        raw.connection?.stall("up", 90_000)
        raw.publish("a", "one", { ...PUBLISH_1, dup: true }).wait(300_000)
        expect(clauses()).toEqual([])
        expect(broker.counts.repeated).toBe(1)
    })

    it("[MQTT-4.4.0-1] is looked at when the client says goodbye", () => {
        broker.faults.onAck = () => "drop"
        const raw = client().connect({ clean: false }).publish("a", "one", PUBLISH_1).close()
        raw.connect({ clean: false }).bytes("e0 00").close()
        expect(clauses()).toEqual(["MQTT-4.4.0-1"])
    })

    it("a broker that forgot its sessions still knows what a client has to send again", () => {
        broker.faults.onAck = () => "drop"
        const raw = client().connect({ clean: false }).publish("a", "one", PUBLISH_1)
        broker.restart(1000, true)
        raw.wait(2000).connect({ clean: false })
        expect(raw.heard).toEqual(["connack 0"])
        raw.publish("a", "one", { ...PUBLISH_1, dup: true }).wait(60_000)
        expect(clauses()).toEqual([])
    })

    it("[MQTT-4.6.0-1] messages sent again in another order", () => {
        broker.faults.onAck = () => "drop"
        const send = (raw: RawClient, ids: readonly number[], dup: boolean) => {
            for (const id of ids) raw.publish("a", `m${id}`, { qos: 1, messageId: id, dup })
        }
        const raw = client().connect({ clean: false })
        send(raw, [7, 8, 9], false)
        raw.close().connect({ clean: false })
        send(raw, [7, 8, 9], true)
        expect(clauses()).toEqual([])
        raw.close().connect({ clean: false })
        send(raw, [8, 7, 9], true)
        expect(clauses()).toEqual(["MQTT-4.6.0-1"])
    })

    it("[MQTT-4.6.0-2] PUBACKs in another order than the messages came", () => {
        const raw = client().connect().subscribe("to")
        broker.publish("to", "one")
        broker.publish("to", "two")
        raw.wait(100)
        expect(raw.heard).toEqual([
            "connack 0",
            "suback 1",
            "publish to one id 1",
            "publish to two id 2",
        ])
        raw.bytes("40 02 0002").bytes("40 02 0001")
        expect(clauses()).toEqual(["MQTT-4.6.0-2"])
    })

    it("[MQTT-2.3.1-6] a PUBACK for nothing", () => {
        client().connect().bytes("40 02 0005")
        expect(clauses()).toEqual(["MQTT-2.3.1-6"])
    })
})

describe("a client that does all right", () => {
    it("is told nothing and leaves no violation, packets split and joined at will", () => {
        const will: IConnectPacket["will"] = {
            topic: "w",
            payload: Buffer.from("gone"),
            qos: 1,
            retain: true,
        }
        const raw = client("tidy")
        raw.link.isRechunking = true
        raw.connect({ clientId: "tidy", clean: false, keepalive: 600, username: "u", will })
        raw.subscribe("suitcase/+/x/#").publish("suitcase/a/x/y", "q0")
        for (let id = 1; id <= 50; id++)
            raw.publish("suitcase/a/x", "é".repeat(id), { qos: 1, messageId: id })
        raw.send({ cmd: "unsubscribe", messageId: 60, unsubscriptions: ["suitcase/+/x/#"] })
        const ids = raw.received.flatMap(p => (p.cmd === "publish" ? [p.messageId ?? 0] : []))
        for (const messageId of ids.filter(id => id > 0)) raw.send({ cmd: "puback", messageId })
        raw.send({ cmd: "pingreq" }).bytes("e0 00").close()
        expect(broker.violations).toEqual([])
        expect(raw.heard.filter(text => text.startsWith("puback"))).toHaveLength(50)
        expect(raw.heard.at(-1)).toBe("pingresp")
    })
})
