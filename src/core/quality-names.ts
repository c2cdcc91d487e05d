/** Apart from the codes, so that boards do not carry it. */
const NAMES = [
    "ok",
    "uncalibrated",
    "saturated",
    "warming up",
    "",
    "",
    "",
    "",
    "absent",
    "crc",
    "timeout",
    "out of range",
    "stale",
    "wrong part",
    "not ready",
    "skipped",
]

/** The quality in words, as datasets show it. */
export function qualityName(quality: number): string {
    const name = NAMES[quality]
    return name === undefined || name === "" ? "unknown (" + quality + ")" : name
}
