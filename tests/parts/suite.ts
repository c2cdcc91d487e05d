/**
 * The common suite: what every part has to pass. Each part's own test file runs it:
 *
 *     const program = new PartProgram("sht4x", part)
 *     commonSuite(program)
 */
import { describe } from "vitest"
import { isOnPin } from "../../sim/parts/catalogue.js"
import { type PartProgram } from "../../sim/parts/part-program.js"
import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { i2cSuite } from "./i2c-suite.js"
import { pinSuite } from "./pin-suite.js"
import { settles } from "./warm-up.js"

/** Longest time of one test on a busy machine, ms. */
const TIMEOUT_MS = 120_000

export function commonSuite(program: PartProgram): void {
    const { part } = program
    describe(`${part.folder} (${part.maker} ${part.name})`, { timeout: TIMEOUT_MS }, () => {
        if (isOfPin(program)) pinSuite(program)
        else if (isOfBus(program)) i2cSuite(program)
        settles(program)
    })
}

function isOfPin(program: PartProgram): program is PartProgram<ServiceModel> {
    return isOnPin(program.part)
}

function isOfBus(program: PartProgram): program is PartProgram<RegisterModel> {
    return !isOnPin(program.part)
}
