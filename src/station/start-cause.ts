import * as ds from "@devicescript/core"
import { RESTART_UNKNOWN } from "../core/protocol/restart.js"
import { StationStore } from "./station-store.js"

/**
 * A board begins its program 1.1 s after its own start. One that begins later was started anew by the runtime,
 * 5 s after it had ended with an error, or was just put on the board.
 */
const LATEST_START_MS = 4000
const STARTED_AT_MS = ds.millis()

/** @param store undefined: none @returns why the node started, as in the status record */
export function causeOfStart(store: StationStore): string {
    if (STARTED_AT_MS > LATEST_START_MS) return "program"
    return store === undefined ? RESTART_UNKNOWN : store.resetCause
}
