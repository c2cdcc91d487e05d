/**
 * What every part on the I2C bus has to pass, driver and model in the VM over the bus. Faults
 * strike every place at which they can; after each of them a sample is a gap or the
 * truth, and readings come back without a reboot.
 */
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { QUALITY_ABSENT, QUALITY_CRC, QUALITY_WRONG_PART } from "../../src/core/quality.js"
import { type PartChannel } from "../../src/drivers/shared/part.js"
import { type PartModel } from "../../src/drivers/shared/part-model.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { isOnPin, loadParts, type CataloguedPart } from "../../sim/parts/catalogue.js"
import {
    PartBench,
    describeSample,
    fed,
    forbiddenAccesses,
    normalInputs,
} from "../../sim/parts/part-bench.js"
import { type PartProgram } from "../../sim/parts/part-program.js"
import { inputOf } from "../../sim/parts/reading-judge.js"
import { measurePart } from "../../sim/parts/measure.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { rowOf, sensorRow } from "../../tools/scripts/docs/sensors-page.js"
import { appsByPart } from "../../tools/cli/sensors/used-by.js"
import { OtherPart } from "../../sim/parts/other-part.js"
import {
    FAST_AND_SLOW,
    expectBounded,
    expectRecovery,
    judgeStrike,
    lasts,
    leavesOthersAlone,
    noticesFrozen,
    placesToStrike,
    staysTrue,
    twoOfThem,
    wrongOnRestingBus,
} from "./checks.js"
import { startsFirst } from "./first-run.js"
import { starts } from "./starts.js"
import { unfinishedMarks } from "../../tools/cli/sensors/unfinished.js"

/** What reads give, and for how long, while nobody drives the bus. */
const RESTING_BUS = [
    ["any one read is all ones", 0xff, false],
    ["any one read is all zeros", 0x00, false],
    ["every read is all ones from one on", 0xff, true],
    ["every read is all zeros from one on", 0x00, true],
] as const

/** Points of the sweep between the ends of a channel. */
const SWEEP_POINTS = 16

export function i2cSuite(program: PartProgram<RegisterModel>): void {
    startsFirst(program)
    describe("finds its part", () => starts(program))
    describe("reads the truth", () => sweeps(program))
    describe("gives a gap or the truth, and recovers,", () => strikes(program))
    describe("stays with the truth", () => surroundings(program))
}

/** Checks of what it reads, for parts on the bus and on pins alike. */
export function sweeps<M extends PartModel>(program: PartProgram<M>): void {
    const { part } = program
    const swept = part.channels.map((about, i) => [about.name, i] as const)
    it.each(swept.filter(([, i]) => part.channels[i].isTotal !== true))(
        "of %s from its lower to its upper limit, through every change of sign",
        async (_name, index) => {
            const bench = await PartBench.warm(program)
            const about = part.channels[index]
            const input = bench.modelChannel(about)
            if (input === undefined) throw new Error(`the model has no input ${inputOf(about)}`)
            for (const value of sweepPoints(about, input.min, input.max, stepOf(bench, index))) {
                bench.feed(input.name, value)
                const sample = await bench.samples(part.settleSamples ?? 1)
                const where = `${input.name} = ${value} ${input.unit}`
                expect(sample.wrong, `${where}: ${describeSample(bench, sample)}`).toEqual([])
                const inputs = { ...normalInputs(part), [input.name]: value }
                const { values, qualities } = sample
                expect(
                    bench.mistake(index, values[index], qualities[index], inputs),
                    `${where}: ${describeSample(bench, sample)}`
                ).toBeUndefined()
            }
            expect(forbiddenAccesses(part, bench.model)).toEqual([])
        }
    )

    it("with channels, units and ranges that agree with its description", async () => {
        const bench = await PartBench.warm(program)
        const channels = bench.channels()
        expect(channels.map(({ name }) => name)).toEqual(part.channels.map(({ name }) => name))
        for (const [i, about] of part.channels.entries()) {
            const { name, min, max, unit } = channels[i]
            expect(min, `${name}: lower limit`).toBeLessThan(max)
            if (about.expected !== undefined || about.isTotal === true) continue
            const input = bench.modelChannel(about)
            expect(input?.unit, `unit of the model's input ${inputOf(about)}`).toBe(unit)
        }
    })

    const isFinished = unfinishedMarks(part.folder).length === 0
    // A city's own parts have no row: the page is the toolkit's.
    const isToolkits = existsSync(path.join(PROJECT_ROOT, "src", "drivers", part.folder))
    it.runIf(isFinished && isToolkits)(
        "as docs/sensors.md says, with the times that are measured here (npm run docs:sensors)",
        async () => {
            const figures = await measurePart(program)
            const row = sensorRow({ part, figures, apps: appsByPart().get(part.folder) ?? [] })
            const page = readFileSync(path.join(PROJECT_ROOT, "docs", "sensors.md"), "utf8")
            expect(withoutPadding(rowOf(page, part) ?? "no row")).toBe(withoutPadding(row))
        }
    )

    it("and says who it is, as far as it can", async () => {
        const bench = await PartBench.warm(program)
        const { identity, errors, lastError } = await bench.sample()
        if (part.identification === "none") expect(identity).toBe("")
        else expect(identity).not.toBe("")
        expect([errors, lastError].slice(1), "error of a part that works").toEqual([""])
    })
}

function strikes(program: PartProgram<RegisterModel>): void {
    const { part } = program
    const warm = () => PartBench.warm(program)
    const cold = () => Promise.resolve(new PartBench(program))

    it.each([
        ["a sample", warm],
        ["its start", cold],
    ])("when any one transfer of %s is not acknowledged", async (_what, make) => {
        const places = await placesOf(await make())
        for (const at of placesToStrike(places.transfers)) {
            const bench = await make()
            bench.model.faults.nackTransfer = at
            await judgeStrike(bench, `transfer ${at} of ${places.transfers}`)
        }
    })

    it("when any one checksum of a sample or of its start is wrong", async () => {
        for (const make of [warm, cold]) {
            const places = await placesOf(await make())
            if (part.checkValue === "none") expect(places.words, "words with checksum").toBe(0)
            else if (make === warm) expect(places.words, "words with checksum").toBeGreaterThan(0)
            let noticed = 0
            for (const at of placesToStrike(places.words)) {
                const bench = await make()
                bench.model.faults.flipCrcWord = at
                const struck = await judgeStrike(bench, `checksum ${at} of ${places.words}`)
                const hasAskedAgain = struck.isComplete && struck.transfers > places.transfers
                if (struck.qualities.includes(QUALITY_CRC) || hasAskedAgain) noticed++
                if (make === warm && struck.isGap)
                    expect(
                        struck.qualities.includes(QUALITY_CRC),
                        `checksum ${at}: ${describeSample(bench, struck)}; the reason has to be "crc"`
                    ).toBe(true)
            }
            // Only the checksum is wrong: a driver that does not look gives the truth.
            if (make === warm && part.checkValue !== "none")
                expect(noticed, "wrong checksums that were noticed").toBeGreaterThan(0)
        }
    })

    for (const [name, byte, isLasting] of RESTING_BUS)
        it(`when ${name}`, async () => {
            const wrong: string[] = []
            for (const make of [warm, cold]) {
                const places = await placesOf(await make())
                for (const at of placesToStrike(places.reads)) {
                    const bench = await make()
                    bench.model.faults.restingBus = { byte, reads: at, isLasting }
                    const step = `read ${at} of ${places.reads} of ${make === warm ? "a sample" : "its start"}`
                    for (const mistake of await wrongOnRestingBus(bench, step))
                        wrong.push(`${step}: ${mistake}`)
                }
            }
            expect(wrong, "wrong readings").toEqual([])
        })

    it("when the part loses power for a moment after any transfer of a sample", async () => {
        const places = await placesOf(await warm())
        for (const at of placesToStrike(places.transfers)) {
            const bench = await warm()
            let left = at
            bench.rig.node.bus.onTransfer = ({ address, unixMs }) => {
                if (address === bench.model.address && --left === 0) bench.model.brownOut(unixMs)
            }
            const mayBeWrong = part.limits?.brownOut !== undefined
            await judgeStrike(bench, `after transfer ${at} of ${places.transfers}`, mayBeWrong)
        }
    })

    it("when the part lost power between two samples, so that nothing is ready", async () => {
        const bench = await warm()
        bench.model.brownOut(bench.rig.world.clock.wallMs)
        await judgeStrike(bench, "after a power loss", part.limits?.brownOut !== undefined)
    })

    it("while it is stuck busy, in bounded time", async () => {
        const bench = await warm()
        bench.model.faults.stuckBusy = true
        await bench.samples(part.settleSamples ?? 1)
        for (let i = 0; i < 3; i++) {
            const sample = await bench.sample()
            expectBounded(bench, sample)
            if (part.limits?.stuckBusy !== undefined) continue
            const said = `stuck busy: ${describeSample(bench, sample)}; all has to be a gap`
            expect(sample.isGap, said).toBe(true)
            expect(sample.lastError, "why").not.toBe("")
        }
        bench.model.faults.stuckBusy = false
        await expectRecovery(bench, "free again")
    })

    noticesFrozen(program)

    it("while it is unplugged, and when it is plugged in again", async () => {
        const bench = await warm()
        bench.model.faults.unplugged = true
        for (let i = 0; i < 3; i++) {
            const sample = await bench.sample()
            expect(
                sample.qualities.every(quality => quality === QUALITY_ABSENT),
                `unplugged: ${describeSample(bench, sample)}; all has to be absent`
            ).toBe(true)
            expect(sample.lastError, "why").not.toBe("")
            expectBounded(bench, sample)
        }
        bench.model.faults.unplugged = false
        await expectRecovery(bench, "plugged in again")
    })

    it("when it is plugged in only after the node's start", async () => {
        const bench = await cold()
        bench.model.faults.unplugged = true
        expect((await bench.sample()).isGap).toBe(true)
        bench.model.faults.unplugged = false
        await expectRecovery(bench, "plugged in late")
    })
}

function surroundings(program: PartProgram<RegisterModel>): void {
    const { part } = program
    const address = part.addresses[0]

    it("when another part is at its address: nothing but gaps", async () => {
        const others: RegisterModel[] = [0x00, 0xff, 0x5a].map(byte => new OtherPart(address, byte))
        for (const other of await loadParts())
            if (!isOnPin(other) && !isSameChip(other, part) && other.addresses.includes(address))
                others.push(fed(other, other.model(address)))
        for (const other of others) {
            const bench = new PartBench(program, { models: [other] })
            for (let i = 0; i < 3; i++) {
                const sample = await bench.sample()
                expectBounded(bench, sample)
                if (part.limits?.wrongPart !== undefined) continue
                const what = `${other.part}: ${describeSample(bench, sample)}`
                expect(sample.isGap, what).toBe(true)
                if (other instanceof OtherPart)
                    expect(
                        sample.qualities.includes(QUALITY_WRONG_PART),
                        `${what}; one channel has to be "wrong part"`
                    ).toBe(true)
            }
            expect(bench.rig.node.panics).toEqual([])
        }
    })

    leavesOthersAlone(program, {
        unplugged: (model, isOn) => (model.faults.unplugged = isOn),
        stuckBusy: (model, isOn) => (model.faults.stuckBusy = isOn),
    })

    if (part.addresses.length > 1)
        twoOfThem(program, "with two of them at two addresses", () =>
            part.addresses.slice(0, 2).map(at => fed(part, part.model(at)))
        )

    staysTrue(program, [
        ["on a bus of 10 kHz", { i2cKHz: 10 }],
        ["on a bus of 400 kHz", { i2cKHz: 400 }],
        ...FAST_AND_SLOW,
    ])

    lasts(program)
}

interface Places {
    readonly transfers: number
    /** Transfers that read. */
    readonly reads: number
    /** Words with a checksum. */
    readonly words: number
}

/** Where a fault can strike the next sample. */
async function placesOf(bench: PartBench): Promise<Places> {
    const FAR = 1_000_000
    let transfers = 0
    let reads = 0
    bench.rig.node.bus.onTransfer = ({ address, result }) => {
        if (address !== bench.model.address) return
        transfers++
        if (result.data.length > 0) reads++
    }
    bench.model.faults.flipCrcWord = FAR
    await bench.sample()
    return { transfers, reads, words: FAR - bench.model.faults.flipCrcWord }
}

function stepOf(bench: PartBench<PartModel>, index: number): number {
    const { scaleNumerator, scaleDenominator } = bench.channels()[index]
    return scaleNumerator / scaleDenominator
}

function sweepPoints(about: PartChannel, min: number, max: number, step: number): number[] {
    const low = about.from ?? min
    const high = about.to ?? max
    const points = [low, low + step, ...(about.sweep ?? [])]
    for (let i = 1; i < SWEEP_POINTS; i++) points.push(low + ((high - low) * i) / SWEEP_POINTS)
    if (low < 0 && high > 0)
        for (const steps of [-10, -3, -2, -1, -0.4, 0, 0.4, 1, 2, 3, 10]) points.push(steps * step)
    points.push(high - step, high)
    return points.filter(value => value >= low && value <= high)
}

/** A row of a table without the blanks that line its columns up. */
function withoutPadding(row: string): string {
    return row.replace(/ +\|/g, " |").replace(/\| +/g, "| ").trim()
}

/** Whether two folders drive the very same chip. */
function isSameChip(one: CataloguedPart, other: CataloguedPart): boolean {
    return (one.sameChipAs ?? one.folder) === (other.sameChipAs ?? other.folder)
}
