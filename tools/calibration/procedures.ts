/** What parts can do to themselves, as people know it: names, units, limits, what it means. src/core/protocol/procedures.ts */
import {
    PROCEDURE_ALTITUDE,
    PROCEDURE_CLEAN_FAN,
    PROCEDURE_CROSSTALK,
    PROCEDURE_EMISSIVITY,
    PROCEDURE_OWN_OFFSET,
    PROCEDURE_PRESSURE,
    PROCEDURE_RANGE_OFFSET,
    PROCEDURE_RECALIBRATE,
    PROCEDURE_SELF_CALIBRATION,
    PROCEDURE_STORE,
    PROCEDURE_TEMPERATURE_OFFSET,
} from "../../src/core/protocol/procedures.js"

export interface Procedure {
    readonly id: number
    /** As it is typed. */
    readonly name: string
    readonly summary: string
    /**
     * "setting": without a value it tells what it is; "reference": needs what a reference shows;
     * "action": takes none.
     */
    readonly kind: "setting" | "reference" | "action"
    /** Of the value; "" = none. */
    readonly unit: string
    /** What one unit is for the node. */
    readonly steps: number
    /** Of the result, where it is another kind of number than the value: a correction. */
    readonly correctionUnit?: string
    /** So long the part has to stand still at the reference, ms. */
    readonly steadyMs?: number
    /** Quantities of the part's channels that it changes: what was fitted to them holds no more. */
    readonly changes: readonly string[]
    /** Each time writes the part's own memory, which wears out; the part stands this number. */
    readonly mostWrites?: number
    /** Lasts until the part loses its power, unless it is stored; or until the node starts again. */
    readonly until?: "power loss" | "restart"
    /** The part asks for good readings afterwards: they tell whether it is well. */
    readonly isMeasuredAfter?: true
}

/** Share of {@link Procedure.mostWrites} from which on the command refuses. */
export const WRITES_LEFT_ALONE = 0.95

export const PROCEDURES: readonly Procedure[] = [
    {
        id: PROCEDURE_RECALIBRATE,
        name: "recalibrate",
        summary: "forced recalibration: the part shows the reference's value from now on",
        kind: "reference",
        unit: "ppm",
        steps: 1,
        correctionUnit: "ppm",
        // SCD4x, version 1.7, 3.8.1; an SCD30 asks for two minutes.
        steadyMs: 180_000,
        changes: ["co2"],
    },
    {
        id: PROCEDURE_SELF_CALIBRATION,
        name: "self-calibration",
        summary: "automatic self-calibration, on or off; right where fresh air comes each week",
        kind: "setting",
        unit: "",
        steps: 1,
        changes: [],
        until: "power loss",
    },
    {
        id: PROCEDURE_TEMPERATURE_OFFSET,
        name: "temperature-offset",
        summary: "by how much the part is warmer than the air around its enclosure",
        kind: "setting",
        unit: "°C",
        steps: 100,
        changes: ["temperature", "relativeHumidity"],
        until: "power loss",
    },
    {
        id: PROCEDURE_ALTITUDE,
        name: "altitude",
        summary: "metres above sea level, for the compensation of air pressure",
        kind: "setting",
        unit: "m",
        steps: 1,
        changes: ["co2"],
        until: "power loss",
    },
    {
        id: PROCEDURE_PRESSURE,
        name: "pressure",
        summary: "air pressure of now, instead of the altitude; until the node starts again",
        kind: "setting",
        unit: "hPa",
        steps: 1,
        changes: ["co2"],
        until: "restart",
    },
    {
        id: PROCEDURE_STORE,
        name: "store",
        summary: "stores the settings in the part, so that they outlive a power cut",
        kind: "action",
        unit: "",
        steps: 1,
        changes: [],
        // SCD4x, version 1.7, 3.10.1
        mostWrites: 2000,
    },
    {
        id: PROCEDURE_CLEAN_FAN,
        name: "clean-fan",
        summary: "blows the dust out of the part's fan, for ten seconds",
        kind: "action",
        unit: "",
        steps: 1,
        changes: [],
        isMeasuredAfter: true,
    },
    {
        id: PROCEDURE_OWN_OFFSET,
        name: "own-offset",
        summary: "the offset that is stored in the part and added to its readings",
        kind: "setting",
        unit: "°C",
        steps: 100,
        changes: ["temperature"],
        // TMP117, SNOSD82D, 6.5
        mostWrites: 1000,
    },
    {
        id: PROCEDURE_RANGE_OFFSET,
        name: "range-offset",
        summary: "the part shows the distance of a grey target; kept in the node",
        kind: "reference",
        unit: "m",
        steps: 1000,
        correctionUnit: "mm",
        steadyMs: 30_000,
        changes: ["distance"],
    },
    {
        id: PROCEDURE_CROSSTALK,
        name: "crosstalk",
        summary: "takes the light of a cover glass out of distances; kept in the node",
        kind: "reference",
        unit: "m",
        steps: 1000,
        correctionUnit: "cps",
        steadyMs: 30_000,
        changes: ["distance"],
    },
    {
        id: PROCEDURE_EMISSIVITY,
        name: "emissivity",
        summary: "of the surface that the part looks at, 0.1 to 1; kept in the part",
        kind: "setting",
        unit: "",
        steps: 1000,
        changes: ["temperature"],
        // MLX90614, 3901090614 rev 001, 6.1: 100,000 at 25 °C, 10,000 at 125 °C
        mostWrites: 10_000,
    },
]

export function procedureOf(id: number): Procedure | undefined {
    return PROCEDURES.find(known => known.id === id)
}

/** What the node gave, as a number in its unit. */
export function resultValue({ steps, correctionUnit }: Procedure, result: number): number {
    const units = correctionUnit === undefined ? steps : 1
    return Math.round((result / units) * 1000) / 1000
}

/** "off", "2.5 °C", "60 m" */
export function resultText(procedure: Procedure, result: number): string {
    const { name, unit, correctionUnit } = procedure
    if (name === "self-calibration") return result === 0 ? "off" : "on"
    const number = resultValue(procedure, result)
    const sign = correctionUnit !== undefined && number > 0 ? "+" : ""
    const shown = correctionUnit ?? unit
    return `${sign}${number}${shown === "" ? "" : ` ${shown}`}`
}
