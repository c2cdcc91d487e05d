import * as ds from "@devicescript/core"
import { Bytes } from "../core/bytes.js"
import { PLAIN_ROW_MOST_BYTES } from "../core/frame/plain-row.js"
import { FrameLog } from "../core/outbox/log.js"
import { StoreOutbox } from "../core/outbox/store-outbox.js"
import { restartOf } from "../core/protocol/restart.js"
import { copiesBytes } from "../calibration/copied-records.js"
import { MemoryPart, StationStore, StoreOpener } from "./station-store.js"
import { pause, sleep } from "../scheduler/scheduler.js"

/** Room for the longest row and its header in the journal, and for two checkpoints. */
const SCRATCH_BYTES = PLAIN_ROW_MOST_BYTES + 13
/** How often the part is looked for at boot, and how long apart, ms. */
const ATTEMPTS = 3
const ATTEMPT_MS = 100

/**
 * Lets readings wait for the network in an FRAM or EEPROM, where they outlive
 * power cuts. A node without the part works from RAM, so an app can always name one.
 *
 *     store: storeIn(new MB85RC256V(bus))
 *
 * @param spareBytes RAM for frames while the part fails; default by board and columns
 * @param keptBytes last bytes of the part that are for somebody else, see deep-sleep.ts; a node with it has no calibration
 */
export function storeIn(part: MemoryPart, spareBytes?: number, keptBytes?: number): StoreOpener {
    return async (usualBytes, hasCopies) => {
        const reserved = hasCopies ? copiesBytes(part) : (keptBytes ?? 0)
        const outbox = await open(part, spareBytes ?? usualBytes, reserved)
        return outbox === undefined ? undefined : new DurableStore(outbox, part)
    }
}

async function open(part: MemoryPart, spareBytes: number, reserved: number): Promise<StoreOutbox> {
    const log = new FrameLog(part, Buffer.alloc(SCRATCH_BYTES), pause, reserved)
    const outbox = new StoreOutbox(log, {
        spare: Buffer.alloc(spareBytes),
        alloc: length => Buffer.alloc(length),
        millis: () => ds.millis(),
        pause: pause,
    })
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (await outbox.reach()) return outbox
        await sleep(ATTEMPT_MS)
    }
    console.warn("station: readings wait in RAM only: " + outbox.lastError)
    return undefined
}

/** What a node remembers across boots, in 160 B: why it restarted itself ({@link restartOf}, 0 = it did not), then command ids, then a tail. */
const MEMORY_BYTES = 160

const NO_TAIL = Buffer.alloc(0)

class DurableStore implements StationStore {
    resetCause = "power"

    tail = NO_TAIL
    private memory = Buffer.alloc(MEMORY_BYTES)
    private memoryLength = 1

    constructor(
        readonly outbox: StoreOutbox,
        readonly part: MemoryPart
    ) {}

    async journalRows(
        visit: (bytes: Bytes, from: number, length: number) => Promise<void>
    ): Promise<void> {
        await this.outbox.log.journalRows(visit)
    }

    async recall(): Promise<Buffer> {
        const memory = this.memory
        const log = this.outbox.log
        this.memoryLength = await log.load(log.memory, memory)
        if (this.memoryLength === 0) {
            this.memoryLength = 1
            return undefined
        }
        if (memory[0] !== 0) {
            this.resetCause = restartOf(memory[0])
            memory[0] = 0
            await this.saveMemory()
        }
        return memory.slice(1, this.memoryLength)
    }

    async keepIds(ids: Buffer, length: number): Promise<void> {
        const tail = this.tail
        let from = 0
        while (length - from > MEMORY_BYTES - 1 - tail.length) from += 1 + ids[from]
        // What another fiber is writing does not change.
        const memory = Buffer.alloc(MEMORY_BYTES)
        memory[0] = this.memory[0]
        memory.blitAt(1, ids, from, length - from)
        memory.blitAt(1 + length - from, tail, 0, tail.length)
        this.memory = memory
        this.memoryLength = 1 + length - from + tail.length
        await this.saveMemory()
    }

    async keepTail(tail: Buffer): Promise<void> {
        const ids = this.memory.slice(1, this.memoryLength - this.tail.length)
        this.tail = tail
        await this.keepIds(ids, ids.length)
    }

    async planRestart(cause: string): Promise<void> {
        this.memory[0] = cause.charCodeAt(0)
        await this.saveMemory()
    }

    statusText(): string {
        const outbox = this.outbox
        const log = outbox.log
        return (
            '{"part":"' +
            this.part.name +
            '","bytes":' +
            this.part.size +
            ',"used":' +
            log.used +
            ',"recovered":' +
            log.recovered +
            ',"torn":' +
            log.torn +
            ',"errors":' +
            outbox.errors +
            "}"
        )
    }

    private async saveMemory(): Promise<void> {
        await this.outbox.saveMemory(this.memory, this.memoryLength)
    }
}
