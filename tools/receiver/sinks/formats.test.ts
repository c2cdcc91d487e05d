/** Each form of files has each reading once, whenever the power goes. */
import { readFileSync, readdirSync, statSync } from "node:fs"
import path from "node:path"
import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import {
    Folders,
    POWER_CUTS,
    deliverThroughCuts,
    story,
} from "../../../tests/support/receiver-bench.js"
import { widerDeliveries } from "../../../tests/support/wider-schema.js"
import { FORMATS, folderSink, type Format } from "./formats.js"

const ROUNDS = 3

/** Files by their path; folders that begin with a dot are the sinks' own. */
function tree(folder: string): Record<string, string> {
    const files: Record<string, string> = {}
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
        if (!name.startsWith(".") && statSync(path.join(folder, name)).isFile())
            files[name] = readFileSync(path.join(folder, name), "latin1")
    return files
}

describe("files of readings", () => {
    const all: Folders[] = []
    afterEach(() => {
        for (const folders of all.splice(0)) folders.remove()
    })
    function newFolders(): Folders {
        const folders = new Folders()
        all.push(folders)
        return folders
    }

    const deliveries = [...story(90), ...widerDeliveries("n1", 5), ...story(120).slice(90)]

    it.each(FORMATS)(
        "of %s are the same after power cuts at any moment as without any",
        async (format: Format) => {
            const undisturbed = newFolders()
            const sinksIn = (folders: Folders) => () => [folderSink(format, folders.out)]
            await deliverThroughCuts(undisturbed, deliveries, [], sinksIn(undisturbed))
            const expected = tree(undisturbed.out)
            expect(Object.keys(expected).length).toBeGreaterThan(0)
            await fc.assert(
                fc.asyncProperty(POWER_CUTS, async cuts => {
                    const folders = newFolders()
                    await deliverThroughCuts(folders, deliveries, cuts, sinksIn(folders))
                    expect(tree(folders.out)).toEqual(expected)
                }),
                { numRuns: ROUNDS }
            )
        },
        120_000
    )
})
