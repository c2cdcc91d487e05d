/** What the flow needs of the browser: boards, files, the clock. Doubles stand here in tests. */
import { type EspPort } from "../../../flash/esp/esp-board.js"
import { type BoardPort } from "../../../flash/usb/usb-link.js"
import { type UsbDevice } from "../../../flash/picoboot/usb-device.js"
import { type ExportedFile } from "../../kit-export.js"
import { type TextStore } from "./kept-settings.js"

export interface ChosenPort {
    readonly port: EspPort
    /** Tells when the board leaves the bus. */
    readonly onLost: (listener: () => void) => void
}

export interface ChosenDevice {
    readonly device: UsbDevice
    readonly onLost: (listener: () => void) => void
}

export interface Devices {
    readonly hasSerial: boolean
    readonly hasUsb: boolean
    /** Whether the page came from where browsers give pages devices. */
    readonly isSecure: boolean
    /** Lets the person choose a serial port. @throws PageError "no board" when none is chosen */
    choosePort(): Promise<ChosenPort>
    /** Lets the person choose the port of a board that runs. @throws PageError, as above */
    chooseRunningBoard(): Promise<BoardPort>
    /** Lets the person choose an RP2040 in its boot mode. @throws PageError, as above */
    choosePico(): Promise<ChosenDevice>
}

export interface Surroundings {
    readonly devices: Devices
    /** Outlives the page. */
    readonly kept: TextStore
    /** @throws PageError when it is not there, or not what it was */
    loadFile(file: ExportedFile): Promise<Uint8Array>
    /** Gives the person a file to save. */
    saveFile(name: string, bytes: Uint8Array): void
    /** A clock that only goes forward, ms. */
    nowMs(): number
}
