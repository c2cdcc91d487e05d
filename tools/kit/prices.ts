/** What boards and parts cost, roughly: classes for all, and prices that were seen somewhere, with source and day. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { z } from "zod"
import { PROJECT_ROOT } from "../../sim/program/project.js"

/** By class, €: the least, and the most; the last has no upper end. */
export const CLASSES = {
    "€": [0, 10],
    "€€": [10, 30],
    "€€€": [30, Infinity],
} as const
export type PriceClass = keyof typeof CLASSES

const seenSchema = z.strictObject({
    item: z.string().min(1),
    amount: z.number().positive(),
    currency: z.enum(["EUR", "USD"]),
    /** "2024-06"; "read 2026-11" where the source has no day. */
    when: z.string().regex(/^(?:read )?20\d\d(?:-\d\d)?$/),
    source: z.string().startsWith("https://"),
})

const priceSchema = z.strictObject({
    class: z.enum(["€", "€€", "€€€"]),
    seen: z.array(seenSchema).optional(),
})
export type Price = z.infer<typeof priceSchema>

/** What every node needs beside board and parts. */
export const EVERY_NODE = ["usb-supply", "usb-cable"] as const
/** What every part on the bus needs. */
export const BUS_CABLE = "bus-cable"

const FILE = path.join("tools", "kit", "prices.json")
let prices: ReadonlyMap<string, Price> | undefined

/** @returns by id of the board, folder of the driver, name of the memory @throws RangeError */
export function knownPrices(): ReadonlyMap<string, Price> {
    if (prices !== undefined) return prices
    const content: unknown = JSON.parse(readFileSync(path.join(PROJECT_ROOT, FILE), "utf8"))
    const result = z.record(z.string(), priceSchema).safeParse(content)
    if (!result.success) throw new RangeError(`${FILE}: ${z.prettifyError(result.error)}`)
    prices = new Map(Object.entries(result.data))
    return prices
}
