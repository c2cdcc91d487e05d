/**
 * Weather of a temperate coast, as in Denmark: seasons, days, fronts, showers. Rough: its means and spreads are
 * those of the climate, no day is one that was.
 */
import { Chance, Occasions } from "./chance.js"
import { clamp } from "./course.js"
import { type Quantity } from "./place.js"

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const YEAR_DAYS = 365.25
/** 1970-01-01 was day 0 of a year. */
const COLDEST_DAY = 25
const LATITUDE = (56 * Math.PI) / 180

/** Longest shower, ms. */
const SHOWER_MS = 3 * HOUR_MS

export class Weather {
    private readonly fronts: Chance
    private readonly hours: Chance
    private readonly dry: Chance
    private readonly lows: Chance
    private readonly highs: Chance
    private readonly clouds: Chance
    private readonly winds: Chance
    private readonly gusts: Chance
    private readonly showerChance: Chance
    private readonly showers: Occasions

    constructor(seed: number | string) {
        const of = (name: string) => new Chance(`${seed}/weather/${name}`)
        this.fronts = of("fronts")
        this.hours = of("hours")
        this.dry = of("dry")
        this.lows = of("lows")
        this.highs = of("highs")
        this.clouds = of("clouds")
        this.winds = of("winds")
        this.gusts = of("gusts")
        this.showerChance = of("showers")
        // About half of all days have rain, most of them one shower or two.
        this.showers = new Occasions(this.showerChance, 6 * HOUR_MS, () => 0.35)
    }

    /** °C: year 0 … 17, day ±1 in winter to ±4 in summer, fronts of some days. */
    temperature(unixMs: number): number {
        const year = season(unixMs)
        const swing = 2.5 - 1.5 * year
        const day = -Math.cos(((unixMs / HOUR_MS - 3) / 24) * 2 * Math.PI)
        const fronts = this.fronts.smooth(unixMs, 3.5 * DAY_MS)
        const hours = this.hours.smooth(unixMs, 2 * HOUR_MS)
        return (
            8.5 - 8.5 * year + swing * day * (1.2 - this.cloud(unixMs)) + 6 * fronts + 0.4 * hours
        )
    }

    /** Dew point, °C: below the temperature. */
    dewPoint(unixMs: number): number {
        const dry = 2.2 + 1.9 * this.dry.smooth(unixMs, DAY_MS)
        // The mean of the day: in the afternoon the air is drier.
        const mean = this.temperature(Math.floor(unixMs / DAY_MS) * DAY_MS + 9 * HOUR_MS)
        const next = this.temperature(Math.floor(unixMs / DAY_MS + 1) * DAY_MS + 9 * HOUR_MS)
        const share = (unixMs / DAY_MS) % 1
        return Math.min(mean + (next - mean) * share - dry, this.temperature(unixMs) - 0.1)
    }

    /** %RH */
    humidity(unixMs: number): number {
        return relativeHumidity(this.temperature(unixMs), this.dewPoint(unixMs))
    }

    /** Pa at sea level. */
    pressure(unixMs: number): number {
        const lows = this.lows.smooth(unixMs, 2.2 * DAY_MS)
        const slow = this.highs.smooth(unixMs, 9 * DAY_MS)
        return 101_300 + 1600 * lows + 1400 * slow
    }

    /** Share of the sky that is covered, 0 … 1. */
    cloud(unixMs: number): number {
        const front = this.clouds.smooth(unixMs, 9 * HOUR_MS)
        return clamp(0.62 + 0.65 * front, 0, 1)
    }

    /** mm/h */
    rainRate(unixMs: number): number {
        let rate = 0
        for (const { atMs, index } of this.showers.between(unixMs - SHOWER_MS, unixMs + 1)) {
            const lastsMs = this.showerChance.between(index + 1_000_000_007, 0.2, 1) * SHOWER_MS
            const share = (unixMs - atMs) / lastsMs
            if (share >= 1) continue
            const strength = 0.2 + 3 * this.showerChance.at(index + 2_000_000_011) ** 4
            rate += strength * 4 * share * (1 - share) * 1.5
        }
        return rate
    }

    /** Elevation of the sun as a sine; below 0 at night. */
    sun(unixMs: number): number {
        const declination = (-23.4 * Math.PI * Math.cos(yearAngle(unixMs, -10))) / 180
        const hour = ((unixMs / HOUR_MS - 12) / 24) * 2 * Math.PI
        return (
            Math.sin(LATITUDE) * Math.sin(declination) +
            Math.cos(LATITUDE) * Math.cos(declination) * Math.cos(hour)
        )
    }

    /** Illuminance outdoors, lx: 0 at night, up to 100,000. */
    light(unixMs: number): number {
        const sun = this.sun(unixMs)
        if (sun <= -0.1) return 0
        // Civil twilight ends at about 3 lx.
        const twilight = 400 * ((sun + 0.1) / 0.1) ** 3 * (sun < 0 ? 1 : 0)
        if (sun < 0) return twilight
        return (400 + 115_000 * sun) * (1 - 0.85 * this.cloud(unixMs))
    }

    /** m/s */
    wind(unixMs: number): number {
        const front = this.winds.smooth(unixMs, DAY_MS)
        const gust = this.gusts.smooth(unixMs, 20_000)
        return clamp(5.2 + 4.8 * front + 1.4 * gust, 0, 30)
    }

    /** What an outdoor place has of it. */
    quantities(): Record<"temperature" | "humidity" | "pressure" | "dew_point", Quantity> {
        return {
            temperature: { unit: "Cel", min: -30, max: 45, at: t => this.temperature(t) },
            humidity: { unit: "%RH", min: 0, max: 100, at: t => this.humidity(t) },
            pressure: { unit: "Pa", min: 95_000, max: 106_000, at: t => this.pressure(t) },
            dew_point: { unit: "Cel", min: -45, max: 30, at: t => this.dewPoint(t) },
        }
    }
}

/** 1 on the coldest day of the year, −1 half a year later. */
function season(unixMs: number): number {
    return Math.cos(yearAngle(unixMs, COLDEST_DAY))
}

function yearAngle(unixMs: number, day: number): number {
    return ((unixMs / DAY_MS - day) / YEAR_DAYS) * 2 * Math.PI
}

/** Pressure of saturated vapour, Pa: Magnus' formula over water, constants of WMO-No. 8, annex 4.B. */
export function saturation(celsius: number): number {
    return 611.2 * Math.exp((17.62 * celsius) / (243.12 + celsius))
}

/** %RH of air with a dew point, both °C. */
export function relativeHumidity(celsius: number, dewPoint: number): number {
    return clamp((100 * saturation(dewPoint)) / saturation(celsius), 0, 100)
}

/** Dew point of air, °C. @param humidity %RH, above 0 */
export function dewPointOf(celsius: number, humidity: number): number {
    const gamma = Math.log(Math.max(humidity, 0.1) / 100) + (17.62 * celsius) / (243.12 + celsius)
    return (243.12 * gamma) / (17.62 - gamma)
}
