/**
 * Long files first, so that no worker is left with one at the end. After the first
 * run their times are known; before it, those of this list are taken for long.
 */
import path from "node:path"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Files above 5 s of CPU time, longest first, by `npm run test:times`; a file that is missing here only costs time. */
export const LONG_FILES: readonly string[] = [
    "tests/docs/write-a-driver.test.ts",
    "tests/cli/cli.test.ts",
    "tests/reliability/heap.test.ts",
    "tests/reliability/campaigns.test.ts",
    "tests/reliability/cut-at-every-byte.test.ts",
    "tests/reliability/eeprom.test.ts",
    "tests/on-the-vm/rtc.test.ts",
    "tools/cli/sim/faults.test.ts",
    "tests/cli/devtools.test.ts",
    "tests/cli/settings.test.ts",
    "tests/on-the-vm/idle-time.test.ts",
    "src/drivers/ds2482/ds2482.test.ts",
    "tests/reliability/fleet.test.ts",
    "tests/reliability/time.test.ts",
    "tests/parts/whole-day.test.ts",
    "src/drivers/scd41/scd41.test.ts",
    "src/uplink/uplink.test.ts",
    "src/core/outbox/log-on-the-vm.test.ts",
    "src/drivers/vl53l0x/vl53l0x.test.ts",
    "tests/reliability/commands.test.ts",
    "tests/interop/bench-uplink.test.ts",
    "sim/world/world.test.ts",
    "tests/on-the-vm/settings-power-cut.test.ts",
    "tools/scripts/soak/soak.test.ts",
]

export class LongFirst extends BaseSequencer {
    override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
        const { root } = this.ctx.config
        const weights = new Map(
            files.map(file => {
                const name = path.relative(root, file.moduleId).replaceAll("\\", "/")
                const known = this.ctx.cache.getFileTestResults(`${file.project.name}:${name}`)
                return [file, weightOf(name, known?.duration)]
            })
        )
        const weight = (file: TestSpecification) => weights.get(file) ?? 0
        return Promise.resolve([...files].sort((a, b) => weight(b) - weight(a)))
    }
}

/** @param ms how long the file took the last time, if it ever ran here */
function weightOf(name: string, ms: number | undefined): number {
    if (ms !== undefined) return ms
    const at = LONG_FILES.indexOf(name)
    return at < 0 ? 0 : 1_000_000 - at
}
