/** After a board was written: waits until it runs, and says what its sensors give and how far it gets. */
import { setTimeout as sleep } from "node:timers/promises"
import { decimals } from "../../../src/core/channel.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { BoardError } from "../../flash/board-access.js"
import { reachAdvice, sensorAdvice } from "../../flash/usb/advice.js"
import { boardOn, type FoundBoard } from "../../flash/usb/ask.js"
import {
    firstReadings,
    type FirstReadings,
    type SensorReadings,
} from "../../flash/usb/first-readings.js"
import { NodeService, type LiveReading } from "../../flash/usb/node-service.js"
import { UsbLink } from "../../flash/usb/usb-link.js"
import { line, type Terminal } from "../terminal.js"
import { boardPorts, type FoundPort } from "../usb/find-boards.js"
import { NodeSerialPort } from "../usb/serial-port.js"

/** A board that was written is back on USB, and its program runs, within this time, ms. */
const BACK_MS = 40_000
const LOOK_MS = 500

/** How the board that was written is known again. */
export interface Expected {
    /** Its port, if that stays the same; undefined: any port of this kind. */
    readonly port: string | undefined
    readonly kind: FoundPort["kind"]
    /** Its device id; undefined where only the board itself knows it. */
    readonly device: string | undefined
    /** What its settings call it; undefined: its device id. */
    readonly node: string | undefined
}

export interface AwaitOptions {
    /** Longest wait for the readings, ms; default two rows. */
    readonly limitMs?: number
    readonly backMs?: number
    readonly signal: AbortSignal
    /** Told the device id as soon as the board is known. */
    readonly onBoard?: (device: string) => void
}

/**
 * @returns undefined when the board does not come back, or its program has no service: that was said
 * @throws the signal's reason
 */
export async function awaitReadings(
    expected: Expected,
    terminal: Terminal,
    options: AwaitOptions
): Promise<FirstReadings | undefined> {
    line(terminal.out, "waiting for the node to start …")
    const found = await findNode(expected, options)
    if (found === undefined) {
        line(
            terminal.err,
            "suitcase: the board does not show up as a running node. Unplug it and plug it in again without holding a button; then suitcase nodes"
        )
        return undefined
    }
    const { link, board } = found
    try {
        options.onBoard?.(board.device)
        const service = new NodeService(link, board.device, options.signal)
        const result = await firstReadings(link, board, service, {
            ...(options.limitMs === undefined ? {} : { limitMs: options.limitMs }),
            signal: options.signal,
            onLimit: ms =>
                line(
                    terminal.out,
                    `waiting for the first readings and the broker, up to ${Math.round(ms / 1000)} s …`
                ),
            onSensor: sensor => line(terminal.out, sensorLine(sensor, terminal)),
        })
        tellProblems(result, terminal)
        return result
    } catch (e) {
        if (!(e instanceof BoardError)) throw e
        line(terminal.err, `suitcase: ${e.message}`)
        return undefined
    } finally {
        await link.close()
    }
}

interface FoundNode {
    readonly link: UsbLink
    readonly board: FoundBoard
}

/** Tries the ports in turn, until the board that was written answers on one. */
async function findNode(
    expected: Expected,
    { backMs = BACK_MS, signal }: AwaitOptions
): Promise<FoundNode | undefined> {
    const until = performance.now() + backMs
    for (;;) {
        for (const path of await candidates(expected)) {
            const found = await nodeOn(path, expected, signal)
            if (found !== undefined) return found
        }
        if (performance.now() > until) return undefined
        await sleep(LOOK_MS, undefined, { signal })
    }
}

async function candidates({ port, kind }: Expected): Promise<string[]> {
    const others = (await boardPorts()).filter(found => found.kind === kind)
    const paths = others.map(({ path }) => path)
    return port === undefined ? paths : [port, ...paths.filter(path => path !== port)]
}

async function nodeOn(
    path: string,
    { device, node }: Expected,
    signal: AbortSignal
): Promise<FoundNode | undefined> {
    signal.throwIfAborted()
    let link: UsbLink | undefined
    try {
        link = await UsbLink.open(new NodeSerialPort(path))
        const board = await boardOn(link, signal)
        const isOurs =
            device === undefined
                ? await isCalled(link, board, node, signal)
                : board.device === device
        if (isOurs) return { link, board }
    } catch (e) {
        if (!(e instanceof BoardError)) {
            await link?.close()
            throw e
        }
    }
    await link?.close()
    return undefined
}

/** Several Picos may be plugged in. */
async function isCalled(
    link: UsbLink,
    { device }: FoundBoard,
    node: string | undefined,
    signal: AbortSignal
): Promise<boolean> {
    const identity = await new NodeService(link, device, signal).identity()
    return identity.node === (node ?? device)
}

/** "Sensirion SHT4x: temperature 21.37 Cel, humidity 40.39 %RH" */
export function sensorLine({ part, readings }: SensorReadings, { colors }: Terminal): string {
    return `${colors.green("✓")} ${part}: ${readings.map(readingText).join(", ")}`
}

/** "temperature 21.37 Cel", "co2 – (not ready)" */
export function readingText({ channel, value, quality }: LiveReading): string {
    if (value === undefined) return `${channel.name} – (${qualityName(quality)})`
    const text = `${channel.name} ${value.toFixed(decimals(channel))} ${channel.unit}`
    return quality === 0 ? text : `${text} (${qualityName(quality)})`
}

function tellProblems(result: FirstReadings, { out, err, colors }: Terminal): void {
    for (const sensor of result.sensors) {
        const advice = sensorAdvice(sensor, "en")
        if (advice === undefined) continue
        line(err, `${colors.red("✗")} ${sensor.part} ${advice}`)
        if (sensor.lastError !== "") line(err, `  it says: ${sensor.lastError}`)
    }
    if (result.wifi?.isJoined === true)
        line(out, `${colors.green("✓")} Wi-Fi joined: ${printable(result.wifi.ssid)}`)
    const advice = reachAdvice(result, "en")
    if (advice === undefined) line(out, `${colors.green("✓")} broker reached`)
    else line(err, `${colors.yellow("!")} ${advice}`)
}

/** A network's name may hold anything. */
function printable(text: string): string {
    return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "·")
}
