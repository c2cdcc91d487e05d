/** What the virtual broker does for clients, and how it fails when it is told to. */
import { beforeEach, describe, expect, it } from "vitest"
import { VirtualClock } from "../../time/clock.js"
import { SeededRandom } from "../../time/random.js"
import { VirtualNetwork } from "../network.js"
import { RawClient } from "../raw-client.js"
import { randomAcks, VirtualBroker, type VirtualBrokerOptions } from "../virtual-broker.js"
import { answerTime } from "./time-answerer.js"
import { matches } from "./topics.js"

let clock: VirtualClock
let network: VirtualNetwork
let broker: VirtualBroker

function setUp(options: VirtualBrokerOptions = {}): void {
    clock = new VirtualClock(1_700_000_000_000)
    network = new VirtualNetwork(clock)
    broker = new VirtualBroker(clock, options)
    network.defaultEndpoint = broker
}

beforeEach(() => setUp())

function client(name: string): RawClient {
    return new RawClient(clock, network.newLink(name))
}

/** A client whose client id is its name. */
function connected(name: string, clean = true): RawClient {
    return client(name).connect({ clientId: name, clean })
}

const puback = (id: number) => ({ cmd: "puback", messageId: id }) as const

describe("topic filters", () => {
    it.each([
        ["a/b", "a/b", true],
        ["a/b", "a/bc", false],
        ["a/b", "a/b/c", false],
        ["+", "a", true],
        ["+", "a/b", false],
        ["+/+", "/a", true],
        ["a/+/c", "a/b/c", true],
        ["a/+", "a", false],
        ["#", "a/b/c", true],
        ["a/#", "a", true],
        ["a/#", "a/b/c", true],
        ["a/#", "ab", false],
        ["#", "$SYS/x", false],
        ["+/x", "$SYS/x", false],
        ["$SYS/#", "$SYS/x", true],
    ])("%s and %s: %s", (filter, topic, expected) => {
        expect(matches(filter, topic)).toBe(expected)
    })
})

describe("delivery", () => {
    it("uses the lower of the two QoS", () => {
        const low = connected("low").subscribe("t", 0)
        const high = connected("high").subscribe("t", 2)
        const sender = connected("sender")
        sender.publish("t", "zero").publish("t", "one", { qos: 1, messageId: 5 })
        expect(sender.heard).toEqual(["connack 0", "puback 5"])
        expect(low.heard).toEqual(["connack 0", "suback 0", "publish t zero", "publish t one"])
        expect(high.heard).toEqual([
            "connack 0",
            "suback 1",
            "publish t zero",
            "publish t one id 1",
        ])
    })

    it("keeps retained messages, gives them to new subscribers only, and forgets them for an empty one", () => {
        const early = connected("early").subscribe("a/+")
        connected("sender").publish("a/x", "kept", { qos: 1, messageId: 1, retain: true })
        expect(early.heard.at(-1)).toBe("publish a/x kept id 1")
        expect(connected("late").subscribe("#").heard.at(-1)).toBe("publish a/x kept id 1 retained")
        broker.publish("a/x", "", { retain: true })
        expect(connected("later").subscribe("#").heard.at(-1)).toBe("suback 1")
    })

    it("ends with UNSUBSCRIBE", () => {
        const raw = connected("raw").subscribe("t", 0)
        broker.publish("t", "one")
        raw.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["t"] })
        broker.publish("t", "two")
        raw.wait(1000)
        expect(raw.heard).toEqual(["connack 0", "suback 0", "publish t one", "unsuback"])
    })

    it("to local subscribers happens in the same virtual moment, with retain and DUP", () => {
        const heard: string[] = []
        broker.publish("t/x", "old", { retain: true })
        const stop = broker.subscribe("t/#", (topic, payload, { retain, dup, qos }) =>
            heard.push(`${topic} ${payload.toString()} ${qos} ${retain} ${dup} @${clock.now}`)
        )
        const sender = connected("sender", false)
        const before = clock.now
        sender.publish("t/y", "new", { qos: 1, messageId: 1, dup: true })
        stop()
        sender.publish("t/y", "unheard")
        expect(heard).toEqual([
            "t/x old 1 true false @0",
            `t/y new 1 false true @${before + 10_000}`,
        ])
        expect(() => broker.subscribe("a/#/b", () => undefined)).toThrow(/"#" inside/)
        expect(() => broker.publish("a/+", "x")).toThrow(/wildcard/)
    })
})

describe("sessions", () => {
    it("that persist queue QoS 1 while the client is away and repeat with DUP what was not acknowledged", () => {
        const raw = connected("raw", false).subscribe("t")
        broker.publish("t", "one")
        broker.publish("t", "two")
        raw.wait(100).send(puback(1)).close()
        broker.publish("t", "three")
        broker.publish("t", "lost", { qos: 0 })
        raw.connect({ clientId: "raw", clean: false })
        expect(raw.heard).toEqual([
            "connack 0 present",
            "publish t two id 2 dup",
            "publish t three id 3",
        ])
        raw.send(puback(2)).send(puback(3)).close()
        raw.connect({ clientId: "raw", clean: false })
        expect(raw.heard).toEqual(["connack 0 present"])
        expect(broker.violations).toEqual([])
    })

    it("that are clean are gone with their connection", () => {
        const raw = connected("raw", false).subscribe("t").close()
        raw.connect({ clientId: "raw", clean: true })
        expect(raw.heard).toEqual(["connack 0"])
        broker.publish("t", "one")
        raw.wait(100).close().connect({ clientId: "raw", clean: false })
        expect(raw.heard).toEqual(["connack 0"])
    })

    it("have at most 20 messages in flight, and at most 1,000 waiting", () => {
        const raw = connected("raw", false).subscribe("t")
        raw.close()
        for (let i = 0; i < 1005; i++) broker.publish("t", String(i))
        raw.connect({ clientId: "raw", clean: false })
        expect(raw.heard).toHaveLength(1 + 20)
        for (let id = 1; id <= 1000; id++) raw.send(puback(id))
        expect(raw.heard).toHaveLength(1 + 1000)
        expect(raw.heard.at(-1)).toBe("publish t 999 id 1000")
        expect(broker.violations).toEqual([])
    })

    it("belong to the newest connection: the older one is closed, with its last will", () => {
        const wills: string[] = []
        broker.subscribe("will", (_topic, payload) => wills.push(payload.toString()))
        const will = { topic: "will", payload: Buffer.from("gone"), qos: 0, retain: false } as const
        const first = client("first").connect({ clientId: "same", clean: false, will })
        first.subscribe("t")
        const second = client("second").connect({ clientId: "same", clean: false })
        expect(first.wait(1000).events).toEqual(["open", "close"])
        expect(wills).toEqual(["gone"])
        expect(second.heard).toEqual(["connack 0 present"])
        broker.publish("t", "one")
        expect(second.wait(100).heard.at(-1)).toBe("publish t one id 1")
        expect(broker.online).toEqual(["same"])
    })
})

describe("the last will", () => {
    const will = { topic: "will", payload: Buffer.from("gone"), qos: 1, retain: true } as const
    let wills: string[]

    beforeEach(() => {
        wills = []
        broker.subscribe("will", (_topic, payload) => wills.push(payload.toString()))
    })

    it("is published when the connection ends without DISCONNECT, and retained", () => {
        client("raw").connect({ will }).close()
        expect(wills).toEqual(["gone"])
        expect(broker.retainedOf("will")).toHaveLength(1)
    })

    it("is not published after DISCONNECT, nor when the broker itself is killed", () => {
        client("raw").connect({ will }).bytes("e0 00").close()
        client("raw").connect({ will })
        broker.stop()
        expect(wills).toEqual([])
    })

    it("is published when the client is silent for 1.5 times its keep-alive time, not before", () => {
        const raw = client("raw").connect({ will, keepalive: 10 })
        raw.wait(10_000).send({ cmd: "pingreq" })
        raw.wait(13_000)
        expect(wills).toEqual([])
        raw.wait(2000)
        expect(wills).toEqual(["gone"])
        expect(raw.events).toEqual(["open", "close"])
    })

    it("is published for a link that went half-open, after 1.5 times the keep-alive time", () => {
        const raw = client("raw").connect({ will, keepalive: 60 })
        raw.link.goHalfOpen()
        raw.wait(85_000).send({ cmd: "pingreq" })
        expect(wills).toEqual([])
        raw.wait(5000)
        expect(wills).toEqual(["gone"])
        expect(raw.events, "the client is not told").toEqual(["open"])
    })

    it("is published for a client whose power went, after its keep-alive time, but what it sent arrives", () => {
        const heard: string[] = []
        broker.subscribe("t", (_topic, payload) => heard.push(payload.toString()))
        const raw = client("raw").connect({ will, keepalive: 20 })
        raw.write(Buffer.from("30040001746f", "hex"))
        raw.connection?.vanish()
        raw.wait(28_000)
        expect(heard).toEqual(["o"])
        expect(wills).toEqual([])
        raw.wait(3000)
        expect(wills).toEqual(["gone"])
    })
})

describe("credentials", () => {
    it("are checked: 4 for a wrong password or user, 5 for none", () => {
        setUp({ users: { anna: "secret" } })
        const codes = [
            { username: "anna", password: Buffer.from("secret") },
            { username: "anna", password: Buffer.from("wrong") },
            { username: "toString", password: Buffer.from("x") },
            { username: "anna" },
            {},
        ].map(fields => client("raw").connect(fields).heard.join())
        expect(codes).toEqual(["connack 0", "connack 4", "connack 4", "connack 4", "connack 5"])
        expect(broker.violations).toEqual([])
    })
})

describe("faults", () => {
    const send = (raw: RawClient, ids: readonly number[]) => {
        for (const id of ids) raw.publish("t", `m${id}`, { qos: 1, messageId: id })
    }
    const acks = (raw: RawClient) => raw.heard.filter(text => text.startsWith("puback"))

    it.each([1, 2, 3, 4, 5])("CONNECT refused with code %i", code => {
        broker.faults.refuseCode = code
        const raw = connected("raw")
        expect(raw.heard).toEqual([`connack ${code}`])
        expect(raw.events).toEqual(["open", "close"])
        expect(broker.online).toEqual([])
    })

    it("CONNACK, PINGRESP, SUBACK and UNSUBACK that never come", () => {
        for (const reply of ["pingresp", "suback", "unsuback"] as const)
            broker.faults.silent.add(reply)
        const raw = connected("raw").subscribe("t").send({ cmd: "pingreq" })
        raw.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["t"] })
        expect(raw.heard).toEqual(["connack 0"])
        broker.faults.silent.add("connack")
        expect(connected("mute").heard).toEqual([])
    })

    it("subscriptions refused with 0x80", () => {
        broker.faults.isRefusingSubscriptions = true
        const raw = connected("raw").subscribe("t")
        broker.publish("t", "one")
        expect(raw.wait(100).heard).toEqual(["connack 0", "suback 128"])
    })

    it("acknowledgements held, released in order, reversed or shuffled", () => {
        broker.faults.onAck = () => "hold"
        const raw = connected("raw")
        send(raw, [1, 2, 3])
        expect(acks(raw)).toEqual([])
        broker.releaseAcks()
        raw.wait(100)
        send(raw, [4, 5, 6])
        broker.releaseAcks("reversed")
        raw.wait(100)
        send(raw, [7, 8, 9])
        broker.releaseAcks(new SeededRandom(1))
        raw.wait(100)
        const order = acks(raw).map(text => Number(text.slice(7)))
        expect(order.slice(0, 6)).toEqual([1, 2, 3, 6, 5, 4])
        expect(order.slice(6).sort()).toEqual([7, 8, 9])
    })

    it("acknowledgements that were held do not reach a later connection", () => {
        broker.faults.onAck = () => "hold"
        const raw = connected("raw", false)
        send(raw, [1])
        raw.close().connect({ clientId: "raw", clean: false })
        broker.releaseAcks()
        expect(raw.wait(100).heard).toEqual(["connack 0 present"])
    })

    it("acknowledgements dropped, doubled, late and for nothing", () => {
        const fates = ["drop", "duplicate", 5000, "send"] as const
        let turn = 0
        broker.faults.onAck = () => fates[turn++]
        const raw = connected("raw")
        send(raw, [1, 2, 3, 4])
        expect(acks(raw)).toEqual(["puback 2", "puback 2", "puback 4"])
        raw.wait(5000)
        expect(acks(raw).at(-1)).toBe("puback 3")
        expect(broker.injectAck("raw", 777)).toBe(true)
        expect(broker.injectAck("nobody", 777)).toBe(false)
        expect(acks(raw.wait(100)).at(-1)).toBe("puback 777")
    })

    it("acknowledgements at random are the same for the same seed", () => {
        const fates = (seed: number) => {
            const fate = randomAcks(new SeededRandom(seed), {
                drop: 0.2,
                duplicate: 0.2,
                delay: 0.2,
            })
            return Array.from({ length: 300 }, () => fate({ clientId: "a", packetId: 1 }))
        }
        expect(fates(1)).toEqual(fates(1))
        expect(fates(1)).not.toEqual(fates(2))
        const all = fates(3)
        for (const kind of ["drop", "duplicate", "send"])
            expect(all.filter(fate => fate === kind).length, kind).toBeGreaterThan(30)
        expect(all.filter(fate => typeof fate === "number").length).toBeGreaterThan(30)
    })

    it.each([false, true])(
        "a restart with a broken link for everybody; forgets sessions: %s",
        forget => {
            const raw = connected("raw", false).subscribe("t")
            broker.publish("kept", "x", { retain: true })
            broker.restart(60_000, forget)
            expect(raw.wait(100).events).toEqual(["open", "close"])
            expect(broker.publish("t", "one"), "nobody takes it").toBe(false)
            expect(raw.open().events).toEqual(["error: broker:1883: connection refused"])
            raw.wait(60_000).connect({ clientId: "raw", clean: false })
            expect(raw.heard).toEqual([forget ? "connack 0" : "connack 0 present"])
            expect(broker.retainedOf("kept")).toHaveLength(forget ? 0 : 1)
            broker.publish("t", "two")
            expect(raw.wait(100).heard.at(-1)).toBe(forget ? "connack 0" : "publish t two id 1")
        }
    )

    it("a client that is thrown out", () => {
        const raw = connected("raw")
        expect(broker.disconnect("raw")).toBe(true)
        expect(broker.disconnect("raw")).toBe(false)
        expect(raw.wait(100).events).toEqual(["open", "close"])
    })
})

describe("time requests", () => {
    it("are answered from the true clock, with an asymmetric delay and an error on demand", () => {
        answerTime(broker, { beforeMs: () => 300, afterMs: () => 50, errorMs: () => -7 })
        const raw = connected("raw").subscribe("suitcase/s/n/time/set", 0)
        raw.publish("suitcase/s/n/time/get", "not a number")
        const asked = clock.wallMs
        raw.write(
            Buffer.from(
                "301a 0015 73756974636173652f732f6e2f74696d652f676574 313233".replaceAll(" ", ""),
                "hex"
            )
        )
        raw.wait(369)
        expect(raw.heard).toHaveLength(2)
        raw.wait(2)
        expect(raw.heard.at(-1)).toBe(
            `publish suitcase/s/n/time/set 123 ${Math.round(asked + 10 + 300 - 7)}`
        )
    })

    it("stay without answer when it is ended", () => {
        const stop = answerTime(broker)
        const raw = connected("raw").subscribe("suitcase/s/n/time/set", 0)
        raw.publish("suitcase/s/n/time/get", "1")
        expect(raw.heard).toHaveLength(3)
        stop()
        raw.publish("suitcase/s/n/time/get", "2")
        expect(raw.heard).toHaveLength(3)
    })
})
