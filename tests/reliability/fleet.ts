/** Many nodes at one broker, in one world, and when each of them connected. */
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { SeededRandom } from "../../sim/time/random.js"
import { World } from "../../sim/world/world.js"
import { type HandedOut } from "../../src/drivers/shared/register-model.js"
import { FrameCollector, type Reading } from "../../tools/decoder/index.js"
import { account, rampSensor, testDeviceId, testProgram, type Account } from "./testbed.js"

interface Member {
    readonly given: HandedOut[]
    readonly readings: Reading[]
}

export class Fleet {
    readonly world: World
    readonly broker: VirtualBroker
    /** When a node opened a connection that the broker took, ms since the start. */
    readonly connects: number[] = []
    readonly problems: string[] = []
    readonly collector = new FrameCollector({
        onReading: reading => this.take(reading),
        onMalformed: ({ topic, code, message }) =>
            this.problems.push(`${topic}: ${code}: ${message}`),
    })
    private readonly members = new Map<string, Member>()
    private given = 0
    private arrived = 0

    /** @param rowSeconds a row is a frame, so that every row that waits is an entry in the outbox */
    constructor(seed: number, size: number, rowSeconds: number) {
        const plan = { intervalSeconds: rowSeconds, reportSeconds: rowSeconds }
        const names = new SeededRandom(seed)
        this.world = new World({ seed, allowPanics: true })
        this.broker = new VirtualBroker(this.world.clock)
        this.world.network.defaultEndpoint = this.broker
        this.broker.subscribe("suitcase/#", (topic, payload) =>
            this.collector.accept(topic, payload)
        )
        answerTime(this.broker)
        for (let i = 0; i < size; i++) {
            const member: Member = { given: [], readings: [] }
            const sensor = rampSensor(this.world.clock.epochMs, rowSeconds)
            sensor.onHandedOut = value => {
                if (value.channel !== "temperature") return
                member.given.push(value)
                this.given++
            }
            const node = this.world.addNode({
                program: testProgram(),
                deviceId: testDeviceId(plan, names.uint32() >>> 8),
                sensors: [sensor],
            })
            node.link.onConnection = () => this.connects.push(this.world.clock.now / 1000)
            this.members.set(node.deviceId, member)
        }
    }

    /** Rows that each node took and that did not arrive yet; the least of all nodes. */
    get leastBacklog(): number {
        return Math.min(...this.each(({ given, readings }) => given.length - readings.length))
    }

    /**
     * Runs until all that the sensors gave has arrived.
     * @returns how long that took, ms; Infinity when it is not so within the limit
     */
    async drain(limitMs: number): Promise<number> {
        const from = this.world.clock.now
        const isDrained = await this.world.runUntil(
            () => this.arrived >= this.given && this.leastBacklog >= 0 && this.isAllThere(),
            limitMs
        )
        return isDrained ? (this.world.clock.now - from) / 1000 : Infinity
    }

    /** Most connections within one second since a moment, ms since the start. */
    connectsPerSecond(sinceMs: number): number {
        const times = this.connects.filter(at => at >= sinceMs)
        let most = 0
        let from = 0
        for (let to = 0; to < times.length; to++) {
            while (times[to] - times[from] >= 1000) from++
            most = Math.max(most, to - from + 1)
        }
        return most
    }

    accounts(): Account[] {
        return this.each(({ given, readings }) => account(given, readings))
    }

    get panics(): readonly string[] {
        return this.world.nodes.flatMap(node => node.panics.map(panic => panic.message))
    }

    close(): void {
        this.world.close()
    }

    private each<T>(what: (member: Member) => T): T[] {
        return [...this.members.values()].map(what)
    }

    private isAllThere(): boolean {
        return this.each(m => m.readings.length - m.given.length).every(n => n === 0)
    }

    private take(reading: Reading): void {
        if (reading.channel !== "temperature" || reading.isGap) return
        this.members.get(reading.node)?.readings.push(reading)
        this.arrived++
    }
}
