import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { RigProgram } from "../../../sim/parts/rig-program.js"
import { World } from "../../../sim/world/world.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { ContactModel } from "../contact/model.js"
import { part } from "./part.js"

const program = new PartProgram("direction", part)
const GATE = program.script({
    imports: `import { Direction } from "../src/drivers/direction/driver.js"
import { Contact } from "../src/drivers/contact/driver.js"
import { isGap } from "../src/core/quality.js"`,
    body: `
    const first = new Contact(new ds.Button("first"))
    const gate = new Direction(new ds.Button("second"), { first, opens: true })
    let rows = 0
    first.onEvent = () => rows++
    gate.onEvent = () => rows++
    for (;;) {
        await first.sample()
        await gate.sample()
        const said = isGap(gate.qualities[2]) ? "gap " + gate.qualities[2] : gate.values.join(" ")
        console.log("GATE " + said + " rows " + rows)
        await ds.sleep(1000)
    }`,
})

const REFUSED = program.script({
    imports: 'import { SHT4x } from "../src/drivers/sht4x/driver.js"',
    body: `
    const refused = (options: any) => {
        try {
            new Direction(new ds.Button(), options)
        } catch (e) {
            console.log("REFUSED " + (e as Error).message)
        }
    }
    refused({ first: new SHT4x(bus) })
    refused({ first: new Contact(new ds.Button()), quietMs: 49 })`,
})

/** Of two PIR modules: open in these spans of ms after the start. */
function module(...spans: readonly (readonly [number, number])[]) {
    return (ms: number) => (spans.some(([from, to]) => ms >= from && ms < to) ? 0 : 1)
}

function gate(
    firstSpans: readonly (readonly [number, number])[],
    secondSpans: readonly (readonly [number, number])[],
    script = GATE
) {
    const world = new World()
    const start = world.clock.wallMs
    const models = [firstSpans, secondSpans].map(spans => {
        const signal = module(...spans)
        return new ContactModel().feed("contact", unixMs => signal(unixMs - start))
    })
    const deviceId = RigProgram.deviceId({ script })
    const node = world.addNode({ program: program.program, deviceId, sensors: [], pins: models })
    const lines = (what: string) =>
        node.console.flatMap(({ text }) =>
            text.startsWith(what) ? [text.slice(what.length + 1)] : []
        )
    return { world, models, lines }
}

describe("the direction of passages", () => {
    it("is told of PIR modules, which open for seconds, and no passage gives a row of its own", async () => {
        const { world, lines } = gate(
            // In, in, out; then somebody whom only the first one sees.
            [[5000, 7500], [15_000, 17_500], [25_600, 28_100], [35_000, 37_000]], // prettier-ignore
            [[5600, 8100], [15_600, 18_100], [25_000, 27_500]] // prettier-ignore
        )
        await world.run(45_000)
        expect(lines("GATE").at(-1)).toBe("2 1 1 rows 0")
        world.close()
    })

    it("is a gap while one of the inputs is not there, with its reason", async () => {
        for (const i of [0, 1]) {
            const { world, models, lines } = gate([], [])
            await world.run(4000)
            expect(lines("GATE").at(-1)).toBe("0 0 0 rows 0")
            models[i].faults.unplugged = true
            await world.run(6000)
            expect(lines("GATE").at(-1), `input ${i + 1} of 2`).toBe("gap 8 rows 0")
            models[i].faults.unplugged = false
            await world.run(6000)
            expect(lines("GATE").at(-1), `input ${i + 1} of 2`).toMatch(/^0 0 \d rows 0$/)
            world.close()
        }
    })

    it("refuses a first input that is no contact, and times out of range", async () => {
        const { world, lines } = gate([], [], REFUSED)
        await world.run(2000)
        expect(lines("REFUSED")).toEqual([
            "first must be a contact",
            "quietMs must be 50 to 5000 ms, got 49",
        ])
        world.close()
    })
})

commonSuite(program)
