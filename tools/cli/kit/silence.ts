/** `suitcase kit silence`: no alarms of a node until a day; the kit file keeps its comments. */
import { changeKitFile } from "../../kit/edit.js"
import { notificationSchema } from "../../kit/schema.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { nodeCalled, openKit, type KitFlags } from "./open.js"

export async function silence(
    name: string,
    flags: KitFlags & { readonly until: string },
    terminal: Terminal
): Promise<number> {
    const kit = await openKit(flags.file)
    const node = nodeCalled(name, kit)
    const checked = notificationSchema.shape.silenced_until.safeParse(flags.until)
    if (!checked.success) throw new UsageError(`--until ${checked.error.issues[0].message}`)
    changeKitFile(kit.file, [...node.path, "notification", "silenced_until"], flags.until)
    line(terminal.out, `${name}: no alarms until ${flags.until}`)
    return EXIT_OK
}
