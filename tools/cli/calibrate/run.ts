/** `suitcase calibrate` by options: a channel of one node, or of several, against a reference. */
import { type Bench } from "../../calibration/bench.js"
import { type CertificateLanguage } from "../../calibration/certificate.js"
import { FitError, type FitMethod } from "../../calibration/fit.js"
import { CalibrationJournal } from "../../calibration/journal.js"
import { NodeSession, PlanError } from "../../calibration/node-session.js"
import { RecordFormatError } from "../../calibration/record.js"
import {
    calibrateTogether,
    type Plan,
    type Proposal,
    type Talk,
} from "../../calibration/session.js"
import { BoardError } from "../../flash/board-access.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { Interrupted } from "../interrupt.js"
import { line, type Terminal } from "../terminal.js"
import { type Ask } from "./ask.js"
import { finish, tellState } from "./finish.js"
import { textsOf, type Texts } from "./texts.js"
import { nameOf, proposalLines, readingLine } from "./words.js"

export interface CalibrateFlags {
    readonly channel: string
    readonly point: readonly number[]
    readonly method: FitMethod
    readonly reference: string
    readonly referenceCertificate: string
    readonly referenceValidUntil?: number
    readonly uncertainty: number
    readonly resolution: number
    readonly technician: string
    readonly temperature?: number
    readonly validFor: number
    readonly timeout: number
    readonly allowUnstable?: true
    readonly language: CertificateLanguage
    readonly yes?: true
    readonly json?: true
    readonly journal: string
}

/**
 * @param benches the node, or several beside the same reference
 * @param ask undefined: nobody is there who could answer
 * @returns the exit code
 */
export async function runCalibration(
    benches: readonly Bench[],
    flags: CalibrateFlags,
    terminal: Terminal,
    ask?: Ask
): Promise<number> {
    if (flags.yes !== true && ask === undefined)
        throw new UsageError("nobody can be asked whether to write this: say --yes")
    const plan: Plan = {
        channel: flags.channel,
        points: flags.point,
        method: flags.method,
        reference: {
            name: flags.reference,
            certificate: flags.referenceCertificate,
            validUntil: flags.referenceValidUntil,
            uncertainty: flags.uncertainty,
            resolution: flags.resolution,
        },
        technician: flags.technician,
        temperature: flags.temperature,
        validDays: flags.validFor,
        timeoutMs: flags.timeout,
        isUnstableAllowed: flags.allowUnstable === true,
    }
    const journal = new CalibrationJournal(flags.journal)
    const sessions: NodeSession[] = []
    try {
        sessions.push(...(await openSessions(benches, flags.channel, terminal)))
        const outcomes = await calibrateTogether(
            sessions,
            plan,
            talk(benches, flags, journal, terminal, flags.yes === true ? undefined : ask)
        )
        const code = finish(outcomes, journal, flags, terminal)
        return code === EXIT_OK && sessions.length < benches.length ? EXIT_FAILED : code
    } catch (e) {
        return ended(e, sessions, terminal, textsOf(flags.language))
    }
}

/** What nobody at the bench can put right is thrown on. @returns the exit code of Ctrl-C @throws UsageError */
export function ended(
    e: unknown,
    sessions: readonly NodeSession[],
    terminal: Terminal,
    texts: Texts
): number {
    if (e instanceof Interrupted) {
        tellInterrupted(sessions, terminal, texts)
        return EXIT_INTERRUPTED
    }
    if (e instanceof PlanError || e instanceof FitError || e instanceof RecordFormatError)
        throw new UsageError(e.message)
    throw e
}

/**
 * Of several nodes, those that do not answer or have no such channel are named and left aside.
 *
 * @throws PlanError, BoardError when none is left
 */
export async function openSessions(
    benches: readonly Bench[],
    channel: string,
    terminal: Terminal
): Promise<NodeSession[]> {
    const sessions: NodeSession[] = []
    for (const [i, bench] of benches.entries())
        try {
            sessions.push(await NodeSession.open(bench, channel))
        } catch (e) {
            const isKnown = e instanceof PlanError || e instanceof BoardError
            const isLastHope = i === benches.length - 1 && sessions.length === 0
            if (!isKnown || isLastHope) throw e
            line(terminal.err, `suitcase: ${nameOf(bench)}: ${e.message}`)
        }
    return sessions
}

/** Ctrl-C: what each node has now. */
function tellInterrupted(sessions: readonly NodeSession[], terminal: Terminal, texts: Texts): void {
    line(terminal.err, texts.endedEarly)
    if (sessions.length === 0) line(terminal.err, texts.nothingWritten)
    for (const session of sessions) {
        if (sessions.length > 1) line(terminal.err, `${nameOf(session.bench)}:`)
        tellState(session, terminal, texts)
    }
}

function talk(
    benches: readonly Bench[],
    flags: CalibrateFlags,
    journal: CalibrationJournal,
    terminal: Terminal,
    ask: Ask | undefined
): Talk {
    const texts = textsOf(flags.language)
    const shown = new Map<NodeSession, number>()
    const prefix = ({ bench }: NodeSession) => (benches.length > 1 ? `${nameOf(bench)}: ` : "")
    return {
        atPoint: async (value, i) => {
            const where = texts.pointOf(i + 1, flags.point.length, value)
            if (benches.every(({ bring }) => bring !== undefined))
                line(terminal.err, `${where}, ${texts.simulated}`)
            else {
                line(terminal.err, `${where}: ${texts.bringSensor}`)
                if (ask !== undefined && !(await ask.yes(texts.isThere)))
                    throw new PlanError("the sensor is not at the reference; nothing was written")
            }
        },
        onReading: session => {
            const count = (shown.get(session) ?? 0) + 1
            shown.set(session, count)
            // Ten lines a point are enough where lines stay.
            if (count % 4 === 1 || session.watch.stability.isStable)
                line(terminal.err, `  ${prefix(session)}${readingLine(session, texts)}`)
        },
        confirm: proposals => agree(proposals, ask, terminal, texts),
        onApplied: session => keepInJournal(session, journal),
    }
}

/** Before anything else can go wrong. */
export function keepInJournal(
    { bench, channel, written }: NodeSession,
    journal: CalibrationJournal
): void {
    if (written === undefined) return
    journal.add({
        time: new Date(written.date * 1000).toISOString(),
        action: "apply",
        device: bench.device,
        channel: channel.name,
        id: written.id,
        record: Buffer.from(written.record).toString("hex"),
    })
}

async function agree(
    proposals: readonly Proposal[],
    ask: Ask | undefined,
    terminal: Terminal,
    texts: Texts
): Promise<boolean> {
    for (const proposal of proposals) {
        if (proposals.length > 1) line(terminal.err, `${nameOf(proposal.session.bench)}:`)
        for (const text of proposalLines(proposal, texts)) line(terminal.err, text)
    }
    if (ask === undefined) return true
    return ask.yes(`${texts.writeTo(texts.node(proposals.length))}?`)
}
