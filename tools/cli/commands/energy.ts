/** `suitcase energy`: what a node takes on average, and how long a battery lasts. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { Command, InvalidArgumentError, Option } from "commander"
import { isOnPin } from "../../../sim/parts/catalogue.js"
import { DEFAULT_BOARD } from "../../../sim/board/profile.js"
import { formatDuration } from "../../../sim/time/duration.js"
import { isRegulated, lifeDays, parseBattery, type Battery } from "../../energy/battery.js"
import { chipCurrents, sleepsDeeply, type ChipCurrents } from "../../energy/boards.js"
import { measure } from "../../energy/measure.js"
import {
    averageCurrent,
    slower,
    withDeepSleep,
    type BoardCurrent,
    type EnergyPart,
    type EnergyReport,
} from "../../energy/model.js"
import { compileNamed, programCalled, surroundingsOf, type NamedProgram } from "../apps.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { durationOption } from "../options.js"
import { boardOf } from "../sim/flags.js"
import { line, showing, type Terminal } from "../terminal.js"
import { count } from "../view/format.js"

const HELP = `
A short simulated run counts transfers, connections and bytes; the currents are
those of datasheets, named with --json and in docs/energy.md. Where no figure
was found, the command says so and leaves the part out of the sum.

Batteries: 2xAA (alkaline), 3xAA-lithium, or 2600mAh@3.7V for any other.

Examples:
  suitcase energy indoor-climate --battery 3xAA
  suitcase energy hall-1 --battery 2xAA --interval 15m --usable 70
  suitcase energy indoor-climate --board suitcase_pico_w --idle-current 45

Exit codes: 0 · 2 wrong use`

/** How many times as far apart rows are, in the comparison. */
const FACTORS = [1, 4, 12] as const
const USUAL_BATTERY = "2xAA"
const MOST_INTERVAL_MS = 86_400_000

interface EnergyFlags {
    readonly battery: Battery
    /** ms */
    readonly interval?: number
    readonly board?: string
    /** Percent. */
    readonly usable: number
    /** mA */
    readonly idleCurrent?: number
    readonly json?: true
}

export function energyCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("energy")
        .summary("average current of a node, and how long a battery lasts")
        .description(
            "Runs an app for some readings in the simulator, and reckons from its counts and from " +
                "datasheets what it takes on average, what dominates, and how long a battery lasts."
        )
        .argument("<app>", "name of a file in devs/, its path, or a node of the kit file")
        .addOption(
            new Option("--battery <cells>", "2xAA, 3xAA-lithium, 2600mAh@3.7V")
                .argParser(batteryOption)
                .default(batteryOption(USUAL_BATTERY), USUAL_BATTERY)
        )
        .option("--interval <time>", "between two rows (default: the app's own)", durationOption)
        .option("--board <id>", `default: that of the kit file, or ${DEFAULT_BOARD}`)
        .option(
            "--usable <percent>",
            "share of the battery that is got out: less in the cold, or where a board stops early",
            percentOption,
            100
        )
        .option(
            "--idle-current <mA>",
            "what the board takes while it is joined and idle, if you measured it",
            currentOption
        )
        .option("--json", "print the results as one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (name: string, flags: EnergyFlags) => {
            await showEnergy(name, flags, terminal)
            finish(EXIT_OK)
        })
}

async function showEnergy(name: string, flags: EnergyFlags, terminal: Terminal): Promise<void> {
    if ((flags.interval ?? 0) > MOST_INTERVAL_MS || (flags.interval ?? 1000) < 1000)
        throw new UsageError("--interval is from 1s to 24h, as nodes take it")
    const named = await programCalled(name)
    const app = await surroundingsOf(named)
    if (app === undefined) throw new UsageError(`${name} imports no driver of a sensor`)
    const id = flags.board ?? named.node?.board.id ?? DEFAULT_BOARD
    const { profile } = boardOf({
        broker: "embedded",
        devices: 1,
        fault: [],
        store: "none",
        board: id,
    })
    if (!profile.hasWifi)
        throw new UsageError(`${id} has no Wi-Fi; it takes its power from USB, as its data do`)
    const chip = chipCurrents(profile)
    const board = boardCurrent(chip, flags.idleCurrent, id)
    const program = await showing(`Compiling ${named.file} …`, terminal, () =>
        compileNamed(named, {
            target: "board",
            heapBytes: profile.heapBytes,
            beatPin: profile.beatPin,
        })
    )
    const parts: EnergyPart[] = app
        .parts()
        .flatMap(({ part, model }) =>
            part === undefined ? [] : [{ part, address: isOnPin(part) ? 0 : addressOf(model) }]
        )
    const { counts, intervalMs } = await measure(
        // One that sleeps needs the memory part.
        { app, program, board: { profile }, ...(sleepsItself(named) ? { store: "fram" } : {}) },
        flags.interval
    )
    const report = averageCurrent(board, counts, parts)
    const usable = flags.usable / 100
    const intervals = FACTORS.map(factor => {
        const { mA } = averageCurrent(board, slower(counts, factor), parts)
        return { intervalMs: intervalMs * factor, mA, days: lifeDays(flags.battery, mA, usable) }
    })
    const sleeping =
        chip !== undefined && sleepsDeeply(profile) && counts.sleeps === 0
            ? FACTORS.map(factor => {
                  const { mA } = withDeepSleep(
                      chip,
                      slower(counts, factor),
                      parts,
                      intervalMs * factor
                  )
                  const days = lifeDays(flags.battery, mA, usable)
                  return { intervalMs: intervalMs * factor, mA, days }
              })
            : undefined
    const result = {
        app: app.name,
        board: id,
        battery: flags.battery,
        usable,
        ...report,
        counts,
        intervals,
        withDeepSleep: sleeping ?? null,
    }
    if (flags.json === true) line(terminal.out, JSON.stringify(result))
    else for (const text of words(result, report, flags, intervalMs)) line(terminal.out, text)
}

function sleepsItself({ source, root, file }: NamedProgram): boolean {
    return (source ?? readFileSync(path.join(root, file), "utf8")).includes("new DeepSleep(")
}

type Outlook = readonly { intervalMs: number; mA: number; days: number }[]

function words(
    result: {
        app: string
        board: string
        battery: Battery
        counts: {
            connects: number
            wireBytes: number
            busMs: number
            wakeUps: number
            spanMs: number
            sleeps: number
        }
        intervals: Outlook
        withDeepSleep: Outlook | null
    },
    report: EnergyReport,
    { usable }: EnergyFlags,
    intervalMs: number
): string[] {
    const { app, board, battery, counts, intervals, withDeepSleep: sleeping } = result
    const hours = counts.spanMs / 3_600_000
    const perHour = (value: number) => count(value / hours)
    const share = (mA: number) => `${((100 * mA) / report.mA).toFixed(0)} %`.padStart(5)
    const mA = (value: number) => `${value.toFixed(value < 1 ? 3 : 1)} mA`.padStart(10)
    const outlook = (list: Outlook) =>
        list.map(
            entry =>
                `  a row each ${formatDuration(entry.intervalMs).padEnd(12)}${mA(entry.mA)}   ${life(entry.days)}`
        )
    return [
        `${app} on ${board}, a row each ${formatDuration(intervalMs)}: ${report.mA.toFixed(1)} mA on average`,
        ...report.shares.map(entry => `  ${mA(entry.mA)} ${share(entry.mA)}  ${entry.what}`),
        ...report.unknown.map(
            part => `        ? mA         ${part}: no figure found, not in the sum`
        ),
        `  an hour: ${perHour(counts.wireBytes)} B on the wire, ${perHour(counts.connects)} connects, ` +
            `${perHour(counts.busMs)} ms on the bus, ${perHour(counts.wakeUps)} wake-ups`,
        "",
        `${battery.name}${usable === 100 ? "" : `, ${usable} % of it`}${regulation(battery)}`,
        ...outlook(intervals),
        "",
        ...(sleeping === null
            ? []
            : [
                  "With deep sleep between the rows, as waste-bin-battery has it, the chip alone:",
                  ...outlook(sleeping),
              ]),
        sleepNote(board, sleeping !== null || counts.sleeps > 0),
        "Batteries give less in the cold: not in the figures, unless --usable says how much.",
    ]
}

function sleepNote(board: string, isAble: boolean): string {
    return isAble
        ? "A board's regulator and USB chip take more than a chip that sleeps: not in these figures."
        : `${board} has no deep sleep: its runtime resets instead of sleeping.`
}

function regulation(battery: Battery): string {
    return isRegulated(battery)
        ? ", by the board's regulator"
        : ", by a converter to 3.3 V (85 %, assumed)"
}

/** "5.5 days", "7 weeks", "14 months", "3.2 years" */
function life(days: number): string {
    if (days < 1) return `${(24 * days).toFixed(1)} hours`
    if (days < 21) return `${days.toFixed(1)} days`
    if (days < 60) return `${(days / 7).toFixed(0)} weeks`
    if (days < 730) return `${(days / 30.44).toFixed(0)} months`
    return `${(days / 365.25).toFixed(1)} years`
}

function boardCurrent(
    chip: ChipCurrents | undefined,
    measured: number | undefined,
    board: string
): BoardCurrent {
    if (measured !== undefined) return { measured: { mA: measured, source: "--idle-current" } }
    if (chip === undefined)
        throw new UsageError(
            `what ${board} takes while it is joined is published nowhere that was found: ` +
                "measure it and give --idle-current"
        )
    return chip
}

function addressOf(model: object): number {
    return (model as { readonly address?: number }).address ?? 0
}

function batteryOption(text: string): Battery {
    const battery = parseBattery(text)
    if (battery === undefined)
        throw new InvalidArgumentError("Write 2xAA, 3xAA-lithium, or 2600mAh@3.7V.")
    return battery
}

function percentOption(text: string): number {
    const percent = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
    if (!(percent > 0 && percent <= 100))
        throw new InvalidArgumentError("Write a number above 0, up to 100.")
    return percent
}

function currentOption(text: string): number {
    const mA = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
    if (!(mA > 0 && mA <= 1000)) throw new InvalidArgumentError("Write mA, above 0 and up to 1000.")
    return mA
}
