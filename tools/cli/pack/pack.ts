/** Packs a CSV file: a survey, then frames, in two passes over the file. */
import { QUALITY_OK, QUALITY_SKIPPED } from "../../../src/core/quality.js"
import type { CsvRow } from "../../../sim/traces/csv.js"
import { type ReadAs } from "../csv/reading.js"
import { restOf, ticksOf } from "./clock-plan.js"
import { quantise } from "./column-plan.js"
import { stepText } from "./column-survey.js"
import { ContainerWriter, type ByteSink } from "./container.js"
import { CostMeter } from "./cost-meter.js"
import { type CsvSource } from "../csv/source.js"
import { parseExactTime, type ExactTime } from "../csv/exact-time.js"
import { Framer, type FrameLimits } from "./framer.js"
import { schemaIdOf, schemaOf, tableOf } from "./layout.js"
import { RowStore } from "./row-store.js"
import { readTwice, type PassOptions } from "./passes.js"
import { type SurveyResult } from "./survey.js"

export interface PackOptions extends PassOptions, FrameLimits {
    /** Whether to find out what each column costs, which takes a packing for each. */
    readonly costs: boolean
}

export interface ChannelReport {
    readonly name: string
    /** As decimal text. */
    readonly step: string
    readonly readings: number
    readonly gaps: number
    /** Bits of all frames minus bits when this channel is left out; absent without costs. */
    readonly bits?: number
    /** The same per reading; null without readings. */
    readonly bitsPerReading?: number | null
}

/** What `--json` prints. */
export interface PackReport {
    readonly file: string
    readonly channels: number
    readonly rows: number
    readonly readings: number
    readonly gaps: number
    readonly frames: number
    /** Of the frames alone. */
    readonly bytes: number
    readonly containerBytes: number
    /** Null without readings. */
    readonly bitsPerReading: number | null
    readonly csvBytes: number
    /** How the file was written, where it is not as in any plain CSV. */
    readonly readAs: ReadAs
    /** Unit of the frames' times, ms. */
    readonly tickMs: number
    readonly perChannel: readonly ChannelReport[]
}

/**
 * @throws TraceError naming file, line and column; UsageError for options that
 * do not fit the file; Interrupted
 */
export async function packCsv(
    source: CsvSource,
    options: PackOptions,
    sink: ByteSink
): Promise<PackReport> {
    let packer: Packer | undefined
    const { bytes, readAs } = await readTwice(source, options, survey => {
        packer = new Packer(survey, options, sink)
        const known = packer
        return { row: row => known.row(row) }
    })
    // Set in the second pass, without which that had thrown.
    return (packer as Packer).finish(source.name, bytes, readAs)
}

class Packer {
    private readonly container: ContainerWriter
    private readonly framer: Framer
    private readonly costs: readonly CostMeter[]
    private readonly store: RowStore | undefined
    private readonly values: number[]
    private readonly qualities: number[]
    private readonly readings: number[]

    constructor(
        private readonly survey: SurveyResult,
        private readonly options: PackOptions,
        sink: ByteSink
    ) {
        const { clock, columns } = survey
        const schema = schemaOf(survey)
        const table = tableOf(survey)
        const channels = columns.length + (clock.restNanos === undefined ? 0 : 1)
        const id = schemaIdOf(schema)
        const container = new ContainerWriter(sink)
        container.records(schema, table)
        this.container = container
        this.framer = new Framer(channels, id, clock.isUnix, options, {
            boot: (bootId, epoch) => container.boot(bootId, epoch),
            frame: frame => container.frame(frame),
        })
        this.costs =
            options.costs && channels > 1
                ? columns.map((_, i) => new CostMeter(i, channels, id, clock.isUnix, options))
                : []
        this.store = options.sort ? new RowStore(channels) : undefined
        this.values = new Array<number>(channels).fill(0)
        this.qualities = new Array<number>(channels).fill(QUALITY_OK)
        this.readings = columns.map(() => 0)
    }

    /** The survey has seen this row, so its cells are as they should be. */
    row({ cells }: CsvRow): void {
        const { clock, columns, positions, timeClock } = this.survey
        const time = parseExactTime(cells[0], timeClock) as ExactTime
        columns.forEach((column, i) => {
            const cell = cells[positions[i]]
            this.qualities[i] = cell === "" ? QUALITY_SKIPPED : QUALITY_OK
            this.values[i] = cell === "" ? 0 : quantise(cell, column.step)
            if (cell !== "") this.readings[i]++
        })
        if (clock.restNanos !== undefined)
            this.values[columns.length] = restOf(time, clock.restNanos)
        const ticks = ticksOf(time, clock.tickMs)
        if (this.store === undefined) this.add(ticks, this.values, this.qualities)
        else this.store.add(ticks, this.values, this.qualities)
    }

    finish(file: string, csvBytes: number, readAs: ReadAs): PackReport {
        const { clock, columns, rows } = this.survey
        this.store?.inOrder(clock.restNanos !== undefined, (ticks, values, qualities) =>
            this.add(ticks, values, qualities)
        )
        this.framer.end()
        for (const meter of this.costs) meter.end()
        this.container.end(rows)
        const readings = this.readings.reduce((sum, count) => sum + count, 0)
        const { frames, frameBytes } = this.container
        return {
            file,
            channels: columns.length,
            rows,
            readings,
            gaps: rows * columns.length - readings,
            frames,
            bytes: frameBytes,
            containerBytes: this.container.bytes,
            bitsPerReading: perReading(8 * frameBytes, readings),
            csvBytes,
            tickMs: clock.tickMs,
            readAs,
            perChannel: columns.map((_, i) => this.channelReport(i)),
        }
    }

    private add(ticks: number, values: number[], qualities: number[]): void {
        this.framer.add(ticks, values, qualities)
        for (const meter of this.costs) meter.add(ticks, values, qualities)
    }

    /** A lone channel is all that there is. */
    private costOf(index: number): number | undefined {
        if (!this.options.costs) return undefined
        const all = 8 * this.container.frameBytes
        return this.costs.length === 0 ? all : all - 8 * this.costs[index].frameBytes
    }

    private channelReport(index: number): ChannelReport {
        const { name, step } = this.survey.columns[index]
        const readings = this.readings[index]
        const report = {
            name,
            step: stepText(step),
            readings,
            gaps: this.survey.rows - readings,
        }
        const bits = this.costOf(index)
        if (bits === undefined) return report
        return { ...report, bits, bitsPerReading: perReading(bits, readings) }
    }
}

function perReading(bits: number, readings: number): number | null {
    return readings === 0 ? null : bits / readings
}
