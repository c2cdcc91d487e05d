/** What the checks of packages share: a virtual clock, tolerances, complaints. */
import { afterEach, beforeEach, expect, vi } from "vitest"
import { type RegisterModel } from "../../../src/drivers/shared/register-model.js"

const START = Date.UTC(2026, 0, 1)

/** No real time passes in the tests of a file that calls this. */
export function useVirtualTime(): void {
    beforeEach(() => {
        vi.useFakeTimers({ now: START })
    })
    afterEach(() => {
        vi.useRealTimers()
        vi.restoreAllMocks()
    })
}

/** Lets virtual time pass until it is done, at most a minute. */
export async function soon<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const done = () => {
        isDone = true
    }
    work.then(done, done)
    for (const end = Date.now() + 60_000; !isDone && Date.now() < end;)
        await vi.advanceTimersByTimeAsync(1)
    expect(isDone, "still not done after 60 s").toBe(true)
    return work
}

/**
 * Expects a value within the model's epsilon of what was fed.
 *
 * @param digits largest error that the package's own rounding adds, in the unit
 */
export function expectNear(
    model: RegisterModel,
    name: string,
    got: number,
    fed: number,
    digits = 0
): void {
    const channel = model.channels.find(c => c.name === name)
    if (channel === undefined) throw new RangeError(`no channel ${name}`)
    const { unit, epsilon } = channel
    // Double precision, and values that lie on the edge of a step.
    const allowed = (epsilon + digits) * (1 + 1e-6) + 1e-9
    const what = `${name}: got ${got} ${unit} of ${fed} ${unit}, allowed ±${allowed} ${unit}`
    expect(Math.abs(got - fed), what).toBeLessThanOrEqual(allowed)
}

/** What the datasheet does not allow, once each. */
export function complaintsOf(model: RegisterModel): string[] {
    return [...new Set(model.illegalAccesses.map(({ what }) => what))]
}
