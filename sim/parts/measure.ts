/** What a part costs on the bus, measured in the VM on virtual time: the same figures every time. */
import { type RigChannel } from "./driver-rig.js"
import { type PartModel } from "../../src/drivers/shared/part-model.js"
import { isOnPin } from "./catalogue.js"
import { PartBench } from "./part-bench.js"
import { type PartProgram } from "./part-program.js"

export interface PartFigures {
    /** From power-up of node and part to the first complete reading, ms; the boot of the node takes 10 of them. */
    readonly firstReadingMs: number
    /** One sample, waits included, ms. */
    readonly sampleMs: number
    /** Transfers of one sample. */
    readonly transfers: number
    /** Time of one sample on the bus at 100 kHz, µs. */
    readonly busUs: number
    /** What the driver declares. */
    readonly channels: readonly RigChannel[]
}

/** Samples often enough to see the first reading come, ms. */
const OFTEN_MS = 100
/** A part that gives no reading within this time gives none, ms. */
const LIMIT_MS = 300_000

/** @throws Error when the part gives no complete reading */
export async function measurePart(program: PartProgram): Promise<PartFigures> {
    const { part } = program
    // Rates on a pin need a time over which to count.
    const cold = new PartBench<PartModel>(program, isOnPin(part) ? {} : { everyMs: OFTEN_MS })
    let sample = await cold.sample()
    while (!sample.isComplete) {
        if (sample.at > LIMIT_MS * 1000) throw new Error(`${part.folder} gives no reading`)
        sample = await cold.sample()
    }
    const firstReadingMs = Math.round(sample.at / 1000)
    const warm = await PartBench.warm<PartModel>(program)
    let busUs = 0
    warm.rig.node.bus.onTransfer = ({ durationUs }) => (busUs += durationUs)
    const { ms, transfers } = await warm.sample()
    return { firstReadingMs, sampleMs: ms, transfers, busUs, channels: warm.channels() }
}
