/** A kit file as it was read and checked: sites, kits and nodes, with what nodes inherit. */
import { type Board } from "../../sim/program/boards.js"
import { type Channel } from "../../src/core/channel.js"
import { type OtherPart } from "./other-parts.js"
import {
    type CatalogEntry,
    type LabelsEntry,
    type NotificationEntry,
    type Place,
    type RowsEntry,
    type SettingsEntry,
} from "./schema.js"
import { type SensorEntry } from "./sensors.js"
import { type Step } from "./source.js"

export interface Kit {
    /** Absolute path of the file, and its folder: all else of the city is in it. */
    readonly file: string
    readonly folder: string
    readonly language: "da" | "en"
    readonly catalog: CatalogEntry | undefined
    readonly labels: LabelsEntry
    readonly sites: readonly Group[]
    /** Kits of all sites, each with the name of its site. */
    readonly kits: readonly (Group & { readonly site: string })[]
    /** In the order of the file. */
    readonly nodes: readonly KitNode[]
}

/** A site or a kit. */
export interface Group {
    readonly name: string
    /** For people; its name where there is none. */
    readonly title: string
    readonly place: Place | undefined
}

export interface KitNode {
    /** No two nodes of a file have the same, whatever their sites. */
    readonly name: string
    readonly title: string
    readonly site: string
    readonly kit: string
    readonly place: Place | undefined
    readonly board: Board
    /** Id of the board that it is, once it was flashed: 16 hex digits. */
    readonly device: string | undefined
    /** With what is inherited. */
    readonly settings: SettingsEntry
    readonly notification: NotificationEntry
    readonly program: AppProgram | StationProgram
    /** Place in the file, for problems and changes. */
    readonly path: readonly Step[]
}

/** A program that somebody wrote. */
export interface AppProgram {
    readonly kind: "app"
    /** As in the kit file: "indoor-climate", "devs/indoor-climate.ts". */
    readonly name: string
    /** Absolute. */
    readonly file: string
    /** Its text, with the parts of the kit file in place of its own. */
    readonly source: string
    /** Folders of these parts. */
    readonly swaps: readonly string[]
}

/** A program that is made from a list of sensors. */
export interface StationProgram {
    readonly kind: "station"
    readonly sensors: readonly KitSensor[]
    readonly store: FittedPart | undefined
    readonly clock: FittedPart | undefined
    readonly rows: RowsEntry | undefined
    /** Pins of the bus, where the board has none of its own. */
    readonly i2c: { readonly sda: string; readonly scl: string } | undefined
}

export interface KitSensor extends SensorEntry {
    /** The board's own name of the pin; parts on pins only. */
    readonly pin: string | undefined
    /** Maker and name, as schema and status record have them. */
    readonly partName: string
    /** On the bus; 0 on a pin. */
    readonly address: number
    /** As the station will name them. */
    readonly channels: readonly Channel[]
}

/** A memory or a clock. */
export interface FittedPart {
    readonly part: OtherPart
    readonly address: number
    /** Of a clock. */
    readonly variant: string | undefined
}
