/** What a frame log is to do, in plain objects; and the operations that tests run on both. */
import { FrameLog } from "../../src/core/outbox/log.js"
import { ENTRY_HEADER_BYTES, type StoreLayout, unitsOf } from "../../src/core/outbox/layout.js"
import { type ByteStore } from "../../src/core/byte-store.js"

export type Operation =
    | { readonly do: "append"; readonly bytes: readonly number[]; readonly closes: boolean }
    | { readonly do: "row"; readonly bytes: readonly number[] }
    | { readonly do: "release"; readonly count: number }
    | { readonly do: "anchor" | "memory"; readonly bytes: readonly number[] }

/** All that can be seen of a log. */
export interface LogState {
    readonly first: number
    readonly next: number
    readonly dropped: number
    /** By serial; those that could not be read are missing. */
    readonly entries: Readonly<Record<number, readonly number[]>>
    readonly rows: readonly (readonly number[])[]
    readonly anchor: readonly number[]
    readonly memory: readonly number[]
}

export const EMPTY: LogState = {
    first: 1,
    next: 1,
    dropped: 0,
    entries: {},
    rows: [],
    anchor: [],
    memory: [],
}

/** Kind of an entry in tests: tells from its contents. */
export function kindOf(bytes: readonly number[]): number {
    return bytes[0] & 15
}

/** A log with the smallest scratch buffer that this store allows, or 128 B. */
export function openLog(store: ByteStore): FrameLog {
    return new FrameLog(store, new Uint8Array(128), () => Promise.resolve())
}

/** @returns the result of the call: whether it was taken */
export async function perform(log: FrameLog, op: Operation): Promise<boolean> {
    switch (op.do) {
        case "append":
            return log.append(kindOf(op.bytes), op.bytes, 0, op.bytes.length, op.closes)
        case "row":
            return log.journalRow(op.bytes, op.bytes.length)
        case "release":
            await log.release(log.firstSerial + op.count - 1)
            return true
        case "anchor":
            await log.save(log.anchor, op.bytes, op.bytes.length)
            return true
        case "memory":
            await log.save(log.memory, op.bytes, op.bytes.length)
            return true
    }
}

/** The state after an operation, and the one in between when older entries give way first. */
export function expected(
    state: LogState,
    op: Operation,
    layout: StoreLayout
): { readonly after: LogState; readonly between: LogState } {
    const same = (after: LogState) => ({ after, between: state })
    switch (op.do) {
        case "row":
            return same({ ...state, rows: [...state.rows, op.bytes] })
        case "anchor":
            return same({ ...state, anchor: op.bytes })
        case "memory":
            return same({ ...state, memory: op.bytes })
        case "release": {
            const first = Math.min(state.first + op.count, state.next)
            return same(without(state, first, 0))
        }
        case "append": {
            const units = (bytes: number) => unitsOf(ENTRY_HEADER_BYTES + bytes, layout.grid)
            const needed = units(op.bytes.length)
            if (needed > layout.ringUnits) throw new RangeError("larger than the ring")
            let used = 0
            for (let s = state.first; s < state.next; s++) used += units(state.entries[s].length)
            let first = state.first
            while (used + needed > layout.ringUnits) used -= units(state.entries[first++].length)
            const between = without(state, first, first - state.first)
            const after = {
                ...between,
                next: between.next + 1,
                entries: { ...between.entries, [between.next]: op.bytes },
                rows: op.closes ? [] : between.rows,
            }
            return { after, between }
        }
    }
}

/** Everything a log gives. @throws Error when a kind does not fit its entry */
export async function stateOf(log: FrameLog): Promise<LogState> {
    const entries: Record<number, readonly number[]> = {}
    for (let serial = log.firstSerial; serial < log.nextSerial; serial++) {
        const length = await log.lengthOf(serial)
        if (length === 0) continue
        const bytes = new Array<number>(length).fill(0)
        const kind = log.kindOf()
        await log.read(serial, bytes, 0)
        if (kind !== kindOf(bytes)) throw new Error(`entry ${serial} has the kind ${kind}`)
        entries[serial] = bytes
    }
    const rows: number[][] = []
    await log.journalRows((bytes, from, length) => {
        rows.push(Array.from({ length }, (_, i) => bytes[from + i]))
        return Promise.resolve()
    })
    const record = async (load: (target: Uint8Array) => Promise<number>) => {
        const target = new Uint8Array(200)
        const length = await load(target)
        return [...target.subarray(0, length)]
    }
    return {
        first: log.firstSerial,
        next: log.nextSerial,
        dropped: log.dropped,
        entries,
        rows,
        anchor: await record(target => log.load(log.anchor, target)),
        memory: await record(target => log.load(log.memory, target)),
    }
}

function without(state: LogState, first: number, dropped: number): LogState {
    const entries = Object.fromEntries(
        Object.entries(state.entries).filter(([serial]) => Number(serial) >= first)
    )
    return { ...state, first, entries, dropped: state.dropped + dropped }
}
