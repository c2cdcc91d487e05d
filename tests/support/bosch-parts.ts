/**
 * Random parts, in the ranges in which Bosch's own self-test accepts one
 * (github.com/boschsensortec/BMP2_SensorAPI, bmp2_defs.h). No range is published for the
 * coefficients of humidity: those are around the ones of real parts.
 */
import fc from "fast-check"
import { type Bme680Coefficients } from "../../src/drivers/bme680/formulas-model.js"
import { type Bmx280Coefficients } from "../../src/drivers/shared/bosch/bmx280-formulas-model.js"

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

/** No range is published for these: around the ones of real parts. */
export const anyBme680: fc.Arbitrary<Bme680Coefficients> = fc.record({
    T: fc.tuple(between(24000, 28500), between(25000, 27500), between(-10, 10)),
    P: fc.tuple(
        between(33000, 38500),
        between(-11500, -9500),
        between(60, 110),
        between(-3000, 12000),
        between(-300, 300),
        between(-40, 40),
        between(-60, 60),
        between(-6000, 6000),
        between(-6000, 6000),
        between(0, 60)
    ),
    H: fc.tuple(
        between(550, 1000),
        between(900, 1150),
        between(-5, 5),
        between(20, 60),
        between(0, 40),
        between(60, 160),
        between(-127, 0)
    ),
    GH: fc.tuple(between(-128, 127), between(-32768, 32767), between(-128, 127)),
    resHeatRange: between(0, 3),
    resHeatVal: between(-128, 127),
    rangeSwitchingError: between(-8, 7),
})
