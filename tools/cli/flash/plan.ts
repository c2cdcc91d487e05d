/** What shall be on a board: program, configuration, settings, runtime. */
import { DEFAULT_BOARD, boardProfile, type BoardProfile } from "../../../sim/board/profile.js"
import { knownBoards } from "../../../sim/program/boards.js"
import { projectRoot } from "../../../sim/program/project.js"
import { boardImage, bundleFile } from "../../flash/board-image.js"
import { type FlashJob } from "../../flash/flash-board.js"
import { programCalled, type NamedProgram } from "../apps.js"
import { compileFor } from "../build/check.js"
import { UsageError } from "../errors.js"
import { firmwareProblem } from "../settings/board-limits.js"
import { changed, parsePairs, type SettingValues } from "../settings/keys.js"
import { type Runtimes } from "./runtimes/runtimes.js"
import { DECIDED_KEYS, storeValues } from "./store-values.js"

export interface FlashPlan extends FlashJob {
    readonly profile: BoardProfile
    /** Of the program, for messages. */
    readonly app: string
    readonly settings: SettingValues
}

export interface PlanFlags {
    /** Default that of the node, else {@link DEFAULT_BOARD}. */
    readonly board?: string
    /** "key=value" */
    readonly set: readonly string[]
    readonly runtimes: Runtimes
    /** Told when others can read the secrets. */
    readonly warn: (text: string) => void
}

/**
 * Everything is checked here, before a board is looked for.
 *
 * @param name an app, a path, or a node of the kit file, which then says board and settings as well
 * @throws UsageError, KitError, CompileError, ImageError
 */
export async function planFor(name: string, flags: PlanFlags): Promise<FlashPlan> {
    return await planOf(await programCalled(name), flags)
}

/** The same for a program that was found already. @throws as {@link planFor} does */
export async function planOf(named: NamedProgram, flags: PlanFlags): Promise<FlashPlan> {
    const profile = profileFor(named, flags.board)
    const settings = changed(await settingsOf(named, flags), parsePairs(flags.set))
    refuseForBoard(profile, settings)
    const runtime = await flags.runtimes.for(profile)
    return {
        app: named.name,
        profile,
        settings,
        architecture: profile.architecture,
        config: profile.config,
        program: compileFor(profile.id, named).bytecode,
        runtime,
        values: storeValues(settings),
        dropped: DECIDED_KEYS,
    }
}

/** @throws UsageError when there is no such board, or it is not the node's */
function profileFor({ node }: NamedProgram, wanted: string | undefined): BoardProfile {
    if (node !== undefined && wanted !== undefined && wanted !== node.board.id)
        throw new UsageError(
            `${node.name} has the board ${node.board.id} in the kit file, not ${wanted}`
        )
    const id = node?.board.id ?? wanted ?? DEFAULT_BOARD
    const profile = boardProfile(id)
    if (profile !== undefined) return profile
    const known = knownBoards().map(board => board.id)
    throw new UsageError(`there is no board "${id}"; known are ${known.join(", ")}`)
}

/** What the kit file says, with the secrets that stand beside it. */
async function settingsOf({ node }: NamedProgram, flags: PlanFlags): Promise<SettingValues> {
    if (node === undefined) return {}
    const [{ nodeSettings }, { Secrets }] = await Promise.all([
        import("../../kit/node-settings.js"),
        import("../../kit/secrets.js"),
    ])
    return nodeSettings(node, Secrets.read(projectRoot(), flags.warn))
}

/** @throws UsageError for settings with which the board would never reach its broker */
function refuseForBoard(profile: BoardProfile, settings: SettingValues): void {
    if (!profile.hasWifi && settings["wifi.ssid"] !== undefined)
        throw new UsageError(`${profile.name} has no Wi-Fi: leave out wifi.ssid`)
    const problem = firmwareProblem(settings, profile.hasTls)
    if (problem !== undefined)
        throw new UsageError(`the board is a ${profile.name}, whose firmware ${problem}`)
}

/** One file with everything, for other tools and for drives. @throws ImageError without a runtime */
export function bundleOf(plan: FlashPlan): ReturnType<typeof bundleFile> {
    const { architecture, program, values } = plan
    return bundleFile(architecture, boardImage({ ...plan, store: { program, values } }))
}
