/** `suitcase new`: starts something new from a template. */
import { isCityFolder } from "../../../sim/program/project.js"
import { Command, Option } from "commander"
import { EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { Cancelled, askAddresses, askChannels, askFamily, askMaker } from "../new/ask.js"
import {
    CHANNEL_FORM,
    FAMILIES,
    checkAddresses,
    checkChannels,
    checkedName,
    parseChannel,
    type DriverPlan,
    type Family,
} from "../new/plan.js"
import { checkCheckout, writeNewDriver } from "../new/write.js"
import { addressOption } from "../parts.js"
import { line, type Terminal } from "../terminal.js"

const HELP = `
Writes src/drivers/<part>/ with a driver, a register model, tests and a README,
and a program devs/examples/<part>.ts. They pass the common suite as they are;
docs/write-a-driver.md walks on from there to the real part.

Families:
${Object.entries(FAMILIES)
    .map(([name, meaning]) => `  ${name.padEnd(11)} ${meaning}`)
    .join("\n")}

A channel is NAME:UNIT:STEP:LOWEST..HIGHEST with a unit of SenML (Cel, %RH, Pa,
ppm, lx, m, V, A, ug/m3, Ohm, count …): ${CHANNEL_FORM}. Its
name ends with what it measures (co2, pm25, outside_temperature); else say so:
glow=luminance:lx:1:0..100.

Examples:
  suitcase new driver LPS22HB                 asks for the rest
  suitcase new driver LPS22HB --maker STMicroelectronics --family registers \\
      --address 0x5c --address 0x5d \\
      --channel pressure:Pa:1:26000..126000 \\
      --channel ${CHANNEL_FORM}

Exit codes: 0 written · 2 wrong use, or it exists · 130 Ctrl-C`

interface NewDriverFlags {
    readonly maker?: string
    readonly family?: Family
    readonly address: readonly number[]
    readonly channel: readonly string[]
}

export function newCommand(terminal: Terminal, finish: (code: number) => void): Command {
    const command = new Command("new")
        .summary("start a new driver from a template")
        .description("Starts something new from a template.")
        .helpOption("-h, --help", "print this help")
        .helpCommand(false)
    command
        .command("driver")
        .summary("driver, register model, tests and README of a sensor")
        .description("Writes the folder of a new sensor's driver.")
        .argument("<part>", "the part's name, such as LPS22HB")
        .option("--maker <name>", "who makes the part")
        .addOption(new Option("--family <family>", "how it talks").choices(Object.keys(FAMILIES)))
        .option(
            "--address <address>",
            "I2C address, the default one first; repeatable",
            (text, before: readonly number[]) => [...before, addressOption(text)],
            []
        )
        .option(
            "--channel <channel>",
            `what it measures, such as ${CHANNEL_FORM}; repeatable`,
            (text, before: readonly string[]) => [...before, text],
            []
        )
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (name: string, flags: NewDriverFlags) =>
            finish(await newDriver(name, flags, terminal))
        )
    return command
}

async function newDriver(name: string, flags: NewDriverFlags, terminal: Terminal): Promise<number> {
    try {
        checkCheckout()
        const plan = await planOf(name, flags, terminal)
        const files = await writeNewDriver(plan)
        const show = (text: string) => line(terminal.out, text)
        for (const file of files) show(`written: ${file}`)
        show("")
        show("Next:")
        show(`  npx suitcase try ${plan.folder}`)
        if (!isCityFolder()) show(`  npm run docs:sensors -- ${plan.folder}`)
        show(`  npx vitest run src/drivers/${plan.folder}`)
        show("then docs/write-a-driver.md")
        return EXIT_OK
    } catch (e) {
        if (e instanceof Cancelled) return EXIT_INTERRUPTED
        throw e
    }
}

/** Flags, then questions for what they leave open. */
async function planOf(
    name: string,
    flags: NewDriverFlags,
    terminal: Terminal
): Promise<DriverPlan> {
    const { folder, className } = checkedName(name)
    const given = flags.channel.map(parseChannel)
    const isOpen =
        flags.maker === undefined ||
        flags.family === undefined ||
        flags.address.length === 0 ||
        given.length === 0
    if (isOpen && !terminal.isLive)
        throw new UsageError(
            "give --maker, --family, --address and --channel, or run it in a terminal, where it asks"
        )
    const maker = flags.maker ?? (await askMaker())
    const family = flags.family ?? (await askFamily())
    const addresses = flags.address.length > 0 ? flags.address : await askAddresses()
    const channels = given.length > 0 ? given : await askChannels()
    checkAddresses(addresses)
    checkChannels(channels)
    return { folder, className, maker, family, addresses, channels }
}
