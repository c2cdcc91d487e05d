/** What a board file of ours says, under `$card`, of the board as a thing in the hand. DeviceScript passes it over. */
import { z } from "zod"

/** Why nothing can be connected to a pin that a board has on its edge. */
export const TAKEN = ["start", "reset", "usb", "memory", "debug"] as const
export type Taken = (typeof TAKEN)[number]

/** English and Danish. */
const text = z.strictObject({ en: z.string().min(1), da: z.string().min(1) })
export type Text = z.infer<typeof text>

/** What is printed beside the pins of one edge, from top to bottom; "" where there is no pin to name. */
const edge = z.array(z.string())

const cardSchema = z.strictObject({
    /** Place in lists, the one to take first at 1. */
    order: z.int().positive(),
    maker: z.string().min(1),
    model: z.string().min(1),
    /** Name of the plug for I2C parts; null when there is none. */
    plug: z.string().min(1).nullable(),
    usb: z.enum(["USB-C", "Micro-USB"]),
    /** Whether the running firmware answers on the board's own connector. */
    readsOverUsb: z.boolean(),
    /** Of the whole board: what programs have of them is the firmware's matter. */
    flashMB: z.number().positive(),
    ramKB: z.number().positive(),
    goodFor: text,
    notes: z.array(text),
    /** How it gets ready to be written. */
    bootMode: text,
    header: z.strictObject({
        /** Where its connector is in the drawing. */
        usb: z.enum(["top", "bottom"]),
        /** Pins are counted as on a chip: down the left edge, up the right one. */
        numbered: z.boolean().default(false),
        left: edge,
        right: edge,
    }),
    /** Names of pins in DeviceScript, where another is printed beside them. */
    printed: z.record(z.string(), z.string()).default({}),
    taken: z.record(z.string(), z.enum(TAKEN)).default({}),
    sources: z.array(z.url()).min(1),
})
export type BoardCard = z.infer<typeof cardSchema>

/** @throws RangeError that names the file and what is wrong in it */
export function readCard(id: string, card: unknown): BoardCard {
    const result = cardSchema.safeParse(card)
    if (result.success) return result.data
    throw new RangeError(`boards/${id}.board.json: $card: ${z.prettifyError(result.error)}`)
}
