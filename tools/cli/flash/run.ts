/** `suitcase flash`: finds the board, writes what the plan says, and tells what comes next. */
import { writeFile } from "node:fs/promises"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { qualityName } from "../../../src/core/quality-names.js"
import { BoardError, type BoardAccess } from "../../flash/board-access.js"
import { EspBoard } from "../../flash/esp/esp-board.js"
import { flashBoard } from "../../flash/flash-board.js"
import { PicoBoard } from "../../flash/picoboot/pico-board.js"
import { type FirstReadings } from "../../flash/usb/first-readings.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { line, type Terminal } from "../terminal.js"
import { afterFlash, type Afterwards, type WrittenBoard } from "./after.js"
import { type StoreCopies } from "./copies.js"
import { boardPorts, bootDrives, isBootDrive } from "../usb/find-boards.js"
import { onlyPort } from "../usb/open.js"
import { bundleOf, type FlashPlan } from "./plan.js"
import { FlashProgress } from "./progress.js"
import { bootDevices, orAborted } from "./usb-devices.js"
import { NodeSerialPort } from "../usb/serial-port.js"

/** How often to look for a board that is to be plugged in, and how long a drive may take to go, ms. */
const LOOK_MS = 500
const DRIVE_GONE_MS = 30_000

export interface FlashFlags {
    /** Serial port; default the only one of a board. */
    readonly port?: string
    /** Folder of the boot drive of an RP2040; default the only one. */
    readonly drive?: string
    /** Speed of the port, baud. */
    readonly baud?: number
    /** How long to wait for a board to be plugged in, ms. */
    readonly waitMs: number
    readonly json?: true
    /** What follows once the board is written; undefined: nothing. */
    readonly afterwards?: Afterwards
}

/** A board is being flashed. */
export interface Run {
    readonly plan: FlashPlan
    readonly flags: FlashFlags
    readonly copies: StoreCopies
    readonly terminal: Terminal
    /** Ctrl-C. */
    readonly signal: AbortSignal
}

/** @returns the exit code @throws UsageError, ImageError, StoreError */
export async function flash(
    plan: FlashPlan,
    flags: FlashFlags,
    copies: StoreCopies,
    terminal: Terminal
): Promise<number> {
    const stop = new AbortController()
    const release = onInterrupt(() => stop.abort())
    const run = { plan, flags, copies, terminal, signal: stop.signal }
    let isWritten = false
    try {
        const board = await (plan.profile.family === "rp2040" ? flashPico(run) : flashPort(run))
        isWritten = true
        const { afterwards } = flags
        const after =
            afterwards === undefined
                ? undefined
                : await afterFlash(plan, board, afterwards, terminal, stop.signal)
        tellNext(run, board, after?.readings)
        return after?.code ?? EXIT_OK
    } catch (e) {
        if (stop.signal.aborted && isWritten) {
            line(terminal.err, "suitcase: the board is written; its readings were not waited for")
            return EXIT_INTERRUPTED
        }
        if (stop.signal.aborted) {
            line(terminal.err, "suitcase: stopped; the same command goes on where it was")
            return EXIT_INTERRUPTED
        }
        if (!(e instanceof BoardError)) throw e
        line(terminal.err, `suitcase: ${e.message}`)
        return EXIT_FAILED
    } finally {
        release()
    }
}

interface Written extends WrittenBoard {
    /** Names of the pieces that were not there already. */
    readonly written?: readonly string[]
}

async function flashPort(run: Run): Promise<Written> {
    const { flags, terminal } = run
    const port = await portFor(run)
    line(terminal.out, `connecting to ${port.path} …`)
    const options = flags.baud === undefined ? {} : { baud: flags.baud }
    const board = await EspBoard.connect(port, orAborted(port.onLost, run.signal), options)
    try {
        return { ...(await flashOver(board, run)), port: port.path }
    } finally {
        // The port is given up even when esptool-js still holds its streams.
        await port.close()
    }
}

async function flashOver(board: BoardAccess, run: Run): Promise<Written> {
    try {
        const { on } = new FlashProgress(run.terminal)
        const { serial, written } = await flashBoard(board, run.plan, run.copies, on)
        return { serial, written }
    } finally {
        await board.close()
    }
}

async function portFor(run: Run): Promise<NodeSerialPort> {
    const { port } = run.flags
    if (port !== undefined) return new NodeSerialPort(port)
    const found = onlyPort(
        await waitFor(
            run,
            async () => (await boardPorts()).filter(({ kind }) => kind === "ESP32"),
            "plug the board in with a data cable …"
        )
    )
    if (found !== undefined) return found
    throw new BoardError(
        "no board is plugged in. With a data cable? Hold BOOT while you plug it in, or name its port with --port"
    )
}

/** Over USB, which can be read back; over the drive where that is asked for, or all there is. */
async function flashPico(run: Run): Promise<Written> {
    const { drive } = run.flags
    if (drive !== undefined) return await flashDrive(drive, run)
    const found = await waitFor(
        run,
        async () => [...(await bootDevices()), ...bootDrives()],
        "hold BOOTSEL while you plug the Pico in …"
    )
    const devices = found.filter(each => typeof each !== "string")
    const drives = found.filter(each => typeof each === "string")
    if (devices.length > 1 || (devices.length === 0 && drives.length > 1))
        throw new UsageError(
            "several Picos are in their boot mode: leave one plugged in" +
                (drives.length > 0 ? `, or choose one of ${drives.join(", ")} with --drive` : "")
        )
    if (devices.length === 1) {
        const [{ device, onLost, release }] = devices
        try {
            return await flashOver(
                await PicoBoard.connect(device, orAborted(onLost, run.signal)),
                run
            )
        } finally {
            release()
        }
    }
    if (drives.length === 1) return await flashDrive(drives[0], run)
    throw new BoardError(
        "no Pico in its boot mode: hold BOOTSEL while you plug it in; it shows as a drive named RPI-RP2"
    )
}

/** A drive takes one file with everything; what the board held cannot be read there. */
export async function flashDrive(drive: string, run: Run): Promise<Written> {
    const { plan, terminal, signal } = run
    if (!isBootDrive(drive))
        throw new UsageError(
            `${drive} is not the drive of a Pico in its boot mode (it has no INFO_UF2.TXT)`
        )
    if (plan.runtime === undefined)
        throw new UsageError(
            "a Pico takes all that it holds in one file: name its DeviceScript runtime with --runtime"
        )
    const { bytes } = bundleOf(plan)
    line(terminal.out, `copying ${Math.ceil(bytes.length / 1024)} KB to ${drive} …`)
    await writeFile(path.join(drive, "suitcase.uf2"), bytes, { flush: true })
    const goneBy = performance.now() + DRIVE_GONE_MS
    while (isBootDrive(drive)) {
        if (performance.now() > goneBy)
            throw new BoardError(
                `${drive} has the file, but the board did not restart: unplug it, hold BOOTSEL, plug it in, and try again`
            )
        await sleep(LOOK_MS, undefined, { signal })
    }
    line(terminal.out, "the board took it and restarted (a drive cannot be read back)")
    return {}
}

/** Looks until something is found. @returns what is found in the end, which may be nothing */
async function waitFor<T>(
    { flags, terminal, signal }: Run,
    look: () => Promise<readonly T[]>,
    plea: string
): Promise<readonly T[]> {
    const until = performance.now() + flags.waitMs
    for (let isFirst = true; ; isFirst = false) {
        const found = await look()
        if (found.length > 0 || performance.now() >= until) return found
        if (isFirst) line(terminal.out, plea)
        await sleep(LOOK_MS, undefined, { signal })
    }
}

function tellNext(
    { plan: { app, profile, settings }, flags, terminal }: Run,
    { serial, written }: Written,
    readings: FirstReadings | undefined
): void {
    const { node, site } = settings
    if (flags.json === true) {
        line(
            terminal.out,
            JSON.stringify({
                node: node ?? null,
                site: site ?? null,
                app,
                board: profile.id,
                ...(serial === undefined ? {} : { serial }),
                ...(written === undefined ? {} : { written }),
                ...(readings === undefined ? {} : readingsRecord(readings)),
            })
        )
        return
    }
    line(terminal.out, `${node ?? "the node"} runs ${app} on ${profile.name}`)
    if (settings["mqtt.host"] === undefined)
        line(terminal.out, "it knows no broker yet: --set mqtt.host=… or suitcase settings set")
}

/** Members of the result in JSON. */
function readingsRecord({ identity, sensors, state, wifi }: FirstReadings): object {
    return {
        device: identity.device,
        broker: state.isBrokerReached,
        wifi: wifi?.isJoined ?? null,
        sensors: sensors.map(({ part, address, lastError, readings }) => ({
            part,
            address,
            ...(lastError === "" ? {} : { lastError }),
            readings: readings.map(({ channel, value, quality }) => ({
                channel: channel.name,
                unit: channel.unit,
                value: value ?? null,
                quality: qualityName(quality),
            })),
        })),
    }
}
