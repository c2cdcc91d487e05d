/** What an RP2040 in its boot mode, or what stands for it on USB, says that is no use to a reader. */
import { BoardError } from "../board-access.js"
import { NoPicobootError } from "./picoboot-link.js"
import { RASPBERRY_PI, RP2040_BOOT, RP2350_BOOT } from "./protocol.js"
import { type UsbDevice } from "./usb-device.js"

/** Who may open the boot mode's device, for /etc/udev/rules.d. */
export const UDEV_RULE = 'SUBSYSTEM=="usb", ATTRS{idVendor}=="2e8a", MODE="0660", TAG+="uaccess"'

const HOLD_BOOTSEL =
    "unplug the board, hold its BOOTSEL button, plug it in, let the button go, and try again"

/** @throws BoardError for anything but an RP2040 in its boot mode */
export function expectRp2040({ vendorId, productId }: UsbDevice): void {
    if (vendorId === RASPBERRY_PI && productId === RP2040_BOOT) return
    if (vendorId === RASPBERRY_PI && productId === RP2350_BOOT)
        throw new BoardError(
            "this board has an RP2350 (Raspberry Pi Pico 2), for which there is no runtime: take a Pico W",
            "RP2350"
        )
    throw new BoardError(`the board is not in its boot mode: ${HOLD_BOOTSEL}`, "no boot mode")
}

/** Why a device could not be had, and what to do about it. */
export function openProblem(e: unknown): BoardError {
    if (e instanceof BoardError) return e
    const reason = reasonOf(e)
    if (e instanceof NoPicobootError)
        return new BoardError(
            `the board shows its drive only: write a .uf2 file to the drive instead (${reason})`,
            "drive only"
        )
    if (isUnsupported(e))
        return new BoardError(
            'the system lets no program talk to the board. On Windows: give the interface "RP2 Boot" the driver ' +
                `WinUSB (with Zadig), or use the drive RPI-RP2 instead (${reason})`,
            "driver"
        )
    if (isDenied(e))
        return new BoardError(
            "the board may not be opened. On Linux, write this line to /etc/udev/rules.d/60-rp2040.rules, then " +
                `plug the board in again: ${UDEV_RULE}. On Windows: give the interface "RP2 Boot" the driver WinUSB ` +
                `(with Zadig), or use the drive RPI-RP2 instead (${reason})`,
            "denied"
        )
    if (isBusy(e))
        return new BoardError(
            `another program uses the board: close picotool and pages that flash, and try again (${reason})`,
            "busy"
        )
    return new BoardError(`the board cannot be opened (${reason}): ${HOLD_BOOTSEL}`, "not opened")
}

/** The device is not there any more: words of Chromium, and of the usb package on the three systems. */
export function isGone(e: unknown): boolean {
    return (
        nameOf(e) === "NotFoundError" ||
        /disconnect|no such device|device not found|was lost|has been lost|unplugged/i.test(
            reasonOf(e)
        )
    )
}

function isDenied(e: unknown): boolean {
    return nameOf(e) === "SecurityError" || /access denied|permission|EACCES/i.test(reasonOf(e))
}

function isUnsupported(e: unknown): boolean {
    return /WinUSB|incompatible driver|not supported|unsupported/i.test(reasonOf(e))
}

function isBusy(e: unknown): boolean {
    return /busy|in use|unable to claim/i.test(reasonOf(e))
}

function nameOf(e: unknown): string {
    return e instanceof Error || e instanceof DOMException ? e.name : ""
}

/** First line of what an error says. */
export function reasonOf(e: unknown): string {
    return e instanceof Error || e instanceof DOMException ? e.message.split("\n")[0] : String(e)
}
