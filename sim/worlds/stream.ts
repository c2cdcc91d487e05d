/**
 * A stream near its mouth, with a gauge on a bridge. The tide is a recorded one (NOAA, sim/traces/noaa-water-level.csv);
 * rain and storm surges are drawn. What a sensor sees has waves and now and then a branch in it; the true level
 * has not.
 */
import { battery } from "./battery.js"
import { Chance, Occasions } from "./chance.js"
import { Course, clamp } from "./course.js"
import { builtInColumn } from "../traces/built-in.js"
import { replay } from "../traces/replay.js"
import { checkIncidents, type Happening, type Place, type PlaceKind } from "./place.js"
import { Weather } from "./weather.js"

const TRACE = "noaa-water-level.csv"
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Zero of the recording above the bottom, m. */
const BASE_M = 1.1
/** The tide at the mouth is dampened on the way up. */
const TIDE_SHARE = 0.35
/** The sensor hangs so high above the bottom, m. */
export const MOUNT_M = 4.5
/** Level that counts as high: only surges reach it. */
export const HIGH_M = 2.2
const SURGE_RISE_MS = 5 * HOUR_MS
const SURGE_FALL_MS = 9 * HOUR_MS
const DEBRIS_MS = 20 * MINUTE_MS
/** The rate of rise is that of the last time of this length, ms. */
const RISE_MS = 5 * MINUTE_MS
/** 4 … 20 mA over 100 Ω for 0 … 5 m. */
const PROBE_RANGE_M = 5
const SHUNT_OHM = 100
const WATER_PA_PER_M = 9806.65

export const stream: PlaceKind = {
    name: "stream",
    title: "a stream below a bridge: tide, rain, storm surge",
    incidents: ["surge", "debris"],
    create: options => {
        checkIncidents(stream, options)
        const { seed, startMs, incidents = {} } = options
        const weather = new Weather(seed)
        const chance = new Chance(`${seed}/stream`)
        const tide = replay(builtInColumn(TRACE, "water_level_m"), {
            trace: TRACE,
            hasClock: true,
            startMs,
        })
        // Rain of the catchment comes within half a day and leaves within two.
        const run = new Course(
            startMs - 3 * DAY_MS,
            10 * MINUTE_MS,
            { soil: 0, level: 0 },
            (s, t) => ({
                soil: s.soil + weather.rainRate(t) / 6 - s.soil / 72,
                level: s.level + (s.soil / 72) * 0.05 - s.level / 200,
            })
        )
        const drawn = new Occasions(chance.of("surges"), DAY_MS, () => 1 / 40)
        const asked = (incidents["surge"] ?? []).map((ms, i) => ({
            atMs: startMs + ms,
            index: 9_000_000 + i,
        }))
        const surges = (from: number, to: number) =>
            [...drawn.between(Math.max(from, startMs), to), ...asked]
                .filter(({ atMs }) => atMs >= from && atMs < to)
                .sort((a, b) => a.atMs - b.atMs)
        const longest = SURGE_RISE_MS + SURGE_FALL_MS
        const surge = (t: number): number =>
            Math.max(
                0,
                ...surges(t - longest, t + 1).map(({ atMs, index }) => {
                    const height = chance.between(index + 3, 1.7, 2.3)
                    const ms = t - atMs
                    const share =
                        ms < SURGE_RISE_MS
                            ? ms / SURGE_RISE_MS
                            : 1 - (ms - SURGE_RISE_MS) / SURGE_FALL_MS
                    return height * clamp(share, 0, 1) ** 2 * (3 - 2 * clamp(share, 0, 1))
                })
            )
        const level = (t: number) =>
            clamp(BASE_M + TIDE_SHARE * tide(t) + run.at("level", t) + surge(t), 0.05, 4.3)
        // Waves of 1 to 4 cm, higher in the wind and in a surge.
        const waves = (t: number) =>
            (0.006 + 0.002 * weather.wind(t) + 0.02 * surge(t)) * chance.normal(Math.floor(t / 700))
        const branches = new Occasions(chance.of("debris"), 6 * HOUR_MS, () => 0.08)
        const isCovered = (t: number) =>
            (incidents["debris"] ?? []).some(
                ms => t >= startMs + ms && t < startMs + ms + DEBRIS_MS
            ) || branches.latest(t, DEBRIS_MS) !== undefined
        const distance = (t: number) => {
            const covered = isCovered(t) && chance.at(Math.floor(t / 5000)) < 0.4 ? 0.5 : 0
            return clamp(MOUNT_M - level(t) - waves(t) - covered, 0.2, MOUNT_M)
        }
        const probe = (t: number) =>
            SHUNT_OHM *
            (0.004 + (0.016 * clamp(level(t) + waves(t) / 4, 0, PROBE_RANGE_M)) / PROBE_RANGE_M)
        const water = new Course(
            startMs - 10 * DAY_MS,
            30 * MINUTE_MS,
            { temperature: Math.max(1, weather.temperature(startMs - 10 * DAY_MS)) },
            (s, t) => ({
                temperature: Math.max(
                    0.1,
                    s.temperature + (weather.temperature(t) - s.temperature) / 100
                ),
            })
        )
        const waterTemperature = (t: number) => water.at("temperature", t)
        const happenings = (from: number, to: number): Happening[] =>
            surges(from - longest, to).flatMap(({ atMs }) => {
                // It is a surge for those who watch the level from the moment at which that is high.
                const minutes = Array.from(
                    { length: longest / MINUTE_MS },
                    (_, i) => atMs + i * MINUTE_MS
                ).filter(t => level(t) >= HIGH_M)
                const first = minutes[0] ?? -Infinity
                if (first < from || first >= to) return []
                const last = (minutes.at(-1) ?? first) + MINUTE_MS
                return { what: "high water", fromMs: first, toMs: last }
            })
        const { temperature, humidity, pressure } = weather.quantities()
        return {
            quantities: {
                water_level: { unit: "m", min: 0, max: 4.4, at: level },
                rise: {
                    unit: "mm/h",
                    min: -5000,
                    max: 5000,
                    // Before its beginning the tide is another one.
                    at: t => {
                        const from = t < startMs ? t - RISE_MS : Math.max(t - RISE_MS, startMs)
                        return t === from
                            ? 0
                            : (1000 * (level(t) - level(from)) * HOUR_MS) / (t - from)
                    },
                },
                level: { unit: "m", min: 0, max: 4.4, at: level },
                distance: { unit: "m", min: 0.1, max: MOUNT_M, at: t => MOUNT_M - level(t) },
                water_temperature: { unit: "Cel", min: 0, max: 35, at: waterTemperature },
                temperature,
                humidity,
                pressure,
                ...battery(startMs, t => weather.temperature(t)),
            },
            inputs: {
                distance,
                ambient_rate: t => Math.min(1e6, 20 * weather.light(t)),
                a0: probe,
                voltage: probe,
                "ds2482.temperature": waterTemperature,
                "tmp117.temperature": waterTemperature,
                // A sealed pressure sensor below the water shows air and water.
                "dps310.pressure": t => weather.pressure(t) + WATER_PA_PER_M * level(t),
            },
            happens: ["high water"],
            happenings,
        } satisfies Place
    },
}
