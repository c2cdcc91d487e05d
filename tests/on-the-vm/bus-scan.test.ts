/** The bus scan finds every part, at each of its addresses, and nothing else. */
import { describe, expect, it } from "vitest"
import { isOnPin, loadParts, type CataloguedI2cPart } from "../../sim/parts/catalogue.js"
import { compile } from "../../sim/program/compile.js"
import { World } from "../../sim/world/world.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { knownAddressesSource } from "../../tools/scripts/docs/known-addresses.js"
import { KNOWN_ADDRESSES, type KnownAddress } from "../../src/drivers/shared/known-addresses.js"

const LIMIT_MS = 20_000

/** @returns the lines that the second scan prints: by then every part has started */
async function scan(models: readonly RegisterModel[]): Promise<string[]> {
    const world = new World()
    const node = world.addNode({ program: compile("devs/bus-scan.ts"), sensors: models })
    const headers = () => node.console.filter(({ text }) => text.startsWith("I2C bus:"))
    await world.runUntil(() => headers().length === 3, 3 * LIMIT_MS)
    const [, second, third] = headers()
    return node.console
        .slice(node.console.indexOf(second), node.console.indexOf(third))
        .map(({ text }) => text)
}

type Placed = readonly [CataloguedI2cPart, number]

/** Buses that hold each part at each of its addresses once, with no two at one address. */
function batchesOf(parts: readonly CataloguedI2cPart[]): Placed[][] {
    const batches: Placed[][] = []
    for (const part of parts)
        for (const address of part.addresses) {
            const free = batches.find(batch => batch.every(([, taken]) => taken !== address))
            if (free === undefined) batches.push([[part, address]])
            else free.push([part, address])
        }
    return batches
}

describe("the bus scan", async () => {
    const parts = (await loadParts()).filter(part => !isOnPin(part))

    it("finds every part at every one of its addresses, and names it", async () => {
        for (const batch of batchesOf(parts)) {
            const [header, ...found] = await scan(batch.map(([part, at]) => part.model(at)))
            expect(header).toBe(`I2C bus: parts at ${batch.length} addresses`)
            const sorted = [...batch].sort(([, a], [, b]) => a - b)
            for (const [i, [part, address]] of sorted.entries()) {
                expect(found[i]).toMatch(new RegExp(`^0x${address.toString(16)} `))
                expect(found[i]).toContain(part.name)
            }
        }
    }, 300_000)

    it("finds a memory, and an empty bus empty", async () => {
        expect(await scan([new MB85RCModel(8192)])).toEqual([
            "I2C bus: parts at 1 addresses",
            expect.stringMatching(/^0x50 MB85RC256V/),
        ])
        expect(await scan([])).toEqual(["I2C bus: parts at 0 addresses"])
    })

    it("leaves what a memory holds alone", async () => {
        const memory = new MB85RCModel(8192)
        memory.content.forEach((_, i) => (memory.content[i] = i & 0xff))
        const before = Uint8Array.from(memory.content)
        await scan([memory])
        expect(memory.content).toEqual(before)
    })

    it("knows the addresses of all parts (npm run docs:sensors)", () => {
        const source = knownAddressesSource(parts)
        const entries = [...source.matchAll(/address: (0x[0-9a-f]+), names: "([^"]*)"/g)]
        const wanted: KnownAddress[] = entries.map(([, address, names]) => ({
            address: Number(address),
            names,
        }))
        expect(KNOWN_ADDRESSES).toEqual(wanted)
    })
})
