/** What a node keeps of a VL53L1X over its restarts, on the VM. */
import { expect, it } from "vitest"
import { compile } from "../../../sim/program/compile.js"
import { World } from "../../../sim/world/world.js"

const SOURCE = `
import { VL53L1XCompensation } from "../src/drivers/vl53l1x/compensation.js"
import { VL53L1X } from "../src/drivers/vl53l1x/driver.js"
import { openBus } from "../src/station/index.js"

const bus = openBus()
let held = Buffer.alloc(0)
const store = {
    read: async (slot: number): Promise<Buffer> => held,
    write: async (slot: number, bytes: Buffer): Promise<boolean> => { held = bytes.slice(0); return true },
}
async function after(text: string, offset: number, crosstalk: number): Promise<void> {
    const driver = new VL53L1X(bus, { only: "distance", offset, crosstalk })
    await new VL53L1XCompensation(bus, driver).open(store, 32)
    console.log("=" + text + ": " + driver.offset + " " + driver.crosstalk)
}
const none: number = undefined
await after("empty", none, none)
// Offset −12 mm in quarters, crosstalk as its register has it; the program gives none.
held = Buffer.from("d0ffff0f0080ffff", "hex")
await after("too short", none, none)
held = Buffer.from("d0ffff0f0080ffff0000", "hex")
await after("damaged", none, none)
held = Buffer.from("d0ffff0f0080ffffCRC_A", "hex")
await after("kept", none, none)
await after("new option", 5, none)
held = Buffer.from("d0ffffff1400ffffCRC_B", "hex")
await after("kept beside the option", 5, none)
await after("option taken out", none, none)
await after("another option", 5, 1000)
held = undefined
await after("cannot be read", none, none)
console.log("=end")
`

/** CRC-16/CCITT-FALSE, by its definition, as hex bytes with the low one first. */
function crc(hex: string): string {
    let value = 0xffff
    for (const byte of Buffer.from(hex, "hex")) {
        value ^= byte << 8
        for (let i = 0; i < 8; i++) value = ((value << 1) ^ (value & 0x8000 ? 0x1021 : 0)) & 0xffff
    }
    const bytes = Buffer.alloc(2)
    bytes.writeUInt16LE(value)
    return bytes.toString("hex")
}

it("offset and crosstalk are those that were kept, unless damaged, or the program was given others since", async () => {
    const world = new World()
    const source = SOURCE.replace("CRC_A", crc("d0ffff0f0080ffff")).replace(
        "CRC_B",
        crc("d0ffffff1400ffff")
    )
    const node = world.addNode({ program: compile("devs/kept-test.ts", { source }) })
    const lines: string[] = []
    node.onConsole = text => {
        if (text.startsWith("=")) lines.push(text.slice(1))
    }
    try {
        await world.runUntil(() => lines.at(-1) === "end", 20_000)
    } finally {
        world.close()
    }
    expect(lines.slice(0, -1)).toEqual([
        "empty: undefined undefined",
        "too short: undefined undefined",
        "damaged: undefined undefined",
        "kept: -48 4095",
        "new option: 20 undefined",
        "kept beside the option: -48 undefined",
        "option taken out: undefined undefined",
        "another option: 20 512",
        "cannot be read: undefined undefined",
    ])
})
