import { Bmx280Model } from "../shared/bosch/bmx280-model.js"
import { type Bmx280Coefficients } from "../shared/bosch/bmx280-formulas-model.js"

/** A real part's coefficients, as published in the tests of github.com/elixir-sensors/bmp280. */
export const BME280_EXAMPLE: Bmx280Coefficients = {
    T: [28189, 26285, 50],
    P: [36635, -10696, 3024, 11092, -241, -7, 12300, -12000, 5000],
    H: [75, 338, 0, 370, 60, 30],
}

/** Register model of Bosch BME280. */
export class BME280Model extends Bmx280Model {
    constructor(address = 0x76, coefficients = BME280_EXAMPLE) {
        super({ part: "Bosch BME280", address, chipId: 0x60, coefficients })
    }
}
