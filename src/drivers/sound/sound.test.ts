import { PartProgram } from "../../../sim/parts/part-program.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { part } from "./part.js"

commonSuite(new PartProgram("sound", part))
