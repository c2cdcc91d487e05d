/** What shall be on a board: program, configuration, settings, runtime. */
import { readFileSync } from "node:fs"
import { isIP } from "node:net"
import { boardProfile, type BoardProfile } from "../../../sim/board/profile.js"
import { compile } from "../../../sim/program/compile.js"
import { knownBoards } from "../../../sim/program/boards.js"
import { ImageError } from "../../flash/image-error.js"
import { layoutOf } from "../../flash/chips.js"
import { runtimeSegments } from "../../flash/runtime-image.js"
import { type FlashJob } from "../../flash/flash-board.js"
import { appFile } from "../apps.js"
import { UsageError } from "../errors.js"
import { changed, parsePairs, type SettingValues } from "../settings/keys.js"
import { DECIDED_KEYS, storeValues } from "./store-values.js"

export interface FlashPlan extends FlashJob {
    readonly profile: BoardProfile
    /** Of the program, for messages. */
    readonly app: string
    readonly settings: SettingValues
}

export interface PlanFlags {
    readonly board: string
    /** "key=value" */
    readonly set: readonly string[]
    /** File of a runtime. */
    readonly runtime?: string
}

/**
 * Everything is checked here, before a board is looked for.
 *
 * @throws UsageError, CompileError, ImageError
 */
export function planFor(app: string, flags: PlanFlags): FlashPlan {
    const profile = boardProfile(flags.board)
    if (profile === undefined)
        throw new UsageError(
            `there is no board "${flags.board}"; known are ${knownBoards()
                .map(({ id }) => id)
                .join(", ")}`
        )
    const settings = changed({}, parsePairs(flags.set))
    refuseForBoard(profile, settings)
    const runtime = flags.runtime === undefined ? undefined : runtimeFile(profile, flags.runtime)
    const { heapBytes, beatPin } = profile
    const { bytecode } = compile(appFile(app), { name: app, target: "board", heapBytes, beatPin })
    return {
        app,
        profile,
        settings,
        architecture: profile.architecture,
        config: profile.config,
        program: bytecode,
        runtime,
        values: storeValues(settings),
        dropped: DECIDED_KEYS,
    }
}

/** @throws ImageError naming the file when it is none for the board */
function runtimeFile(profile: BoardProfile, file: string): Uint8Array {
    const bytes = new Uint8Array(readFileSync(file))
    try {
        runtimeSegments(layoutOf(profile.architecture), bytes)
    } catch (e) {
        if (e instanceof ImageError) throw new ImageError(`${file}: ${e.message}`)
        throw e
    }
    return bytes
}

/** @throws UsageError for settings with which the board would never reach its broker */
function refuseForBoard(profile: BoardProfile, settings: SettingValues): void {
    if (!profile.hasWifi && settings["wifi.ssid"] !== undefined)
        throw new UsageError(`${profile.name} has no Wi-Fi: leave out wifi.ssid`)
    if (profile.hasTls) return
    if (settings["mqtt.tls"] === true)
        throw new UsageError(
            `the firmware of ${profile.name} has no TLS: leave out mqtt.tls, or take a board with an ESP32`
        )
    if (isIP(settings["mqtt.host"] ?? "") !== 0)
        throw new UsageError(
            `the firmware of ${profile.name} never connects to an address: give mqtt.host a name, such as mqtt.local`
        )
}
