/** A board that was written, in the simulator. */
import { theBoard } from "../../sim/board/profile.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { programOfNode } from "../../tools/cli/apps.js"
import { compileFor } from "../../tools/cli/build/check.js"
import { kitOf } from "../kit/kit-bench.js"
import { KIT } from "./page-bench.js"

/** A node of the kit on its board, which has this store, with its sensor and a broker that lets it in. */
export async function booted(
    name: string,
    store: Uint8Array,
    sensor: RegisterModel
): Promise<{ readonly world: World; readonly sim: SimNode }> {
    const kit = await kitOf(KIT)
    const node = kit.nodes.find(candidate => candidate.name === name)
    if (node === undefined) throw new Error(`no node ${name}`)
    const world = new World()
    const broker = new VirtualBroker(world.clock, { users: { [name]: `secret of ${name}` } })
    world.network.defaultEndpoint = broker
    const sim = world.addNode({
        name,
        program: compileFor(node.board.id, await programOfNode(node)),
        board: { profile: theBoard(node.board.id) },
        flashed: store,
        sensors: [sensor],
    })
    return { world, sim }
}
