/** What Home Assistant calls the kind of a channel; its classes of quantities are in quantities.ts. */
import { type SchemaChannel } from "../../decoder/index.js"
import { homeAssistantClass, unitSign } from "../quantities.js"

/** Where Home Assistant writes a unit in another way than people do. */
const SPELLINGS: Readonly<Record<string, string>> = { "%RH": "%" }

/** Quantities that only grow, and start again at 0 when the node does. */
const COUNTERS = /(count|total)$/i

export interface EntityKind {
    readonly device_class?: string
    readonly unit_of_measurement?: string
    readonly state_class?: "measurement" | "total_increasing"
}

/** What Home Assistant needs to know about the kind of a channel. */
export function kindOf(channel: SchemaChannel): EntityKind {
    const unit = SPELLINGS[channel.unit] ?? unitSign(channel.unit)
    const unitOnly = unit === "" ? {} : { unit_of_measurement: unit }
    // A deviation is no temperature: 1 °C of it is 1.8 °F, not 33.8 °F.
    if (channel.name.endsWith("_deviation")) return { ...unitOnly, state_class: "measurement" }
    const found = homeAssistantClass(channel.quantity, unit)
    const device = found === undefined ? {} : { device_class: found.name }
    if (COUNTERS.test(channel.quantity))
        return { ...device, ...unitOnly, state_class: "total_increasing" }
    if (found !== undefined && "stateClass" in found)
        return {
            ...device,
            ...unitOnly,
            ...(found.stateClass === undefined ? {} : { state_class: found.stateClass }),
        }
    return { ...device, ...unitOnly, state_class: "measurement" }
}
