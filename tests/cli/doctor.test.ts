import { expect, it } from "vitest"
import { run } from "../../tools/cli/cli.js"
import { describeWith } from "../support/describe-with.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { Mosquitto } from "../support/mosquitto.js"

async function doctor(...args: string[]) {
    const terminal = fakeTerminal()
    const code = await run(["doctor", ...args], terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

it("suitcase doctor says in words what is there, and what is not, without a board", async () => {
    const { out, code } = await doctor()
    expect(out).toMatch(/^ok {7}Node\.js \d+\./m)
    expect(out).toMatch(/^(ok|note|missing) .*(board|\/dev|COM|RPI-RP2|drive)/m)
    expect(code).toBe(/^missing/m.test(out) ? 1 : 0)
})

it("suitcase doctor --udev prints rules that are one match and one mode each", async () => {
    const { out, code } = await doctor("--udev")
    expect(code).toBe(0)
    for (const rule of out.trim().split("\n"))
        expect(rule).toMatch(
            /^(SUBSYSTEM|KERNEL)=="[^"]+", ATTRS?\{idVendor\}=="[0-9a-f|]+", MODE="0666"$/
        )
})

describeWith("mosquitto", "suitcase doctor --broker", () => {
    it("tries the broker as well, and fails when something is missing there", async () => {
        const broker = await Mosquitto.start()
        try {
            const { out, code } = await doctor("--broker", broker.url)
            expect(out).toMatch(/Node\.js/)
            expect(out).toMatch(/missing +of 5,000 messages for a client that was away/)
            expect(code).toBe(1)
        } finally {
            await broker.stop()
        }
    }, 120_000)
})
