import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { BoardBench } from "../../../tests/support/board-bench.js"
import { driverScript, linesOf } from "../../../tests/support/driver-program.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_ABSENT,
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_TIMEOUT,
    QUALITY_WRONG_PART,
} from "../../core/quality.js"
import { DS2482Model } from "./model.js"
import { ds18b20Temperature } from "./conversion.js"
import { part } from "./part.js"

const ROMS = ["28ff641e821603e2", "28ff71b2101701e8", "280a0b0c000000b3", "28aa0102030405a7"]

const program = new PartProgram("ds2482", part)
const PLAIN = program.variant()
const FOUR = program.variant(`{ probes: ${JSON.stringify(ROMS)} }`)
const script = (body: string) => program.script(driverScript("ds2482", "DS2482", body))
const SEARCH = script(`
    const found = await new DS2482(bus).searchRoms()
    for (const rom of found) console.log(rom)`)
const REFUSED = script(`
    refuses({ probes: [] })
    refuses({ probes: ["28ff"] })
    refuses({ probes: ["28ff641e821603zz"] })
    refuses({ probes: ["28ff641e821603e3"] })
    refuses({ probes: ["${ROMS[0].toUpperCase()}"], names: ["water_", "soil_"] })
    refuses({ probes: ["${ROMS[0].toUpperCase()}"], names: ["water_"] })`)
/** A board has a bus of its own, which is faster than the simulator's. */
const TIMED = `
import * as ds from "@devicescript/core"
import { DS2482 } from "../src/drivers/ds2482/driver.js"
import { pause } from "../src/scheduler/scheduler.js"
import { openBus } from "../src/station/bus.js"
const sensor = new DS2482(openBus())
await sensor.init()
for (let i = 0; i < 2; i++) {
    const began = ds.millis()
    await sensor.sample()
    await pause()
    console.log("took " + (ds.millis() - began) + " ms: " + sensor.qualities[0])
}
`

function rigOf(model: DS2482Model, driver = PLAIN): DriverRig {
    return program.rig(driver, model, { everyMs: 3000 })
}

function pond(): DS2482Model {
    return new DS2482Model().feed("temperature", -0.5)
}

function four(): DS2482Model {
    const model = new DS2482Model(0x18, ROMS)
    ;[-12.25, 4.0625, 85, 30].forEach((value, i) => model.feed(`probe${i + 1}_temperature`, value))
    return model
}

describe("DS2482 with one DS18B20", () => {
    it("gives a real 85 °C, but not the 85 °C of a probe that lost power", async () => {
        const model = pond().feed("temperature", 85)
        const rig = rigOf(model)
        expect((await rig.take(2))[1]).toMatchObject({ values: [8500], qualities: [QUALITY_OK] })
        const [probe] = model.probes
        // After every transfer of the sample: before the conversion, during it, while it is read.
        let places = 0
        rig.node.bus.onTransfer = () => places++
        await rig.take(1)
        for (let at = 1; at <= places; at++) {
            let left = at
            rig.node.bus.onTransfer = () => {
                if (--left === 0) probe.powerUp()
            }
            model.feed("temperature", 20)
            const [struck] = await rig.take(1)
            if (struck.qualities[0] === QUALITY_OK)
                expect(struck.values, `after transfer ${at} of ${places}`).toEqual([2000])
            else expect(struck.lastError).not.toBe("")
            rig.node.bus.onTransfer = undefined
            await rig.take(1)
            expect((await rig.take(1))[0].qualities).toEqual([QUALITY_OK])
        }
    })

    it("gives no old value of a copy that keeps its scratchpad over a power loss, but in the last eighth of a conversion", async () => {
        const model = pond().feed("temperature", 20)
        const rig = rigOf(model)
        const [probe] = model.probes
        probe.keepsScratchpad = true
        await rig.take(2)
        const times: number[] = []
        rig.node.bus.onTransfer = () => times.push(rig.world.clock.wallMs)
        await rig.take(1)
        let unnoticed = 0
        for (let at = 1; at <= times.length; at++) {
            let left = at
            let busyMs = 0
            rig.node.bus.onTransfer = () => {
                if (--left !== 0) return
                busyMs = probe.busyMs
                probe.powerUp()
            }
            const celsius = 20 + at
            model.feed("temperature", celsius)
            const [struck] = await rig.take(1)
            rig.node.bus.onTransfer = undefined
            if (struck.qualities[0] !== QUALITY_OK) {
                expect(struck.lastError).not.toBe("")
            } else if (struck.values[0] !== 100 * celsius) {
                unnoticed++
                expect(busyMs, `ms of conversion that were left at transfer ${at}`).toBeLessThan(95)
            }
            expect((await rig.take(2))[1].values).toEqual([100 * celsius])
        }
        expect(unnoticed, "power losses that were not noticed").toBeLessThanOrEqual(6)
        expect(times.length, "transfers").toBeGreaterThan(60)
    })

    it("reads a copy that says it draws its supply from the line, and does not", async () => {
        const model = pond()
        model.probes[0].claimsParasitic = true
        const [first, second] = await rigOf(model).take(2)
        expect([first.qualities, second.qualities]).toEqual([[QUALITY_OK], [QUALITY_OK]])
        expect(second.values).toEqual(first.values)
        const [, usual] = await rigOf(pond()).take(2)
        const longer = second.ms - usual.ms
        expect(longer, "ms: the conversion that shows it is made once").toBeLessThan(50)
        expect(model.illegalAccesses).toEqual([])
    })

    it.each([
        [
            "no probe",
            QUALITY_ABSENT,
            "no probe on the 1-Wire line",
            (m: DS2482Model) => (m.probes[0].isMissing = true),
        ],
        [
            "a shorted line",
            QUALITY_ABSENT,
            "the 1-Wire line is shorted",
            (m: DS2482Model) => (m.isShorted = true),
        ],
        ["a hung bridge", QUALITY_TIMEOUT, "", (m: DS2482Model) => (m.isHung = true)],
        [
            "no VDD wire",
            QUALITY_NOT_READY,
            "no supply on its VDD wire",
            (m: DS2482Model) => (m.probes[0].isParasitic = true),
        ],
    ])("says why there is no reading: %s", async (_what, quality, words, strike) => {
        const model = pond()
        strike(model)
        const rig = rigOf(model)
        const [sample] = await rig.take(1)
        if (words !== "") {
            expect(sample.qualities).toEqual([quality])
            expect(sample.lastError).toContain(words)
        } else expect(sample.qualities).not.toEqual([QUALITY_OK])
        // 130 transfers at most, of 20 ms each on the simulated bus.
        expect(sample.ms).toBeLessThan(2700)
    })

    it.each(["c3", "picoW"] as const)(
        "takes 0.9 s at most on a board (%s): its transfers, with pauses, are less than a sixth of a second",
        async board => {
            const { world, lines } = await new BoardBench(board, TIMED, {
                node: { sensors: [pond()] },
            }).run(8000)
            world.close()
            const taken = lines.flatMap(line => /^took (\d+) ms: 0$/.exec(line)?.[1] ?? [])
            expect(taken).toHaveLength(2)
            for (const ms of taken) expect(Number(ms)).toBeLessThan(900)
        }
    )

    it("times out when the bridge hangs in a sample", async () => {
        const model = pond()
        const rig = rigOf(model)
        await rig.take(1)
        model.isHung = true
        const [sample] = await rig.take(1)
        expect(sample.qualities[0]).toBeGreaterThanOrEqual(QUALITY_ABSENT)
        model.isHung = false
        expect((await rig.take(1))[0]).toMatchObject({ values: [-50], qualities: [QUALITY_OK] })
    })

    it("does not give the old value when the probe did not hear that it should measure", async () => {
        const model = pond()
        const rig = rigOf(model)
        await rig.take(1)
        model.feed("temperature", 7)
        model.probes[0].missedConverts = 1
        const [deaf] = await rig.take(1)
        expect(deaf.qualities).toEqual([QUALITY_ABSENT])
        expect(deaf.lastError).toContain("does not start to measure")
        expect((await rig.take(1))[0]).toMatchObject({ values: [700], qualities: [QUALITY_OK] })
    })

    it("reads once more after one wrong checksum, and gives up after two", async () => {
        const model = pond()
        const rig = rigOf(model)
        await rig.take(1)
        model.faults.flipCrcWord = 1
        expect((await rig.take(1))[0]).toMatchObject({ values: [-50], errors: 0 })
        const check = Object.getPrototypeOf(Object.getPrototypeOf(model)) as {
            checkValue: (crc: number) => number
        }
        const original = check.checkValue
        check.checkValue = crc => crc ^ 0xff
        try {
            expect((await rig.take(1))[0].qualities).toEqual([QUALITY_CRC])
        } finally {
            check.checkValue = original
        }
    })

    it("refuses another 1-Wire part, and several probes without their names", async () => {
        const [other] = await rigOf(new DS2482Model(0x18, ["10ff641e82160307"])).take(1)
        expect(other.qualities).toEqual([QUALITY_WRONG_PART])
        const [several] = await rigOf(four()).take(1)
        expect(several.qualities).toEqual([QUALITY_CRC])
        expect(several.lastError).toContain("several probes?")
    })
})

describe("DS2482 with four probes", () => {
    it("reads each of them, and leaves only the missing one out", async () => {
        const model = four()
        const rig = rigOf(model, FOUR)
        const [sample] = await rig.take(1)
        expect(sample.values).toEqual([-1225, 406, 8500, 3000])
        expect(rig.channels[FOUR].map(({ name }) => name)).toEqual(
            [1, 2, 3, 4].map(n => `probe${n}_temperature`)
        )
        expect(sample.ms, "20 ms per transfer of the simulated bus").toBeLessThan(10_000)
        model.probes[1].isMissing = true
        const [gap] = await rig.take(1)
        expect(gap.qualities).toEqual([QUALITY_OK, QUALITY_ABSENT, QUALITY_OK, QUALITY_OK])
        expect(gap).toMatchObject({ errors: 1 })
        expect(gap.lastError).toBe(`DS18B20 ${ROMS[1]}: it does not start to measure`)
        model.probes[1].isMissing = false
        model.feed("probe2_temperature", 5)
        expect((await rig.take(1))[0].values).toEqual([-1225, 500, 8500, 3000])
        model.probes[2].powerUp()
        const lost = (await rig.take(1))[0]
        expect(lost.qualities).toEqual([QUALITY_OK, QUALITY_OK, QUALITY_NOT_READY, QUALITY_OK])
        expect((await rig.take(1))[0].qualities).toEqual([0, 0, 0, 0])
        expect(model.illegalAccesses).toEqual([])
    })

    it("finds them, each once", async () => {
        const lines = await linesOf(program, SEARCH, [four()], 30_000)
        expect([...lines].sort()).toEqual([...ROMS].sort())
    })

    it("refuses ROM codes that are none, and names that do not fit them", async () => {
        expect(await linesOf(program, REFUSED)).toEqual([
            "refused DS2482: 1 to 4 probes, got 0",
            "refused DS2482: a ROM code has 16 hex digits, got 28ff",
            "refused DS2482: a ROM code has 16 hex digits, got 28ff641e821603zz",
            "refused DS2482: ROM code 28ff641e821603e3 has a wrong checksum",
            "refused DS2482: 1 probes, but 2 names",
            "accepted",
        ])
    })
})

conversionsAgree(program, [{ convert: ds18b20Temperature }])

commonSuite(program)
