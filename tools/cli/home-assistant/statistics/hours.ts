/**
 * Mean, least and greatest value of each channel and hour, from times of sampling. Readings come in any
 * order, days late too: an hour whose figures changed waits to be told, and one that
 * was told is kept for a while, as more of its readings may come.
 */

/** Unit: h since 1970, UTC. */
export type Hour = number

export const HOUR_MS = 3_600_000
/** Told hours of a channel that are kept. A node that is away adds none, so that they wait for its return. */
const KEPT_HOURS = 6
/** Hours that may wait, of all channels. */
const MAX_WAITING = 100_000

interface Figures {
    count: number
    /** In the channel's unit, as all below. */
    sum: number
    min: number
    max: number
    /** Whether it changed since it was told. */
    waits: boolean
}

export interface HourMean {
    readonly hour: Hour
    readonly mean: number
    readonly min: number
    readonly max: number
    /** Readings it is made of. */
    readonly count: number
}

interface Series {
    readonly hours: Map<Hour, Figures>
    /** Hours that were told and dropped, as ranges in order: what comes for them now would replace a whole hour by a part. */
    readonly dropped: [from: Hour, to: Hour][]
}

/** JSON of {@link HourBook}. */
export type SavedHours = readonly {
    readonly key: string
    readonly hours: readonly (readonly [Hour, number, number, number, number, 0 | 1])[]
    readonly dropped: readonly (readonly [Hour, Hour])[]
}[]

export class HourBook {
    private readonly series = new Map<string, Series>()
    private waiting = 0

    static of(saved: SavedHours): HourBook {
        const book = new HourBook()
        for (const { key, hours, dropped } of saved) {
            const series = book.seriesOf(key)
            for (const [hour, count, sum, min, max, waits] of hours)
                book.put(series, hour, { count, sum, min, max, waits: waits === 1 })
            for (const [from, to] of dropped) series.dropped.push([from, to])
        }
        return book
    }

    saved(): SavedHours {
        return [...this.series].map(([key, { hours, dropped }]) => ({
            key,
            hours: [...hours].map(
                ([hour, { count, sum, min, max, waits }]) =>
                    [hour, count, sum, min, max, waits ? 1 : 0] as const
            ),
            dropped,
        }))
    }

    /**
     * @param key names the channel
     * @param value in its unit
     * @returns false when its hour was told so long ago that its figures are gone
     * @throws Error when too many hours wait
     */
    add(key: string, unixMs: number, value: number): boolean {
        const hour = Math.floor(unixMs / HOUR_MS)
        const series = this.seriesOf(key)
        const figures = series.hours.get(hour)
        if (figures === undefined) {
            if (series.dropped.some(([from, to]) => hour >= from && hour <= to)) return false
            if (this.waiting >= MAX_WAITING) throw new Error(`${MAX_WAITING} hours wait to be told`)
            this.put(series, hour, { count: 1, sum: value, min: value, max: value, waits: true })
            return true
        }
        figures.count++
        figures.sum += value
        figures.min = Math.min(figures.min, value)
        figures.max = Math.max(figures.max, value)
        if (!figures.waits) this.waiting++
        figures.waits = true
        return true
    }

    /** Channels with hours that wait and had ended by then, oldest hour first. */
    due(unixMs: number): Map<string, HourMean[]> {
        const due = new Map<string, HourMean[]>()
        const now = Math.floor(unixMs / HOUR_MS)
        for (const [key, { hours }] of this.series) {
            const ended = [...hours]
                .filter(([hour, { waits }]) => waits && hour < now)
                .sort(([a], [b]) => a - b)
                .map(([hour, { count, sum, min, max }]) => ({
                    ...{ hour, min, max, count },
                    mean: sum / count,
                }))
            if (ended.length > 0) due.set(key, ended)
        }
        return due
    }

    /** These were told as they were; hours that changed since wait on. */
    told(key: string, means: readonly HourMean[]): void {
        const series = this.seriesOf(key)
        for (const { hour, count } of means) {
            const figures = series.hours.get(hour)
            if (figures?.waits !== true || figures.count !== count) continue
            figures.waits = false
            this.waiting--
        }
        const told = [...series.hours].filter(([, { waits }]) => !waits).map(([hour]) => hour)
        told.sort((a, b) => a - b)
        for (const hour of told.slice(0, -KEPT_HOURS)) {
            series.hours.delete(hour)
            drop(series.dropped, hour)
        }
    }

    private put(series: Series, hour: Hour, figures: Figures): void {
        series.hours.set(hour, figures)
        if (figures.waits) this.waiting++
    }

    private seriesOf(key: string): Series {
        let series = this.series.get(key)
        if (series === undefined) {
            series = { hours: new Map(), dropped: [] }
            this.series.set(key, series)
        }
        return series
    }
}

/** Ranges that are kept; older ones are joined, with what lies between them. */
const MAX_RANGES = 50

function drop(ranges: [Hour, Hour][], hour: Hour): void {
    ranges.push([hour, hour])
    ranges.sort(([a], [b]) => a - b)
    for (let i = ranges.length - 1; i > 0; i--) {
        const [from, to] = ranges[i]
        const isNext = from <= ranges[i - 1][1] + 1
        if (!isNext) continue
        ranges[i - 1][1] = Math.max(ranges[i - 1][1], to)
        ranges.splice(i, 1)
    }
    if (ranges.length > MAX_RANGES) ranges.splice(0, 2, [ranges[0][0], ranges[1][1]])
}
