#!/usr/bin/env node
/** Entry point of `npx suitcase`: runs the TypeScript sources directly. */
import "../scripts/install.mjs"

const { register } = await import("tsx/esm/api")
register()
const { main } = await import("./cli.ts")
await main(process.argv)
