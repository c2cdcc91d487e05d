/** The id under which a board's firmware shows itself on Jacdac, from what its boot mode tells of it. */

/**
 * ESP32: the burnt-in address between FE and FF (microsoft/devicescript-esp32, main/platform.c, hw_device_id);
 * RP2040: the number of its flash chip (microsoft/devicescript-pico, src/platform.c).
 *
 * @param serial of a BoardAccess: "24:6f:28:01:02:03", "e66038b713249237"
 * @returns 16 hex digits; undefined when the board has no number that can be read
 */
export function deviceIdOf(serial: string): string | undefined {
    const digits = serial.toLowerCase()
    if (/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(digits)) return `fe${digits.replaceAll(":", "")}ff`
    return /^[0-9a-f]{16}$/.test(digits) ? digits : undefined
}
