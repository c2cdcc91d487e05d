/**
 * How far off a part of the kind that one has bought is: an error that stays the same, drawn evenly from the
 * range that the part's datasheet gives as its accuracy. Noise and drift are not in it.
 */
import { type CataloguedPart } from "../parts/catalogue.js"
import { type ModelChannel } from "../../src/drivers/shared/part-model.js"
import { Chance } from "./chance.js"

/** An accuracy in the unit of the model's input, and as a share of the value. */
export interface Accuracy {
    readonly absolute: number
    readonly relative: number
}

/** Factors from the units of datasheets to those of the inputs. */
const UNITS: Readonly<Record<string, number>> = {
    "°C": 1,
    "%RH": 1,
    Pa: 1,
    ppm: 1,
    "µg/m³": 1,
    "/cm³": 1,
    "m/s²": 1,
    "dB(A)": 1,
    points: 1,
    mV: 1e-3,
    mm: 1e-3,
}

/**
 * The first figure of an accuracy: "±(30 ppm + 3 %)", "±20 mm on white", "±4 %", "±1 % of the full scale".
 * @returns undefined where it gives no error of a value: counts, "not specified"
 */
export function parseAccuracy(text: string, input: ModelChannel): Accuracy | undefined {
    const sum = /±\((\d+(?:\.\d+)?) (\S+) \+ (\d+(?:\.\d+)?) %\)/.exec(text)
    if (sum !== null)
        return { absolute: Number(sum[1]) * (UNITS[sum[2]] ?? NaN), relative: Number(sum[3]) / 100 }
    const one = /±(\d+(?:\.\d+)?) ([^\s,;]+)( of the (?:full scale|range))?/.exec(text)
    if (one === null) return undefined
    const [, figure, unit, ofRange] = one
    if (unit === "%" && ofRange !== undefined)
        return { absolute: (Number(figure) / 100) * (input.max - input.min), relative: 0 }
    if (unit === "%") return { absolute: 0, relative: Number(figure) / 100 }
    const factor = UNITS[unit]
    return factor === undefined ? undefined : { absolute: Number(figure) * factor, relative: 0 }
}

/**
 * What one part of its kind makes of a true value.
 * @param seed which of them it is
 * @returns the identity where no accuracy is known
 */
export function sensorError(
    part: CataloguedPart,
    input: ModelChannel,
    seed: string
): (value: number) => number {
    // Both masses of a Plantower part, "pm25" and "standard_pm25", are off alike.
    const inputName = input.name.replace(/^standard_/, "")
    const about = part.channels.find(({ name, input: shown = name }) => shown === inputName)
    const accuracy = about === undefined ? undefined : parseAccuracy(about.accuracy, input)
    if (accuracy === undefined) return value => value
    const share = 2 * new Chance(`${seed}/${part.folder}/${inputName}`).at(0) - 1
    const { absolute, relative } = accuracy
    return value => value + share * (absolute + relative * Math.abs(value))
}
