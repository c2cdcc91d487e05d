/** Warm places in a thermal image. Free of device imports; works in the arrays it made once. */

const SIDE = 8
const PIXELS = 64

/** Counts the warm places of images of 8 × 8 pixels. */
export class BlobCounter {
    /** Pixels that are warm and belong to no place yet. */
    private readonly isOpen: boolean[] = []
    private readonly stack: number[] = []

    constructor() {
        for (let i = 0; i < PIXELS; i++) {
            this.isOpen.push(false)
            this.stack.push(0)
        }
    }

    /**
     * Places of neighbouring pixels (4 neighbours) that are at least as warm as the limit.
     *
     * @param image 64 values, row by row
     * @param limit in the image's unit
     * @param smallest pixels of a place that counts, 1 … 64
     */
    count(image: number[], limit: number, smallest: number): number {
        const isOpen = this.isOpen
        let open = 0
        for (let i = 0; i < PIXELS; i++) {
            isOpen[i] = image[i] >= limit
            if (isOpen[i]) open++
        }
        let places = 0
        for (let i = 0; open >= smallest; i++)
            if (isOpen[i]) {
                const size = this.fill(i)
                open = open - size
                if (size >= smallest) places++
            }
        return places
    }

    /** Takes a place out of the open pixels; each pixel is on the stack once. @returns its size */
    private fill(start: number): number {
        const stack = this.stack
        const isOpen = this.isOpen
        stack[0] = start
        isOpen[start] = false
        let depth = 1
        let size = 0
        while (depth > 0) {
            depth--
            const at = stack[depth]
            size++
            const column = at & (SIDE - 1)
            if (column > 0 && isOpen[at - 1]) {
                isOpen[at - 1] = false
                stack[depth] = at - 1
                depth++
            }
            if (column < SIDE - 1 && isOpen[at + 1]) {
                isOpen[at + 1] = false
                stack[depth] = at + 1
                depth++
            }
            if (at >= SIDE && isOpen[at - SIDE]) {
                isOpen[at - SIDE] = false
                stack[depth] = at - SIDE
                depth++
            }
            if (at < PIXELS - SIDE && isOpen[at + SIDE]) {
                isOpen[at + SIDE] = false
                stack[depth] = at + SIDE
                depth++
            }
        }
        return size
    }
}
