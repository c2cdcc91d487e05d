/** Makes src/core/frame/tables.ts: the trained statistics and the fixed tables beside them. */

/** Chances in 65,536 of logits from −8 to +8 in steps of 1/16. */
export function curve(): Uint8Array {
    const bytes = new Uint8Array(512)
    for (let i = 0; i < 256; i++) {
        const p = Math.round(65536 / (1 + Math.exp(-(i - 127.5) / 16)))
        const chance = Math.max(24, Math.min(65512, p))
        bytes[2 * i] = chance & 255
        bytes[2 * i + 1] = chance >> 8
    }
    return bytes
}

/** Time steps that get a short code, in ticks of 1 s, 0.1 s or 1 ms. */
export function steps(): Uint8Array {
    const values = [
        1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 50, 100, 150, 200,
        500, 1000, 2000, 5000, 10000, 20000, 30000, 60000, 300000, 600000, 900000, 3600000,
    ]
    return new Uint8Array(Uint32Array.from(values).buffer)
}

/** Logarithms in half octaves: 0 for 0, then 1 + 2·⌊log2 x⌋ + (upper half of the octave). */
export function roots(): Uint8Array {
    const bytes = new Uint8Array(256)
    for (let x = 1; x < 256; x++) {
        const l = 31 - Math.clz32(x)
        bytes[x] = 1 + 2 * l + (l > 0 ? (x >> (l - 1)) & 1 : 0)
    }
    return bytes
}

const literal = (bytes: Uint8Array): string => {
    const lines: string[] = []
    for (let i = 0; i < bytes.length; i += 44)
        lines.push("    " + Buffer.from(bytes.subarray(i, i + 44)).toString("hex"))
    return "hex`\n" + lines.join("\n") + "\n`"
}

/** @returns the text of the table module */
export function tablesModule(prior: Uint8Array): string {
    return `/** Made by \`npm run train:codec\`; do not edit. See layout.ts for the order. */
import { hex } from "./hex.js"

/** Trained statistics, one byte per context: logit × 16 + 128. */
export const PRIOR = ${literal(prior)}

/** Chances in 65,536 of 256 logits from −8 to 8, 16 bits little-endian. */
export const CURVE = ${literal(curve())}

/** Logarithms of 0 … 255 in half octaves. */
export const ROOTS = ${literal(roots())}

/** Common time steps in ticks, 32 bits little-endian. */
export const STEPS = ${literal(steps())}
`
}
