/** `suitcase flash`: finds the board, writes what the plan says, and tells what comes next. */
import { rename, writeFile } from "node:fs/promises"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { BoardError, type BoardAccess } from "../../flash/board-access.js"
import { boardImage, bundleFile } from "../../flash/board-image.js"
import { EspBoard } from "../../flash/esp/esp-board.js"
import { flashBoard } from "../../flash/flash-board.js"
import { PicoBoard } from "../../flash/picoboot/pico-board.js"
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { line, type Terminal } from "../terminal.js"
import { type StoreCopies } from "./copies.js"
import { bootDrives, isBootDrive, serialPorts } from "../usb/find-boards.js"
import { type FlashPlan } from "./plan.js"
import { FlashProgress } from "./progress.js"
import { bootDevices } from "./usb-devices.js"
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
    try {
        if (plan.profile.family === "rp2040")
            return await flashPico(plan, flags, copies, terminal, stop.signal)
        return await flashPort(plan, flags, copies, terminal, stop.signal)
    } catch (e) {
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

async function flashPort(
    plan: FlashPlan,
    flags: FlashFlags,
    copies: StoreCopies,
    terminal: Terminal,
    signal: AbortSignal
): Promise<number> {
    const port = await portFor(flags, terminal, signal)
    line(terminal.out, `connecting to ${port.path} …`)
    const options = flags.baud === undefined ? {} : { baud: flags.baud }
    const onLost = (listener: () => void) => {
        port.onLost(listener)
        // Ctrl-C ends what waits for the board, as a pulled cable does.
        signal.addEventListener("abort", listener, { once: true })
    }
    const board = await EspBoard.connect(port, onLost, options)
    try {
        return await flashOver(board, plan, flags, copies, terminal)
    } finally {
        // The port is given up even when esptool-js still holds its streams.
        await port.close()
    }
}

/** @returns the exit code */
async function flashOver(
    board: BoardAccess,
    plan: FlashPlan,
    flags: FlashFlags,
    copies: StoreCopies,
    terminal: Terminal
): Promise<number> {
    try {
        const { on } = new FlashProgress(terminal)
        const { serial, written } = await flashBoard(board, plan, copies, on)
        tellNext(plan, flags, terminal, { serial, written })
        return EXIT_OK
    } finally {
        await board.close()
    }
}

async function portFor(
    flags: FlashFlags,
    terminal: Terminal,
    signal: AbortSignal
): Promise<NodeSerialPort> {
    if (flags.port !== undefined) return new NodeSerialPort(flags.port)
    const found = await waitFor(
        async () => (await serialPorts()).filter(({ kind }) => kind === "ESP32"),
        flags.waitMs,
        () => line(terminal.out, "plug the board in with a data cable …"),
        signal
    )
    if (found.length === 0)
        throw new BoardError(
            "no board is plugged in. With a data cable? Hold BOOT while you plug it in, or name its port with --port"
        )
    if (found.length > 1)
        throw new UsageError(
            `several boards are plugged in: ${found.map(({ path: at }) => at).join(", ")}; choose one with --port`
        )
    const [{ path: at, vendorId, productId }] = found
    return new NodeSerialPort(at, {
        ...(vendorId === undefined ? {} : { usbVendorId: vendorId }),
        ...(productId === undefined ? {} : { usbProductId: productId }),
    })
}

/** Over USB, which can be read back; over the drive where that is asked for, or all there is. */
async function flashPico(
    plan: FlashPlan,
    flags: FlashFlags,
    copies: StoreCopies,
    terminal: Terminal,
    signal: AbortSignal
): Promise<number> {
    if (flags.drive !== undefined)
        return await flashDrive(plan, flags.drive, flags, terminal, signal)
    const found = await waitFor(
        async () => [...(await bootDevices()), ...bootDrives()],
        flags.waitMs,
        () => line(terminal.out, "hold BOOTSEL while you plug the Pico in …"),
        signal
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
            const lost = (listener: () => void) => {
                onLost(listener)
                signal.addEventListener("abort", listener, { once: true })
            }
            return await flashOver(
                await PicoBoard.connect(device, lost),
                plan,
                flags,
                copies,
                terminal
            )
        } finally {
            release()
        }
    }
    if (drives.length === 1) return await flashDrive(plan, drives[0], flags, terminal, signal)
    throw new BoardError(
        "no Pico in its boot mode: hold BOOTSEL while you plug it in; it shows as a drive named RPI-RP2"
    )
}

/** A drive takes one file with everything; what the board held cannot be read there. */
async function flashDrive(
    plan: FlashPlan,
    drive: string,
    flags: FlashFlags,
    terminal: Terminal,
    signal: AbortSignal
): Promise<number> {
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
    tellNext(plan, flags, terminal, {})
    return EXIT_OK
}

/** Looks until something is found. @returns what is found in the end, which may be nothing */
async function waitFor<T>(
    look: () => Promise<readonly T[]>,
    waitMs: number,
    tell: () => void,
    signal: AbortSignal
): Promise<readonly T[]> {
    const until = performance.now() + waitMs
    for (let isFirst = true; ; isFirst = false) {
        const found = await look()
        if (found.length > 0 || performance.now() >= until) return found
        if (isFirst) tell()
        await sleep(LOOK_MS, undefined, { signal })
    }
}

/** One file with everything, for other tools. @throws ImageError without a runtime */
export function bundleOf(plan: FlashPlan) {
    const pieces = boardImage({
        ...plan,
        store: { program: plan.program, values: plan.values },
    })
    return bundleFile(plan.architecture, pieces)
}

/** Writes the bundle; nothing but whole files appear. @returns what to tell of it */
export async function writeBundle(plan: FlashPlan, file: string): Promise<string> {
    const { bytes, extension, offset } = bundleOf(plan)
    const named = file.endsWith(`.${extension}`) ? file : `${file}.${extension}`
    const temporary = `${named}.${process.pid}`
    await writeFile(temporary, bytes, { mode: 0o600 })
    await rename(temporary, named)
    return extension === "uf2"
        ? `${named}: copy it to the drive RPI-RP2`
        : `${named}: write it at 0x${offset.toString(16)}, for example: esptool.py write_flash 0x${offset.toString(16)} ${named}`
}

function tellNext(
    { app, profile, settings }: FlashPlan,
    flags: FlashFlags,
    terminal: Terminal,
    result: { readonly serial?: string; readonly written?: readonly string[] }
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
                ...result,
            })
        )
        return
    }
    line(terminal.out, `${node ?? "the node"} runs ${app} on ${profile.name}`)
    if (settings["mqtt.host"] === undefined)
        line(terminal.out, "it knows no broker yet: --set mqtt.host=… or suitcase settings set")
}
