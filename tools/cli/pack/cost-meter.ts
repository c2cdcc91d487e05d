/** What a column costs: how much shorter the frames are without it. */
import { Framer, type FrameLimits } from "./framer.js"

export class CostMeter {
    /** Of the frames without the channel, B. */
    frameBytes = 0

    private readonly framer: Framer
    private readonly values: number[]
    private readonly qualities: number[]

    /** @param left the channel that is left out, of at least two */
    constructor(
        private readonly left: number,
        channels: number,
        schemaId: number,
        isUnix: boolean,
        limits: FrameLimits
    ) {
        this.values = new Array<number>(channels - 1).fill(0)
        this.qualities = new Array<number>(channels - 1).fill(0)
        this.framer = new Framer(channels - 1, schemaId, isUnix, limits, {
            boot: () => undefined,
            frame: frame => (this.frameBytes += frame.length),
        })
    }

    add(ticks: number, values: readonly number[], qualities: readonly number[]): void {
        for (let from = 0, to = 0; from < values.length; from++) {
            if (from === this.left) continue
            this.values[to] = values[from]
            this.qualities[to] = qualities[from]
            to++
        }
        this.framer.add(ticks, this.values, this.qualities)
    }

    end(): void {
        this.framer.end()
    }
}
