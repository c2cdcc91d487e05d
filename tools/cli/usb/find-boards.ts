/** Boards that are plugged in: serial ports, and the drive that an RP2040 in its boot mode shows. */
import { existsSync, readFileSync, readdirSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { SerialPort } from "serialport"

/** Makers of the serial chips of ESP32 boards: Silicon Labs, Espressif, WCH, FTDI. */
const ESP_VENDORS = [0x10c4, 0x303a, 0x1a86, 0x0403]
const PICO_VENDOR = 0x2e8a

export interface FoundPort {
    readonly path: string
    readonly vendorId: number | undefined
    readonly productId: number | undefined
    /** What it says that it is. */
    readonly name: string
    readonly kind: "ESP32" | "RP2040" | "other"
}

/** @returns ports on USB; none where the system cannot list them, as in containers */
async function serialPorts(): Promise<FoundPort[]> {
    try {
        const ports = await SerialPort.list()
        return ports
            .map(({ path: at, vendorId, productId, manufacturer, serialNumber }) => {
                const vendor = idOf(vendorId)
                return {
                    path: at,
                    vendorId: vendor,
                    productId: idOf(productId),
                    name: [manufacturer, serialNumber].filter(Boolean).join(" "),
                    kind: kindOf(vendor),
                }
            })
            .filter(({ vendorId }) => vendorId !== undefined)
    } catch {
        return []
    }
}

/** @returns ports of boards: those of makers of their serial chips */
export async function boardPorts(): Promise<FoundPort[]> {
    return (await serialPorts()).filter(({ kind }) => kind !== "other")
}

function idOf(text: string | undefined): number | undefined {
    return text === undefined ? undefined : Number.parseInt(text, 16)
}

function kindOf(vendor: number | undefined): FoundPort["kind"] {
    if (vendor === undefined) return "other"
    if (ESP_VENDORS.includes(vendor)) return "ESP32"
    return vendor === PICO_VENDOR ? "RP2040" : "other"
}

/** File by which the boot ROM of an RP2040 says what it is (RP2040 datasheet, section 2.8.2). */
const INFO_FILE = "INFO_UF2.TXT"

/** @returns folders of drives that take UF2 files for an RP2040 */
export function bootDrives(roots = driveRoots()): string[] {
    return roots.filter(isBootDrive).sort()
}

/** Whether a folder is the drive of an RP2040 in its boot mode. */
export function isBootDrive(folder: string): boolean {
    try {
        return /Board-ID:\s*RPI-RP2/.test(readFileSync(path.join(folder, INFO_FILE), "latin1"))
    } catch {
        return false
    }
}

/** Where systems show drives that are plugged in. */
function driveRoots(): string[] {
    if (process.platform === "win32")
        return Array.from("DEFGHIJKLMNOPQRSTUVWXYZ", letter => `${letter}:\\`).filter(existsSync)
    const user = os.userInfo().username
    const parents =
        process.platform === "darwin"
            ? ["/Volumes"]
            : [`/media/${user}`, `/run/media/${user}`, "/media", "/mnt"]
    return parents.flatMap(parent => {
        try {
            return readdirSync(parent).map(name => path.join(parent, name))
        } catch {
            return []
        }
    })
}
