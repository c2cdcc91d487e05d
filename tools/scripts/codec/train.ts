/**
 * `npm run train:codec [-- --traces FOLDER]`: trains the statistics that frames
 * start from. Writes src/core/frame/tables.ts (trained on all recordings),
 * docs/test-vectors/tables.json (the same for other decoders) and
 * tools/scripts/codec/folds.json (for each recording, trained on the others), and
 * encodes the rows of docs/test-vectors/frames.json anew.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { writeFolds } from "./folds.js"
import { formatted } from "./formatted.js"
import { fixedTables, tablesJson, tablesModule } from "./tables.js"
import { Trainer } from "./trainer.js"
import { loadAll, tracesFolder } from "./traces.js"
import { type Vector, vectorsJson } from "./vectors.js"

/** Writes a file in the project's format. */
async function write(url: URL, text: string): Promise<void> {
    writeFileSync(url, await formatted(url, text))
}

const recordings = loadAll(tracesFolder())
const folds = recordings.map(left => {
    console.log(`training without ${left.name}`)
    const others = recordings.filter(recording => recording !== left)
    return { without: [left.name], prior: new Trainer().train(others) }
})
await write(new URL("folds.json", import.meta.url), writeFolds(folds))
console.log("training on all recordings")
const prior = new Trainer().train(recordings)
await write(new URL("../../../src/core/frame/tables.ts", import.meta.url), tablesModule(prior))
const docs = new URL("../../../docs/test-vectors/", import.meta.url)
await write(new URL("tables.json", docs), tablesJson(prior))
const tables = { prior, ...fixedTables() }
const vectors = JSON.parse(readFileSync(new URL("frames.json", docs), "utf8")) as readonly Vector[]
await write(new URL("frames.json", docs), vectorsJson(vectors, tables))
console.log(`wrote tables.ts (${prior.length} B of statistics), folds.json and the test vectors`)
