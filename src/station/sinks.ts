import { Outbox } from "../core/outbox/outbox.js"
import { FrameSealer } from "../uplink/seal.js"
import { RowBuilder } from "./row-builder.js"
import { StationStore } from "./station-store.js"

/** How rows are made and where they go; all that the station does not make itself. */
export interface StationSinks {
    outbox: Outbox
    /** What outlives power cuts, the outbox among it; undefined without. */
    store: StationStore
    /** undefined: frames are not sealed. */
    sealer: FrameSealer
    /** "ok", "none" or "damaged". */
    settingsHealth: string
    /** Which of "node" and "site" are set to what cannot stand in a topic, so that the node took its default; "" = none. */
    unfit: string
    /** Why frames are held back: "settings" (the key may be lost), "seal", "envelope"; "" = they are not. */
    held: string
    rows: RowBuilder
    /** Longest frame, B. */
    frameBytes: number
    /** Something keeps its memory in the tail of the store, see {@link claimTail}. */
    isTailTaken?: boolean
}
