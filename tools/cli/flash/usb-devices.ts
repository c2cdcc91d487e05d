/** RP2040 boards in their boot mode that are plugged in, by the usb library, which has the shape of WebUSB. */
import { RASPBERRY_PI, RP2040_BOOT, RP2350_BOOT } from "../../flash/picoboot/protocol.js"
import { type UsbDevice } from "../../flash/picoboot/usb-device.js"

/** A board in its boot mode, for PicoBoard.connect. */
export interface BootDevice {
    readonly device: UsbDevice
    /** The same for as long as the board stays on the bus. */
    readonly handle: string
    /** "RP2350" is found so that it can be refused by name. */
    readonly chip: "RP2040" | "RP2350"
    /** Tells when the board leaves the bus. */
    readonly onLost: (listener: () => void) => void
    /** Ends listening. */
    readonly release: () => void
}

/** The library's devices know themselves by a handle: each listing has objects of its own. */
interface ListedDevice extends UsbDevice {
    readonly handle: string
}

/** What is used of the usb library. */
export interface UsbLibrary {
    getDevices(): Promise<readonly ListedDevice[]>
    addEventListener(type: "disconnect", listener: (event: DisconnectEvent) => void): void
    removeEventListener(type: "disconnect", listener: (event: DisconnectEvent) => void): void
}

interface DisconnectEvent {
    readonly device: ListedDevice
}

/** @returns none where the system cannot list devices, as in containers */
export async function bootDevices(load = loadLibrary): Promise<BootDevice[]> {
    let usb: UsbLibrary
    let listed: readonly ListedDevice[]
    try {
        usb = await load()
        listed = await usb.getDevices()
    } catch {
        return []
    }
    return listed.flatMap(device => {
        const chip = bootChip(device)
        return chip === undefined
            ? []
            : [{ device, chip, handle: device.handle, ...watched(usb, device) }]
    })
}

function bootChip({ vendorId, productId }: UsbDevice): BootDevice["chip"] | undefined {
    if (vendorId !== RASPBERRY_PI) return undefined
    if (productId === RP2040_BOOT) return "RP2040"
    return productId === RP2350_BOOT ? "RP2350" : undefined
}

function watched(
    usb: UsbLibrary,
    { handle }: ListedDevice
): Pick<BootDevice, "onLost" | "release"> {
    const watchers: ((event: DisconnectEvent) => void)[] = []
    return {
        onLost: listener => {
            const watcher = ({ device }: DisconnectEvent) => {
                if (device.handle === handle) listener()
            }
            watchers.push(watcher)
            usb.addEventListener("disconnect", watcher)
        },
        release: () => {
            for (const watcher of watchers.splice(0)) usb.removeEventListener("disconnect", watcher)
        },
    }
}

/** Loaded when it is needed: it has a native part, which some systems lack. */
async function loadLibrary(): Promise<UsbLibrary> {
    const { usb } = await import("usb")
    return usb
}

/** Ctrl-C ends what waits for the board, as a pulled cable does. */
export function orAborted(onLost: (listener: () => void) => void, signal: AbortSignal) {
    return (listener: () => void) => {
        onLost(listener)
        signal.addEventListener("abort", listener, { once: true })
    }
}
