import { NodeClock } from "../uplink/clock.js"
import { StationStore } from "./station-store.js"
import { Outbox } from "../core/outbox/outbox.js"

/**
 * Starts the node's clock at boot and keeps its time. An interface, so that apps
 * without a clock part do not carry it.
 *
 * @param recorder knows the boot id, and the store that knows why the node started
 * @param outbox takes a clock anchor record when the clock was started
 */
export type ClockKeeper = (
    clock: NodeClock,
    recorder: { boot: number; readonly options: { readonly store: StationStore } },
    outbox: Outbox
) => Promise<void>
