import { Bytes } from "../bytes.js"

/** What coders of rows start from: the tables of tables.ts. */
export interface RowTables {
    /** Trained statistics, see layout.ts. */
    readonly prior: Bytes
    /** Chances of 256 logits: their low bytes and their high ones. */
    readonly curveLow: Bytes
    readonly curveHigh: Bytes
    /** Logarithms of 0 … 255 in half octaves. */
    readonly roots: Bytes
    /** Rates at which slots learn, by age up to 127. */
    readonly rates: Bytes
    /** 32 common time steps, 32 bits little-endian. */
    readonly steps: Bytes
}
