/** What all places promise, and what is plausible of each. */
import { describe, expect, it } from "vitest"
import { days, hours, minutes, seconds } from "../time/duration.js"
import { IS_WHOLE } from "../../tests/runner/whole.js"
import { EMPTY_M, FULL_M, bin } from "./bin.js"
import { Chance, Occasions } from "./chance.js"
import { PLACES, placeKind } from "./registry.js"
import { type Place, type PlaceKind } from "./place.js"
import { HIGH_M, MOUNT_M, stream } from "./stream.js"
import { equivalentLevel, street } from "./street.js"
import { EDGE_ROW, quay } from "./quay.js"
import { Weather, dewPointOf, relativeHumidity } from "./weather.js"
import { growth } from "./air.js"
import { trail } from "./trail.js"

const START = Date.UTC(2024, 0, 15)

function place(kind: PlaceKind, seed: number | string = 1, incidents = {}): Place {
    return kind.create({ seed, startMs: START, incidents })
}

/** Every value of a place at these moments. */
function values(of: Place, times: readonly number[]): Record<string, number[]> {
    const signals = Object.entries(of.inputs).map(
        ([name, signal]) =>
            [`in ${name}`, typeof signal === "number" ? () => signal : signal] as const
    )
    const truths = Object.entries(of.quantities).map(([name, { at }]) => [name, at] as const)
    return Object.fromEntries(
        [...truths, ...signals].map(([name, at]) => [name, times.map(time => at(time))])
    )
}

const SOME_TIMES = Array.from({ length: 40 }, (_, i) => START + i * minutes(71) + i * 137)

describe.each(PLACES.map(kind => [kind.name, kind] as const))("the place %s", (_name, kind) => {
    it("is the same for the same seed, whatever is asked for first", () => {
        const forwards = values(place(kind), SOME_TIMES)
        const backwards = values(place(kind), [...SOME_TIMES].reverse())
        for (const [name, list] of Object.entries(forwards))
            expect(backwards[name]?.reverse(), name).toEqual(list)
    })

    it("is another one for another seed", () => {
        expect(values(place(kind, 2), SOME_TIMES)).not.toEqual(values(place(kind), SOME_TIMES))
    })

    // `npm test` looks at two weeks of winter and of summer, .ci/run at a year of each seed.
    it("stays within its ranges in winter and summer, before its beginning too", () => {
        const spanDays = IS_WHOLE ? 365 : 14
        for (const [seed, startMs] of [
            [1, START],
            ["b", Date.UTC(2024, 6, 1)],
        ] as const) {
            const { quantities } = kind.create({ seed, startMs })
            for (const [name, { at, min, max, unit }] of Object.entries(quantities))
                for (let i = -10; i < 120; i++) {
                    const time = startMs + (i / 120) * days(spanDays)
                    const value = at(time)
                    const when = `${name} ${value} ${unit} at ${new Date(time).toISOString()}`
                    // Some have no true value at times: a forecast that is too early.
                    if (Number.isNaN(value)) continue
                    if (!(value >= min && value <= max)) expect.fail(`${when}: ${min} … ${max}`)
                }
        }
    })

    it("counts totals upwards from 0", () => {
        const { quantities } = place(kind)
        for (const [name, { at, isTotal }] of Object.entries(quantities)) {
            if (isTotal !== true) continue
            expect(at(START), name).toBeCloseTo(0, 6)
            const course = SOME_TIMES.map(at)
            expect(course, name).toEqual([...course].sort((a, b) => a - b))
        }
    })

    it("refuses what cannot happen there, and lets happen what can", () => {
        expect(() => place(kind, 1, { "snow-of-frogs": [0] })).toThrow(RangeError)
        for (const incident of kind.incidents) {
            const at = minutes(20)
            const with_ = place(kind, 1, { [incident]: [at] })
            const times = Array.from({ length: 240 }, (_, i) => START + at + i * seconds(61))
            const differ =
                JSON.stringify([values(with_, times), with_.scene && scenes(with_, times)]) !==
                JSON.stringify([
                    values(place(kind), times),
                    with_.scene && scenes(place(kind), times),
                ])
            expect(differ, incident).toBe(true)
        }
    })

    it("tells what happened in order, and all of it in whichever pieces it is asked", () => {
        const whole = place(kind).happenings(START, START + days(4))
        const pieces = [0, 1, 2, 3].flatMap(day =>
            place(kind).happenings(START + days(day), START + days(day + 1))
        )
        expect(pieces).toEqual(whole)
        for (const { what, fromMs, toMs } of whole) {
            expect(place(kind).happens).toContain(what)
            expect(toMs).toBeGreaterThan(fromMs)
        }
    })
})

function scenes(of: Place, times: readonly number[]): number[] {
    return times.map(time => of.scene?.(20, time) ?? 0)
}

describe("chance", () => {
    it("is uniform, and independent from number to number", () => {
        const chance = new Chance(5)
        const drawn = Array.from({ length: 4000 }, (_, i) => chance.at(i - 1000))
        const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length
        expect(mean).toBeCloseTo(0.5, 1)
        const pairs = drawn.slice(1).map((x, i) => (x - 0.5) * (drawn[i] - 0.5))
        expect(Math.abs(pairs.reduce((sum, x) => sum + x, 0) / pairs.length)).toBeLessThan(0.005)
        expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0)
        expect(Math.max(...drawn)).toBeLessThan(1)
    })

    it("has as many occasions as are expected, the same from both sides", () => {
        const occasions = new Occasions(new Chance(1), hours(1), () => 0.5)
        const all = occasions.between(START, START + days(100))
        expect(all.length).toBeGreaterThan(1100)
        expect(all.length).toBeLessThan(1300)
        const last = all.at(-1) ?? expect.fail("none")
        expect(occasions.latest(last.atMs, 1)).toEqual(last)
        expect(occasions.latest(last.atMs - 1, days(1))).toEqual(all.at(-2))
        expect(occasions.latest(last.atMs + 10, 9)).toBeUndefined()
    })
})

describe("weather", () => {
    const year = (of: (t: number) => number) =>
        Array.from({ length: 8766 / 3 }, (_, i) => of(START + i * hours(3)))
    const mean = (list: number[]) => list.reduce((sum, x) => sum + x, 0) / list.length

    it("has the year of a temperate coast: frost, summer, 500 to 1200 mm of rain", () => {
        const weather = new Weather(1)
        const temperatures = year(t => weather.temperature(t))
        expect(mean(temperatures)).toBeGreaterThan(7)
        expect(mean(temperatures)).toBeLessThan(10)
        expect(Math.min(...temperatures)).toBeLessThan(-3)
        expect(Math.max(...temperatures)).toBeGreaterThan(20)
        const rain = mean(year(t => weather.rainRate(t))) * 8766
        expect(rain).toBeGreaterThan(400)
        expect(rain).toBeLessThan(1200)
        expect(mean(year(t => weather.humidity(t)))).toBeGreaterThan(65)
        expect(mean(year(t => weather.humidity(t)))).toBeLessThan(90)
    })

    it("has dark nights and short winter days", () => {
        const weather = new Weather(1)
        expect(weather.light(Date.UTC(2024, 0, 15, 0))).toBe(0)
        expect(weather.sun(Date.UTC(2024, 11, 21, 16))).toBeLessThan(0)
        expect(weather.sun(Date.UTC(2024, 5, 21, 19))).toBeGreaterThan(0)
        expect(weather.light(Date.UTC(2024, 5, 21, 12))).toBeGreaterThan(10_000)
    })

    it("knows dew points as tables do, below 0 °C too", () => {
        // WMO-No. 8, annex 4.B: 20 °C and 50 % give 9.3 °C.
        expect(dewPointOf(20, 50)).toBeCloseTo(9.26, 1)
        expect(dewPointOf(-10, 100)).toBeCloseTo(-10, 6)
        expect(relativeHumidity(20, dewPointOf(20, 73))).toBeCloseTo(73, 6)
    })
})

describe("the room", () => {
    it("smells after a lesson, and is fresh again the next morning", () => {
        const { quantities, happenings } = place(placeKind("room") ?? expect.fail("no room"))
        const co2 = (hour: number) => quantities["co2"].at(START + hours(hour))
        expect(co2(6)).toBeLessThan(600)
        expect(Math.max(...[9, 11, 13, 14.8].map(co2))).toBeGreaterThan(1000)
        expect(co2(30)).toBeLessThan(700)
        expect(happenings(START, START + days(1)).length).toBeGreaterThan(2)
    })

    it("is empty, dark and cooler at the weekend", () => {
        const { quantities } = place(placeKind("room") ?? expect.fail("no room"))
        const saturday = START + days(5) + hours(4)
        const monday = START + days(7) + hours(11)
        expect(quantities["people"].at(saturday)).toBe(0)
        expect(quantities["illuminance"].at(saturday)).toBe(0)
        expect(quantities["temperature"].at(saturday)).toBeLessThan(
            quantities["temperature"].at(monday)
        )
        expect(quantities["temperature"].at(saturday)).toBeGreaterThan(14)
        expect(quantities["temperature"].at(monday)).toBeGreaterThan(18)
        expect(quantities["temperature"].at(monday)).toBeLessThan(27)
    })

    it("gets its air through an open window", () => {
        const at = hours(9.2)
        const aired = place(placeKind("room") ?? expect.fail("no room"), 1, {
            "windows-open": [at],
        })
        const before = aired.quantities["co2"].at(START + at)
        expect(aired.quantities["co2"].at(START + at + minutes(25))).toBeLessThan(before - 150)
    })
})

describe("the bin", () => {
    it("is emptied when it was in Edinburgh, and fills in between", () => {
        const { quantities, happenings } = place(bin)
        const month = happenings(START, START + days(28)).filter(({ what }) => what === "emptied")
        expect(month.length).toBeGreaterThan(10)
        expect(month.length).toBeLessThan(60)
        const { at } = quantities["fill_level"]
        for (const { fromMs } of month) {
            const before = at(fromMs - 1)
            expect(before).toBeGreaterThan(15)
            expect(at(fromMs + minutes(1))).toBeLessThan(10)
        }
        expect(quantities["emptied"].at(START + days(28))).toBe(month.length)
    })

    it("shows a full bin near and an empty one far, and bags under the lid much nearer", () => {
        const at = minutes(30)
        const { quantities, inputs } = place(bin, 1, { bag: [at] })
        const level = quantities["fill_level"].at(START)
        expect(quantities["distance"].at(START)).toBeCloseTo(
            EMPTY_M - ((EMPTY_M - FULL_M) * level) / 100,
            9
        )
        const distance = inputs["distance"] as (t: number) => number
        expect(distance(START + at + 30_000)).toBeLessThan(0.12)
    })

    it("lies on its side and loses what was in it when it is knocked over", () => {
        const at = hours(20)
        const { quantities } = place(bin, 1, { "knocked-over": [at] })
        expect(quantities["tilt"].at(START + at - 1)).toBeLessThan(5)
        expect(quantities["tilt"].at(START + at)).toBeGreaterThan(80)
        expect(quantities["fill_level"].at(START + at + 1000)).toBeLessThan(1)
        expect(quantities["tilt"].at(START + at + hours(11))).toBeLessThan(5)
    })

    it("burns hotter than any summer", () => {
        const { quantities } = place(bin, 1, { fire: [hours(1)] })
        const { at } = quantities["temperature"]
        expect(at(START + hours(1) - 1)).toBeLessThan(15)
        expect(at(START + hours(1) + minutes(5))).toBeGreaterThan(80)
    })
})

describe("the trail", () => {
    it("has as many riders in a quarter of an hour as were counted", () => {
        const { quantities } = place(trail)
        const { at } = quantities["count_in"]
        // 2024-05-06, 07:45 to 08:15 local time, at Gartenstraße.
        const [from, to] = [hours(7.75), hours(8.25)].map(ms => at(START + ms - 1))
        expect(to - from).toBe(68 + 60)
        expect(at(START + days(1)) + quantities["count_out"].at(START + days(1))).toBe(
            quantities["count"].at(START + days(1))
        )
    })

    it("has bunches, in which riders follow each other within two seconds", () => {
        const { quantities } = place(trail, 1, { bunch: [minutes(90)] })
        const { at } = quantities["count_in"]
        const from = START + minutes(90)
        expect(at(from + seconds(11)) - at(from - 1)).toBeGreaterThanOrEqual(12)
    })
})

describe("the stream", () => {
    it("rises with the surge, and is high a few times a year", () => {
        const { quantities, happenings } = place(stream, 1, { surge: [hours(10)] })
        const { at } = quantities["water_level"]
        expect(at(START + hours(9))).toBeLessThan(HIGH_M)
        expect(at(START + hours(15))).toBeGreaterThan(HIGH_M)
        const high = happenings(START, START + days(1))
        expect(high.map(({ what }) => what)).toEqual(["high water"])
        expect(at(high[0].fromMs)).toBeGreaterThanOrEqual(HIGH_M)
        expect(at(high[0].fromMs - minutes(1))).toBeLessThan(HIGH_M)
        const year = place(stream).happenings(START, START + days(365))
        expect(year.length).toBeGreaterThan(2)
        expect(year.length).toBeLessThan(20)
    })

    it("never reaches the mark without a surge", () => {
        const { quantities, happenings } = place(stream)
        const high = happenings(START - days(1), START + days(365))
        for (let t = START; t < START + days(365); t += hours(2)) {
            const isSurge = high.some(({ fromMs, toMs }) => t >= fromMs && t <= toMs)
            if (!isSurge) expect(quantities["water_level"].at(t)).toBeLessThan(HIGH_M)
        }
    })

    it("shows the sensor waves about the true distance", () => {
        const { quantities, inputs } = place(stream)
        const seen = inputs["distance"] as (t: number) => number
        const errors = Array.from({ length: 600 }, (_, i) => {
            const t = START + i * 997
            return seen(t) - (MOUNT_M - quantities["water_level"].at(t))
        })
        const mean = errors.reduce((sum, x) => sum + x, 0) / errors.length
        expect(Math.abs(mean)).toBeLessThan(0.05)
        expect(Math.max(...errors)).toBeGreaterThan(0.005)
        expect(Math.max(...errors)).toBeLessThan(0.3)
    })
})

describe("the street", () => {
    it("is louder by day, and loud when a tram passes", () => {
        const { quantities, happenings } = place(street)
        const { at } = quantities["sound_level"]
        const day = equivalentLevel(at, START + hours(12), START + hours(12.25))
        const night = equivalentLevel(at, START + hours(3), START + hours(3.25))
        expect(day - night).toBeGreaterThan(5)
        const trams = happenings(START + hours(12), START + hours(13))
        // Eight each way; one may be early or late across the hour.
        expect(trams.length).toBeGreaterThanOrEqual(15)
        expect(trams.length).toBeLessThanOrEqual(17)
        for (const { fromMs, toMs } of trams)
            expect(
                Math.max(at((fromMs + toMs) / 2), at((fromMs + toMs) / 2 - 1000))
            ).toBeGreaterThan(74)
        expect(happenings(START + hours(1), START + hours(4))).toEqual([])
    })

    it("has the mean of powers as its equivalent level: 70 and 40 dB give 67", () => {
        const level = (t: number) => (Math.floor(t / 1000) % 2 === 0 ? 70 : 40)
        expect(equivalentLevel(level, 0, 10_000)).toBeCloseTo(66.99, 1)
    })
})

describe("the quay", () => {
    it("shows a person as a warm spot, also in the water, and nobody at another time", () => {
        const at = [minutes(5), minutes(15)]
        const shown = place(quay, 3, { person: [at[0]], "person-in-water": [at[1]] })
        const warmest = (t: number) => {
            const pixels = Array.from({ length: 64 }, (_, i) => shown.scene?.(i, t) ?? 0)
            const sorted = [...pixels].sort((a, b) => a - b)
            return {
                over: sorted[63] - sorted[32],
                row: Math.floor(pixels.indexOf(sorted[63]) / 8),
            }
        }
        const walking = warmest(START + at[0] + 5000)
        expect(walking.over).toBeGreaterThan(5)
        expect(walking.row).toBeGreaterThanOrEqual(EDGE_ROW)
        const swimming = warmest(START + at[1] + 10_000)
        expect(swimming.over).toBeGreaterThan(5)
        expect(swimming.row).toBeLessThan(EDGE_ROW)
        expect(shown.quantities["presence"].at(START + at[0] + 5000)).toBe(1)
        expect(shown.quantities["presence"].at(START + hours(1) + minutes(3))).toBe(0)
    })
})

describe("the air", () => {
    it("lets particles grow in humid air as Crilley et al. found: half as much again at 67 %", () => {
        expect(growth(0)).toBe(1)
        expect(growth(67)).toBeCloseTo(1.49, 2)
        expect(growth(100)).toBe(growth(95))
    })

    it("is full of smoke at the turn of the year", () => {
        const kind = placeKind("air") ?? expect.fail("no air")
        const { quantities } = kind.create({ seed: 1, startMs: Date.UTC(2023, 11, 31, 12) })
        const { at } = quantities["pm25"]
        expect(at(Date.UTC(2024, 0, 1, 0, 20))).toBeGreaterThan(200)
        expect(at(Date.UTC(2024, 0, 1, 9))).toBeLessThan(60)
    })
})
