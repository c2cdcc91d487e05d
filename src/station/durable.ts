import * as ds from "@devicescript/core"
import { ByteStore } from "../core/byte-store.js"
import { PLAIN_ROW_MOST_BYTES } from "../core/frame/plain-row.js"
import { FrameLog } from "../uplink/store/log.js"
import { StoreOutbox } from "../uplink/store/store-outbox.js"
import { RecentIds } from "../uplink/wire/commands.js"

/** Room for the longest row and its header in the journal, and for two checkpoints. */
const SCRATCH_BYTES = PLAIN_ROW_MOST_BYTES + 13
/** Where the part is looked for at boot, and how long apart, ms. */
const ATTEMPTS = 3
const ATTEMPT_MS = 100

/** A memory part that says what it is. */
export interface MemoryPart extends ByteStore {
    readonly name: string
}

/**
 * The outbox in a memory part.
 * @param spareBytes RAM for frames while the part fails
 * @returns undefined when no such part answers: a node without one works from RAM
 */
export async function openStore(part: MemoryPart, spareBytes: number): Promise<StoreOutbox> {
    const pause = async () => {
        await ds.sleep(0)
    }
    const log = new FrameLog(part, Buffer.alloc(SCRATCH_BYTES), pause)
    const outbox = new StoreOutbox(log, {
        spare: Buffer.alloc(spareBytes),
        millis: () => ds.millis(),
        pause,
    })
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        await outbox.open()
        if (outbox.isAttached) return outbox
        await ds.sleep(ATTEMPT_MS)
    }
    console.warn("station: readings wait in RAM only: " + outbox.lastError)
    return undefined
}

/** What a node remembers across boots, in 160 B: a flag, then command ids. */
const MEMORY_BYTES = 160
const FLAG_PLANNED = 1

/** Ids of commands and whether a restart was wanted, kept in the store. */
export class NodeMemory {
    /** Why the node started: "command", or "power" (also a reset button, or a crash). */
    resetCause = "power"

    private readonly bytes = Buffer.alloc(MEMORY_BYTES)
    private length = 1

    constructor(private readonly outbox: StoreOutbox) {}

    /** Reads what was kept, and forgets that a restart was planned. */
    async load(recent: RecentIds): Promise<void> {
        this.length = await this.outbox.log.loadMemory(this.bytes)
        if (this.length === 0) {
            this.length = 1
            return
        }
        const ids = this.bytes.slice(1, this.length)
        recent.load(ids, ids.length)
        if (this.bytes[0] !== FLAG_PLANNED) return
        this.resetCause = "command"
        this.bytes[0] = 0
        await this.save()
    }

    /** @param ids as {@link RecentIds.save} gives them; the oldest that do not fit are left out */
    async keepIds(ids: Buffer, length: number): Promise<void> {
        let from = 0
        while (length - from > MEMORY_BYTES - 1) from += 1 + ids[from]
        this.length = 1 + length - from
        for (let i = from; i < length; i++) this.bytes[1 + i - from] = ids[i]
        await this.save()
    }

    async planRestart(): Promise<void> {
        this.bytes[0] = FLAG_PLANNED
        await this.save()
    }

    private async save(): Promise<void> {
        await this.outbox.saveMemory(this.bytes, this.length)
    }
}
