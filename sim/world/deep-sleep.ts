/**
 * Deep sleep as a program asks for it: the command "standby" to the control service of its own device (jacdac-docs
 * "Control"; devicescript-esp32, main/platform.c, target_standby: esp_deep_sleep_start() with a timer). RAM and
 * uptime are lost, parts on the bus keep their power.
 */
import { FLAG_COMMAND } from "../jacdac/frame.js"

const FLAGS_AT = 3
const DEVICE_AT = 4
const DEVICE_BYTES = 8
const PACKET_AT = 12
const CONTROL_SERVICE = 0
const STANDBY = 0x87
const DATA_BYTES = 4

/** @returns how long the device with this id asks to sleep, ms; undefined for other frames */
export function standbyIn(frame: Uint8Array, deviceId: string): number | undefined {
    if ((frame[FLAGS_AT] & FLAG_COMMAND) === 0 || frame[PACKET_AT] !== DATA_BYTES) return undefined
    if (frame[PACKET_AT + 1] !== CONTROL_SERVICE || frame[PACKET_AT + 2] !== STANDBY)
        return undefined
    const bytes = Buffer.from(frame)
    const to = bytes.subarray(DEVICE_AT, DEVICE_AT + DEVICE_BYTES).toString("hex")
    return to === deviceId && frame[PACKET_AT + 3] === 0
        ? bytes.readUInt32LE(PACKET_AT + 4)
        : undefined
}
