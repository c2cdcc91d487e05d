/** Calibration records over the network: sealed, asked by challenge, whatever else is on the topic. */
import { afterEach, describe, expect, it } from "vitest"
import { passTime } from "../../sim/jacdac/node-link.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { compile } from "../../sim/program/compile.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { SeededRandom } from "../../sim/time/random.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { CalibrationRefused, NodeCalibration } from "../../tools/calibration/node-calibration.js"
import { recordId, writeRecord } from "../../tools/calibration/record.js"
import { SealedService, type SealedCommand } from "../../tools/calibration/sealed-service.js"
import { calibratedProgramSource } from "../../tools/calibration/sim-bench.js"
import { extent } from "../runner/whole.js"
import { provide } from "./provisioning.js"

const KEY = Buffer.alloc(32, 0x5a)
const TOPIC = "suitcase/library/hall"
const FIELDS = {
    ...{ channel: "temperature", part: "Sensirion SHT4x", identity: "serial 0ea51234" },
    ...{ points: 1, uncertainty: 5, reference: "Testo 104", certificate: "1" },
    ...{ technician: "mette", date: 1_700_000_000, validUntil: undefined, temperature: 21 },
}
const offset = (units: number, previous: number) =>
    writeRecord({
        ...FIELDS,
        correction: {
            method: "offset",
            origin: 0,
            coefficients: [{ mantissa: units, exponent: 0 }],
        },
        previous,
    })
const FIRST = offset(100, 0)
const SECOND = offset(250, recordId(FIRST))

/** A node on a broker, and an operator with a key. */
class Remote {
    readonly world: World
    readonly broker: VirtualBroker
    readonly node: SimNode
    readonly acks: string[] = []
    readonly sent: SealedCommand[] = []
    /** How often each command is delivered. */
    copies = 1
    onSent: (command: SealedCommand) => void = () => undefined

    /** @param fram of the node's bus */
    constructor(seed: number, fram = new MB85RCModel()) {
        this.world = new World({ seed, allowPanics: true })
        this.broker = new VirtualBroker(this.world.clock)
        this.world.network.defaultEndpoint = this.broker
        answerTime(this.broker)
        this.node = this.world.addNode({
            program: compile("devs/calibrated.ts", { source: calibratedProgramSource() }),
            sensors: [new SHT4xModel().feed("temperature", 21).feed("humidity", 45), fram],
        })
        this.broker.subscribe(`${TOPIC}/ack`, (_topic, payload) =>
            this.acks.push(payload.toString())
        )
    }

    async start(key: Buffer | null = KEY): Promise<this> {
        const settings = { node: "hall", site: "library" }
        await provide(
            this,
            key === null ? settings : { ...settings, "seal.key": key.toString("hex") }
        )
        await this.settle()
        return this
    }

    async settle(): Promise<void> {
        await this.world.run(seconds(90))
    }

    publish(payload: string | Uint8Array): void {
        this.broker.publish(`${TOPIC}/cmd`, Buffer.from(payload as string))
    }

    operator(key = KEY): NodeCalibration {
        const own = new SealedService(
            key,
            async command => {
                this.sent.push(command)
                for (let i = 0; i < this.copies; i++) this.publish(JSON.stringify(command))
                this.onSent(command)
                await Promise.resolve()
            },
            { againMs: 3_600_000 }
        )
        this.broker.subscribe(`${TOPIC}/ack`, (_topic, payload) => own.take(payload))
        return new NodeCalibration(own)
    }

    during<T>(work: Promise<T>): Promise<T> {
        return passTime(this.world, work, minutes(60))
    }

    async inForce(operator: NodeCalibration): Promise<number> {
        return (await this.during(operator.channels()))[0].calibration
    }
}

let remote: Remote | undefined
afterEach(() => {
    remote?.world.close()
    remote = undefined
})
const startRemote = async (seed: number, key?: Buffer) =>
    (remote = await new Remote(seed).start(key))

describe("an operator with the node's key", () => {
    it("reads, applies and takes back records over the network", async () => {
        const r = await startRemote(1)
        const operator = r.operator()
        const [channel] = await r.during(operator.channels())
        expect(channel).toMatchObject({ name: "temperature", calibration: 0, isOther: false })
        await r.during(operator.apply(FIRST))
        await r.during(operator.apply(SECOND))
        const [calibrated] = await r.during(operator.channels())
        expect(calibrated.calibration).toBe(recordId(SECOND))
        expect(await r.during(operator.record(calibrated.slot as number))).toEqual(
            Uint8Array.from(SECOND)
        )
        await expect(r.during(operator.apply(FIRST))).rejects.toThrow(CalibrationRefused)
        await r.during(operator.rollBack(calibrated))
        expect(await r.inForce(operator)).toBe(recordId(FIRST))
    })

    it("is answered twice when a request is delivered twice, and it is carried out once", async () => {
        const r = await startRemote(2)
        const operator = r.operator()
        r.copies = 2
        await r.during(operator.apply(FIRST))
        await r.during(operator.apply(SECOND))
        const [channel] = await r.during(operator.channels())
        await r.during(operator.rollBack(channel))
        expect(await r.inForce(operator)).toBe(recordId(FIRST))
        await r.world.run(seconds(10))
        // The first answer to each; two requests wait at a time, and what is beyond is dropped.
        const answers = r.acks.filter(ack => ack.includes('"ok":true')).length
        expect(answers).toBeGreaterThan(1.8 * r.sent.length)
    })

    it("turns nothing back with what was recorded, not even after a restart of the node", async () => {
        const r = await startRemote(3)
        const operator = r.operator()
        await r.during(operator.apply(FIRST))
        const [channel] = await r.during(operator.channels())
        await r.during(operator.rollBack(channel))
        await r.during(operator.apply(FIRST))
        await r.during(operator.apply(SECOND))
        const [second] = await r.during(operator.channels())
        await r.during(operator.rollBack(second))
        const changes = [...r.sent]
        // Backwards: each then meets the state that it would change.
        const replay = async () => {
            for (const command of [...changes, ...changes.reverse()]) {
                r.publish(JSON.stringify(command))
                await r.world.run(seconds(1))
            }
            return r.inForce(operator)
        }
        expect(await replay()).toBe(recordId(FIRST))
        r.node.powerCut(seconds(5))
        await r.settle()
        expect(await replay()).toBe(recordId(FIRST))
        expect(r.node.panics).toEqual([])
    })

    it("gets it done although the node restarts in the middle, at any moment", async () => {
        const r = await startRemote(4)
        const operator = r.operator()
        const [{ calibration }] = await r.during(operator.channels())
        expect(calibration).toBe(0)
        let previous = 0
        for (const [i, afterMs] of [10, 40, 70, 110, 160, 240].entries()) {
            const record = offset(10 + i, previous)
            let isCut = false
            r.onSent = command => {
                if (isCut) return
                isCut = true
                r.world.clock.after(afterMs, () => r.node.powerCut(seconds(3)))
                // What the broker would do: the request is there again, as it was, when the node is back.
                r.world.clock.after(minutes(1), () => r.publish(JSON.stringify(command)))
            }
            await r.during(operator.apply(record))
            r.onSent = () => undefined
            previous = recordId(record)
            expect(await r.inForce(operator), `cut ${afterMs} ms after the request`).toBe(previous)
        }
    })
})

describe("a node", () => {
    it("that lost its settings store corrects on from its FRAM, and takes back from there", async () => {
        const fram = new MB85RCModel()
        const before = (remote = await new Remote(10, fram).start())
        const operator = before.operator()
        await before.during(operator.apply(FIRST))
        await before.during(operator.apply(SECOND))
        before.world.close()
        // The same board with an empty flash but for the program.
        const after = (remote = await new Remote(10, fram).start())
        const again = after.operator()
        const [channel] = await after.during(again.channels())
        expect(channel.calibration).toBe(recordId(SECOND))
        await after.during(again.rollBack(channel))
        expect(await after.inForce(again)).toBe(recordId(FIRST))
        after.node.powerCut(seconds(5))
        await after.settle()
        expect(await after.inForce(again)).toBe(recordId(FIRST))
        expect(after.node.panics).toEqual([])
    })

    it("without a key refuses in words, and changes nothing", async () => {
        const r = (remote = await new Remote(5).start(null))
        const refused = r.during(r.operator().apply(FIRST))
        await expect(refused).rejects.toThrow(/the node refused: .*it has no key/)
        expect(r.acks).toEqual([
            `{"id":"${r.sent[0].id}","ok":false,"error":"this node has no key"}`,
        ])
    })

    it("refuses what was sealed with another key, and says so", async () => {
        const r = await startRemote(6)
        const refused = r.during(r.operator(Buffer.alloc(32, 1)).channels())
        await expect(refused).rejects.toThrow(/another key than the keys file/)
    })

    it("whose program has no calibration over the network says so, and so does the command", async () => {
        const r = await startRemote(7)
        const operator = r.operator()
        r.onSent = ({ id }) => {
            r.broker.publish(
                `${TOPIC}/ack`,
                Buffer.from(`{"id":"${id}","ok":false,"error":"unknown command"}`)
            )
        }
        r.copies = 0
        await expect(r.during(operator.channels())).rejects.toThrow(
            /calibrations\(remoteCalibration\)/
        )
    })

    it("keeps its records, its key and its head through hostile requests, sealed ones among them", async () => {
        const r = await startRemote(8)
        const operator = r.operator()
        await r.during(operator.apply(FIRST))
        const random = new SeededRandom(8)
        const genuine = r.sent[r.sent.length - 1]
        for (let i = 0; i < HOSTILE; i++) {
            r.publish(hostile(random, genuine))
            // Two wait at a time.
            if (i % 2 === 1) await r.world.run(200)
        }
        await r.world.run(seconds(10))
        expect(await r.inForce(operator)).toBe(recordId(FIRST))
        expect(r.node.panics).toEqual([])
        expect(r.acks.length, "they were looked at").toBeGreaterThan(HOSTILE / 2)
    }, 600_000)

    it("does what USB allows too, for whoever has the key, and nothing of it out of turn", async () => {
        const r = await startRemote(9)
        await r.during(r.operator().apply(FIRST))
        const random = new SeededRandom(9)
        const operator = r.operator(KEY)
        const service = operator.service
        let statuses = 0
        for (let i = 0; i < HOSTILE / 4; i++) {
            const operation = random.uint32() % 256
            // A record is kept by its checksum, the rest by being hit.
            const args = Uint8Array.from(
                { length: random.uint32() % 200 },
                () => random.uint32() % 256
            )
            await r
                .during(service.item(operation, random.uint32() % 40, args))
                .catch(() => statuses++)
        }
        expect(statuses).toBeGreaterThan(0)
        expect(await r.inForce(operator)).toBe(recordId(FIRST))
        expect(r.node.panics).toEqual([])
    }, 600_000)
})

/** 10,000 in `npm run soak`. */
const HOSTILE = extent("SUITCASE_HOSTILE_REQUESTS", 120, 3000)

/** A command that is none, or nearly one. */
function hostile(random: SeededRandom, genuine: SealedCommand): string {
    const any = (length: number) =>
        String.fromCharCode(...Array.from({ length }, () => 32 + (random.uint32() % 95)))
    const { id, do: name, seal } = genuine
    const at = random.uint32() % seal.length
    switch (random.uint32() % 8) {
        case 0:
            return any(random.uint32() % 480)
        case 1:
            return JSON.stringify({ id, do: name, seal: { length: 1e9 } })
        case 2:
            return JSON.stringify({ id: any(40), do: name, seal })
        case 3:
            return JSON.stringify({ ...genuine, seal: seal.slice(0, at) })
        case 4:
            return JSON.stringify({ ...genuine, seal: seal + any(random.uint32() % 60) })
        case 5:
            return `{"do":"calibrate"${"[".repeat(random.uint32() % 9)}`
        case 6:
            return JSON.stringify({ ...genuine, seal: any(random.uint32() % 300) })
        default:
            return JSON.stringify({
                ...genuine,
                seal: seal.slice(0, at) + (seal[at] === "A" ? "B" : "A") + seal.slice(at + 1),
            })
    }
}
