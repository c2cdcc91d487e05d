/**
 * The derived channels and alarms of the applications (src/derived, src/station/alarms.ts) in Node instead of in the
 * VM: the same source, bundled with a clock that the test sets, so that months take seconds. What it cannot show (the
 * board's arithmetic, memory, timing) the runs in the VM do; docs/worlds.md says which compare both.
 */
import { readFileSync } from "node:fs"
import path from "node:path"
import { build } from "esbuild"
import { declaredSettings } from "../../sim/apps/declared.js"
import { PROJECT_ROOT } from "../../sim/program/project.js"

/** A sensor as derived channels see it: the latest sample. */
export interface FakeSensor {
    readonly channels: readonly { readonly name: string }[]
    readonly values: number[]
    readonly qualities: number[]
}

/** As src/derived has them. */
export interface DerivedSensor extends FakeSensor {
    sample(): Promise<void>
}

interface SettingLike {
    value: number
}

interface AlarmLike {
    readonly threshold: { readonly isOn: boolean }
    update(): boolean
}

type AlarmOptions = Readonly<Record<string, number | boolean>>

/** What the bundle exports; arguments as in src/derived. */
export interface DerivedInNode {
    readonly clock: { ms: number }
    readonly channelOf: (sensors: readonly FakeSensor[], name: string) => unknown
    readonly FillLevel: new (
        distance: unknown,
        empty: SettingLike,
        full: SettingLike,
        lying: { tilt: unknown; limit: SettingLike }
    ) => DerivedSensor
    readonly WaterLevel: new (sensors: readonly FakeSensor[], zero: SettingLike) => DerivedSensor
    readonly QuayWatch: new (
        array: FakeSensor & { readonly image: number[] },
        rows: SettingLike,
        contrast: SettingLike
    ) => DerivedSensor
    readonly Passages: new (pulses: unknown, perPassage: SettingLike) => DerivedSensor
    readonly onChange: (options: {
        deadbands: Readonly<Record<string, number>>
        heartbeatSeconds: number
        slowSeconds: number
    }) => {
        readonly intervalMs: number
        open(columns: readonly { readonly name: string }[], intervalMs: number): void
        accepts(nowMs: number, values: readonly number[], qualities: readonly number[]): boolean
    }
    readonly Alarm: new (
        name: string,
        source: unknown,
        limit: SettingLike,
        options?: AlarmOptions
    ) => AlarmLike
}

const ENTRY = `
export { clock } from "@devicescript/core"
export { channelOf } from "./src/derived/derived.js"
export { FillLevel } from "./src/derived/fill-level.js"
export { WaterLevel } from "./src/derived/water-level.js"
export { QuayWatch } from "./src/derived/quay-watch.js"
export { Passages } from "./src/derived/passages.js"
export { Alarm } from "./src/station/alarms.js"
export { onChange } from "./src/station/on-change.js"
`
/** All of DeviceScript that derived channels call; whatever else is asked for is not there. */
const CORE = `
export const clock = { ms: 0 }
export const millis = () => clock.ms
`

let loaded: Promise<DerivedInNode> | undefined

/** The bundle, made once for a process. */
export function derivedInNode(): Promise<DerivedInNode> {
    loaded ??= load()
    return loaded
}

async function load(): Promise<DerivedInNode> {
    const { outputFiles } = await build({
        stdin: { contents: ENTRY, resolveDir: PROJECT_ROOT, sourcefile: "derived.js" },
        bundle: true,
        write: false,
        format: "esm",
        logLevel: "silent",
        plugins: [
            {
                name: "device",
                setup: builder => {
                    // The scheduler keeps the board's beat; what is derived does not wait.
                    builder.onResolve(
                        { filter: /^@devicescript\/|\/scheduler\.js$/ },
                        ({ path }) => ({
                            path,
                            namespace: "device",
                        })
                    )
                    builder.onLoad({ filter: /.*/, namespace: "device" }, ({ path }) => ({
                        contents: path === "@devicescript/core" ? CORE : "module.exports = {}",
                        loader: "js",
                    }))
                },
            },
        ],
    })
    const text = Buffer.from(outputFiles[0].contents).toString("base64")
    return (await import(`data:text/javascript;base64,${text}`)) as DerivedInNode
}

/** The settings of an application with their defaults, by key. */
export function settingsOf(app: string): Record<string, SettingLike> {
    const source = readFileSync(path.join(PROJECT_ROOT, "devs", `${app}.ts`), "utf8")
    return Object.fromEntries(declaredSettings(source).map(({ key, value }) => [key, { value }]))
}

/** A sensor with these channels, all gaps until it is set. */
export function fakeSensor(...names: string[]): FakeSensor {
    return {
        channels: names.map(name => ({ name })),
        values: names.map(() => 0),
        qualities: names.map(() => 0),
    }
}
