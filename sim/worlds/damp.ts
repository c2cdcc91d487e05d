/**
 * A cellar in trouble: its air follows the weather slowly, walls are cold, rain comes in through them, and
 * now and then a pipe leaks. Mould hours are those in which the air at 80 %RH and more and above 5 °C lets mould
 * grow (the first limit of ISO 13788, 5.4).
 */
import { Chance } from "./chance.js"
import { Course, clamp } from "./course.js"
import { checkIncidents, type Place, type PlaceKind } from "./place.js"
import { Weather, dewPointOf, saturation } from "./weather.js"

const DAY_MS = 86_400_000
const STEP_MS = 300_000
const HOURS_PER_STEP = STEP_MS / 3_600_000
const VAPOUR = 0.4615
/** Air changes per hour. */
const ACH = 0.25
export const MOULD_HUMIDITY = 80
export const MOULD_TEMPERATURE = 5
const LEAK_MS = 8 * 3_600_000
const AIRING_MS = 2 * 3_600_000

export const damp: PlaceKind = {
    name: "damp",
    title: "a damp cellar: cold walls, rain, a leak",
    incidents: ["leak", "airing"],
    create: options => {
        checkIncidents(damp, options)
        const { seed, startMs, incidents = {} } = options
        const weather = new Weather(seed)
        const chance = new Chance(`${seed}/damp`)
        const wetness = chance.between(1, 0.8, 1.6)
        const during = (name: "leak" | "airing", t: number, ms: number) =>
            (incidents[name] ?? []).some(at => t >= startMs + at && t < startMs + at + ms)
        const full = (temperature: number) =>
            saturation(temperature) / (VAPOUR * (temperature + 273.15))
        const course = new Course(
            startMs - 10 * DAY_MS,
            STEP_MS,
            { temperature: 11, vapour: 7, wall: 0.3, mould: 0 },
            ({ temperature, vapour, wall, mould }, t) => {
                const outdoors = weather.temperature(t)
                const outside = saturation(weather.dewPoint(t)) / (VAPOUR * (outdoors + 273.15))
                const changes = ACH + (during("airing", t, AIRING_MS) ? 4 : 0)
                const leaks = during("leak", t, LEAK_MS) ? 0.5 : 0
                const wetter = clamp(
                    wall +
                        (0.004 * weather.rainRate(t) - 0.001) * HOURS_PER_STEP +
                        leaks * HOURS_PER_STEP,
                    0.05,
                    1
                )
                const evaporates = 0.9 * wetness * wetter * clamp(full(temperature) - vapour, 0, 20)
                const humidity = (100 * vapour) / full(temperature)
                const grows = humidity >= MOULD_HUMIDITY && temperature >= MOULD_TEMPERATURE
                return {
                    temperature:
                        temperature +
                        ((11 - temperature) / 60 +
                            (outdoors - temperature) / 80 +
                            (changes * (outdoors - temperature)) / 25) *
                            HOURS_PER_STEP,
                    vapour: Math.min(
                        0.995 * full(temperature),
                        vapour + (changes * (outside - vapour) + evaporates) * HOURS_PER_STEP
                    ),
                    wall: wetter,
                    mould: mould + (grows && t >= startMs ? HOURS_PER_STEP : 0),
                }
            }
        )
        const temperature = (t: number) => course.at("temperature", t)
        const humidity = (t: number) =>
            clamp((100 * course.at("vapour", t)) / full(temperature(t)), 1, 100)
        return {
            quantities: {
                temperature: { unit: "Cel", min: -15, max: 30, at: temperature },
                humidity: { unit: "%RH", min: 1, max: 100, at: humidity },
                dew_point: {
                    unit: "Cel",
                    min: -25,
                    max: 30,
                    at: t => dewPointOf(temperature(t), humidity(t)),
                },
                mould_hours: {
                    unit: "h",
                    min: 0,
                    max: 1e6,
                    isTotal: true,
                    at: t => course.at("mould", t),
                },
                pressure: { unit: "Pa", min: 95_000, max: 106_000, at: t => weather.pressure(t) },
                illuminance: { unit: "lx", min: 0, max: 1500, at: t => 0.002 * weather.light(t) },
            },
            inputs: {},
            happens: [],
            happenings: () => [],
        } satisfies Place
    },
}
