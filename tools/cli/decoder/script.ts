/**
 * Makes one self-contained script for a platform that decodes payloads by script: ES2015, no
 * modules, everything within functions.
 */
import path from "node:path"
import { build } from "esbuild"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"
import { type Schema } from "../../decoder/index.js"

export interface Platform {
    /** As typed: "os2iot". */
    readonly name: string
    /** In words, for help texts. */
    readonly description: string
    /** What the platform calls, around `suitcase` and `SCHEMAS`. */
    readonly call: (options: ScriptOptions) => string
    /** Longest script that it takes, characters. */
    readonly mostCharacters?: number
}

export interface ScriptOptions {
    readonly schemas: readonly Schema[]
    /** Of NGSI-LD entities. */
    readonly type: string
}

const UPLINK = `function decodeUplink(input) {
    return suitcase.decodeUplink(SCHEMAS, input)
}`

export const PLATFORMS: readonly Platform[] = [
    {
        name: "os2iot",
        description: "OS2iot: decode(payload, metadata) gives NGSI-LD entities",
        call: ({ type }) => `function decode(payload, metadata) {
    return suitcase.os2iot(SCHEMAS, ${JSON.stringify(type)}, payload, metadata)
}`,
    },
    {
        name: "chirpstack",
        description: "ChirpStack: decodeUplink({ bytes })",
        call: () => UPLINK,
    },
    {
        name: "ttn",
        description: "The Things Stack: decodeUplink({ bytes })",
        call: () => UPLINK,
        mostCharacters: 40_960,
    },
    {
        name: "node-red",
        description: "Node-RED: the text of a function node",
        call: () => "return suitcase.nodeRed(SCHEMAS, msg)",
    },
]

/** @throws Error when the platform would not take it */
export async function decoderScript(platform: Platform, options: ScriptOptions): Promise<string> {
    const { outputFiles } = await build({
        entryPoints: [path.join(PROJECT_ROOT, "tools/decoder/platforms/scripts.ts")],
        bundle: true,
        format: "iife",
        globalName: "suitcase",
        minify: true,
        target: "es2015",
        platform: "neutral",
        charset: "ascii",
        write: false,
        legalComments: "none",
    })
    const apps = options.schemas.map(({ app }) => app).join(", ")
    const script = [
        `// Decodes frames of ${apps}; made by "suitcase decoder ${platform.name}".`,
        "// Damaged frames, those of other programs, and sealed ones end in an error.",
        `var SCHEMAS = ${JSON.stringify(options.schemas)}`,
        outputFiles[0].text.trimEnd(),
        platform.call(options),
        "",
    ].join("\n")
    const { mostCharacters = Infinity, name } = platform
    if (script.length > mostCharacters)
        throw new Error(
            `the script has ${script.length} characters, and ${name} takes ${mostCharacters}; ` +
                "name fewer apps"
        )
    return script
}
