/** The alarm record of a node: one alarm, as it is since its latest change. */
import { LEAF_ALARM } from "../../src/core/protocol/topics.js"
import { MAX_UNIX_MS, RecordError, RecordReader } from "./record.js"

const MAX_RECORD_BYTES = 1024
const NAME = /^[a-z0-9_]{1,32}$/

export interface NodeAlarm {
    /** From the topic: "full". */
    readonly name: string
    readonly isOn: boolean
    /** Changes of this alarm, 0 … 65,535, then 0 again; it begins anew with a restart of a node without a store. */
    readonly count: number
    /** Of the boot that sent it. */
    readonly boot: number
    /** When it changed, Unix ms; undefined when the node did not know the time, or it was before its restart. */
    readonly time: number | undefined
    /** The channel that is watched. */
    readonly channel: string
    /** Value at the change, in the channel's integers; undefined when it was before the node's restart. */
    readonly value: number | undefined
    /** In the channel's integers. */
    readonly limit: number
}

/** @returns whether a leaf is that of an alarm */
export function isAlarmLeaf(leaf: string): boolean {
    return leaf.startsWith(LEAF_ALARM)
}

/**
 * @param leaf of the topic: "alarm/full"
 * @param payload the record as it was published
 * @throws RecordError naming the field that is wrong
 */
export function parseAlarm(leaf: string, payload: Uint8Array): NodeAlarm {
    const name = leaf.slice(LEAF_ALARM.length)
    if (!NAME.test(name)) throw new RecordError("alarm record: its topic has no name of an alarm")
    const record = RecordReader.parse(payload, "alarm record", MAX_RECORD_BYTES)
    record.integer("v", 1, 1)
    const uptime = record.integer("uptime", 0, Number.MAX_SAFE_INTEGER)
    const epoch = record.integer("epoch", 0, MAX_UNIX_MS)
    const int32 = (field: string) => record.integer(field, -2147483648, 2147483647)
    return {
        name,
        isOn: record.boolean("on"),
        count: record.integer("count", 0, 65535),
        boot: record.integer("boot", 0, 65535),
        time: epoch === 0 || uptime === 0 ? undefined : epoch + uptime,
        channel: record.text("channel"),
        // Early firmware says 0 there.
        value: uptime === 0 ? undefined : int32("value"),
        limit: int32("limit"),
    }
}
