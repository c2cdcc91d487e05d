import { Bytes } from "../bytes.js"

/**
 * The tag of byte constants, written as hexadecimal digits and white space. The
 * DeviceScript compiler knows it by its name and puts the bytes into flash;
 * this function is what makes them elsewhere.
 */
export function hex(text: TemplateStringsArray): Bytes {
    const digits = (text as unknown as string[])[0]
    const bytes: number[] = []
    let high = -1
    for (let i = 0; i < digits.length; i++) {
        const code = digits.charCodeAt(i)
        if (code <= 32) continue
        const nibble = code < 58 ? code - 48 : code - 87
        if (high < 0) {
            high = nibble << 4
        } else {
            bytes.push(high | nibble)
            high = -1
        }
    }
    return bytes
}
