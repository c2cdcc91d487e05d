/** `suitcase kit list`: sites, kits and nodes as a table of 80 columns. */
import Table from "cli-table3"
import { type KitNode } from "../../kit/kit.js"
import { intervalSeconds } from "../../kit/program.js"
import { Secrets } from "../../kit/secrets.js"
import { EXIT_OK } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"
import { openKit, type KitFlags } from "./open.js"

/** @returns the exit code @throws KitError, UsageError */
export async function listKit(flags: KitFlags, terminal: Terminal): Promise<number> {
    const kit = await openKit(flags.file)
    const secrets = Secrets.read(kit.folder, text => line(terminal.err, `suitcase: ${text}`))
    if (flags.json === true) {
        const nodes = kit.nodes.map(node => asJson(node, secrets.missing(node)))
        line(terminal.out, JSON.stringify({ file: kit.file, nodes }))
        return EXIT_OK
    }
    const { colors, out } = terminal
    const table = new Table({
        head: ["site / kit", "node", "board", "program", "secrets"].map(title =>
            colors.bold(title)
        ),
        colWidths: [13, 13, 17, 18, 13],
        style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
        wordWrap: true,
        wrapOnWordBoundary: true,
    })
    let before = ""
    for (const node of kit.nodes) {
        const place = `${node.site} / ${node.kit}`
        const missing = secrets.missing(node)
        table.push([
            place === before ? "" : place,
            node.name,
            node.board.id,
            programText(node),
            missing.length === 0
                ? colors.green("all there")
                : colors.yellow(`no ${missing.map(kindOf).join(", ")}`),
        ])
        before = place
    }
    line(out, table.toString())
    line(
        out,
        `${counted(kit.sites.length, "site")}, ${counted(kit.kits.length, "kit")}, ${counted(kit.nodes.length, "node")}`
    )
    return EXIT_OK
}

/** Names of secrets are long; which ones they are, --json tells. */
function kindOf(missing: string): string {
    return /^[A-Z]/.test(missing) ? "Wi-Fi" : missing
}

function programText({ program }: KitNode): string {
    return program.kind === "app"
        ? `app ${program.name}`
        : program.sensors.map(({ part }) => part.folder).join(" ")
}

function asJson(node: KitNode, missingSecrets: readonly string[]): object {
    const { name, title, site, kit, board, device, program, place, notification } = node
    return {
        node: name,
        title,
        site,
        kit,
        board: board.id,
        device: device ?? null,
        place: place ?? null,
        app: program.kind === "app" ? program.name : null,
        sensors:
            program.kind === "app"
                ? []
                : program.sensors.map(({ part, partName, address, pin, channels }) => ({
                      part: part.folder,
                      name: partName,
                      address: address === 0 ? null : address,
                      pin: pin ?? null,
                      channels: channels.map(channel => channel.name),
                  })),
        intervalSeconds: intervalSeconds(node) ?? null,
        notification,
        missingSecrets,
    }
}
