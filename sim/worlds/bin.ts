/**
 * A litter bin with a distance sensor in its lid. It fills between two collections, which are those of
 * a real bin (sim/traces/edinburgh-bins.csv: when it was emptied, and how full it was then); what lies between them
 * was not recorded and is drawn: bags of some per cent each, most of them in the daytime.
 */
import { Chance, Occasions, type Occasion } from "./chance.js"
import { clamp, hourOf } from "./course.js"
import { battery } from "./battery.js"
import { builtInColumn } from "../traces/built-in.js"
import { checkIncidents, type Happening, type Place, type PlaceKind } from "./place.js"
import { Weather } from "./weather.js"

const TRACE = "edinburgh-bins.csv"
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** From the sensor to the bottom, and to the level that counts as full, m. */
export const EMPTY_M = 1
export const FULL_M = 0.2
/** No forecast before the bin has filled by so much, %, and none is longer: docs/apps/waste-bin.md. */
const RISEN = 5
const LONGEST_HOURS = 1008
/** Two records of one bin in less than that are one visit. */
const ONE_VISIT_MS = 30 * MINUTE_MS
/** Somebody empties it: the lid is open for so long. */
const EMPTYING_MS = 3 * MINUTE_MS
/** The lid is open while somebody throws something in. */
const THROW_MS = 8000
const GRAVITY = 9.80665
const INCIDENTS = ["emptied", "knocked-over", "fire", "bag", "fog"] as const
type Incident = (typeof INCIDENTS)[number]

export const bin: PlaceKind = {
    name: "bin",
    title: "a litter bin: filled, emptied, knocked over, on fire",
    incidents: INCIDENTS,
    create: options => {
        checkIncidents(bin, options)
        const { seed, startMs, incidents = {} } = options
        const chance = new Chance(`${seed}/bin`)
        const weather = new Weather(seed)
        const asked = (name: Incident) => incidents[name] ?? []
        const visits = new Collections(
            chance,
            startMs,
            asked("emptied").map(ms => startMs + ms)
        )

        // A bag that is stuck under the lid, about every other day, for 2 to 40 minutes.
        const bags = new Occasions(chance.of("bags"), 6 * HOUR_MS, t => (isDaytime(t) ? 0.2 : 0.05))
        // Knocked over: about once in two months, stands again after 1 to 10 hours. On fire: once in half a year.
        const falls = new Occasions(chance.of("falls"), DAY_MS, () => 1 / 60)
        const fires = new Occasions(chance.of("fires"), DAY_MS, () => 1 / 180)
        const lasting = (
            name: Incident,
            drawn: Occasions,
            shortest: number,
            longest: number
        ): ((t: number) => Occasion | undefined) => {
            const given = asked(name).map((ms, i) => ({ atMs: startMs + ms, index: 7_000_000 + i }))
            const lasts = (index: number) => chance.between(index + 11, shortest, longest)
            return t => {
                const is = given.find(({ atMs, index }) => t >= atMs && t < atMs + lasts(index))
                if (is !== undefined) return is
                const last = drawn.latest(t, longest)
                return last !== undefined &&
                    last.atMs >= startMs &&
                    t < last.atMs + lasts(last.index)
                    ? last
                    : undefined
            }
        }
        const bag = lasting("bag", bags, 2 * MINUTE_MS, 40 * MINUTE_MS)
        const fallen = lasting("knocked-over", falls, HOUR_MS, 10 * HOUR_MS)
        const fire = lasting("fire", fires, 12 * MINUTE_MS, 40 * MINUTE_MS)

        /** 1 while warm waste steams into cold air, or fog stands in the bin. */
        const fog = (t: number): number => {
            if (asked("fog").some(ms => t >= startMs + ms && t < startMs + ms + HOUR_MS)) return 1
            return weather.humidity(t) > 97 && weather.wind(t) < 3 ? 1 : 0
        }
        const isOpen = (t: number) => visits.isBeingEmptied(t) || visits.lastThrow(t) > t - THROW_MS
        // What fell out when it was knocked over is gone until it is emptied, and then nothing is left of it.
        const level = (t: number): number => {
            const since = Math.max(visits.latestAt(t), startMs)
            const lost = lastFall(t, since)
            return clamp(
                visits.levelAt(t) - (lost === undefined ? 0 : visits.levelAt(lost)),
                0,
                100
            )
        }
        const lastFall = (t: number, since: number): number | undefined => {
            const drawn = falls.between(since, t + 1).at(-1)?.atMs
            const given = asked("knocked-over")
                .map(ms => startMs + ms)
                .filter(at => at >= since && at <= t)
            const all = [...given, ...(drawn === undefined ? [] : [drawn])]
            return all.length === 0 ? undefined : Math.max(...all)
        }
        /** As it went on since it was emptied, or since the start: h; NaN before it rose by {@link RISEN}. */
        const hoursToFull = (t: number): number => {
            const since = Math.max(visits.latestAt(t), startMs)
            const now = level(t)
            if (now >= 100) return 0
            const risen = now - level(since)
            if (t < since || risen < RISEN || lastFall(t, since) !== undefined) return NaN
            return Math.min(LONGEST_HOURS, ((100 - now) / risen) * ((t - since) / HOUR_MS))
        }
        const surface = (t: number): number => EMPTY_M - ((EMPTY_M - FULL_M) * level(t)) / 100
        const distance = (t: number): number => {
            const slot = Math.floor(t / 1000)
            if (fallen(t) !== undefined) return 0.05 + 0.4 * chance.at(Math.floor(t / HOUR_MS))
            // The lid looks at the sky, or at the person.
            if (isOpen(t)) return chance.at(slot) < 0.5 ? 4 : chance.between(slot + 1, 0.1, 0.6)
            if (bag(t) !== undefined) return 0.06 + 0.05 * chance.at(Math.floor(t / MINUTE_MS))
            if (fog(t) > 0 && chance.at(slot) < 0.3)
                return surface(t) * chance.between(slot + 1, 0.3, 0.9)
            // The surface is no plane, and the sensor sees a part of it.
            return clamp(surface(t) + 0.008 * chance.normal(slot), 0.02, 4)
        }
        const temperature = (t: number): number => {
            const sun = 0.00012 * weather.light(t)
            const burning = fire(t)
            if (burning === undefined) return weather.temperature(t) + sun
            const minutes = (t - burning.atMs) / MINUTE_MS
            return weather.temperature(t) + sun + 260 * (1 - Math.exp(-minutes / 6))
        }
        const acceleration = (axis: 0 | 1 | 2) => (t: number) => {
            const shake = isOpen(t) ? 1.5 : 0.02
            const noise = shake * chance.normal(Math.floor(t / 100) * 3 + axis)
            const lies = fallen(t) !== undefined
            const rest = [lies ? GRAVITY : 0.17, 0.09, lies ? 0.4 : GRAVITY]
            return rest[axis] + noise
        }
        const happenings = (from: number, to: number): Happening[] => {
            const of = (what: string, times: readonly number[], lastMs: number) =>
                times
                    .filter(at => at >= from && at < to)
                    .map(fromMs => ({ what, fromMs, toMs: fromMs + lastMs }))
            const drawn = (occasions: Occasions) =>
                occasions.between(Math.max(from, startMs), to).map(({ atMs }) => atMs)
            const given = (name: Incident) => asked(name).map(ms => startMs + ms)
            return [
                ...of("emptied", visits.between(from, to), EMPTYING_MS),
                ...of("knocked-over", [...drawn(falls), ...given("knocked-over")], HOUR_MS),
                ...of("fire", [...drawn(fires), ...given("fire")], 12 * MINUTE_MS),
            ].sort((a, b) => a.fromMs - b.fromMs)
        }
        const place: Place = {
            quantities: {
                fill_level: { unit: "/100", min: 0, max: 100, at: level },
                time_to_full: { unit: "h", min: 0, max: LONGEST_HOURS, at: hoursToFull },
                distance: { unit: "m", min: FULL_M, max: EMPTY_M, at: surface },
                temperature: { unit: "Cel", min: -30, max: 330, at: temperature },
                humidity: { unit: "%RH", min: 0, max: 100, at: t => weather.humidity(t) },
                tilt: { unit: "deg", min: 0, max: 90, at: t => (fallen(t) === undefined ? 1 : 88) },
                emptied: {
                    unit: "count",
                    min: 0,
                    max: 1e6,
                    isTotal: true,
                    at: t => visits.countAt(t),
                },
                ...battery(startMs, t => weather.temperature(t)),
            },
            inputs: {
                distance,
                ambient_rate: t => (isOpen(t) ? 300_000 : 2000),
                acceleration_x: acceleration(0),
                acceleration_y: acceleration(1),
                acceleration_z: acceleration(2),
            },
            happens: ["emptied", "knocked-over", "fire"],
            happenings,
        }
        return place
    },
}

function isDaytime(t: number): boolean {
    return hourOf(t) >= 7 && hourOf(t) < 22
}

/** The visits of a real bin, again and again, and how it fills between them. */
class Collections {
    private readonly times: number[] = []
    private readonly levels: number[] = []
    private readonly periodMs: number
    private readonly firstMs: number
    private readonly added: readonly number[]

    constructor(
        private readonly chance: Chance,
        private readonly startMs: number,
        added: readonly number[]
    ) {
        const bins = builtInColumn(TRACE, "bin")
        const fills = builtInColumn(TRACE, "fill_before_collection_pct")
        const names = [...new Set(bins.values)].sort((a, b) => a - b)
        const name = names[Math.floor(chance.at(1) * names.length)]
        bins.values.forEach((bin, i) => {
            const time = bins.times[i]
            if (bin !== name || time - (this.times.at(-1) ?? 0) < ONE_VISIT_MS) return
            this.times.push(time)
            this.levels.push(fills.values[i])
        })
        this.firstMs = this.times[0] - DAY_MS / 2
        // Whole weeks: a Monday stays a Monday, as far as the recording allows.
        const span = (this.times.at(-1) as number) - this.firstMs
        this.periodMs = Math.ceil(span / (7 * DAY_MS)) * 7 * DAY_MS
        this.added = [...added].sort((a, b) => a - b)
    }

    /** Number of visits since the start. */
    countAt(t: number): number {
        return this.between(this.startMs, t + 1).length
    }

    latestAt(t: number): number {
        return Math.max(this.recorded(t).atMs, this.addedBefore(t) ?? -Infinity)
    }

    isBeingEmptied(t: number): boolean {
        return t - this.latestAt(t) < EMPTYING_MS
    }

    /** All visits in [from, to). */
    between(from: number, to: number): number[] {
        const found = this.added.filter(at => at >= from && at < to)
        for (let t = to - 1; ;) {
            const { atMs } = this.recorded(t)
            if (atMs < from) break
            found.push(atMs)
            t = atMs - 1
        }
        return found.sort((a, b) => a - b)
    }

    /** Fill level, %: bags since the last visit, as many as the next recorded one found. */
    levelAt(t: number): number {
        const { atMs, nextMs, fill, index } = this.recorded(t)
        const added = this.addedBefore(t)
        const now = this.risen(t, atMs, nextMs, fill, index)
        if (added === undefined || added < atMs) return now
        return now - this.risen(added, atMs, nextMs, fill, index)
    }

    /** When the latest thing was thrown in. */
    lastThrow(t: number): number {
        const { atMs, nextMs, fill } = this.recorded(t)
        const bags = bagsOf(fill)
        const count = Math.floor(this.share(t, atMs, nextMs) * bags)
        if (count === 0) return -Infinity
        return this.timeOfShare(count / bags, atMs, nextMs)
    }

    /** The recorded visit before a time, the next one, and how full the bin is by then. */
    private recorded(t: number): { atMs: number; nextMs: number; fill: number; index: number } {
        const { times, levels, periodMs, firstMs } = this
        // Which part of the recording falls on the start is drawn, in whole weeks.
        const weeks = Math.floor(this.chance.at(2) * (periodMs / (7 * DAY_MS)))
        const shift = Math.floor(this.startMs / (7 * DAY_MS)) * 7 * DAY_MS
        const weekOf = Math.floor(firstMs / (7 * DAY_MS)) * 7 * DAY_MS
        const offset = shift - weekOf - weeks * 7 * DAY_MS
        const pass = Math.floor((t - offset - firstMs) / periodMs)
        const inPass = t - offset - pass * periodMs
        let i = lastBefore(times, inPass)
        let before = pass
        if (i < 0) {
            i = times.length - 1
            before--
        }
        const after = i + 1 < times.length ? i + 1 : 0
        const afterPass = after === 0 ? before + 1 : before
        return {
            atMs: times[i] + before * periodMs + offset,
            nextMs: times[after] + afterPass * periodMs + offset,
            fill: levels[after],
            index: after + 1000 * afterPass,
        }
    }

    private addedBefore(t: number): number | undefined {
        return this.added[lastBefore(this.added, t)]
    }

    private risen(t: number, atMs: number, nextMs: number, fill: number, index: number): number {
        const bags = bagsOf(fill)
        const count = Math.floor(this.share(t, atMs, nextMs) * bags)
        // Bags differ: between a half and one and a half of the mean.
        const wobble =
            count === 0 || count >= bags ? 0 : this.chance.between(index * 64 + count, -0.5, 0.5)
        return (fill * (count + wobble)) / bags
    }

    /** Share of the people that came since a visit: five times as many by day. */
    private share(t: number, atMs: number, nextMs: number): number {
        return clamp(people(atMs, t) / Math.max(1, people(atMs, nextMs)), 0, 1)
    }

    /** When that share of them had come; to a second. */
    private timeOfShare(share: number, atMs: number, nextMs: number): number {
        let low = atMs
        let high = nextMs
        while (high - low > 1000) {
            const middle = (low + high) / 2
            if (this.share(middle, atMs, nextMs) < share) low = middle
            else high = middle
        }
        return high
    }
}

/** Index of the last time at or before another; -1 when there is none. */
function lastBefore(times: readonly number[], t: number): number {
    let i = times.length - 1
    while (i >= 0 && times[i] > t) i--
    return i
}

/** Number of things that make up a fill level: about 3 % each. */
function bagsOf(fill: number): number {
    return Math.max(1, Math.round(fill / 3))
}

/** People that pass in a span of time, in an arbitrary unit: 1 a ms by night, 5 by day. */
function people(from: number, to: number): number {
    const until = (t: number) => {
        const day = Math.floor(t / DAY_MS)
        const inDay = t - day * DAY_MS
        const daytime = clamp(inDay - 7 * HOUR_MS, 0, 15 * HOUR_MS)
        return day * (DAY_MS + 4 * 15 * HOUR_MS) + inDay + 4 * daytime
    }
    return until(to) - until(from)
}
