/**
 * The options of drivers, as a kit file names them. driver-options.json is made from the drivers' own
 * declarations (`npm run docs:kit`), so that names, choices and units are those of the code.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** A value that an option takes. */
export type OptionType =
    | { readonly kind: "number" | "text" | "truth" }
    | { readonly kind: "choice"; readonly values: readonly (string | number)[] }
    | { readonly kind: "list"; readonly of: OptionType }
    | { readonly kind: "group"; readonly options: readonly DriverOption[] }
    /** Another sensor of the same node, by the name of its part. */
    | { readonly kind: "sensor" }
    /** An object of one of these classes. */
    | { readonly kind: "made"; readonly classes: readonly MadeClass[] }

export interface DriverOption {
    readonly name: string
    readonly type: OptionType
    readonly isRequired: boolean
    /** What it means, with unit, range and default. */
    readonly text: string
    /** Range of a number or of the numbers in a list, where its text names one. */
    readonly min?: number
    readonly max?: number
}

export interface MadeClass {
    /** As in the kit file: "levelProbe". */
    readonly name: string
    /** Class, and the file in src/ that it is in: "LevelProbe", "drivers/shared/voltage/level-probe". */
    readonly className: string
    readonly file: string
    readonly options: readonly DriverOption[]
}

/** Options by class of driver, memory part or clock part: "SCD4x". */
export type DriverOptions = Readonly<Record<string, readonly DriverOption[]>>

/** Where {@link driverOptions} are kept. */
export const DRIVER_OPTIONS_FILE = fileURLToPath(new URL("driver-options.json", import.meta.url))

let known: DriverOptions | undefined

/** The options of every driver of the toolkit. */
export function driverOptions(): DriverOptions {
    return (known ??= JSON.parse(readFileSync(DRIVER_OPTIONS_FILE, "utf8")) as DriverOptions)
}

/** What every driver of the bus takes, also one that is not among {@link driverOptions}. */
export const COMMON_OPTIONS: readonly DriverOption[] = [
    {
        name: "address",
        type: { kind: "number" },
        isRequired: false,
        text: "7-bit address, where the part can have several.",
    },
    {
        name: "prefix",
        type: { kind: "text" },
        isRequired: false,
        text: 'Put before each channel name, to tell two equal parts apart: "north_".',
    },
]
