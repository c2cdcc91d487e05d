/** A simulated run as the command line asks for it: in virtual time or live. */
import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { performance } from "node:perf_hooks"
import { hours, minutes, seconds } from "../../../sim/time/duration.js"
import { type KitApp } from "../../../sim/apps/app.js"
import { type Program } from "../../../sim/program/program.js"
import { loadTrace } from "../../../sim/traces/trace.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { onInterrupt } from "../interrupt.js"
import { line, type Terminal } from "../terminal.js"
import { counted, dayAndTime, span } from "../view/format.js"
import { openView, type RunView } from "../view/run-view.js"
import { problems, summary } from "../view/summary.js"
import { truthTable } from "../view/truth-table.js"
import { countReading, type ChannelCount } from "./channel-counts.js"
import { junitText } from "./junit.js"
import { judge } from "./requirements.js"
import { boardOf, brokerChoice, seedOf, worldOf, type SimFlags } from "./flags.js"
import { isComplete } from "./report.js"
import { SimSession, type SessionOptions } from "./session.js"

const DEFAULT_RUN_MS = hours(24)
/** On a terminal a run lasts at least this long, so that one can see it, s. */
export const SHOW_SECONDS = 15
/** Parts of a run that get a line. */
const PARTS = 24
const PART_LIVE_MS = minutes(1)
/** In real time nobody waits a quarter of an hour for the next frame. */
export const LIVE_REPORT_MS = seconds(30)

/** @returns the exit code */
export async function simulate(
    app: KitApp,
    program: Program,
    flags: SimFlags,
    terminal: Terminal
): Promise<number> {
    const runMs = flags.live === true ? Infinity : (flags.for ?? DEFAULT_RUN_MS)
    const place = worldOf(flags)
    let view: RunView | undefined
    const channels = new Map<string, ChannelCount>()
    const choice = brokerChoice(flags, text => line(terminal.err, `suitcase: ${text}`))
    const options: SessionOptions = {
        app,
        program,
        devices: flags.devices,
        store: flags.store,
        board: boardOf(flags),
        ...(flags.uptime === undefined ? {} : { uptimeMs: flags.uptime }),
        seed: seedOf(flags, choice),
        speed: speedOf(flags, runMs, terminal),
        ...(flags.live === true ? { start: new Date() } : {}),
        runMs,
        faults: flags.fault,
        // Only the figures go out with --json.
        ...(flags.json === true
            ? {}
            : { onFault: (text, unixMs) => view?.note(`${dayAndTime(unixMs)}  ${text}`) }),
        onReading: reading => {
            countReading(channels, reading)
            view?.reading(reading)
        },
        ...choice,
        keepsRetained: flags.keep === true,
        comparesTruth: flags.truth === true,
        ...(place === undefined ? {} : { place }),
        ...(flags.trace === undefined ? {} : { trace: loadTrace(flags.trace) }),
        ...(flags.log === true
            ? { onConsole: (node, text) => view?.note(`${node.name}: ${text}`) }
            : {}),
    }
    const session = await SimSession.open(options)
    let isInterrupted = false
    const release = onInterrupt(() => {
        isInterrupted = true
        session.stop()
    })
    try {
        view = viewOf(session, flags, options, runMs, terminal)
        if (session.brokerPort !== undefined)
            view.note(`The broker also listens on mqtt://localhost:${session.brokerPort}.`)
        for (const { channel, column, trace } of flags.trace === undefined ? [] : session.feedings)
            view.note(`${channel} comes from ${column} of ${trace}.`)
        await session.run(runMs)
        const report = await session.finish()
        view.close()
        if (flags.json === true) line(terminal.out, JSON.stringify(report))
        else line(terminal.out, `\n${summary(report, terminal.colors)}`)
        if (report.truth !== null && flags.json !== true)
            line(terminal.out, `\n${truthTable(report.truth, terminal)}`)
        for (const problem of problems(report)) line(terminal.err, `suitcase: ${problem}`)
        const verdicts = judge(report, channels, flags.require ?? [], flags.allowSilent === true)
        const failures = verdicts.flatMap(({ failure }) => failure ?? [])
        // Nobody asks a run that was interrupted, or that goes on until it is, for all it could give.
        const isJudged = !isInterrupted && flags.live !== true
        if (isJudged) for (const failure of failures) line(terminal.err, `suitcase: ${failure}`)
        if (flags.junit !== undefined)
            writeJunit(
                flags.junit,
                junitText(app.name, report.wallSeconds, [
                    ...verdicts,
                    { name: "nothing is lost", failure: problems(report)[0] },
                ])
            )
        if (!isComplete(report) || (isJudged && failures.length > 0)) return EXIT_FAILED
        return isInterrupted && flags.live !== true ? EXIT_INTERRUPTED : EXIT_OK
    } finally {
        view?.close()
        release()
        await session.close()
    }
}

/** @throws UsageError when it cannot be written */
function writeJunit(file: string, text: string): void {
    try {
        mkdirSync(path.dirname(path.resolve(file)), { recursive: true })
        writeFileSync(file, text)
    } catch (e) {
        throw new UsageError(`--junit ${file}: ${fileProblem(e)}`)
    }
}

function speedOf(flags: SimFlags, runMs: number, terminal: Terminal): number {
    if (flags.live === true) return 1
    if (flags.speed !== undefined) return flags.speed
    return terminal.isLive && flags.json !== true ? runMs / 1000 / SHOW_SECONDS : Infinity
}

function viewOf(
    session: SimSession,
    flags: SimFlags,
    options: SessionOptions,
    runMs: number,
    terminal: Terminal
): RunView {
    const { world, collector } = session
    const started = performance.now()
    const isLive = runMs === Infinity
    const view = openView(terminal, flags.json === true, {
        title: titleOf(options, runMs),
        nowMs: () => world.clock.wallMs,
        share: () => (isLive ? undefined : world.clock.now / 1000 / runMs),
        speed: () => world.clock.now / 1000 / Math.max(1, performance.now() - started),
        counts: () => collector.counts,
        nodes: session.nodes.map(node => node.deviceId),
        lights: session.nodes.map(node => node.light),
        courseMs: isLive ? undefined : runMs,
    })
    session.every(isLive ? PART_LIVE_MS : runMs / PARTS, () => view.milestone())
    if (isLive) session.every(LIVE_REPORT_MS, () => session.askForReports())
    return view
}

function titleOf(options: SessionOptions, runMs: number): string {
    const { app, devices, seed, broker } = options
    return [
        `Suitcase: ${app.title}`,
        counted(devices ?? 1, "node"),
        runMs === Infinity ? "live" : span(runMs),
        broker?.shown ?? "embedded broker",
        `seed ${seed}`,
    ].join(" · ")
}
