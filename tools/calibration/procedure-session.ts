/** One procedure of a part: conditions checked, carried out, its result read back and, where there is a reference, measured again. */
import { toUnit } from "../../src/core/channel.js"
import { ARGUMENT_LOOK, RUN_DONE, RUN_FAILED } from "../../src/core/protocol/procedures.js"
import { QUALITY_OK, QUALITY_STALE } from "../../src/core/quality.js"
import { qualityName } from "../../src/core/quality-names.js"
import { BoardError } from "../flash/board-access.js"
import { type Bench } from "./bench.js"
import { type LiveSample, type NodeChannel, type NodePart } from "./node-calibration.js"
import { PROCEDURES, WRITES_LEFT_ALONE, type Procedure } from "./procedures.js"
import { PlanError, type Reference } from "./node-session.js"
import { CaptureTimeout } from "./session.js"
import { limitsOf, stabilityOf, type Stability } from "./stability.js"

/** Time between two samples, s: that of an SCD4x and more than that of an SCD30. */
const SECONDS = 5
const POLL_MS = 2500
/** Readings in that time, at least: a part in low power gives one every 30 s. */
const FEWEST = 6
/** Readings that make "as left". */
const LEFT = 10
/** Longest time that a procedure takes, ms: a sample of 15 s that was begun before it, and fan cleaning. */
const RUN_MS = 60_000
const RUN_POLL_MS = 1000

export interface ProcedurePlan {
    readonly procedure: string
    /** In the procedure's unit; undefined: none, or a setting is only told. */
    readonly value: number | undefined
    /** Of the part; undefined: the only part that has the procedure. */
    readonly channel: string | undefined
    /** Of a procedure that needs one. */
    readonly reference: Reference | undefined
    readonly timeoutMs: number
    readonly isUnstableAllowed: boolean
}

/** What becomes of corrections that were fitted to the part as it is. */
export type CorrectionChoice = "refuse" | "rollback" | "keep"

export interface KnownCorrection {
    readonly channel: string
    readonly id: number
    readonly action: "rolled back" | "kept"
}

export interface ProcedureTalk {
    /** How often a part with this serial number was written to in its life, as far as it is known. */
    readonly writesOf: (identity: string) => number
    /** Resolves when part and reference are together. */
    readonly atReference: (value: number) => Promise<void>
    readonly onReading: (channel: NodeChannel, sample: LiveSample, stability: Stability) => void
    /** @param found mean reading before; undefined: without reference @returns whether to go on */
    readonly confirm: (
        part: NodePart,
        procedure: Procedure,
        found: number | undefined,
        before: number | undefined
    ) => Promise<boolean>
    /** @param fitted channels with a correction that holds no more afterwards */
    readonly decide: (
        fitted: readonly NodeChannel[],
        procedure: Procedure
    ) => Promise<CorrectionChoice>
    /** Takes back what is in force on a channel, and the one that comes into force then, until there is none. */
    readonly rollBack: (channel: NodeChannel) => Promise<void>
}

export interface ProcedureOutcome {
    readonly part: NodePart
    readonly procedure: Procedure
    /** As the node gave it. */
    readonly result: number
    /** The setting before, as the node gave it; undefined: it is none, or was only told. */
    readonly before: number | undefined
    readonly corrections: readonly KnownCorrection[]
    /** Means of raw readings, in the channel's unit; undefined: without reference. */
    readonly asFound: number | undefined
    readonly asLeft: number | undefined
    /** Token of the run; 0: a setting was only told. */
    readonly run: number
}

/** The part said no, or said that it failed; nothing is known to have changed. */
export class ProcedureFailed extends Error {
    override name = "ProcedureFailed"
}

/**
 * @returns undefined when it was not to be carried out
 * @throws PlanError, CaptureTimeout, BoardError: nothing was done to the part
 * @throws ProcedureFailed: the part says so
 */
export async function runProcedure(
    bench: Bench,
    plan: ProcedurePlan,
    talk: ProcedureTalk
): Promise<ProcedureOutcome | undefined> {
    const procedure = procedureNamed(plan)
    // In this order: a correction that comes after the parts were listed makes the node refuse to begin.
    const parts = await bench.during(bench.node.parts())
    const channels = await bench.during(bench.node.channels())
    let part = partFor(parts, procedure, plan, channels)
    const channel = measuringChannel(part, procedure, channels)
    const isLook = procedure.kind === "setting" && plan.value === undefined
    const fitted = isLook ? [] : fittedTo(part, procedure, channels)
    if (!isLook) refuseWorn(part, procedure, talk)
    const choice = fitted.length === 0 ? "keep" : await decided(fitted, procedure, talk)
    try {
        if (isLook) {
            const result = await carryOut(bench, part, channel, procedure, ARGUMENT_LOOK)
            return { part, procedure, result, ...LOOKED }
        }
        let found: number | undefined
        let before: number | undefined
        if (procedure.kind === "reference") {
            const value = plan.value ?? 0
            bench.bring?.(channel.name, value)
            await talk.atReference(value)
            found = await steady(bench, channel, procedure, plan, talk)
        }
        if (procedure.kind === "setting")
            before = await carryOut(bench, part, channel, procedure, ARGUMENT_LOOK)
        if (!(await talk.confirm(part, procedure, found, before))) return undefined
        if (choice === "rollback") for (const each of fitted) await talk.rollBack(each)
        const argument = Math.round((plan.value ?? 0) * procedure.steps)
        const known = choice === "rollback" ? [] : fitted
        part = await expectCorrections(bench, part, procedure, known)
        const result = await carryOut(bench, part, channel, procedure, argument)
        const left =
            found !== undefined || procedure.isMeasuredAfter === true
                ? await measureAgain(bench, channel, plan.timeoutMs)
                : undefined
        const action = choice === "rollback" ? "rolled back" : "kept"
        return {
            ...{ part, procedure, result, before, asFound: found },
            asLeft: found === undefined ? undefined : left,
            run: part.token,
            corrections: fitted.map(({ name, calibration }) => ({
                ...{ channel: name, id: calibration, action },
            })),
        }
    } finally {
        // A node that is gone puts the part back into service by itself.
        await bench.during(bench.node.release(channel)).catch(() => undefined)
    }
}

const LOOKED = {
    before: undefined,
    asFound: undefined,
    asLeft: undefined,
    run: 0,
    corrections: [],
} as const

/** @throws PlanError for a name that there is not, or a value that does not fit it */
function procedureNamed({ procedure: name, value, reference }: ProcedurePlan): Procedure {
    const procedure = PROCEDURES.find(known => known.name === name)
    if (procedure === undefined)
        throw new PlanError(
            `there is no procedure ${name}; there are ${PROCEDURES.map(known => known.name).join(", ")}`
        )
    if (procedure.kind === "action" && value !== undefined)
        throw new PlanError(`${name} takes no value`)
    if (procedure.kind === "reference" && (value === undefined || reference === undefined))
        throw new PlanError(`${name} needs what the reference shows: ${name} 420`)
    return procedure
}

function partFor(
    parts: readonly NodePart[],
    procedure: Procedure,
    { channel }: ProcedurePlan,
    channels: readonly NodeChannel[]
): NodePart {
    const able = parts.filter(({ procedures }) => ((procedures >> procedure.id) & 1) === 1)
    const named = channels.find(({ name }) => name === channel)
    if (channel !== undefined && named === undefined)
        throw new PlanError(`this node has no channel ${channel}`)
    const fitting =
        named === undefined
            ? able
            : able.filter(
                  ({ part, identity }) => part === named.part && identity === named.identity
              )
    if (fitting.length === 1) return fitting[0]
    if (able.length === 0)
        throw new PlanError(
            parts.length === 0
                ? "this node's program has no procedures of parts: docs/calibrate.md says how it gets them"
                : `no part of this node has ${procedure.name}; suitcase calibrate procedure lists what there is`
        )
    throw new PlanError(
        fitting.length === 0
            ? `the part of ${channel ?? ""} does not have ${procedure.name}`
            : `several parts have ${procedure.name}: say which by --channel ${fitting.map(each => each.channel).join(", or --channel ")}`
    )
}

/** The channel of the part that shows what the procedure changes, or its first one. */
function measuringChannel(
    part: NodePart,
    procedure: Procedure,
    channels: readonly NodeChannel[]
): NodeChannel {
    const own = channelsOf(part, channels)
    const channel =
        own.find(({ column }) => procedure.changes.includes(column.quantity)) ?? own.at(0)
    if (channel === undefined)
        throw new BoardError(`the node lists no channel of ${part.part}: ask again`)
    return channel
}

function channelsOf(part: NodePart, channels: readonly NodeChannel[]): NodeChannel[] {
    const first = channels.find(({ name }) => name === part.channel)
    return channels.filter(
        ({ name, part: maker, identity }) =>
            name === part.channel ||
            (first !== undefined && maker === first.part && identity === first.identity)
    )
}

/** Those whose correction was fitted to the part as it was. */
function fittedTo(
    part: NodePart,
    { changes }: Procedure,
    channels: readonly NodeChannel[]
): NodeChannel[] {
    return channelsOf(part, channels).filter(
        ({ calibration, column }) => calibration !== 0 && changes.includes(column.quantity)
    )
}

/** @throws PlanError when the procedure is not to be done, or would leave readings that are corrected twice */
async function decided(
    fitted: readonly NodeChannel[],
    procedure: Procedure,
    talk: ProcedureTalk
): Promise<CorrectionChoice> {
    const [{ name: channel, calibration }] = fitted
    const { name, kind } = procedure
    const choice = await talk.decide(fitted, procedure)
    // Where the part is to show what the reference shows, a correction on top is wrong by what it corrects.
    const isKeeping = choice === "keep" && kind !== "reference"
    if (isKeeping || choice === "rollback") return choice
    throw new PlanError(
        `${channel} has calibration ${calibration}, which was fitted to the part as it is: ` +
            (choice === "keep" ? `it cannot be kept with ${name}; ` : "") +
            `take it back (suitcase calibrate rollback ${channel}, or --correction rollback), then ${name}, then calibrate anew` +
            (kind === "reference" ? "" : `; or keep it on purpose (--correction keep)`)
    )
}

/**
 * The part as the node lists it now, with the token of the next run.
 *
 * @throws PlanError when others of the corrections than those hold now
 */
async function expectCorrections(
    bench: Bench,
    { index, part: maker, identity }: NodePart,
    procedure: Procedure,
    known: readonly NodeChannel[]
): Promise<NodePart> {
    const part = (await bench.during(bench.node.parts())).at(index)
    if (part?.part !== maker || part.identity !== identity)
        throw new PlanError(`another part is there instead of ${maker}: begin anew`)
    const ids = (channels: readonly NodeChannel[]) =>
        channels.map(({ name, calibration }) => `${name} ${calibration}`).join(", ")
    const now = fittedTo(part, procedure, await bench.during(bench.node.channels()))
    if (ids(now) !== ids(known))
        throw new PlanError(
            `the corrections in force are others by now (${ids(now) || "none"}): begin anew`
        )
    return part
}

function refuseWorn(part: NodePart, { name, mostWrites }: Procedure, talk: ProcedureTalk): void {
    if (mostWrites === undefined) return
    const writes = talk.writesOf(part.identity)
    if (writes >= WRITES_LEFT_ALONE * mostWrites)
        throw new PlanError(
            `${name} was done ${writes} times to ${part.part} (${part.identity}), whose memory stands ${mostWrites} writes: ` +
                "leave it as it is"
        )
}

/** Readings that stand still as long as the procedure asks for. @returns their mean, in the channel's unit */
async function steady(
    bench: Bench,
    channel: NodeChannel,
    { steadyMs = 0 }: Procedure,
    plan: ProcedurePlan,
    talk: ProcedureTalk
): Promise<number> {
    const { column } = channel
    const range = toUnit(column, column.max) - toUnit(column, column.min)
    const limits = limitsOf(column.quantity, range)
    const window: { readonly at: number; readonly value: number }[] = []
    const until = bench.nowMs() + plan.timeoutMs
    let seen = (await bench.during(bench.node.live(channel, SECONDS))).takenMs
    let last: LiveSample | undefined
    while (bench.nowMs() < until) {
        await bench.sleep(POLL_MS)
        const sample = await bench.during(bench.node.live(channel, SECONDS))
        if (sample.takenMs === seen) continue
        seen = sample.takenMs
        // Between two measurements of a slow part there is nothing new.
        if (sample.rawQuality === QUALITY_STALE) continue
        last = sample
        const now = bench.nowMs()
        if (sample.raw === undefined || sample.rawQuality !== QUALITY_OK) window.length = 0
        else window.push({ at: now, value: toUnit(column, sample.raw) })
        while (window.length > FEWEST && now - window[1].at >= steadyMs) window.shift()
        const isFull = window.length >= FEWEST && now - window[0].at >= steadyMs
        const stability = stabilityOf(
            window.map(({ value }) => value),
            isFull ? FEWEST : Infinity,
            limits
        )
        talk.onReading(channel, sample, stability)
        if (stability.isStable || (isFull && plan.isUnstableAllowed)) return stability.mean
    }
    throw new CaptureTimeout(
        last === undefined
            ? `${channel.name}: no reading came within ${plan.timeoutMs / 1000} s`
            : last.rawQuality !== QUALITY_OK
              ? `${channel.name}: its readings are "${qualityName(last.rawQuality)}", after ${plan.timeoutMs / 1000} s`
              : `${channel.name}: did not stand still for ${minutes(steadyMs)} within ${plan.timeoutMs / 1000} s; wait longer (--timeout), ` +
                "or take it as it is (--allow-unstable)"
    )
}

/** "three minutes" */
export function minutes(ms: number): string {
    return ms === 180_000 ? "three minutes" : `${ms / 1000} s`
}

async function carryOut(
    bench: Bench,
    part: NodePart,
    channel: NodeChannel,
    procedure: Procedure,
    argument: number
): Promise<number> {
    const { node } = bench
    await bench.during(node.live(channel, SECONDS))
    await bench.during(node.begin(part, procedure.id, argument))
    const until = bench.nowMs() + RUN_MS
    while (bench.nowMs() < until) {
        await bench.sleep(RUN_POLL_MS)
        const { state, result, token, reason } = await bench.during(node.run(part))
        if (token !== part.token)
            throw new ProcedureFailed(
                `the node started again, or somebody else began another procedure: look what ${part.part} has, then begin anew`
            )
        if (state === RUN_DONE) return result
        if (state === RUN_FAILED) throw new ProcedureFailed(`${procedure.name}: ${reason}`)
    }
    throw new ProcedureFailed(
        `${procedure.name} did not end within ${RUN_MS / 1000} s; suitcase console shows what the node says`
    )
}

/** Readings after it, once they are good ones again: most parts need minutes. @returns their mean */
async function measureAgain(
    bench: Bench,
    channel: NodeChannel,
    timeoutMs: number
): Promise<number> {
    const values: number[] = []
    const until = bench.nowMs() + timeoutMs
    let { takenMs: seen } = await bench.during(bench.node.live(channel, SECONDS))
    while (values.length < LEFT) {
        if (bench.nowMs() >= until)
            throw new CaptureTimeout(
                `${channel.name}: it was carried out, but no good readings came within ${timeoutMs / 1000} s`
            )
        await bench.sleep(POLL_MS)
        const sample = await bench.during(bench.node.live(channel, SECONDS))
        if (sample.takenMs === seen) continue
        seen = sample.takenMs
        if (sample.raw !== undefined && sample.rawQuality === QUALITY_OK)
            values.push(toUnit(channel.column, sample.raw))
    }
    return values.reduce((sum, value) => sum + value, 0) / values.length
}
