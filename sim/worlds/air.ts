/**
 * Air at a street: particles of traffic, of stoves on cold evenings and of fireworks at the turn of the year,
 * washed out by rain. Optical sensors see particles that have grown in humid air: what they show lies above the dry
 * mass that is true.
 */
import { openAirMass } from "../../src/drivers/pmsa003i/model.js"
import { Chance } from "./chance.js"
import { clamp, hourOf, plateau, weekdayOf } from "./course.js"
import { battery } from "./battery.js"
import { checkIncidents, type Place, type PlaceKind } from "./place.js"
import { Weather } from "./weather.js"

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** κ of urban particles and their density, g/cm³: Crilley et al. 2018, AMT 11, 709, section 3. */
const KAPPA = 0.4
const DENSITY = 1.65
/** Above it the formula runs away; sensors do not. */
const MOST_HUMID = 0.95
const NUMBER_PER_MASS = 7

export const air: PlaceKind = {
    name: "air",
    title: "air at a street: traffic, stoves, fireworks, humidity",
    incidents: ["fireworks", "smoke"],
    create: options => {
        checkIncidents(air, options)
        const { seed, startMs, incidents = {} } = options
        const weather = new Weather(seed)
        const chance = new Chance(`${seed}/air`)
        const fine = (t: number): number => {
            const background = 7 + 5 * chance.smooth(t, 2.5 * DAY_MS)
            const hour = hourOf(t)
            const rush = plateau(hour, 6.5, 9, 1) + plateau(hour, 15, 18, 1)
            const traffic = (weekdayOf(t) < 5 ? 6 : 2) * rush
            const cold = clamp((8 - weather.temperature(t)) / 10, 0, 1)
            const stoves = 14 * cold * plateau(hour, 17, 23.5, 2)
            // Little wind: all of it stays.
            const still = clamp(2.2 - weather.wind(t) / 4, 0.4, 2.2)
            const rain = weather.rainRate(t) > 0.2 ? 0.6 : 1
            let more = 0
            for (const ms of incidents["smoke"] ?? [])
                more += 120 * plateau(t, startMs + ms, startMs + ms + HOUR_MS, 300_000)
            for (const at of [
                midnightOfYear(t),
                ...(incidents["fireworks"] ?? []).map(ms => startMs + ms),
            ])
                if (t >= at)
                    more += 600 * Math.exp(-(t - at) / HOUR_MS) * clamp((t - at) / 600_000, 0, 1)
            const flicker = 1 + 0.12 * chance.smooth(t, 90_000)
            return Math.max(0.5, ((background + traffic + stoves) * still * rain + more) * flicker)
        }
        const coarse = (t: number) =>
            (3 + 3 * plateau(hourOf(t), 7, 18, 3)) * clamp(0.5 + weather.wind(t) / 8, 0.5, 3)
        const mass = {
            pm1: (t: number) => 0.75 * fine(t),
            pm25: fine,
            pm4: (t: number) => fine(t) + 0.5 * coarse(t),
            pm10: (t: number) => fine(t) + coarse(t),
        }
        const seen = Object.entries(mass).map(
            ([name, at]) => [name, (t: number) => at(t) * growth(weather.humidity(t))] as const
        )
        const counted = (share: number) => (t: number) =>
            NUMBER_PER_MASS * share * fine(t) * growth(weather.humidity(t))
        const { quantities } = { quantities: weather.quantities() }
        const concentrations = Object.fromEntries(
            Object.entries(mass).map(([name, at]) => [
                name,
                { unit: "ug/m3", min: 0, max: 3000, at },
            ])
        )
        return {
            quantities: {
                ...concentrations,
                // What is meant by them is the dry mass too.
                pm25_crilley: concentrations["pm25"],
                pm25_barkjohn: concentrations["pm25"],
                ...quantities,
                ...battery(startMs, t => weather.temperature(t)),
            },
            inputs: {
                ...Object.fromEntries(seen),
                ...Object.fromEntries(
                    seen.flatMap(([name, at]) => [
                        [`standard_${name}`, at],
                        // What a Plantower part makes of it for open air.
                        [`pmsa003i.${name}`, (t: number) => openAirMass(at(t))],
                    ])
                ),
                number_pm05: counted(0.85),
                number_pm1: counted(0.97),
                number_pm25: counted(1),
                number_pm4: counted(1.005),
                number_pm10: counted(1.006),
                typical_size: 0.5e-6,
                voc_index: t => clamp(100 + 60 * chance.smooth(t, 2 * HOUR_MS), 1, 500),
                nox_index: t => clamp(10 + 8 * chance.smooth(t, HOUR_MS), 1, 500),
            },
            happens: [],
            happenings: () => [],
        } satisfies Place
    },
}

/** How much more mass an optical sensor sees than there is when it is dry. @param humidity %RH */
export function growth(humidity: number): number {
    const activity = clamp(humidity / 100, 0, MOST_HUMID)
    return activity === 0 ? 1 : 1 + KAPPA / DENSITY / (1 / activity - 1)
}

/** The turn of the year at or before a time, Unix ms. */
function midnightOfYear(t: number): number {
    return Date.UTC(new Date(t).getUTCFullYear(), 0, 1)
}
