/** `npm run docs:kit`: writes the options of drivers, the JSON Schema of kit files and the bill of materials. */
import { writeFileSync } from "node:fs"
import { DRIVER_OPTIONS_FILE } from "../../kit/driver-options.js"
import { readDriverOptions } from "./read-options.js"
import { asJsonFile } from "./json-file.js"

writeFileSync(DRIVER_OPTIONS_FILE, await asJsonFile(await readDriverOptions(), DRIVER_OPTIONS_FILE))
const { KIT_SCHEMA_FILE, kitJsonSchema } = await import("../../kit/json-schema.js")
writeFileSync(KIT_SCHEMA_FILE, await asJsonFile(await kitJsonSchema(), KIT_SCHEMA_FILE))
const { BILL_PAGE, billPage } = await import("./bill-page.js")
writeFileSync(BILL_PAGE, await billPage())
