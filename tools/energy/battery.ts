/** Batteries: how much of what they hold reaches a board of 3.3 V. */

export interface Battery {
    /** As it was typed: "2xAA". */
    readonly name: string
    /** Of the cells in series, mA h. */
    readonly capacity: number
    /** Mean voltage while they are emptied, V. */
    readonly voltage: number
    /** Share of the charge that is lost in a year without load. */
    readonly lostPerYear: number
    /** Where the figures stand, and what is assumed. */
    readonly source: string
}

interface Cell {
    readonly capacity: number
    readonly voltage: number
    readonly lostPerYear: number
    readonly source: string
}

const CELLS: Readonly<Record<string, Cell>> = {
    AA: {
        capacity: 2850,
        voltage: 1.2,
        lostPerYear: 0.03,
        source:
            "alkaline: 2,850 mAh to 0.8 V at low drain and 21 °C (Energizer's figure for E91); " +
            "mean of 1.2 V and a loss of 3 % a year are assumed",
    },
    "AA-lithium": {
        capacity: 3000,
        voltage: 1.45,
        lostPerYear: 0.007,
        source:
            "lithium iron disulfide: 3,000 mAh (Energizer L91), 90 % of it after 15 years; " +
            "mean of 1.45 V is assumed",
    },
}

/** A board's regulator needs so much more than its 3.3 V, V; assumed. */
const DROPOUT_V = 0.1
export const BOARD_V = 3.3
/** Of a converter that makes 3.3 V of less; assumed. */
export const CONVERTER_EFFICIENCY = 0.85

/**
 * "2xAA", "3xAA-lithium", or "2600mAh@3.7V" for any other.
 * @returns undefined when it is none of these
 */
export function parseBattery(text: string): Battery | undefined {
    const cells = /^([1-8])xAA(-lithium)?$/i.exec(text)
    if (cells !== null) {
        const cell = CELLS[cells[2] === undefined ? "AA" : "AA-lithium"]
        return { ...cell, name: text, voltage: Number(cells[1]) * cell.voltage }
    }
    const any = /^(\d+)mAh@(\d+(?:\.\d+)?)V$/i.exec(text)
    if (any === null) return undefined
    const [capacity, voltage] = [Number(any[1]), Number(any[2])]
    if (capacity < 1 || voltage < 0.8 || voltage > 24) return undefined
    return {
        name: text,
        capacity,
        voltage,
        lostPerYear: 0,
        source: "as typed; self-discharge not counted",
    }
}

/** Whether its voltage is made lower by the board's regulator, which wastes the rest, or has to be made higher. */
export function isRegulated({ voltage }: Battery): boolean {
    return voltage >= BOARD_V + DROPOUT_V
}

/**
 * @param mA that the board takes on average at 3.3 V
 * @param usable share of the capacity that is got out, 0 … 1: less in the cold, and where a board stops early
 * @returns days until it is empty
 */
export function lifeDays(battery: Battery, mA: number, usable: number): number {
    const { capacity, voltage, lostPerYear } = battery
    const drawn = isRegulated(battery) ? mA : (mA * BOARD_V) / (voltage * CONVERTER_EFFICIENCY)
    // What is lost by itself is a current, too.
    const lost = (capacity * lostPerYear) / (365.25 * 24)
    return (capacity * usable) / (drawn + lost) / 24
}
