/**
 * A quay that a thermal array of 8 × 8 pixels looks down on, from 3 m: stones below (the lower five rows), water
 * above. Persons walk along the quay or fall into the water; birds cross, stones are warm in the evening, the sun
 * glitters.
 */
import { Chance, Occasions } from "./chance.js"
import { Course, clamp, highestOver } from "./course.js"
import { checkIncidents, type Happening, type Place, type PlaceKind } from "./place.js"
import { Weather } from "./weather.js"

const MINUTE_MS = 60_000
const SIZE = 8
/** Rows from here on are stone; the edge is the line that a person may cross. */
export const EDGE_ROW = 3
/** The truth over a row is looked at as often. */
const LOOK_MS = 1000
const WALK_MS = [6000, 14_000] as const
const FALL_MS = 60_000
const BIRD_MS = [600, 4000] as const
const CLOTHES = 27
const INCIDENTS = ["person", "person-in-water", "bird", "sun"] as const

interface Body {
    readonly x: number
    readonly y: number
    /** °C of what the pixel sees of it. */
    readonly warmth: number
    /** Standard deviations of its blob, pixels. */
    readonly wide: number
    readonly high: number
}

export const quay: PlaceKind = {
    name: "quay",
    title: "a quay: persons, birds, sun, warm stones",
    incidents: INCIDENTS,
    create: options => {
        checkIncidents(quay, options)
        const { seed, startMs, incidents = {} } = options
        const chance = new Chance(`${seed}/quay`)
        const weather = new Weather(seed)
        const asked = (name: (typeof INCIDENTS)[number], base: number) =>
            (incidents[name] ?? []).map((ms, i) => ({ atMs: startMs + ms, index: base + i * 16 }))
        const stone = new Course(
            startMs - 2 * 86_400_000,
            5 * MINUTE_MS,
            { temperature: weather.temperature(startMs) },
            ({ temperature }, t) => ({
                temperature:
                    temperature +
                    0.000007 * weather.light(t) +
                    (weather.temperature(t) - 1 - temperature) / 30,
            })
        )
        const air = (t: number) => weather.temperature(t)
        // The sea follows the air of some weeks; here that of a month at once.
        const sea = (t: number) =>
            clamp(8 + 0.5 * (air(Math.floor(t / 8.64e7) * 8.64e7) - 8), 0, 22)
        const walkers = new Occasions(chance.of("walkers"), 10 * MINUTE_MS, t =>
            weather.sun(t) > -0.05 ? 0.6 : 0.06
        )
        const birds = new Occasions(chance.of("birds"), 10 * MINUTE_MS, t =>
            weather.sun(t) > -0.1 ? 1 : 0.05
        )
        const people = [...asked("person", 40_000_000)]
        const fallen = [...asked("person-in-water", 41_000_000)]
        const flying = [...asked("bird", 42_000_000)]
        const near = (
            given: typeof people,
            drawn: Occasions | undefined,
            t: number,
            ms: number
        ) => [
            ...given.filter(({ atMs }) => t >= atMs && t < atMs + ms),
            ...(drawn?.between(Math.max(t - ms, startMs), t + 1) ?? []),
        ]
        const persons = (t: number): Body[] => {
            const surface = CLOTHES - 0.25 * (20 - clamp(air(t), -15, 20))
            const walking = near(people, walkers, t, WALK_MS[1]).flatMap(({ atMs, index }) => {
                const lasts = chance.between(index + 1, ...WALK_MS)
                const share = (t - atMs) / lasts
                if (share >= 1) return []
                const leftwards = chance.at(index + 2) < 0.5
                const x = -1 + share * (SIZE + 1)
                return {
                    x: leftwards ? SIZE - 1 - x : x,
                    y: chance.between(index + 3, EDGE_ROW + 1, SIZE - 1.2),
                    warmth: surface,
                    wide: 0.75,
                    high: 0.95,
                }
            })
            // From the stones over the edge, then the head stays above the water.
            const swimming = near(fallen, undefined, t, FALL_MS).map(({ atMs, index }) => ({
                x: chance.between(index + 1, 2, 5) + 0.4 * Math.sin((t - atMs) / 3000),
                y: Math.max(EDGE_ROW - 1.6, EDGE_ROW + 2 - (t - atMs) / 700),
                warmth: surface - 3,
                wide: 0.6,
                high: 0.6,
            }))
            return [...walking, ...swimming]
        }
        const crossing = (t: number): Body[] =>
            near(flying, birds, t, BIRD_MS[1]).flatMap(({ atMs, index }) => {
                const share = (t - atMs) / chance.between(index + 1, ...BIRD_MS)
                if (share >= 1) return []
                return {
                    x: share * SIZE,
                    y: chance.between(index + 2, 0, SIZE - 1),
                    // Feathers keep the warmth in, and a bird fills a part of a pixel.
                    warmth: air(t) + 4.5,
                    wide: 0.3,
                    high: 0.3,
                }
            })
        const glint = (t: number): number => {
            const isAsked = (incidents["sun"] ?? []).some(
                ms => t >= startMs + ms && t < startMs + ms + 10 * MINUTE_MS
            )
            const sun = weather.sun(t)
            // Low sun and few clouds: the water mirrors it.
            const mirrors = sun > 0.02 && sun < 0.3 ? clamp(1 - 2 * weather.cloud(t), 0, 1) : 0
            return Math.max(isAsked ? 1 : 0, mirrors)
        }
        const background = (pixel: number, t: number): number => {
            const row = Math.floor(pixel / SIZE)
            const isWater = row < EDGE_ROW
            // Stones differ: dark ones are warmer in the sun.
            const uneven = isWater
                ? 0
                : (chance.at(pixel) - 0.5) * 0.2 * (stone.at("temperature", t) - air(t))
            const glitter = isWater
                ? 5 * glint(t) * chance.at(pixel + 64 * Math.floor(t / 300)) ** 3
                : 0
            return (isWater ? sea(t) : stone.at("temperature", t)) + uneven + glitter
        }
        let latest: { at: number; pixels: readonly number[] } | undefined
        /** What is there, °C. */
        const warmths = (t: number): readonly number[] => {
            const bodies = [...persons(t), ...crossing(t)]
            return Array.from({ length: SIZE * SIZE }, (_, pixel) => {
                const x = pixel % SIZE
                const y = Math.floor(pixel / SIZE)
                let warmth = background(pixel, t)
                for (const body of bodies) {
                    const far = ((x - body.x) / body.wide) ** 2 + ((y - body.y) / body.high) ** 2
                    warmth += (body.warmth - warmth) * Math.exp(-far / 2)
                }
                return warmth
            })
        }
        /** What the array sees: with its own noise, 0.25 K at most frame rates (NETD, Grid-EYE specifications). */
        const frame = (t: number): readonly number[] => {
            if (latest?.at === t) return latest.pixels
            const slot = 64 * Math.floor(t / 100)
            const pixels = warmths(t).map(
                (warmth, pixel) => warmth + 0.12 * chance.normal(pixel + slot)
            )
            latest = { at: t, pixels }
            return pixels
        }
        const extreme = (pick: (...values: number[]) => number) => (t: number) =>
            pick(...warmths(t))
        const thermal = { unit: "Cel", min: -25, max: 60 }
        const isPresent = (t: number) =>
            persons(t).some(({ x, y }) => x > -0.6 && x < SIZE - 0.4 && y > -0.6) ? 1 : 0
        const inWater = (t: number) => persons(t).filter(({ y }) => y < EDGE_ROW - 0.5).length
        // A short visit is what the row shows that it was in.
        const peak = (at: (t: number) => number) => ({ at, over: highestOver(at, LOOK_MS) })
        const { temperature, humidity, pressure } = weather.quantities()
        const happenings = (from: number, to: number): Happening[] =>
            [
                ...[...people, ...walkers.between(Math.max(from, startMs), to)].map(
                    ({ atMs, index }) => ({
                        what: "person",
                        fromMs: atMs,
                        toMs: atMs + chance.between(index + 1, ...WALK_MS),
                    })
                ),
                ...fallen.map(({ atMs }) => ({
                    what: "person-in-water",
                    fromMs: atMs,
                    toMs: atMs + FALL_MS,
                })),
                ...[...flying, ...birds.between(Math.max(from, startMs), to)].map(
                    ({ atMs, index }) => ({
                        what: "bird",
                        fromMs: atMs,
                        toMs: atMs + chance.between(index + 1, ...BIRD_MS),
                    })
                ),
            ]
                .filter(({ fromMs }) => fromMs >= from && fromMs < to)
                .sort((a, b) => a.fromMs - b.fromMs)
        return {
            quantities: {
                thermal_min: { ...thermal, at: extreme(Math.min) },
                thermal_max: { ...thermal, ...peak(extreme(Math.max)) },
                thermal_mean: {
                    ...thermal,
                    at: t => warmths(t).reduce((sum, value) => sum + value, 0) / (SIZE * SIZE),
                },
                presence: { unit: "/", min: 0, max: 1, ...peak(isPresent) },
                in_water: { unit: "count", min: 0, max: 64, ...peak(inWater) },
                water_temperature: { ...thermal, at: sea },
                motion: { unit: "/", min: 0, max: 1, at: isPresent },
                housing_temperature: { ...thermal, at: t => air(t) + 2 },
                object_temperature: { ...thermal, at: t => warmths(t)[35] },
                temperature,
                humidity,
                pressure,
            },
            inputs: {
                ambient_temperature: air,
                acceleration_z: 9.80665,
            },
            scene: (pixel, t) => frame(t)[pixel],
            happens: ["person", "person-in-water", "bird"],
            happenings,
        } satisfies Place
    },
}
