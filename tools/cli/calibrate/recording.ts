/** `suitcase calibrate --record` and `--replay`. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { type Bench } from "../../calibration/bench.js"
import {
    Recorder,
    RecordingError,
    Replay,
    ReplayDiffers,
    recorded,
} from "../../calibration/recording.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { Interrupted } from "../interrupt.js"
import { line, type Terminal } from "../terminal.js"
import { CTRL_C, type Ask, type Choice, type Live, type TextQuestion } from "./ask.js"
import { guide, type Said } from "./dialogue.js"
import { runCalibration, type CalibrateFlags } from "./run.js"

/** What a session is made of. */
export interface SessionParts {
    readonly benches: readonly Bench[]
    readonly ask: Ask | undefined
}

/**
 * Runs a session, recorded.
 *
 * @param file undefined: it is not recorded
 * @param work the session; gets the folder where certificates are
 */
export async function recording(
    file: string | undefined,
    flags: Said,
    isGuided: boolean,
    { benches, ask }: SessionParts,
    work: (parts: SessionParts) => Promise<number>
): Promise<number> {
    if (file === undefined) return work({ benches, ask })
    const before = certificatesIn(flags.journal)
    // Where certificates are is of this computer.
    const options = Object.fromEntries(Object.entries(flags).filter(([key]) => key !== "journal"))
    let recorder: Recorder
    try {
        recorder = new Recorder(file, {
            v: 1,
            guided: isGuided,
            options,
            nodes: benches.map(({ device, name, bring }) => ({
                device,
                ...(name === undefined ? {} : { name }),
                simulated: bring !== undefined,
            })),
        })
    } catch (e) {
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
    const code = await work({
        benches: benches.map((bench, i) => recorded(bench, i, recorder)),
        ask: ask === undefined ? undefined : new RecordedAsk(ask, recorder),
    })
    recorder.add({ code, certificates: newSince(before, flags.journal) })
    return code
}

/** Runs a recorded session again; nothing is written but to the terminal. @returns the exit code */
export async function replay(file: string, terminal: Terminal): Promise<number> {
    const folder = mkdtempSync(path.join(tmpdir(), "suitcase-replay-"))
    try {
        const session = new Replay(file)
        const { head, ending } = session
        const flags = {
            ...head.options,
            journal: folder,
            isReplayed: true,
        } as unknown as CalibrateFlags
        const ask = new ReplayedAsk(session, terminal)
        const benches = session.benches(() => new Interrupted())
        const code = head.guided
            ? await guide(benches, flags, ask, terminal)
            : await runCalibration(benches, flags, terminal, ask)
        const certificates = newSince(new Set(), folder)
        const isSame =
            ending !== undefined &&
            ending.code === code &&
            JSON.stringify(ending.certificates) === JSON.stringify(certificates)
        line(
            terminal.out,
            `${session.repeated} recorded steps made again: ${isSame ? "it ends as recorded" : "it ends otherwise than recorded"}`
        )
        return isSame ? EXIT_OK : EXIT_FAILED
    } catch (e) {
        if (e instanceof ReplayDiffers) {
            line(terminal.err, `suitcase: ${e.message}`)
            return EXIT_FAILED
        }
        if (e instanceof RecordingError) throw new UsageError(e.message)
        throw e instanceof Error && "code" in e ? new UsageError(`${file}: ${fileProblem(e)}`) : e
    } finally {
        rmSync(folder, { recursive: true })
    }
}

/** Names of the certificates in a journal's folder, with that of the board. */
function certificatesIn(folder: string): Set<string> {
    try {
        const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
        return new Set(names.filter(name => /\d{4}-\d\d-\d\d-.*\.json$/.test(name)))
    } catch {
        // There is none yet.
        return new Set()
    }
}

function newSince(before: ReadonlySet<string>, folder: string): unknown[] {
    return [...certificatesIn(folder)]
        .filter(name => !before.has(name))
        .sort()
        .map(name => JSON.parse(readFileSync(path.join(folder, name), "utf8")) as unknown)
}

/** Somebody's answers, recorded. */
class RecordedAsk implements Ask {
    constructor(
        private readonly ask: Ask,
        private readonly recorder: Recorder
    ) {}

    async text(question: TextQuestion): Promise<string> {
        return this.kept(this.ask.text(question))
    }

    async choose<T>(message: string, choices: readonly Choice<T>[]): Promise<T> {
        const places = choices.map((choice, value) => ({ ...choice, value }))
        return choices[await this.kept(this.ask.choose(message, places))].value
    }

    async yes(message: string): Promise<boolean> {
        return this.kept(this.ask.yes(message))
    }

    say(text: string): void {
        this.ask.say(text)
    }

    live(): Live {
        const live = this.ask.live()
        return {
            show: picture => live.show(picture),
            key: () => {
                try {
                    const key = live.key()
                    this.recorder.add({ key: key ?? null })
                    return key
                } catch (e) {
                    this.recorder.add({ key: CTRL_C })
                    throw e
                }
            },
            until: time => live.until(time),
            end: () => live.end(),
        }
    }

    private async kept<T extends string | number | boolean>(answer: Promise<T>): Promise<T> {
        try {
            const given = await answer
            this.recorder.add({ answer: given })
            return given
        } catch (e) {
            this.recorder.add({ answer: CTRL_C })
            throw e
        }
    }
}

/** The same answers again. */
class ReplayedAsk implements Ask {
    constructor(
        private readonly session: Replay,
        private readonly terminal: Terminal
    ) {}

    async text({ message }: TextQuestion): Promise<string> {
        return this.answered(message, String(await this.answer()))
    }

    async choose<T>(message: string, choices: readonly Choice<T>[]): Promise<T> {
        const chosen = choices.at(Number(await this.answer()))
        if (chosen === undefined) throw new ReplayDiffers(`${message} There is no such choice`)
        this.answered(message, chosen.label)
        return chosen.value
    }

    async yes(message: string): Promise<boolean> {
        const isYes = (await this.answer()) === true
        this.answered(message, isYes ? "yes" : "no")
        return isYes
    }

    say(text: string): void {
        line(this.terminal.out, text)
    }

    live(): Live {
        let shown = ""
        return {
            show: picture => (shown = picture),
            key: () => {
                const key = this.session.key()
                if (key === CTRL_C) throw new Interrupted()
                return key
            },
            until: time => time,
            end: () => this.say(shown),
        }
    }

    private async answer(): Promise<string | number | boolean> {
        const answer = await this.session.answer()
        if (answer === CTRL_C) throw new Interrupted()
        return answer
    }

    private answered(message: string, answer: string): string {
        this.say(`${message} ${answer}`)
        return answer
    }
}
