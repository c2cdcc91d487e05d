/** What boards take from a supply of 3.3 V, as far as it is published. */
import { type BoardProfile } from "../../sim/board/profile.js"

/** A figure and where it stands. */
export interface Figure {
    /** mA */
    readonly mA: number
    readonly source: string
}

export interface ChipCurrents {
    /**
     * Mean current while the program runs and the network is joined, the radio asleep between beacons:
     * ESP-IDF's default, which the runtime leaves as it is, without frequency scaling.
     */
    readonly connected: Figure
    /** While the radio receives: during a scan and while joining. */
    readonly receiving: Figure
    /** In deep sleep with a timer, the chip alone. */
    readonly deepSleep: Figure
}

/** Table of power modes with Wi-Fi, an access point with DTIM 1. */
const IDF = "ESP-IDF, api-guides/low-power-mode-wifi, table of the chip, modem-sleep at DTIM 1"
const DEEP = "the same table, deep-sleep"

function sheet(chip: string): string {
    return `${chip} series datasheet, current consumption in active mode, RX HT20`
}

const CHIPS: Readonly<Record<string, ChipCurrents>> = {
    esp32c3: {
        connected: { mA: 21.47, source: IDF },
        receiving: { mA: 84, source: sheet("ESP32-C3") },
        deepSleep: { mA: 0.0048, source: DEEP },
    },
    esp32: {
        connected: { mA: 31.12, source: IDF },
        receiving: { mA: 100, source: sheet("ESP32") },
        deepSleep: { mA: 0.005, source: DEEP },
    },
    esp32s2: {
        connected: { mA: 31.14, source: IDF },
        receiving: { mA: 63, source: sheet("ESP32-S2") },
        deepSleep: { mA: 0.005, source: DEEP },
    },
    esp32s3: {
        connected: { mA: 40.1, source: IDF },
        receiving: { mA: 88, source: sheet("ESP32-S3") },
        deepSleep: { mA: 0.0068, source: DEEP },
    },
}

/**
 * What a supply of an ESP32 has to give at least (Espressif's hardware design guidelines): no transmission takes
 * more, so it bounds what bytes cost.
 */
export const MOST_TRANSMITTING: Figure = {
    mA: 500,
    source: "Espressif, hardware design guidelines: what the supply has to give at least",
}

/** @returns undefined where no figures of the chip were found: RP2040 with and without Wi-Fi */
export function chipCurrents({ architecture }: BoardProfile): ChipCurrents | undefined {
    return Object.hasOwn(CHIPS, architecture) ? CHIPS[architecture] : undefined
}

/** Whether DeviceScript's runtime can sleep deeply there: on RP2040 it resets at once instead. */
export function sleepsDeeply({ family }: BoardProfile): boolean {
    return family === "esp32"
}
