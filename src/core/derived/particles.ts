import { divRound } from "../fixed.js"

/** Above this humidity drops are no particles any more: a correction would be a guess, 0.01 %RH. */
export const FOG = 9500

/**
 * Particle mass as if the air were dry, by κ-Köhler theory: mass / (1 + (κ / 1.65) / (1 / a − 1)),
 * κ = 0.4, a = relative humidity (Crilley et al., Atmospheric Measurement Techniques 11, 709, 2018).
 *
 * @param mass as measured, any unit
 * @param humidity 0.01 %RH, 0 … {@link FOG}; more counts as that
 */
export function dryMassCrilley(mass: number, humidity: number): number {
    const a = humidity > FOG ? FOG : humidity
    // 0.4 / 1.65 = 8 / 33
    return divRound(mass * 33 * (10000 - a), 33 * (10000 - a) + 8 * a)
}

/**
 * PM2.5 of a Plantower sensor as the US EPA corrects it: 0.524 × PM2.5 (CF=1) − 0.0862 × RH + 5.75
 * (Barkjohn et al., Atmospheric Measurement Techniques 14, 4617, 2021). For PM2.5 alone.
 *
 * @param mass 1 µg/m³, as measured with CF=1
 * @param humidity 0.01 %RH
 * @returns 0.1 µg/m³, 0 or more
 */
export function massBarkjohn(mass: number, humidity: number): number {
    const corrected = divRound(52400 * mass - 86 * humidity - divRound(humidity, 5) + 575000, 10000)
    return corrected < 0 ? 0 : corrected
}
