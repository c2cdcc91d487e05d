/** The boards of the kit: the one table that commands, drawings and pages take them from. */
import { boardProfile, type BoardProfile } from "../../sim/board/profile.js"
import { PROJECT_ROOT, readBoards } from "../../sim/program/compile.js"
import { STRAPPING } from "../cli/build/strapping-pins.js"
import { readCard, type BoardCard, type Taken } from "./card.js"
import { chipOf, type Chip } from "./chips.js"

/** What a pin on a board's edge is. */
export type PinKind = "gpio" | "supply" | "ground" | "other supply" | "taken" | "other" | "none"

/** Why a part should not be on a pin that a program could name. */
export type Reserved = "data" | "clock" | "beat" | "light" | "start" | "messages"

export interface EdgePin {
    /** As printed: "A0", "3V3". */
    readonly label: string
    readonly kind: PinKind
    readonly side: "left" | "right"
    /** From the top, 0 first. */
    readonly row: number
    /** Number of the pin, where the maker counts them. */
    readonly number: number | undefined
    /** Its name in DeviceScript and in the kit file: "A0_D0". */
    readonly name: string | undefined
    readonly gpio: number | undefined
    readonly reserved: Reserved | undefined
    readonly taken: Taken | undefined
    /** Whether a voltage can be measured at it. */
    readonly isAnalog: boolean
    /** Whether it has neither an output nor a pull-up. */
    readonly isInputOnly: boolean
}

export interface KitBoard {
    /** As given to `--board`. */
    readonly id: string
    /** Maker's page. */
    readonly url: string
    readonly card: BoardCard
    readonly chip: Chip
    /** Network, memory of programs, beat: what the simulator has of it. */
    readonly profile: BoardProfile
    readonly pins: readonly EdgePin[]
}

interface BoardFile {
    readonly id: string
    readonly archId: string
    readonly url: string
    readonly pins: Readonly<Record<string, number>>
    readonly i2c: { readonly pinSDA: string; readonly pinSCL: string }
    readonly led?: { readonly pin: number | string }
    readonly $card?: unknown
}

/** What is printed beside pins that are none of the chip's. */
const SUPPLY = ["3V3", "3V"]
const GROUND = ["GND", "G"]
const FIVE_VOLTS = ["5V", "VBUS", "USB"]
const OTHER_SUPPLY = [...FIVE_VOLTS, "VSYS", "BAT"]

/** @returns the boards of this project that have a card, the one to take first at the beginning
 *  @throws RangeError when a file says what cannot be */
export function kitBoards(root = PROJECT_ROOT): KitBoard[] {
    return (readBoards(root) as BoardFile[])
        .filter(file => file.$card !== undefined)
        .map(file => {
            const profile = boardProfile(file.id, root)
            if (profile === undefined) throw new RangeError(`DeviceScript has no board ${file.id}`)
            const card = readCard(file.id, file.$card)
            const chip = chipOf(profile.architecture)
            const pins = (["left", "right"] as const).flatMap(side =>
                card.header[side].map((label, row) =>
                    edgePin(label, { side, row }, file, card, profile)
                )
            )
            return { id: file.id, url: file.url, card, chip, profile, pins }
        })
        .sort((a, b) => a.card.order - b.card.order)
}

/** @throws RangeError when the kit has no such board */
export function kitBoard(id: string): KitBoard {
    const board = kitBoards().find(candidate => candidate.id === id)
    if (board === undefined) throw new RangeError(`the kit has no board ${id}`)
    return board
}

/** The pin of a name as DeviceScript has it. @throws RangeError when the board's edge has no such pin */
export function pinNamed(board: KitBoard, name: string): EdgePin {
    const pin = board.pins.find(candidate => candidate.name === name)
    if (pin === undefined) throw new RangeError(`${board.id} has no pin ${name} on its edge`)
    return pin
}

/** Where the bus is. */
export function busPins(board: KitBoard): { readonly sda: EdgePin; readonly scl: EdgePin } {
    const find = (wanted: Reserved) => board.pins.find(({ reserved }) => reserved === wanted)
    const [sda, scl] = [find("data"), find("clock")]
    if (sda === undefined || scl === undefined) throw new RangeError(`${board.id}: no I2C bus`)
    return { sda, scl }
}

/** The pin with 3.3 V, and the ground nearest to it. */
export function powerPins(board: KitBoard): { readonly supply: EdgePin; readonly ground: EdgePin } {
    const supply = board.pins.find(({ kind }) => kind === "supply")
    if (supply === undefined) throw new RangeError(`${board.id}: no pin with 3.3 V`)
    const far = 100
    const distance = (pin: EdgePin) =>
        Math.abs(pin.row - supply.row) + (pin.side === supply.side ? 0 : far)
    const grounds = board.pins.filter(({ kind }) => kind === "ground")
    const [ground] = grounds.sort((a, b) => distance(a) - distance(b))
    return { supply, ground }
}

/** The pin with the 5 V of its USB connector. @throws RangeError when the board has none */
export function fiveVoltPin(board: KitBoard): EdgePin {
    const pin = board.pins.find(({ label }) => FIVE_VOLTS.includes(label))
    if (pin === undefined) throw new RangeError(`${board.id}: no pin with 5 V`)
    return pin
}

/** Pins that parts may be on. */
export function freePins(board: KitBoard): EdgePin[] {
    return board.pins.filter(({ kind, reserved }) => kind === "gpio" && reserved === undefined)
}

interface Place {
    readonly side: "left" | "right"
    readonly row: number
}

function edgePin(
    label: string,
    place: Place,
    file: BoardFile,
    card: BoardCard,
    profile: BoardProfile
): EdgePin {
    const name = card.printed[label] ?? nameOf(label, file.pins)
    const gpio = name === undefined ? undefined : file.pins[name]
    if (name !== undefined && gpio === undefined)
        throw new RangeError(`boards/${file.id}.board.json: no pin "${name}" for "${label}"`)
    const taken = card.taken[label] as Taken | undefined
    const chip = chipOf(profile.architecture)
    return {
        label,
        kind: gpio === undefined ? kindOf(label, taken) : "gpio",
        ...place,
        number: card.header.numbered ? numberOf(place, card) : undefined,
        name,
        gpio,
        reserved: gpio === undefined ? undefined : reservedFor(gpio, file, profile),
        taken,
        isAnalog: gpio !== undefined && chip.analogPins.includes(gpio),
        isInputOnly: gpio !== undefined && chip.inputOnly.includes(gpio),
    }
}

/** "A0" is A0_D0, "32" is P32. */
function nameOf(label: string, pins: Readonly<Record<string, number>>): string | undefined {
    if (label === "") return undefined
    return Object.keys(pins).find(
        name => name === label || name === `P${label}` || name.split("_").includes(label)
    )
}

function numberOf({ side, row }: Place, { header }: BoardCard): number {
    return side === "left" ? row + 1 : header.left.length + header.right.length - row
}

function kindOf(label: string, taken: Taken | undefined): PinKind {
    if (label === "") return "none"
    if (taken !== undefined) return "taken"
    if (SUPPLY.includes(label)) return "supply"
    if (GROUND.includes(label)) return "ground"
    return OTHER_SUPPLY.includes(label) ? "other supply" : "other"
}

function reservedFor(gpio: number, file: BoardFile, profile: BoardProfile): Reserved | undefined {
    const number = (pin: number | string | undefined) =>
        typeof pin === "string" ? file.pins[pin] : pin
    if (gpio === number(file.i2c.pinSDA)) return "data"
    if (gpio === number(file.i2c.pinSCL)) return "clock"
    if (gpio === profile.beatPin) return "beat"
    if (STRAPPING[profile.architecture]?.includes(gpio) === true) return "start"
    if (gpio === number(file.led?.pin)) return "light"
    if (gpio === chipOf(profile.architecture).messagePin) return "messages"
    return undefined
}
