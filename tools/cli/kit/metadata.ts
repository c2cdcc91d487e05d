/** `suitcase kit metadata`: a line of JSON for each node, with the metadata of its device in OS2iot. */
import { deviceMetadata } from "../../kit/notification.js"
import { EXIT_OK } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { openKit, type KitFlags } from "./open.js"

export async function printMetadata(flags: KitFlags, terminal: Terminal): Promise<number> {
    for (const node of (await openKit(flags.file)).nodes) {
        const { name, site, title } = node
        line(
            terminal.out,
            JSON.stringify({ site, node: name, title, metadata: deviceMetadata(node) })
        )
    }
    return EXIT_OK
}
