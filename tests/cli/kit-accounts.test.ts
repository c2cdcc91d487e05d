/** Keys and accounts: made where they are missing, never replaced, never shown; Mosquitto takes them. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import mqtt, { type MqttClient } from "mqtt"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { run } from "../../tools/cli/cli.js"
import { parseKeys } from "../../tools/cli/keys/key-file.js"
import { passwordLine } from "../../tools/kit/accounts.js"
import { nodeSettings } from "../../tools/kit/node-settings.js"
import { readKit } from "../../tools/kit/read-kit.js"
import { Secrets } from "../../tools/kit/secrets.js"
import { PLAIN, fileWith } from "../kit/kit-bench.js"
import { describeWith } from "../support/describe-with.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { Mosquitto } from "../support/mosquitto.js"

const SETTINGS =
    "settings: { broker: { host: mqtt.city.example }, wifi: { ssid: City, password: $WIFI }, seal: true }"
const OTHER = "          - { name: other, board: suitcase_pico_w, sensors: [bme280] }\n"

let folder: string
beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-accounts-"))
    writeFileSync(path.join(folder, "suitcase.yaml"), fileWith(PLAIN, SETTINGS) + OTHER)
    writeFileSync(path.join(folder, ".gitignore"), "secrets/\n")
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function accounts() {
    const terminal = fakeTerminal()
    const code = await run(["kit", "accounts", "--file", folder], terminal)
    return { code, said: terminal.out.text + terminal.err.text, err: terminal.err.text }
}

const secret = (name: string) => readFileSync(path.join(folder, "secrets", name), "utf8")
const FILES = ["keys.json", "passwords.json", "listener.json", "mosquitto.passwd", "mosquitto.acl"]

describe("suitcase kit accounts", () => {
    it("makes a key and an account for each node, and shows none of them", async () => {
        const { code, said, err } = await accounts()
        expect(err).toBe("")
        expect(code).toBe(0)
        expect(said).toMatch(/2 keys made, 0 kept/)
        expect([...parseKeys(secret("keys.json"), "keys.json").keys()]).toEqual(["hall", "other"])
        const passwords = JSON.parse(secret("passwords.json")) as Record<string, string>
        expect(Object.keys(passwords)).toEqual(["hall", "other", "listener"])
        for (const value of [
            ...Object.values(passwords),
            ...Object.values(JSON.parse(secret("keys.json")) as Record<string, string>),
        ])
            expect(said).not.toContain(value)
        if (process.platform !== "win32")
            for (const file of FILES)
                expect(statSync(path.join(folder, "secrets", file)).mode & 0o077, file).toBe(0)
    })

    it("changes nothing when it runs again, and only adds for a new node", async () => {
        await accounts()
        const before = FILES.map(secret)
        expect((await accounts()).said).toMatch(/0 keys made, 2 kept/)
        expect(FILES.map(secret)).toEqual(before)
        const file = path.join(folder, "suitcase.yaml")
        writeFileSync(file, readFileSync(file, "utf8") + OTHER.replace("other", "third"))
        expect((await accounts()).said).toMatch(/1 key made, 2 kept/)
        expect(secret("keys.json")).toContain(before[0].slice(0, before[0].lastIndexOf('"')))
        expect(secret("mosquitto.passwd").startsWith(before[3])).toBe(true)
    })

    it("leaves what others made: accounts, access lists, malformed files", async () => {
        await accounts()
        const place = (name: string) => path.join(folder, "secrets", name)
        writeFileSync(place("mosquitto.acl"), "# ours\ntopic read #\n")
        writeFileSync(
            place("mosquitto.passwd"),
            `${secret("mosquitto.passwd")}grafana:$7$101$AAAA$BBBB\n`
        )
        expect((await accounts()).err).toMatch(/mosquitto\.acl is not one of ours/)
        expect(secret("mosquitto.acl")).toBe("# ours\ntopic read #\n")
        expect(secret("mosquitto.passwd")).toContain("grafana:")
        writeFileSync(place("keys.json"), '{"hall": 12}')
        const { code, said } = await accounts()
        expect(code).toBe(2)
        expect(said).toMatch(/keys\.json: not a JSON object of texts; nothing was made/)
        expect(secret("keys.json")).toBe('{"hall": 12}')
    })

    it("tells when git would take the secrets, and which name cannot be an account", async () => {
        writeFileSync(path.join(folder, ".gitignore"), "node_modules\n")
        expect((await accounts()).err).toMatch(/write secrets\/ into \.gitignore/)
        const file = path.join(folder, "suitcase.yaml")
        writeFileSync(file, readFileSync(file, "utf8").replace("name: other", "name: a:b"))
        expect(await accounts()).toMatchObject({
            code: 2,
            err: expect.stringMatching(/a:b cannot be an account/) as string,
        })
    })

    it("gives a node its settings, with a word of what is missing", async () => {
        await accounts()
        const { nodes } = await readKit(folder)
        const secrets = (env: NodeJS.ProcessEnv) => Secrets.read(folder, undefined, env)
        expect(() => nodeSettings(nodes[0], secrets({}))).toThrow(/hall: missing secrets: WIFI;/)
        expect(() => nodeSettings(nodes[0], secrets({ WIFI: "short" }))).toThrow(
            /^hall: wifi\.pass takes 8 to 63 characters$/
        )
        expect(nodeSettings(nodes[0], secrets({ WIFI: "long enough" }))).toEqual({
            node: "hall",
            site: "townhall",
            "mqtt.host": "mqtt.city.example",
            "mqtt.port": 1883,
            "mqtt.user": "hall",
            "mqtt.pass": (JSON.parse(secret("passwords.json")) as { hall: string }).hall,
            "seal.key": (JSON.parse(secret("keys.json")) as { hall: string }).hall,
            "wifi.ssid": "City",
            "wifi.pass": "long enough",
        })
    })

    it("hashes as mosquitto_passwd does", () => {
        // Python: hashlib.pbkdf2_hmac("sha512", b"hall-1", bytes(range(12)), 101)
        expect(
            passwordLine("hall-1", "hall-1", Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]))
        ).toBe(HALL_1)
    })
})

const HALL_1 =
    "hall-1:$7$101$AAECAwQFBgcICQoL$HzpPQUkiAqXzyWX/nbjLCAeq8/P6AH/hD+wtIOIf3tWvTGEE+cKYtBG5AzPh6zecmlHtjXwe6gCBBpqcjJP1kQ=="

describeWith("mosquitto", "Mosquitto with what suitcase kit accounts made", () => {
    let broker: Mosquitto
    const clients: MqttClient[] = []
    afterEach(async () => {
        for (const client of clients.splice(0)) await client.endAsync(true)
        await broker.stop()
    })

    async function connect(user: string, password?: string): Promise<MqttClient> {
        const passwords = JSON.parse(secret("passwords.json")) as Record<string, string>
        const client = await mqtt.connectAsync(broker.url, {
            username: user,
            password: password ?? passwords[user],
            reconnectPeriod: 0,
        })
        clients.push(client)
        return client
    }

    it("lets nodes in, each with its own topics, and nobody else", async () => {
        await accounts()
        broker = await Mosquitto.start({
            isOpen: false,
            config: ["password_file FOLDER/passwd", "acl_file FOLDER/acl"],
            files: { passwd: secret("mosquitto.passwd"), acl: secret("mosquitto.acl") },
        })
        await expect(connect("hall", "wrong")).rejects.toThrow(/Not authorized/)
        const listener = await connect("listener")
        const seen: string[] = []
        listener.on("message", topic => seen.push(topic))
        await listener.subscribeAsync("suitcase/#", { qos: 1 })
        const hall = await connect("hall")
        const commands: string[] = []
        hall.on("message", topic => commands.push(topic))
        await hall.subscribeAsync("suitcase/townhall/hall/cmd", { qos: 1 })
        const publish = (client: MqttClient, topic: string) =>
            client.publishAsync(topic, "x", { qos: 1 })
        await publish(hall, "suitcase/townhall/other/frame")
        await publish(hall, "suitcase/library/hall/frame")
        await publish(hall, "suitcase/townhall/hall/frame")
        await publish(listener, "suitcase/townhall/other/cmd")
        await publish(listener, "suitcase/townhall/hall/cmd")
        // What is behind these in the queues has arrived, or never will.
        await publish(hall, "suitcase/townhall/hall/state")
        await expect.poll(() => seen).toContain("suitcase/townhall/hall/state")
        await expect.poll(() => commands).toEqual(["suitcase/townhall/hall/cmd"])
        expect(seen.filter(topic => topic.endsWith("/frame"))).toEqual([
            "suitcase/townhall/hall/frame",
        ])
    })
})
