/**
 * Runs before lint and type checks, so that they work on a fresh clone. An
 * editor needs it once: npm run types.
 */
import "./install.mjs"

const { register } = await import("tsx/esm/api")
register()
const { unpackDeviceTypes } = await import("../project/device-types.ts")
unpackDeviceTypes()
