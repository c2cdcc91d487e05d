/**
 * Brokers that are none, on boards as they are: raw servers that send whatever they like, hang up
 * at every step and say nothing. The node neither stops nor restarts, and goes on when a broker is there.
 */
import mqtt, { type Packet } from "mqtt-packet"
import { afterEach, describe, expect, it } from "vitest"
import { type Line, type VirtualEndpoint } from "../../sim/net/endpoint.js"
import { SeededRandom } from "../../sim/time/random.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { type BoardName } from "../support/board-bench.js"
import { Testbed, expectNothingInvented } from "./testbed.js"

type Answer = (packet: Packet, line: Line, topic: string) => void

/** A server that answers each packet of the node as it is told. */
class RawServer implements VirtualEndpoint {
    readonly description = "raw server"
    connections = 0
    readonly got: Packet[] = []

    constructor(
        private readonly topic: () => string,
        private readonly answer: Answer,
        private readonly greet?: (line: Line) => void
    ) {}

    accept(line: Line) {
        this.connections++
        const parser = mqtt.parser({ protocolVersion: 4 })
        parser.on("packet", packet => {
            this.got.push(packet)
            this.answer(packet, line, this.topic())
        })
        this.greet?.(line)
        return {
            data: (bytes: Uint8Array) => parser.parse(Buffer.from(bytes)),
            closed: () => undefined,
        }
    }
}

const send = (line: Line, packet: Packet) => line.send(mqtt.generate(packet))

/** What a broker says that means well. */
function usual(packet: Packet, line: Line): void {
    if (packet.cmd === "connect")
        send(line, { cmd: "connack", returnCode: 0, sessionPresent: false })
    if (packet.cmd === "subscribe")
        send(line, {
            cmd: "suback",
            messageId: packet.messageId as number,
            granted: packet.subscriptions.map(() => 1),
        })
    if (packet.cmd === "publish" && packet.qos === 1)
        send(line, { cmd: "puback", messageId: packet.messageId as number })
    if (packet.cmd === "pingreq") send(line, { cmd: "pingresp" })
}

let bed: Testbed | undefined
afterEach(() => {
    const b = bed
    bed = undefined
    b?.close()
    const stops = [
        ...(b?.node.panics ?? []).map(p => p.message),
        ...(b?.node.boardResets ?? []).map(r => r.text),
    ]
    expect(stops.slice(0, 3), `${stops.length} stops`).toEqual([])
    // What it sends again, it had sent to another server.
    const violations = (b?.broker.violations ?? []).filter(v => v.clause !== "MQTT-4.3.2-1")
    expect(violations).toEqual([])
})

function start(board: BoardName): Testbed {
    const options = { seed: 9, intervalSeconds: 60, reportSeconds: 60, board }
    bed = new Testbed(options)
    // Else a Pico W reaches it once only: reliability/boards.test.ts is about that.
    bed.node.link.dnsTtlUs = 0
    return bed
}

function serve(b: Testbed, answer: Answer, greet?: (line: Line) => void): RawServer {
    const server = new RawServer(() => b.topic, answer, greet)
    b.world.network.defaultEndpoint = server
    return server
}

/** A real broker takes the place of the hostile one; all that was sampled arrives there. */
async function expectRecovery(b: Testbed): Promise<void> {
    b.world.network.defaultEndpoint = b.broker
    b.node.link.connection?.reset("replaced")
    await b.world.runUntil(() => b.statuses.length > 0, minutes(10))
    await b.world.run(seconds(30))
    await b.drain()
    expect(new Set(b.statuses.map(({ boot }) => boot)).size, "boots").toBe(1)
}

const JSON_TEXTS: Readonly<Record<string, string>> = {
    // Its place in this list makes it a retained one.
    "a restart after each start": '{"id":"r","do":"reboot"}',
    "300 levels of lists": "[".repeat(300),
    "300 levels of objects": '{"a":'.repeat(60) + "1" + "}".repeat(60),
    "five levels in a command": '{"id":"x","do":"report","a":[[[[1]]]]}',
    "a command of 460 B": `{"id":"x","do":"report","a":"${"y".repeat(420)}"}`,
    "a number without end": `{"id":"x","do":"interval","seconds":${"9".repeat(300)}}`,
    "a list": '["report"]',
    "a text": '"report"',
    null: "null",
    nothing: "",
    "no JSON": "{{{{",
    "a text that does not end": '{"id":"x',
    "an escape that is none": '{"id":"\\u12"}',
    "a quote within quotes": '{"id":"a\\"b","do":"report"}',
    "bytes that are no text": "\u00ff\u0000\u0080",
}

describe("a command that should stop the node", () => {
    for (const board of ["c3", "picoW"] as const)
        it(`is acknowledged and refused, retained or kept for it, whatever it is: ${board}`, async () => {
            const b = start(board)
            const acked: number[] = []
            const answers: string[] = []
            const texts = Object.values(JSON_TEXTS)
            const server = serve(b, (packet, line, topic) => {
                usual(packet, line)
                // All of them on each connection, as a broker does with what was never acknowledged.
                if (packet.cmd === "subscribe" && packet.subscriptions.length > 1)
                    texts.forEach((payload, i) =>
                        send(line, {
                            cmd: "publish",
                            topic: `${topic}/cmd`,
                            payload: Buffer.from(payload, "latin1"),
                            qos: 1,
                            dup: false,
                            retain: i % 2 === 0,
                            messageId: 100 + i,
                        })
                    )
                if (packet.cmd === "puback") acked.push(packet.messageId as number)
                if (packet.cmd === "publish" && packet.topic.endsWith("/ack"))
                    answers.push(packet.payload.toString())
            })
            await b.world.run(minutes(5))
            expect(server.connections).toBe(1)
            expect([...acked].sort((x, y) => x - y)).toEqual(texts.map((_, i) => 100 + i))
            expect(answers.length).toBeGreaterThan(0)
            expect(answers.filter(text => text.includes('"ok":true'))).toEqual([])
            expect(answers).toContain('{"id":"","ok":false,"error":"too long or too deep"}')
            expect(answers).toContain('{"id":"r","ok":false,"error":"retained"}')
        })

    it("is acknowledged before anything is done with it, so that it cannot come again after a crash", async () => {
        const b = start("c3")
        const order: string[] = []
        serve(b, (packet, line, topic) => {
            usual(packet, line)
            if (packet.cmd === "subscribe" && packet.subscriptions.length > 1)
                send(line, {
                    cmd: "publish",
                    topic: `${topic}/cmd`,
                    payload: '{"id":"x","do":"outbox"}',
                    qos: 1,
                    dup: false,
                    retain: false,
                    messageId: 7,
                })
            if (packet.cmd === "puback" && packet.messageId === 7) order.push("puback")
            if (packet.cmd === "publish" && packet.topic.endsWith("/ack")) order.push("answer")
        })
        await b.world.run(minutes(1))
        expect(order).toEqual(["puback", "answer"])
    })
})

describe("an answer to a time request that is none", () => {
    for (const text of [
        "",
        " ",
        "1",
        "x y",
        "1 ",
        " 1",
        "1 9".padEnd(400, "9"),
        "1e9 1e99",
        "[[[[[",
        "1 nan",
        "0 -1",
    ])
        it(`is passed over: ${JSON.stringify(text.slice(0, 20))}`, async () => {
            const b = start("c3")
            serve(b, (packet, line, topic) => {
                usual(packet, line)
                if (packet.cmd === "publish" && packet.topic.endsWith("/time/get"))
                    send(line, {
                        cmd: "publish",
                        topic: `${topic}/time/set`,
                        payload: text.replace(/^1 /, `${packet.payload.toString()} `),
                        qos: 0,
                        dup: false,
                        retain: true,
                    })
            })
            await b.world.run(minutes(2))
            await expectRecovery(b)
            expectNothingInvented(b.account())
            expect(b.account().arrived).toBeGreaterThan(0)
        })
})

/** What may be wrong with a server, by name. */
const SERVERS: Readonly<Record<string, [answer: Answer, greet?: (line: Line) => void]>> = {
    "says nothing": [() => undefined],
    "hangs up at once": [() => undefined, line => line.close()],
    "hangs up after CONNECT": [(_packet, line) => line.close()],
    "hangs up after SUBSCRIBE": [
        (packet, line) => (packet.cmd === "subscribe" ? line.close() : usual(packet, line)),
    ],
    "hangs up after the first message": [
        (packet, line) => (packet.cmd === "publish" ? line.close() : usual(packet, line)),
    ],
    "never acknowledges": [
        (packet, line) => (packet.cmd === "publish" ? undefined : usual(packet, line)),
    ],
    "greets as a mail server": [
        () => undefined,
        line => line.send(Buffer.from("220 mail.example ESMTP ready\r\n")),
    ],
    "answers as a web server": [
        (_packet, line) => {
            line.send(Buffer.from("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
            line.close()
        },
    ],
    "sends zeros": [(_packet, line) => line.send(Buffer.alloc(700))],
    "sends a packet without end": [
        (packet, line) => {
            usual(packet, line)
            line.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 65]))
        },
    ],
    "sends a length of five bytes": [
        (packet, line) => {
            usual(packet, line)
            line.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x7f]))
        },
    ],
    "answers CONNECT with a second one": [
        (_packet, line) =>
            send(line, {
                cmd: "connect",
                clientId: "x",
                protocolId: "MQTT",
                protocolVersion: 4,
            }),
    ],
    "acknowledges what was never sent": [
        (packet, line) => {
            usual(packet, line)
            for (let messageId = 1; messageId < 40; messageId++)
                send(line, { cmd: "puback", messageId })
        },
    ],
    "publishes 40 commands at once": [
        (packet, line, topic) => {
            usual(packet, line)
            if (packet.cmd !== "subscribe") return
            for (let i = 0; i < 40; i++)
                send(line, {
                    cmd: "publish",
                    topic: `${topic}/cmd`,
                    payload: `{"id":"${i}","do":"outbox"}`,
                    qos: 1,
                    dup: false,
                    retain: false,
                    messageId: i + 1,
                })
        },
    ],
}

describe("a server that is no broker", () => {
    for (const board of ["c3", "picoW"] as const)
        for (const [name, [answer, greet]] of Object.entries(SERVERS))
            it(`and ${name} does a ${board} no harm: what it took arrives later`, async () => {
                const b = start(board)
                const server = serve(b, answer, greet)
                await b.world.run(minutes(4))
                expect(server.connections).toBeGreaterThan(0)
                await expectRecovery(b)
                if (name === "acknowledges what was never sent") return
                // What a server acknowledged is gone with it.
                const { missing } = b.account()
                const delivered = server.got.filter(
                    packet => packet.cmd === "publish" && packet.topic.endsWith("/frame")
                )
                if (!delivered.length) expect(missing).toEqual([])
            })

    it("but random bytes, at random moments, does a c3 no harm", async () => {
        const random = new SeededRandom(11)
        const b = start("c3")
        serve(b, (packet, line) => {
            if (random.float() < 0.8) usual(packet, line)
            if (random.float() < 0.5)
                line.send(
                    Buffer.from(Array.from({ length: 40 }, () => Math.floor(256 * random.float())))
                )
            if (random.float() < 0.1) line.close()
        })
        await b.world.run(minutes(20))
        await expectRecovery(b)
    })
})
