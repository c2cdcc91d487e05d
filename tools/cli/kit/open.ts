/** The kit file that a command works with. */
import path from "node:path"
import { KIT_FILE, projectRoot } from "../../../sim/program/project.js"
import { type Kit, type KitNode } from "../../kit/kit.js"
import { didYouMean } from "../../kit/near.js"
import { readKit } from "../../kit/read-kit.js"
import { UsageError } from "../errors.js"

/** Flags of all commands of `suitcase kit`. */
export interface KitFlags {
    readonly file?: string
    readonly json?: true
}

/** @param file as typed; default that of the project @throws UsageError, KitError */
export function openKit(file: string | undefined): Promise<Kit> {
    return readKit(file ?? path.join(projectRoot(), KIT_FILE))
}

/** @throws UsageError naming those that there are */
export function nodeCalled(name: string, kit: Kit): KitNode {
    const node = kit.nodes.find(candidate => candidate.name === name)
    if (node !== undefined) return node
    const names = kit.nodes.map(candidate => candidate.name)
    const near = didYouMean(name, names, `; there are ${names.join(", ")}`)
    throw new UsageError(`there is no node "${name}" in ${path.basename(kit.file)}${near}`)
}
