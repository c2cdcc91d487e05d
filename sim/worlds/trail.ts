/**
 * A path with a counter: cyclists in two directions. As many come in each quarter of an hour as were counted in
 * Münster (sim/traces/muenster-bikes.csv); when in it they come, alone or in bunches, is drawn.
 */
import { battery } from "./battery.js"
import { Chance, Occasions } from "./chance.js"
import { Moments } from "./course.js"
import { builtInColumn } from "../traces/built-in.js"
import { replay } from "../traces/replay.js"
import { checkIncidents, type Happening, type Place, type PlaceKind } from "./place.js"
import { Weather } from "./weather.js"

const TRACE = "muenster-bikes.csv"
const QUARTER_MS = 900_000
/** A Monday. */
const FIRST_DAY = "2024-05-06"
/** Share of the riders that come close behind another one. */
const IN_BUNCHES = 0.25
/** Behind each other in one direction, ms. */
const CLOSEST_MS = 500
const FARTHEST_MS = 1800
/** A pass closes the contact, or holds the infrared sensor, for so long, ms. */
const PASS_MS = 250
const HOLD_MS = 2500
/** From one of two contacts to the other: half a metre at 12 km/h. */
const APART_MS = 150
/** Riders in a hundred who turn back behind the second of two contacts; they are in no true count. */
const TURN_BACK = 2
const TURN_MS = 400
const BUNCH = 12
const BUNCH_APART_MS = 900

export const trail: PlaceKind = {
    name: "trail",
    title: "a path: cyclists in two directions, alone and in bunches",
    incidents: ["bunch"],
    create: options => {
        checkIncidents(trail, options)
        const { seed, startMs, incidents = {} } = options
        const weather = new Weather(seed)
        const chance = new Chance(`${seed}/trail`)
        const bunches = (incidents["bunch"] ?? []).map(ms => startMs + ms)
        const direction = (name: string, extra: readonly number[]) => {
            const column = builtInColumn(TRACE, `gartenstrasse_${name}_bikes`)
            const counted = replay(column, {
                trace: TRACE,
                hasClock: true,
                startMs,
                firstDay: FIRST_DAY,
                interpolation: "previous",
            })
            const own = chance.of(name)
            const arrivals = (from: number, to: number): number[] => {
                const times: number[] = []
                const first = Math.floor(from / QUARTER_MS)
                for (let slot = first; slot * QUARTER_MS < to; slot++)
                    times.push(...inQuarter(own, slot, counted(slot * QUARTER_MS)))
                for (const at of extra)
                    times.push(...Array.from({ length: BUNCH }, (_, i) => at + i * BUNCH_APART_MS))
                return times.filter(at => at >= from && at < to).sort((a, b) => a - b)
            }
            // By quarters, so that one minute does not need the whole day.
            return new Moments(startMs, arrivals, QUARTER_MS)
        }
        const inwards = direction("in", bunches)
        const outwards = direction("out", [])
        const turning = new Occasions(
            chance.of("turns"),
            QUARTER_MS,
            from => (TURN_BACK * (inwards.countAt(from + QUARTER_MS) - inwards.countAt(from))) / 100
        )
        const turns = new Moments(
            startMs,
            (from, to) => turning.between(from, to).map(({ atMs }) => atMs),
            QUARTER_MS
        )
        const all = (t: number) => inwards.countAt(t) + outwards.countAt(t)
        // Two who pass at once in two directions close a contact once.
        const closings = new Moments(
            startMs,
            (from, to) => {
                const times = [inwards, outwards].flatMap(one => one.between(from - PASS_MS, to))
                times.sort((a, b) => a - b)
                return times.filter((at, i) => at >= from && at - (times[i - 1] ?? 0) >= PASS_MS)
            },
            QUARTER_MS
        )
        const passes = (moments: Moments, t: number, ms: number) =>
            t - (moments.latestAt(t) ?? -Infinity) < ms ? 1 : 0
        const isSeen = (t: number) =>
            Math.max(passes(inwards, t, HOLD_MS), passes(outwards, t, HOLD_MS))
        // Each of two contacts is the first for one direction, and for those who turn back.
        const atFirst = (t: number) =>
            passes(inwards, t, PASS_MS) |
            passes(outwards, t - APART_MS, PASS_MS) |
            passes(turns, t, PASS_MS) |
            passes(turns, t - TURN_MS - APART_MS, PASS_MS)
        const atSecond = (t: number) =>
            passes(inwards, t - APART_MS, PASS_MS) |
            passes(outwards, t, PASS_MS) |
            passes(turns, t - APART_MS, TURN_MS)
        const total = (at: (t: number) => number) =>
            ({ unit: "count", min: 0, max: 1e9, isTotal: true, at }) as const
        const happenings = (from: number, to: number): Happening[] =>
            bunches
                .filter(at => at >= from && at < to)
                .map(at => ({ what: "bunch", fromMs: at, toMs: at + BUNCH * BUNCH_APART_MS }))
        return {
            quantities: {
                count: total(all),
                pulses: total(all),
                passages: {
                    unit: "count",
                    min: 0,
                    max: 1e5,
                    at: () => 0,
                    over: (from, to) => all(to) - all(from),
                },
                passages_total: total(all),
                count_in: total(t => inwards.countAt(t)),
                count_out: total(t => outwards.countAt(t)),
                motion: { unit: "/", min: 0, max: 1, at: isSeen },
                temperature: weather.quantities().temperature,
                humidity: weather.quantities().humidity,
                ...battery(startMs, t => weather.temperature(t)),
            },
            inputs: {
                // One contact sees all of them; two are half a metre apart.
                contact: atFirst,
                "contact#1.contact": atFirst,
                "contact#2.contact": atSecond,
                "direction.contact": atSecond,
                // Of two counters each has its own lane.
                "pulses.total": t => closings.countAt(t),
                "pcf8593.count": t => closings.countAt(t),
                "pulses#1.total": t => inwards.countAt(t),
                "pulses#2.total": t => outwards.countAt(t),
                "pcf8593#1.count": t => inwards.countAt(t),
                "pcf8593#2.count": t => outwards.countAt(t),
            },
            happens: ["bunch"],
            happenings,
        } satisfies Place
    },
}

/** When they come in a quarter of an hour, in order, none sooner than {@link CLOSEST_MS} behind another. */
function inQuarter(chance: Chance, slot: number, counted: number): number[] {
    const count = Math.round(counted)
    const base = slot * 4096
    const start = slot * QUARTER_MS
    const times: number[] = []
    for (let i = 0; i < count; i++) {
        const isBehind = i > 0 && chance.at(base + 2 * i) < IN_BUNCHES
        const apart = chance.between(base + 2 * i + 1, CLOSEST_MS, FARTHEST_MS)
        const alone = start + chance.at(base + 2 * i + 1) * (QUARTER_MS - 1)
        times.push(isBehind ? Math.min(times[i - 1] + apart, start + QUARTER_MS - 1) : alone)
    }
    times.sort((a, b) => a - b)
    for (let i = 1; i < count; i++)
        if (times[i] - times[i - 1] < CLOSEST_MS) times[i] = times[i - 1] + CLOSEST_MS
    // The last ones of a full quarter may have been pushed out of it.
    const over = Math.max(0, (times.at(-1) ?? start) - (start + QUARTER_MS - 1))
    return over === 0 ? times : times.map(at => Math.max(start, at - over))
}
