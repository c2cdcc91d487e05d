/** What follows once a board was written and verified: its journal, and the first readings. */
import { createHash } from "node:crypto"
import { appNames } from "../../../sim/apps/registry.js"
import { programImage } from "../../../sim/devtools/deploy.js"
import { kitBoards } from "../../boards/kit-boards.js"
import { deviceIdOf } from "../../flash/device-id.js"
import { type FirstReadings } from "../../flash/usb/first-readings.js"
import { EXIT_FAILED, EXIT_OK } from "../errors.js"
import { type Journal } from "../settings/journal.js"
import { line, type Terminal } from "../terminal.js"
import { awaitReadings } from "./await-readings.js"
import { type FlashPlan } from "./plan.js"

export interface Afterwards {
    /** Takes what the node shall hold, for `suitcase settings`. */
    readonly journal: Journal
    /** Longest wait for the first readings, ms; undefined: two rows; false: none. */
    readonly waitMs: number | false | undefined
}

export interface WrittenBoard {
    /** Of a BoardAccess; undefined where the way of writing does not tell. */
    readonly serial?: string
    /** Port on which it was written, if it was one. */
    readonly port?: string
}

export interface AfterResult {
    readonly code: number
    readonly readings: FirstReadings | undefined
}

/**
 * The exit code says whether each sensor gave something. A board that cannot be asked over its
 * connector is no failure.
 *
 * @throws UsageError when the journal cannot be written; the signal's reason
 */
export async function afterFlash(
    plan: FlashPlan,
    { serial, port }: WrittenBoard,
    { journal, waitMs }: Afterwards,
    terminal: Terminal,
    signal: AbortSignal
): Promise<AfterResult> {
    const { profile, settings } = plan
    const device = serial === undefined ? undefined : deviceIdOf(serial)
    if (device !== undefined) keepRecord(plan, device, journal)
    if (waitMs === false) return { code: EXIT_OK, readings: undefined }
    if (!isReadOverUsb(profile.id)) {
        line(
            terminal.out,
            `a ${profile.name} does not answer over its connector: its readings show with suitcase listen, once it reaches its broker`
        )
        return { code: EXIT_OK, readings: undefined }
    }
    const readings = await awaitReadings(
        {
            port,
            kind: profile.family === "esp32" ? "ESP32" : "RP2040",
            device,
            node: settings.node,
        },
        terminal,
        {
            ...(waitMs === undefined ? {} : { limitMs: waitMs }),
            signal,
            onBoard: found => {
                if (device === undefined) keepRecord(plan, found, journal)
            },
        }
    )
    const isWhole =
        readings?.sensors.every(sensor =>
            sensor.readings.some(({ value }) => value !== undefined)
        ) === true
    return { code: isWhole ? EXIT_OK : EXIT_FAILED, readings }
}

/** The journal lets `suitcase settings check` and `restore` know the node. */
function keepRecord({ app, program, settings }: FlashPlan, device: string, journal: Journal): void {
    const sha256 = createHash("sha256").update(programImage(program)).digest("hex")
    // The program of a list of sensors has no name that settings restore could compile again.
    const isApp = appNames().includes(app)
    journal.write({ v: 1, device, settings, program: isApp ? { app, sha256 } : null })
}

/** Boards of others are tried. */
function isReadOverUsb(id: string): boolean {
    return kitBoards().find(board => board.id === id)?.card.readsOverUsb ?? true
}
