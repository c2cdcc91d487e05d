import { Channel } from "../core/channel.js"
import { schemaPiece } from "../core/schema.js"
import { PieceSource } from "../uplink/message.js"

/** Unit of row times in frames, ms. */
export const TICK_MS = 1000
/** About 300 B. */
const CHANNELS_PER_PIECE = 2

/** The schema record in pieces: as a whole, that of 32 channels would not fit the heap. */
export class StationSchema implements PieceSource {
    readonly pieces: number

    constructor(
        private readonly app: string,
        private readonly columns: Channel[],
        private readonly parts: string[]
    ) {
        this.pieces = Math.ceil((columns.length + 1) / CHANNELS_PER_PIECE)
    }

    piece(n: number): string {
        let text = ""
        const from = n * CHANNELS_PER_PIECE
        for (let i = from; i < from + CHANNELS_PER_PIECE && i <= this.columns.length; i++)
            text = text + schemaPiece(this.app, TICK_MS, this.columns, this.parts, i)
        return text
    }
}
