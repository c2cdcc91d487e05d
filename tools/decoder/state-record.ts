/** The state record of a node: its birth, its goodbye, and its last will. */
import {
    RESTART_COMMAND,
    RESTART_NETWORK,
    RESTART_STANDSTILL,
} from "../../src/core/protocol/restart.js"
import { RecordReader } from "./record.js"

/** Why nodes restart themselves. */
export const RESTARTS = [RESTART_COMMAND, RESTART_STANDSTILL, RESTART_NETWORK] as const

export interface NodeState {
    readonly online: boolean
    /** Boot id, 0 … 65,535. */
    readonly boot: number
    /** Only in a goodbye before a restart that the node makes itself: why. */
    readonly restart: (typeof RESTARTS)[number] | undefined
}

/**
 * @param payload the record as it was published
 * @throws RecordError naming the field that is wrong
 */
export function parseState(payload: Uint8Array): NodeState {
    const record = RecordReader.parse(payload, "state record")
    record.integer("v", 1, 1)
    return {
        online: record.boolean("online"),
        boot: record.integer("boot", 0, 65535),
        restart: record.has("restart") ? record.oneOf("restart", RESTARTS) : undefined,
    }
}
