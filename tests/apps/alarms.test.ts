/** How alarms travel (docs/mqtt.md#alarms), shown on a bin that burns. */
import { afterEach, describe, expect, it } from "vitest"
import { minutes, seconds } from "../../sim/time/duration.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { provide } from "../reliability/provisioning.js"
import { AppBench, appProgram, type AlarmNote } from "./app-bench.js"

appProgram("waste-bin")

let bench: AppBench | undefined
afterEach(() => {
    bench?.close()
    bench = undefined
})

/** Nothing of the bin but its thermometer. */
function start(heat: (second: number) => number, options: { isRamOnly?: true } = {}): AppBench {
    const air = new SHT4xModel()
        .feed("temperature", t => heat(AppBench.since(t)))
        .feed("humidity", 40)
    bench = new AppBench({ app: "waste-bin", sensors: [air], ...options })
    return bench
}

function fires(b: AppBench): AlarmNote[] {
    return b.alarms.filter(({ name }) => name === "fire")
}

/** A row a second from now on. */
function hurry({ broker, node }: AppBench): void {
    const command = JSON.stringify({ id: "hurry", do: "interval", seconds: 1 })
    broker.publish(`suitcase/demo/${node.deviceId}/cmd`, command)
}

describe("alarms", () => {
    it("are at most one message a minute, and end with what is, however much their sensor flaps", async () => {
        const until = 600
        const b = start(s => (s < until && Math.floor(s) % 4 < 2 ? 90 : 20))
        await b.world.run(seconds(20))
        hurry(b)
        await b.world.run(minutes(15))
        const times = fires(b).map(({ arrivedAt }) => arrivedAt)
        expect(times.length, "messages in ten minutes of flapping").toBeLessThanOrEqual(12)
        for (const [i, time] of times.entries())
            if (i > 0) expect(time - times[i - 1], "s between two").toBeGreaterThan(59)
        const last = fires(b).at(-1) as AlarmNote
        expect(last.isOn, "at the end").toBe(false)
        expect(last.count, "changes, most of them between messages").toBeGreaterThan(100)
    })

    it("are sent again until the broker has acknowledged them", async () => {
        const b = start(s => (s > 60 ? 90 : 20))
        await b.world.run(seconds(20))
        hurry(b)
        await b.world.run(seconds(30))
        b.broker.faults.onAck = () => "drop"
        await b.world.run(minutes(3))
        b.broker.faults.onAck = undefined
        await b.world.run(minutes(5))
        expect(b.broker.counts.repeated, "messages with DUP").toBeGreaterThan(0)
        const on = fires(b).filter(({ isOn }) => isOn)
        expect(on.length, "the same message, again").toBeGreaterThan(1)
        expect(new Set(on.map(({ count }) => count))).toEqual(new Set([1]))
        const told = fires(b).length
        await b.world.run(minutes(10))
        expect(fires(b).length, "and not any more").toBe(told)
        expect(b.broker.violations).toEqual([])
    })

    it("are told once after a restart of a node without a store, as they are then", async () => {
        const b = start(s => (s > 60 && s < 900 ? 90 : 20), { isRamOnly: true })
        await b.world.run(minutes(14))
        expect(fires(b).map(({ isOn }) => isOn)).toEqual([false, true])
        b.node.powerCut(minutes(2))
        await b.world.run(minutes(15))
        expect(fires(b).map(({ isOn, count }) => [isOn, count])).toEqual([
            [false, 0],
            [true, 1],
            [false, 0],
        ])
    })

    it("have the limits that a department sets, and the defaults for what is out of range", async () => {
        const b = start(() => 50)
        await b.world.run(seconds(30))
        expect(fires(b).at(-1)).toMatchObject({ isOn: false, limit: 6000 })
        await provide(b, { app: "alarm-heat=40,full=1" })
        await b.world.run(minutes(3))
        expect(fires(b).at(-1)).toMatchObject({ isOn: true, limit: 4000, value: 5000 })
        expect(b.console.join("\n")).toContain("settings: app: not in its range: full")
    })
})
