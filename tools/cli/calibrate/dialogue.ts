/** `suitcase calibrate` at a terminal: asks for what its options do not say, and leads to the certificate. */
import { endOfDayOf } from "../../../sim/time/iso-time.js"
import { toUnit, decimals } from "../../../src/core/channel.js"
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { type Bench } from "../../calibration/bench.js"
import { FIT_METHODS, FitError, checkCount, type FitMethod } from "../../calibration/fit.js"
import { CalibrationJournal } from "../../calibration/journal.js"
import { type NodeChannel } from "../../calibration/node-calibration.js"
import { type NodeSession, PlanError, type Paperwork } from "../../calibration/node-session.js"
import { readRecord } from "../../calibration/record.js"
import { Group, writeAll, type Outcome, type Proposal } from "../../calibration/session.js"
import { EXIT_FAILED, EXIT_OK } from "../errors.js"
import { unitSign } from "../quantities.js"
import { type Terminal } from "../terminal.js"
import { type Ask, type Choice } from "./ask.js"
import { finish, reasonOf } from "./finish.js"
import { ended, keepInJournal, openSessions, type CalibrateFlags } from "./run.js"
import { wrapped } from "../view/wrapped.js"
import { inLanguage } from "./danish.js"
import { textsOf, type Texts } from "./texts.js"
import { liveTable, nameOf, proposalLines } from "./words.js"

/** What was said on the command line is not asked. */
export type Said = Partial<CalibrateFlags> &
    Pick<CalibrateFlags, "journal" | "language" | "timeout" | "validFor">

/** @param benches the node, or several beside the same reference @returns the exit code */
export async function guide(
    benches: readonly Bench[],
    said: Said,
    ask: Ask,
    terminal: Terminal
): Promise<number> {
    const journal = new CalibrationJournal(said.journal)
    const texts = textsOf(said.language)
    const sessions: NodeSession[] = []
    try {
        const name = said.channel ?? (await chooseChannel(benches, ask, texts))
        sessions.push(...(await openSessions(benches, name, terminal)))
        const paperwork = await askPaperwork(sessions[0], said, journal, ask)
        for (const session of sessions) {
            session.check(paperwork)
            said.point?.forEach(value => session.checkPoint(value))
        }
        const outcomes = await new Guide(sessions, paperwork, said, journal, ask).run()
        const code = finish(outcomes, journal, said, terminal)
        return code === EXIT_OK && sessions.length < benches.length ? EXIT_FAILED : code
    } catch (e) {
        return ended(e, sessions, terminal, texts)
    }
}

/** From the first point on. */
class Guide {
    private readonly group: Group
    private readonly channel: NodeChannel
    private readonly sign: string
    private readonly texts: Texts

    constructor(
        sessions: readonly NodeSession[],
        private readonly paperwork: Paperwork,
        private readonly said: Said,
        private readonly journal: CalibrationJournal,
        private readonly ask: Ask
    ) {
        this.group = new Group(sessions)
        this.channel = sessions[0].channel
        this.sign = unitSign(this.channel.column.unit)
        this.texts = textsOf(said.language)
    }

    async run(): Promise<Outcome[]> {
        const { group, ask, texts } = this
        try {
            // The parts are out of service before anybody touches them.
            await group.each(session => session.watch.poll())
            for (;;) {
                await this.point()
                if (group.active.length === 0) return group.outcomes(new Map())
                const method = await this.methodOrPoint()
                if (method === undefined) continue
                const proposals = this.proposals(method)
                if (proposals === undefined) continue
                const next = await this.answer(
                    ask.choose(texts.andNow, nextChoices(proposals, texts))
                )
                if (next === "nothing") return group.outcomes(new Map())
                if (next === "write") return await this.write(method, proposals)
            }
        } finally {
            for (const session of group.sessions) await session.release()
        }
    }

    /** Waits at a reference, and takes its readings. */
    private async point(): Promise<void> {
        const { group, ask, paperwork, texts } = this
        const n = group.active[0].points.length + 1
        const isSimulated = group.active.every(({ bench }) => bench.bring !== undefined)
        let value = this.said.point?.at(n - 1)
        if (isSimulated) {
            value ??= await this.askValue(texts.shallShow(n, this.sign))
            for (const { bench } of group.active) bench.bring?.(this.channel.name, value)
        } else ask.say(texts.bringThere(n))
        const windows = await this.settled()
        if (group.active.length === 0) return
        value ??= await this.askValue(texts.showsNow(this.sign))
        const uncertainty = await this.answer(
            askNumber(ask, texts, {
                message: texts.uncertaintyThere(this.sign),
                initial: String(paperwork.reference.uncertainty),
                least: 0,
            })
        )
        const taken = value
        await group.each(session => {
            const window = windows.get(session)
            if (window !== undefined) session.take(window, taken, uncertainty)
        })
    }

    /** Shows the readings of all nodes until they are taken. */
    private async settled(): Promise<Map<NodeSession, NodeSession["watch"]["window"]>> {
        const { group, ask, texts } = this
        for (const { watch } of group.active) watch.restart(2)
        const live = ask.live()
        let notes: string[] = []
        try {
            for (;;) {
                await group.each(({ watch }) => watch.poll())
                const { active } = group
                if (active.length === 0) break
                const key = live.key()
                const isEnter = key === "\r" || key === "\n"
                const areStable = active.every(({ watch }) => watch.stability.isStable)
                const areThere = active.every(({ watch }) => watch.stability.count > 1)
                if ((isEnter && areStable) || (key === "o" && areThere)) break
                if (isEnter) notes = [texts.notStill]
                else if (key === "o") notes = [texts.noReadings]
                const failed = group.sessions.filter(session => !active.includes(session))
                const restarted = active.filter(({ watch }) => watch.restarts > 0)
                live.show(
                    [
                        liveTable(active, texts),
                        ...failed.map(
                            session =>
                                `${nameOf(session.bench)}: ${inLanguage(this.said.language, reasonOf(group.errorOf(session)))}`
                        ),
                        ...restarted.map(({ bench }) => texts.restarted(nameOf(bench))),
                        ...notes,
                        areStable ? texts.stableKeys : texts.keys,
                    ].join("\n")
                )
                await live.until(group.sleep())
            }
        } finally {
            live.end()
        }
        return new Map(group.active.map(session => [session, session.watch.window]))
    }

    private async askValue(message: string): Promise<number> {
        const [session] = this.group.active
        const before = session.points.map(({ reference }) => toUnit(this.channel.column, reference))
        return this.answer(
            askNumber(this.ask, this.texts, {
                message,
                problem: value => {
                    if (before.includes(value)) return this.texts.pointThere
                    return problemOf(() => session.checkPoint(value))
                },
            })
        )
    }

    /** @returns undefined: another point is wanted */
    private async methodOrPoint(): Promise<FitMethod | undefined> {
        const count = this.group.active[0].points.length
        const { method, point = [] } = this.said
        if (count < point.length) return undefined
        const possible = FIT_METHODS.filter(
            name => problemOf(() => checkCount(name, count)) === undefined
        )
        const fits = possible.map((name): Choice<FitMethod | undefined> => ({
            value: name,
            label: this.texts.correctBy(name),
            hint: this.texts.methods[name],
        }))
        const another: Choice<FitMethod | undefined> = {
            value: undefined,
            label: this.texts.anotherPoint,
        }
        // Two points, or the one that a method asks for, come before anything else.
        const choices =
            count === 1 && method !== "offset"
                ? [another, ...fits]
                : [...fits.sort((a, b) => rank(a, method) - rank(b, method)), another]
        return this.answer(this.ask.choose(this.texts.taken(count), choices))
    }

    private proposals(method: FitMethod): Proposal[] | undefined {
        const { ask, group, paperwork } = this
        const proposals: Proposal[] = []
        for (const session of group.active)
            try {
                const proposal = { session, found: session.fit(method, paperwork.reference) }
                if (group.sessions.length > 1) ask.say(`${nameOf(session.bench)}:`)
                for (const text of proposalLines(proposal, this.texts))
                    ask.say(wrapped(text).join("\n"))
                proposals.push(proposal)
            } catch (e) {
                if (!(e instanceof FitError)) throw e
                ask.say(
                    wrapped(
                        `${nameOf(session.bench)}: ${inLanguage(this.said.language, e.message)}`
                    ).join("\n")
                )
            }
        return proposals.length === group.active.length ? proposals : undefined
    }

    private async write(method: FitMethod, proposals: readonly Proposal[]): Promise<Outcome[]> {
        const { group, ask, said, journal, paperwork, texts } = this
        ask.say(texts.writing)
        const live = ask.live()
        try {
            const outcomes = await writeAll(
                group,
                proposals,
                { ...paperwork, method, timeoutMs: said.timeout },
                {
                    onApplied: session => keepInJournal(session, journal),
                    onReading: () => {
                        live.key()
                        live.show(`${liveTable(group.active, texts)}\n${texts.fresh}`)
                    },
                }
            )
            live.end()
            if (outcomes.some(({ session }) => session.bench.bring === undefined))
                await this.answer(ask.yes(texts.isBack))
            return outcomes
        } catch (e) {
            live.end()
            throw e
        }
    }

    private answer<T>(answer: Promise<T>): Promise<T> {
        return this.group.whileAnswered(answer)
    }
}

function nextChoices(
    proposals: readonly Proposal[],
    texts: Texts
): Choice<"write" | "again" | "nothing">[] {
    const label = texts.writeTo(texts.node(proposals.length))
    const write = { value: "write", label } as const
    const again = { value: "again", label: texts.otherMethod } as const
    const nothing = { value: "nothing", label: texts.writeNothing } as const
    // What warrants more points is no reason against these, but Enter should not pass over it.
    const isAdvised = proposals.some(({ found }) => found.advice !== undefined)
    return isAdvised ? [again, write, nothing] : [write, again, nothing]
}

function rank({ value }: Choice<FitMethod | undefined>, wanted: FitMethod | undefined): number {
    if (value === wanted) return -1
    return value === "exact" ? 0 : 1
}

/** With what each channel shows, of those that all nodes have. */
async function chooseChannel(benches: readonly Bench[], ask: Ask, texts: Texts): Promise<string> {
    const [bench, ...others] = benches
    let channels = await bench.during(bench.node.channels())
    for (const other of others) {
        const names = (await other.during(other.node.channels())).map(({ name }) => name)
        channels = channels.filter(({ name }) => names.includes(name))
    }
    if (channels.length === 0) throw new PlanError("there is no channel that can be calibrated")
    const choices: Choice<string>[] = []
    for (const channel of channels) {
        const { corrected, quality } = await bench.during(bench.node.look(channel))
        const { column, name, part, calibration } = channel
        const value =
            corrected === undefined || isGap(quality)
                ? qualityName(quality)
                : `${toUnit(column, corrected).toFixed(decimals(column))} ${unitSign(column.unit)}`
        choices.push({
            value: name,
            label: `${name}, ${value}`,
            hint: `${part}, ${calibration === 0 ? texts.notCalibrated : texts.calibrated(calibration)}`,
        })
    }
    return ask.choose(texts.whichChannel, choices)
}

async function askPaperwork(
    { channel, bench }: NodeSession,
    said: Said,
    journal: CalibrationJournal,
    ask: Ask
): Promise<Paperwork> {
    const sign = unitSign(channel.column.unit)
    const texts = textsOf(said.language)
    const last = lastUsed(journal, channel.name)
    const words = (message: string, initial: string | undefined) =>
        ask.text({
            message,
            ...(initial === undefined ? {} : { initial }),
            problem: answer =>
                answer.trim() === "" || /\p{C}/u.test(answer) ? texts.lineNeeded : undefined,
        })
    const reference = {
        name: said.reference ?? (await words(texts.whichReference, last?.reference)),
        certificate:
            said.referenceCertificate ?? (await words(texts.whichCertificate, last?.certificate)),
        validUntil:
            said.referenceValidUntil ??
            (said.reference === undefined ? await askDay(ask, bench.nowMs(), texts) : undefined),
        uncertainty:
            said.uncertainty ??
            (await askNumber(ask, texts, {
                message: texts.uncertainty(sign),
                least: 0,
            })),
        resolution:
            said.resolution ??
            (await askNumber(ask, texts, {
                message: texts.resolution(sign),
                least: 0,
            })),
    }
    const technician = said.technician ?? (await words(texts.who, last?.technician))
    return { reference, technician, temperature: said.temperature, validDays: said.validFor }
}

/** Of the newest calibration of such a channel that the journal knows. */
function lastUsed(journal: CalibrationJournal, channel: string) {
    const [newest] = journal
        .devices()
        .flatMap(device => journal.inForce(device))
        .filter(known => known.channel === channel)
        .sort((a, b) => b.date - a.date)
    return newest === undefined ? undefined : readRecord(newest.record)
}

/** @returns the end of that day, Unix s; undefined: it does not say */
async function askDay(ask: Ask, nowMs: number, texts: Texts): Promise<number | undefined> {
    const answer = await ask.text({
        message: texts.untilWhen,
        placeholder: "2027-04-30",
        problem: text => {
            if (text === "") return undefined
            const end = endOfDayOf(text)
            if (end === undefined) return texts.writeDay
            return 1000 * end <= nowMs ? texts.expired : undefined
        },
    })
    return endOfDayOf(answer)
}

async function askNumber(
    ask: Ask,
    texts: Texts,
    {
        message,
        initial,
        least = -Infinity,
        problem = () => undefined,
    }: {
        readonly message: string
        readonly initial?: string
        readonly least?: number
        readonly problem?: (value: number) => string | undefined
    }
): Promise<number> {
    const numberOf = (answer: string) => {
        // Danish keyboards have a comma for it.
        const plain = answer.replace(",", ".")
        return /^-?\d+(?:\.\d+)?$/.test(plain) ? Number(plain) : NaN
    }
    const answer = await ask.text({
        message,
        ...(initial === undefined ? {} : { initial }),
        problem: text => {
            const value = numberOf(text)
            if (Number.isNaN(value)) return texts.writeNumber
            return value < least ? texts.atLeast(least) : problem(value)
        },
    })
    return numberOf(answer)
}

function problemOf(check: () => void): string | undefined {
    try {
        check()
        return undefined
    } catch (e) {
        return (e as Error).message
    }
}
