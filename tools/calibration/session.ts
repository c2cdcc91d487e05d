/**
 * Calibrations by a plan: capture, fit, write, read back, measure again. One node, or several beside the same
 * reference, of which one that fails does not stop the others.
 */
import { toUnit } from "../../src/core/channel.js"
import { QUALITY_OK } from "../../src/core/quality.js"
import { qualityName } from "../../src/core/quality-names.js"
import { type Bench } from "./bench.js"
import { type Certificate } from "./certificate.js"
import { checkCount, type Fit, type FitMethod } from "./fit.js"
import {
    NodeSession,
    PlanError,
    meanOf,
    type CapturedPoint,
    type Paperwork,
} from "./node-session.js"
import { NodeSilent, POLL_MS, WINDOW } from "./watch.js"

/** A sensor at a new point has moved by this share of the way from the last one. */
const MOVED_SHARE = 0.2
/** Samples after a change that may still be from before. */
const OLD_SAMPLES = 2
const LEFT_READINGS = WINDOW / 2

export interface Plan extends Paperwork {
    readonly channel: string
    /** What the reference shows at each point, in the channel's unit. */
    readonly points: readonly number[]
    readonly method: FitMethod
    /** Longest wait for stable readings at a point, ms. */
    readonly timeoutMs: number
    /** Takes readings that do not stand still, and says so in the certificate. */
    readonly isUnstableAllowed: boolean
}

/** What is to be written to a node. */
export interface Proposal {
    readonly session: NodeSession
    readonly found: Fit
}

export interface Talk {
    /** Before each point; resolves when the sensors are there. */
    readonly atPoint: (value: number, index: number) => Promise<void>
    readonly onReading: (session: NodeSession) => void
    /** @returns whether the corrections are to be written */
    readonly confirm: (proposals: readonly Proposal[]) => Promise<boolean>
    /** The node has the record in force, whatever comes afterwards. */
    readonly onApplied: (session: NodeSession) => void
}

/** What became of a node: its certificate, or why it has none; neither when nothing was to be written. */
export interface Outcome {
    readonly session: NodeSession
    readonly certificate?: Certificate
    readonly error?: unknown
}

/** Readings did not come, or did not stand still, in time. */
export class CaptureTimeout extends Error {
    override name = "CaptureTimeout"
}

/**
 * @returns the certificate, and the record that the node holds now; undefined when it was not to be written
 * @throws CaptureTimeout, PlanError, FitError, BoardError: the node has the correction that it had, or the new
 *   one where {@link Talk.onApplied} was called
 */
export async function calibrate(
    bench: Bench,
    plan: Plan,
    talk: Talk
): Promise<{ certificate: Certificate; record: Uint8Array } | undefined> {
    const session = await NodeSession.open(bench, plan.channel)
    const [{ certificate, error }] = await calibrateTogether([session], plan, talk)
    if (error !== undefined) throw error as Error
    if (certificate === undefined || session.written === undefined) return undefined
    return { certificate, record: session.written.record }
}

/**
 * @returns what became of each node, in their order
 * @throws PlanError, RecordFormatError before anything is measured; what {@link Talk} throws
 */
export async function calibrateTogether(
    sessions: readonly NodeSession[],
    plan: Plan,
    talk: Talk
): Promise<Outcome[]> {
    const group = new Group(sessions)
    try {
        for (const session of sessions) checkPlan(session, plan)
        // The parts are out of service before anybody touches them.
        await group.each(session => session.watch.poll())
        for (const [i, value] of plan.points.entries()) {
            for (const { bench } of group.active) bench.bring?.(plan.channel, value)
            await group.whileAnswered(talk.atPoint(value, i))
            await settle(group, value, plan, talk)
            await group.each(session =>
                session.take(session.watch.window, value, plan.reference.uncertainty)
            )
        }
        const proposals: Proposal[] = []
        await group.each(session =>
            proposals.push({ session, found: session.fit(plan.method, plan.reference) })
        )
        if (proposals.length === 0 || !(await group.whileAnswered(talk.confirm(proposals))))
            return group.outcomes(new Map())
        return await writeAll(group, proposals, plan, talk)
    } finally {
        for (const session of sessions) await session.release()
    }
}

/** Writes, reads back, measures again and certifies. */
export async function writeAll(
    group: Group,
    proposals: readonly Proposal[],
    paperwork: Paperwork & Pick<Plan, "method" | "timeoutMs">,
    talk: Pick<Talk, "onApplied" | "onReading">
): Promise<Outcome[]> {
    const found = new Map(proposals.map(({ session, found }) => [session, found]))
    const foundOf = (session: NodeSession) => found.get(session) as Fit
    await group.each(async session => {
        await session.write(foundOf(session), paperwork)
        talk.onApplied(session)
        await session.expectKept()
    })
    const left = await measureAgain(group, paperwork.timeoutMs, talk.onReading)
    const certificates = new Map<NodeSession, Certificate>()
    await group.each(async session => {
        const fresh = left.get(session) ?? new Map<CapturedPoint, number>()
        certificates.set(
            session,
            await session.certificate(paperwork.method, paperwork, foundOf(session), fresh)
        )
    })
    return group.outcomes(certificates)
}

/** Several nodes beside one reference, those that failed left aside. */
export class Group {
    private readonly errors = new Map<NodeSession, unknown>()

    constructor(readonly sessions: readonly NodeSession[]) {}

    /** Those that did not fail. */
    get active(): NodeSession[] {
        return this.sessions.filter(session => !this.errors.has(session))
    }

    fail(session: NodeSession, error: unknown): void {
        this.errors.set(session, error)
    }

    errorOf(session: NodeSession): unknown {
        return this.errors.get(session)
    }

    /** One after another; one that throws has failed. */
    async each(work: (session: NodeSession) => unknown): Promise<void> {
        for (const session of this.active)
            try {
                await work(session)
            } catch (e) {
                this.fail(session, e)
            }
    }

    /** Lets time pass at all nodes, until they are looked at again. */
    async sleep(): Promise<void> {
        await Promise.all(this.active.map(({ bench }) => bench.sleep(POLL_MS)))
    }

    /**
     * Waits for a person. Nodes are asked meanwhile: one that nobody asks puts its part back into service after two
     * minutes. In a simulation no time passes while somebody thinks.
     */
    async whileAnswered<T>(answer: Promise<T>): Promise<T> {
        let isOpen = true
        const closed = answer.then(
            () => (isOpen = false),
            () => (isOpen = false)
        )
        while (isOpen && this.active.some(({ bench }) => bench.bring === undefined)) {
            await Promise.race([closed, this.sleep().catch(() => closed)])
            if (isOpen) await this.each(session => session.watch.poll())
        }
        return answer
    }

    outcomes(certificates: ReadonlyMap<NodeSession, Certificate>): Outcome[] {
        return this.sessions.map(session => {
            const error = this.errors.get(session)
            const certificate = certificates.get(session)
            return {
                session,
                ...(certificate === undefined ? {} : { certificate }),
                ...(error === undefined ? {} : { error }),
            }
        })
    }
}

function checkPlan(session: NodeSession, plan: Plan): void {
    checkCount(plan.method, plan.points.length)
    for (const [i, value] of plan.points.entries()) {
        session.checkPoint(value)
        if (plan.points.indexOf(value) !== i)
            throw new PlanError(`two points are at ${value}: give each reference value once`)
    }
    session.check(plan, plan.method === "piecewise" ? plan.points : [])
}

/** Until the readings of all nodes stand still; those that do not in time have failed. */
async function settle(group: Group, value: number, plan: Plan, talk: Talk): Promise<void> {
    for (const session of group.active) {
        const before = session.points.at(-1)
        const way =
            before === undefined
                ? 0
                : MOVED_SHARE * Math.abs(session.integers(value) - before.reference)
        session.watch.restart(
            1,
            ({ raw }) => before === undefined || Math.abs((raw ?? before.raw) - before.raw) >= way
        )
    }
    const isDone = ({ watch: { stability } }: NodeSession) =>
        stability.isStable || (plan.isUnstableAllowed && stability.count === WINDOW)
    const until = deadlines(group, plan.timeoutMs)
    while (group.active.some(session => !isDone(session))) {
        await group.sleep()
        await group.each(async session => {
            if (await session.watch.poll()) talk.onReading(session)
            if (!isDone(session) && session.bench.nowMs() >= (until.get(session) ?? 0))
                throw timeoutOf(session, plan.timeoutMs)
        })
    }
}

function deadlines(group: Group, ms: number): Map<NodeSession, number> {
    return new Map(group.active.map(session => [session, session.bench.nowMs() + ms]))
}

function timeoutOf({ bench, channel, watch }: NodeSession, ms: number): Error {
    // Of a node that does not answer just now, nothing else is worth saying.
    if (watch.isSilent) return new NodeSilent(bench.device)
    const { sample } = watch
    return new CaptureTimeout(
        sample === undefined
            ? `${channel.name}: no reading came within ${ms / 1000} s`
            : sample.rawQuality !== QUALITY_OK
              ? `${channel.name}: its readings are "${qualityName(sample.rawQuality)}", after ${ms / 1000} s`
              : `${channel.name}: did not stand still within ${ms / 1000} s; wait longer (--timeout), ` +
                "or take it as it is (--allow-unstable)"
    )
}

/** As left: means of fresh readings at the last point, and, simulated, at all of them. */
async function measureAgain(
    group: Group,
    timeoutMs: number,
    onReading: (session: NodeSession) => void
): Promise<Map<NodeSession, Map<CapturedPoint, number>>> {
    const left = new Map(
        group.active.map(session => [session, new Map<CapturedPoint, number>()] as const)
    )
    const points = Math.max(0, ...group.active.map(session => session.points.length))
    for (let i = points - 1; i >= 0; i--) {
        const there = () =>
            group.active.filter(({ bench }) => bench.bring !== undefined || i === points - 1)
        for (const { bench, watch, channel, written, points } of there()) {
            bench.bring?.(channel.name, toUnit(channel.column, points[i].reference))
            watch.restart(OLD_SAMPLES, ({ calibration }) => calibration === written?.id)
        }
        const until = deadlines(group, timeoutMs)
        const isDone = (session: NodeSession) => session.watch.stability.count >= LEFT_READINGS
        while (there().some(session => !isDone(session))) {
            await group.sleep()
            await group.each(async session => {
                if (await session.watch.poll()) onReading(session)
                if (!isDone(session) && session.bench.nowMs() >= (until.get(session) ?? 0))
                    throw new CaptureTimeout(
                        `${session.channel.name}: the record is written, but no reading that it corrects came`
                    )
            })
        }
        for (const session of there())
            left.get(session)?.set(session.points[i], meanOf(session.watch.window.corrected))
    }
    return left
}
