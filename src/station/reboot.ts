import * as ds from "@devicescript/core"
import { Station } from "./station.js"

/** Saves what can be saved and restarts the node. */
export async function reboot(station: Station): Promise<void> {
    await station.flush()
    const store = station.sinks.store
    if (store !== undefined) await store.planRestart()
    ds.reboot()
}
