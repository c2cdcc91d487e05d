/** The brokers of docs/brokers.md with the very configurations that are there. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import mqtt from "mqtt"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { run } from "../../tools/cli/cli.js"
import { describeWith } from "../support/describe-with.js"
import { PATH } from "../support/debian-programs.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { FrameSource, problemsOf } from "../support/frame-source.js"
import { ListenerProcess } from "../support/listener-process.js"
import { Mosquitto } from "../support/mosquitto.js"
import { NatsServer } from "../support/nats.js"
import { linesIn } from "../support/reading-lines.js"

const page = readFileSync(path.join(PROJECT_ROOT, "docs", "brokers.md"), "utf8")

/** The box of the page in this language. */
function box(language: string): string {
    const text = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page)?.[1]
    if (text === undefined) throw new Error(`docs/brokers.md has no box of ${language}`)
    return text
}

let folder: string
let listeners: ListenerProcess[]
beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-brokers-"))
    listeners = []
})
afterEach(async () => {
    for (const listener of listeners) await listener.end("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
})

function login(user: string, password: string): string {
    const file = path.join(folder, `${user}.json`)
    writeFileSync(file, JSON.stringify({ user, password }), { mode: 0o600 })
    return file
}

async function check(url: string, ...more: string[]) {
    const terminal = fakeTerminal()
    const code = await run(["listen", "--check", "--broker", url, ...more], terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

function listen(url: string, ...more: string[]): ListenerProcess {
    const args = ["--state", path.join(folder, "state"), "--out", path.join(folder, "out")]
    const listener = new ListenerProcess(["--broker", url, ...args, ...more])
    listeners.push(listener)
    return listener
}

function lines(): string[] {
    return linesIn(path.join(folder, "out"))
}

/** What every broker must do: keep all for a listener that is killed in between. */
async function expectNothingLost(
    url: string,
    source: FrameSource,
    frames: number,
    flags: string[]
): Promise<void> {
    const first = listen(url, ...flags)
    await first.until(/Listening/)
    await source.publish(frames / 2)
    await first.end("SIGKILL")
    await source.publish(frames / 2)
    const second = listen(url, ...flags)
    await expect.poll(() => lines().length, { timeout: 60_000 }).toBe(source.readings)
    await second.until(/Listening/)
    expect(await second.end("SIGTERM")).toBe(0)
    expect(problemsOf(lines(), source)).toBe("")
}

describeWith("mosquitto", "Mosquitto as docs/brokers.md has it", () => {
    let broker: Mosquitto
    afterEach(() => broker.stop())

    /** Accounts with their names as passwords. */
    async function start(users: readonly string[]): Promise<void> {
        const config = box("conf")
            .split("\n")
            .filter(line => !/^(#|listener|certfile|keyfile|allow_anon|persistence)/.test(line))
            .map(line => line.replace("/etc/mosquitto/", "FOLDER/"))
        const passwords = path.join(folder, "passwd")
        writeFileSync(passwords, "")
        for (const user of users)
            spawnSync("mosquitto_passwd", ["-b", passwords, user, user], {
                env: { ...process.env, PATH },
            })
        broker = await Mosquitto.start({
            isOpen: false,
            isPersistent: true,
            config,
            files: {
                passwd: readFileSync(passwords, "utf8"),
                acl: `${box("acl")}\nuser admin\ntopic readwrite suitcase/#\n`,
            },
        })
    }

    it("keeps a backlog of 12,000 frames for a listener that was killed", async () => {
        await start(["listener", "admin"])
        const source = await FrameSource.start(broker.url, {
            nodes: 100,
            rows: 1,
            user: "admin",
            password: "admin",
        })
        await expectNothingLost(broker.url, source, 12_000, [
            "--login",
            login("listener", "listener"),
        ])
        await source.close()
    }, 120_000)

    it("passes the check, with a user that may write there, and says what another may not", async () => {
        await start(["listener", "admin"])
        const full = await check(broker.url, "--login", login("admin", "admin"))
        expect(full.out).toMatch(/ok +a backlog of 5,000 messages is kept/)
        expect(full.out).not.toContain("missing")
        expect(full.code).toBe(0)
        const limited = await check(broker.url, "--login", login("listener", "listener"))
        expect(limited.out).toMatch(/missing +this user may not publish under suitcase\/check\//)
        expect(limited.code).toBe(1)
        const stranger = await check(broker.url)
        expect([stranger.code, stranger.err]).toEqual([
            2,
            expect.stringContaining("does not let this user in"),
        ])
    })

    it("lets a node write in its own name only, and read its own commands only", async () => {
        await start(["hall-1", "hall-2", "admin"])
        const watcher = await mqtt.connectAsync(broker.url, {
            username: "admin",
            password: "admin",
        })
        const seen: string[] = []
        watcher.on("message", topic => seen.push(topic))
        await watcher.subscribeAsync("suitcase/#", { qos: 1 })
        const node = await mqtt.connectAsync(broker.url, { username: "hall-1", password: "hall-1" })
        const commands: string[] = []
        node.on("message", topic => commands.push(topic))
        await node.subscribeAsync("suitcase/+/+/cmd", { qos: 1 }).catch(() => undefined)
        for (const topic of ["town/hall-2/frame", "town/hall-1/frame"])
            await node.publishAsync(`suitcase/${topic}`, "x", { qos: 1 })
        await node.publishAsync("suitcase/town/hall-1/status", "end", { qos: 1 })
        await expect.poll(() => seen).toContain("suitcase/town/hall-1/status")
        for (const name of ["hall-2", "hall-1"])
            await watcher.publishAsync(`suitcase/town/${name}/cmd`, "{}", { qos: 1 })
        await expect.poll(() => commands).toContain("suitcase/town/hall-1/cmd")
        await node.endAsync()
        await watcher.endAsync()
        expect(seen).not.toContain("suitcase/town/hall-2/frame")
        expect(commands).not.toContain("suitcase/town/hall-2/cmd")
    })
})

describeWith("mosquitto", "a Mosquitto as it comes", () => {
    it("drops what exceeds its queue of 1,000: the check says so, and a listener tells it from what nodes lost", async () => {
        const broker = await Mosquitto.start()
        try {
            const { out, code } = await check(broker.url)
            expect(out).toMatch(
                /missing +of 5,000 messages for a client that was away, 1,\d\d\d were kept/
            )
            expect(code).toBe(1)
            const first = listen(broker.url)
            await first.until(/Listening/)
            const source = await FrameSource.start(broker.url, { nodes: 4, rows: 1 })
            await source.publish(40)
            await expect.poll(() => lines().length, { timeout: 60_000 }).toBe(source.readings)
            await first.end("SIGKILL")
            await source.publish(4000)
            const second = listen(broker.url)
            await second.until(/Listening/)
            // One more of each after the gap, and what the nodes say that the broker has acknowledged.
            await source.publish(4)
            await source.publishStatus()
            await expect
                .poll(() => second.err, { timeout: 60_000 })
                .toMatch(/missing before number/)
            await second.end("SIGTERM")
            expect(second.err).toMatch(/ frames missing, [\d,]+ of them lost by the broker/)
            await source.close()
        } finally {
            await broker.stop()
        }
    }, 60_000)
})

describeWith("nats-server", "NATS as docs/brokers.md has it", () => {
    it("keeps everything for a listener that was killed, and passes the check", async () => {
        const broker = await NatsServer.start(box("nats"))
        const flags = ["--login", login("listener", "change-me")]
        try {
            const { out } = await check(broker.url, ...flags)
            expect(out).not.toContain("missing")
            const source = await FrameSource.start(broker.url, {
                nodes: 10,
                rows: 1,
                user: "hall-1",
                password: "change-me-too",
            })
            await expectNothingLost(broker.url, source, 2000, flags)
            await source.close()
        } finally {
            await broker.stop()
        }
    }, 120_000)
})

describe("docs/brokers.md", () => {
    it("has a box for each broker that is run", () => {
        for (const language of ["conf", "acl", "nats", "rabbitmq"])
            expect(box(language).length).toBeGreaterThan(50)
    })
})
