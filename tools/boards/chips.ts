/** What the chips of the kit's boards can and cannot, as far as a person who chooses and wires one notices. */

export interface Chip {
    readonly name: string
    /** The firmware looks at a pin that often, ms: its main loop (devicescript-esp32 f6aec45, -pico fe4a4e8). */
    readonly pollMs: number
    /** Highest rate of pulses, equally long high and low, that is safe to plan with, Hz. */
    readonly pulseHz: number
    /** GPIOs with a converter that works beside Wi-Fi: ADC1 of Espressif's chips, as DeviceScript names them. */
    readonly analogPins: readonly number[]
    /** Voltages that they tell apart, mV. */
    readonly analogMv: readonly [from: number, to: number]
    /** GPIOs without an output and without a pull-up. */
    readonly inputOnly: readonly number[]
    /** GPIO on which the chip's own program in ROM writes while it starts, a contact there or not (U0TXD). */
    readonly messagePin: number | undefined
    /** Whether a watchdog restarts it when it hangs, on a stuck bus too. */
    readonly hasWatchdog: boolean
    /** How long it waits for a part that holds the clock, ms; undefined: without end. An SCD30 may take 150. */
    readonly stretchMs: number | undefined
    /** Whether it can sleep deeply between readings. */
    readonly canSleep: boolean
}

const range = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i)

const ESP32 = { pollMs: 10, pulseHz: 25, inputOnly: [], hasWatchdog: true, canSleep: true } as const

const RP2040: Chip = {
    name: "RP2040",
    pollMs: 1,
    pulseHz: 250,
    analogPins: [26, 27, 28],
    analogMv: [0, 3300],
    inputOnly: [],
    messagePin: undefined,
    hasWatchdog: false,
    stretchMs: undefined,
    canSleep: false,
}

/**
 * By DeviceScript's name of the architecture. Voltages: ESP-IDF 5.0, "ADC Attenuation" at 11 dB; clock stretching:
 * I2C sections of the technical reference manuals; RP2040 datasheet, section 4.9.
 */
const CHIPS: Readonly<Record<string, Chip>> = {
    esp32: {
        ...ESP32,
        name: "ESP32",
        analogPins: range(32, 39),
        analogMv: [150, 2450],
        inputOnly: range(34, 39),
        messagePin: 1,
        stretchMs: 13,
    },
    esp32c3: {
        ...ESP32,
        name: "ESP32-C3",
        analogPins: range(0, 4),
        analogMv: [0, 2500],
        messagePin: 21,
        stretchMs: 1000,
    },
    esp32s2: {
        ...ESP32,
        name: "ESP32-S2",
        analogPins: range(1, 10),
        analogMv: [0, 2500],
        inputOnly: [46],
        messagePin: 43,
        stretchMs: 210,
    },
    esp32s3: {
        ...ESP32,
        name: "ESP32-S3",
        analogPins: range(1, 10),
        analogMv: [0, 3100],
        messagePin: 43,
        stretchMs: 1000,
    },
    rp2040: RP2040,
    rp2040w: { ...RP2040, name: "RP2040, CYW43439" },
}

/** @throws RangeError for an architecture that no board of the kit has */
export function chipOf(architecture: string): Chip {
    if (!Object.hasOwn(CHIPS, architecture))
        throw new RangeError(`nothing is known of the architecture "${architecture}"`)
    return CHIPS[architecture]
}
