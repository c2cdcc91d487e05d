/** `suitcase settings` as it reaches a board: through the TCP port of the stock devtools. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { FREE_PORTS, startDevtools, type DevtoolsServer } from "../../sim/devtools/server.js"
import { startSimulator, type StockSimulator } from "../../sim/devtools/simulator.js"
import { compile } from "../../sim/program/compile.js"
import { run } from "../../tools/cli/cli.js"
import { fakeTerminal, type FakeTerminal } from "../support/fake-terminal.js"

describe("suitcase settings through devtools", () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-settings-cli-"))
    let server: DevtoolsServer
    let board: StockSimulator

    beforeAll(async () => {
        server = await startDevtools({ ports: FREE_PORTS })
        const program = compile("devs/indoor-climate.ts", { name: "indoor-climate" })
        board = await startSimulator(server.side, { program })
    })
    afterAll(async () => {
        await board.close()
        await server.close()
        rmSync(folder, { recursive: true, force: true })
    })

    async function suitcase(...args: string[]): Promise<{ code: number; terminal: FakeTerminal }> {
        const terminal = fakeTerminal()
        const place = ["--devtools", `127.0.0.1:${server.ports.tcp}`, "--journal", folder]
        return { code: await run(["settings", ...args, ...place], terminal), terminal }
    }

    it("writes settings, keeps them in the journal, and finds them there again", async () => {
        const { deviceId } = board
        const set = await suitcase(
            ...["set", deviceId, "node=hall", "mqtt.pass=secret-22", "--no-restart"]
        )
        expect(set.terminal.err.text).toBe("")
        expect(set.code).toBe(0)
        expect(set.terminal.out.text).toBe(`node ${deviceId}: node, mqtt.pass written\n`)
        const file = readFileSync(path.join(folder, `${deviceId}.json`), "utf8")
        expect(JSON.parse(file)).toMatchObject({
            device: deviceId,
            settings: { node: "hall", "mqtt.pass": "secret-22" },
            program: { app: "indoor-climate" },
        })
        const check = await suitcase("check", "hall")
        expect(check.terminal.out.text).toBe(`node ${deviceId}: ok, indoor-climate\n`)
        expect(check.code).toBe(0)
        const get = await suitcase("get", "hall")
        expect(get.terminal.out.text).toMatch(/node +│ hall/)
        expect(get.terminal.out.text).not.toContain("secret-22")
        const restore = await suitcase("restore", "hall", "--no-restart")
        expect(restore.terminal.err.text + restore.terminal.out.text).toBe(
            `node ${deviceId}: restored and verified\n`
        )
    })
})

describe("wrong use of suitcase settings gets one line and exit code 2", () => {
    it.each([
        ["set 0123456789abcdef", /missing required argument 'key=value'/],
        ["set 0123456789abcdef wlan=x", /there is no setting "wlan"/],
        ["set 0123456789abcdef mqtt.port=0", /mqtt\.port takes a number from 1 to 65535/],
        ["get hall --journal nowhere", /no node "hall" in nowhere: give its device id/],
        ["check 0123456789abcdef --devtools here", /"here" is not an address such as 127/],
        ["check 0123456789abcdef --devtools 127.0.0.1:1", /start it with "npx devs devtools"/],
    ])("suitcase settings %s", async (args, message) => {
        const terminal = fakeTerminal()
        expect(await run(["settings", ...args.split(" ")], terminal)).toBe(2)
        expect(terminal.err.text).toMatch(message)
        expect(terminal.err.text).toMatch(/^suitcase: [^\n]+\n$/)
        expect(terminal.out.text).toBe("")
    })

    it.each(["settings --help", "settings set --help", "settings restore --help"])(
        "%s explains itself in 80 columns",
        async args => {
            const terminal = fakeTerminal()
            expect(await run(args.split(" "), terminal)).toBe(0)
            expect(terminal.out.text).toContain("Exit codes:")
            expect(terminal.out.lines.filter(text => text.length > 80)).toEqual([])
        }
    )
})
