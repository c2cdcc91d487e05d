/** Sending a running board into its boot mode without its button. */
import { type EspPort } from "../esp/esp-board.js"

const TOUCH_BAUD = 1200

/**
 * Opens a board's serial port at 1,200 baud and closes it, upon which firmware of the Pico SDK's USB console,
 * Arduino and MicroPython restarts in the boot mode. The DeviceScript runtime does not listen to it: a board
 * with that needs its BOOTSEL button.
 *
 * @param port not open; the board may take it away meanwhile
 * @throws BoardError when the port cannot be opened
 */
export async function touchIntoBootMode(port: EspPort): Promise<void> {
    await port.open({ baudRate: TOUCH_BAUD })
    // Arduino's waits for DTR to fall. From here on the board may be gone, which is what was wanted.
    await port.setSignals({ dataTerminalReady: false, requestToSend: false }).catch(() => undefined)
    await port.close().catch(() => undefined)
}
