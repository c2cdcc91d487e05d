/**
 * The light on a board, as the program sets it: with a command to the control service of its own device
 * (jacdac-docs "Control", set_status_light). Fading is not simulated: the light has its new colour at once.
 */
import { FLAG_COMMAND } from "../jacdac/frame.js"

const FLAGS_AT = 3
const DEVICE_AT = 4
const DEVICE_BYTES = 8
const PACKET_AT = 12
const CONTROL_SERVICE = 0
const SET_STATUS_LIGHT = 0x84
/** Red, green, blue, speed. */
const DATA_BYTES = 4

const NAMES: Readonly<Record<string, string>> = {
    "000": "off",
    "100": "red",
    "010": "green",
    "001": "blue",
    "110": "yellow",
    "101": "magenta",
    "011": "cyan",
    "111": "white",
}

export class StatusLight {
    /** 0 … 255 each. */
    red = 0
    green = 0
    blue = 0
    /** Times that the program set it. */
    changes = 0

    /** @param deviceId of the node, 16 hex digits */
    constructor(private readonly deviceId: string) {}

    /** Takes a frame that the node sent; most have nothing to do with the light. */
    take(frame: Uint8Array): void {
        if ((frame[FLAGS_AT] & FLAG_COMMAND) === 0 || frame[PACKET_AT] !== DATA_BYTES) return
        if (frame[PACKET_AT + 1] !== CONTROL_SERVICE || frame[PACKET_AT + 2] !== SET_STATUS_LIGHT)
            return
        const to = Buffer.from(frame.subarray(DEVICE_AT, DEVICE_AT + DEVICE_BYTES)).toString("hex")
        if (to !== this.deviceId || frame[PACKET_AT + 3] !== 0) return
        ;[this.red, this.green, this.blue] = frame.subarray(PACKET_AT + 4, PACKET_AT + 7)
        this.changes++
    }

    /** The board lost its power, or was reset. */
    goDark(): void {
        this.red = this.green = this.blue = 0
    }

    /** "#ff0a00" */
    get colour(): string {
        return `#${Buffer.of(this.red, this.green, this.blue).toString("hex")}`
    }

    /** The nearest of eight: "off", "red", "yellow" … */
    get name(): string {
        const most = Math.max(this.red, this.green, this.blue)
        // A dim light is one, too.
        const isOn = (part: number) => (most > 0 && part * 2 >= most ? "1" : "0")
        return NAMES[isOn(this.red) + isOn(this.green) + isOn(this.blue)]
    }
}
