import * as ds from "@devicescript/core"
import { RESTART_STANDSTILL } from "../core/protocol/restart.js"
import { Station } from "./station.js"

/** Saves what can be saved and restarts the node. @param cause RESTART_… */
export async function reboot(station: Station, cause: string): Promise<void> {
    try {
        // A station that stands still does not close its frame; with a store, the rows are kept.
        if (cause !== RESTART_STANDSTILL) await station.flush()
        const store = station.sinks.store
        if (store !== undefined) await store.planRestart(cause)
    } finally {
        ds.reboot()
    }
}
