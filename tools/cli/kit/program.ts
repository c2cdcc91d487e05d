/** `suitcase kit program`: what a node's list of sensors becomes. */
import { sourceImport } from "../../../sim/program/project.js"
import { stationSource } from "../../kit/program.js"
import { EXIT_OK } from "../errors.js"
import { type Terminal } from "../terminal.js"
import { nodeCalled, openKit, type KitFlags } from "./open.js"

export async function printProgram(
    name: string,
    flags: KitFlags,
    terminal: Terminal
): Promise<number> {
    const node = nodeCalled(name, await openKit(flags.file))
    const { program } = node
    const text =
        program.kind === "app"
            ? program.source
            : stationSource({ ...node, program }, file => sourceImport(file)).text
    terminal.out.write(text)
    return EXIT_OK
}
