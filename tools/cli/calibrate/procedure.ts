/** `suitcase calibrate procedure`: what parts do to themselves. */
import { confirm } from "@clack/prompts"
import { decimals, toUnit } from "../../../src/core/channel.js"
import { PROCEDURE_STORE } from "../../../src/core/protocol/procedures.js"
import { type Bench } from "../../calibration/bench.js"
import { ProcedureJournal, type ProcedureRecord } from "../../calibration/procedure-journal.js"
import {
    ProcedureFailed,
    runProcedure,
    type ProcedureOutcome,
    type ProcedurePlan,
} from "../../calibration/procedure-session.js"
import { PROCEDURES, resultText, type Procedure } from "../../calibration/procedures.js"
import { PlanError, type Reference } from "../../calibration/node-session.js"
import { CaptureTimeout } from "../../calibration/session.js"
import { EXIT_FAILED, EXIT_OK, EXIT_UNANSWERED, UsageError } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { type CalibrateFlags } from "./run.js"

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
            `${part.part} (${part.identity || "not yet known"}), --channel ${part.channel}`
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
    Pick<CalibrateFlags, "journal" | "timeout"> & { readonly store?: true }

/** @param given what was typed behind the name @returns the exit code */
export async function procedure(
    bench: Bench,
    name: string,
    given: string | undefined,
    flags: ProcedureFlags,
    terminal: Terminal
): Promise<number> {
    const isStored = flags.store === true
    if (isStored && !PROCEDURES.some(each => each.name === name && each.isVolatile === true))
        throw new UsageError(`--store is for settings that a part keeps; ${name} is none`)
    const code = await one(bench, name, given, flags, terminal)
    if (!isStored || given === undefined || code !== EXIT_OK) return code
    return one(bench, "store", undefined, flags, terminal)
}

async function one(
    bench: Bench,
    name: string,
    given: string | undefined,
    flags: ProcedureFlags,
    terminal: Terminal
): Promise<number> {
    const journal = new ProcedureJournal(flags.journal)
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
        const outcome = await runProcedure(bench, plan, talk(bench, flags, journal, terminal))
        if (outcome === undefined) {
            line(terminal.err, "Nothing was done to the part.")
            return EXIT_FAILED
        }
        return await told(bench, plan, outcome, flags, journal, terminal)
    } catch (e) {
        if (e instanceof CaptureTimeout || e instanceof ProcedureFailed) {
            line(terminal.err, `suitcase: ${e.message}`)
            return e instanceof CaptureTimeout ? EXIT_UNANSWERED : EXIT_FAILED
        }
        if (e instanceof PlanError) throw new UsageError(e.message)
        throw e
    }
}

async function told(
    bench: Bench,
    plan: ProcedurePlan,
    outcome: ProcedureOutcome,
    flags: ProcedureFlags,
    journal: ProcedureJournal,
    terminal: Terminal
): Promise<number> {
    const { part, procedure: done, result, asFound, asLeft, run } = outcome
    const { site, node, app, version } = await bench.during(bench.node.service.identity())
    const { reference, value } = plan
    const record: ProcedureRecord = {
        version: 1,
        date: new Date(bench.nowMs()).toISOString(),
        simulated: bench.bring !== undefined,
        technician: flags.technician ?? "",
        node: { device: bench.device, site, node, app, version },
        part: part.part,
        identity: part.identity,
        procedure: done.name,
        value: value ?? null,
        result: result / done.steps,
        unit: done.unit,
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
                      channel: plan.channel ?? part.channel,
                      asFound: tenth(asFound),
                      asLeft: tenth(asLeft),
                  },
    }
    if (flags.json === true) line(terminal.out, JSON.stringify(record))
    line(terminal.err, `${done.name}: ${meaning(outcome)}`)
    if (asFound !== undefined && asLeft !== undefined)
        line(
            terminal.err,
            `at ${value ?? 0} ${done.unit}: reading as found ${tenth(asFound)}, as left ${tenth(asLeft)} ${done.unit}`
        )
    if (run === 0) return EXIT_OK
    const canStore = ((part.procedures >> PROCEDURE_STORE) & 1) === 1
    if (done.isVolatile === true && canStore && flags.store !== true)
        line(
            terminal.err,
            "The part forgets it with its power; suitcase calibrate procedure store keeps it."
        )
    line(terminal.err, `Record: ${journal.keep(record)}`)
    return EXIT_OK
}

function meaning({ procedure: done, result, part }: ProcedureOutcome): string {
    const text = resultText(done, result)
    switch (done.name) {
        case "recalibrate":
            return `${part.part} adds ${text} to its readings from now on, and keeps that without power`
        case "store":
            return `stored; ${result} writes of the part's memory since the node started`
        case "clean-fan":
            return "done; the part reports no trouble with its fan"
        default:
            return `the part has ${text}`
    }
}

function talk(
    bench: Bench,
    flags: Partial<CalibrateFlags>,
    journal: ProcedureJournal,
    terminal: Terminal
): Parameters<typeof runProcedure>[2] {
    let shown = 0
    const ask = async (message: string): Promise<boolean> => {
        if (flags.yes === true) return true
        if (!terminal.isLive)
            throw new UsageError("nobody can be asked whether to go on: say --yes")
        return (await confirm({ message })) === true
    }
    return {
        writesOf: identity =>
            journal.countOf(identity, "store") + journal.countOf(identity, "own-offset"),
        atReference: async value => {
            if (bench.bring !== undefined) line(terminal.err, `Reference ${value}, simulated`)
            else {
                line(terminal.err, `Reference ${value}: bring the part and the reference together`)
                if (flags.yes !== true && terminal.isLive && !(await ask("Is the part there?")))
                    throw new PlanError("the part is not at the reference; nothing was done")
            }
        },
        onReading: ({ column }, sample, { count, deviation, drift, isStable }) => {
            if (++shown % 6 !== 1 && !isStable) return
            const raw =
                sample.raw === undefined
                    ? "–"
                    : toUnit(column, sample.raw).toFixed(decimals(column))
            line(
                terminal.err,
                `  raw ${raw} ${column.unit}; ${count} readings, deviation ${deviation.toFixed(1)}, drift ${drift.toFixed(1)}` +
                    (isStable ? ": stable for three minutes" : "")
            )
        },
        confirm: async (part, done, found) => {
            if (found !== undefined)
                line(terminal.err, `  reads ${tenth(found)} ${done.unit} at the reference`)
            return ask(`${part.part} (${part.identity}): ${done.name}. Do it?`)
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

function tenth(value: number): number {
    return Math.round(value * 10) / 10
}
