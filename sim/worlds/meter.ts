/**
 * A cupboard with an electricity meter whose S0 output gives 1,000 pulses a kilowatt hour, in a building that
 * people come to: base load, office, kitchen, and a small 12 V supply.
 */
import { Chance, Occasions } from "./chance.js"
import { Course, hourOf, plateau, weekdayOf } from "./course.js"
import { checkIncidents, type Place, type PlaceKind } from "./place.js"
import { Weather } from "./weather.js"

const STEP_MS = 60_000
const HOUR_MS = 3_600_000
/** Of the meter. */
export const PULSES_PER_KWH = 1000
/** The supply that the node measures beside the meter. */
const SUPPLY_V = 12.1
const SUPPLY_A = 0.42
const KITCHEN_MS = 20 * 60_000
const PIR_SLOT_MS = 5000

export const meter: PlaceKind = {
    name: "meter",
    title: "an electricity meter with pulses, in a building that people use",
    incidents: ["heater-left-on", "power-saving"],
    create: options => {
        checkIncidents(meter, options)
        const { seed, startMs, incidents = {} } = options
        const chance = new Chance(`${seed}/meter`)
        const weather = new Weather(seed)
        const since = (name: "heater-left-on" | "power-saving", t: number) =>
            (incidents[name] ?? []).some(ms => t >= startMs + ms && t < startMs + ms + 12 * HOUR_MS)
        const isUsed = (t: number) => {
            const hour = hourOf(t)
            return weekdayOf(t) < 5 && hour >= 7 && hour < 17 ? 1 : 0
        }
        const used = (t: number) => (weekdayOf(t) < 5 ? plateau(hourOf(t), 7, 17, 1.5) : 0)
        const kettle = new Occasions(chance.of("kitchen"), HOUR_MS, t => 1.5 * isUsed(t))
        const watts = (t: number): number => {
            const base = since("power-saving", t) ? 60 : 180 + 40 * chance.smooth(t, 45 * 60_000)
            const office = 1400 * used(t) * (1 + 0.3 * chance.smooth(t, 1_800_000))
            const kitchen = 2000 * kettle.between(t - KITCHEN_MS / 4, t + 1).length
            return base + office + kitchen + (since("heater-left-on", t) ? 2000 : 0)
        }
        const energy = new Course(startMs, STEP_MS, { wh: 0 }, ({ wh }, t) => ({
            wh: wh + (watts(t + STEP_MS / 2) * STEP_MS) / HOUR_MS,
        }))
        // What a kilowatt hour has of pulses comes whole.
        const pulses = (t: number) => Math.floor((energy.at("wh", t) * PULSES_PER_KWH) / 1000)
        const motion = (t: number) =>
            isUsed(t) > 0 && chance.at(Math.floor(t / PIR_SLOT_MS)) < 0.35 ? 1 : 0
        const light = (t: number) => 0.01 * weather.light(t) + 320 * isUsed(t)
        return {
            quantities: {
                pulses: { unit: "count", min: 0, max: 1e9, isTotal: true, at: pulses },
                energy: {
                    unit: "kWh",
                    min: 0,
                    max: 1e6,
                    isTotal: true,
                    at: t => energy.at("wh", t) / 1000,
                },
                count: { unit: "count", min: 0, max: 1e9, isTotal: true, at: pulses },
                frequency: { unit: "Hz", min: 0, max: 10, at: t => watts(t) / 3600 },
                mains_power: { unit: "W", min: 0, max: 20_000, at: watts },
                // Of the meter, not of the supply beside it.
                mean_power: {
                    unit: "W",
                    min: 0,
                    max: 20_000,
                    at: watts,
                    over: (from, to) =>
                        ((energy.at("wh", to) - energy.at("wh", from)) * HOUR_MS) / (to - from),
                },
                voltage: { unit: "V", min: 0, max: 32, at: () => SUPPLY_V },
                current: { unit: "A", min: 0, max: 3.2, at: () => SUPPLY_A },
                power: { unit: "W", min: 0, max: 100, at: () => SUPPLY_V * SUPPLY_A },
                illuminance: { unit: "lx", min: 0, max: 2000, at: light },
                presence: { unit: "/", min: 0, max: 1, at: isUsed },
                motion: { unit: "/", min: 0, max: 1, at: motion },
                temperature: {
                    unit: "Cel",
                    min: 5,
                    max: 35,
                    at: t => 20 + 1.5 * used(t) + 0.5 * chance.smooth(t, 3 * HOUR_MS),
                },
                humidity: {
                    unit: "%RH",
                    min: 5,
                    max: 95,
                    at: t => 45 + 10 * chance.smooth(t, 20 * HOUR_MS),
                },
            },
            inputs: {
                "pulses.total": pulses,
                "pcf8593.count": pulses,
            },
            happens: [],
            happenings: () => [],
        } satisfies Place
    },
}
