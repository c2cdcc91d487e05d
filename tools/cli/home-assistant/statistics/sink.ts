/**
 * `suitcase listen --ha-statistics`: hours of readings by their time of sampling, in Home Assistant's long-term
 * statistics, those too that came late. Its place in the journal and the hours that still wait
 * are kept together, so that nothing is missing after a kill; an hour that is told twice is the same hour.
 */
import { toUnit } from "../../../../src/core/channel.js"
import { isGap } from "../../../../src/core/quality.js"
import { type DeliveredFrame, type Sink } from "../../../receiver/index.js"
import { counted } from "../../view/format.js"
import { entityIdOf } from "../topics.js"
import { kindOf } from "../units.js"
import { HomeAssistantApi } from "./api.js"
import { HourBook, type SavedHours } from "./hours.js"
import { findStatistics, importHours, untilThere } from "./importer.js"

/**
 * Home Assistant makes an hour's figures itself some seconds after its end. What is there
 * before is refused or replaced by them, so ours come later, ms.
 */
const AFTER_THE_HOUR_MS = 15 * 60_000
/** Between two attempts, ms. */
const ATTEMPT_MS = 60_000
/** Readings whose time may be wrong by more could belong to another hour, ms. */
const MAX_UNCERTAINTY_MS = 10 * 60_000
/** Sensors beyond are left out. */
const MAX_SENSORS = 20_000

interface Committed {
    readonly hours: SavedHours
    readonly units: readonly (readonly [uniqueId: string, unit: string])[]
}

export interface StatisticsOptions {
    /** Of `socketUrlOf`. */
    readonly url: string
    /** A long-lived access token of an administrator. */
    readonly token: string
    readonly note: (text: string) => void
    /** Unix time, ms. */
    readonly nowMs?: () => number
    /** Between two looks whether hours are there, ms. */
    readonly lookMs?: number
}

export class StatisticsSink implements Sink {
    readonly id: string
    readonly description: string
    private book = new HourBook()
    /** Unit of each sensor, by unique id. */
    private units = new Map<string, string>()
    private attemptedAt = -Infinity
    /** What was said last about not reaching it. */
    private problem: string | undefined
    private readonly said = new Set<string>()
    private late = 0
    private readonly nowMs: () => number

    constructor(private readonly options: StatisticsOptions) {
        this.id = `home-assistant-statistics:${options.url}`
        this.description = `statistics of Home Assistant at ${options.url}`
        this.nowMs = options.nowMs ?? Date.now
    }

    open(committed: unknown): Promise<void> {
        const { hours, units } = (committed ?? { hours: [], units: [] }) as Committed
        this.book = HourBook.of(hours)
        this.units = new Map(units)
        return Promise.resolve()
    }

    write(frames: readonly DeliveredFrame[]): Promise<void> {
        for (const frame of frames) this.take(frame)
        if (this.late > 0)
            this.say(
                `${counted(this.late, "reading")} came for hours that were written long before: ` +
                    "these hours stay as they are in Home Assistant; the day files have all"
            )
        return Promise.resolve()
    }

    async commit(): Promise<Committed> {
        const now = this.nowMs()
        const due = this.book.due(now - AFTER_THE_HOUR_MS)
        if (due.size > 0 && now - this.attemptedAt >= ATTEMPT_MS) {
            this.attemptedAt = now
            await this.tell(due).then(
                () => {
                    if (this.problem !== undefined)
                        this.options.note(`${this.description}: goes on`)
                    this.problem = undefined
                },
                (e: unknown) => this.explain((e as Error).message)
            )
        }
        return { hours: this.book.saved(), units: [...this.units] }
    }

    close(): Promise<void> {
        return Promise.resolve()
    }

    private take(frame: DeliveredFrame): void {
        const { schema, moments, frame: decoded } = frame
        const keys = schema.channels.map(channel => {
            const kind = kindOf(channel)
            if (kind.state_class !== "measurement") return undefined
            const uniqueId = entityIdOf(frame, channel.name)
            if (!this.units.has(uniqueId) && this.units.size >= MAX_SENSORS) {
                this.say(`more than ${MAX_SENSORS} sensors: further ones are left out`)
                return undefined
            }
            this.units.set(uniqueId, kind.unit_of_measurement ?? "")
            return uniqueId
        })
        for (let row = 0, cell = 0; row < decoded.rows; row++) {
            const { unixMs, uncertaintyMs } = moments[row]
            const isTimed = (uncertaintyMs ?? Infinity) <= MAX_UNCERTAINTY_MS
            for (let i = 0; i < keys.length; i++, cell++) {
                const key = keys[i]
                if (key === undefined || !isTimed || isGap(decoded.qualities[cell])) continue
                const value = toUnit(schema.channels[i], decoded.values[cell])
                if (!this.book.add(key, unixMs, value)) this.late++
            }
        }
    }

    private async tell(due: ReturnType<HourBook["due"]>): Promise<void> {
        const { url, token } = this.options
        const api = await HomeAssistantApi.connect(url, token)
        try {
            const units = new Map([...due.keys()].map(id => [id, this.units.get(id) ?? ""]))
            const { found, obstacles } = await findStatistics(api, units)
            for (const [uniqueId, words] of obstacles) {
                this.say(words)
                // For good: they would only grow.
                this.book.told(uniqueId, due.get(uniqueId) ?? [])
            }
            for (const [uniqueId, statistics] of found)
                await importHours(api, statistics, due.get(uniqueId) ?? [])
            for (const [uniqueId, statistics] of found) {
                const means = due.get(uniqueId) ?? []
                await untilThere(api, statistics, means, this.options.lookMs)
                this.book.told(uniqueId, means)
            }
        } finally {
            api.close()
        }
    }

    private explain(words: string): void {
        if (words !== this.problem)
            this.options.note(`${this.description}: ${words}; hours wait, and it is tried again`)
        this.problem = words
    }

    /** Once. */
    private say(words: string): void {
        const kind = words.replace(/^\d+ readings? /, "")
        if (this.said.has(kind)) return
        this.said.add(kind)
        this.options.note(`${this.description}: ${words}`)
    }
}
