/** `suitcase command` with a made-up node at real brokers. */
import mqtt, { type MqttClient } from "mqtt"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { run } from "../../tools/cli/cli.js"
import { sendCommand } from "../../tools/cli/commands/command.js"
import { describeBrokers, type TestBroker } from "../support/brokers.js"
import { json, statusText } from "../support/decoder-bench.js"
import { fakeTerminal } from "../support/fake-terminal.js"

interface Request {
    id: string
    do: string
    seconds?: number
}

/** Answers as the firmware does: carries out what the test says. */
class FakeNode {
    readonly requests: Request[] = []
    private client: MqttClient | undefined

    constructor(
        private readonly url: string,
        private readonly name: string,
        private readonly answer: (request: Request) => object | undefined
    ) {}

    /** With a session that the broker keeps while the node is away. */
    async connect(): Promise<void> {
        const client = mqtt.connect(this.url, {
            clientId: `${this.name}78a6c91dd92f5835`,
            clean: false,
            reconnectPeriod: 0,
        })
        this.client = client
        client.on("message", (_topic, payload) => this.receive(payload))
        await new Promise<void>(resolve => client.once("connect", () => resolve()))
        await client.subscribeAsync(`suitcase/demo/${this.name}/cmd`, { qos: 1 })
        await this.publish("state", json({ v: 1, online: true, boot: 7 }), true)
    }

    async disconnect(): Promise<void> {
        await this.publish("state", json({ v: 1, online: false, boot: 7 }), true)
        await this.client?.endAsync()
        this.client = undefined
    }

    async close(): Promise<void> {
        await this.client?.endAsync(true)
    }

    async publish(leaf: string, payload: Buffer, retain = false): Promise<void> {
        await this.client?.publishAsync(`suitcase/demo/${this.name}/${leaf}`, payload, {
            qos: 1,
            retain,
        })
    }

    private receive(payload: Buffer): void {
        const request = JSON.parse(payload.toString()) as Request
        this.requests.push(request)
        const answer = this.answer(request)
        if (request.do === "report")
            void this.publish("status", statusText({ uptime: 7_260_000, queued: 1, rssi: -71 }))
        if (answer !== undefined) void this.publish("ack", json({ id: request.id, ...answer }))
    }
}

describeBrokers(startBroker => {
    describe("suitcase command", () => {
        let broker: TestBroker
        let node: FakeNode
        let answer: (request: Request) => object | undefined

        beforeEach(async () => {
            broker = await startBroker()
            answer = () => ({ ok: true })
            node = new FakeNode(broker.url, "n1", request => answer(request))
            await node.connect()
        })
        afterEach(async () => {
            await node.close()
            await broker.stop()
        })

        async function suitcase(args: string) {
            const terminal = fakeTerminal()
            const words = `command ${args} --broker ${broker.url}`.split(" ")
            return { code: await run(words, terminal), terminal }
        }

        it("prints in plain words what the node answered", async () => {
            const report = await suitcase("n1 report")
            expect(report.terminal.err.text).toBe("")
            expect(report.terminal.out.text).toBe(
                "n1: outbox flushed; up for 2 h 1 min, 2 readings and 0 gaps since, " +
                    "1 frame waiting, 0 frames dropped, signal -71 dBm\n"
            )
            answer = request => ({ ok: true, seconds: request.seconds })
            expect((await suitcase("n1 interval 86400")).terminal.out.text).toBe(
                "n1: takes readings every 86,400 s from now on\n"
            )
            expect((await suitcase("n1 identify 1")).terminal.out.text).toBe(
                "n1: identifying for 1 s\n"
            )
            answer = () => ({ ok: true })
            expect((await suitcase("n1 identify")).terminal.out.text).toBe("n1: identifying\n")
            expect((await suitcase("n1 reboot")).terminal.out.text).toBe("n1: restarts\n")
            expect((await suitcase("n1 place 4")).terminal.out.text).toBe("n1: stands at place 4\n")
            expect(node.requests.at(-1)).toMatchObject({ do: "place", place: 4 })
            answer = () => ({
                ok: true,
                frames: 3,
                bytes: 1234,
                capacity: 16000,
                dropped: 0,
                resent: 1,
                torn: 2,
            })
            const outbox = await suitcase("n1 outbox")
            expect(outbox.code).toBe(0)
            expect(outbox.terminal.out.text).toBe(
                "n1: 3 frames waiting, 1,234 B of 16,000 B used, " +
                    "0 frames dropped for lack of room, 1 message sent again, torn 2\n"
            )
            expect(node.requests.map(({ do: what, seconds }) => [what, seconds])).toEqual([
                ["report", undefined],
                ["interval", 86400],
                ["identify", 1],
                ["identify", undefined],
                ["reboot", undefined],
                ["place", undefined],
                ["outbox", undefined],
            ])
            const ids = node.requests.map(({ id }) => id)
            expect(new Set(ids).size, "each has its own id").toBe(7)
            for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]{1,32}$/)
        })

        it("--json prints one line with all that was asked and answered", async () => {
            answer = () => ({ ok: true, frames: 0, bytes: 0, evil: "x", __proto__: 3 })
            const { code, terminal } = await suitcase("n1 outbox --json")
            expect(code).toBe(0)
            expect(JSON.parse(terminal.out.text)).toEqual({
                site: "demo",
                node: "n1",
                id: node.requests[0].id,
                do: "outbox",
                online: true,
                ok: true,
                error: "",
                results: { frames: 0, bytes: 0 },
            })
        })

        it("passes a refusal on with exit code 1", async () => {
            answer = () => ({ ok: false, error: "seconds: 1 … 60\u001b[2J" })
            const { code, terminal } = await suitcase("n1 identify")
            expect(code).toBe(1)
            expect(terminal.err.text).toBe("suitcase: n1 refused: seconds: 1 … 60?[2J\n")
            expect(terminal.out.text).toBe("")
        })

        it("does not take the answer to another command, nor a malformed one, for its own", async () => {
            answer = request => {
                void node.publish("ack", json({ id: "other", ok: false, error: "not mine" }))
                void node.publish("ack", json({ id: request.id, ok: "yes" }))
                void node.publish("ack", Buffer.from("{"))
                return undefined
            }
            expect((await suitcase("n1 reboot --wait 200ms")).code).toBe(3)
        })

        it("leaves the command at the broker when the node is offline, and the node gets it once", async () => {
            await node.disconnect()
            const { code, terminal } = await suitcase("n1 interval 300")
            expect(code).toBe(3)
            expect(terminal.err.text).toBe(
                "suitcase: n1 is offline; the broker keeps the command until it comes back\n"
            )
            expect(node.requests).toEqual([])
            await node.connect()
            await expect.poll(() => node.requests.length).toBe(1)
            expect(node.requests[0]).toMatchObject({ do: "interval", seconds: 300 })
        })

        it("with --wait gets the answer of a node that comes back in time", async () => {
            await node.disconnect()
            const terminal = fakeTerminal()
            const words = `command n1 reboot --wait 1m --broker ${broker.url}`.split(" ")
            const code = run(words, terminal)
            await terminal.err.until(/n1 is offline/)
            await node.connect()
            expect(await code).toBe(0)
            expect(terminal.out.text).toBe("n1: restarts\n")
        })

        it("gives up after --wait when an online node does not answer", async () => {
            answer = () => undefined
            const { code, terminal } = await suitcase("n1 report --wait 100ms --json")
            expect(code).toBe(3)
            expect(terminal.err.text).toBe(
                "suitcase: n1 did not answer within 0.1 s; the broker keeps the command\n"
            )
            expect(JSON.parse(terminal.out.text)).toMatchObject({ online: true, ok: null })
        })

        it("ends at once when it is interrupted", async () => {
            const stop = new AbortController()
            answer = () => {
                stop.abort()
                return undefined
            }
            const flags = { broker: broker.url, site: "demo" }
            const typed = { node: "n1", action: "report" }
            expect(await sendCommand(typed, flags, fakeTerminal(), stop.signal)).toBe(130)
        })

        it("sends nothing to a node that nobody knows", async () => {
            const { code, terminal } = await suitcase("n2 report")
            expect(code).toBe(2)
            expect(terminal.err.text).toMatch(
                /^suitcase: no node n2 of site demo is known at mqtt:.*suitcase listen shows/
            )
        })
    })
})

describe("wrong use of suitcase command", () => {
    it.each([
        ["n1 fly", /unknown command "fly"; known are report, interval/],
        ["n1 interval", /interval takes a whole number of seconds from 1 to 86400/],
        ["n1 interval 0", /from 1 to 86400/],
        ["n1 interval 86401", /from 1 to 86400/],
        ["n1 interval 1.5", /from 1 to 86400/],
        ["n1 identify 61", /from 1 to 60/],
        ["n1 reboot 5", /reboot takes no number/],
        ["n1 place", /place takes a whole number from 1 to 999/],
        ["n1 place 1000", /from 1 to 999/],
        ["a/b report", /Use letters, digits/],
        ["n1 report", /cannot connect to the broker mqtt:\/\/127\.0\.0\.1:1: connection refused/],
    ])("%s is refused in one line with exit code 2", async (args, message) => {
        const terminal = fakeTerminal()
        const words = `command ${args} --broker mqtt://127.0.0.1:1`.split(" ")
        expect(await run(words, terminal)).toBe(2)
        expect(terminal.err.text).toMatch(message)
        expect(terminal.err.lines).toHaveLength(1)
    })
})
