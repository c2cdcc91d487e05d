import { Channel } from "../core/channel.js"
import { CRC16_START, crc16 } from "../core/crc.js"
import { SCHEMA_END, schemaPiece } from "../core/schema.js"
import { pause } from "../scheduler/scheduler.js"
import { PieceSource } from "../uplink/message.js"

/** Unit of row times in frames, ms. */
export const TICK_MS = 1000
/** About 300 B. */
const CHANNELS_PER_PIECE = 2

/** The schema record in pieces: as a whole, that of 32 channels would not fit the heap. */
export class StationSchema implements PieceSource {
    readonly pieces: number
    /** How the record ends: tells the calibrations, when there are any. */
    end = SCHEMA_END

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
            text = text + schemaPiece(this.app, TICK_MS, this.columns, this.parts, i, this.end)
        return text
    }

    /** Works out the CRC-16 of the record, with pauses: it takes more than the VM runs without one. */
    async id(): Promise<number> {
        let crc = CRC16_START
        for (let n = 0; n < this.pieces; n++) {
            const bytes = Buffer.from(this.piece(n))
            crc = crc16(bytes, 0, bytes.length, crc)
            await pause()
        }
        return crc
    }
}
