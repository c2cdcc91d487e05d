/** Writes a new driver's files, formatted as all others are. */
import {
    accessSync,
    constants,
    existsSync,
    mkdirSync,
    rmSync,
    rmdirSync,
    writeFileSync,
} from "node:fs"
import path from "node:path"
import { PACKAGE_NAME, isCityFolder, isProject, projectRoot } from "../../../sim/program/project.js"
import { UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { exampleFile, partFile, readmeFile, suiteFile } from "./common-files.js"
import { commandsDriver, commandsModel, commandsModelTest } from "./commands-family.js"
import { type DriverPlan, type Family } from "./plan.js"
import {
    registersConversion,
    registersDriver,
    registersModel,
    registersModelTest,
} from "./registers-family.js"
import { sensirionDriver, sensirionModel, sensirionModelTest } from "./sensirion-family.js"
import { wordConversion } from "./word-conversion.js"
import { wordsDriver, wordsModel, wordsModelTest } from "./words-family.js"

/** What depends on how the part talks. */
interface FamilyFiles {
    readonly driver: (plan: DriverPlan) => string
    readonly conversion: (plan: DriverPlan) => string
    readonly model: (plan: DriverPlan) => string
    readonly modelTest: (plan: DriverPlan) => string
    readonly checkValue: string
    readonly identification: string
}

const FILES: Readonly<Record<Family, FamilyFiles>> = {
    registers: {
        driver: registersDriver,
        conversion: registersConversion,
        model: registersModel,
        modelTest: registersModelTest,
        checkValue: "none",
        identification: "id 0xb1",
    },
    words: {
        driver: wordsDriver,
        conversion: wordConversion,
        model: wordsModel,
        modelTest: wordsModelTest,
        checkValue: "none",
        identification: "id 0x1050",
    },
    commands: {
        driver: commandsDriver,
        conversion: wordConversion,
        model: commandsModel,
        modelTest: commandsModelTest,
        checkValue: "none",
        identification: "id 0x1506",
    },
    sensirion: {
        driver: sensirionDriver,
        conversion: wordConversion,
        model: sensirionModel,
        modelTest: sensirionModelTest,
        checkValue: "CRC-8 on each word",
        identification: "serial number",
    },
}

/** @returns the files' paths from the project's root and their texts, not formatted yet */
export function newDriverFiles(plan: DriverPlan): ReadonlyMap<string, string> {
    const files = FILES[plan.family]
    const inFolder = (name: string) => `src/drivers/${plan.folder}/${name}`
    return new Map([
        [inFolder("driver.ts"), files.driver(plan)],
        [inFolder("conversion.ts"), files.conversion(plan)],
        [inFolder("model.ts"), files.model(plan)],
        [inFolder("model.test.ts"), files.modelTest(plan)],
        [inFolder("part.ts"), partFile(plan, files.checkValue, files.identification)],
        [inFolder(`${plan.folder}.test.ts`), suiteFile(plan)],
        [inFolder("README.md"), readmeFile(plan)],
        [`devs/examples/${plan.folder}.ts`, exampleFile(plan)],
    ])
}

/**
 * Whether drivers can be written here, before anything is asked for.
 * @throws UsageError where this is no checkout of the project, or one that cannot be written
 */
export function checkCheckout(root = projectRoot()): void {
    const isCity = isCityFolder(root) && isProject(root)
    const drivers = isCity ? root : path.join(root, "src", "drivers")
    const hint = "clone the repository, run npm ci there, and start it again in the clone"
    if (!isCity && !existsSync(path.join(root, "tests", "parts", "suite.ts")))
        throw new UsageError(
            `a new driver belongs into a checkout of the project; ${root} is none: ${hint}`
        )
    try {
        accessSync(drivers, constants.W_OK)
    } catch (e) {
        throw new UsageError(
            `${drivers}: ${fileProblem(e)}; a new driver belongs into a checkout that you can write: ${hint}`
        )
    }
}

/** What a city's folder without a configuration of its own gets: that of the toolkit. */
const FORMAT = { semi: false, tabWidth: 4, printWidth: 100, arrowParens: "avoid" } as const

/** The same files in a folder that has the toolkit as a package: what is not among them comes from there. */
function fromPackage(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const isOwn = (target: string) => files.has(target.replace(/\.js$/, ".ts"))
    return new Map(
        [...files].map(([file, text]) => [
            file,
            text.replaceAll(
                /(from |import )"(\.{1,2}\/[^"]+)"/g,
                (all, word: string, target: string) => {
                    const full = path.posix.join(path.posix.dirname(file), target)
                    return isOwn(full) ? all : `${word}"${PACKAGE_NAME}/${full}"`
                }
            ),
        ])
    )
}

/**
 * All files or none.
 * @returns the files written, from the project's root
 * @throws UsageError when one exists, or cannot be written
 */
export async function writeNewDriver(plan: DriverPlan, root = projectRoot()): Promise<string[]> {
    const isCity = isCityFolder(root) && isProject(root)
    const files = isCity ? fromPackage(newDriverFiles(plan)) : newDriverFiles(plan)
    for (const file of files.keys())
        if (existsSync(path.join(root, file)))
            throw new UsageError(`${file} exists already; nothing was written`)
    // Only here: it takes a while to load.
    const prettier = await import("prettier")
    const written: string[] = []
    for (const [file, text] of files) {
        const full = path.join(root, file)
        const options = (await prettier.resolveConfig(full)) ?? FORMAT
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
