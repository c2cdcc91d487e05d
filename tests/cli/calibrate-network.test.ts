/** `suitcase calibrate … --node`: records of a node over a real broker, sealed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, expect, it } from "vitest"
import { TcpEndpoint } from "../../sim/net/endpoint.js"
import { compile } from "../../sim/program/compile.js"
import { minutes } from "../../sim/time/duration.js"
import { World } from "../../sim/world/world.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { recordId, writeRecord } from "../../tools/calibration/record.js"
import { calibratedProgramSource } from "../../tools/calibration/sim-bench.js"
import { run } from "../../tools/cli/cli.js"
import { provide } from "../reliability/provisioning.js"
import { describeWith } from "../support/describe-with.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { Mosquitto } from "../support/mosquitto.js"

const KEY = "5a".repeat(32)
const RECORD = writeRecord({
    ...{ channel: "temperature", part: "Sensirion SHT4x", identity: "serial 0ea51234" },
    ...{ points: 1, uncertainty: 5, reference: "Testo 104", certificate: "2026-0412" },
    ...{ technician: "mette", date: 1_700_000_000, validUntil: undefined, temperature: 21 },
    correction: { method: "offset", origin: 0, coefficients: [{ mantissa: 100, exponent: 0 }] },
    previous: 0,
})

/** Lets virtual time pass while a command waits for a real broker: not by days, as it would at full speed. */
async function atEase<T>(world: World, work: Promise<T>): Promise<T> {
    let isDone = false
    const done = () => (isDone = true)
    work.then(done, done)
    while (!isDone) {
        await world.run(50)
        await sleep(5)
    }
    return work
}

describeWith("mosquitto", "suitcase calibrate over a real Mosquitto", () => {
    let broker: Mosquitto
    let folder: string
    let world: World
    let device: string

    beforeAll(async () => {
        broker = await Mosquitto.start()
        folder = mkdtempSync(path.join(tmpdir(), "suitcase-calibrate-network-"))
        world = new World({ seed: 1 })
        world.network.defaultEndpoint = new TcpEndpoint("127.0.0.1", broker.port)
        const node = world.addNode({
            program: compile("devs/calibrated.ts", { source: calibratedProgramSource() }),
            sensors: [new SHT4xModel().feed("temperature", 21).feed("humidity", 45)],
        })
        device = node.deviceId
        await provide({ world, node }, { node: "hall", site: "library", "seal.key": KEY })
        await world.run(minutes(2))
        writeFileSync(path.join(folder, "keys.json"), `{"hall": "${KEY}"}`, { mode: 0o600 })
        writeFileSync(path.join(folder, "none.json"), `{"attic": "${KEY}"}`, { mode: 0o600 })
        writeFileSync(path.join(folder, "other.json"), `{"hall": "${"11".repeat(32)}"}`, {
            mode: 0o600,
        })
        const records = [Buffer.from(RECORD).toString("hex")]
        writeFileSync(
            path.join(folder, "all.json"),
            JSON.stringify({ version: 1, device, records })
        )
    }, 300_000)
    afterAll(async () => {
        world.close()
        await broker.stop()
        rmSync(folder, { recursive: true })
    })

    /** Virtual time passes meanwhile. */
    async function calibrate(words: string, keys = "keys.json") {
        const terminal = fakeTerminal()
        const journal = path.join(folder, "journal")
        const asked = `calibrate ${words} --journal ${journal} --broker ${broker.url} --node hall --site library`
        const argv = asked.replaceAll("FOLDER", folder).split(" ")
        const more = keys === "" ? [] : ["--keys", path.join(folder, keys)]
        const code = await atEase(world, run([...argv, ...more], terminal))
        return { code, out: terminal.out.text, err: terminal.err.text }
    }

    it("gives a node records, holds it against the journal, and takes them back", async () => {
        const imported = await calibrate("import FOLDER/all.json")
        expect(imported.code, imported.err).toBe(0)
        expect((await calibrate("verify")).out).toBe(`${device}: as the journal says\n`)
        const exported = await calibrate("export FOLDER/out.json")
        expect(exported.err).toBe(`1 calibrations of ${device} are in ${folder}/out.json\n`)
        expect(readFileSync(path.join(folder, "out.json"), "utf8")).toContain(
            Buffer.from(RECORD).toString("hex")
        )
        const taken = await calibrate("rollback temperature")
        expect(taken.err).toBe("temperature is as its part gives it.\n")
        expect((await calibrate("restore")).code).toBe(0)
        const terminal = fakeTerminal()
        await run(["calibrate", "history", "--journal", path.join(folder, "journal")], terminal)
        expect(terminal.out.text).toContain(`temperature  ${recordId(RECORD)}`)
    })

    it.each([
        ["verify", "", /sealed with the node's key: say --keys/],
        ["verify", "none.json", /has no key for hall/],
        ["verify", "other.json", /another key than the keys file/],
        ["verify --port /dev/ttyACM0", "keys.json", /leave --port, --all and --sim out/],
        ["--channel temperature --point 5 --point 9 --reference T --reference-certificate 1 --uncertainty 1 --technician m",
            "keys.json", /calibrated on USB, by whoever stands beside it/], // prettier-ignore
    ])("%s with %j is refused with what to do", async (words, keys, message) => {
        const { code, err } = await calibrate(words, keys)
        expect(err).toMatch(message)
        expect(code).toBe(2)
    })

    it("a node that nobody knows, or that is offline, is not waited for", async () => {
        const terminal = fakeTerminal()
        const keys = path.join(folder, "nobody.json")
        writeFileSync(keys, `{"nobody": "${KEY}"}`, { mode: 0o600 })
        const argv = `calibrate verify --broker ${broker.url} --node nobody --keys ${keys}`
        expect(await run(argv.split(" "), terminal)).toBe(2)
        expect(terminal.err.text).toMatch(/no node nobody of site demo is known/)
    })
})
