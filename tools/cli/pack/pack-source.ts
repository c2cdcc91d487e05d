/** The bytes of a packed file, in pieces as they come. */
import type { ByteSource } from "./container.js"

export class StreamSource implements ByteSource {
    private readonly pieces: AsyncIterator<Uint8Array>
    private rest: Uint8Array = new Uint8Array(0)

    constructor(stream: AsyncIterable<Uint8Array>) {
        this.pieces = stream[Symbol.asyncIterator]()
    }

    async take(length: number): Promise<Uint8Array> {
        const parts: Uint8Array[] = []
        let missing = length
        while (missing > this.rest.length) {
            parts.push(this.rest)
            missing -= this.rest.length
            this.rest = new Uint8Array(0)
            const next = await this.pieces.next()
            if (next.done === true) return Buffer.concat(parts)
            this.rest = next.value
        }
        parts.push(this.rest.subarray(0, missing))
        this.rest = this.rest.subarray(missing)
        return parts.length === 1 ? parts[0] : Buffer.concat(parts)
    }
}
