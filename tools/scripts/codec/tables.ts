/** Makes src/core/frame/tables.ts: the trained statistics and the fixed tables beside them. */

/** Chances in 32,768 of logits from −8 to +8 in steps of 1/16. */
function curve(): number[] {
    return Array.from({ length: 256 }, (_, i) => {
        const p = Math.round(32768 / (1 + Math.exp(-(i - 127.5) / 16)))
        return Math.max(12, Math.min(32756, p))
    })
}

/** Their low bytes: boards read tables of bytes from flash, and have no cheap way to read words. */
function curveLow(): Uint8Array {
    return Uint8Array.from(curve(), chance => chance & 255)
}

function curveHigh(): Uint8Array {
    return Uint8Array.from(curve(), chance => chance >> 8)
}

/** All tables but the trained one. */
export function fixedTables() {
    return {
        curveLow: curveLow(),
        curveHigh: curveHigh(),
        roots: roots(),
        rates: rates(),
        steps: steps(),
    }
}

/** Rates at which slots learn, by age: fast at first. */
function rates(): Uint8Array {
    return Uint8Array.from({ length: 128 }, (_, age) => Math.floor(1200 / (age + 16)))
}

/**
 * Time steps that get a short code, in ticks of 1 s, 0.1 s or 1 ms: those that
 * are usual for sensor nodes first, since they cost 1 to 11 bits in this order.
 */
function steps(): Uint8Array {
    const values = [
        60, 300, 600, 900, 10, 30, 3600, 1, 5, 15, 20, 120, 1800, 2, 1000, 60000, 180, 1200, 100,
        10000, 300000, 600000, 900000, 5000, 2000, 500, 50, 200, 20000, 30000, 3600000, 150,
    ]
    return new Uint8Array(Uint32Array.from(values).buffer)
}

/** Logarithms in half octaves: 0 for 0, then 1 + 2·⌊log2 x⌋ + (upper half of the octave). */
function roots(): Uint8Array {
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
    return `/** Made by \`npm run train:codec\`; do not edit. See layout.ts for the order of the statistics. */
import { hex } from "./hex.js"
import { RowTables } from "./row-tables.js"

export const TABLES: RowTables = {
    prior: ${literal(prior)},
    curveLow: ${literal(curveLow())},
    curveHigh: ${literal(curveHigh())},
    roots: ${literal(roots())},
    rates: ${literal(rates())},
    steps: ${literal(steps())},
}
`
}

/** @returns the same tables as JSON, for decoders in other languages */
export function tablesJson(prior: Uint8Array): string {
    const words = (bytes: Uint8Array, size: number) =>
        Array.from({ length: bytes.length / size }, (_, i) =>
            bytes
                .subarray(i * size, (i + 1) * size)
                .reduceRight((value, byte) => value * 256 + byte, 0)
        )
    const tables = {
        prior: Array.from(prior),
        curve: curve(),
        roots: Array.from(roots()),
        rates: Array.from(rates()),
        steps: words(steps(), 4),
    }
    const lines = Object.entries(tables).map(([k, list]) => `  "${k}": [${list.join(",")}]`)
    return `{\n${lines.join(",\n")}\n}\n`
}
