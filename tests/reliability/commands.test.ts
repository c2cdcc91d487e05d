/** Remote commands, end to end: what they do, and that each is carried out once. */
import { afterEach, describe, expect, it } from "vitest"
import { minutes, seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { Testbed, expectAllArrived, type TestbedOptions } from "./testbed.js"

const RAM = { intervalSeconds: 60, reportSeconds: 300 }
const FRAM = {
    intervalSeconds: 60,
    reportSeconds: 300,
    store: "MB85RC256V" as const,
}

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

async function start(
    options: Omit<TestbedOptions, "seed"> = RAM,
    runMs = minutes(3)
): Promise<Testbed> {
    const parts = options === FRAM ? [new MB85RCModel()] : []
    const b = new Testbed({ seed: 7, ...options, parts })
    bed = b
    await b.world.run(runMs)
    return b
}

type Answer = { readonly id: string; readonly ok: boolean } & Record<string, unknown>

const answersOf = (b: Testbed) => b.acks.map(ack => JSON.parse(ack) as Answer)

/** Sends a command and waits for its answer. */
async function ask(b: Testbed, fields: Record<string, unknown>): Promise<Answer> {
    const id = b.command(fields)
    const find = () => answersOf(b).find(answer => answer.id === id)
    await b.world.runUntil(() => find() !== undefined, minutes(3))
    const answer = find()
    expect(answer, `answer to ${JSON.stringify(fields)}`).toBeDefined()
    return answer as Answer
}

/** Boot ids of the state records that say "online", each once, in order. */
function countBoots(b: Testbed): () => number {
    const boots = new Set<number>()
    b.broker.subscribe(`${b.topic}/state`, (_topic, payload) =>
        boots.add((JSON.parse(payload.toString()) as { boot: number }).boot)
    )
    return () => boots.size
}

function expectUnharmed(b: Testbed): void {
    expect(b.broker.violations).toEqual([])
    expect(b.problems).toEqual([])
    expect(b.node.panics).toEqual([])
}

/** Times between the values that the sensor gave, s. */
function spacings(b: Testbed, from: number): number[] {
    const times = b.given.slice(from).map(value => Math.round(value.unixMs / 1000))
    return times.slice(1).map((time, i) => time - times[i])
}

describe("the command", () => {
    it("interval changes the time between rows until it is changed again", async () => {
        const b = await start()
        for (const interval of [5, 1, 300, 60]) {
            expect(await ask(b, { do: "interval", seconds: interval })).toMatchObject({
                ok: true,
                seconds: interval,
            })
            // The first row falls on the next multiple.
            const from = b.given.length
            await b.world.run(seconds(interval * 4 + 1))
            expect(new Set(spacings(b, from)), `interval ${interval} s`).toEqual(
                new Set([interval])
            )
            await ask(b, { do: "report" })
            expect(b.status.intervalSeconds).toBe(interval)
        }
        await b.drain()
        expectAllArrived(b.account())
        expectUnharmed(b)
    })

    it.each([0, -1, 86_401, 1.5, "60", null, 1e300])(
        "interval with %j seconds is refused with a reason and changes nothing",
        async wrong => {
            const b = await start()
            expect(await ask(b, { do: "interval", seconds: wrong })).toMatchObject({
                ok: false,
                error: "seconds must be a whole number from 1 to 86400",
            })
            const from = b.given.length
            await b.world.run(minutes(4))
            expect(new Set(spacings(b, from))).toEqual(new Set([60]))
            expectUnharmed(b)
        }
    )

    it("report brings everything that was recorded, then a status that covers it", async () => {
        const b = await start()
        await b.world.run(minutes(2))
        expect(b.readings.length, "an open frame").toBeLessThan(b.given.length)
        await ask(b, { do: "report" })
        expect(b.readings.length).toBe(b.given.length)
        expect(b.status.rows).toBe(b.given.length)
        expectUnharmed(b)
    })

    it("describe publishes all records anew, and a node does so by itself every six hours", async () => {
        const b = await start()
        let came: string[] = []
        b.broker.subscribe(`${b.topic}/+`, topic => came.push(topic.split("/").at(-1) as string))
        const records = () => came.filter(leaf => /state|schema|clock|status/.test(leaf))
        await b.world.run(minutes(1))
        came = []
        expect(await ask(b, { do: "describe" })).toMatchObject({ ok: true })
        expect(records()).toEqual(["state", "schema", "clock", "status"])
        came = []
        await b.world.run(minutes(5 * 60))
        expect(records().filter(leaf => leaf !== "clock")).toEqual([])
        await b.world.run(minutes(2 * 60))
        expect(records().filter(leaf => leaf !== "clock")).toEqual(["state", "schema", "status"])
        await b.drain()
        expectAllArrived(b.account())
        expectUnharmed(b)
    })

    it("describe without a time publishes no clock record", async () => {
        const b = await start({ ...RAM, time: null })
        const clocks: string[] = []
        b.broker.subscribe(`${b.topic}/clock`, (_topic, payload) => clocks.push(payload.toString()))
        expect(await ask(b, { do: "describe" })).toMatchObject({ ok: true })
        expect(clocks).toEqual([])
        expectUnharmed(b)
    })

    it("identify is answered at once and refused out of range", async () => {
        const b = await start()
        expect(await ask(b, { do: "identify" })).toMatchObject({ ok: true })
        expect(await ask(b, { do: "identify", seconds: 60 })).toMatchObject({ ok: true })
        expect(await ask(b, { do: "identify", seconds: 61 })).toMatchObject({
            ok: false,
            error: "seconds must be a whole number from 1 to 60",
        })
        await b.world.run(minutes(2))
        await b.drain()
        expectAllArrived(b.account())
        expectUnharmed(b)
    })

    it("outbox gives figures that fit what waits", async () => {
        const b = await start()
        await b.drain()
        expect(await ask(b, { do: "outbox" })).toMatchObject({
            ok: true,
            frames: 0,
            bytes: 0,
            capacity: 14_000,
            dropped: 0,
        })
        b.node.link.goDown()
        b.command({ do: "outbox" })
        await b.world.run(minutes(30))
        b.broker.faults.onAck = () => "drop"
        b.node.link.comeUp()
        await b.world.run(minutes(3))
        b.broker.faults.onAck = undefined
        const answer = await ask(b, { do: "outbox" })
        expect(answer["capacity"]).toBe(14_000)
        await b.drain()
        expect(b.status).toMatchObject({ queued: 0, queuedBytes: 0, dropped: 0 })
        expectAllArrived(b.account())
        expectUnharmed(b)
    })

    it.each([
        ["without a store, for the broker knows why", RAM, "command"],
        ["with FRAM", FRAM, "command"],
    ])("reboot %s restarts the node once and loses no row", async (_name, options, reset) => {
        const b = await start(options)
        const boots = countBoots(b)
        const { boot } = b.status
        expect(await ask(b, { do: "reboot" })).toMatchObject({ ok: true })
        // Not at a full minute: a row that is taken while the report is answered is not in it.
        await b.world.run(minutes(10) + seconds(20))
        expect(boots(), "boots, the first one included").toBe(2)
        await b.drain()
        expect(b.status.boot).not.toBe(boot)
        expect(b.status.reset).toBe(reset)
        const { missing, ...account } = b.account()
        expectAllArrived({ ...account, missing: options === FRAM ? missing : [] })
        // Between the last flush and the restart a row can fall on nodes without a store.
        expect(missing.length, "readings lost").toBeLessThanOrEqual(1)
        expectUnharmed(b)
        // The cause is that of one start, not of all that follow.
        b.node.powerCut(1000)
        await b.world.run(minutes(3))
        await b.drain()
        expect(b.status.reset, "after a power cut").toBe(options === FRAM ? "power" : "unknown")
    })

    it("may be written over several lines", async () => {
        const b = await start()
        b.broker.publish(
            `${b.topic}/cmd`,
            '{\r\n\t"id": "lines",\n\t"do": "interval",\n\t"seconds": 30\n}\n'
        )
        await b.world.run(seconds(10))
        expect(answersOf(b)).toEqual([{ id: "lines", ok: true, seconds: 30 }])
    })

    it("reboot waits until those that came with it have their answers", async () => {
        const b = await start()
        const boots = countBoots(b)
        for (const name of ["report", "outbox", "reboot", "report"]) b.command({ do: name })
        await b.world.run(minutes(2))
        expect(answersOf(b)).toHaveLength(4)
        expect(answersOf(b).filter(({ ok }) => !ok)).toEqual([])
        expect(boots()).toBe(2)
        expectUnharmed(b)
    })

    it("unknown is refused", async () => {
        const b = await start()
        expect(await ask(b, { do: "format" })).toMatchObject({
            ok: false,
            error: "unknown command",
        })
    })
})

describe.each([
    ["without a store", RAM],
    ["with FRAM", FRAM],
])("a command that was sent while the node was away, %s,", (_name, options) => {
    it("is carried out once when it returns, and answered", async () => {
        const b = await start(options)
        b.node.link.goDown()
        await b.world.run(minutes(8))
        const ids = [
            b.command({ do: "interval", seconds: 20 }),
            b.command({ do: "identify", seconds: 1 }),
            b.command({ do: "report" }),
        ]
        b.broker.restart(seconds(2))
        b.node.link.comeUp()
        await b.world.run(minutes(5))
        for (const id of ids)
            expect(
                answersOf(b).filter(answer => answer.id === id),
                `answers to ${id}`
            ).toMatchObject([{ ok: true }])
        const from = b.given.length
        await b.world.run(minutes(2) + seconds(7))
        expect(new Set(spacings(b, from))).toEqual(new Set([20]))
        await b.drain()
        expectAllArrived(b.account())
        expectUnharmed(b)
    })

    it("is carried out once when the broker sends it again and again", async () => {
        const b = await start(options)
        const boots = countBoots(b)
        b.command({ id: "same", do: "interval", seconds: 30 })
        await b.world.run(seconds(30))
        b.command({ do: "interval", seconds: 60 })
        await b.world.run(seconds(30))
        // What a broker may do with QoS 1, and a person who got no answer.
        for (let i = 0; i < 5; i++) b.command({ id: "same", do: "interval", seconds: 30 })
        await b.world.run(minutes(1))
        const answers = answersOf(b).filter(({ id }) => id === "same")
        expect(answers).toEqual(new Array(6).fill({ id: "same", ok: true, seconds: 30 }))
        await b.drain()
        expect(b.status.intervalSeconds, "s").toBe(60)
        expect(boots()).toBe(1)
        expectUnharmed(b)
    })

    it("reboot restarts it once, however often the link breaks meanwhile", async () => {
        for (let cutBytes = 0; cutBytes < 60; cutBytes += 5) {
            const b = await start(options, minutes(1))
            const boots = countBoots(b)
            b.node.link.goDown()
            await b.world.run(seconds(30))
            const id = b.command({ do: "reboot" })
            // The first connections break while the command, its PUBACK or its answer is in flight.
            let left = 3
            b.node.link.onConnection = connection => {
                if (left-- > 0)
                    connection.cutAfter(cutBytes % 2 === 0 ? "down" : "up", 100 + cutBytes)
            }
            b.node.link.comeUp()
            await b.world.run(minutes(6))
            b.node.link.onConnection = undefined
            expect(boots(), `boots, cut after ${100 + cutBytes} B`).toBe(2)
            const answers = answersOf(b).filter(answer => answer.id === id)
            expect(answers[0], "answer").toMatchObject({ ok: true })
            expectUnharmed(b)
            b.close()
        }
    })

    it("reboot restarts it once, though the answer's PUBACK never comes", async () => {
        const b = await start(options, minutes(1))
        const boots = countBoots(b)
        const id = b.command({ do: "reboot" })
        b.broker.faults.onAck = () => "drop"
        await b.world.run(minutes(3))
        b.broker.faults.onAck = undefined
        await b.world.run(minutes(5))
        expect(answersOf(b).some(answer => answer.id === id && answer.ok)).toBe(true)
        expect(boots(), "boots").toBe(2)
        expectUnharmed(b)
    })

    it("reboot restarts it once, though the broker was killed right after the answer", async () => {
        const b = await start(options, minutes(1))
        const boots = countBoots(b)
        const id = b.command({ do: "reboot" })
        await b.world.runUntil(() => answersOf(b).some(answer => answer.id === id), minutes(1))
        b.broker.restart(seconds(20))
        await b.world.run(minutes(6))
        expect(boots(), "boots").toBe(2)
        expectUnharmed(b)
    })
})

describe("garbage on the topic for commands", () => {
    it("does no harm, and what looks like a command is answered with a reason", async () => {
        const b = await start()
        const connects = b.broker.counts.connects
        const send = (payload: string | Uint8Array) => b.broker.publish(`${b.topic}/cmd`, payload)
        const garbage = [
            Buffer.alloc(20_000, "x"),
            Buffer.alloc(20_000, 0xff),
            `{"id":"long","do":"report","x":"${"y".repeat(15_000)}"}`,
            Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
            Buffer.from([0xc3, 0x28, 0xff, 0x00]),
            "",
            "{",
            "[]",
            "null",
            "7",
            '"report"',
            "[".repeat(200),
            '{"a":'.repeat(60),
            "{}",
            '{"id":7,"do":"report"}',
            '{"id":"","do":"report"}',
            `{"id":"${"i".repeat(33)}","do":"report"}`,
            '{"id":"q\\"q","do":"report"}',
            '{"id":"u\u00e4","do":"report"}',
            '{"id":"x1"}',
            '{"id":"x2","do":{}}',
            '{"id":"x3","do":"interval","seconds":{"a":[]}}',
            '{"id":"x4","do":"interval","seconds":NaN}',
        ]
        for (const payload of garbage) {
            send(payload)
            await b.world.run(seconds(5))
        }
        // All at once: more than the node answers.
        for (const payload of garbage) send(payload)
        await b.world.run(minutes(2) + seconds(20))
        expect(answersOf(b).filter(({ ok }) => ok)).toEqual([])
        expect(answersOf(b).filter(({ error }) => error === "")).toEqual([])
        expect(answersOf(b).length, "answers").toBeGreaterThan(15)
        expect(answersOf(b)).toContainEqual({ id: "x1", ok: false, error: "unknown command" })
        expect(await ask(b, { do: "outbox" })).toMatchObject({ ok: true })
        await b.drain()
        expect(b.broker.counts.connects - connects, "connections lost").toBe(0)
        expect(b.status.intervalSeconds).toBe(60)
        expectAllArrived(b.account())
        expectUnharmed(b)
    })
})
