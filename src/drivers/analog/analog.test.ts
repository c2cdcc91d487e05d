import { PartProgram } from "../../../sim/parts/part-program.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { onLine, type Line } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("analog", part)

/** Falls, and has readings below 0 and beyond its points. */
const SOIL: Line = { reading0: 52000, value0: 0, reading1: 22000, value1: 1000 }
const SOIL_SOURCE = JSON.stringify(SOIL)

conversionsAgree(program, [
    {
        convert: onLine,
        args: `input * 7, 7, ${SOIL_SOURCE}`,
        here: input => onLine(input * 7, 7, SOIL),
    },
    {
        convert: onLine,
        args: `input, 64, ${SOIL_SOURCE}`,
        here: input => onLine(input, 64, SOIL),
    },
])

commonSuite(program)
