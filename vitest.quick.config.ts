/**
 * `npm run test:quick`: everything that needs no virtual machine, and one test of each
 * area that does. For the loop while writing; `npm test` has the rest.
 */
import { mergeConfig, type ViteUserConfig } from "vitest/config"
import whole from "./vitest.config.js"

/** Without the virtual machine, without other processes. */
export const WITHOUT_VM = [
    "src/core/**/*.test.ts",
    "src/drivers/shared/*.test.ts",
    "src/drivers/**/{model,service-model,conversion,compensation,voltage}.test.ts",
    "sim/{bus,devtools,net,traces}/**/*.test.ts",
    "tools/boards/**/*.test.ts",
    "tools/decoder/**/*.test.ts",
    "tools/cli/{home-assistant,keys,pack,view}/**/*.test.ts",
    "tools/scripts/lint/rules/*.test.ts",
    "tests/cli/{home-assistant,listen,new-driver}.test.ts",
    "tests/interop/{reference-decoder,test-vectors,traces}.test.ts",
    "tests/parts/suite.test.ts",
    "tests/interop/npm-drivers/*.test.ts",
]

/** One of each area: a driver with the common suite, the whole path, the tools, a fault. */
export const SMOKE = [
    "src/drivers/sht4x/sht4x.test.ts",
    "src/drivers/pulses/pulses.test.ts",
    "tests/on-the-vm/end-to-end.test.ts",
    "tests/cli/try.test.ts",
    "tests/reliability/envelope.test.ts",
    "tests/on-the-vm/seal-on-the-vm.test.ts",
]

const config: ViteUserConfig = mergeConfig(whole, {})
config.test = { ...config.test, include: [...WITHOUT_VM, ...SMOKE] }
export default config
