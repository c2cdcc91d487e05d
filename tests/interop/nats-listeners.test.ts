/** Several listeners that share the nodes of a real NATS server, which is set up as docs/scale.md has it. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import mqtt from "mqtt"
import { afterEach, beforeEach, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { run } from "../../tools/cli/cli.js"
import { listen as listenHere } from "../../tools/cli/commands/listen.js"
import { prepareStreams } from "../../tools/cli/nats/streams.js"
import { describeWith } from "../support/describe-with.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { FrameSource, problemsOf } from "../support/frame-source.js"
import { ListenerProcess } from "../support/listener-process.js"
import { NatsServer } from "../support/nats.js"
import { linesIn } from "../support/reading-lines.js"

const CONFIG = configOf("scale.md")
const PARTS = 8

function configOf(page: string): string {
    const text = readFileSync(path.join(PROJECT_ROOT, "docs", page), "utf8")
    const config = /```nats\n([^]*?)```/.exec(text)?.[1]
    if (config === undefined) throw new Error(`docs/${page} has no box of nats`)
    return config
}

describeWith("nats-server", "listeners that share the nodes of a NATS server", () => {
    let folder: string
    let server: NatsServer
    let login: string
    let listeners: ListenerProcess[]
    let source: FrameSource | undefined

    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-shared-"))
        listeners = []
        source = undefined
        login = path.join(folder, "login.json")
        writeFileSync(login, JSON.stringify({ user: "listener", password: "change-me" }), {
            mode: 0o600,
        })
    })
    afterEach(async () => {
        await Promise.all(listeners.map(listener => listener.end("SIGKILL")))
        await source?.close()
        await server.stop()
        rmSync(folder, { recursive: true, force: true })
    })

    function listen(name = "all", ...more: string[]): ListenerProcess {
        const place = ["--state", path.join(folder, name, "state")]
        const out = ["--out", path.join(folder, name, "out")]
        const address = ["--broker", server.natsUrl, "--login", login]
        const listener = new ListenerProcess([...address, ...place, ...out, ...more])
        listeners.push(listener)
        return listener
    }

    async function publish(frames: number, perSecond: number): Promise<void> {
        source ??= await FrameSource.start(server.url, {
            nodes: 40,
            rows: 1,
            user: "hall-1",
            password: "change-me-too",
        })
        await source.publish(frames, perSecond)
    }

    /** Of all files of all listeners. */
    function lines(name = "all"): string[] {
        const out = path.join(folder, name, "out")
        return readdirSync(out).flatMap(part => linesIn(path.join(out, part)))
    }

    it("have each reading once, when some are killed under load for good and others come", async () => {
        server = await NatsServer.start(CONFIG)
        const first = listen()
        await first.until(/has 8 of 8 parts/)
        const load = publish(4000, 800)
        const others = [listen(), listen()]
        // Of 8, three have 3, 3 and 2.
        await Promise.all(others.map(listener => listener.until(/has [23] of 8 parts/)))
        await first.end("SIGKILL")
        await Promise.all(others.map(listener => listener.until(/has 4 of 8 parts/)))
        await others[0].end("SIGKILL")
        await others[1].until(/has 8 of 8 parts/)
        await load
        await expect.poll(() => lines().length, { timeout: 60_000 }).toBe(source?.readings)
        expect(await others[1].end("SIGTERM")).toBe(0)
        expect(problemsOf(lines(), source as FrameSource)).toBe("")
        expect(others[1].err).toMatch(/ 0 frames missing, /)
        expect(readdirSync(path.join(folder, "all", "out")).length).toBe(PARTS)
    }, 60_000)

    it("on two computers have parts of their own; what comes for one that is away waits", async () => {
        server = await NatsServer.start(CONFIG)
        const here = listen("here", "--parts", "0-3")
        const there = listen("there", "--parts", "4-7")
        await Promise.all([here, there].map(listener => listener.until(/has 4 of 8 parts/)))
        await publish(400, Infinity)
        expect(await here.end("SIGTERM")).toBe(0)
        await publish(400, Infinity)
        // Schemas come from the server: this one has no state of the one before.
        const next = listen("next", "--parts", "0-3")
        const all = () => [...lines("here"), ...lines("there"), ...lines("next")]
        await next.until(/has 4 of 8 parts/)
        await expect.poll(() => all().length, { timeout: 60_000 }).toBe(source?.readings)
        expect(problemsOf(all(), source as FrameSource)).toBe("")
        for (const name of ["here", "there", "next"])
            expect(lines(name).length, `readings of ${name}`).toBeGreaterThan(100)
    }, 60_000)

    it("answer each time request of a node once", async () => {
        server = await NatsServer.start(CONFIG)
        const stop = new AbortController()
        const terminals = [fakeTerminal(), fakeTerminal()]
        const runs = terminals.map(terminal =>
            listenHere(
                {
                    broker: server.natsUrl,
                    login,
                    state: path.join(folder, "state"),
                    out: [path.join(folder, "out")],
                    time: true,
                    trustClock: true,
                },
                terminal,
                stop.signal
            )
        )
        const node = await mqtt.connectAsync(server.url, {
            username: "hall-1",
            password: "change-me-too",
        })
        try {
            for (const { err } of terminals)
                await expect.poll(() => err.text, { timeout: 60_000 }).toContain("has 4 of 8 parts")
            const answers: string[] = []
            node.on("message", (_topic, payload) => answers.push(payload.toString()))
            await node.subscribeAsync(["suitcase/town/hall-1/time/set", "suitcase/last"])
            await node.publishAsync("suitcase/town/hall-1/time/get", "4711")
            await expect.poll(() => answers).toHaveLength(1)
            await node.publishAsync("suitcase/last", "last", { qos: 1 })
            await expect.poll(() => answers).toContain("last")
            expect(answers.length, "answers and the last message").toBe(2)
            const [request, unixMs] = answers[0].split(" ")
            expect(request).toBe("4711")
            expect(Math.abs(Number(unixMs) - Date.now()), "ms").toBeLessThan(60_000)
        } finally {
            await node.endAsync(true)
            stop.abort()
            expect(await Promise.all(runs)).toEqual([0, 0])
        }
    }, 60_000)

    it("say what is wrong with a server that is not set up for them", async () => {
        server = await NatsServer.start(configOf("brokers.md"))
        const terminal = fakeTerminal()
        const out = ["--out", path.join(folder, "out"), "--state", path.join(folder, "state")]
        const args = ["listen", "--broker", server.natsUrl, "--no-time", ...out]
        expect(await run([...args, "--login", login], terminal)).toBe(2)
        expect(terminal.err.text).toContain("needs the mappings of docs/scale.md")
        expect(await run(args, terminal)).toBe(2)
        expect(terminal.err.text).toMatch(/cannot connect to the NATS server .*uthoriz/)
        expect(await run([...args, "--standby", "--node", "a"], terminal)).toBe(2)
        expect(terminal.err.text).toContain("--standby, --node do not go with nats://")
    }, 120_000)

    it("refuse another number of parts than before, with which frames would wait unseen", async () => {
        server = await NatsServer.start(CONFIG)
        const connection = await connect({
            servers: server.natsUrl.replace("nats://", ""),
            user: "listener",
            pass: "change-me",
        })
        try {
            const manager = await jetstreamManager(connection)
            const notes: string[] = []
            const note = (text: string) => notes.push(text)
            await prepareStreams(connection, manager, 4, note)
            expect(notes, "of a stream that keeps whatever happens").toEqual([])
            await expect(prepareStreams(connection, manager, 8, note)).rejects.toThrow(
                /over 8 parts, and the consumer suitcase-\d-of-4 is of when they were 4/
            )
        } finally {
            await connection.close()
        }
    })
})
