/** Whether the sensors of a node can be one station: drivers accept their options, addresses and names differ. */
import { renamed, type Channel } from "../../src/core/channel.js"
import { MAX_CHANNELS } from "../../src/core/frame/format.js"
import { type Board } from "../../sim/program/boards.js"
import { isOnPin } from "../../sim/parts/catalogue.js"
import { addressText } from "../cli/parts.js"
import { type DriverClass, type MadeDriver } from "./driver-classes.js"
import { type FittedPart, type KitSensor } from "./kit.js"
import { PIN_STARTS, pinCalled, pinProblem, unknownPin } from "./pins.js"
import { type RowsEntry } from "./schema.js"
import { type Findings, type OptionValue, type SensorEntry } from "./sensors.js"
import { type Step } from "./source.js"

/** Columns that a channel takes with how: statistics. */
const STATISTICS_COLUMNS = 4

/** What stands around the sensors in a node's entry. */
export interface StationSurroundings {
    readonly path: readonly Step[]
    readonly board: Board
    /** GPIOs of the bus. */
    readonly bus: readonly number[]
    readonly others: readonly FittedPart[]
    readonly rows: RowsEntry | undefined
}

/** Answers whatever a driver asks for while it is made. */
const BOARD: unknown = new Proxy(function () {}, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => 0 : BOARD),
    apply: () => BOARD,
    construct: () => BOARD as object,
})

/** @returns undefined when something is wrong with them; it is among the findings then */
export function checkStation(
    entries: readonly SensorEntry[],
    around: StationSurroundings,
    classes: ReadonlyMap<string, DriverClass>,
    findings: Findings
): KitSensor[] | undefined {
    const before = findings.problems.length
    checkReferences(entries, findings)
    const pins = entries.map(entry => boardPin(entry, around, findings))
    checkTwice(entries, pins, findings)
    const sensors: KitSensor[] = []
    const drivers = new DriverBench(entries, classes, findings)
    entries.forEach((entry, i) => {
        const made = drivers.make(i)
        if (made !== undefined)
            sensors.push({
                ...entry,
                pin: pins[i],
                partName: made.part,
                address: isOnPin(entry.part) ? 0 : made.address,
                channels: entry.hasRaw ? withRaw(made.channels) : made.channels,
            })
    })
    checkAddresses(sensors, around.others, findings)
    checkNames(sensors, findings)
    checkColumns(sensors, around, findings)
    return findings.problems.length > before ? undefined : sensors
}

/** Makes the drivers of a node in their order, for some are given another one. */
class DriverBench {
    private readonly made: (MadeDriver | undefined)[] = []

    constructor(
        private readonly entries: readonly SensorEntry[],
        private readonly classes: ReadonlyMap<string, DriverClass>,
        private readonly findings: Findings
    ) {}

    /** @returns undefined when it cannot be made; why is among the findings */
    make(i: number): MadeDriver | undefined {
        const { part, options, path, isWhole } = this.entries[i]
        const driver = this.classes.get(part.className)
        const named = Object.values(options).filter(value => value.kind === "sensor")
        const isMissing = named.some(({ name }) => this.driverOf(name, i) === undefined)
        if (!isWhole || isMissing) return undefined
        const { source, problems } = this.findings
        if (driver === undefined) {
            const file = `src/drivers/${part.folder}/driver.ts`
            problems.push(source.problemAt(path, `${file} exports no class ${part.className}`))
            return undefined
        }
        try {
            return (this.made[i] = new driver(BOARD, this.group(options, i)))
        } catch (e) {
            problems.push(source.problemAt(path, (e as Error).message))
            return undefined
        }
    }

    private driverOf(name: string, before: number): MadeDriver | undefined {
        const index = sensorNamed(name, this.entries, before)
        return index < 0 ? undefined : this.made[index]
    }

    private group(options: Readonly<Record<string, OptionValue>>, i: number): object {
        return Object.fromEntries(
            Object.entries(options).map(([key, value]) => [key, this.value(value, i)])
        )
    }

    private value(value: OptionValue, i: number): unknown {
        switch (value.kind) {
            case "plain":
            case "address":
                return value.value
            case "list":
                return value.values.map(one => this.value(one, i))
            case "group":
                return this.group(value.values, i)
            case "made": {
                const made = this.classes.get(value.of.className) as unknown as MadeObject
                return new made(this.group(value.values, i))
            }
            case "sensor":
                return this.driverOf(value.name, i)
        }
    }
}

type MadeObject = new (options: object) => object

/** The number of the sensor that an option names; it stands before the one that names it. */
export function sensorNamed(name: string, entries: readonly SensorEntry[], before: number): number {
    return entries.findIndex(({ part }, i) => i < before && part.folder === name.toLowerCase())
}

function checkReferences(entries: readonly SensorEntry[], { source, problems }: Findings): void {
    entries.forEach(({ options, path, part }, i) => {
        for (const [key, value] of Object.entries(options)) {
            if (value.kind !== "sensor" || sensorNamed(value.name, entries, i) >= 0) continue
            const isLater = entries.some(other => other.part.folder === value.name.toLowerCase())
            const remedy = isLater
                ? `move it before ${part.folder}: sensors are asked in the order of the list`
                : "name the part of a sensor in this list"
            problems.push(
                source.problemAt(
                    [...path, key],
                    `${key}: there is no ${value.name} before ${part.folder}; ${remedy}`
                )
            )
        }
    })
}

function boardPin(
    { part, pin, path }: SensorEntry,
    { board, bus }: StationSurroundings,
    { source, problems }: Findings
): string | undefined {
    if (!isOnPin(part) || pin === undefined) return undefined
    const start = PIN_STARTS[part.role]
    const name = pinCalled(pin, board)
    const problem =
        start === undefined
            ? `a kit file cannot start a ${part.role}: write a program, and name it as app`
            : name === undefined
              ? unknownPin(pin, board)
              : pinProblem(name, board, start.isAnalog, bus)
    if (problem === undefined) return name
    problems.push(source.problemAt([...path, "pin"], problem))
    return undefined
}

function checkTwice(
    entries: readonly SensorEntry[],
    pins: readonly (string | undefined)[],
    { source, problems }: Findings
): void {
    pins.forEach((pin, i) => {
        const first = pin === undefined ? i : pins.indexOf(pin)
        if (first < i)
            problems.push(
                source.problemAt(
                    [...entries[i].path, "pin"],
                    `pin ${pin} is that of ${entries[first].part.folder} already: take another pin`
                )
            )
    })
}

interface Addressed {
    readonly what: string
    readonly address: number
    readonly able: readonly number[]
    /** Undefined for the store and the clock that nobody wrote an entry for. */
    readonly path: readonly Step[] | undefined
}

/** As RawValues of src/derived names them. */
function withRaw(channels: readonly Channel[]): Channel[] {
    return [...channels, ...channels.map(channel => renamed(channel, `${channel.name}_raw`))]
}

function checkAddresses(
    sensors: readonly KitSensor[],
    others: readonly FittedPart[],
    { source, problems }: Findings
): void {
    const all: Addressed[] = [
        ...others.map(({ part, address }) => ({
            what: part.name,
            address,
            able: part.addresses,
            path: undefined,
        })),
        ...sensors
            .filter(({ address }) => address !== 0)
            .map(({ part, address, path }) => ({
                what: part.folder,
                address,
                able: part.addresses,
                path,
            })),
    ]
    const taken = new Set(all.map(({ address }) => address))
    all.forEach(({ what, address, able, path }, i) => {
        const first = all.findIndex(other => other.address === address)
        if (first === i || path === undefined) return
        const free = able.filter(other => !taken.has(other)).map(addressText)
        const remedy =
            free.length > 0
                ? `set one of them to another address on the part, and write address: ${free.join(" or ")} here`
                : "neither can have another one: put one of them on another node"
        problems.push(
            source.problemAt(
                path,
                `${all[first].what} and ${what} both have the I2C address ${addressText(address)}: ${remedy}`
            )
        )
    })
}

function checkNames(sensors: readonly KitSensor[], { source, problems }: Findings): void {
    const owners = new Map<string, number>()
    const told = new Set<string>()
    sensors.forEach(({ channels, part, path }, i) => {
        for (const { name } of channels) {
            const first = owners.get(name)
            owners.set(name, first ?? i)
            if (first === undefined) continue
            const pair = `${first} ${i}`
            if (told.has(pair)) continue
            told.add(pair)
            const shared = channels
                .map(channel => channel.name)
                .filter(other => owners.get(other) === first && first !== i)
            const names = first === i ? name : [...new Set([...shared, name])].join(", ")
            const other =
                first === i
                    ? "has the name twice"
                    : `and ${sensors[first].part.folder} both measure it`
            problems.push(
                source.problemAt(
                    path,
                    `two channels are called ${names}: ${part.folder} ${other}. ` +
                        "Write prefix: with a word for the place, such as prefix: room, at one of them"
                )
            )
        }
    })
}

function checkColumns(
    sensors: readonly KitSensor[],
    { path, rows }: StationSurroundings,
    { source, problems }: Findings
): void {
    const each = rows?.how === "statistics" ? STATISTICS_COLUMNS : 1
    const columns = each * sensors.reduce((sum, { channels }) => sum + channels.length, 0)
    if (columns > MAX_CHANNELS)
        problems.push(
            source.problemAt(
                [...path, "sensors"],
                `${columns} columns; a station has at most ${MAX_CHANNELS}: leave out a sensor, or use its option only`
            )
        )
}
