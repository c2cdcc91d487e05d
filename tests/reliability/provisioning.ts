/** Settings for a node of a testbed, written over USB as the command line does. */
import { NodeLink } from "../../sim/jacdac/node-link.js"
import { type SettingValues } from "../../tools/cli/settings/keys.js"
import { ConnectedNode } from "../../tools/cli/settings/connected-node.js"
import { provision } from "../../tools/cli/settings/provision.js"
import { type Testbed } from "./testbed.js"

/** Writes the settings and restarts the node, which then uses them. */
export async function provide(
    { node, world }: Pick<Testbed, "node" | "world">,
    settings: SettingValues
): Promise<void> {
    const link = new NodeLink(world, node)
    const record = { v: 1 as const, device: node.deviceId, settings, program: null }
    await link.during(
        ConnectedNode.open(link, node.deviceId).then(store =>
            provision(store, record, { program: undefined, restart: true, note: () => undefined })
        )
    )
}
