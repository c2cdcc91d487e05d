/**
 * A street with a tram: sound pressure levels, A-weighted. Below the passages lies the rustle of a recorded
 * quiet place (sim/traces/noise-laeq.csv); cars and trams are drawn, trams by a timetable.
 */
import { builtInColumn } from "../traces/built-in.js"
import { replay } from "../traces/replay.js"
import { Chance, Occasions } from "./chance.js"
import { Moments, highestOver, hourOf, plateau } from "./course.js"
import { checkIncidents, type Happening, type Place, type PlaceKind } from "./place.js"
import { Weather } from "./weather.js"

const TRACE = "noise-laeq.csv"
const MINUTE_MS = 60_000
const SECOND_MS = 1000
/** By day a tram each way as often. */
const TRAM_EVERY_MS = 7.5 * MINUTE_MS
const TRAM_MS = 14 * SECOND_MS
const CAR_MS = 20 * SECOND_MS

export const street: PlaceKind = {
    name: "street",
    title: "a street: traffic and a tram",
    incidents: ["tram", "siren"],
    create: options => {
        checkIncidents(street, options)
        const { seed, startMs, incidents = {} } = options
        const chance = new Chance(`${seed}/street`)
        const weather = new Weather(seed)
        const rustle = replay(builtInColumn(TRACE, "laeq_1s_dBA"), {
            trace: TRACE,
            // It is 20 minutes long: it repeats.
            hasClock: false,
            startMs,
        })
        const traffic = (t: number) => 0.06 + plateau(hourOf(t), 6.5, 19.5, 2)
        const cars = new Occasions(chance.of("cars"), MINUTE_MS, t => 5 * traffic(t))
        const given = (incidents["tram"] ?? []).map(ms => startMs + ms)
        /** Trams that are nearest in [from, to): from 5 to 24 o'clock, up to 40 s early or late. */
        const trams = (from: number, to: number): number[] => {
            const found = given.filter(at => at >= from && at < to)
            for (const [i, phase] of [0, 3.2 * MINUTE_MS].entries()) {
                const first = Math.floor((from - phase - MINUTE_MS) / TRAM_EVERY_MS)
                for (let n = first; n * TRAM_EVERY_MS + phase < to + MINUTE_MS; n++) {
                    const at =
                        n * TRAM_EVERY_MS + phase + chance.between(2 * n + i, -40_000, 40_000)
                    if (at >= from && at < to && hourOf(at) >= 5) found.push(at)
                }
            }
            return found.sort((a, b) => a - b)
        }
        const passed = new Moments(startMs, trams)
        const pass = (ms: number, level: number, lengthMs: number) =>
            10 ** ((level - 12 * ((2 * ms) / lengthMs) ** 2) / 10)
        const level = (unixMs: number): number => {
            const t = Math.floor(unixMs / SECOND_MS) * SECOND_MS
            // A city hums more by day: 4 dB.
            let power = 10 ** ((rustle(t) + 4 * traffic(t)) / 10)
            for (const { atMs, index } of cars.between(t - CAR_MS, t + CAR_MS))
                power += pass(t - atMs, chance.between(index + 5, 58, 70), CAR_MS)
            for (const at of trams(t - TRAM_MS, t + TRAM_MS))
                power += pass(t - at, chance.between(Math.floor(at), 76, 82), TRAM_MS)
            for (const ms of incidents["siren"] ?? [])
                if (Math.abs(t - startMs - ms) < CAR_MS) power += 10 ** 9.2
            return 10 * Math.log10(power)
        }
        const happenings = (from: number, to: number): Happening[] =>
            trams(from, to).map(at => ({
                what: "tram",
                fromMs: at - TRAM_MS / 2,
                toMs: at + TRAM_MS / 2,
            }))
        const sound = { unit: "dB", min: 30, max: 100 }
        return {
            quantities: {
                sound_level: { ...sound, at: level },
                laeq: { ...sound, at: level, over: (from, to) => equivalentLevel(level, from, to) },
                lamax: { ...sound, at: level, over: highestOver(level, SECOND_MS) },
                tram_passages: {
                    unit: "count",
                    min: 0,
                    max: 1e6,
                    isTotal: true,
                    at: t => passed.countAt(t),
                },
                ...weather.quantities(),
                illuminance: { unit: "lx", min: 0, max: 120_000, at: t => weather.light(t) },
            },
            // SEN0232 on an ADS1115: 50 dB a volt.
            inputs: { a0: t => level(t) / 50 },
            happens: ["tram"],
            happenings,
        } satisfies Place
    },
}

/** LAeq in (from, to], dB: the mean of the powers of its seconds. */
export function equivalentLevel(
    level: (unixMs: number) => number,
    fromMs: number,
    toMs: number
): number {
    const seconds = Math.max(1, Math.round((toMs - fromMs) / SECOND_MS))
    let power = 0
    for (let i = 1; i <= seconds; i++) power += 10 ** (level(fromMs + i * SECOND_MS) / 10)
    return 10 * Math.log10(power / seconds)
}
