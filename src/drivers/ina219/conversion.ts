/** What the INA219's registers mean. Free of device imports. */
import { divRound } from "../../core/fixed.js"

/** Bus voltage register (bits 15 to 3, 4 mV each) to mV: 0x1F40 << 3 is 32,000 mV. */
export function ina219Millivolts(register: number): number {
    return 4 * (register >> 3)
}

/**
 * Steps of 10 µV over the shunt to 10 µA: I = U / R. 0x1F40 (80 mV) over 0.1 Ω is 0.8 A.
 *
 * @param steps −32,768 … 32,767
 * @param microohms 100 … 10,000,000
 */
export function ina219Current(steps: number, microohms: number): number {
    return divRound(steps * 1000000, microohms)
}

/** mV × 10 µA to mW: 12,000 mV × 80,000 (0.8 A) are 9600 mW. The product stays below 2⁵¹. */
export function ina219Power(millivolts: number, current: number): number {
    return divRound(millivolts * current, 100000)
}
