/** `suitcase decoder`: a script for a platform that decodes payloads itself. */
import { readFileSync } from "node:fs"
import { Command } from "commander"
import { readProblem } from "../../../sim/traces/csv.js"
import { parseSchema, type Schema } from "../../decoder/index.js"
import { schemaOfApp } from "../decoder/schema.js"
import { PLATFORMS, decoderScript, type Platform } from "../decoder/script.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { openFile } from "../pack/output.js"
import { collectOption } from "../options.js"
import { line, type Terminal } from "../terminal.js"

const HELP = `
Platforms:
${PLATFORMS.map(({ name, description }) => `  ${name.padEnd(12)}${description}`).join("\n")}

The script needs nothing else: no modules, no network, no memory between calls.
It decodes the frames of the named apps and of saved schema records (what is
retained at suitcase/SITE/NODE/schema); others, and sealed ones, end in an
error. Times are those of sampling; frames of a node that did not know the time
have seconds since its start instead. docs/data.md shows what goes in and out.

Examples:
  suitcase decoder os2iot --app indoor-climate > decoder.js
  suitcase decoder node-red --app indoor-climate --schema hall.json -o code.js

Exit codes: 0 made · 2 wrong use`

interface DecoderFlags {
    readonly app: readonly string[]
    readonly schema: readonly string[]
    readonly type: string
    readonly output?: string
}

export function decoderCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("decoder")
        .summary("make a decoder script for a platform")
        .description("Makes a script with which a platform decodes the frames of nodes itself.")
        .argument("<platform>", PLATFORMS.map(({ name }) => name).join(", "))
        .option("--app <app>", "an app of devs/ whose frames it decodes", collectOption, [])
        .option("--schema <file>", "a schema record whose frames it decodes", collectOption, [])
        .option("--type <type>", "type of the NGSI-LD entities", "Device")
        .option("-o, --output <file>", "write the script to this file")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (platform: string, flags: DecoderFlags) =>
            finish(await decoder(platform, flags, terminal))
        )
}

async function decoder(name: string, flags: DecoderFlags, terminal: Terminal): Promise<number> {
    const platform = platformOf(name)
    if (flags.app.length + flags.schema.length === 0)
        throw new UsageError("name an app with --app, or a schema record with --schema")
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(flags.type))
        throw new UsageError(`--type ${flags.type}: a type is letters and digits, such as Device`)
    const output = flags.output === undefined ? undefined : openFile(flags.output, "-o")
    try {
        const schemas = flags.schema.map(schemaOfFile)
        for (const app of flags.app) schemas.push(await schemaOfApp(app))
        const script = await decoderScript(platform, { schemas, type: flags.type })
        if (output === undefined) {
            terminal.out.write(script)
            return EXIT_OK
        }
        output.write(Buffer.from(script))
        await output.close()
        line(terminal.out, `wrote ${flags.output}: ${platform.description}`)
        return EXIT_OK
    } finally {
        output?.discard()
    }
}

function platformOf(name: string): Platform {
    const platform = PLATFORMS.find(known => known.name === name)
    if (platform !== undefined) return platform
    const names = PLATFORMS.map(known => known.name).join(", ")
    throw new UsageError(`there is no platform "${name}"; there are ${names}`)
}

function schemaOfFile(file: string): Schema {
    let record: Uint8Array
    try {
        record = readFileSync(file)
    } catch (e) {
        throw new UsageError(`--schema ${file}: ${readProblem(e)}`)
    }
    try {
        return parseSchema(record)
    } catch (e) {
        throw new UsageError(`--schema ${file}: ${(e as Error).message}`)
    }
}
