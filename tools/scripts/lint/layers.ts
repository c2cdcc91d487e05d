/**
 * Who may import whom. Dependencies point one way: devs → src/station →
 * src/{uplink, calibration, drivers} → src/scheduler, src/core; tools and sim may use the parts
 * of src/ that know nothing of the board; src/ knows neither of the two.
 */

/** Files of a kind, and what they may import. Paths are relative to the root, with slashes. */
export interface Layer {
    readonly files: RegExp
    /** Files of this project that may be imported. */
    readonly may: readonly RegExp[]
    /** Whether packages may be imported; Node's own too, unless it is to run in a browser. */
    readonly packages: boolean | "but Node's own"
    /** The end of the message. */
    readonly rule: string
}

const CORE = /^src\/core\//
const SCHEDULER = /^src\/scheduler\//
const MODEL = /^src\/drivers\/.*model\.ts$/
const PART = /^src\/drivers\/(?:.*\/)?part\.ts$/
const QUANTITIES = /^src\/drivers\/shared\/channels\.ts$/
/** What of Jacdac host and simulator share. */
const JACDAC = /^sim\/jacdac\/(?:frame|frame-link|usb-framing)\.ts$/
/** Of tools/cli, what the flash page uses as well. */
const PORTABLE_TOOLS =
    /^tools\/cli\/(?:settings\/(?:keys|stored-form)|flash\/store-values|errors|quantities)\.ts$/
const PAGE = /^tools\/web\/(?:page\/|kit-export\.ts$)/
const DEVICE = /^src\/(?!drivers\/(?:.*model|(?:.*\/)?part)\.ts$)/

/** The first layer whose pattern fits a file is its layer. */
const LAYERS: readonly Layer[] = [
    {
        files: CORE,
        may: [CORE],
        packages: false,
        rule: "src/core imports nothing outside itself: it runs on the board, in Node and in a browser.",
    },
    {
        files: MODEL,
        may: [CORE, MODEL],
        packages: false,
        rule: "A register model imports src/core and other models at most, so that it cannot share a mistake with its driver.",
    },
    {
        files: PART,
        may: [CORE, MODEL, PART],
        packages: false,
        rule: "A part's description imports register models and src/core at most: it runs in Node only.",
    },
    {
        files: SCHEDULER,
        may: [SCHEDULER],
        packages: true,
        rule: "src/scheduler imports nothing of the project: everything that waits imports it.",
    },
    {
        files: QUANTITIES,
        may: [CORE],
        packages: false,
        rule: "The table of quantities imports src/core at most: it runs on the board and in Node.",
    },
    ...["calibration", "drivers", "uplink"].map(name => ({
        files: new RegExp(`^src/${name}/`),
        may: [CORE, SCHEDULER, new RegExp(`^src/${name}/(?!(?:.*model|(?:.*/)?part)\\.ts$)`)],
        packages: true,
        rule: `src/${name} imports src/core and src/scheduler at most, and no register models.`,
    })),
    {
        files: /^src\//,
        may: [DEVICE],
        packages: true,
        rule: "src/ imports neither sim, tools and devs nor register models.",
    },
    {
        files: /^devs\//,
        may: [DEVICE],
        packages: true,
        rule: "A program imports src/ at most: no other program and no register models.",
    },
    {
        files: /^sim\/bootloader\//,
        may: [/^sim\/bootloader\//],
        packages: "but Node's own",
        rule: "sim/bootloader imports nothing of Node and the project: it runs in a browser too.",
    },
    {
        files: JACDAC,
        may: [CORE, JACDAC],
        packages: false,
        rule: "Jacdac's frames import src/core at most: they are made in a browser too.",
    },
    {
        files: /^sim\//,
        may: [/^sim\//, CORE, MODEL, PART],
        packages: true,
        rule: "sim imports src/core and register models at most.",
    },
    {
        files: /^tools\/decoder\//,
        may: [CORE, /^tools\/decoder\//],
        packages: false,
        rule: "tools/decoder imports src/core at most: it runs in a browser too.",
    },
    {
        files: /^tools\/flash\//,
        may: [CORE, JACDAC, /^tools\/flash\//, /^tools\/decoder\//],
        packages: "but Node's own",
        rule: "tools/flash imports src/core, the decoder, Jacdac's frames and nothing of Node: it runs in a browser too.",
    },
    {
        files: PORTABLE_TOOLS,
        may: [CORE, PORTABLE_TOOLS, /^tools\/flash\//],
        packages: "but Node's own",
        rule: "What the flash page takes of tools/cli imports src/core and tools/flash at most: it runs in a browser too.",
    },
    {
        files: PAGE,
        may: [CORE, PAGE, PORTABLE_TOOLS, /^tools\/flash\//, /^tools\/decoder\//],
        packages: "but Node's own",
        rule: "The flash page imports src/core, tools/flash, the decoder and nothing of Node: it runs in a browser.",
    },
    {
        files: /^tools\//,
        may: [/^tools\//, /^sim\//, CORE, MODEL, PART, QUANTITIES],
        packages: true,
        rule: "tools imports sim, src/core, register models and the table of quantities at most.",
    },
]

/** @returns undefined for tests, benchmarks and files at the root, which may import anything */
export function layerOf(file: string): Layer | undefined {
    if (file.endsWith(".test.ts")) return undefined
    return LAYERS.find(layer => layer.files.test(file))
}
