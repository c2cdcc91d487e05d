/** The uplink in the real VM against a broker that a script commands: connection, window, resends. */
import fc from "fast-check"
import mqtt from "mqtt-packet"
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import {
    AWAY,
    BACK,
    BASE,
    TORN,
    UplinkRig,
    numberOf,
    type UplinkRigOptions,
} from "../../tests/support/uplink-rig.js"

let rig: UplinkRig | undefined

function start(options: UplinkRigOptions = {}): UplinkRig {
    rig = new UplinkRig(options)
    return rig
}

/** A node that is connected, has nothing to send, and pushes frames from second 10 on. */
async function startQuiet(options: UplinkRigOptions = {}): Promise<UplinkRig> {
    const r = start({ isQuiet: true, ...options })
    await r.run(seconds(9))
    expect(r.broker.isConnected).toBe(true)
    return r
}

/** As {@link startQuiet}, with frames in flight that the broker does not acknowledge. */
async function startHeld(options: UplinkRigOptions = {}): Promise<UplinkRig> {
    const r = await startQuiet({ frames: 8, ...options })
    r.broker.answers.publish = false
    await r.run(seconds(3))
    return r
}

function idsOf(r: UplinkRig): number[] {
    return r.broker.published("frame").map(p => p.messageId as number)
}

const range = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i)

afterEach(() => {
    const failures = rig?.broker.failures ?? []
    rig?.close()
    rig = undefined
    expect(failures, "what the broker could not accept").toEqual([])
})

describe("the window of messages in flight", () => {
    it("fills up to four and no further while no PUBACK comes", async () => {
        const r = await startHeld()
        expect(r.frames).toEqual([1, 2, 3, 4])
        await r.run(seconds(20))
        expect(r.frames, "20 s later").toEqual([1, 2, 3, 4])
    })

    it("holds at most 5,000 B, so that an ESP32 never waits for room", async () => {
        for (const [frameBytes, most] of [
            [1000, 4],
            [1600, 3],
            [2032, 2],
        ] as const) {
            const r = await startQuiet({ frames: 8, frameBytes, outboxBytes: 16_000 })
            r.broker.answers.publish = false
            await r.run(seconds(3))
            expect(r.frames.length, `frames of ${frameBytes} B`).toBe(most)
            r.broker.puback(idsOf(r)[0])
            await r.run(seconds(1))
            expect(r.frames.length, "one more for each that is acknowledged").toBe(most + 1)
            r.broker.close()
            await r.until("a new connection", () => r.broker.connections === 2)
            await r.run(seconds(4))
            const again = r.broker.published("frame").filter(p => p.connection === 2)
            expect(again.length, `frames of ${frameBytes} B again`).toBe(most)
            r.close()
        }
    })

    it("[MQTT-2.3.1-2] gives every message an id that is not in use, PUBACKs in any order, and moves on in order", async () => {
        const r = await startHeld()
        const ids = idsOf(r)
        expect(new Set(ids).size).toBe(4)
        for (const i of [2, 1, 3]) r.broker.puback(ids[i])
        await r.run(seconds(1))
        expect(r.frames, "the oldest is not acknowledged").toEqual([1, 2, 3, 4])
        r.broker.puback(ids[0])
        await r.run(seconds(1))
        expect(r.frames).toEqual(range(1, 8))
        r.broker.answers.publish = true
        for (const id of idsOf(r).slice(4)) r.broker.puback(id)
        r.command('{"id":"o","do":"outbox"}')
        await r.until("an answer", () => r.acks.length === 1)
        expect(r.acks).toEqual(['{"id":"o","ok":true,"frames":0}'])
        expect(r.broker.connections).toBe(1)
    })

    it("takes no harm from a PUBACK that comes twice or belongs to nothing", async () => {
        const r = await startHeld()
        const ids = idsOf(r)
        for (const id of [ids[0], ids[0], 60000, 0, ids[0]]) r.broker.puback(id)
        await r.run(seconds(1))
        expect(r.frames, "one left, one came").toEqual([1, 2, 3, 4, 5])
        expect(r.broker.connections).toBe(1)
    })

    it("delivers frames faster the wider it is, at 50 ms one way", async () => {
        const perSecond: number[] = []
        for (const window of [1, 2, 4, 8]) {
            const r = await startQuiet({
                window,
                frames: 40,
                frameBytes: 200,
            })
            r.broker.latencyMs = 50
            await r.until("all frames", () => r.frames.length === 40)
            const at = r.broker.published("frame").map(p => p.at)
            perSecond.push((39 * 1000) / ((at.at(-1) as number) - at[0]))
            r.close()
        }
        expect(perSecond[1] / perSecond[0], "2 against 1").toBeGreaterThan(1.8)
        expect(perSecond[2] / perSecond[0], "4 against 1").toBeGreaterThan(3.5)
    })
})

describe("after the connection broke", () => {
    it("[MQTT-4.4.0-1] [MQTT-3.3.1-1] sends again what was not acknowledged: same ids, same bytes, DUP, in order, before anything new", async () => {
        const r = await startHeld()
        const before = r.broker.published("frame")
        r.broker.puback(idsOf(r)[1])
        await r.run(seconds(1))
        r.broker.close()
        await r.until("a new connection", () => r.broker.connections === 2 && r.broker.isConnected)
        await r.run(seconds(2))
        const again = r.broker.seen.filter(s => s.connection === 2).map(s => s.packet)
        const clientId = `n1${r.node.deviceId}`
        expect(again[0]).toMatchObject({ cmd: "connect", clean: false, clientId })
        const resent = again.slice(1, 4)
        expect(resent.map(p => p.cmd)).toEqual(["publish", "publish", "publish"])
        resent.forEach((packet, i) => {
            const first = before[[0, 2, 3][i]]
            expect(packet).toMatchObject({
                messageId: first.messageId,
                dup: true,
                qos: 1,
                topic: first.topic,
            })
            expect((packet as { payload: Buffer }).payload).toEqual(first.payload)
        })
        r.broker.answers.publish = true
        for (const p of resent) r.broker.puback(p.messageId as number)
        await r.until("all frames", () => r.frames.includes(8))
        const second = r.broker.published("frame").filter(p => p.connection === 2)
        expect(second.filter(p => !p.dup).map(p => numberOf(p.payload as Buffer))).toEqual(
            range(5, 8)
        )
    })

    it("forgets the half packet that the old connection ended with", async () => {
        const r = await startHeld()
        r.broker.send(mqtt.generate({ cmd: "puback", messageId: idsOf(r)[0] }).subarray(0, 3))
        r.broker.close()
        r.broker.answers.publish = true
        await r.until("all frames", () => r.frames.includes(8))
        expect(r.lines.filter(line => line.includes("MQTT"))).toEqual([])
        expect(r.frames).toEqual([1, 2, 3, 4, ...range(1, 8)])
    })

    it("leaves out frames that were dropped for lack of room, and delivers the rest once and in order", async () => {
        const r = await startHeld({ outboxBytes: 320, frames: 20, everyMs: 100 })
        expect(r.frames).toEqual([1, 2, 3, 4])
        r.broker.close()
        r.broker.answers.publish = true
        await r.until("all frames", () => r.frames.includes(20))
        expect(r.frames).toEqual([1, 2, 3, 4, ...range(15, 20)])
        expect(r.broker.connections, "the second one did it").toBe(2)
    })

    it("releases nothing but what was acknowledged, when the acknowledged one was dropped meanwhile", async () => {
        const r = await startHeld({ outboxBytes: 320, frames: 20, everyMs: 100 })
        r.broker.answers.publish = true
        for (const id of idsOf(r)) r.broker.puback(id)
        await r.until("all frames", () => r.frames.includes(20))
        expect(r.frames).toEqual([1, 2, 3, 4, ...range(15, 20)])
        expect(r.broker.connections).toBe(1)
    })

    it("[MQTT-3.2.2-2] subscribes again only when the broker lost the session", async () => {
        const r = await startQuiet()
        expect(r.broker.count("subscribe"), "first connection").toBe(1)
        for (const [sessionPresent, subscribed] of [
            [true, 1],
            [false, 2],
            [true, 2],
        ] as const) {
            r.broker.sessionPresent = sessionPresent
            r.broker.close()
            const states = r.broker.published("state").length
            await r.until("birth", () => r.broker.published("state").length > states)
            await r.run(seconds(1))
            expect(r.broker.count("subscribe"), `session present: ${sessionPresent}`).toBe(
                subscribed
            )
        }
    })

    it("subscribes on the first connection even when the broker has a session from before", async () => {
        const r = start()
        r.broker.sessionPresent = true
        await r.run(seconds(5))
        expect(r.broker.count("subscribe")).toBe(1)
    })

    it("loses no frame and reorders none, whenever the connection breaks", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 3, maxLength: 12 }),
                fc.integer({ min: 1, max: 3 }),
                async (pauses, seed) => {
                    const r = new UplinkRig({ frames: 60, everyMs: 500, frameBytes: 300, seed })
                    r.broker.latencyMs = 70
                    for (const pause of pauses) {
                        await r.run(pause)
                        if (r.broker.isConnected) r.broker.close()
                    }
                    await r.until("all frames", () => r.frames.includes(60), minutes(10))
                    const firsts = [...new Set(r.frames)]
                    r.close()
                    expect(firsts).toEqual(range(1, 60))
                    expect(r.broker.failures).toEqual([])
                }
            ),
            { numRuns: 12, seed: 7 }
        )
    })
})

describe("connecting", () => {
    it("[MQTT-3.1.2-8] [MQTT-3.1.2-24] announces itself with last will, session and the whole keep-alive", async () => {
        const r = start({ keepAliveSeconds: 40_000, hasUser: true })
        await r.run(seconds(5))
        expect(r.broker.seen[0].packet).toMatchObject({
            cmd: "connect",
            protocolVersion: 4,
            clean: false,
            keepalive: 40000,
            clientId: `n1${r.node.deviceId}`,
            username: "aarhus",
            password: Buffer.from("secret"),
            will: {
                topic: `${BASE}/state`,
                qos: 1,
                retain: true,
                payload: Buffer.from('{"v":1,"online":false,"boot":4711}'),
            },
        })
        const [birth] = r.broker.published("state")
        expect(birth).toMatchObject({ retain: true, qos: 1 })
        expect(birth.payload.toString()).toBe('{"v":1,"online":true,"boot":4711}')
        expect(r.broker.published("schema")).toMatchObject([{ retain: true, qos: 1 }])
    })

    it("[MQTT-3.2.2-5] says in words why the broker refuses, and tries again", async () => {
        const words = [
            "the broker does not speak MQTT 3.1.1",
            "the broker does not allow this client id",
            "the broker is not available",
            "wrong user name or password",
            "not authorised",
        ]
        const r = start()
        for (const [i, text] of words.entries()) {
            r.broker.refusal = i + 1
            await r.until(
                text,
                () => r.lines.includes(`uplink: connection refused: ${text}`),
                hours(1)
            )
        }
        r.broker.refusal = 0
        await r.until("a connection", () => r.broker.published("state").length === 1, minutes(5))
    })

    it("names what repeated closes right after CONNACK mean, and only when they go on", async () => {
        const r = start()
        const named = () => r.lines.filter(line => line.includes("right after CONNACK"))
        let closes = 0
        r.broker.onPacket = packet => {
            if (packet.cmd === "subscribe" || (packet.cmd === "publish" && closes > 0)) {
                closes++
                r.broker.close()
            }
        }
        await r.until("three closes", () => closes === 3, minutes(2))
        await r.run(100)
        expect(named()).toEqual([
            "uplink: closed right after CONNACK 3 times: another client with this id, or a limit of the broker",
        ])
        r.broker.onPacket = undefined
        await r.run(minutes(3))
        expect(r.broker.isConnected).toBe(true)
        // Such a connection counts from the beginning again.
        r.broker.close()
        await r.run(minutes(3))
        expect(named().length).toBe(1)
    })

    it("does not take connections for cut short that it ends itself, or that lasted", async () => {
        const r = start()
        for (let i = 0; i < 4; i++) {
            await r.run(minutes(2))
            r.broker.close()
        }
        r.broker.answers.subscribe = false
        r.broker.sessionPresent = false
        const before = r.broker.connections
        await r.until("five silent brokers", () => r.broker.connections > before + 5, hours(1))
        expect(r.lines.filter(line => line.includes("right after CONNACK"))).toEqual([])
    })

    it("[MQTT-3.9.3-1] does not go on when the broker refuses a subscription", async () => {
        const r = start()
        r.broker.granted = [1, 0x80]
        await r.until("a second try", () => r.broker.connections === 2)
        expect(r.lines).toContain(
            `uplink: the broker refused to subscribe to ${BASE}/time/set, ${BASE}/cmd`
        )
        r.broker.granted = undefined
        await r.until("birth", () => r.broker.published("state").length === 1)
    })

    it("[MQTT-3.8.4-5] [MQTT-3.2.0-1] names what the broker did wrong, and tries again", async () => {
        const r = start()
        r.broker.granted = [1]
        await r.until("a second try", () => r.broker.connections === 2)
        expect(r.lines.some(line => line.includes("[MQTT-3.8.4-5]"))).toBe(true)
        r.broker.answers.connect = false
        r.broker.onPacket = packet => {
            if (packet.cmd === "connect") r.broker.puback(1)
        }
        await r.until("a third try", () => r.broker.connections === 3)
        expect(r.lines.some(line => line.includes("[MQTT-3.2.0-1]"))).toBe(true)
        r.broker.onPacket = undefined
        r.broker.answers.connect = true
        r.broker.granted = undefined
        await r.until("birth", () => r.broker.published("state").length === 1)
    })

    it("gives up a connection on which CONNACK never comes, and one that nobody answers", async () => {
        const r = start()
        r.broker.answers.connect = false
        await r.until("a second try", () => r.broker.connections === 2, seconds(40))
        r.broker.reachable = "silent"
        r.broker.close()
        await r.until("two more", () => r.broker.connections === 4, minutes(2))
        r.broker.reachable = true
        r.broker.answers.connect = true
        await r.until("birth", () => r.broker.published("state").length === 1, minutes(4))
    })

    it("waits a random time below 5 s at first, then longer, never above 120 s, and not the same on every node", async () => {
        const pausesOf = async (seed: number): Promise<number[]> => {
            const r = start({ seed })
            r.broker.reachable = false
            const at: number[] = []
            let known = 0
            await r.world.runUntil(() => {
                if (r.broker.connections > known) at.push(r.world.clock.now / 1000)
                known = r.broker.connections
                return false
            }, hours(2))
            r.close()
            return at.slice(1).map((t, i) => t - at[i])
        }
        const [one, two] = [await pausesOf(1), await pausesOf(2)]
        expect(one[0]).toBeLessThan(5100)
        expect(Math.max(...one)).toBeLessThanOrEqual(120_100)
        expect(Math.max(...one), "grows").toBeGreaterThan(60_000)
        expect(Math.min(...one.slice(6)), "full jitter").toBeLessThan(30_000)
        expect(one.slice(0, 5)).not.toEqual(two.slice(0, 5))
    })

    it("begins with short pauses again after a connection that lasted a minute", async () => {
        const r = start()
        r.broker.reachable = false
        await r.run(minutes(30))
        r.broker.reachable = true
        await r.until("birth", () => r.broker.published("state").length === 1, minutes(3))
        await r.run(seconds(70))
        const closedAt = r.world.clock.now
        const before = r.broker.connections
        r.broker.close()
        await r.until("a connection", () => r.broker.connections > before)
        expect((r.world.clock.now - closedAt) / 1000, "ms").toBeLessThan(5200)
    })

    it("restarts the node after the set time without a broker, and never with one", async () => {
        const r = start({ restartAfterMinutes: 20 })
        await r.run(minutes(30))
        expect(r.lines).not.toContain("DID reboot network")
        r.broker.reachable = false
        r.broker.close()
        await r.run(minutes(19))
        expect(r.lines).not.toContain("DID reboot network")
        await r.until("restart", () => r.lines.includes("DID reboot network"), minutes(4))
        expect(r.lines).toContain("uplink: restarting: network")
    })
})

describe("a connection that is dead without saying so", () => {
    it("[MQTT-3.1.2-23] pings within the keep-alive while idle, and not at all with keep-alive 0", async () => {
        const r = await startQuiet()
        await r.run(minutes(10))
        const at = r.broker.seen.map(s => s.at)
        const gaps = at.slice(1).map((t, i) => t - at[i])
        expect(Math.max(...gaps), "longest silence, ms").toBeLessThanOrEqual(60_000)
        expect(r.broker.count("pingreq")).toBeGreaterThan(9)
        r.close()
        const without = start({ keepAliveSeconds: 0 })
        await without.run(minutes(10))
        expect(without.broker.count("pingreq")).toBe(0)
        expect(without.broker.connections).toBe(1)
    })

    it("[MQTT-3.1.2-24] is given up within 1.5 × keep-alive when PINGRESP does not come", async () => {
        const r = await startQuiet()
        await r.run(minutes(2))
        r.broker.answers.ping = false
        const last = r.world.clock.now
        await r.until("a new connection", () => r.broker.connections === 2, seconds(200))
        expect((r.world.clock.now - last) / 1000).toBeLessThanOrEqual(90_000 + 30_000 + 5000)
        expect(r.lines).toContain("uplink: the broker does not answer pings")
    })

    it("is given up within 1.5 × keep-alive when half open, idle or with messages stuck, at any keep-alive", async () => {
        for (const keepAlive of [8, 60, 300])
            for (const frames of [0, 30]) {
                const r = await startQuiet({
                    keepAliveSeconds: keepAlive,
                    frames,
                    everyMs: 1000,
                })
                await r.run(seconds(5))
                r.broker.isHalfOpen = true
                const since = r.world.clock.now
                await r.until("a new try", () => r.broker.connections === 2, seconds(2 * keepAlive))
                const seenAfter = (r.world.clock.now - since) / 1000
                // The pause before the new try is not part of it.
                expect(
                    seenAfter,
                    `keep-alive ${keepAlive} s, ${frames} frames`
                ).toBeLessThanOrEqual(1500 * keepAlive + 5000)
                r.broker.isHalfOpen = false
                await r.until(
                    "all frames",
                    () => frames === 0 || r.frames.includes(frames),
                    minutes(5)
                )
                expect([...new Set(r.frames)]).toEqual(range(1, frames))
                r.close()
            }
    })

    it("is given up when half open even while time requests go out that nobody answers", async () => {
        const r = start({ keepAliveSeconds: 300 })
        r.broker.answers.time = false
        await r.run(minutes(2))
        r.broker.isHalfOpen = true
        await r.until("a new try", () => r.broker.connections === 2, seconds(455))
    })

    it("is given up when the broker answers pings but acknowledges nothing", async () => {
        const r = await startHeld()
        await r.until("a new connection", () => r.broker.connections === 2, seconds(60))
        expect(r.lines).toContain("uplink: the broker does not acknowledge")
        r.broker.answers.publish = true
        await r.until("all frames", () => r.frames.includes(8), minutes(2))
    })
})

describe("a socket that does not take packets", () => {
    it("gets the same packet again while its queue is full, and nothing twice", async () => {
        const r = await startQuiet({ frames: 8, everyMs: 10 })
        r.broker.writeResult = -1
        await r.run(seconds(2.5))
        expect(r.frames).toEqual([])
        r.broker.writeResult = 0
        await r.until("all frames", () => r.frames.includes(8))
        expect(r.frames).toEqual(range(1, 8))
        expect(r.broker.connections).toBe(1)
    })

    it("is replaced when that lasts", async () => {
        const r = await startQuiet({ frames: 8 })
        r.broker.writeResult = -1
        await r.until("a new connection", () => r.broker.connections === 2, seconds(20))
        expect(r.lines).toContain("uplink: the network does not take packets")
        r.broker.writeResult = 0
        await r.until("all frames", () => r.frames.includes(8))
    })

    it("is replaced when it says that it is closed", async () => {
        const r = await startQuiet({ frames: 8 })
        r.broker.writeResult = -10
        await r.until("a new connection", () => r.broker.connections === 2, seconds(20))
        r.broker.writeResult = 0
        await r.until("all frames", () => r.frames.includes(8))
        expect([...new Set(r.frames)]).toEqual(range(1, 8))
    })
})

describe("what the broker sends", () => {
    it("may be a publication of 20 KB to our topic: it is skipped, acknowledged and counted, and the link stays", async () => {
        for (const chunkBytes of [1024, 100]) {
            const r = await startQuiet()
            r.broker.chunkBytes = chunkBytes
            r.broker.publish(`${BASE}/cmd`, "x".repeat(20_000), 77)
            r.command('{"id":"o","do":"outbox"}', 78)
            await r.until("an answer", () => r.acks.length === 1)
            const pubacks = r.broker.seen.filter(s => s.packet.cmd === "puback")
            expect(pubacks.map(s => s.packet.messageId)).toEqual([77, 78])
            r.command('{"id":"r","do":"report"}', 79)
            await r.until("a report", () => r.acks.length === 2)
            expect(r.broker.published("status").at(-1)?.payload.toString()).toContain(
                '"oversize":1'
            )
            expect(r.broker.connections).toBe(1)
            r.close()
        }
    })

    it("may come in single bytes, or six messages and their acknowledgements in one chunk", async () => {
        const r = await startQuiet()
        r.broker.chunkBytes = 1
        r.command('{"id":"one","do":"outbox"}', 5)
        await r.until("an answer", () => r.acks.length === 1)
        r.broker.chunkBytes = 1024
        const six = range(1, 6).map(i =>
            mqtt.generate({
                cmd: "publish",
                topic: `${BASE}/cmd`,
                payload: `{"id":"c${i}","do":"outbox"}`,
                qos: 1,
                messageId: 100 + i,
                dup: false,
                retain: false,
            })
        )
        r.broker.send(Buffer.concat(six))
        await r.until("six answers", () => r.acks.length === 7)
        expect(r.broker.count("puback")).toBe(7)
    })

    it("may be a command that the broker kept, in one segment with CONNACK", async () => {
        const r = await startQuiet()
        const command = {
            cmd: "publish",
            topic: `${BASE}/cmd`,
            payload: '{"id":"kept","do":"outbox"}',
            qos: 1,
            messageId: 9,
            dup: false,
            retain: false,
        } as const
        const connack = { cmd: "connack", returnCode: 0, sessionPresent: true } as const
        const before = r.broker.connections
        r.broker.answers.connect = false
        r.broker.onPacket = packet => {
            if (packet.cmd === "connect")
                r.broker.send(Buffer.concat([mqtt.generate(connack), mqtt.generate(command)]))
        }
        r.broker.close()
        await r.until("the command's answer", () => r.acks.length === 1)
        expect(r.acks[0]).toContain('"id":"kept","ok":true')
        expect(r.broker.connections - before, "connections that it took").toBe(1)
    })

    it("may be 208 messages in one TCP segment and 20 such segments at once without stopping the program", async () => {
        const r = await startQuiet()
        const message = {
            cmd: "publish",
            topic: "t",
            payload: "",
            dup: false,
            retain: false,
        } as const
        const flood = Buffer.concat(
            range(1, 208).map(messageId => mqtt.generate({ ...message, qos: 1, messageId }))
        )
        expect(flood.length, "B").toBeLessThanOrEqual(1460)
        r.broker.chunkBytes = 1460
        for (let i = 0; i < 20; i++) r.broker.send(flood)
        r.command('{"id":"o","do":"outbox"}')
        await r.until("an answer", () => r.acks.length === 1)
        expect(r.broker.count("puback")).toBe(20 * 208)
        expect(r.broker.connections).toBe(1)
    })

    it("[MQTT-4.8.0-1] ends the connection when it is no MQTT, with the clause on the console", async () => {
        const r = await startQuiet()
        for (const [bytes, clause] of [
            [[0x36, 5, 0, 1, 0x61, 0, 1], "MQTT-3.3.1-4"],
            [[0x41, 2, 0, 1], "MQTT-2.2.2-2"],
            [[0x20, 2, 0, 0], "MQTT 3.2"],
        ] as const) {
            const before = r.broker.connections
            r.broker.send(Uint8Array.from(bytes))
            await r.until(clause, () => r.broker.connections > before && r.broker.isConnected)
            expect(
                r.lines.some(line => line.includes(`uplink: [${clause}]`)),
                clause
            ).toBe(true)
            await r.run(seconds(2))
        }
    })
})

describe("an outbox that cannot be read", () => {
    // The clock anchor is entry 1, frame n is entry n + 1.
    const identify = (r: UplinkRig, seconds: number) => {
        r.command(`{"id":"f${seconds}","do":"identify","seconds":${seconds}}`)
    }

    it("at one entry, the last one included, does not hold up the others, and the entry is counted", async () => {
        for (const torn of [4, 7]) {
            const r = await startQuiet({ frames: 6 })
            identify(r, TORN + torn)
            await r.run(seconds(15))
            expect(r.frames).toEqual(range(1, 6).filter(n => n !== torn - 1))
            r.command('{"id":"r","do":"report"}')
            await r.until("a report", () => r.acks.length === 2)
            expect(r.broker.published("status").at(-1)?.payload.toString()).toContain(
                `"skipped":${torn === 7 ? 0 : 1}`
            )
            expect(r.broker.connections).toBe(1)
            r.close()
        }
    })

    it("at all, for a while, loses nothing, and commands are answered meanwhile", async () => {
        const r = await startQuiet({ frames: 6 })
        identify(r, AWAY)
        await r.run(minutes(2))
        expect(r.frames).toEqual([])
        r.command('{"id":"r","do":"report"}')
        await r.until("a report", () => r.acks.length === 2)
        identify(r, BACK)
        await r.until("all frames", () => r.frames.length === 6, seconds(15))
        expect(r.frames).toEqual(range(1, 6))
        expect(r.broker.connections).toBe(1)
    })

    it("when a message in flight is to be sent again, is tried again, and given up in the end", async () => {
        const r = await startHeld()
        // The command takes the place of frame 1 in the window.
        identify(r, TORN + 3)
        await r.run(seconds(1))
        r.broker.puback(idsOf(r)[0])
        await r.until("the answer", () => r.acks.length === 1)
        r.broker.answers.publish = true
        r.broker.close()
        await r.until("the rest", () => r.frames.includes(8), minutes(10))
        const again = r.broker.published("frame").filter(p => p.connection > 1)
        expect(new Set(again.map(p => numberOf(p.payload as Buffer)))).toEqual(new Set(range(3, 8)))
        expect(r.lines).toContain("uplink: the outbox cannot be read")
    })
})
