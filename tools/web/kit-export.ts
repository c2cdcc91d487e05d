/**
 * What the flash page knows of a kit: nodes, boards, programs. Made by `suitcase flash --web` and `npm run build:web`
 * from the kit file; runs in a browser too. There is no secret in it.
 */
import { type SettingValues } from "../cli/settings/keys.js"

export const EXPORT_FORMAT = 1

/** Name of the variable that kit.js sets, and of the function that each file of files/ calls. */
export const KIT_VARIABLE = "suitcaseKit"
export const FILE_FUNCTION = "suitcaseFile"

export interface BothLanguages {
    readonly en: string
    readonly da: string
}

/** A file beside the page; it lies there as a script, because a page that was opened from a disk can load nothing else. */
export interface ExportedFile {
    /** Without ".js". */
    readonly name: string
    /** Hex, of its bytes. */
    readonly sha256: string
    readonly bytes: number
}

export interface ExportedBoard {
    readonly id: string
    /** "Seeed Studio XIAO ESP32C3" */
    readonly name: string
    /** "ESP32-C3" */
    readonly chip: string
    readonly architecture: string
    readonly hasWifi: boolean
    readonly hasTls: boolean
    /** Whether its readings can be seen over its own connector. */
    readonly readsOverUsb: boolean
    /** What to hold to write it. */
    readonly bootMode: BothLanguages
    /** Board configuration, base64. */
    readonly config: string
    /** The DeviceScript runtime for it, where the page brings one. */
    readonly runtime?: ExportedFile
}

export interface ExportedSensor {
    /** "Sensirion SHT40" */
    readonly part: string
    /** 0 on a pin. */
    readonly address: number
    readonly pin?: string
    readonly channels: readonly string[]
}

export interface ExportedProgram {
    /** "indoor-climate" */
    readonly app: string
    /** Boards that it was made for. */
    readonly boards: readonly string[]
    readonly file: ExportedFile
    /** Time between two rows, s; undefined where only the program knows. */
    readonly intervalSeconds?: number
    /** Where in the program the interval can be changed, as withInterval does; undefined: it stands fast. */
    readonly intervalAt?: number
    /** Undefined for a program that somebody wrote: the board says what it measures. */
    readonly sensors?: readonly ExportedSensor[]
}

export interface ExportedNode {
    readonly name: string
    readonly title: string
    readonly site: string
    readonly siteTitle: string
    readonly place?: { readonly lat: number; readonly lon: number; readonly height?: number }
    /** What a phone reads from its label. */
    readonly link: string
    readonly board: string
    /** Name of the program's file. */
    readonly program: string
    /** All but secrets. */
    readonly settings: SettingValues
    /** Secrets that it needs; the Wi-Fi password by its name in the file .env. */
    readonly needs: {
        readonly wifi?: string
        readonly broker: boolean
        readonly seal: boolean
    }
}

export interface KitExport {
    readonly format: typeof EXPORT_FORMAT
    readonly language: "da" | "en"
    readonly boards: readonly ExportedBoard[]
    readonly programs: readonly ExportedProgram[]
    /** Empty without a kit file. */
    readonly nodes: readonly ExportedNode[]
}

/** How the linker stores a whole number that is too long for an instruction: 32 bits, then this. */
const NUMBER_MARK = [0xff, 0xff, 0xff, 0xff]

/** @returns where a program has a number as a constant of its own; undefined when it has none or several */
export function placeOfNumber(program: Uint8Array, number: number): number | undefined {
    const wanted = new Uint8Array(8)
    new DataView(wanted.buffer).setInt32(0, number, true)
    wanted.set(NUMBER_MARK, 4)
    const found: number[] = []
    for (let at = 0; at + wanted.length <= program.length; at += 8)
        if (wanted.every((byte, i) => program[at + i] === byte)) found.push(at)
    return found.length === 1 ? found[0] : undefined
}

/** @param at from {@link placeOfNumber} @param seconds 1 to 86,400 @returns the program with another interval */
export function withInterval(program: Uint8Array, at: number, seconds: number): Uint8Array {
    const changed = program.slice()
    new DataView(changed.buffer).setInt32(at, seconds, true)
    return changed
}
