/** What the board seals is opened by Node's cipher, from the description in docs/security.md. */
import { createDecipheriv } from "node:crypto"
import { describe, expect, it } from "vitest"
import { compile } from "../../sim/program/compile.js"
import { World } from "../../sim/world/world.js"

const KEY = "000102030405060708090a0b0c0d0e0fF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF"
const PLAIN = ["00", "0123456789abcdef", "a5".repeat(1000)]

async function sealedOnTheVm(): Promise<Buffer[]> {
    const source = `
import * as ds from "@devicescript/core"
import { FrameSealer } from "../src/uplink/seal.js"
const sealer = new FrameSealer("${KEY}")
const room = Buffer.alloc(1020)
async function seal(text: string): Promise<void> {
    const plain = Buffer.from(text, "hex")
    room.set(plain)
    const length = sealer.seal(room, plain.length)
    for (let i = 0; i < length; i += 100) {
        console.log("=" + room.slice(i, Math.min(i + 100, length)).toString("hex"))
        await ds.sleep(10)
    }
    console.log("=.")
}
await seal("${PLAIN[0]}")
await seal("${PLAIN[1]}")
room.fillAt(0, 1000, 0xa5)
await seal(room.slice(0, 1000).toString("hex"))
`
    const world = new World()
    const node = world.addNode({ program: compile("devs/seal.ts", { source }) })
    const sealed: Buffer[] = []
    let text = ""
    node.onConsole = line => {
        if (!line.startsWith("=")) return
        if (line === "=.") {
            sealed.push(Buffer.from(text, "hex"))
            text = ""
        } else text += line.slice(1)
    }
    await world.runUntil(() => sealed.length === PLAIN.length, 60_000)
    return sealed
}

describe("frames sealed on the board", () => {
    it("are opened by another implementation, and each has a nonce of its own", async () => {
        const sealed = await sealedOnTheVm()
        const opened = sealed.map(message => {
            const nonce = Buffer.concat([message.subarray(1, 12), Buffer.alloc(2)])
            const key = Buffer.from(KEY, "hex")
            const cipher = createDecipheriv("aes-256-ccm", key, nonce, { authTagLength: 8 })
            cipher.setAuthTag(message.subarray(-8))
            const plain = cipher.update(message.subarray(12, -8))
            cipher.final()
            return plain.toString("hex")
        })
        expect(opened).toEqual(PLAIN)
        expect(sealed.map(message => message.readUIntLE(9, 3))).toEqual([1, 2, 3])
    })
})
