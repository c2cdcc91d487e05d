/** `suitcase sensors`: the parts that have a driver. */
import { Command } from "commander"
import { loadParts, type CataloguedPart } from "../../../sim/parts/catalogue.js"
import { measurePart } from "../../../sim/parts/measure.js"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { addressOption, addressText, partCalled } from "../parts.js"
import { appsByPart } from "../sensors/used-by.js"
import { GROUPS, addressesText, rangeText, titleOf } from "../sensors/words.js"
import { line, type Terminal } from "../terminal.js"

const HELP = `
What is on a real bus: flash the program devs/bus-scan.ts and read its console.

Examples:
  suitcase sensors                  all parts by what they are for
  suitcase sensors scd4x            one of them, with its channels
  suitcase sensors --address 0x76   what can have this address
  suitcase sensors --json           for scripts

Exit codes: 0 · 2 wrong use, or no such part`

/** Columns of the list, in characters; together with the price they fill 80. */
const FOLDER_WIDTH = 11
const NAME_WIDTH = 40
const ADDRESS_WIDTH = 20

interface SensorsFlags {
    readonly address?: number
    readonly json?: true
}

export function sensorsCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("sensors")
        .summary("list the sensors that have a driver")
        .description("Lists the parts that have a driver, with their I2C addresses.")
        .argument("[part]", "a part's folder, such as sht4x")
        .option("--address <address>", "only parts that can have this address", addressOption)
        .option("--json", "print one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (name: string | undefined, flags: SensorsFlags) => {
            if (name === undefined) await list(flags, terminal)
            else await showOne(await partCalled(name), flags, terminal)
            finish(EXIT_OK)
        })
}

async function list(flags: SensorsFlags, terminal: Terminal): Promise<void> {
    const { address } = flags
    const all = await loadParts()
    const parts = all.filter(part => address === undefined || part.addresses.includes(address))
    if (parts.length === 0)
        throw new UsageError(
            `no part with a driver can have the address ${addressText(address ?? 0)}`
        )
    if (flags.json === true) {
        line(terminal.out, JSON.stringify(parts.map(asJson)))
        return
    }
    const { bold, dim } = terminal.colors
    for (const group of GROUPS) {
        const members = parts.filter(part => part.group === group)
        if (members.length === 0) continue
        line(terminal.out, bold(group))
        for (const { folder, maker, name, addresses, priceClass, summary } of members) {
            const part = cut(titleOf({ maker, name }), NAME_WIDTH).padEnd(NAME_WIDTH)
            const at = cut(addressesText(addresses), ADDRESS_WIDTH).padEnd(ADDRESS_WIDTH)
            line(terminal.out, `  ${folder.padEnd(FOLDER_WIDTH)}${part} ${at} ${priceClass}`)
            line(terminal.out, `  ${" ".repeat(FOLDER_WIDTH)}${dim(cut(summary, 66))}`)
        }
        line(terminal.out, "")
    }
    line(terminal.out, `${parts.length} parts · € below 10 €, €€ 10 to 30 €, €€€ above 30 €`)
}

function cut(text: string, width: number): string {
    return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

async function showOne(
    part: CataloguedPart,
    flags: SensorsFlags,
    terminal: Terminal
): Promise<void> {
    const figures = await measurePart(new PartProgram(part.folder, part))
    if (flags.json === true) {
        line(terminal.out, JSON.stringify({ ...asJson(part), ...figures }))
        return
    }
    const { bold } = terminal.colors
    const apps = appsByPart().get(part.folder) ?? []
    const show = (text: string) => line(terminal.out, text)
    show(bold(titleOf(part)))
    show(part.summary)
    show("")
    figures.channels.forEach((channel, i) => {
        show(`  ${channel.name}`)
        show(`      ${rangeText(channel)}`)
        show(`      ${part.channels[i].accuracy}`)
    })
    show("")
    show(`address         ${addressesText(part.addresses)}`)
    show(`datasheet       ${part.datasheet.title}, ${part.datasheet.revision}`)
    show(`checksum     ${part.checkValue}`)
    show(`identification  ${part.identification}`)
    show(`price           ${part.priceClass}`)
    show(`used by         ${apps.length === 0 ? "no app of the kit" : apps.join(", ")}`)
    show(`first reading   ${(figures.firstReadingMs / 1000).toFixed(1)} s after switching on`)
    show(
        `a sample        ${figures.sampleMs} ms, ${(figures.busUs / 1000).toFixed(1)} ms of them on the bus`
    )
    show("")
    show(`src/drivers/${part.folder}/README.md has wiring, warm-up and calibration.`)
    show(`npx suitcase try ${part.folder} runs it without hardware.`)
}

function asJson(part: CataloguedPart): object {
    const { folder, maker, name, summary, group, addresses, priceClass, channels } = part
    return {
        folder,
        maker,
        name,
        summary,
        group,
        addresses,
        priceClass,
        channels: channels.map(({ name: channel, accuracy }) => ({ name: channel, accuracy })),
    }
}
