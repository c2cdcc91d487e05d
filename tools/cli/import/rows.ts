/** Rows of a table as frames, as if a node had sent them. */
import { INT32_MAX, INT32_MIN } from "../../../src/core/fixed.js"
import { QUALITY_OK, QUALITY_SKIPPED } from "../../../src/core/quality.js"
import { type CsvRow } from "../../../sim/traces/csv.js"
import { type Schema } from "../../decoder/index.js"
import { type DeliveredFrame } from "../../receiver/index.js"
import { parseExactTime, type ExactTime } from "../csv/exact-time.js"
import { UsageError } from "../errors.js"
import { ticksOf } from "../pack/clock-plan.js"
import { quantise } from "../pack/column-plan.js"
import { RowStore } from "../pack/row-store.js"
import { scaleOf } from "../pack/step.js"
import { type SurveyResult } from "../pack/survey.js"
import { type ColumnChannel } from "./columns.js"

/** Rows of a frame. */
const FRAME_ROWS = 500
const NO_BYTES = new Uint8Array()

export interface ImportedNode {
    readonly site: string
    readonly node: string
    /** Tells this file from others of the node, 0 … 65,535. */
    readonly boot: number
}

interface PlainRow {
    readonly unixMs: number
    readonly values: readonly number[]
    readonly qualities: readonly number[]
}

export class TableFrames {
    readings = 0
    rows = 0
    private waiting: PlainRow[] = []
    private frames: DeliveredFrame[] = []
    private sequence = 0
    private readonly schema: Schema
    private readonly store: RowStore | undefined

    /** @throws UsageError when times are local or finer than 1 ms, or before 1970 */
    constructor(
        private readonly node: ImportedNode,
        private readonly survey: SurveyResult,
        channels: readonly ColumnChannel[],
        isSorted: boolean
    ) {
        const { clock, columns } = survey
        if (clock.form === "iso")
            throw new UsageError(
                "the times do not say their zone, and readings are kept in UTC: --zone Europe/Copenhagen"
            )
        if (clock.restNanos !== undefined)
            throw new UsageError("the times are finer than 1 ms, which day files cannot hold")
        this.schema = {
            id: 0,
            app: "",
            tickMs: clock.tickMs,
            text: "",
            channels: channels.map((channel, i) => {
                const [scaleNumerator, scaleDenominator] = scaleOf(columns[i].step)
                const limits = { min: INT32_MIN, max: INT32_MAX }
                return {
                    ...channel,
                    scaleNumerator,
                    scaleDenominator,
                    ...limits,
                    part: "",
                    calibration: 0,
                }
            }),
        }
        this.store = isSorted ? undefined : new RowStore(columns.length)
    }

    /** The survey has seen this row. */
    row({ cells }: CsvRow): void {
        const { clock, columns, positions, timeClock } = this.survey
        const time = parseExactTime(cells[0], timeClock) as ExactTime
        const texts = positions.map(position => cells[position])
        const values = texts.map((text, i) => (text === "" ? 0 : quantise(text, columns[i].step)))
        const qualities = texts.map(text => (text === "" ? QUALITY_SKIPPED : QUALITY_OK))
        const ticks = ticksOf(time, clock.tickMs)
        if (this.store === undefined) this.add(ticks, values, qualities)
        else this.store.add(ticks, values, qualities)
    }

    /** Frames that are complete. */
    take(): DeliveredFrame[] {
        return this.frames.splice(0)
    }

    /** The last ones, in the order of time. */
    finish(): DeliveredFrame[] {
        this.store?.inOrder(false, (ticks, values, qualities) => this.add(ticks, values, qualities))
        this.end()
        return this.take()
    }

    private add(ticks: number, values: readonly number[], qualities: readonly number[]): void {
        const unixMs = ticks * this.schema.tickMs
        this.rows++
        this.readings += qualities.filter(quality => quality === QUALITY_OK).length
        const [first] = this.waiting
        const isAnotherDay = first !== undefined && dayOf(first.unixMs) !== dayOf(unixMs)
        if (isAnotherDay || this.waiting.length === FRAME_ROWS) this.end()
        this.waiting.push({ unixMs, values: [...values], qualities: [...qualities] })
    }

    private end(): void {
        const rows = this.waiting
        if (rows.length === 0) return
        this.waiting = []
        const { schema } = this
        const { boot, ...node } = this.node
        this.frames.push({
            ...node,
            payload: NO_BYTES,
            schema,
            // How right the clock was that wrote them, nobody says.
            moments: rows.map(({ unixMs }) => ({ unixMs, uncertaintyMs: undefined })),
            // Day files are those of their own days.
            arrivedMs: rows[0].unixMs,
            frame: {
                schemaId: schema.id,
                bootId: boot,
                sequence: this.sequence++,
                unixTime: true,
                channels: schema.channels.length,
                rows: rows.length,
                times: rows.map(({ unixMs }) => unixMs),
                values: rows.flatMap(({ values }) => values),
                qualities: rows.flatMap(({ qualities }) => qualities),
            },
        })
    }
}

function dayOf(unixMs: number): number {
    return Math.floor(unixMs / 86_400_000)
}
