/**
 * Random parts, in the ranges in which Bosch's own self-test accepts one
 * (github.com/boschsensortec/BMP2_SensorAPI, bmp2_defs.h). No range is published for the
 * coefficients of humidity: those are around the ones of real parts.
 */
import fc from "fast-check"
import { type Bmx280Coefficients } from "../../src/drivers/bosch/bmx280-formulas-model.js"

function between(min: number, max: number): fc.Arbitrary<number> {
    return fc.integer({ min, max })
}

export const anyBmx280: fc.Arbitrary<Required<Bmx280Coefficients>> = fc.record({
    T: fc.tuple(between(19000, 35000), between(22000, 30000), between(-3000, 1000)),
    P: fc.tuple(
        between(30000, 42000),
        between(-12970, -8000),
        between(-5000, 8000),
        between(-10000, 18000),
        between(-500, 1100),
        between(-1000, 1000),
        between(-32768, 32767),
        between(-30000, 10000),
        between(-10000, 30000)
    ),
    H: fc.tuple(
        between(0, 100),
        between(300, 450),
        between(0, 30),
        between(200, 450),
        between(-50, 100),
        between(-30, 60)
    ),
})
