/** Reads the file of `--places`: where nodes are, by "site/node". */
import { readFileSync } from "node:fs"
import { z } from "zod"
import { type Places } from "../../receiver/index.js"
import { UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { isName } from "../options.js"

const place = z.strictObject({
    coordinates: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]).optional(),
    name: z.string().min(1).max(200).optional(),
    type: z
        .string()
        .regex(/^[A-Za-z]\w{0,63}$/, "must be letters and digits")
        .optional(),
})
const placesFile = z.record(
    z.string().refine(key => {
        const [site, node, ...rest] = key.split("/")
        return isName(site) && isName(node ?? "") && rest.length === 0
    }, "must be SITE/NODE"),
    place
)

/** @throws UsageError naming what is wrong with the file */
export function readPlaces(file: string): Places {
    let text: string
    try {
        text = readFileSync(file, "utf8")
    } catch (e) {
        throw new UsageError(`--places ${file}: ${fileProblem(e)}`)
    }
    let value: unknown
    try {
        value = JSON.parse(text)
    } catch {
        throw new UsageError(`--places ${file}: this is not JSON`)
    }
    const { data, error } = placesFile.safeParse(value)
    if (data !== undefined) return new Map(Object.entries(data))
    const [issue] = error.issues
    throw new UsageError(`--places ${file}: ${issue.path.join(".")}: ${issue.message}`)
}
