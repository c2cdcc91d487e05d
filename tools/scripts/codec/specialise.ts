/** `npm run specialise:codec`: writes src/core/frame/row-encoder.ts and row-decoder.ts. */
import { writeFileSync } from "node:fs"
import { formatted } from "./formatted.js"
import { ROW_DECODER, ROW_ENCODER, rowCoderModule } from "./row-coders.js"

for (const kind of [ROW_ENCODER, ROW_DECODER])
    writeFileSync(kind.file, await formatted(kind.file, rowCoderModule(kind)))
