/** `suitcase calibrate procedure`: what parts do to themselves. */
import { confirm } from "@clack/prompts"
import { decimals, toUnit } from "../../../src/core/channel.js"
import { PROCEDURE_STORE } from "../../../src/core/protocol/procedures.js"
import { type Bench } from "../../calibration/bench.js"
import { CalibrationJournal } from "../../calibration/journal.js"
import { ProcedureJournal } from "../../calibration/procedure-journal.js"
import { type ProcedureRecord } from "../../calibration/procedure-record.js"
import {
    ProcedureFailed,
    runProcedure,
    type CorrectionChoice,
    type ProcedureOutcome,
    type ProcedurePlan,
} from "../../calibration/procedure-session.js"
import {
    PROCEDURES,
    resultText,
    resultValue,
    type Procedure,
} from "../../calibration/procedures.js"
import { PlanError, channelNamed, type Reference } from "../../calibration/node-session.js"
import { CaptureTimeout } from "../../calibration/session.js"
import { EXIT_FAILED, EXIT_OK, EXIT_UNANSWERED, UsageError } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { rollBack } from "./records.js"
import { type CalibrateFlags } from "./run.js"
import { textsOf, type Texts } from "./texts.js"

/** Lists what the parts of a node can do to themselves. */
export async function listProcedures(
    bench: Bench,
    isJson: boolean,
    terminal: Terminal
): Promise<number> {
    const parts = await bench.during(bench.node.parts())
    for (const part of parts) {
        const able = PROCEDURES.filter(({ id }) => ((part.procedures >> id) & 1) === 1)
        if (isJson) {
            const { part: name, identity, channel } = part
            const procedures = able.map(each => each.name)
            line(terminal.out, JSON.stringify({ part: name, identity, channel, procedures }))
            continue
        }
        line(
            terminal.out,
            `${part.part} (${part.identity || "not yet known"}), --channel ${part.channel}` +
                (part.corrections === 0 ? "" : ", with a correction of the node in force")
        )
        for (const each of able) line(terminal.out, `  ${each.name.padEnd(20)}${each.summary}`)
    }
    if (parts.length === 0)
        line(
            terminal.err,
            "This node's program has no procedures of parts: docs/calibrate.md says how it gets them."
        )
    return EXIT_OK
}

export type ProcedureFlags = Partial<CalibrateFlags> &
    Pick<CalibrateFlags, "journal" | "timeout"> & {
        readonly store?: true
        readonly correction?: CorrectionChoice
    }

/** What a procedure is done with. */
interface Desk {
    readonly bench: Bench
    readonly flags: ProcedureFlags
    readonly terminal: Terminal
    readonly journal: ProcedureJournal
}

/** @param given what was typed behind the name @returns the exit code */
export async function procedure(
    bench: Bench,
    name: string,
    given: string | undefined,
    flags: ProcedureFlags,
    terminal: Terminal
): Promise<number> {
    const isStored = flags.store === true
    if (isStored && !PROCEDURES.some(each => each.name === name && each.until === "power loss"))
        throw new UsageError(`--store is for settings that a part keeps; ${name} is none`)
    const desk = { bench, flags, terminal, journal: new ProcedureJournal(flags.journal) }
    const code = await one(desk, name, given)
    return isStored && given !== undefined && code === EXIT_OK ? one(desk, "store") : code
}

async function one(desk: Desk, name: string, given?: string): Promise<number> {
    const { bench, flags, terminal } = desk
    const known = PROCEDURES.find(each => each.name === name)
    const value = known === undefined || given === undefined ? undefined : valueOf(known, given)
    const changesSomething = known?.kind !== "setting" || value !== undefined
    if (known !== undefined && changesSomething) expectComplete(known, flags)
    const plan: ProcedurePlan = {
        procedure: name,
        value,
        channel: flags.channel,
        reference: known?.kind === "reference" ? referenceOf(flags, bench.nowMs()) : undefined,
        timeoutMs: flags.timeout,
        isUnstableAllowed: flags.allowUnstable === true,
    }
    try {
        const outcome = await runProcedure(bench, plan, talk(desk))
        if (outcome === undefined) {
            line(terminal.err, textsOf(flags.language).nothingDone)
            return EXIT_FAILED
        }
        return await told(desk, plan, outcome)
    } catch (e) {
        if (e instanceof CaptureTimeout || e instanceof ProcedureFailed) {
            line(terminal.err, `suitcase: ${e.message}`)
            return e instanceof CaptureTimeout ? EXIT_UNANSWERED : EXIT_FAILED
        }
        if (e instanceof PlanError) throw new UsageError(e.message)
        throw e
    }
}

async function told(desk: Desk, plan: ProcedurePlan, outcome: ProcedureOutcome): Promise<number> {
    const { bench, flags, terminal, journal } = desk
    const { part, procedure: done, asFound, asLeft, run } = outcome
    const record = await recordOf(desk, plan, outcome)
    const texts = textsOf(flags.language)
    if (flags.json === true) line(terminal.out, JSON.stringify(record))
    line(terminal.err, `${done.name}: ${meaning(outcome, texts)}`)
    if (asFound !== undefined && asLeft !== undefined)
        line(
            terminal.err,
            texts.foundLeft(
                `${plan.value ?? 0} ${done.unit}`,
                String(rounded(asFound, done)),
                `${rounded(asLeft, done)} ${done.unit}`
            )
        )
    if (run === 0) {
        for (const { name, calibration } of await bench.during(bench.node.channels()))
            if (name === part.channel && calibration !== 0)
                line(terminal.err, texts.correctionThere(calibration, name))
        return EXIT_OK
    }
    if (record.lasts === "until power loss" && flags.store !== true)
        line(terminal.err, texts.forgetsPower)
    if (done.name === "emissivity" && record.before !== record.result)
        line(terminal.err, texts.countsLater)
    if (record.lasts === "until restart") line(terminal.err, texts.forgetsRestart)
    const name = journal.keep(record, flags.language ?? "en")
    line(terminal.err, texts.certificateAt)
    line(terminal.err, `  ${name}`)
    return EXIT_OK
}

async function recordOf(
    { bench, flags }: Desk,
    { reference, value, channel }: ProcedurePlan,
    outcome: ProcedureOutcome
): Promise<ProcedureRecord> {
    const { part, procedure: done, result, before, asFound, asLeft, run, corrections } = outcome
    const { site, node, app, version } = await bench.during(bench.node.service.identity())
    const canStore = ((part.procedures >> PROCEDURE_STORE) & 1) === 1
    const isForgotten = done.until === "power loss" && canStore
    return {
        version: 1,
        date: new Date(bench.nowMs()).toISOString(),
        simulated: bench.bring !== undefined,
        technician: flags.technician ?? "",
        node: { device: bench.device, site, node, app, version },
        part: part.part,
        identity: part.identity,
        procedure: done.name,
        value: value ?? null,
        unit: done.unit,
        before: before === undefined ? null : resultValue(done, before),
        result: resultValue(done, result),
        resultUnit: done.correctionUnit ?? done.unit,
        lasts: isForgotten
            ? "until power loss"
            : done.until === "restart"
              ? "until restart"
              : "kept",
        corrections: [...corrections],
        run,
        reference:
            reference === undefined || asFound === undefined || asLeft === undefined
                ? null
                : {
                      ...reference,
                      validUntil:
                          reference.validUntil === undefined
                              ? null
                              : new Date(reference.validUntil * 1000).toISOString(),
                      channel: channel ?? part.channel,
                      asFound: rounded(asFound, done),
                      asLeft: rounded(asLeft, done),
                  },
    }
}

function meaning({ procedure: done, result, part }: ProcedureOutcome, texts: Texts): string {
    const text = resultText(done, result)
    switch (done.name) {
        case "recalibrate":
            return texts.adds(part.part, text)
        case "range-offset":
            return texts.addsDistance(part.part, text)
        case "crosstalk":
            return texts.takesOut(part.part, text.replace("+", ""))
        case "store":
            return texts.stored(String(result))
        case "clean-fan":
            return texts.cleaned
        default:
            return texts.has(text)
    }
}

function talk({ bench, flags, journal, terminal }: Desk): Parameters<typeof runProcedure>[2] {
    let shown = 0
    const texts = textsOf(flags.language)
    const ask = async (message: string): Promise<boolean> => {
        if (flags.yes === true) return true
        if (!terminal.isLive)
            throw new UsageError("nobody can be asked whether to go on: say --yes")
        return (await confirm({ message, active: texts.yes, inactive: texts.no })) === true
    }
    return {
        writesOf: identity => journal.writesOf(identity),
        atReference: async value => {
            if (bench.bring !== undefined)
                line(terminal.err, `${texts.referenceAt(value)}, ${texts.simulated}`)
            else {
                line(terminal.err, `${texts.referenceAt(value)}: ${texts.bringPart}`)
                if (flags.yes !== true && terminal.isLive && !(await ask(texts.isPartThere)))
                    throw new PlanError("the part is not at the reference; nothing was done")
            }
        },
        onReading: ({ column }, sample, { count, deviation, drift, isStable }) => {
            if (++shown % 6 !== 1 && !isStable) return
            const places = decimals(column)
            const raw = sample.raw === undefined ? "–" : toUnit(column, sample.raw).toFixed(places)
            line(
                terminal.err,
                `  ${texts.columns[0]} ${raw} ${column.unit}; ${count} ${texts.columns[2]}, ${texts.columns[3]} ${deviation.toFixed(places + 1)}, ${texts.columns[4]} ${drift.toFixed(places + 1)}` +
                    (isStable ? `: ${texts.stableEnough}` : "")
            )
        },
        confirm: async (part, done, found, before) => {
            if (found !== undefined)
                line(terminal.err, texts.readsAt(`${rounded(found, done)} ${done.unit}`))
            if (before !== undefined) line(terminal.err, texts.hasNow(resultText(done, before)))
            return ask(texts.doIt(`${part.part} (${part.identity})`, done.name))
        },
        decide: async ([{ name, calibration }], { kind }) => {
            if (flags.correction !== undefined) return flags.correction
            if (flags.yes === true || !terminal.isLive) return "refuse"
            line(terminal.err, texts.isFitted(calibration, name))
            if (await ask(texts.takeBack)) return "rollback"
            if (kind === "reference") return "refuse"
            return (await ask(texts.keepIt)) ? "keep" : "refuse"
        },
        rollBack: async ({ name }) => {
            const calibrations = new CalibrationJournal(flags.journal)
            // The one before comes into force, and does not fit any better.
            while ((await channelNamed(bench, name)).calibration !== 0)
                await rollBack(bench, name, calibrations, terminal)
        },
    }
}

/** @throws UsageError naming what is missing */
function expectComplete({ name, kind }: Procedure, flags: Partial<CalibrateFlags>): void {
    const isReferred = kind === "reference"
    const missing = [
        ...(isReferred && flags.reference === undefined ? ["--reference"] : []),
        ...(isReferred && flags.referenceCertificate === undefined
            ? ["--reference-certificate"]
            : []),
        ...(isReferred && flags.uncertainty === undefined ? ["--uncertainty"] : []),
        ...(flags.technician === undefined ? ["--technician"] : []),
    ]
    if (missing.length > 0) throw new UsageError(`${name} needs ${missing.join(", ")}`)
}

function referenceOf(flags: Partial<CalibrateFlags>, nowMs: number): Reference {
    const { reference = "", referenceCertificate = "", referenceValidUntil } = flags
    if (referenceValidUntil !== undefined && referenceValidUntil * 1000 <= nowMs)
        throw new UsageError(
            `the certificate of ${reference} expired on ` +
                `${new Date(referenceValidUntil * 1000).toISOString().slice(0, 10)}: take another reference`
        )
    return {
        name: reference,
        certificate: referenceCertificate,
        validUntil: referenceValidUntil,
        uncertainty: flags.uncertainty ?? 0,
        resolution: flags.resolution ?? 0,
    }
}

/** @throws UsageError */
function valueOf({ name, unit }: Procedure, given: string): number {
    if (name === "self-calibration") {
        if (given !== "on" && given !== "off")
            throw new UsageError(`self-calibration is on or off, not ${given}`)
        return given === "on" ? 1 : 0
    }
    if (!/^-?\d{1,6}(?:\.\d{1,3})?$/.test(given))
        throw new UsageError(
            `${name} takes a number${unit === "" ? "" : ` in ${unit}`}, not ${given}`
        )
    return Number(given)
}

/** As the part's channel shows it, or nearly. */
function rounded(value: number, { steps }: Procedure): number {
    return Math.round(value * 10 * steps) / (10 * steps)
}
