/**
 * A green area: soil that rain wets and sun and plants dry, its temperature, rain, light. The soil is one bucket
 * (FAO-56, chapter 8, in its simplest form): what does not fit runs off.
 */
import { battery } from "./battery.js"
import { Course, clamp } from "./course.js"
import { checkIncidents, type Place, type PlaceKind } from "./place.js"
import { Weather } from "./weather.js"

const DAY_MS = 86_400_000
const STEP_MS = 600_000
const STEPS_PER_HOUR = 6
/** Water that the root zone holds between dry and wet, mm. */
const HOLDS_MM = 60
const BUCKET_MM = 0.2794
const CLOUDBURST_MS = 3_600_000
const CLOUDBURST_MM_PER_H = 25

export const field: PlaceKind = {
    name: "field",
    title: "a green area: soil, rain, light",
    incidents: ["cloudburst", "watering"],
    create: options => {
        checkIncidents(field, options)
        const { seed, startMs, incidents = {} } = options
        const weather = new Weather(seed)
        const during = (name: "cloudburst" | "watering", t: number) =>
            (incidents[name] ?? []).some(
                ms => t >= startMs + ms && t < startMs + ms + CLOUDBURST_MS
            )
        // Snow does not tip a bucket before it melts: here it does not fall at all.
        const wet = (t: number) =>
            (weather.temperature(t) > 0 ? weather.rainRate(t) : 0) +
            (during("cloudburst", t) ? CLOUDBURST_MM_PER_H : 0)
        const course = new Course(
            startMs - 20 * DAY_MS,
            STEP_MS,
            { water: 35, rained: 0, soil: weather.temperature(startMs - 20 * DAY_MS) },
            ({ water, rained, soil }, t) => {
                const fallen = wet(t) / STEPS_PER_HOUR
                const watered = during("watering", t) ? 15 / STEPS_PER_HOUR : 0
                // 0 mm a day in a dark winter, 5 in a sunny June; less from dry soil.
                const lost =
                    (0.00000045 * weather.light(t) * clamp(weather.temperature(t), 0, 30) * 0.16 +
                        0.002) *
                    clamp(water / (0.5 * HOLDS_MM), 0, 1)
                return {
                    water: clamp(water + fallen + watered - lost, 0, HOLDS_MM),
                    rained: rained + (t >= startMs ? fallen : 0),
                    // At 10 cm: a day's wave arrives flattened and hours late.
                    soil: Math.max(-1.5, soil + (weather.temperature(t) + 0.5 - soil) / 90),
                }
            }
        )
        const moisture = (t: number) => (100 * course.at("water", t)) / HOLDS_MM
        const rained = (t: number) => course.at("rained", t)
        const soilTemperature = (t: number) => course.at("soil", t)
        const tips = (t: number) => Math.floor(rained(t) / BUCKET_MM)
        const sun = (t: number) => weather.light(t)
        return {
            quantities: {
                soil_moisture: { unit: "/100", min: 0, max: 100, at: moisture },
                soil_temperature: { unit: "Cel", min: -2, max: 35, at: soilTemperature },
                precipitation: { unit: "mm", min: 0, max: 1e6, isTotal: true, at: rained },
                illuminance: { unit: "lx", min: 0, max: 120_000, at: sun },
                uv_index: { unit: "1", min: 0, max: 12, at: t => sun(t) / 14_000 },
                wind_speed: { unit: "m/s", min: 0, max: 30, at: t => weather.wind(t) },
                ...weather.quantities(),
                ...battery(startMs, t => weather.temperature(t)),
            },
            inputs: {
                "ds2482.temperature": soilTemperature,
                "tmp117.temperature": soilTemperature,
                // Of the pulses on one pin or two the rain gauge is the one that counts, the anemometer the fast one.
                "raingauge.total": tips,
                "pcf8593.count": tips,
                "pulses.total": tips,
                // A soil probe on an ADS1115: 2.6 V when dry, 1.1 V when wet.
                a0: t => 2.6 - 0.015 * moisture(t),
                "anemometer.frequency": t => weather.wind(t) / 0.6667,
            },
            happens: [],
            happenings: () => [],
        } satisfies Place
    },
}
