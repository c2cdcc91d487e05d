/**
 * A classroom: people by the timetable, windows in the breaks, heating by the clock. CO2, heat and moisture are
 * balances of a well-mixed room.
 *
 * Figures: CO2 of one sitting person 0.0052 L/s (Persily and de Jonge 2017, table 4, 1.2 met), heat 70 W and
 * moisture 45 g/h (ISO 7730 and ASHRAE Fundamentals, rounded); air changes and heat losses of a building of the
 * 1960s are assumed.
 */
import { Chance } from "./chance.js"
import { Course, clamp, hourOf, weekdayOf } from "./course.js"
import { checkIncidents, type Happening, type Place, type PlaceKind } from "./place.js"
import { Weather, dewPointOf, relativeHumidity, saturation } from "./weather.js"

const STEP_MS = 60_000
const DAY_MS = 86_400_000
/** Settles within a day of its own. */
const LEAD_MS = 2 * DAY_MS
const VOLUME_M3 = 180
const OUTDOOR_PPM = 420
const CO2_LITRES_PER_S = 0.0052
const WATT_PER_PERSON = 70
const GRAMS_PER_HOUR = 45
/** Air changes per hour with closed windows, and what an open one adds. */
const CLOSED_ACH = 1
const OPEN_ACH = 5
/** Heat that leaves through the walls, W/K, and what room and furniture hold, J/K. */
const LOSS_W_PER_K = 90
const CAPACITY_J_PER_K = 4e6
const HEATING_W = 5000
/** Heat capacity of air, J/(m³ K). */
const AIR_J_PER_M3_K = 1206
/** A gas constant of water vapour: partial pressure in Pa = grams/m³ × this × kelvin. */
const VAPOUR = 0.4615
const INCIDENTS = ["windows-open", "heating-fails", "gathering"]
/** How long each of them goes on, ms. */
const INCIDENT_MS = {
    "windows-open": 1_800_000,
    "heating-fails": 12 * 3_600_000,
    gathering: 5_400_000,
}
/** Hours of lessons; between them are breaks. */
const LESSONS = [
    [8, 9.5],
    [9.75, 11.25],
    [11.75, 13.25],
    [13.5, 15],
] as const
const PIR_SLOT_MS = 4000

export const room: PlaceKind = {
    name: "room",
    title: "a classroom: people, windows, heating",
    incidents: INCIDENTS,
    create: options => {
        checkIncidents(room, options)
        const { seed, startMs, incidents = {} } = options
        const weather = new Weather(seed)
        const chance = new Chance(`${seed}/room`)
        const isIncident = (name: keyof typeof INCIDENT_MS, t: number) =>
            (incidents[name] ?? []).some(
                ms => t >= startMs + ms && t < startMs + ms + INCIDENT_MS[name]
            )

        /** The lesson that a time is in: a number that no other lesson has. */
        const lessonAt = (t: number): number | undefined => {
            if (weekdayOf(t) > 4) return undefined
            const hour = hourOf(t)
            const lesson = LESSONS.findIndex(([from, to]) => hour >= from && hour < to)
            if (lesson < 0) return undefined
            const index = Math.floor(t / DAY_MS) * LESSONS.length + lesson
            // One lesson in six is somewhere else.
            return chance.at(index) < 1 / 6 ? undefined : index
        }
        const people = (t: number): number => {
            if (isIncident("gathering", t)) return 40
            const lesson = lessonAt(t)
            return lesson === undefined ? 0 : 12 + Math.floor(13 * chance.at(lesson + 500_000_000))
        }
        const window = (t: number): number => {
            if (isIncident("windows-open", t)) return 1
            const hour = hourOf(t)
            const isBreak = LESSONS.some(([, to]) => hour >= to && hour < to + 0.25)
            if (!isBreak || weekdayOf(t) > 4) return 0
            // The colder it is, the fewer breaks air the room.
            const willing = clamp(0.35 + weather.temperature(t) / 25, 0.25, 0.95)
            return chance.at(Math.floor(hour * 2) + 100 * Math.floor(t / DAY_MS)) < willing ? 1 : 0
        }
        const thermostat = (t: number): number =>
            weekdayOf(t) < 5 && hourOf(t) >= 5.5 && hourOf(t) < 15.5 ? 21 : 17
        const sunlight = (t: number): number => 0.02 * weather.light(t)
        const lamps = (t: number): number => (people(t) > 0 && sunlight(t) < 400 ? 1 : 0)

        const course = new Course(
            startMs - LEAD_MS,
            STEP_MS,
            { temperature: 19, co2: 450, vapour: 7 },
            ({ temperature, co2, vapour }, t) => {
                const s = STEP_MS / 1000
                const n = people(t)
                const outdoors = weather.temperature(t)
                const ach = CLOSED_ACH + OPEN_ACH * window(t)
                const air = (VOLUME_M3 * ach) / 3600
                const wanted = clamp((thermostat(t) - temperature) / 0.8, 0, 1)
                const heating = isIncident("heating-fails", t) ? 0 : HEATING_W * wanted
                const heat =
                    heating +
                    WATT_PER_PERSON * n +
                    300 * lamps(t) +
                    0.05 * weather.light(t) * 0.3 +
                    (LOSS_W_PER_K + AIR_J_PER_M3_K * air) * (outdoors - temperature)
                const gas =
                    ((CO2_LITRES_PER_S * n) / (VOLUME_M3 * 1000)) * 1e6 +
                    (ach / 3600) * (OUTDOOR_PPM - co2)
                const outside = saturation(weather.dewPoint(t)) / (VAPOUR * (outdoors + 273.15))
                const water =
                    (GRAMS_PER_HOUR * n) / VOLUME_M3 / 3600 + (ach / 3600) * (outside - vapour)
                const full = saturation(temperature) / (VAPOUR * (temperature + 273.15))
                return {
                    temperature: temperature + (heat * s) / CAPACITY_J_PER_K,
                    co2: co2 + gas * s,
                    // What is more than the air can hold runs down the windows.
                    vapour: Math.min(full * 0.99, vapour + water * s),
                }
            }
        )
        const temperature = (t: number) => course.at("temperature", t)
        const dewPoint = (t: number) => {
            const pressure = course.at("vapour", t) * VAPOUR * (temperature(t) + 273.15)
            return dewPointOf(temperature(t), (100 * pressure) / saturation(temperature(t)))
        }
        const humidity = (t: number) => relativeHumidity(temperature(t), dewPoint(t))
        const illuminance = (t: number) => sunlight(t) + 380 * lamps(t)
        // Who sits still is not seen all the time.
        const motion = (t: number) =>
            people(t) > 0 && chance.at(Math.floor(t / PIR_SLOT_MS) + 1e9) < 0.6 ? 1 : 0
        return {
            quantities: {
                temperature: { unit: "Cel", min: -10, max: 45, at: temperature },
                humidity: { unit: "%RH", min: 1, max: 100, at: humidity },
                co2: { unit: "ppm", min: 380, max: 12_000, at: t => course.at("co2", t) },
                illuminance: { unit: "lx", min: 0, max: 3500, at: illuminance },
                pressure: { unit: "Pa", min: 95_000, max: 106_000, at: t => weather.pressure(t) },
                dew_point: { unit: "Cel", min: -30, max: 40, at: dewPoint },
                people: { unit: "count", min: 0, max: 40, at: people },
                presence: { unit: "/", min: 0, max: 1, at: t => (people(t) > 0 ? 1 : 0) },
                motion: { unit: "/", min: 0, max: 1, at: motion },
                window: { unit: "/", min: 0, max: 1, at: window },
                outdoor_temperature: {
                    unit: "Cel",
                    min: -30,
                    max: 45,
                    at: t => weather.temperature(t),
                },
            },
            inputs: { ambient_temperature: temperature, contact: window },
            happens: ["airing", "lesson"],
            happenings: (from, to) => spans(from, to, t => [window(t) > 0, people(t) > 0]),
        } satisfies Place
    },
}

/** Airings and lessons that begin in a span of time, to the minute. */
function spans(
    fromMs: number,
    toMs: number,
    state: (unixMs: number) => readonly [boolean, boolean]
): Happening[] {
    const found: Happening[] = []
    const first = Math.ceil(fromMs / STEP_MS) * STEP_MS
    const names = ["airing", "lesson"]
    names.forEach((what, i) => {
        let since = state(first - STEP_MS)[i] ? -Infinity : undefined
        for (let t = first; t < toMs + DAY_MS; t += STEP_MS) {
            const is = state(t)[i]
            if (is && since === undefined) {
                if (t >= toMs) break
                since = t
            } else if (!is && since !== undefined) {
                if (since > -Infinity) found.push({ what, fromMs: since, toMs: t })
                since = undefined
            }
        }
    })
    return found.sort((a, b) => a.fromMs - b.fromMs)
}
