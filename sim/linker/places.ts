/** The compiler's source map, position by position. */
import type { DebugInfo } from "../program/program.js"
import { type Place } from "./ir.js"

const NOWHERE: Place = { position: 0, length: 0 }

export class PlaceTable {
    private readonly starts: number[] = []
    private readonly places: Place[] = []

    constructor({ srcmap }: DebugInfo) {
        let position = 0
        let pc = 0
        for (let i = 0; i + 2 < srcmap.length; i += 3) {
            position += srcmap[i]
            pc += srcmap[i + 2]
            this.starts.push(pc)
            this.places.push({ position, length: srcmap[i + 1] })
        }
    }

    /** @returns where the instruction at this byte of the image comes from */
    at(pc: number): Place {
        let low = 0
        let high = this.starts.length
        while (low < high) {
            const middle = (low + high) >> 1
            if (this.starts[middle] <= pc) low = middle + 1
            else high = middle
        }
        return low === 0 ? NOWHERE : this.places[low - 1]
    }
}
