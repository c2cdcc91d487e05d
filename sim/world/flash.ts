import { PowerLost } from "./power-lost.js"

/** A node's flash. What was written outlives the power, what was written by half as well. */
export class Flash {
    readonly bytes: Uint8Array
    /** Writes since the first power-on. */
    writes = 0
    /** Called after each of them; {@link bytes} is as it is then. */
    onWrite: (() => void) | undefined
    private cut: { operations: number; readonly bytes: number } | undefined

    /** @param size B; erased */
    constructor(size: number) {
        this.bytes = new Uint8Array(size).fill(0xff)
    }

    /**
     * Cuts the power in the middle of a write, or right after it.
     *
     * @param operation which one from now, 1 = the next one; one per saved setting
     * @param bytes how many of the changed bytes are written; default all of them.
     *        The runtime writes data before the entry that points to them, and data
     *        lie at the higher addresses.
     */
    cutAfterOperation(operation: number, bytes = Infinity): void {
        this.cut = { operations: operation, bytes }
    }

    /** Writes what differs. @throws PowerLost */
    save(image: Uint8Array): void {
        const { cut } = this
        const isCut = cut !== undefined && --cut.operations === 0
        if (isCut) this.writePart(image, cut.bytes)
        else this.bytes.set(image)
        this.writes++
        this.onWrite?.()
        if (!isCut) return
        this.cut = undefined
        throw new PowerLost()
    }

    /** Writes only so much of the bytes that differ: ranges from the last one on, each from its start. */
    private writePart(image: Uint8Array, most: number): void {
        const { bytes } = this
        let left = most
        let end = image.length
        while (left > 0 && end > 0) {
            if (bytes[end - 1] === image[end - 1]) {
                end--
                continue
            }
            let start = end - 1
            while (start > 0 && bytes[start - 1] !== image[start - 1]) start--
            const length = Math.min(left, end - start)
            bytes.set(image.subarray(start, start + length), start)
            left -= length
            end = start
        }
    }
}
