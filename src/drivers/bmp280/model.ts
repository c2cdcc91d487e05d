import { Bmx280Model } from "../shared/bosch/bmx280-model.js"
import { type Bmx280Coefficients } from "../shared/bosch/bmx280-formulas-model.js"

/** The example of the datasheet BST-BMP280-DS001, section 3.12. */
export const BMP280_EXAMPLE: Bmx280Coefficients = {
    T: [27504, 26435, -1000],
    P: [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000],
}

/** Register model of Bosch BMP280. */
export class BMP280Model extends Bmx280Model {
    constructor(address = 0x76, coefficients = BMP280_EXAMPLE) {
        super({ part: "Bosch BMP280", address, chipId: 0x58, coefficients })
    }
}
