/** How a driver finds its part: where, in which state, and how long it leaves it in peace. */
import { expect, it } from "vitest"
import { SeededRandom } from "../../sim/time/random.js"
import {
    PartBench,
    describeSample,
    forbiddenAccesses,
    type JudgedSample,
} from "../../sim/parts/part-bench.js"
import { UNADDRESSED_DRIVER, type PartProgram } from "../../sim/parts/part-program.js"
import { QUALITY_WARMING_UP } from "../../src/core/quality.js"
import { type PartChannel } from "../../src/drivers/shared/part.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { addressText } from "../../tools/cli/parts.js"
import { expectTruth, recoverySamples } from "./checks.js"

/** Different states that a part is found in; `npm run soak` tries more. */
const STATES = Number(process.env["SUITCASE_PART_STATES"] ?? 4)
/** Between two writes of other firmware: longer than any command takes, ms. */
const APART_MS = 15_000
const SAMPLES = 3

export function starts(program: PartProgram<RegisterModel>): void {
    const { part } = program

    it("at the part's usual address, when none is given: in driver, model and part.ts alike", async () => {
        const bench = new PartBench(program, { running: [UNADDRESSED_DRIVER] })
        const spokenTo = new Set<number>()
        bench.rig.node.bus.onTransfer = ({ address }) => spokenTo.add(address)
        await bench.sample()
        const model = (part.model as (address?: number) => RegisterModel)()
        expect({
            driver: [...spokenTo].map(addressText).join(", "),
            model: addressText(model.address),
        }).toEqual({
            driver: addressText(part.addresses[0]),
            model: addressText(part.addresses[0]),
        })
    })

    it("in whatever state other firmware left the part", async () => {
        for (let seed = 0; seed < STATES; seed++) {
            const bench = new PartBench(program)
            const writes = leaveAsOthers(bench.model, seed, bench.rig.world.clock.wallMs)
            const count = Math.max(part.settleSamples ?? 1, recoverySamples(part))
            const where = `state ${seed}, after other firmware wrote ${writes}`
            const sample = await bench.samples(count + 1)
            const canBeOff = part.limits?.warmStart !== undefined
            expectTruth(bench, canBeOff ? await settled(bench, sample, where) : sample, where)
        }
    })

    it("and waits for as long as the part may take, to the ms", async () => {
        const [usual, exact] = await Promise.all([
            transfersOf(program, false),
            transfersOf(program, true),
        ])
        if (part.askedEarly !== undefined) return
        const what = `${part.name}: transfers of each sample, when waits are exactly as long as the driver asks; more of them mean that it asks before the part is ready`
        expect(exact, what).toEqual(usual)
    })
}

/**
 * Readings that are off have to say that they are not settled.
 * @returns the sample; when readings were off, the first one in which all of them have settled
 */
async function settled(
    bench: PartBench,
    first: JudgedSample,
    where: string
): Promise<JudgedSample> {
    const isOff = ({ name }: PartChannel) =>
        first.wrong.some(text => text.startsWith(`${name}: `) && text.includes(" instead of "))
    const off = bench.part.channels.flatMap((about, i) => (isOff(about) ? [i] : []))
    const isWarming = ({ qualities }: JudgedSample, i: number) =>
        qualities[i] === QUALITY_WARMING_UP
    expect(
        off.filter(i => !isWarming(first, i)).map(i => bench.part.channels[i].name),
        `${where}: readings that are off, and not marked; ${describeSample(bench, first)}`
    ).toEqual([])
    let sample = first
    while (off.some(i => isWarming(sample, i))) sample = await bench.sample()
    return sample
}

/** @returns transfers of the first samples */
async function transfersOf(
    program: PartProgram<RegisterModel>,
    hasExactWaits: boolean
): Promise<number[]> {
    const { part } = program
    const bench = new PartBench(program, { hasExactWaits })
    seesWholeMs(bench.model)
    const samples = await bench.take((part.startSamples ?? 1) + SAMPLES)
    const waits = hasExactWaits ? "waits that are exact to the ms" : "usual waits"
    for (const sample of samples) {
        const where = `with ${waits}: ${describeSample(bench, sample)}`
        expect(sample.wrong, where).toEqual([])
    }
    expectTruth(bench, samples.at(-1) as (typeof samples)[number], `with ${waits}`)
    expect(forbiddenAccesses(part, bench.model), `accesses with ${waits}`).toEqual([])
    return samples.map(({ transfers }) => transfers)
}

/** What transfers and the VM's own work take there, some µs, must not make a wait too short. */
function seesWholeMs(model: RegisterModel): void {
    const transfer = model.transfer.bind(model)
    model.transfer = (write, readLength, unixMs) => transfer(write, readLength, Math.round(unixMs))
}

/** Gives the part power some time ago, and has other firmware use it since. @returns its writes */
function leaveAsOthers(model: RegisterModel, seed: number, nowMs: number): string {
    const random = new SeededRandom(seed)
    const writes = model.othersWrites?.(below => Math.floor(random.float() * below)) ?? []
    let at = nowMs - (writes.length + 1) * APART_MS
    model.brownOut(at)
    for (const bytes of writes) model.transfer(bytes, 0, (at += APART_MS))
    model.illegalAccesses.length = 0
    return writes.map(bytes => Buffer.from(bytes).toString("hex")).join(" ")
}
