/**
 * The drivers' own classes in Node, with a board that does nothing: a driver names its channels and refuses
 * wrong options in its constructor, so that a kit file is held against the very code that will run.
 */
import { build, type Plugin } from "esbuild"
import { runInThisContext } from "node:vm"
import { type Channel } from "../../src/core/channel.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

/** A driver as its constructor leaves it. */
export interface MadeDriver {
    /** Maker and name: "Sensirion SHT4x". */
    readonly part: string
    /** 7-bit address; 0 on a pin. */
    readonly address: number
    readonly channels: readonly Channel[]
}

export type DriverClass = new (bus: unknown, options?: object) => MadeDriver

/** Stands for every object of the platform: whatever is asked of it is there and does nothing. */
const PLATFORM = `
const nothing = new Proxy(function () {}, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => 0 : nothing),
    apply: () => nothing,
    construct: () => nothing,
})
module.exports = new Proxy({}, {
    get: (_, key) => (key === "I2CError" ? Error : key === "I2C" ? class {} : nothing),
})`

const platform: Plugin = {
    name: "suitcase-platform",
    setup(to) {
        to.onResolve(
            { filter: /^@(?:devicescript|dsboard)\/|\/scheduler\/scheduler\.js$/ },
            ({ path: name }) => ({
                path: name,
                namespace: "platform",
            })
        )
        to.onLoad({ filter: /./, namespace: "platform" }, () => ({
            contents: PLATFORM,
            loader: "js",
        }))
    },
}

/**
 * @param classes with the absolute file of each
 * @returns the classes by their name
 */
export async function loadDriverClasses(
    classes: readonly (readonly [className: string, file: string])[]
): Promise<ReadonlyMap<string, DriverClass>> {
    const contents = classes
        .map(
            ([name, file]) =>
                `export { ${name} } from ${JSON.stringify(file.replaceAll("\\", "/"))}`
        )
        .join("\n")
    const result = await build({
        stdin: { contents, resolveDir: PROJECT_ROOT, loader: "ts" },
        bundle: true,
        write: false,
        format: "cjs",
        platform: "node",
        target: "node20",
        logLevel: "silent",
        tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
        plugins: [platform],
    })
    const module: { exports: Record<string, DriverClass> } = { exports: {} }
    const run = runInThisContext(`(function (module, hex) {${result.outputFiles[0].text}\n})`) as (
        module: object,
        hex: (digits: TemplateStringsArray) => Buffer
    ) => void
    // The one global that DeviceScript has and Node has not.
    run(module, digits => Buffer.from(digits.join("").replaceAll(/\s/g, ""), "hex"))
    return new Map(Object.entries(module.exports))
}
