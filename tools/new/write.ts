/** Writes a new driver's files, formatted as all others are. */
import { existsSync, mkdirSync, rmSync, rmdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { exampleFile, partFile, readmeFile, suiteFile } from "./common-files.js"
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
        [inFolder(`${plan.folder}.test.ts`), suiteFile(plan)],
        [inFolder("README.md"), readmeFile(plan)],
        [`devs/examples/${plan.folder}.ts`, exampleFile(plan)],
    ])
}

/**
 * All files or none.
 * @returns the files written, from the project's root
 * @throws UsageError when one exists, or cannot be written
 */
export async function writeNewDriver(plan: DriverPlan, root = PROJECT_ROOT): Promise<string[]> {
    const files = newDriverFiles(plan)
    for (const file of files.keys())
        if (existsSync(path.join(root, file)))
            throw new UsageError(`${file} exists already; nothing was written`)
    // Only here: it takes a while to load.
    const prettier = await import("prettier")
    const written: string[] = []
    for (const [file, text] of files) {
        const full = path.join(root, file)
        const options = (await prettier.resolveConfig(path.join(PROJECT_ROOT, file))) ?? {}
        const formatted = await prettier.format(text, { ...options, filepath: full })
        try {
            mkdirSync(path.dirname(full), { recursive: true })
            writeFileSync(full, formatted)
            written.push(full)
        } catch (e) {
            for (const earlier of written) rmSync(earlier, { force: true })
            removeEmpty(path.join(root, "src", "drivers", plan.folder))
            throw new UsageError(`${file}: ${fileProblem(e)}; nothing was written`)
        }
    }
    return [...files.keys()]
}

/** Removes a folder that has nothing in it any more, if it is there at all. */
function removeEmpty(folder: string): void {
    try {
        rmdirSync(folder)
    } catch {
        // It was never made, or somebody put something into it: it stays.
    }
}
