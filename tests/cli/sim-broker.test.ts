/** `suitcase sim --broker` at a real Mosquitto that wants TLS, user and password; what stays there. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import mqtt from "mqtt"
import { afterEach, beforeEach, expect, it } from "vitest"
import { run } from "../../tools/cli/cli.js"
import { needs } from "../runner/needs.js"
import { PATH, hasProgram } from "../support/debian-programs.js"
import { describeWith } from "../support/describe-with.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { Mosquitto } from "../support/mosquitto.js"

const env = { ...process.env, PATH }

describeWith("mosquitto", "suitcase sim at a broker on the network", () => {
    let folder: string
    let broker: Mosquitto | undefined
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-sim-broker-"))
    })
    afterEach(async () => {
        await broker?.stop()
        broker = undefined
        rmSync(folder, { recursive: true, force: true })
    })

    async function sim(words: string) {
        const terminal = fakeTerminal()
        const code = await run(`sim indoor-climate --json ${words}`.split(" "), terminal)
        return { code, out: terminal.out.text, err: terminal.err.text }
    }

    /** Topics that the broker retains. */
    async function retained(url: string, options: mqtt.IClientOptions = {}): Promise<string[]> {
        const client = await mqtt.connectAsync(url, options)
        const topics: string[] = []
        client.on("message", topic => topics.push(topic))
        await client.subscribeAsync("suitcase/#", { qos: 1 })
        // What is retained comes before what is published now.
        await client.publishAsync("suitcase/end", "end", { qos: 1 })
        await expect.poll(() => topics).toContain("suitcase/end")
        await client.endAsync()
        return topics.filter(topic => topic !== "suitcase/end").sort()
    }

    it("leaves nothing there, or with --keep what nodes retain; their ids differ between runs unless a seed says which", async () => {
        broker = await Mosquitto.start()
        const { url } = broker
        const first = await sim(`--for 20m --broker ${url}`)
        expect([first.code, first.err]).toEqual([0, ""])
        expect(await retained(url)).toEqual([])
        for (const words of ["", "", "--seed 5", "--seed 5"])
            expect((await sim(`--for 2m --keep --broker ${url} ${words}`.trim())).code).toBe(0)
        const topics = await retained(url)
        const nodes = new Set(topics.map(topic => topic.split("/")[2]))
        expect(nodes.size, "two of their own, and one of both with the seed").toBe(3)
        expect(topics.length).toBe(3 * 4)
        expect(JSON.parse(first.out)).toMatchObject({ readingsLost: 0, readingsLostByBroker: 0 })
    }, 120_000)

    const withOpenssl = hasProgram("openssl") ? "" : ` ${needs("openssl")}`
    it.skipIf(withOpenssl !== "")(
        `with TLS of a private authority, user and password, which no message shows${withOpenssl}`,
        async () => {
            const openssl = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
            const names = ["-addext", "subjectAltName=IP:127.0.0.1"]
            const files = ["-keyout", "key.pem", "-out", "cert.pem"]
            const made = spawnSync("openssl", [...openssl.split(" "), ...names, ...files], {
                cwd: folder,
            })
            expect(made.status, made.stderr.toString()).toBe(0)
            writeFileSync(path.join(folder, "passwd"), "")
            spawnSync("mosquitto_passwd", ["-b", "passwd", "sim", "s3cret-word"], {
                cwd: folder,
                env,
            })
            const read = (name: string) => readFileSync(path.join(folder, name), "utf8")
            broker = await Mosquitto.start({
                isOpen: false,
                config: [
                    "certfile FOLDER/cert.pem",
                    "keyfile FOLDER/key.pem",
                    "password_file FOLDER/passwd",
                ],
                files: {
                    "cert.pem": read("cert.pem"),
                    "key.pem": read("key.pem"),
                    passwd: read("passwd"),
                },
            })
            const login = path.join(folder, "login.json")
            writeFileSync(login, '{"user": "sim", "password": "s3cret-word"}', { mode: 0o600 })
            const url = broker.url.replace("mqtt:", "mqtts:")
            const ca = path.join(folder, "cert.pem")
            const done = await sim(`--for 20m --broker ${url} --ca ${ca} --login ${login}`)
            expect([done.code, done.err]).toEqual([0, ""])
            const report = JSON.parse(done.out) as Record<string, number>
            expect(report["readingsReceived"]).toBeGreaterThanOrEqual(4 * 19)
            expect(report["readingsLost"]).toBe(0)
            const unknown = await sim(`--for 2m --broker ${url} --login ${login}`)
            expect([unknown.code, unknown.err]).toEqual([
                2,
                expect.stringMatching(/its certificate is of an authority .* --ca FILE/),
            ])
            const plain = await sim(`--for 2m --broker ${broker.url} --login ${login}`)
            expect([plain.code, plain.err]).toEqual([
                2,
                expect.stringMatching(/if it wants TLS, write mqtts:/),
            ])
            const stranger = await sim(`--for 2m --broker ${url} --ca ${ca}`)
            expect([stranger.code, stranger.err]).toEqual([
                2,
                expect.stringContaining("does not let this user in"),
            ])
            for (const { err, out } of [done, unknown, plain, stranger])
                expect(`${err}${out}`).not.toContain("s3cret-word")
        },
        120_000
    )
})
