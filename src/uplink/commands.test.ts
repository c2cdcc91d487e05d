/** Remote commands, time, payload forms and goodbye of the uplink in the real VM. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { BASE, UplinkRig, numberOf, type UplinkRigOptions } from "../../tests/support/uplink-rig.js"
import { RecentIds } from "../core/protocol/commands.js"

let rig: UplinkRig | undefined

async function start(options: UplinkRigOptions = {}): Promise<UplinkRig> {
    rig = new UplinkRig(options)
    await rig.run(seconds(5))
    return rig
}

/** What the station was told to do. */
function deeds(r: UplinkRig): string[] {
    return r.lines.filter(line => line.startsWith("DID ")).map(line => line.slice(4))
}

afterEach(() => {
    const failures = rig?.broker.failures ?? []
    rig?.close()
    rig = undefined
    expect(failures, "what the broker could not accept").toEqual([])
})

describe("a command", () => {
    it("is carried out and acknowledged with its result", async () => {
        const r = await start()
        const commands: [string, string, string[]][] = [
            [
                '{"id":"a1","do":"interval","seconds":30}',
                '{"id":"a1","ok":true,"seconds":30}',
                ["interval 30"],
            ],
            ['{"id":"a2","do":"identify"}', '{"id":"a2","ok":true}', ["identify 10"]],
            ['{"id":"a3","do":"identify","seconds":2}', '{"id":"a3","ok":true}', ["identify 2"]],
            ['{"id":"a4","do":"outbox"}', '{"id":"a4","ok":true,"frames":0}', []],
            ['{"id":"a5","do":"report"}', '{"id":"a5","ok":true}', ["report"]],
        ]
        for (const [text, answer, done] of commands) {
            const before = deeds(r).length
            const acks = r.acks.length
            r.command(text, 100 + acks)
            await r.until(text, () => r.acks.length > acks)
            expect(r.acks.at(-1)).toBe(answer)
            expect(deeds(r).slice(before), text).toEqual(done)
        }
        const [ack] = r.broker.published("ack")
        expect(ack).toMatchObject({ qos: 1, retain: false })
    })

    it("that is refused says why, and nothing is done", async () => {
        const r = await start({ refusesInterval: true })
        for (const [text, answer] of [
            [
                '{"id":"a1","do":"interval","seconds":0}',
                '"a1","ok":false,"error":"seconds must be a whole number from 1 to 86400"}',
            ],
            ['{"id":"a2","do":"dance"}', '"a2","ok":false,"error":"unknown command"}'],
            [
                '{"do":"report"}',
                '"","ok":false,"error":"id must be 1 to 32 printable ASCII characters"}',
            ],
            ["\u0000\u0001\u00ff{", '"","ok":false,"error":"not a JSON object"}'],
        ]) {
            const acks = r.acks.length
            r.command(text)
            await r.until(text, () => r.acks.length > acks)
            expect(r.acks.at(-1)).toBe(`{"id":${answer}`)
        }
        expect(deeds(r)).toEqual([])
        r.command('{"id":"a3","do":"interval","seconds":5}')
        await r.until("the station's answer", () => r.acks.length === 5)
        expect(r.acks.at(-1)).toBe('{"id":"a3","ok":false,"error":"too fast for the sensors"}')
    })

    it("that comes again is answered again and not carried out again, until eight others came", async () => {
        const r = await start()
        const ask = async (text: string): Promise<string> => {
            const acks = r.acks.length
            r.command(text, 1000 + acks, acks > 0)
            await r.until(text, () => r.acks.length > acks)
            return r.acks.at(-1) as string
        }
        const interval = '{"id":"x","do":"interval","seconds":7}'
        const first = await ask(interval)
        for (let i = 0; i < 7; i++) expect(await ask(interval)).toBe(first)
        expect(deeds(r)).toEqual(["interval 7"])
        for (let i = 0; i < 7; i++) await ask(`{"id":"n${i}","do":"outbox"}`)
        await ask(interval)
        expect(deeds(r), "seven others").toEqual(["interval 7"])
        await ask('{"id":"n7","do":"outbox"}')
        await ask(interval)
        expect(deeds(r), "eight others").toEqual(["interval 7", "interval 7"])
    })

    it("that is refused can be sent again with the same id and other values", async () => {
        const r = await start()
        r.command('{"id":"x","do":"interval","seconds":0}')
        r.command('{"id":"x","do":"interval","seconds":9}')
        await r.until("two answers", () => r.acks.length === 2)
        expect(r.acks[1]).toBe('{"id":"x","ok":true,"seconds":9}')
        expect(deeds(r)).toEqual(["interval 9"])
    })

    it("has its id kept for after a reset, before it is answered", async () => {
        const r = await start()
        for (const id of ["first", "second"]) r.command(`{"id":"${id}","do":"identify"}`)
        await r.until("two answers", () => r.acks.length === 2)
        const kept = r.lines.filter(line => line.startsWith("KEEP ")).map(line => line.slice(5))
        expect(kept.length).toBe(2)
        const bytes = Buffer.from(kept[1], "hex")
        const recent = new RecentIds()
        recent.load(bytes, bytes.length)
        expect(["first", "second", "third"].map(id => recent.has(id))).toEqual([true, true, false])
    })

    it("report is answered at once when nothing waits", async () => {
        const r = await start()
        await r.run(minutes(1))
        for (let n = 0; n < 5; n++) {
            r.command(`{"id":"r${n}","do":"report"}`, 10 + n)
            await r.run(seconds(1))
            expect(r.acks.length, `answers 1 s after ${n + 1} commands`).toBe(n + 1)
        }
        // Again, although it is not carried out again.
        r.command('{"id":"r4","do":"report"}', 20)
        await r.run(seconds(1))
        expect(r.acks.length).toBe(6)
    })

    it("report is answered after all frames and the status have arrived, and others do not wait for it", async () => {
        const r = await start({ isQuiet: true, frames: 20 })
        await r.run(seconds(4))
        r.broker.answers.publish = false
        await r.run(seconds(2))
        const held = r.broker.published("frame").length
        expect(held).toBe(4)
        for (const p of r.broker.published("frame").slice(0, 1))
            r.broker.puback(p.messageId as number)
        r.command('{"id":"r","do":"report"}')
        r.command('{"id":"i","do":"identify"}')
        await r.run(seconds(2))
        r.broker.answers.publish = true
        for (const p of r.broker.published("frame").slice(1)) r.broker.puback(p.messageId as number)
        await r.until("both answers", () => r.acks.length === 2)
        expect(r.acks).toEqual(['{"id":"i","ok":true}', '{"id":"r","ok":true}'])
        const order = r.broker.seen.map(s => s.packet)
        const at = (test: (topic: string, payload: string) => boolean) =>
            order
                .map(p => p.cmd === "publish" && test(p.topic, p.payload.toString("latin1")))
                .lastIndexOf(true)
        const lastFrame = at(topic => topic.endsWith("/frame"))
        const status = at((topic, text) => topic.endsWith("/status") && text.includes('"acked":20'))
        const ack = at((_topic, text) => text.includes('"id":"r"'))
        expect(lastFrame).toBeGreaterThan(0)
        expect(status, "status after the last frame").toBeGreaterThan(lastFrame)
        expect(ack, "answer after the status").toBeGreaterThan(status)
    })

    it("beyond the fourth that waits is answered with busy, and each QoS 1 message is acknowledged", async () => {
        const r = await start()
        r.broker.answers.publish = false
        for (let i = 1; i <= 4; i++) r.command(`{"id":"w${i}","do":"outbox"}`, i)
        await r.run(seconds(1))
        for (let i = 1; i <= 9; i++) r.command(`{"id":"c${i}","do":"identify"}`, 10 + i)
        await r.run(seconds(1))
        expect(r.broker.count("puback"), "of 13 messages").toBe(13)
        r.broker.answers.publish = true
        for (const p of r.broker.published("ack")) r.broker.puback(p.messageId as number)
        await r.until("the answers", () => r.acks.length === 12)
        await r.run(seconds(5))
        const ok = r.acks.filter(a => a.includes('"ok":true')).length
        const busy = r.acks.filter(a => a.includes('"error":"busy"')).length
        expect([ok, busy, r.acks.length], "one of nine was beyond the eighth").toEqual([8, 4, 12])
        expect(deeds(r).length).toBe(4)
    })

    it("keeps its answer when the link breaks between the status and the answer", async () => {
        const r = await start({ window: 1 })
        r.broker.answers.publish = false
        const states = r.broker.published("status").length
        r.command('{"id":"r","do":"report"}', 5)
        await r.until("the status", () => r.broker.published("status").length > states)
        await r.run(seconds(1))
        expect(r.acks, "the status takes the window").toEqual([])
        r.broker.close()
        r.broker.answers.publish = true
        await r.until("the answer", () => r.acks.length === 1)
        await r.run(seconds(5))
        expect(r.acks).toEqual(['{"id":"r","ok":true}'])
        expect(deeds(r)).toEqual(["report"])
    })

    it("reboot is acknowledged, then the node says it is offline, disconnects and restarts", async () => {
        const r = await start()
        r.broker.answers.publish = false
        r.command('{"id":"b","do":"reboot"}', 9)
        await r.run(seconds(2))
        expect(r.acks).toEqual(['{"id":"b","ok":true}'])
        expect(deeds(r), "the answer is not acknowledged yet").toEqual([])
        r.broker.answers.publish = true
        r.broker.puback(r.broker.published("ack")[0].messageId as number)
        await r.until("restart", () => deeds(r).includes("reboot command"))
        const last = r.broker.seen.slice(-3).map(s => s.packet)
        expect(last.map(p => p.cmd)).toEqual(["publish", "publish", "disconnect"])
        expect(last[1]).toMatchObject({ topic: `${BASE}/state`, retain: true, qos: 1 })
        expect((last[1] as { payload: Buffer }).payload.toString()).toBe(
            '{"v":1,"online":false,"boot":4711,"restart":"command"}'
        )
        await r.until("birth", () =>
            (r.broker.published("state").at(-1)?.payload.toString() ?? "").includes("true")
        )
        await r.run(minutes(2))
        expect(deeds(r), "once").toEqual(["reboot command"])
    })
})

describe("the time", () => {
    it("is asked for once it is connected; the anchor goes out retained, before later frames", async () => {
        const r = await start({ isQuiet: true, frames: 3 })
        await r.until("frames", () => r.frames.length === 3)
        const [clock] = r.broker.published("clock")
        expect(clock).toMatchObject({ qos: 1, retain: true })
        const anchor = JSON.parse(clock.payload.toString()) as Record<string, number>
        expect(anchor).toMatchObject({ v: 1, boot: 4711, rate: 0 })
        // The node's own clock runs with the world's: uptime 0 is 10 ms after the start.
        const error = Math.abs(anchor["unix"] - anchor["uptime"] - r.world.clock.epochMs)
        expect(error, "ms").toBeLessThanOrEqual(anchor["uncertainty"])
        expect(clock.at).toBeLessThan(r.broker.published("frame")[0].at)
    })

    it("is asked for once a minute while nobody answers, and no more often", async () => {
        rig = new UplinkRig()
        rig.broker.answers.time = false
        await rig.run(minutes(10) + seconds(30))
        const at = rig.broker.published("time/get").map(p => p.at)
        expect(at.length).toBeGreaterThanOrEqual(9)
        expect(Math.min(...at.slice(1).map((t, i) => t - at[i]))).toBeGreaterThanOrEqual(60_000)
        expect(rig.broker.published("clock")).toEqual([])
        expect(rig.broker.published("status").length, "it does not wait forever").toBe(1)
    })

    it("is refreshed every quarter of an hour until the clock's rate is known, then every six hours", async () => {
        const r = await start()
        await r.run(hours(13))
        const at = r.broker.published("time/get").map(p => p.at / 60_000)
        const gaps = at.slice(1).map((t, i) => t - at[i])
        expect(gaps[0], "min").toBeLessThan(16)
        expect(gaps.at(-1), "min").toBeGreaterThanOrEqual(360)
        expect(at.length).toBeLessThan(8)
        const anchors = r.broker.published("clock").map(p => p.payload.toString())
        expect(new Set(anchors).size, "some of them are sent again").toBe(at.length)
    })

    it("is not taken from a reply to something else, a second reply, or nonsense", async () => {
        rig = new UplinkRig()
        rig.broker.answers.time = false
        await rig.run(seconds(5))
        const [request] = rig.broker.published("time/get")
        const now = Math.round(rig.world.clock.wallMs)
        for (const text of [
            "",
            " ",
            "x y",
            `1 ${now}`,
            `${request.payload.toString()} x`,
            `${request.payload.toString()} 5`,
            `${request.payload.toString()} ${Date.UTC(2100, 0, 1)}`,
            `${now}`,
        ])
            rig.broker.publish(`${BASE}/time/set`, text)
        await rig.run(seconds(1))
        expect(rig.broker.published("clock")).toEqual([])
        for (let i = 0; i < 2; i++)
            rig.broker.publish(`${BASE}/time/set`, `${request.payload.toString()} ${now}`)
        await rig.run(seconds(1))
        expect(rig.broker.published("clock").length).toBe(1)
    })
})

describe("in the JSON form", () => {
    it("every frame comes in an envelope with its exact bytes, and other records as ever", async () => {
        const r = await start({ isJson: true, frames: 100 })
        await r.until("all", () => r.broker.published("envelope").length === 100)
        r.broker.published("envelope").forEach((message, i) => {
            const n = i + 1
            const { v, kind, data } = JSON.parse(message.payload.toString()) as Record<
                string,
                unknown
            >
            expect([v, kind]).toEqual([1, "frame"])
            const bytes = Buffer.from(data as string, "base64")
            expect(bytes.length).toBe(2 + n)
            expect(numberOf(bytes)).toBe(n)
            for (let at = 2; at < bytes.length; at++) expect(bytes[at]).toBe((37 * at + n) & 0xff)
        })
        expect(r.broker.published("frame")).toEqual([])
        expect(r.broker.published("clock")[0].payload.toString()).toContain('{"v":1,"boot":4711')
    })
})
