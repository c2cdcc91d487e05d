/** The link against a broker that says exactly what a test wants it to. */
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import net from "node:net"
import os from "node:os"
import path from "node:path"
import mqtt, { type Packet } from "mqtt-packet"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { run } from "../cli.js"
import { type Intake } from "./ack-gate.js"
import { PASSWORD_VARIABLE, USER_VARIABLE, brokerOf, parseBrokerUrl } from "./broker.js"
import { MqttLink, type LinkOptions } from "./link.js"

/** Answers each packet of a client with bytes. */
type Answer = (packet: Packet, connection: number) => Buffer

const bytesOf = (...packets: Packet[]) =>
    Buffer.concat(packets.map(packet => mqtt.generate(packet)))
const CONNACK: Packet = { cmd: "connack", returnCode: 0, sessionPresent: false }
const SESSION: Packet = { cmd: "connack", returnCode: 0, sessionPresent: true }

function message(messageId: number): Packet {
    const payload = Buffer.from(`${messageId}`)
    const topic = "suitcase/town/n1/frame"
    return { cmd: "publish", topic, payload, qos: 1, messageId, dup: false, retain: false }
}

class ScriptedServer {
    /** What clients sent, by connection. */
    readonly received: Packet[][] = []
    private readonly sockets = new Set<net.Socket>()

    private constructor(
        private readonly server: net.Server,
        readonly port: number
    ) {}

    static async start(answer: Answer): Promise<ScriptedServer> {
        const server = net.createServer()
        server.listen(0, "127.0.0.1")
        await once(server, "listening")
        const scripted = new ScriptedServer(server, (server.address() as net.AddressInfo).port)
        server.on("connection", socket => scripted.serve(socket, answer))
        return scripted
    }

    send(bytes: Buffer): void {
        for (const socket of this.sockets) socket.write(bytes)
    }

    /** Packet ids that were acknowledged on a connection, in order. */
    acks(connection = 0): number[] {
        return (this.received[connection] ?? [])
            .filter(({ cmd }) => cmd === "puback")
            .map(({ messageId }) => messageId as number)
    }

    async stop(): Promise<void> {
        for (const socket of this.sockets) socket.destroy()
        this.server.close()
        await once(this.server, "close")
    }

    private serve(socket: net.Socket, answer: Answer): void {
        const connection = this.received.push([]) - 1
        this.sockets.add(socket)
        const parser = mqtt.parser({ protocolVersion: 4 })
        parser.on("packet", packet => {
            this.received[connection].push(packet)
            socket.write(answer(packet, connection))
        })
        socket.on("data", data => parser.parse(data))
        socket.on("error", () => undefined)
        socket.on("close", () => this.sockets.delete(socket))
    }
}

/** Grants subscriptions with this code. */
function normal(packet: Packet, granted = 1): Buffer {
    if (packet.cmd === "connect") return bytesOf(CONNACK)
    if (packet.cmd === "unsubscribe")
        return bytesOf({ cmd: "unsuback", messageId: packet.messageId, granted: [] } as Packet)
    if (packet.cmd !== "subscribe") return Buffer.alloc(0)
    const { messageId = 0, subscriptions } = packet
    return bytesOf({ cmd: "suback", messageId, granted: subscriptions.map(() => granted) })
}

/** Says when a message is safe when it is told to. */
class SlowIntake implements Intake {
    taken = 0
    durable = 0
    isFull = false
    private listener: () => void = () => undefined

    take(): number {
        return ++this.taken
    }

    onDurable(listener: () => void): () => void {
        this.listener = listener
        return () => undefined
    }

    sync(durable: number): void {
        this.durable = durable
        this.listener()
    }
}

let server: ScriptedServer | undefined
let link: MqttLink | undefined
afterEach(async () => {
    await link?.close()
    link = undefined
    await server?.stop()
    server = undefined
})

async function dial(answer: Answer, options: LinkOptions = {}): Promise<MqttLink> {
    server = await ScriptedServer.start(answer)
    link = await MqttLink.dial(parseBrokerUrl(`mqtt://127.0.0.1:${server.port}`), options)
    return link
}

const session = (filters: readonly string[] = []) => ({
    clientId: "listen1",
    filters,
    onSubscribed: () => undefined,
    onLost: () => undefined,
})

describe("a link whose intake says when a message is safe", () => {
    const filters = ["suitcase/+/+/#"]

    it("acknowledges then, in order, also what came with CONNACK", async () => {
        const intake = new SlowIntake()
        await dial(
            packet =>
                packet.cmd === "connect"
                    ? bytesOf(SESSION, message(5), message(6), message(7))
                    : Buffer.alloc(0),
            { intake, session: session(filters) }
        )
        await expect.poll(() => intake.taken).toBe(3)
        expect(server?.acks()).toEqual([])
        intake.sync(2)
        await expect.poll(() => server?.acks()).toEqual([5, 6])
        server?.send(bytesOf(message(8)))
        await expect.poll(() => intake.taken).toBe(4)
        intake.sync(4)
        await expect.poll(() => server?.acks()).toEqual([5, 6, 7, 8])
    })

    it("acknowledges nothing of an earlier connection, whose packet ids mean something else now", async () => {
        const intake = new SlowIntake()
        await dial(
            (packet, connection) =>
                packet.cmd !== "connect"
                    ? Buffer.alloc(0)
                    : connection === 0
                      ? bytesOf(SESSION, message(5), message(6))
                      : bytesOf(SESSION, message(9)),
            { intake, session: session(filters) }
        )
        await expect.poll(() => intake.taken).toBe(2)
        server?.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]))
        await expect.poll(() => intake.taken, { timeout: 60_000 }).toBe(3)
        intake.sync(3)
        await expect.poll(() => server?.acks(1)).toEqual([9])
        expect(server?.acks(0)).toEqual([])
    })

    it("takes no more while the intake is full, and goes on when it is not", async () => {
        const intake = new SlowIntake()
        await dial(packet => normal(packet), { intake })
        intake.isFull = true
        server?.send(bytesOf(message(1), message(2), message(3)))
        await expect.poll(() => intake.taken).toBe(1)
        intake.isFull = false
        intake.sync(1)
        await expect.poll(() => intake.taken).toBe(3)
    })

    it("subscribes to what its session lacks, and again when the broker lost the session", async () => {
        const subscriptions = () =>
            server?.received.map(packets => packets.filter(({ cmd }) => cmd === "subscribe").length)
        let lost = 0
        const options = { session: { ...session(filters), onLost: () => lost++ } }
        await dial(
            (packet, connection) =>
                packet.cmd === "connect" && connection === 0 ? bytesOf(SESSION) : normal(packet),
            options
        )
        expect(subscriptions()).toEqual([0])
        server?.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]))
        await expect.poll(subscriptions, { timeout: 60_000 }).toEqual([0, 1])
        expect(lost).toBe(1)
    })

    it("has the broker send a node's records again, and keeps what it wants of them anyway", async () => {
        const link = await dial(normal, { site: "town", nodes: ["n1"], leaves: ["schema"] })
        expect(await link.fetchRecords({ site: "town", node: "n1" })).toBe(true)
        const asked = (server?.received[0] ?? []).flatMap(packet =>
            packet.cmd === "subscribe"
                ? [packet.subscriptions.map(({ topic }) => topic)]
                : packet.cmd === "unsubscribe"
                  ? [packet.unsubscriptions]
                  : []
        )
        const records = ["schema", "clock", "state", "status"].map(
            leaf => `suitcase/town/n1/${leaf}`
        )
        expect(asked).toEqual([[records[0]], records, records.slice(1)])
    })

    describe("on which nothing comes", () => {
        let told: boolean[]
        beforeEach(() => {
            told = []
            vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
        })
        afterEach(() => void vi.useRealTimers())

        /** Connects, and waits until the connection is renewed. */
        async function renewed(answer: Answer): Promise<void> {
            await dial(answer, { session: session(filters), onLink: isUp => told.push(isUp) })
            await vi.advanceTimersByTimeAsync(30_000)
        }

        it("is connected anew, and nobody hears of a broken link", async () => {
            await renewed(normal)
            await vi.waitFor(() => expect(server?.received.length).toBe(2), { timeout: 9000 })
            await vi.waitFor(() => expect(told).toEqual([true]), { timeout: 9000 })
        })

        it("is told to be broken when the broker takes no other connection", async () => {
            await renewed((packet, connection) =>
                connection === 0 ? normal(packet) : bytesOf({ ...CONNACK, returnCode: 3 })
            )
            await vi.waitFor(() => expect(told).toEqual([false]), { timeout: 9000 })
        })
    })

    it("tells at its first connection too when the broker has lost its session", async () => {
        let lost = 0
        const onLost = () => lost++
        await dial(packet => normal(packet), { session: { ...session(filters), onLost } })
        expect(lost).toBe(1)
        await link?.close()
        await server?.stop()
        await dial(packet => normal(packet), { session: { ...session([]), onLost } })
        expect(lost, "one that never had one").toBe(1)
    })
})

describe("a broker that is not as it should be", () => {
    it("whose access list refuses the subscription is named with what to do, exit code 2", async () => {
        server = await ScriptedServer.start(packet => normal(packet, 0x80))
        const terminal = fakeTerminal()
        const words = ["listen", "--no-time", "--broker", `mqtt://127.0.0.1:${server.port}`]
        expect(await run(words, terminal)).toBe(2)
        expect(terminal.err.text).toMatch(
            /^suitcase: the broker refuses the subscription to suitcase\/\+\/\+\/frame, .*access list/
        )
    })

    it("that sends what is no MQTT is noted, and connected to again", async () => {
        const notes: string[] = []
        const topics: string[] = []
        await dial(packet => normal(packet), {
            note: text => notes.push(text),
            onMessage: topic => topics.push(topic),
        })
        server?.send(Buffer.from([0xf0, 0x01, 0x00]))
        await expect.poll(() => server?.received.length, { timeout: 60_000 }).toBe(2)
        expect(notes).toEqual([expect.stringMatching(/what is no MQTT/)])
        server?.send(bytesOf(message(1)))
        await expect.poll(() => topics).toEqual(["suitcase/town/n1/frame"])
    })

    it("that sends a message longer than any node's: it is named, acknowledged and left out", async () => {
        const notes: string[] = []
        const sizes: number[] = []
        await dial(packet => normal(packet), {
            note: text => notes.push(text),
            onMessage: (_topic, payload) => sizes.push(payload.length),
        })
        const huge: Packet = {
            ...(message(3) as object),
            payload: Buffer.alloc(1_000_000),
        } as Packet
        server?.send(bytesOf(huge, message(4)))
        await expect.poll(() => server?.acks()).toEqual([3, 4])
        expect(sizes).toEqual([0, 1])
        expect(notes).toEqual([
            "left out a message of 1000026 B on suitcase/town/n1/frame: no node sends such",
        ])
    })

    it.each([
        [2, "refuses the client id"],
        [4, "refuses user name and password"],
        [5, "does not let this user in"],
    ])("that answers CONNECT with %i says so in words", async (returnCode, words) => {
        await expect(
            dial(packet =>
                packet.cmd === "connect"
                    ? bytesOf({ cmd: "connack", returnCode, sessionPresent: false })
                    : Buffer.alloc(0)
            )
        ).rejects.toThrow(words)
    })

    it("that hangs up, or speaks no TLS where it should, is told apart", async () => {
        const closing = net.createServer(socket => socket.destroy())
        closing.listen(0, "127.0.0.1")
        await once(closing, "listening")
        const { port } = closing.address() as net.AddressInfo
        const dialTo = (url: string) => MqttLink.dial(parseBrokerUrl(url), {})
        await expect(dialTo(`mqtt://127.0.0.1:${port}`)).rejects.toThrow(
            "if it wants TLS, write mqtts://"
        )
        closing.close()
        server = await ScriptedServer.start(packet => normal(packet))
        server.send(Buffer.alloc(0))
        const plain = net.createServer(socket => socket.write("\x20\x02\x00\x00\x00\x00\x00\x00"))
        plain.listen(0, "127.0.0.1")
        await once(plain, "listening")
        const plainPort = (plain.address() as net.AddressInfo).port
        await expect(dialTo(`mqtts://127.0.0.1:${plainPort}`)).rejects.toThrow("does not speak TLS")
        plain.close()
    })
})

describe("user and password of a broker", () => {
    let folder: string
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-login-"))
    })
    afterEach(() => {
        rmSync(folder, { recursive: true })
        vi.unstubAllEnvs()
    })
    const flags = { broker: "mqtt://localhost" }
    const file = (text: string, mode = 0o600) => {
        const name = path.join(folder, "login.json")
        writeFileSync(name, text, { mode })
        return name
    }

    it("come from the environment, or from a file, which wins", () => {
        vi.stubEnv(USER_VARIABLE, "ann")
        vi.stubEnv(PASSWORD_VARIABLE, "a%b")
        const warnings: string[] = []
        const warn = (text: string) => warnings.push(text)
        expect(brokerOf(flags, warn)).toMatchObject({ user: "ann", password: "a%b" })
        const login = file('{"user": "bob", "password": "c"}')
        expect(brokerOf({ ...flags, login }, warn)).toMatchObject({ user: "bob", password: "c" })
        expect(warnings).toEqual([])
    })

    it("in the address, or in a file that others can read, cause a warning without the password", () => {
        const warnings: string[] = []
        const warn = (text: string) => warnings.push(text)
        const broker = brokerOf({ broker: "mqtt://ann:se%20cret@localhost" }, warn)
        expect(broker).toMatchObject({ user: "ann", password: "se cret" })
        expect(broker.shown).toBe("mqtt://localhost:1883")
        if (process.platform !== "win32")
            brokerOf({ ...flags, login: file('{"user":"ann","password":"secret"}', 0o644) }, warn)
        expect(warnings[0]).toContain("on the command line")
        expect(warnings.join()).not.toMatch(/se.?cret/)
    })

    it.each([
        ["no JSON at all: secret", /it must be \{"user"/],
        ['{"password": "secret"}', /it must be \{"user"/],
    ])("in a file that is none are refused without showing it: %s", (text, problem) => {
        const login = file(text)
        expect(() => brokerOf({ ...flags, login }, () => undefined)).toThrow(problem)
        expect(() => brokerOf({ ...flags, login }, () => undefined)).not.toThrow(/secret/)
    })

    it("and a certificate that is none, or not there, are named", () => {
        const named = (ca: string) => () => brokerOf({ ...flags, ca }, () => undefined)
        expect(named(file("hello"))).toThrow(/login\.json: no certificate in PEM form/)
        expect(named(path.join(folder, "none.pem"))).toThrow(/none\.pem: no such file/)
    })
})
