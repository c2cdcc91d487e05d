/** `suitcase flash --kit`: a whole suitcase, board after board. */
import path from "node:path"
import { BoardError } from "../../../flash/board-access.js"
import { deviceIdOf } from "../../../flash/device-id.js"
import { flashBoard } from "../../../flash/flash-board.js"
import { changeKitFile } from "../../../kit/edit.js"
import { type Kit } from "../../../kit/kit.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../../errors.js"
import { Interrupted, onInterrupt } from "../../interrupt.js"
import { line, type Terminal } from "../../terminal.js"
import { afterFlash, type Afterwards, type WrittenBoard } from "../after.js"
import { type StoreCopies } from "../copies.js"
import { FlashProgress } from "../progress.js"
import { flashDrive } from "../run.js"
import { type BoardFinder, type BootMode, type PluggedBoard } from "./finder.js"
import { type FlashedEntry, type FlashedFile } from "./flashed-file.js"
import { LabelFile } from "./label-file.js"
import { type Choice, type KitQueue, type NodeJob } from "./queue.js"
import { boardText, jobsText, jobText, nextText, tellSummary } from "./words.js"

/** A board that restarts may leave its port for so long, ms. */
const RESTART_MS = 15_000

export interface KitRunFlags {
    /** Page of labels, "" for none. */
    readonly labels: string
    readonly json?: true
}

export interface KitRunParts {
    readonly kit: Kit
    readonly queue: KitQueue
    readonly file: FlashedFile
    readonly finder: BoardFinder
    readonly copies: StoreCopies
    /** What follows when a board is written; undefined: nothing. */
    readonly afterwards?: Afterwards
    readonly terminal: Terminal
    /** Asked which node a board is that could be several kinds; undefined: nobody can be asked. */
    readonly ask?: (jobs: readonly NodeJob[]) => Promise<NodeJob>
}

/**
 * @param signal ends it, as Ctrl-C does
 * @returns the exit code: 1 while nodes are left
 * @throws UsageError, ImageError, StoreError
 */
export async function flashKit(
    parts: KitRunParts,
    flags: KitRunFlags,
    signal?: AbortSignal
): Promise<number> {
    const stop = new AbortController()
    signal?.addEventListener("abort", () => stop.abort(), { once: true })
    const release = onInterrupt(() => stop.abort())
    try {
        const run = new KitRun(parts, flags, stop)
        await run.all()
        return run.end()
    } finally {
        release()
    }
}

class KitRun {
    /** Boards that stay plugged in and need nothing more. */
    private readonly handled = new Set<string>()
    /** Boards that were restarted, by the digits of their serial number: they may come back on another port. */
    private readonly restarted = new Map<string, number>()
    /** What went wrong with which board. */
    private readonly problems: string[] = []
    private readonly labels: LabelFile
    /** Nodes that are written, and of which a sensor gave nothing. */
    private silent = 0
    /** What was said last of what stays so until somebody does something, and which node was asked for. */
    private said = ""
    private announced = ""

    constructor(
        private readonly parts: KitRunParts,
        private readonly flags: KitRunFlags,
        private readonly stop: AbortController
    ) {
        const { kit, queue } = parts
        const file = flags.labels === "" ? undefined : path.resolve(kit.folder, flags.labels)
        this.labels = new LabelFile(kit, queue, parts.file, file)
    }

    private get signal(): AbortSignal {
        return this.stop.signal
    }

    /** Until no node is left, nobody plugs a board in any more, or Ctrl-C. */
    async all(): Promise<void> {
        const { queue, finder, terminal } = this.parts
        const done = queue.jobs.length - queue.left.length
        line(terminal.out, `${done} of ${queue.jobs.length} nodes are done`)
        let idleSince = performance.now()
        while (queue.left.length > 0 && !this.signal.aborted) {
            const board = await this.nextBoard()
            if (board !== undefined) {
                this.said = ""
                await this.take(board)
                idleSince = performance.now()
            } else if (!(await finder.wait(performance.now() - idleSince, this.signal))) return
        }
    }

    /** Tells what is done and what is left. @returns the exit code */
    end(): number {
        const { queue, terminal } = this.parts
        const { problems } = this
        tellSummary({ queue, problems, isStopped: this.signal.aborted }, this.flags, terminal)
        if (queue.left.length === 0) return this.silent === 0 ? EXIT_OK : EXIT_FAILED
        return this.signal.aborted ? EXIT_INTERRUPTED : EXIT_FAILED
    }

    /** @returns a board that was not looked at yet; undefined while there is none, or it is unclear which one is meant */
    private async nextBoard(): Promise<PluggedBoard | undefined> {
        const { finder, queue } = this.parts
        const plugged = await finder.look()
        for (const id of this.handled)
            if (!plugged.some(board => board.id === id)) this.handled.delete(id)
        const fresh = plugged.filter(board => !this.handled.has(board.id) && !this.isBack(board))
        if (fresh.length === 1 || (fresh.length > 1 && finder.isOrdered)) return fresh[0]
        if (fresh.length > 1)
            this.sayOnce(
                `${fresh.length} boards are plugged in (${fresh.map(({ where }) => where).join(", ")}): leave one, ` +
                    "so that its label goes on the right one; or name the ports in their order with --port"
            )
        else if (queue.next !== undefined) this.tellNext(queue.next)
        return undefined
    }

    /** A board that was restarted shows itself anew. */
    private isBack({ id, says }: PluggedBoard): boolean {
        const digits = says.toLowerCase().replaceAll(/[^0-9a-z]/g, "")
        for (const [serial, atMs] of this.restarted) {
            if (!digits.includes(serial)) continue
            if (performance.now() - atMs > RESTART_MS)
                this.sayOnce("this board is done already: plug the next one in")
            this.handled.add(id)
            return true
        }
        return false
    }

    private async take(plugged: PluggedBoard): Promise<void> {
        this.handled.add(plugged.id)
        try {
            if (plugged.reach.kind === "drive") await this.takeDrive(plugged.reach.folder)
            else await this.takeBoard(plugged.reach, plugged.where)
        } catch (e) {
            if (e instanceof Interrupted) this.stop.abort()
            if (this.signal.aborted) return
            if (!(e instanceof BoardError)) throw e
            this.problem(`${plugged.where}: ${e.message}`)
        }
    }

    private async takeBoard({ connect }: BootMode, where: string): Promise<void> {
        const { queue, copies } = this.parts
        const { board, release } = await connect(this.signal)
        let written: NodeJob | undefined
        try {
            const device = deviceIdOf(board.serial)
            const chosen = queue.choose(board.chip, device)
            if (chosen.kind !== "job") {
                this.tellNotTaken(chosen, board.chip, device)
                await board.restart()
                this.restarts(board.serial, device)
                return
            }
            const job = chosen.isKnown ? chosen.job : await this.asked(chosen.job, board.chip)
            this.say(
                `${board.chip} ${device ?? board.serial}: ${chosen.isKnown ? "is" : "becomes"} ${jobText(job)}`
            )
            const isWritten = await this.write(job, device, async () => {
                await flashBoard(board, job.plan, copies, new FlashProgress(this.parts.terminal).on)
                this.restarts(board.serial, device)
            })
            if (isWritten) written = job
        } finally {
            await release()
        }
        if (written !== undefined)
            await this.readings(written, { serial: board.serial, port: where })
    }

    /** The port is free again by now. */
    private async readings({ node, plan }: NodeJob, board: WrittenBoard): Promise<void> {
        const { afterwards, terminal } = this.parts
        if (afterwards === undefined) return
        const { code } = await afterFlash(plan, board, afterwards, terminal, this.signal)
        if (code === EXIT_OK) return
        this.silent++
        this.problem(`${node.name} is written, but not each of its sensors gives readings`)
    }

    /** A drive says nothing of the board behind it, and takes everything in one file. */
    private async takeDrive(folder: string): Promise<void> {
        const { queue, copies, terminal } = this.parts
        const [first] = queue.candidates("RP2040")
        if (first === undefined) {
            const known = queue.left.some(({ plan }) => plan.profile.family === "rp2040")
            throw new BoardError(
                known
                    ? `the nodes that are left have boards already, and a drive does not tell which one it is: suitcase flash NODE --drive ${folder}`
                    : `it is a Pico; left are ${jobsText(queue.left)}`
            )
        }
        const job = await this.asked(first, "RP2040")
        this.say(`${folder}: becomes ${jobText(job)}`)
        const { plan } = job
        const run = { plan, flags: { waitMs: 0 }, copies, terminal, signal: this.signal }
        const isWritten = await this.write(job, undefined, async () => {
            await flashDrive(folder, run)
        })
        if (isWritten) await this.readings(job, {})
    }

    private async asked(job: NodeJob, chip: string): Promise<NodeJob> {
        const { queue, ask } = this.parts
        const jobs = queue.candidates(chip)
        const kinds = new Set(jobs.map(({ plan }) => plan.profile.id))
        // The chip is all that a board tells of itself, and boards of several makers have the same.
        return kinds.size > 1 && ask !== undefined ? await ask(jobs) : job
    }

    /** Writes, and keeps what came of it; nothing is lost when it ends in the middle. @returns whether it is written */
    private async write(
        { node, fingerprint, plan }: NodeJob,
        device: string | undefined,
        work: () => Promise<void>
    ): Promise<boolean> {
        const { file, queue, terminal } = this.parts
        const entry = (state: FlashedEntry["state"], problem?: string): FlashedEntry => ({
            state,
            ...(device === undefined ? {} : { device }),
            ...fingerprint,
            at: new Date().toISOString(),
            ...(problem === undefined ? {} : { problem }),
        })
        const before = file.of(node.name)
        await file.set(node.name, {
            ...entry("started"),
            ...runtimeOf(fingerprint, before, device),
        })
        try {
            await work()
        } catch (e) {
            if (!(e instanceof BoardError) || this.signal.aborted) throw e
            await file.set(node.name, entry("failed", e.message))
            this.problem(`${node.name}: ${e.message}`)
            return false
        }
        await file.set(node.name, { ...entry("done"), ...runtimeOf(fingerprint, before, device) })
        queue.settle(node, device)
        this.keepDevice(node, device)
        const label = await this.labels.write()
        const left = queue.left.length
        const total = queue.jobs.length
        this.say(
            `${node.name} is done, ${total - left} of ${total}${label === undefined ? "" : `; its label is in ${label}`}`
        )
        if (this.flags.json === true)
            line(
                terminal.out,
                JSON.stringify({
                    node: node.name,
                    site: node.site,
                    board: plan.profile.id,
                    device: device ?? null,
                })
            )
        return true
    }

    /** Other computers recognise it by that. */
    private keepDevice(
        { name, path: place, device: before }: Kit["nodes"][number],
        device: string | undefined
    ): void {
        const { kit, terminal } = this.parts
        if (device === undefined || device === before) return
        try {
            changeKitFile(kit.file, [...place, "device"], device)
        } catch (e) {
            if (!(e instanceof UsageError)) throw e
            line(
                terminal.err,
                `suitcase: write device: "${device}" to ${name} by hand: ${e.message}`
            )
        }
    }

    private tellNotTaken(
        choice: Exclude<Choice, { kind: "job" }>,
        chip: string,
        device: string | undefined
    ): void {
        const board = boardText(chip, device)
        switch (choice.kind) {
            case "done":
                this.say(`${board} is ${choice.job.node.name}, which is done: plug the next one in`)
                return
            case "other node":
                this.say(
                    `${board} is ${choice.node.name} of ${choice.node.site} / ${choice.node.kit}, which is none of these nodes: it stays as it is`
                )
                return
            case "wrong chip":
                this.problem(
                    `${board} is the wrong board: left are ${jobsText(choice.left)}. Plug one of those in, ` +
                        "or change board: in the kit file"
                )
                return
            case "has boards": {
                const [{ node }] = choice.jobs
                this.problem(
                    `${board} is a board that the kit file does not know, and ${jobsText(choice.jobs)} have theirs. ` +
                        `Should it take the place of a broken one: suitcase flash --kit --replace ${node.name}`
                )
            }
        }
    }

    private restarts(serial: string, device: string | undefined): void {
        const now = performance.now()
        for (const name of [serial, device])
            if (name !== undefined)
                this.restarted.set(name.toLowerCase().replaceAll(/[^0-9a-z]/g, ""), now)
    }

    private problem(text: string): void {
        this.problems.push(text)
        line(this.parts.terminal.err, `suitcase: ${text}`)
        line(this.parts.terminal.err, "suitcase: put this board aside, and plug the next one in")
    }

    private say(text: string): void {
        line(this.parts.terminal.out, text)
    }

    private tellNext(job: NodeJob): void {
        if (this.announced !== job.node.name || this.said === "") this.sayOnce(nextText(job))
        this.announced = job.node.name
    }

    private sayOnce(text: string): void {
        if (this.said === text) return
        this.said = text
        this.say(text)
    }
}

/** A board that got no runtime now has the one that it got before. */
function runtimeOf(
    { runtime }: NodeJob["fingerprint"],
    before: FlashedEntry | undefined,
    device: string | undefined
): { runtime?: string } {
    if (runtime !== undefined) return { runtime }
    return before?.runtime !== undefined && before.device === device
        ? { runtime: before.runtime }
        : {}
}
