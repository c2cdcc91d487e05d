/** How a monitored node is shown: a picture on a terminal, lines for people or programs in a pipe. */
import Table from "cli-table3"
import { createLogUpdate } from "log-update"
import { decimals } from "../../../../src/core/channel.js"
import { qualityName } from "../../../../src/core/quality-names.js"
import { sensorAdvice } from "../../../flash/usb/advice.js"
import { type LiveReading } from "../../../flash/usb/node-service.js"
import { line, type Terminal } from "../../terminal.js"
import { age, quantity } from "../../view/format.js"
import { type MonitorView, type NodePicture } from "./monitor.js"

/** Lines of the log, and notes, that stay in the picture. */
const MOST_LINES = 8
const WIDTH = 79

/** One object per line: node, settings, state, reading, log, note. Readings come once each. */
export class JsonView implements MonitorView {
    private readonly told = new Map<string, number>()
    private readonly said = new Map<string, string>()

    constructor(private readonly terminal: Terminal) {}

    picture({ identity, settings, state, counts, readings, wifi }: NodePicture): void {
        // The uptime is new each time.
        const steady = Object.fromEntries(
            Object.entries(state.fields).filter(([name]) => name !== "uptime")
        )
        this.onChange("node", { ...identity })
        this.onChange("settings", settings)
        this.onChange("state", { ...steady, ...(wifi === undefined ? {} : { wifi }) })
        for (const reading of newReadings(readings, this.told))
            this.put("reading", {
                time: timeOf(reading),
                channel: reading.channel.name,
                unit: reading.channel.unit,
                value: reading.value ?? null,
                quality: qualityName(reading.quality),
            })
        this.onChange("counts", counts)
    }

    log(text: string): void {
        this.put("log", { time: new Date().toISOString(), line: text })
    }

    note(text: string): void {
        this.put("note", { time: new Date().toISOString(), text })
    }

    end(): void {
        // Each line is whole.
    }

    private onChange(kind: string, members: object): void {
        const text = JSON.stringify(members)
        if (this.said.get(kind) === text) return
        this.said.set(kind, text)
        this.put(kind, members)
    }

    private put(kind: string, members: object): void {
        line(this.terminal.out, JSON.stringify({ kind, ...members }))
    }
}

/** Lines for people, where nothing can be redrawn. */
export class LinesView implements MonitorView {
    private readonly told = new Map<string, number>()
    private said = ""

    constructor(private readonly terminal: Terminal) {}

    picture(picture: NodePicture): void {
        const { out } = this.terminal
        const headline = `${nameOf(picture)}; ${networkOf(picture)}`
        if (headline !== this.said) line(out, headline)
        this.said = headline
        for (const reading of newReadings(picture.readings, this.told))
            line(
                out,
                `${timeOf(reading).slice(11, 19)}  ${reading.channel.name}  ${valueOf(reading)}`
            )
    }

    log(text: string): void {
        line(this.terminal.out, text)
    }

    note(text: string): void {
        line(this.terminal.err, `suitcase: ${text}`)
    }

    end(): void {
        // Each line is whole.
    }
}

/** Redrawn after each look. */
export class PictureView implements MonitorView {
    private readonly redraw: ReturnType<typeof createLogUpdate>
    private readonly lines: string[] = []
    private latest: NodePicture | undefined

    constructor(private readonly terminal: Terminal) {
        this.redraw = createLogUpdate(terminal.out)
    }

    picture(picture: NodePicture): void {
        this.latest = picture
        this.draw()
    }

    log(text: string): void {
        this.add(text)
    }

    note(text: string): void {
        this.add(this.terminal.colors.yellow(`! ${text}`))
    }

    end(): void {
        this.redraw.done()
    }

    private add(text: string): void {
        this.lines.push(text)
        this.lines.splice(0, this.lines.length - MOST_LINES)
        this.draw()
    }

    private draw(): void {
        const { latest, lines } = this
        const { dim } = this.terminal.colors
        this.redraw(
            [
                ...(latest === undefined ? [] : drawn(latest, this.terminal)),
                ...(lines.length === 0
                    ? []
                    : ["", ...lines.map(text => dim(text.slice(0, WIDTH)))]),
                dim("Ctrl-C ends."),
            ].join("\n")
        )
    }
}

function drawn(picture: NodePicture, { colors }: Terminal): string[] {
    const { state, counts, settings, sensors, readings } = picture
    const table = new Table({
        head: ["channel", "value", "state", "age"].map(title => colors.bold(title)),
        style: { head: [], border: [], compact: true },
        colAligns: ["left", "right", "left", "right"],
        colWidths: [26, 20, 16, 10],
    })
    for (const reading of readings)
        table.push([
            reading.channel.name,
            valueOf(reading),
            stateOf(reading),
            reading.ageMs === undefined ? "–" : age(reading.ageMs),
        ])
    const advice = sensors
        .map(sensor => [sensor.part, sensorAdvice(sensor, "en")] as const)
        .filter(([, text]) => text !== undefined)
        .map(([part, text]) => colors.yellow(`! ${part} ${text ?? ""}`))
    return [
        colors.bold(nameOf(picture)),
        `up ${age(state.uptimeMs)}, a row every ${text(state.fields["intervalSeconds"])} s, ${text(counts["rows"])} rows, ` +
            `${text(counts["queued"])} frames wait, ${text(counts["errors"])} errors`,
        `${networkOf(picture)}; settings ${text(settings["health"])}`,
        table.toString(),
        ...advice,
    ]
}

/** Readings of rows that were not told yet. */
function newReadings(readings: readonly LiveReading[], told: Map<string, number>): LiveReading[] {
    return readings.filter(({ channel, takenAtMs }) => {
        if (takenAtMs === undefined || told.get(channel.name) === takenAtMs) return false
        told.set(channel.name, takenAtMs)
        return true
    })
}

function nameOf({ identity: { site, node, app, version, board } }: NodePicture): string {
    return `${site}/${node}, ${app} ${version}${board === "" ? "" : ` on ${board}`}`
}

function networkOf({ state, settings, wifi }: NodePicture): string {
    const broker = `${text(settings["host"])}:${text(settings["port"])}`
    const wifiText =
        wifi === undefined ? "" : wifi.isJoined ? `Wi-Fi ${text(wifi.ssid)}, ` : "no Wi-Fi, "
    if (state.isBrokerReached) return `${wifiText}broker ${broker} reached`
    const why = state.problem === "" ? "" : ` (${state.problem})`
    return `${wifiText}broker ${broker} not reached${why}`
}

function valueOf({ channel, value }: LiveReading): string {
    return value === undefined ? "–" : quantity(value, decimals(channel), channel.unit)
}

function stateOf({ quality, ageMs }: LiveReading): string {
    return ageMs === undefined ? "no row yet" : qualityName(quality)
}

/** Of this computer's clock. */
function timeOf({ ageMs = 0 }: LiveReading): string {
    return new Date(Date.now() - ageMs).toISOString()
}

/** What a node says may hold anything. */
function text(value: unknown): string {
    const plain = typeof value === "string" || typeof value === "number" ? String(value) : "?"
    return plain.replace(/[\u0000-\u001f\u007f-\u009f]/g, "·")
}
