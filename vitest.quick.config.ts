/**
 * `npm run test:quick`: everything that needs no virtual machine, and one test of each
 * area that does. For the loop while writing; `npm test` has the rest.
 */
import { mergeConfig, type ViteUserConfig } from "vitest/config"
import whole from "./vitest.config.js"

/** Without the virtual machine, without other processes. */
export const WITHOUT_VM = [
    "src/core/**/*.test.ts",
    "src/drivers/*.test.ts",
    "src/drivers/*/{model,service-model,conversion,compensation,voltage}.test.ts",
    "src/uplink/wire/*.test.ts",
    "src/uplink/store/{log,store-outbox}.test.ts",
    "sim/{bus,devtools,net,traces}/**/*.test.ts",
    "tools/{decoder,home-assistant,keys,pack,view}/**/*.test.ts",
    "tools/lint/rules/*.test.ts",
    "tests/{home-assistant,listen,new-driver,reference-decoder,test-vectors,traces}.test.ts",
    "tests/parts/suite.test.ts",
    "tests/npm-drivers/*.test.ts",
]

/** One of each area: a driver with the common suite, the whole path, the tools, a fault. */
export const SMOKE = [
    "src/drivers/sht4x/sht4x.test.ts",
    "src/drivers/pulses/pulses.test.ts",
    "tests/end-to-end.test.ts",
    "tests/try.test.ts",
    "tests/reliability/envelope.test.ts",
    "tests/seal-on-the-vm.test.ts",
]

const config: ViteUserConfig = mergeConfig(whole, {})
config.test = { ...config.test, include: [...WITHOUT_VM, ...SMOKE] }
export default config
