/**
 * The program of a node that is a list of sensors, as a maker would write it. The same sensors on
 * the same board give the same text, whatever the node is called: names are settings, not program.
 */
import path from "node:path"
import { isOnPin } from "../../sim/parts/catalogue.js"
import { type FittedPart, type KitNode, type KitSensor, type StationProgram } from "./kit.js"
import { PIN_STARTS, pinStartCall } from "./pins.js"
import { secondsOf, type SettingsEntry } from "./schema.js"
import { type OptionValue } from "./sensors.js"
import { WIDTH, before, call, lines, quoted, type Code } from "./code.js"
import { sensorNamed } from "./station-check.js"

/** A program's text, where it would lie, and what it is called. */
export interface ProgramSource {
    /** Shown in logs, and the station's app: "scd41-sht4x". */
    readonly name: string
    /** Relative to the project: "devs/scd41-sht4x.ts". */
    readonly file: string
    readonly text: string
}

/** Names that the firmware shows are short. */
const MOST_NAME = 60
const DEFAULT_INTERVAL_SECONDS = 60
/** How a program imports a file of src/: "drivers/sht4x/driver" → "../src/drivers/sht4x/driver.js". */
export type SourceImport = (file: string) => string

/** @param node whose program is a list of sensors */
export function stationSource(
    node: Pick<KitNode, "board" | "settings"> & { readonly program: StationProgram },
    sources: SourceImport
): ProgramSource {
    const { sensors } = node.program
    const name = [...new Set(sensors.map(({ part }) => part.folder))].join("-").slice(0, MOST_NAME)
    return {
        name,
        file: path.posix.join("devs", `${name}.ts`),
        text: new StationWriter(node, name, sources).text(),
    }
}

class StationWriter {
    private readonly imports = new Map<string, Set<string>>()
    /** Lines before startStation. */
    private readonly setUp: string[] = []
    /** Variables of sensors that others name, by their number. */
    private readonly variables = new Map<number, string>()

    constructor(
        private readonly node: Pick<KitNode, "board" | "settings"> & {
            readonly program: StationProgram
        },
        private readonly name: string,
        private readonly sources: SourceImport
    ) {}

    text(): string {
        const { board, program, settings } = this.node
        const usesBus =
            program.store ?? program.clock ?? program.sensors.find(({ part }) => !isOnPin(part))
        if (program.i2c !== undefined) this.configureBus(program.i2c)
        if (usesBus !== undefined) this.setUp.push("const bus = openBus()")
        const isCalibrated = settings.calibration === true
        // Over the network it takes a key.
        const isRemote = isCalibrated && settings.seal === true
        const able = program.sensors.filter(({ part }) => isCalibrated && part.procedures)
        const options = [
            `app: ${quoted(this.name)},`,
            `intervalSeconds: ${secondsOf(settings.interval ?? DEFAULT_INTERVAL_SECONDS)},`,
            ...(settings.report === undefined
                ? []
                : [`reportSeconds: ${secondsOf(settings.report)},`]),
            ...this.sensorLines(program.sensors, able),
            ...this.rowLines(program),
            ...this.otherLines(program),
            "commands: remoteCommands,",
            ...(isCalibrated
                ? this.calibrationLines(program.sensors, isRemote)
                : ["usb: usbService,"]),
            "identify: blinkLight(),",
            "seal: sealFrames,",
            "envelope: jsonEnvelope,",
        ]
        for (const name of [
            "startStation",
            "remoteCommands",
            isCalibrated ? "calibrations" : "usbService",
            ...(isRemote ? ["remoteCalibration"] : []),
            "blinkLight",
            "sealFrames",
            "jsonEnvelope",
        ])
            this.import(name, "station/index")
        if (usesBus !== undefined) this.import("openBus", "station/index")
        const parts = program.sensors.map(({ part }) => part.className)
        return [
            ...comment(
                `${inWords(parts)} on ${/^[aeio]/i.test(board.name) ? "an" : "a"} ${board.name}.`
            ),
            ...this.importLines(),
            "",
            ...this.setUp,
            ...(this.setUp.length > 0 ? [""] : []),
            "await startStation({",
            ...options.map(line => `    ${line}`),
            "})",
            "",
        ].join("\n")
    }

    private configureBus({ sda, scl }: { sda: string; scl: string }): void {
        this.importFrom("configureHardware", "@devicescript/servers")
        this.importPins()
        this.setUp.push(`configureHardware({ i2c: { pinSDA: pins.${sda}, pinSCL: pins.${scl} } })`)
    }

    /** What the parts can do to themselves, and a node's own corrections. */
    private calibrationLines(sensors: readonly KitSensor[], isRemote: boolean): string[] {
        const items = sensors.flatMap(({ part: { procedures } }, i) => {
            if (procedures === undefined) return []
            this.import(procedures.className, procedures.file)
            return [call(`new ${procedures.className}`, ["bus", this.variables.get(i) ?? ""])]
        })
        const remote = isRemote ? "remoteCalibration" : ""
        if (items.length === 0) return [`calibration: calibrations(${remote}),`]
        this.import("procedures", "station/index")
        const list = call("procedures", [{ open: "[", items, close: "]" }])
        const option = before(
            "calibration: ",
            call("calibrations", [isRemote ? remote : "undefined", list])
        )
        return lines(option, 4, ",")
    }

    /** @param referred and sensors that others name get a variable, all others stand in the list */
    private sensorLines(sensors: readonly KitSensor[], referred: readonly KitSensor[]): string[] {
        const named = new Set(referred.map(sensor => sensors.indexOf(sensor)))
        sensors.forEach(({ options, hasRaw }, i) => {
            if (hasRaw) named.add(i)
            for (const value of Object.values(options))
                if (value.kind === "sensor") named.add(sensorNamed(value.name, sensors, i))
        })
        const made = sensors.map((sensor, i) => {
            const code = this.sensor(sensor, i, sensors)
            if (!named.has(i)) return code
            const variable = sensor.part.folder
            this.variables.set(i, variable)
            this.setUp.push(...lines(before(`const ${variable} = `, code), 0))
            return variable
        })
        const items = made.flatMap((code, i) => {
            if (!sensors[i].hasRaw) return [code]
            this.import("RawValues", "derived/raw-values")
            return [code, call("new RawValues", [this.variables.get(i) ?? ""])]
        })
        const list: Code = { open: "sensors: [", items, close: "]," }
        return lines(list, 4)
    }

    private sensor(sensor: KitSensor, i: number, sensors: readonly KitSensor[]): Code {
        const { part, options } = sensor
        this.import(part.className, `drivers/${part.folder}/driver`)
        const on = isOnPin(part) ? this.service(part.role, sensor.pin ?? "") : "bus"
        const more = Object.keys(options).length === 0 ? [] : [this.group(options, i, sensors)]
        return call(`new ${part.className}`, [on, ...more])
    }

    private service(role: string, pin: string): string {
        this.importFrom(PIN_STARTS[role].start, "@devicescript/servers")
        this.importPins()
        return pinStartCall(role, pin)
    }

    private group(
        values: Readonly<Record<string, OptionValue>>,
        i: number,
        sensors: readonly KitSensor[]
    ): Code {
        const items = Object.entries(values).map(([key, value]) => {
            const code = this.value(value, i, sensors)
            return code === key ? key : before(`${key}: `, code)
        })
        return items.length === 0 ? "{}" : { open: "{", items, close: "}", isSpaced: true }
    }

    private value(value: OptionValue, i: number, sensors: readonly KitSensor[]): Code {
        switch (value.kind) {
            case "plain":
                return typeof value.value === "string" ? quoted(value.value) : String(value.value)
            case "address":
                return `0x${value.value.toString(16)}`
            case "list":
                return {
                    open: "[",
                    items: value.values.map(one => this.value(one, i, sensors)),
                    close: "]",
                }
            case "group":
                return this.group(value.values, i, sensors)
            case "made": {
                this.import(value.of.className, value.of.file)
                return call(`new ${value.of.className}`, [this.group(value.values, i, sensors)])
            }
            case "sensor":
                return this.variables.get(sensorNamed(value.name, sensors, i)) ?? value.name
        }
    }

    private rowLines({ rows }: StationProgram): string[] {
        if (rows === undefined) return []
        const name = rows.how === "statistics" ? "statistics" : "aggregate"
        this.import(name, "station/index")
        const how = rows.how === "statistics" ? "" : `${quoted(rows.how)}, `
        return [`rows: ${name}(${how}${rows.samples}),`]
    }

    private otherLines({ store, clock }: StationProgram): string[] {
        const lines: string[] = []
        if (store !== undefined) {
            this.import("storeIn", "station/index")
            lines.push(`store: storeIn(${this.fitted(store)}),`)
        }
        if (clock !== undefined) {
            this.import("keepTimeIn", "station/index")
            lines.push(`clock: keepTimeIn(${this.fitted(clock)}),`)
        }
        return lines
    }

    private fitted({ part, address, variant }: FittedPart): string {
        this.import(part.className, `drivers/${part.folder}/driver`)
        const options = [
            ...(address === part.addresses[0] ? [] : [`address: 0x${address.toString(16)}`]),
            ...(variant === undefined ? [] : [`variant: ${quoted(variant)}`]),
        ]
        return `new ${part.className}(bus${options.length === 0 ? "" : `, { ${options.join(", ")} }`})`
    }

    private import(name: string, file: string): void {
        this.importFrom(name, this.sources(file))
    }

    private importPins(): void {
        this.importFrom("pins", `@dsboard/${this.node.board.id}`)
    }

    private importFrom(name: string, module: string): void {
        const names = this.imports.get(module) ?? new Set()
        this.imports.set(module, names.add(name))
    }

    private importLines(): string[] {
        // Packages first, then sources, as in devs/.
        const rank = (module: string) => (module.startsWith("@") ? `0${module}` : `1${module}`)
        const modules = [...this.imports].sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
        return modules.flatMap(([module, names]) => {
            const sorted = [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
            const line = `import { ${sorted.join(", ")} } from ${quoted(module)}`
            if (line.length <= WIDTH) return [line]
            return ["import {", ...sorted.map(name => `    ${name},`), `} from ${quoted(module)}`]
        })
    }
}

/** "A, B and C" */
function inWords(names: readonly string[]): string {
    return names.length < 2
        ? names.join("")
        : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`
}

function comment(first: string): string[] {
    const wrapped = [""]
    for (const word of first.split(" ")) {
        const last = wrapped.at(-1) ?? ""
        if (last !== "" && last.length + word.length + 4 > WIDTH) wrapped.push(word)
        else wrapped[wrapped.length - 1] = last === "" ? word : `${last} ${word}`
    }
    const made =
        "Made from a kit file: change that one, or copy this to devs/ and write its name as app."
    return ["/**", ...wrapped.map(line => ` * ${line}`), ` * ${made}`, " */"]
}

/** Interval of a node's rows, s; undefined where a program of its own says it. */
export function intervalSeconds(node: KitNode): number | undefined {
    return node.program.kind === "app" ? undefined : intervalOf(node.settings)
}

function intervalOf({ interval }: SettingsEntry): number {
    return secondsOf(interval ?? DEFAULT_INTERVAL_SECONDS)
}
