/** What part-cards.json says of parts as things in the hand: how they are supplied and wired. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { z } from "zod"
import { PROJECT_ROOT } from "../../sim/program/project.js"

/** Where a part's supply comes from; "none" for contacts and voltages, "cell" for a gauge on its own battery. */
export const SUPPLIES = ["3V3", "5V", "cell", "none"] as const
export type Supply = (typeof SUPPLIES)[number]

const cardSchema = z.strictObject({
    supply: z.enum(SUPPLIES),
    /** What else to know while wiring it, in a line. */
    wiring: z.strictObject({ en: z.string().min(1), da: z.string().min(1) }).optional(),
})
export type PartCard = z.infer<typeof cardSchema>

const FILE = path.join("tools", "kit", "part-cards.json")
let cards: ReadonlyMap<string, PartCard> | undefined

/** @returns cards by folder of the driver, or by name in `store` and `clock` @throws RangeError */
export function partCards(): ReadonlyMap<string, PartCard> {
    if (cards !== undefined) return cards
    const content: unknown = JSON.parse(readFileSync(path.join(PROJECT_ROOT, FILE), "utf8"))
    const result = z.record(z.string(), cardSchema).safeParse(content)
    if (!result.success) throw new RangeError(`${FILE}: ${z.prettifyError(result.error)}`)
    cards = new Map(Object.entries(result.data))
    return cards
}

/** A driver of a city's own has no card: most parts take 3.3 V. */
export function partCard(name: string): PartCard {
    return partCards().get(name) ?? { supply: "3V3" }
}
