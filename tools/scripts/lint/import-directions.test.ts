/** Import directions, checked with the project's own lint configuration. */
import { ESLint } from "eslint"
import tseslint from "typescript-eslint"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"

const eslint = new ESLint({
    cwd: PROJECT_ROOT,
    // The files are not there, so their types are not either.
    overrideConfig: [
        {
            files: ["**/*.ts"],
            ...tseslint.configs.disableTypeChecked,
            languageOptions: {
                parserOptions: { program: null, project: false, projectService: false },
            },
        },
        {
            files: ["**/*.ts"],
            rules: {
                "suitcase/await-calls": "off",
                "suitcase/no-computed-member": "off",
                "suitcase/no-spread-into-builtin": "off",
                "suitcase/no-string-order": "off",
            },
        },
    ],
})

/** @returns "line: rule" of what is wrong about a file with this text */
async function problems(filePath: string, text: string): Promise<string[]> {
    const [result] = await eslint.lintText(`${text}\n`, { filePath })
    return result.messages.map(({ line, ruleId, message }) => `${line}: ${ruleId ?? message}`)
}

const DIRECTIONS = "suitcase/import-directions"

const ALLOWED: readonly (readonly [from: string, to: string])[] = [
    ["devs/new.ts", "../src/station/bus.js"],
    ["devs/new.ts", "../src/drivers/sht4x/driver.js"],
    ["devs/new.ts", "@devicescript/core"],
    ["src/station/new.ts", "../core/protocol/topics.js"],
    ["src/station/new.ts", "../drivers/shared/driver.js"],
    ["src/station/new.ts", "../core/crc.js"],
    ["src/uplink/new.ts", "../core/crc.js"],
    ["src/uplink/new.ts", "../core/protocol/topics.js"],
    ["src/uplink/new.ts", "@devicescript/net"],
    ["src/core/protocol/new.ts", "../crc.js"],
    ["src/drivers/new/driver.ts", "../shared/driver.js"],
    ["src/drivers/new/driver.ts", "../../core/crc.js"],
    ["src/drivers/new/driver.ts", "@devicescript/i2c"],
    ["src/drivers/new/model.ts", "../shared/register-model.js"],
    ["src/drivers/new/model.ts", "../shared/sensirion/word-model.js"],
    ["src/drivers/new/model.ts", "../../core/crc.js"],
    ["src/drivers/new/part.ts", "./model.js"],
    ["src/drivers/new/part.ts", "../shared/part.js"],
    ["sim/parts/new.ts", "../../src/drivers/shared/part.js"],
    ["src/drivers/new/new.test.ts", "../../../sim/world/world.js"],
    ["src/core/new.ts", "./frame/format.js"],
    ["src/core/new.test.ts", "../../tools/scripts/lint/files.js"],
    ["sim/world/new.ts", "../../src/core/crc.js"],
    ["sim/world/new.ts", "../../src/drivers/shared/register-model.js"],
    ["sim/world/new.ts", "../../src/drivers/sht4x/model.js"],
    ["sim/world/new.ts", "../../src/core/protocol/topics.js"],
    ["sim/world/new.ts", "mqtt-packet"],
    ["sim/world/new.ts", "node:path"],
    ["tools/new.ts", "../sim/world/world.js"],
    ["tools/new.ts", "../src/core/crc.js"],
    ["tools/new.ts", "../src/drivers/shared/channels.js"],
    ["tools/new.ts", "../src/drivers/sht4x/model.js"],
    ["tools/decoder/new.ts", "../../src/core/crc.js"],
    ["tools/flash/new.ts", "esptool-js"],
    ["tools/flash/new.ts", "../../src/core/crc.js"],
    ["tests/new.test.ts", "../src/drivers/sht4x/model.js"],
    ["bench/new.ts", "../tools/scripts/lint/files.js"],
]

const FORBIDDEN: readonly (readonly [from: string, to: string])[] = [
    ["devs/new.ts", "../sim/world/world.js"],
    ["devs/new.ts", "../tools/scripts/lint/files.js"],
    ["devs/new.ts", "./indoor-climate.js"],
    ["devs/new.ts", "../src/drivers/sht4x/model.js"],
    ["src/station/new.ts", "../../devs/indoor-climate.js"],
    ["src/station/new.ts", "../../sim/world/world.js"],
    ["src/station/new.ts", "../drivers/shared/register-model.js"],
    ["src/uplink/new.ts", "../station/bus.js"],
    ["src/uplink/new.ts", "../drivers/shared/driver.js"],
    ["src/uplink/new.ts", "../../tools/scripts/lint/files.js"],
    ["src/core/protocol/new.ts", "../../uplink/client.js"],
    ["src/core/protocol/new.ts", "../../drivers/shared/driver.js"],
    ["src/calibration/new.ts", "../drivers/shared/driver.js"],
    ["src/drivers/new/driver.ts", "../../station/bus.js"],
    ["src/drivers/new/driver.ts", "../../uplink/client.js"],
    ["src/drivers/new/driver.ts", "../sht4x/model.js"],
    ["src/drivers/new/driver.ts", "../shared/register-model.js"],
    ["src/drivers/new/driver.ts", "../../../sim/world/world.js"],
    ["src/drivers/new/model.ts", "../sht4x/driver.js"],
    ["src/drivers/new/model.ts", "../../../sim/time/random.js"],
    ["src/core/new.ts", "../drivers/shared/channels.js"],
    ["src/core/new.ts", "../../sim/time/random.js"],
    ["sim/world/new.ts", "../../tools/scripts/lint/files.js"],
    ["sim/world/new.ts", "../../src/drivers/shared/driver.js"],
    ["sim/world/new.ts", "../../src/uplink/client.js"],
    ["sim/world/new.ts", "../../src/station/bus.js"],
    ["sim/world/new.ts", "../../tests/on-the-vm/core-on-the-vm.test.js"],
    ["tools/new.ts", "../src/drivers/sht4x/driver.js"],
    ["tools/decoder/new.ts", "../cli/errors.js"],
    ["tools/decoder/new.ts", "../../src/drivers/shared/channels.js"],
    ["tools/decoder/new.ts", "node:fs"],
    ["tools/flash/new.ts", "node:fs"],
    ["tools/flash/new.ts", "path"],
    ["tools/flash/new.ts", "../cli/errors.js"],
    ["sim/bootloader/new.ts", "node:zlib"],
    ["sim/bootloader/new.ts", "../time/random.js"],
    ["tools/new.ts", "../src/uplink/client.js"],
    ["tools/new.ts", "../devs/indoor-climate.js"],
]

describe("import directions", () => {
    it.each(ALLOWED)("%s may import %s", async (from, to) => {
        expect(await problems(from, `export * from "${to}"`)).toEqual([])
    })

    it.each(FORBIDDEN)("%s may not import %s", async (from, to) => {
        expect(await problems(from, `\nexport * from "${to}"`)).toEqual([`2: ${DIRECTIONS}`])
    })

    it("sees every form of import", async () => {
        const from = "src/uplink/new.ts"
        const to = "../drivers/shared/driver.js"
        for (const text of [
            `import "${to}"`,
            `import * as all from "${to}"\nexport { all }`,
            `import type { SensorDriver } from "${to}"\nexport type A = SensorDriver`,
            `export { wait } from "${to}"`,
            `export type A = import("${to}").SensorDriver`,
        ])
            expect(await problems(from, text), text).toEqual([`1: ${DIRECTIONS}`])
        expect(await problems("sim/new.ts", `await import("../src/station/bus.js")`)).toEqual([
            `1: ${DIRECTIONS}`,
        ])
    })

    it.each(["@devicescript/core", "node:fs", "buffer", "mqtt"])(
        "the portable parts import no package: %s",
        async name => {
            for (const from of ["src/core/new.ts", "src/core/protocol/new.ts"])
                expect(await problems(from, `import "${name}"`)).toEqual([`1: ${DIRECTIONS}`])
        }
    )

    it.each(["Buffer.alloc(2)", "process.exit()"])(
        "the portable parts use nothing that only Node or the board has: %s",
        async text => {
            const found = await problems("src/core/new.ts", text)
            expect(found).toEqual(["1: no-restricted-globals"])
            expect(await problems("src/core/protocol/new.ts", text)).toEqual(found)
        }
    )
})

describe("being simulated", () => {
    const text = 'import * as ds from "@devicescript/core"\nexport const x = ds.isSimulator()'

    it.each([
        "src/drivers/new/driver.ts",
        "src/station/new.ts",
        "src/uplink/new.ts",
        "devs/new.ts",
    ])("%s may not ask for it", async from => {
        expect(await problems(from, text)).toEqual(["2: no-restricted-syntax"])
    })

    it("src/station/bus.ts may", async () => {
        expect(await problems("src/station/bus.ts", text)).toEqual([])
    })
})

describe("waiting", () => {
    const text = (wait: string) => `import * as ds from "@devicescript/core"\n${wait}\nds.millis()`
    const PROPERTIES = "2: no-restricted-properties"

    it.each([
        "src/drivers/new/driver.ts",
        "src/station/new.ts",
        "src/uplink/new.ts",
        "devs/new.ts",
    ])("%s waits with the scheduler alone", async from => {
        expect(await problems(from, text("await ds.sleep(1)"))).toEqual([PROPERTIES])
        expect(await problems(from, text("await ds.suspend(1)"))).toEqual([PROPERTIES])
        const timer = text("setInterval(async () => undefined, 1000)")
        expect(await problems(from, timer)).toEqual(["2: no-restricted-globals"])
    })

    it("the scheduler has only the platform to wait with", async () => {
        expect(await problems("src/scheduler/scheduler.ts", text("await ds.sleep(1)"))).toEqual([])
    })
})
