/**
 * Writes hours into Home Assistant's long-term statistics, and reads them back: an import is
 * only put into a queue when Home Assistant says that it succeeded.
 */
import { z } from "zod"
import { counted } from "../../view/format.js"
import { ARITHMETIC, type HomeAssistantApi } from "./api.js"
import { HOUR_MS, type HourMean } from "./hours.js"

/** Hours of one request. */
const HOURS_AT_ONCE = 500
/** How often it is looked whether they are there. */
const LOOKS = 20
/** Between two looks, ms. */
const LOOK_MS = 500
/** What two writings of one number may differ by, relatively. */
const SAME = 1e-9

const Entities = z.array(
    z.looseObject({ entity_id: z.string(), unique_id: z.unknown(), platform: z.string() })
)
const Metadata = z.array(
    z.looseObject({
        statistic_id: z.string(),
        source: z.string(),
        has_sum: z.boolean(),
        has_mean: z.boolean().optional(),
        mean_type: z.number().optional(),
        unit_class: z.string().nullable().optional(),
        statistics_unit_of_measurement: z.string().nullable(),
    })
)
type Metadata = z.infer<typeof Metadata>[number]
const Rows = z.record(
    z.string(),
    z.array(z.looseObject({ start: z.number(), mean: z.number().nullable().optional() }))
)

/** A sensor of Home Assistant that has statistics in our unit. */
export interface Statistics {
    /** Entity id. */
    readonly id: string
    readonly metadata: Metadata
}

/** Why hours of a sensor cannot be written; undefined: they can, or could later. */
export type Obstacle = string | undefined

/**
 * Finds the statistics of sensors by their unique ids.
 *
 * @param units of each unique id, as its discovery config has it; "" = none
 * @returns those that can be written; obstacles of those that never can. What is in neither is not
 *   known to Home Assistant yet: it makes statistics some minutes after a sensor's first state.
 */
export async function findStatistics(
    api: HomeAssistantApi,
    units: ReadonlyMap<string, string>
): Promise<{ found: Map<string, Statistics>; obstacles: Map<string, string> }> {
    const entities = Entities.parse(await api.ask({ type: "config/entity_registry/list" }))
    const uniqueIds = new Map<string, string>()
    for (const { entity_id: id, unique_id: uniqueId, platform } of entities)
        if (platform === "mqtt" && typeof uniqueId === "string" && units.has(uniqueId))
            uniqueIds.set(id, uniqueId)
    const found = new Map<string, Statistics>()
    const obstacles = new Map<string, string>()
    if (uniqueIds.size === 0) return { found, obstacles }
    const answer = await api.ask({
        type: "recorder/get_statistics_metadata",
        statistic_ids: [...uniqueIds.keys()],
    })
    for (const metadata of Metadata.parse(answer)) {
        const id = metadata.statistic_id
        const uniqueId = uniqueIds.get(id)
        if (uniqueId === undefined) continue
        const obstacle = obstacleOf(metadata, units.get(uniqueId) ?? "")
        if (obstacle === undefined) found.set(uniqueId, { id, metadata })
        else obstacles.set(uniqueId, `${id}: ${obstacle}`)
    }
    return { found, obstacles }
}

function obstacleOf(metadata: Metadata, unit: string): Obstacle {
    const theirs = metadata.statistics_unit_of_measurement ?? ""
    if (theirs !== unit)
        return `its statistics are in "${theirs}", its readings in "${unit}"; change the unit of its statistics`
    const hasMean = metadata.mean_type === ARITHMETIC || metadata.has_mean === true
    if (metadata.has_sum || !hasMean) return "its statistics are no means"
    return undefined
}

/** Puts hours into Home Assistant's queue. @throws Error, HomeAssistantRefusal */
export async function importHours(
    api: HomeAssistantApi,
    { id, metadata }: Statistics,
    means: readonly HourMean[]
): Promise<void> {
    for (let from = 0; from < means.length; from += HOURS_AT_ONCE) {
        const part = means.slice(from, from + HOURS_AT_ONCE)
        await api.ask({
            type: "recorder/import_statistics",
            metadata: {
                statistic_id: id,
                source: metadata.source,
                name: null,
                has_sum: false,
                unit_of_measurement: metadata.statistics_unit_of_measurement,
                ...(api.namesMeans
                    ? { mean_type: ARITHMETIC, unit_class: metadata.unit_class ?? null }
                    : { has_mean: true }),
            },
            stats: part.map(({ hour, mean, min, max }) => ({
                start: timeOf(hour),
                ...{ mean, min, max },
            })),
        })
    }
}

/**
 * Resolves when the hours can be read.
 *
 * @param lookMs between two looks
 * @throws Error when they are not there after {@link LOOKS}, HomeAssistantRefusal
 */
export async function untilThere(
    api: HomeAssistantApi,
    { id, metadata }: Statistics,
    means: readonly HourMean[],
    lookMs = LOOK_MS
): Promise<void> {
    const unit = metadata.statistics_unit_of_measurement
    const unitClass = metadata.unit_class
    for (let look = 0; ; look++) {
        const answer = await api.ask({
            type: "recorder/statistics_during_period",
            start_time: timeOf(means[0].hour),
            end_time: timeOf(means[means.length - 1].hour + 1),
            statistic_ids: [id],
            period: "hour",
            types: ["mean"],
            // Otherwise in the unit that somebody chose to look at.
            ...(typeof unitClass === "string" ? { units: { [unitClass]: unit } } : {}),
        })
        const rows = new Map(
            (Rows.parse(answer)[id] ?? []).map(({ start, mean }) => [start, mean] as const)
        )
        const missing = means.filter(({ hour, mean }) => !isSame(rows.get(hour * HOUR_MS), mean))
        if (missing.length === 0) return
        if (look === LOOKS)
            throw new Error(
                `${id}: ${counted(missing.length, "hour")} not in the statistics ` +
                    `${(LOOKS * lookMs) / 1000} s after they were taken`
            )
        await new Promise(resolve => setTimeout(resolve, lookMs))
    }
}

function isSame(theirs: number | null | undefined, ours: number): boolean {
    if (typeof theirs !== "number") return false
    return Math.abs(theirs - ours) <= SAME * Math.max(Math.abs(ours), 1e-3)
}

function timeOf(hour: number): string {
    return new Date(hour * HOUR_MS).toISOString()
}
