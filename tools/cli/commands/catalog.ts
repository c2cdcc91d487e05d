/** `suitcase catalog`: records of the datasets of a kit file. */
import { Command, Option } from "commander"
import { asJsonLd, asTurtle, catalogOf, type Described } from "../../kit/catalog.js"
import { type KitNode } from "../../kit/kit.js"
import { programOfNode, surroundingsOf } from "../apps.js"
import { schemaOfProgram } from "../decoder/schema.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { openKit } from "../kit/open.js"
import { showing, type Terminal } from "../terminal.js"

const HELP = `
The records follow DCAT-AP-DK 2.0: a catalogue with a dataset for each node, its
place, licence, contact, distribution, and the channels with their units. What
they say beside that stands under catalog in the kit file.

Examples:
  suitcase catalog > catalog.jsonld
  suitcase catalog --format turtle > catalog.ttl

Exit codes: 0 done · 2 wrong use, or the kit file is wrong or says too little`

interface CatalogFlags {
    readonly file?: string
    readonly format: "jsonld" | "turtle"
}

export function catalogCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("catalog")
        .summary("describe the datasets of the nodes (DCAT-AP-DK)")
        .description("Prints records of the datasets of the kit file, for data portals.")
        .option("--file <file>", "kit file, or the folder that it is in")
        .addOption(
            new Option("--format <format>", "form of the records")
                .choices(["jsonld", "turtle"])
                .default("jsonld")
        )
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (flags: CatalogFlags) => finish(await catalog(flags, terminal)))
}

async function catalog(flags: CatalogFlags, terminal: Terminal): Promise<number> {
    const kit = await openKit(flags.file)
    if (kit.catalog === undefined)
        throw new UsageError(
            "the kit file has no catalog: write publisher, contact, dataset and access there (docs/kit-file.md)"
        )
    const nodes: Described[] = []
    for (const node of kit.nodes) nodes.push({ node, channels: await channelsOf(node, terminal) })
    const made = catalogOf(kit, kit.catalog, nodes)
    terminal.out.write(flags.format === "turtle" ? asTurtle(made) : asJsonLd(made))
    return EXIT_OK
}

/** Of a program of its own: as it publishes them, simulated. */
async function channelsOf(node: KitNode, terminal: Terminal): Promise<Described["channels"]> {
    const { program } = node
    if (program.kind === "station") return program.sensors.flatMap(({ channels }) => channels)
    const named = await programOfNode(node)
    const app = await surroundingsOf(named)
    if (app === undefined) return []
    return (await showing(`Starting ${node.name} …`, terminal, () => schemaOfProgram(named, app)))
        .channels
}
