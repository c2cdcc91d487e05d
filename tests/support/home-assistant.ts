/**
 * Home Assistant's WebSocket API, as far as statistics need it, as strict as it is: keys that it does
 * not know are refused, hours must be whole, an import is taken first and done later.
 *
 * @see home-assistant/core: homeassistant/components/recorder/websocket_api.py and statistics.py,
 *   homeassistant/components/websocket_api/auth.py (release 2025.11 and before)
 */
import { type AddressInfo } from "node:net"
import { WebSocketServer, type WebSocket } from "ws"
import { z } from "zod"

export interface FakeSensor {
    readonly entityId: string
    readonly uniqueId: string
    /** Of its statistics; undefined: it has none yet. */
    unit?: string
    /** Of its statistics. */
    unitClass?: string | null
    hasSum?: boolean
}

export interface FakeRow {
    readonly mean: number
    readonly min: number
    readonly max: number
}

const Stats = z.array(
    z.strictObject({
        start: z.string(),
        mean: z.number().optional(),
        min: z.number().optional(),
        max: z.number().optional(),
        last_reset: z.string().nullable().optional(),
        state: z.number().optional(),
        sum: z.number().optional(),
    })
)
const OldMetadata = z.strictObject({
    has_mean: z.boolean(),
    has_sum: z.boolean(),
    name: z.string().nullable(),
    source: z.string(),
    statistic_id: z.string(),
    unit_of_measurement: z.string().nullable(),
})
const NewMetadata = z.strictObject({
    ...OldMetadata.shape,
    has_mean: z.boolean().optional(),
    mean_type: z.literal([0, 1, 2]),
    unit_class: z.string().nullable(),
})
const Period = z.strictObject({
    id: z.number(),
    type: z.string(),
    start_time: z.string(),
    end_time: z.string(),
    statistic_ids: z.array(z.string()).min(1),
    period: z.enum(["5minute", "hour", "day", "week", "month"]),
    units: z.record(z.string(), z.string().nullable()).optional(),
    types: z.array(z.string()).optional(),
})

class Refused extends Error {
    constructor(
        readonly code: string,
        message: string
    ) {
        super(message)
    }
}

export class FakeHomeAssistant {
    readonly token = "a-long-lived-token"
    version = "2026.10.1"
    isAdmin = true
    /** Imports that are taken and never done. */
    forgets = false
    /** Ends the connection at the request of this type. */
    hangsUpAt: string | undefined
    readonly sensors: FakeSensor[] = []
    /** Imports that were taken. */
    imports = 0
    private readonly statistics = new Map<string, Map<number, FakeRow>>()
    /** Reads that see the statistics as they were before. */
    private delay = 0

    private constructor(private readonly server: WebSocketServer) {
        server.on("connection", socket => this.greet(socket))
    }

    /** @param port 0: any that is free */
    static async start(port = 0): Promise<FakeHomeAssistant> {
        const server = new WebSocketServer({ host: "127.0.0.1", port, path: "/api/websocket" })
        await new Promise<void>(resolve => server.once("listening", resolve))
        return new FakeHomeAssistant(server)
    }

    get port(): number {
        return (this.server.address() as AddressInfo).port
    }

    get url(): string {
        return `http://127.0.0.1:${this.port}`
    }

    /** Rows of a sensor by hour, as ISO times. */
    rows(entityId: string): Record<string, FakeRow> {
        const rows = [...(this.statistics.get(entityId) ?? [])].sort(([a], [b]) => a - b)
        return Object.fromEntries(rows.map(([at, row]) => [new Date(at).toISOString(), row]))
    }

    async close(): Promise<void> {
        for (const client of this.server.clients) client.terminate()
        await new Promise<void>(resolve => this.server.close(() => resolve()))
    }

    private greet(socket: WebSocket): void {
        const say = (message: object) => socket.send(JSON.stringify(message))
        let isIn = false
        let lastId = 0
        say({ type: "auth_required", ha_version: this.version })
        socket.on("message", data => {
            const message = JSON.parse((data as Buffer).toString()) as Record<string, unknown>
            if (!isIn) {
                isIn = message.type === "auth" && message.access_token === this.token
                say(
                    isIn
                        ? { type: "auth_ok", ha_version: this.version }
                        : { type: "auth_invalid", message: "Invalid access token or password" }
                )
                if (!isIn) socket.close()
                return
            }
            const id = message.id as number
            if (message.type === this.hangsUpAt) {
                socket.terminate()
                return
            }
            try {
                if (id <= lastId)
                    throw new Refused("id_reuse", "Identifier values have to increase.")
                lastId = id
                say({ id, type: "result", success: true, result: this.answer(message) })
            } catch (e) {
                const code = e instanceof Refused ? e.code : "invalid_format"
                const { message: words } = e as Error
                say({ id, type: "result", success: false, error: { code, message: words } })
            }
        })
    }

    private answer(message: Record<string, unknown>): unknown {
        switch (message.type) {
            case "config/entity_registry/list":
                return [
                    { entity_id: "sensor.of_another", unique_id: 17, platform: "hue" },
                    ...this.sensors.map(({ entityId, uniqueId }) => ({
                        entity_id: entityId,
                        unique_id: uniqueId,
                        platform: "mqtt",
                    })),
                ]
            case "recorder/get_statistics_metadata":
                return this.metadata(z.array(z.string()).parse(message.statistic_ids))
            case "recorder/import_statistics":
                this.import(message)
                return null
            case "recorder/statistics_during_period":
                return this.during(Period.parse(message))
            default:
                throw new Refused("unknown_command", "Unknown command.")
        }
    }

    private metadata(ids: readonly string[]): unknown {
        return this.sensors
            .filter(({ entityId, unit }) => ids.includes(entityId) && unit !== undefined)
            .map(({ entityId, unit, unitClass = null, hasSum = false }) => ({
                statistic_id: entityId,
                source: "recorder",
                name: null,
                has_sum: hasSum,
                has_mean: !hasSum,
                ...(this.isNew ? { mean_type: hasSum ? 0 : 1 } : {}),
                unit_class: unitClass,
                display_unit_of_measurement: unit,
                statistics_unit_of_measurement: unit,
            }))
    }

    private get isNew(): boolean {
        return this.version >= "2025.11"
    }

    private import(message: Record<string, unknown>): void {
        if (!this.isAdmin) throw new Refused("unauthorized", "Unauthorized")
        const shape = this.isNew ? NewMetadata : OldMetadata
        const { statistic_id: id, source } = shape.parse(message.metadata)
        if (!/^[a-z_]+\.[a-z0-9_]+$/.test(id)) throw new Error("Invalid statistic_id")
        if (source !== "recorder") throw new Error("Invalid source")
        const stats = Stats.parse(message.stats)
        const rows = stats.map(({ start, mean = NaN, min = NaN, max = NaN }) => {
            if (!/(Z|[+-]\d\d:\d\d)$/.test(start)) throw new Error("Naive timestamp")
            if (Date.parse(start) % 3_600_000 !== 0) throw new Error("Invalid timestamp")
            return [Date.parse(start), { mean, min, max }] as const
        })
        this.imports++
        this.delay = 1
        if (this.forgets) return
        const known = this.statistics.get(id) ?? new Map<number, FakeRow>()
        for (const [at, row] of rows) known.set(at, row)
        this.statistics.set(id, known)
    }

    private during({ start_time, end_time, statistic_ids, units }: z.infer<typeof Period>) {
        if (units !== undefined && Object.keys(units).includes("null"))
            throw new Error("no such unit class")
        if (this.delay > 0) {
            this.delay--
            return {}
        }
        const from = Date.parse(start_time)
        const to = Date.parse(end_time)
        return Object.fromEntries(
            statistic_ids.map(id => [
                id,
                [...(this.statistics.get(id) ?? [])]
                    .filter(([at]) => at >= from && at < to)
                    .map(([at, { mean }]) => ({ start: at, end: at + 3_600_000, mean })),
            ])
        )
    }
}
