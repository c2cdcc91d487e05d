import { randomBuffer } from "@devicescript/crypto"

/**
 * 0 … 65,535 from the platform's random source. `Math.random` would repeat
 * itself after every boot.
 */
export function randomWord(): number {
    const bytes = randomBuffer(2)
    return bytes[0] | (bytes[1] << 8)
}
