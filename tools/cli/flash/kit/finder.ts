/** Boards that are plugged in, of any kind, for a run that takes one after the other. */
import { existsSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { type BoardAccess } from "../../../flash/board-access.js"
import { EspBoard } from "../../../flash/esp/esp-board.js"
import { PicoBoard } from "../../../flash/picoboot/pico-board.js"
import { boardPorts, bootDrives } from "../../usb/find-boards.js"
import { NodeSerialPort } from "../../usb/serial-port.js"
import { bootDevices, orAborted } from "../usb-devices.js"

/** A board in reach. */
export interface PluggedBoard {
    /** The same for as long as it stays plugged in. */
    readonly id: string
    /** For messages: "/dev/ttyACM0". */
    readonly where: string
    /** What its USB connector says that it is; serial numbers are in there. */
    readonly says: string
    /** How it is written: over its boot mode, which can be read back, or as a drive. */
    readonly reach: BootMode | { readonly kind: "drive"; readonly folder: string }
}

export interface BootMode {
    readonly kind: "boot mode"
    /**
     * @param signal ends what waits for the board
     * @throws BoardError; nothing is held then
     */
    readonly connect: (signal: AbortSignal) => Promise<OpenBoard>
}

export interface OpenBoard {
    readonly board: BoardAccess
    /** Gives it up, whatever state it is in. */
    readonly release: () => Promise<void>
}

export interface BoardFinder {
    /** Whether somebody said in which order boards come, so that several may be plugged in at once. */
    readonly isOrdered: boolean
    look(): Promise<readonly PluggedBoard[]>
    /**
     * Waits until boards may have come or gone.
     *
     * @param idleMs for so long there was none to work on
     * @returns false when it is not worth while to wait any longer
     */
    wait(idleMs: number, signal: AbortSignal): Promise<boolean>
}

/** How often to look for boards, ms. */
const LOOK_MS = 400

interface FinderFlags {
    /** How long to wait for the next board, ms. */
    readonly waitMs: number
    /** Serial ports to look at; none: all of boards. */
    readonly ports: readonly string[]
    /** Speed, baud. */
    readonly baud?: number
    /** The only drive to look at. */
    readonly drive?: string
}

/** Boards on this computer. */
export class SystemFinder implements BoardFinder {
    readonly isOrdered: boolean

    constructor(private readonly flags: FinderFlags) {
        this.isOrdered = flags.ports.length > 0
    }

    async look(): Promise<readonly PluggedBoard[]> {
        const { ports, drive } = this.flags
        if (drive !== undefined) return [drive].filter(existsSync).map(asDrive)
        if (ports.length > 0) {
            // Windows has no files for ports.
            const listed = process.platform === "win32" ? await boardPorts() : []
            return ports
                .filter(port => existsSync(port) || listed.some(({ path }) => path === port))
                .map(port => this.asPort(port, "", {}))
        }
        const found = (await boardPorts()).filter(({ kind }) => kind === "ESP32")
        const esp = found.map(({ path, name, vendorId, productId }) =>
            this.asPort(path, name, {
                ...(vendorId === undefined ? {} : { usbVendorId: vendorId }),
                ...(productId === undefined ? {} : { usbProductId: productId }),
            })
        )
        return [...esp, ...(await picos())]
    }

    async wait(idleMs: number, signal: AbortSignal): Promise<boolean> {
        if (idleMs >= this.flags.waitMs) return false
        await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)
        return true
    }

    private asPort(
        path: string,
        says: string,
        ids: ConstructorParameters<typeof NodeSerialPort>[1]
    ): PluggedBoard {
        const { baud } = this.flags
        const connect = async (signal: AbortSignal): Promise<OpenBoard> => {
            const port = new NodeSerialPort(path, ids)
            const onLost = orAborted(port.onLost, signal)
            try {
                const board = await EspBoard.connect(
                    port,
                    onLost,
                    baud === undefined ? {} : { baud }
                )
                const release = async () => {
                    await board.close()
                    // The port is given up even when esptool-js still holds its streams.
                    await port.close()
                }
                return { board, release }
            } catch (e) {
                await port.close()
                throw e
            }
        }
        return { id: `${path} ${says}`, where: path, says, reach: { kind: "boot mode", connect } }
    }
}

/** Over USB, which can be read back; as drives where the system does not allow that. */
async function picos(): Promise<PluggedBoard[]> {
    const devices = await bootDevices()
    if (devices.length === 0) return bootDrives().map(asDrive)
    return devices.map(({ device, handle, onLost, release }) => ({
        id: `usb ${handle}`,
        where: "a Pico on USB",
        says: "",
        reach: {
            kind: "boot mode",
            connect: async signal => {
                try {
                    const board = await PicoBoard.connect(device, orAborted(onLost, signal))
                    return {
                        board,
                        release: async () => {
                            await board.close()
                            release()
                        },
                    }
                } catch (e) {
                    release()
                    throw e
                }
            },
        },
    }))
}

function asDrive(folder: string): PluggedBoard {
    return { id: folder, where: folder, says: "", reach: { kind: "drive", folder } }
}
