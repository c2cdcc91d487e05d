/** Where each sink is in the journal, in a file each. */
import { createHash } from "node:crypto"
import { mkdir, readFile, readdir } from "node:fs/promises"
import path from "node:path"
import { replaceFile } from "./journal/durable.js"
import { type Position } from "./journal/segment.js"

/** The journal is kept for a sink that was not there since then, ms. */
const KEPT_FOR_MS = 7 * 24 * 3_600_000

export interface SinkPlace {
    readonly id: string
    readonly position: Position
    /** What the sink said at its last commit. */
    readonly committed: unknown
    /** Unix ms. */
    readonly at: number
}

export class SinkPlaces {
    private readonly places = new Map<string, SinkPlace>()

    private constructor(private readonly folder: string) {}

    static async open(folder: string): Promise<SinkPlaces> {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const places = new SinkPlaces(folder)
        for (const file of await readdir(folder)) {
            if (!file.endsWith(".json")) continue
            const place = JSON.parse(await readFile(path.join(folder, file), "utf8")) as SinkPlace
            places.places.set(place.id, place)
        }
        return places
    }

    /** @returns undefined for a sink that never committed */
    of(id: string): SinkPlace | undefined {
        return this.places.get(id)
    }

    /** Resolves when it is on disk. */
    async commit(id: string, position: Position, committed: unknown): Promise<void> {
        const place: SinkPlace = { id, position, committed, at: Date.now() }
        const name = createHash("sha256").update(id).digest("hex").slice(0, 16)
        await replaceFile(path.join(this.folder, `${name}.json`), [JSON.stringify(place)])
        this.places.set(id, place)
    }

    /** The first segment that a sink still needs. */
    get firstSegment(): number {
        const since = Date.now() - KEPT_FOR_MS
        const needed = [...this.places.values()].filter(({ at }) => at >= since)
        return Math.min(Infinity, ...needed.map(({ position }) => position.segment))
    }
}
