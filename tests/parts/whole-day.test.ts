/**
 * One part of each family on a node of its kind for hours, a sample each few
 * minutes, as on the wall. `npm run soak` has a day of every part, a sample a minute.
 */
import { describe, expect, it } from "vitest"
import { isGap } from "../../src/core/quality.js"
import { ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { RegisterModel } from "../../src/drivers/shared/register-model.js"
import { isOnPin, loadAnyPart, loadParts, type CataloguedPart } from "../../sim/parts/catalogue.js"
import { fed } from "../../sim/parts/part-bench.js"
import { driverAt } from "../../sim/parts/part-program.js"
import { ReadingJudge } from "../../sim/parts/reading-judge.js"
import { DriverRig } from "../../sim/parts/driver-rig.js"
import { RigProgram } from "../../sim/parts/rig-program.js"
import { hours, minutes } from "../../sim/time/duration.js"
import { HEAP_SLACK, liveFree } from "./checks.js"
import { FAMILY_HEADS, familyOf } from "./families.js"

/** After that all readings are there, gas sensors' too. */
const SETTLING_MS = hours(2)

interface Member {
    readonly part: CataloguedPart
    readonly address: number | undefined
    /** Index in the program. */
    readonly driver: number
}

const heads = await Promise.all(FAMILY_HEADS.map(folder => loadAnyPart(folder)))
const program = new RigProgram()
const members = withAddresses(heads)

/** Each part at the first of its addresses that no other has. */
function withAddresses(parts: readonly CataloguedPart[]): Member[] {
    const taken = new Set<number>()
    return parts.map(part => {
        const address = part.addresses.find(free => !taken.has(free))
        if (address !== undefined) taken.add(address)
        return { part, address, driver: program.driver(driverAt(part, address)) }
    })
}

/** Runs them on one node. @returns what was wrong, in words */
async function mistakesOf(
    list: readonly Member[],
    runMs: number,
    everyMs: number
): Promise<string[]> {
    const models = list.map(({ part, address }) => fed(part, part.model(address ?? 0)))
    const judges = list.map(({ part }, i) => new ReadingJudge(part, models[i]))
    const rig = new DriverRig({
        program,
        running: list.map(({ driver }) => driver),
        models: models.filter(model => model instanceof RegisterModel),
        pins: models.filter(model => model instanceof ServiceModel),
        everyMs,
    })
    const wrong: string[] = []
    let isSettled = false
    rig.onSample = sample => {
        const i = list.findIndex(({ driver }) => driver === sample.driver)
        const found = judges[i].wrong(sample, rig.channels[sample.driver])
        if (isSettled && sample.qualities.some(isGap)) found.push(sample.lastError)
        for (const text of found)
            wrong.push(`${list[i].part.folder}, ${sample.at / 1e6} s: ${text}`)
    }
    await rig.run(SETTLING_MS)
    isSettled = true
    const before = await liveFree(rig)
    const samples = await rig.run(runMs)
    expect(samples.length, "samples").toBe((runMs / everyMs) * list.length)
    expect(before - (await liveFree(rig)), "B of heap lost").toBeLessThanOrEqual(HEAP_SLACK)
    expect(models.flatMap(({ illegalAccesses }) => illegalAccesses)).toEqual([])
    expect(rig.node.panics).toEqual([])
    return wrong
}

describe("one part of each family", () => {
    it("stands for each class that drivers extend", async () => {
        const covered = new Set(heads.flatMap(part => [familyOf(part), part.className]))
        const missing = (await loadParts()).filter(part => !covered.has(familyOf(part)))
        expect(missing.map(part => `${part.folder} extends ${familyOf(part)}`)).toEqual([])
    })

    it.each([
        ["the bus", 22, 5, members.filter(({ part }) => !isOnPin(part))],
        // The firmware looks at its pins all the time, which costs more than samples do.
        ["pins", 6, 1, members.filter(({ part }) => isOnPin(part))],
    ])(
        "gives nothing but the truth on %s for %d hours, each %d min, and loses no heap",
        { timeout: 120_000 },
        async (_where, length, every, list) => {
            expect(await mistakesOf(list, hours(length), minutes(every))).toEqual([])
        }
    )
})
