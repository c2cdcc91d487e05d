/** Writes a new driver's files, formatted as all others are. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { UsageError } from "../errors.js"
import { exampleFile, partFile, readmeFile } from "./common-files.js"
import { type DriverPlan } from "./plan.js"
import {
    registersConversion,
    registersDriver,
    registersModel,
    registersModelTest,
} from "./registers-family.js"
import {
    sensirionConversion,
    sensirionDriver,
    sensirionModel,
    sensirionModelTest,
} from "./sensirion-family.js"

/** @returns the files' paths from the project's root and their texts, not formatted yet */
export function newDriverFiles(plan: DriverPlan): ReadonlyMap<string, string> {
    const isSensirion = plan.family === "sensirion"
    const inFolder = (name: string) => `src/drivers/${plan.folder}/${name}`
    return new Map([
        [inFolder("driver.ts"), (isSensirion ? sensirionDriver : registersDriver)(plan)],
        [
            inFolder("conversion.ts"),
            (isSensirion ? sensirionConversion : registersConversion)(plan),
        ],
        [inFolder("model.ts"), (isSensirion ? sensirionModel : registersModel)(plan)],
        [inFolder("model.test.ts"), (isSensirion ? sensirionModelTest : registersModelTest)(plan)],
        [
            inFolder("part.ts"),
            isSensirion
                ? partFile(plan, "CRC-8 on each word", "serial number")
                : partFile(plan, "none", "id 0xb1"),
        ],
        [inFolder("README.md"), readmeFile(plan)],
        [`devs/examples/${plan.folder}.ts`, exampleFile(plan)],
    ])
}

/** @returns the files written, from the project's root @throws UsageError when one exists */
export async function writeNewDriver(plan: DriverPlan): Promise<string[]> {
    const files = newDriverFiles(plan)
    for (const file of files.keys())
        if (existsSync(path.join(PROJECT_ROOT, file)))
            throw new UsageError(`${file} exists already; nothing was written`)
    // Only here: it takes a while to load.
    const prettier = await import("prettier")
    for (const [file, text] of files) {
        const full = path.join(PROJECT_ROOT, file)
        const options = (await prettier.resolveConfig(full)) ?? {}
        mkdirSync(path.dirname(full), { recursive: true })
        writeFileSync(full, await prettier.format(text, { ...options, filepath: full }))
    }
    return [...files.keys()]
}
