import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import {
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_SATURATED,
    QUALITY_STALE,
    QUALITY_WARMING_UP,
    QUALITY_WRONG_PART,
} from "../../core/quality.js"
import { particleCountChannel, particleMassChannel } from "../shared/channels.js"
import { DriverOptions, SensorDriver, SensorError, wait } from "../shared/driver.js"

// "PMSA003I series data manual", version 2.6: frame in its appendix
const PMSA003I_ADDRESS = 0x12
const PMSA003I_FRAME_BYTES = 32
const PMSA003I_START = 0x424d
const PMSA003I_LENGTH = 28
const PMSA003I_STANDARD = 4 // PM1, PM2.5, PM10 of a standard particle, CF = 1
const PMSA003I_ATMOSPHERIC = 10 // the same in the open air
const PMSA003I_COUNTS = 16 // particles larger than 0.3, 0.5, 1, 2.5, 5 and 10 µm in 0.1 l
const PMSA003I_MAX = 65535 // a word
const PMSA003I_EFFECTIVE = 500 // effective range; the error is not stated beyond
const PMSA003I_ERROR = 29
const PMSA003I_SUM = 30
/** A frame is replaced every 2.3 s, faster when the air changes. */
const PMSA003I_INTERVAL_MS = 2300
/** Not in the manual; other drivers leave it this time before the first frame. */
const PMSA003I_POWER_UP_MS = 2000
/** "Stable data should be got at least 30 seconds after the sensor wakeup". */
const PMSA003I_WARM_UP_MS = 30_000
const MASSES = 3
const SIZES = ["03", "05", "10", "25", "50", "100"]

/** Options of {@link PMSA003I}. */
export interface PMSA003IOptions extends DriverOptions {
    /** Mass of standard particles (CF = 1, made for factories) instead of the one for open air. */
    standard?: boolean
    /** Adds the numbers of particles, `particles_03` (larger than 0.3 µm) … `particles_100`. */
    counts?: boolean
}

/**
 * Particulate matter in air: PM1, PM2.5 and PM10 (1 µg/m³), and numbers of particles per 0.1 l.
 * The part measures by itself; a sample takes the frame that it has, when that can be a new one.
 *
 * @devsPart Plantower PMSA003I
 * @devsServices airQualityIndex
 * @see {@link https://www.adafruit.com/product/4632 | Data manual}
 */
export class PMSA003I extends SensorDriver {
    private readonly firstByte: number
    /** When the latest frame was read, and since when the part answers, ms since boot. */
    private readAt = -PMSA003I_INTERVAL_MS
    private answersSince = -1

    constructor(bus: I2C, options?: PMSA003IOptions) {
        super("Plantower PMSA003I", bus, options?.address ?? PMSA003I_ADDRESS, channelsOf(options))
        this.firstByte = options?.standard === true ? PMSA003I_STANDARD : PMSA003I_ATMOSPHERIC
    }

    /** Any frame with its start, length and sum: the part has no other sign of itself. */
    protected override async setup(): Promise<void> {
        this.answersSince = -1
        const untilPowered = PMSA003I_POWER_UP_MS - ds.millis()
        if (untilPowered > 0) await wait(untilPowered)
        const frame = await this.read(PMSA003I_FRAME_BYTES)
        if (isFrame(frame)) {
            this.answersSince = ds.millis()
            return
        }
        // One disturbed transfer must not look like a wrong part.
        if (!isFrame(await this.read(PMSA003I_FRAME_BYTES)))
            throw new SensorError(
                QUALITY_WRONG_PART,
                this.part + ": another part is at its address, or it is asleep"
            )
        this.answersSince = ds.millis()
    }

    protected override async measure(): Promise<void> {
        const now = ds.millis()
        if (now - this.readAt < PMSA003I_INTERVAL_MS) {
            for (let i = 0; i < this.qualities.length; i++) this.qualities[i] = QUALITY_STALE
            return
        }
        const frame = await this.read(PMSA003I_FRAME_BYTES)
        if (!isFrame(frame))
            throw new SensorError(QUALITY_CRC, this.part + ": wrong start or sum of its frame")
        if (frame[PMSA003I_ERROR] !== 0)
            throw new SensorError(
                QUALITY_NOT_READY,
                this.part + ": reports error " + frame[PMSA003I_ERROR]
            )
        this.readAt = now
        const isWarm = now - this.answersSince >= PMSA003I_WARM_UP_MS
        for (let i = 0; i < this.channels.length; i++) {
            const at = i < MASSES ? this.firstByte + 2 * i : PMSA003I_COUNTS + 2 * (i - MASSES)
            this.put(i, wordAt(frame, at))
            if (i < MASSES && this.values[i] > PMSA003I_EFFECTIVE)
                this.qualities[i] = QUALITY_SATURATED
            if (!isWarm) this.qualities[i] = QUALITY_WARMING_UP
        }
    }
}

function wordAt(frame: Buffer, at: number): number {
    return (frame[at] << 8) | frame[at + 1]
}

/** Start, length, and the sum of all bytes before the last two. */
function isFrame(frame: Buffer): boolean {
    if (wordAt(frame, 0) !== PMSA003I_START || wordAt(frame, 2) !== PMSA003I_LENGTH) return false
    let sum = 0
    for (let i = 0; i < PMSA003I_SUM; i++) sum += frame[i]
    return sum === wordAt(frame, PMSA003I_SUM)
}

function channelsOf(options: PMSA003IOptions): Channel[] {
    const prefix = options?.prefix
    const channels = [
        particleMassChannel(prefix, "pm1", 1, PMSA003I_MAX),
        particleMassChannel(prefix, "pm25", 1, PMSA003I_MAX),
        particleMassChannel(prefix, "pm10", 1, PMSA003I_MAX),
    ]
    if (options?.counts === true)
        for (const size of SIZES) channels.push(particleCountChannel(prefix, "particles_" + size))
    return channels
}
