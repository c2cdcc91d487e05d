/** Runs one part's driver in the VM and shows what it does. */
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { decimals, toUnit } from "../../../src/core/channel.js"
import { type CataloguedPart } from "../../../sim/parts/catalogue.js"
import { fed } from "../../../sim/parts/part-bench.js"
import { ServiceModel } from "../../../src/drivers/shared/pins/service-model.js"
import { RegisterModel } from "../../../src/drivers/shared/register-model.js"
import { type BusTransfer } from "../../../sim/bus/i2c-bus.js"
import { CSV_HEADER, bytesOf, csvLine, endOf, wordsOf } from "../../../sim/bus/transcript.js"
import { VcdWriter } from "../../../sim/bus/vcd.js"
import { DriverRig, type RigChannel, type RigSample } from "../../../sim/parts/driver-rig.js"
import { driverAt } from "../../../sim/parts/part-program.js"
import { RigProgram } from "../../../sim/parts/rig-program.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { line, type Terminal } from "../terminal.js"
import { addressText } from "../parts.js"
import { openFile, type Output } from "../pack/output.js"
import { titleOf } from "../sensors/words.js"
import { counted, quantity } from "../view/format.js"
import { wrapped } from "../view/wrapped.js"
import { schedule, type PartFault } from "./faults.js"
import { feedInputs, type InputSpec } from "./inputs.js"

export interface TryFlags {
    readonly for: number
    readonly every?: number
    readonly address?: number
    readonly options?: string
    readonly input: readonly InputSpec[]
    readonly fault: readonly PartFault[]
    readonly transcript: boolean
    readonly csv?: string
    readonly vcd?: string
    readonly json?: true
    readonly seed: number
    /** Of a real board; undefined: the simulator. */
    readonly port?: string
    readonly record?: string
    readonly replay?: string
    readonly yes?: true
}

const BUS_KHZ = 100

/** @returns the exit code: 1 when the part gave no reading at all, or was used as its datasheet forbids */
export async function tryPart(
    part: CataloguedPart,
    flags: TryFlags,
    terminal: Terminal
): Promise<number> {
    const address = flags.address ?? part.addresses[0]
    if (address !== undefined && !part.addresses.includes(address))
        throw new UsageError(
            `${part.folder} cannot have the address ${addressText(address)}; it can have ${part.addresses.map(addressText).join(", ")}`
        )
    const model = fed(part, part.model(address))
    const onBus = model instanceof RegisterModel ? model : undefined
    if (onBus === undefined && (flags.csv ?? flags.vcd) !== undefined)
        throw new UsageError(`${part.folder} is on a pin: there is no bus to write down`)
    const everyMs = flags.every ?? part.everyMs ?? 1000
    const program = new RigProgram()
    const driver = program.driver(driverAt(part, address, flags.options))
    const rig = new DriverRig({
        program,
        running: [driver],
        models: model instanceof RegisterModel ? [model] : [],
        pins: model instanceof ServiceModel ? [model] : [],
        everyMs,
        seed: flags.seed,
        i2cKHz: BUS_KHZ,
    })
    const { world, node } = rig
    const startMs = world.clock.wallMs
    feedInputs(model, flags.input, startMs, flags.for)
    const transcripts = openTranscripts(flags, onBus, startMs)
    const show = new Show(flags, terminal, startMs)
    show.title(part, address, everyMs)
    schedule(flags.fault, model, world, text => show.note(world.clock.wallMs, text))
    const transfers: BusTransfer[] = []
    node.bus.onTransfer = transfer => {
        transfers.push(transfer)
        show.transfer(transfer, wordsOf(transfer, onBus))
    }
    rig.onSample = sample => show.sample(sample, rig.channels[driver] ?? [], world.clock.wallMs)
    let isInterrupted = false
    const release = onInterrupt(() => {
        isInterrupted = true
        world.stop()
    })
    try {
        await rig.run(flags.for)
        for (const { output, text } of transcripts) {
            output.text(text(transfers))
            await output.close()
        }
    } finally {
        for (const { output } of transcripts) output.discard()
        release()
    }
    const { samples } = rig
    show.summary(samples, transfers, model.illegalAccesses)
    if (isInterrupted) return EXIT_INTERRUPTED
    const hasReading = samples.some(({ qualities }) => qualities.some(quality => !isGap(quality)))
    const isAllowed = model.illegalAccesses.length === 0 || flags.fault.length > 0
    return hasReading && isAllowed ? EXIT_OK : EXIT_FAILED
}

interface Transcript {
    readonly output: Output
    readonly text: (transfers: readonly BusTransfer[]) => string
}

/** Opened before the run, so that nobody waits for one that cannot be written. @throws UsageError */
function openTranscripts(
    { csv, vcd }: TryFlags,
    model: RegisterModel | undefined,
    startMs: number
): Transcript[] {
    const opened: Transcript[] = []
    try {
        if (csv !== undefined)
            opened.push({
                output: openFile(csv, "--csv"),
                text: transfers =>
                    [CSV_HEADER, ...transfers.map(t => csvLine(t, model, startMs)), ""].join("\n"),
            })
        if (vcd !== undefined)
            opened.push({
                output: openFile(vcd, "--vcd"),
                text: transfers => {
                    const writer = new VcdWriter(startMs, BUS_KHZ)
                    for (const transfer of transfers) writer.add(transfer)
                    return writer.toString()
                },
            })
        return opened
    } catch (e) {
        for (const { output } of opened) output.discard()
        throw e
    }
}

/** What goes to the terminal. */
export class Show {
    private readonly isJson: boolean

    constructor(
        private readonly flags: Pick<TryFlags, "json" | "transcript" | "csv" | "vcd">,
        private readonly terminal: Terminal,
        private readonly startMs: number
    ) {
        this.isJson = flags.json === true
    }

    title(part: CataloguedPart, address: number | undefined, everyMs: number): void {
        if (this.isJson) return
        const { bold } = this.terminal.colors
        this.line(
            bold(
                address === undefined
                    ? titleOf(part)
                    : `${titleOf(part)} at ${addressText(address)}`
            )
        )
        this.line(part.summary)
        this.line(
            `a sample every ${everyMs / 1000} s of virtual time${address === undefined ? "" : `, bus at ${BUS_KHZ} kHz`}`
        )
        this.line("")
    }

    note(unixMs: number, text: string): void {
        if (!this.isJson) this.line(this.terminal.colors.yellow(`${this.time(unixMs)}  ${text}`))
    }

    transfer(transfer: BusTransfer, words: string): void {
        if (this.isJson || !this.flags.transcript) return
        const { dim, red } = this.terminal.colors
        const end = endOf(transfer)
        const what = bytesOf(transfer)
        for (const [i, part] of wrapped(what, BYTES_WIDTH).entries()) {
            const time = i === 0 ? this.time(transfer.unixMs) : " ".repeat(TIME_WIDTH)
            const tail = i > 0 ? "" : end === "ok" ? dim(words) : red(end)
            this.line(`${time}  ${part.padEnd(BYTES_WIDTH)}  ${tail}`.trimEnd())
        }
    }

    sample(sample: RigSample, channels: readonly RigChannel[], unixMs: number): void {
        if (this.isJson) {
            this.line(JSON.stringify(asJson(sample, channels)))
            return
        }
        const { bold, red } = this.terminal.colors
        const readings = channels.map((channel, i) => {
            const quality = sample.qualities[i]
            if (isGap(quality)) return red(`${channel.name} – (${qualityName(quality)})`)
            const value = quantity(
                toUnit(channel, sample.values[i]),
                decimals(channel),
                channel.unit
            )
            const remark = quality === 0 ? "" : ` (${qualityName(quality)})`
            return `${channel.name} ${bold(value)}${remark}`
        })
        for (const [i, text] of grouped(readings).entries())
            this.line(`${i === 0 ? this.time(unixMs) : " ".repeat(TIME_WIDTH)}  → ${text}`)
        const hasGap = sample.qualities.some(isGap)
        if (hasGap && sample.lastError !== "")
            this.line(`${" ".repeat(TIME_WIDTH)}    ${red(sample.lastError)}`)
    }

    summary(
        samples: readonly RigSample[],
        transfers: readonly BusTransfer[],
        illegal: readonly { readonly unixMs: number; readonly what: string }[]
    ): void {
        if (this.isJson) return
        const last = samples.at(-1)
        const busUs = transfers.reduce((sum, { durationUs }) => sum + durationUs, 0)
        const refused = transfers.filter(transfer => endOf(transfer) !== "ok").length
        this.line("")
        this.line(
            `${counted(samples.length, "sample")}, ${counted(last?.errors ?? 0, "error")} · ` +
                `${counted(transfers.length, "transfer")}, ${refused} not acknowledged, ` +
                `${(busUs / 1000).toFixed(1)} ms on the bus`
        )
        if (last !== undefined && last.identity !== "") this.line(`identity: ${last.identity}`)
        for (const { unixMs, what } of illegal)
            this.line(
                this.terminal.colors.red(
                    `${this.time(unixMs)}  the datasheet does not allow: ${what}`
                )
            )
        for (const file of [this.flags.csv, this.flags.vcd])
            if (file !== undefined) this.line(`written: ${file}`)
    }

    private time(unixMs: number): string {
        return `${((unixMs - this.startMs) / 1000).toFixed(3).padStart(TIME_WIDTH - 2)} s`
    }

    private line(text: string): void {
        line(this.terminal.out, text)
    }
}

const TIME_WIDTH = 10
const BYTES_WIDTH = 38

function asJson(sample: RigSample, channels: readonly RigChannel[]): object {
    const readings = channels.map((channel, i) => {
        const quality = sample.qualities[i]
        const value = isGap(quality) ? null : toUnit(channel, sample.values[i])
        return { channel: channel.name, value, unit: channel.unit, quality: qualityName(quality) }
    })
    return {
        seconds: sample.at / 1e6,
        readings,
        errors: sample.errors,
        lastError: sample.lastError,
    }
}

/** Two readings a line. */
function grouped(readings: readonly string[]): string[] {
    const lines: string[] = []
    for (let i = 0; i < readings.length; i += 2) lines.push(readings.slice(i, i + 2).join(" · "))
    return lines
}
