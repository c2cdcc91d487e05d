/** Parts that stand for others: one for each class that drivers of the kit extend. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { type CataloguedPart } from "../../sim/parts/catalogue.js"
import { ownOrToolkit } from "../../sim/program/project.js"

export const FAMILY_HEADS = [
    "analog",
    "bh1750",
    "bme280",
    "bme680",
    "contact",
    "direction",
    "ds2482",
    "lis3dh",
    "pulses",
    "scd4x",
    "sgp41",
    "sht4x",
    "sps30",
] as const

/** The class that a part's driver extends: "SensirionDriver". @throws Error when there is none */
export function familyOf({ folder, className }: CataloguedPart): string {
    const file = ownOrToolkit(path.join("src", "drivers", folder, "driver.ts"))
    const declaration = new RegExp(`class ${className} extends (\\w+)`)
    const family = declaration.exec(readFileSync(file, "utf8"))?.[1]
    if (family === undefined) throw new Error(`${folder}/driver.ts: ${className} extends no class`)
    return family
}
