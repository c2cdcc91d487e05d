/**
 * The kit's day: a node for each use of the suitcase, each in the place that it is for, in one simulation with one
 * broker; at its end a table for each use, which compares what arrived with what was true.
 */
import { performance } from "node:perf_hooks"
import { theBoard } from "../../../sim/board/profile.js"
import { appNames } from "../../../sim/apps/registry.js"
import { USES, type KitUse } from "../../../sim/apps/uses.js"
import { hours } from "../../../sim/time/duration.js"
import { type SimNode } from "../../../sim/world/node.js"
import { placeKind } from "../../../sim/worlds/registry.js"
import { compileNamed, programCalled, surroundingsOf } from "../apps.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { line, showing, type Terminal } from "../terminal.js"
import { count, counted, dayAndTime, span, times } from "../view/format.js"
import { openView, type RunView } from "../view/run-view.js"
import { problems } from "../view/summary.js"
import { truthTable } from "../view/truth-table.js"
import { wrapped } from "../view/wrapped.js"
import { type SimFlags } from "./flags.js"
import { isComplete } from "./report.js"
import { SimSession, type SessionNode, type SessionOptions } from "./session.js"
import { type TruthAccount } from "./truth.js"

/** What `suitcase sim` calls it. */
export const KIT_DAY = "kit"
/** What every node is: of the kit's boards one that is simulated quickly. */
const BOARD = "suitcase_xiao_c3"
const DAY_MS = hours(24)
/** Parts of the day that get a line. */
const PARTS = 24

/** A use and the program that is for it. */
export interface UseNode extends KitUse {
    readonly node: SessionNode
}

export interface KitDayOptions {
    /** As {@link compileUses} gives them; default all uses whose application is there. */
    readonly uses?: readonly UseNode[]
    /** Default midnight, as every simulation. */
    readonly start?: Date
}

/**
 * @returns the exit code
 * @throws UsageError for options that a kit's day has not
 */
export async function simulateKit(
    flags: SimFlags,
    terminal: Terminal,
    { uses: given, start }: KitDayOptions = {}
): Promise<number> {
    refuseOthers(flags)
    const uses = given ?? (await compileUses(USES, terminal))
    const runMs = flags.for ?? DAY_MS
    const accounts = new Map<string, TruthAccount>()
    let view: RunView | undefined
    const [first, ...others] = uses.map(({ node }) => node)
    const options: SessionOptions = {
        ...first,
        others,
        seed: flags.seed ?? 1,
        speed: flags.speed ?? Infinity,
        ...(start === undefined ? {} : { start }),
        runMs,
        faults: flags.fault,
        store: flags.store,
        ...(flags.json === true
            ? {}
            : { onFault: (text, unixMs) => view?.note(`${dayAndTime(unixMs)}  ${text}`) }),
        onReading: reading => {
            accounts.get(reading.node)?.note(reading)
            const use = uses[session.nodes.findIndex(({ deviceId }) => deviceId === reading.node)]
            if ((use.shows ?? reading.channel) === reading.channel) view?.reading(reading)
        },
    }
    const session = await SimSession.open(options)
    let isInterrupted = false
    const release = onInterrupt(() => {
        isInterrupted = true
        session.stop()
    })
    try {
        for (const { deviceId } of session.nodes) accounts.set(deviceId, session.truthAccount())
        view = viewOf(session, uses, flags, runMs, terminal)
        await session.run(runMs)
        const report = await session.finish()
        view.close()
        const results = session.nodes.map((node, i) => resultOf(session, uses[i], node, accounts))
        if (flags.json === true) line(terminal.out, JSON.stringify({ ...report, uses: results }))
        else {
            for (const [i, result] of results.entries()) {
                line(terminal.out, `\n${terminal.colors.bold(titleOf(uses[i]))}`)
                line(terminal.out, wrapped(`  ${accountText(result)}`, 80).join("\n"))
                line(terminal.out, truthTable(result.truth, terminal))
            }
            const speed = times(report.simulatedSeconds / report.wallSeconds)
            const { simulatedSeconds, wallSeconds } = report
            line(
                terminal.out,
                `\n${counted(uses.length, "node")}, ${span(simulatedSeconds * 1000)} in ` +
                    `${wallSeconds.toFixed(0)} s: ${speed} real time; lost ${count(report.readingsLost)}`
            )
        }
        for (const problem of problems(report)) line(terminal.err, `suitcase: ${problem}`)
        if (!isComplete(report)) return EXIT_FAILED
        return isInterrupted ? EXIT_INTERRUPTED : EXIT_OK
    } finally {
        view?.close()
        release()
        await session.close()
    }
}

/** What came of one use; part of what `--json` prints. */
export type UseResult = ReturnType<typeof resultOf>

function resultOf(
    session: SimSession,
    { app, place }: UseNode,
    node: SimNode,
    accounts: ReadonlyMap<string, TruthAccount>
) {
    const losses = session.lossesOf(node)
    const { clock } = session.world
    const happenings =
        session.surroundings.get(node.deviceId)?.place?.happenings(clock.epochMs, clock.wallMs) ??
        []
    const happened: Record<string, number> = {}
    for (const { what } of happenings) happened[what] = (happened[what] ?? 0) + 1
    return {
        app,
        place,
        sampled: losses?.sampled ?? 0,
        lost: losses?.lost ?? 0,
        wireBytes: node.wire.sent + node.wire.received,
        light: { changes: node.light.changes, colour: node.light.colour },
        happened,
        truth: accounts.get(node.deviceId)?.report() ?? { channels: [], unknown: [] },
    }
}

function accountText(result: UseResult): string {
    const happened = Object.entries(result.happened).map(([what, n]) => `${what} ${n} ×`)
    return [
        `${counted(result.sampled, "reading")}, lost ${count(result.lost)}`,
        `${count(result.wireBytes)} B on the wire`,
        ...happened,
    ].join(" · ")
}

function titleOf({ app, place }: UseNode): string {
    return `${app} — ${placeKind(place)?.title ?? place}`
}

/** Compiles the applications of uses; a use whose application is not there is left out. */
export async function compileUses(of: readonly KitUse[], terminal: Terminal): Promise<UseNode[]> {
    const known = appNames()
    const found: UseNode[] = []
    for (const use of of) {
        if (!known.includes(use.app)) continue
        const named = await programCalled(use.app)
        const app = await surroundingsOf(named)
        const place = placeKind(use.place)
        if (app === undefined || place === undefined) continue
        const profile = theBoard(BOARD)
        const { heapBytes, beatPin } = profile
        const program = await showing(`Compiling ${use.app} …`, terminal, () =>
            compileNamed(named, { target: "board", heapBytes, beatPin })
        )
        const node = { app, program, place, board: { profile } }
        found.push({ ...use, node })
    }
    return found
}

function refuseOthers(flags: SimFlags): void {
    const others = [
        ["--trace", flags.trace],
        ["--world", flags.world],
        ["--devtools", flags.devtools],
        ["--live", flags.live],
        ["--board", flags.board],
        ["--uptime", flags.uptime],
        ["--require", flags.require],
        ["--junit", flags.junit],
        ["--devices", flags.devices > 1 ? flags.devices : undefined],
        ["--broker", flags.broker === "embedded" ? undefined : flags.broker],
    ] as const
    const given = others.find(([, value]) => value !== undefined)
    if (given !== undefined)
        throw new UsageError(
            `the kit's day has a node of its own for each use; leave out ${given[0]}`
        )
}

function viewOf(
    session: SimSession,
    uses: readonly UseNode[],
    flags: SimFlags,
    runMs: number,
    terminal: Terminal
): RunView {
    const { world, collector } = session
    const started = performance.now()
    const view = openView(terminal, flags.json === true, {
        title: `Suitcase: the whole kit · ${counted(uses.length, "node")} · ${span(runMs)} · seed ${flags.seed ?? 1}`,
        nowMs: () => world.clock.wallMs,
        share: () => world.clock.now / 1000 / runMs,
        speed: () => world.clock.now / 1000 / Math.max(1, performance.now() - started),
        counts: () => collector.counts,
        nodes: session.nodes.map(node => node.deviceId),
        names: uses.map(({ app }) => app),
        courseMs: runMs,
    })
    session.every(runMs / PARTS, () => view.milestone())
    return view
}
