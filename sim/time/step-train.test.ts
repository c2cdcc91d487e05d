import { describe, expect, it } from "vitest"
import { VirtualClock } from "./clock.js"
import { type ScheduledEvent } from "./event.js"
import { SeededRandom } from "./random.js"
import { type StepTrain } from "./step-train.js"

/** What both forms of a train can do. */
interface Steps {
    /** A train that does something at its end. */
    start(delay: number, period: number, steps: number, action: () => void): object
    cancel(train: object): void
    lastStep(train: object): number | undefined
    cutShort(train: object): void
}

function realTrains(clock: VirtualClock): Steps {
    return {
        start: (...args) => clock.afterSteps(...args),
        cancel: train => clock.cancel(train as StepTrain),
        lastStep: train => clock.lastStepOf(train as StepTrain),
        cutShort: train => clock.cutShort(train as StepTrain),
    }
}

interface Chain {
    event: ScheduledEvent | undefined
    left: number
    last: number | undefined
}

/** Each step is an event of its own. */
function chains(clock: VirtualClock): Steps {
    return {
        start: (delay, period, steps, action) => {
            const chain: Chain = { event: undefined, left: steps, last: undefined }
            const step = (): void => {
                if (chain.left === 0) {
                    action()
                    return
                }
                chain.left--
                chain.last = clock.now
                chain.event = clock.after(period, step)
            }
            chain.event = clock.after(delay, step)
            return chain
        },
        cancel: train => clock.cancel((train as Chain).event),
        lastStep: train => (train as Chain).last,
        cutShort: train => ((train as Chain).left = 0),
    }
}

/** Machines that go in steps, and events between them, at times that meet often. */
function play(seed: number, stepsOn: (clock: VirtualClock) => Steps): string[] {
    const clock = new VirtualClock(0)
    const steps = stepsOn(clock)
    const random = new SeededRandom(seed)
    const draw = (n: number) => random.uint32() % n
    const seen: string[] = []
    const machines = Array.from({ length: 1 + draw(5) }, (_, i) => ({
        name: i,
        period: [10, 10, 10, 7, 1][draw(5)],
        train: undefined as object | undefined,
        isDone: true,
    }))
    const restart = (m: (typeof machines)[number]): void => {
        m.isDone = false
        m.train = steps.start(1 + draw(m.period), m.period, 1 + draw(12), () => {
            seen.push(`${clock.now} machine ${m.name} after ${steps.lastStep(m.train as object)}`)
            m.isDone = true
            if (draw(4) !== 0) event(draw(3) * 10)
            if (draw(3) !== 0) restart(m)
        })
    }
    let events = 0
    const event = (delay: number): void => {
        if (events > 400) return
        const name = events++
        clock.after(delay, () => {
            const m = machines[draw(machines.length)]
            seen.push(`${clock.now} event ${name}`)
            if (!m.isDone && m.train !== undefined && draw(3) === 0) {
                seen.push(`machine ${m.name} last ${steps.lastStep(m.train)}`)
                if (draw(2) === 0) steps.cutShort(m.train)
                else {
                    steps.cancel(m.train)
                    restart(m)
                }
            }
            for (let n = draw(3); n > 0; n--) event([0, 3, 7, 10, 10, 20][draw(6)])
        })
    }
    machines.forEach(restart)
    event(0)
    event(10)
    for (let end = 25; end < 2000; end += 25) {
        while (clock.nextAt <= end) clock.step()
        clock.advanceTo(end)
        // Something from outside, as tests do between runs.
        event([0, 5, 10][draw(3)])
        if (draw(3) === 0) event(10)
    }
    return seen
}

describe("a train of steps", () => {
    it("comes in the same order among other events as if each step were an event", () => {
        for (let seed = 0; seed < 400; seed++)
            expect(play(seed, realTrains), `seed ${seed}`).toEqual(play(seed, chains))
    })

    it("costs as much as one event, however long it is", () => {
        const clock = new VirtualClock(0)
        let ran = 0
        clock.afterSteps(10, 10, 1e12, () => ran++)
        let steps = 0
        while (clock.step()) steps++
        expect(ran).toBe(1)
        expect(clock.now).toBe(1e13 + 10)
        expect(steps).toBeLessThan(4)
    })

    it("refuses steps that are not whole µs", () => {
        const clock = new VirtualClock(0)
        for (const [delay, period, steps] of [
            [0, 10, 1],
            [1, 0.5, 1],
            [1, 10, 0],
            [NaN, 10, 1],
        ])
            expect(() => clock.afterSteps(delay, period, steps, () => undefined)).toThrow(/steps/)
    })
})
