import { RangeCoder, TOP } from "./range-coder.js"

/**
 * "The last row" in docs/frame-format.md: nothing says how many rows a frame has.
 * It ends with the first number in the interval, of as few bytes as possible, that
 * no row before has taken, so its last bytes tell which row was the last.
 */
export abstract class FrameEnd extends RangeCoder {
    /** Rows coded so far. */
    rows = 0
    /** Bytes of the rows if the frame ended after the last one. */
    bytes = 0
    /** Decoder: the frame may end here; its last bytes say so. @decoder */
    isEnd = false

    /** The number that ends the frame after the last row. @encoder */
    private ending = 0
    /** Rows before that would end with as many bytes as one, two, three more than the settled ones. */
    private ties1 = 0
    private ties2 = 0
    private ties3 = 0

    /** @inline */
    protected beginEnds(): void {
        this.rows = 0
        this.bytes = 0
        if (this.decoding) this.isEnd = false
        this.ties1 = 0
        this.ties2 = 0
        this.ties3 = 0
    }

    /**
     * How the frame would end after the row that is now complete.
     *
     * @returns false when the encoder has no room for that: the row is not in the frame
     * @inline
     */
    protected endsHere(): boolean {
        const range = this.range
        let low = this.low
        let word = 0
        let settled = this.at - this.start
        if (this.decoding) {
            settled -= 3
            word = this.lastWord()
            low += word
        }
        const grown = settled - this.settled
        if (grown > 0) {
            this.ties1 = grown === 1 ? this.ties2 : grown === 2 ? this.ties3 : 0
            this.ties2 = grown === 1 ? this.ties3 : 0
            this.ties3 = 0
        }
        let length = settled + 1
        let ending = (((low + 65535) >> 16) + this.ties1) << 16
        if (ending < low + range) this.ties1 = this.ties1 + 1
        else {
            ending = (((low + 255) >> 8) + this.ties2) << 8
            length++
            if (ending < low + range) this.ties2 = this.ties2 + 1
            else {
                ending = low + this.ties3
                length++
                this.ties3 = this.ties3 + 1
            }
        }
        if (!this.decoding && this.start + length > this.limit) return false
        this.settled = settled
        this.bytes = length
        if (this.decoding) this.isEnd = ending === word
        else {
            this.ending = ending
            this.hasCarried = false
        }
        this.rows = this.rows + 1
        return true
    }

    /** The current 24 bits of the frame. @decoder */
    private lastWord(): number {
        let word = 0
        for (let i = this.at - 3; i < this.at; i++)
            word = word * 256 + (i < this.limit ? this.buffer[i] : 0)
        return word
    }

    /**
     * Encoder: writes the bytes that end the frame after the last whole row.
     *
     * @returns one past the last byte
     * @encoder
     */
    finish(): number {
        const buffer = this.buffer
        let at = this.start + this.settled
        if (this.hasCarried) {
            // A row that is not taken has carried: take it back.
            let i = at - 1
            while (buffer[i] === 0) {
                buffer[i] = 255
                i--
            }
            buffer[i] = buffer[i] - 1
        }
        let code = this.ending
        if (code >= TOP) this.carry(at)
        const end = this.start + this.bytes
        while (at < end) {
            buffer[at] = (code >> 16) & 255
            code = code << 8
            at++
        }
        return end
    }
}
