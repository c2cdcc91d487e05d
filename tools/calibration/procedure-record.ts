/** What was done to a part: the certificate of a procedure as JSON, and its line in the journal. */
import { z } from "zod"

/** Values are in their units, times ISO 8601 in UTC. */
export const PROCEDURE_RECORD = z.strictObject({
    version: z.literal(1),
    date: z.iso.datetime(),
    simulated: z.boolean().meta({ description: "true: of a simulated part, worth nothing" }),
    technician: z.string(),
    node: z.strictObject({
        device: z.string().regex(/^[0-9a-f]{16}$/),
        site: z.string(),
        node: z.string(),
        app: z.string(),
        version: z.string(),
    }),
    part: z.string(),
    identity: z.string().meta({ description: "serial number as the part tells it; empty: none" }),
    procedure: z.string(),
    value: z.number().nullable().meta({ description: "what was asked for; null: nothing" }),
    unit: z.string().meta({ description: "of value and before" }),
    before: z.number().nullable().meta({ description: "the setting before; null: it is none" }),
    result: z.number().meta({
        description: "correction, or the setting as it was read back; of store: writes since boot",
    }),
    resultUnit: z.string(),
    lasts: z
        .enum(["kept", "until power loss", "until restart"])
        .meta({ description: "how long: the part's power, the node's next start" }),
    corrections: z
        .array(
            z.strictObject({
                channel: z.string(),
                id: z.int(),
                action: z.enum(["rolled back", "kept"]),
            })
        )
        .meta({ description: "calibrations of the node that were in force on what it changes" }),
    run: z.int().meta({ description: "number by which the node knows this run" }),
    reference: z
        .strictObject({
            name: z.string(),
            certificate: z.string(),
            validUntil: z.iso.datetime().nullable(),
            uncertainty: z.number().meta({ description: "expanded, k = 2" }),
            resolution: z.number(),
            channel: z.string(),
            asFound: z.number().meta({ description: "mean raw reading before" }),
            asLeft: z.number().meta({ description: "mean raw reading after" }),
        })
        .nullable(),
})
export type ProcedureRecord = z.infer<typeof PROCEDURE_RECORD>
