/**
 * `npm run train:codec [-- --traces FOLDER]`: trains the statistics that frames
 * start from. Writes src/core/frame/tables.ts (trained on all recordings),
 * docs/test-vectors/tables.json (the same for other decoders) and
 * bench/codec/folds.json (for each recording, trained on the others).
 */
import { writeFileSync } from "node:fs"
import { writeFolds } from "./folds.js"
import { tablesJson, tablesModule } from "./tables.js"
import { Trainer, hookedCoder } from "./trainer.js"
import { loadAll, tracesFolder } from "./traces.js"

const recordings = loadAll(tracesFolder())
const Coder = await hookedCoder()
const folds = recordings.map(left => {
    console.log(`training without ${left.name}`)
    const others = recordings.filter(recording => recording !== left)
    return { without: [left.name], prior: new Trainer(Coder).train(others) }
})
writeFileSync(new URL("folds.json", import.meta.url), writeFolds(folds))
console.log("training on all recordings")
const prior = new Trainer(Coder).train(recordings)
writeFileSync(new URL("../../src/core/frame/tables.ts", import.meta.url), tablesModule(prior))
writeFileSync(new URL("../../docs/test-vectors/tables.json", import.meta.url), tablesJson(prior))
console.log(`wrote tables.ts (${prior.length} B of statistics), tables.json and folds.json`)
