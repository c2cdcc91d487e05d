/**
 * Humidity and temperature as the SGP40 and SGP41 want them for their compensation.
 * Free of device imports, so that the very same code is checked in Node over all
 * inputs. The raw signals need no conversion: their words are ticks.
 */
import { divRound } from "../../core/fixed.js"

/** Word of a humidity in 0.01 %RH: RH × 65535 / 100 %, limited to 0 … 100 %RH. 50.00 %RH is 0x8000. */
export function sgp4xHumidityWord(centiPercent: number): number {
    if (centiPercent < 0) return 0
    if (centiPercent > 10000) return 65535
    return divRound(centiPercent * 65535, 10000)
}

/** Word of a temperature in 0.01 °C: (T + 45 °C) × 65535 / 175 °C, limited to −45 … 130 °C. 25.00 °C is 0x6666. */
export function sgp4xTemperatureWord(centiCelsius: number): number {
    if (centiCelsius < -4500) return 0
    if (centiCelsius > 13000) return 65535
    return divRound((centiCelsius + 4500) * 65535, 17500)
}
