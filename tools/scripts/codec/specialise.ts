/** `npm run specialise:codec`: writes src/core/frame/row-encoder.ts, the boards' half of rows.ts. */
import { writeFileSync } from "node:fs"
import { formatted } from "./formatted.js"
import { ROW_ENCODER, rowEncoderModule } from "./row-encoder.js"

writeFileSync(ROW_ENCODER, await formatted(ROW_ENCODER, rowEncoderModule()))
