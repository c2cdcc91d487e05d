/** What `suitcase try --port` and `--replay` show. */
import { confirm, isCancel } from "@clack/prompts"
import { type RecordedTransfer } from "../../../sim/parts/bus-lines.js"
import { type CataloguedPart } from "../../../sim/parts/catalogue.js"
import { type RigSample } from "../../../sim/parts/driver-rig.js"
import { type BusTransfer } from "../../../sim/bus/i2c-bus.js"
import { wordsOf } from "../../../sim/bus/transcript.js"
import { isGap } from "../../../src/core/quality.js"
import { RegisterModel, type TransferStatus } from "../../../src/drivers/shared/register-model.js"
import { replaceFile } from "../../receiver/journal/durable.js"
import { BoardError } from "../../flash/board-access.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { addressText } from "../parts.js"
import { line, type Terminal } from "../terminal.js"
import { thePort } from "../usb/open.js"
import { counted } from "../view/format.js"
import { tryOnBoard } from "./on-board.js"
import { readRecording, recordingText } from "./recording.js"
import { replay } from "./replay.js"
import { Show, type TryFlags } from "./run.js"

/** Options that only the simulator has. */
const SIMULATED = { input: "--input", fault: "--fault", csv: "--csv", vcd: "--vcd" } as const

/** @returns the exit code: 1 when no reading came */
export async function tryAtPort(
    part: CataloguedPart,
    flags: TryFlags,
    terminal: Terminal
): Promise<number> {
    const address = flags.address ?? part.addresses[0]
    const model = address === undefined ? undefined : part.model(address)
    if (address === undefined || !(model instanceof RegisterModel))
        throw new UsageError(`${part.folder} is on a pin: --port is for parts on the I2C bus`)
    refuseSimulated(flags, "--port")
    const port = await thePort(flags.port === "" ? undefined : flags.port)
    await agreed(port.path, flags, terminal)
    const stop = new AbortController()
    const release = onInterrupt(() => stop.abort())
    const note = (text: string) => line(terminal.err, text)
    const everyMs = flags.every ?? part.everyMs ?? 1000
    const transfers: RecordedTransfer[] = []
    const samples: RigSample[] = []
    const startMs = Date.now()
    const show = new Show(flags, terminal, startMs)
    try {
        const { board, lost } = await tryOnBoard(port, {
            ...{ part, address, everyMs, options: flags.options, forMs: flags.for },
            signal: stop.signal,
            onStep: note,
            onTransfer: transfer => {
                transfers.push(transfer)
                const asSeen = transferOf(transfer, transfers[0].ms, startMs)
                show.transfer(asSeen, wordsOf(asSeen, model))
            },
            onSample: (sample, lines) => {
                samples.push(sample)
                show.sample(sample, lines.channels[0] ?? [], startMs + sample.at / 1000)
            },
        })
        if (flags.record !== undefined) {
            const head = { v: 1, part: part.folder, address, everyMs, board } as const
            await replaceFile(flags.record, [
                recordingText({
                    head: { ...head, options: flags.options ?? "" },
                    transfers,
                    samples: plain(samples),
                }),
            ])
            note(
                `${flags.record}: ${counted(transfers.length, "transfer")}, ${counted(samples.length, "sample")}`
            )
        }
        if (lost > 0)
            note(
                `${counted(lost, "transfer")} did not arrive whole: the recording has a hole, and a longer --every may help`
            )
        note("The board runs only this driver now; suitcase flash puts its program back.")
    } catch (e) {
        if (stop.signal.aborted) return EXIT_INTERRUPTED
        if (!(e instanceof BoardError)) throw e
        line(terminal.err, `suitcase: ${e.message}`)
        return EXIT_FAILED
    } finally {
        release()
    }
    const hasReading = samples.some(({ qualities }) => qualities.some(quality => !isGap(quality)))
    return hasReading ? EXIT_OK : EXIT_FAILED
}

/** @returns the exit code: 1 when the driver or the model does something else than what was recorded */
export async function tryReplay(
    part: CataloguedPart,
    flags: TryFlags,
    terminal: Terminal
): Promise<number> {
    refuseSimulated(flags, "--replay")
    const file = flags.replay ?? ""
    const recording = readRecording(file)
    if (recording.head.part !== part.folder)
        throw new UsageError(`${file} is of ${recording.head.part}, not of ${part.folder}`)
    const { samples, repeated, divergence, modelDiffers } = await replay(part, recording)
    const { transfers } = recording
    const say = (text: string) => line(terminal.out, text)
    const { colors } = terminal
    say(
        `${part.folder} at ${addressText(recording.head.address)}: ${repeated} of ${counted(transfers.length, "recorded transfer")} made again`
    )
    if (divergence !== undefined) say(colors.red(divergence))
    const compared = Math.min(samples.length, recording.samples.length)
    const differing = recording.samples
        .slice(0, compared)
        .filter((sample, i) => JSON.stringify(sample) !== JSON.stringify(samples[i])).length
    say(
        differing === 0
            ? `${counted(compared, "sample")} as on the board`
            : colors.red(
                  `${differing} of ${counted(compared, "sample")} differ from those on the board`
              )
    )
    for (const difference of modelDiffers.slice(0, 10)) say(colors.yellow(difference))
    if (modelDiffers.length > 10) say(`and ${modelDiffers.length - 10} more`)
    if (modelDiffers.length === 0) say("the model acknowledges what the part did")
    const isSame = divergence === undefined && differing === 0 && modelDiffers.length === 0
    return isSame && compared > 0 ? EXIT_OK : EXIT_FAILED
}

function plain(samples: readonly RigSample[]) {
    return samples.map(({ values, qualities }) => ({ values, qualities }))
}

function transferOf(
    { ms, address, write, readLength, read, status }: RecordedTransfer,
    firstMs: number,
    startMs: number
): BusTransfer {
    return {
        unixMs: startMs + ms - firstMs,
        address,
        write: Buffer.from(write, "hex"),
        readLength,
        result: { status: status as TransferStatus, data: Buffer.from(read, "hex") },
        durationUs: 0,
    }
}

function refuseSimulated(flags: TryFlags, what: string): void {
    for (const [key, option] of Object.entries(SIMULATED)) {
        const value = flags[key as keyof typeof SIMULATED]
        if (value !== undefined && value.length > 0)
            throw new UsageError(`${option} is for the simulator, and does not go with ${what}`)
    }
}

/** @throws UsageError when nobody agreed that the board's program is replaced */
async function agreed(port: string, { yes }: TryFlags, terminal: Terminal): Promise<void> {
    if (yes === true) return
    const question = `The program of the board at ${port} is replaced; its settings stay. Go on?`
    if (terminal.keys === undefined) throw new UsageError(`${question} Say so with --yes`)
    const answer = await confirm({ message: question })
    if (isCancel(answer) || !answer) throw new UsageError("nothing was done")
}
