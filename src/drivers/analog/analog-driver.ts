import * as ds from "@devicescript/core"
import { Channel } from "../../core/channel.js"
import { QUALITY_SATURATED, QUALITY_UNCALIBRATED } from "../../core/quality.js"
import { wait } from "../shared/driver.js"
import { ServiceDriver, ServiceOptions } from "../shared/pins/service-driver.js"
import { Line, onLine, TOP_READING } from "./conversion.js"

const READING_BYTES = 2
const DEFAULT_SAMPLES = 8
/** jacdac-c, services/analogsensor.c: a conversion each 9 ms, the first one after the first request. */
const FIRST_MS = 30

export interface AnalogOptions extends ServiceOptions {
    /** Readings that one value is the mean of, 1 … 64; default 8. Each takes about 20 ms. */
    samples?: number
}

/** Services that give the voltage of a pin as a share of the full scale. */
export type AnalogRole =
    ds.Potentiometer | ds.SoilMoisture | ds.SoundLevel | ds.WaterLevel | ds.LightLevel

/** Base of drivers of analog pins: one channel on a line through two calibrated points. */
export abstract class AnalogDriver extends ServiceDriver {
    private readonly line: Line
    private readonly isCalibrated: boolean
    private readonly samples: number

    /**
     * @param line in steps of the channel
     * @param isCalibrated false: values are marked so
     * @throws RangeError when samples is out of range
     */
    constructor(
        part: string,
        role: AnalogRole,
        channel: Channel,
        line: Line,
        isCalibrated: boolean,
        options: AnalogOptions
    ) {
        super(part, role, [channel])
        const samples = options?.samples ?? DEFAULT_SAMPLES
        if (samples < 1 || samples > 64)
            throw new RangeError("samples must be 1 to 64, got " + samples)
        this.line = line
        this.isCalibrated = isCalibrated
        this.samples = Math.floor(samples)
    }

    /** What the service gives at first was not measured. */
    protected override async begin(): Promise<void> {
        await this.ask(READING_BYTES)
        await wait(FIRST_MS)
    }

    protected override async collect(): Promise<void> {
        let sum = 0
        let isAtEnd = false
        for (let i = 0; i < this.samples; i++) {
            let reading = await this.reading()
            // A service that has just begun anew gives 0 once.
            if (reading === 0) reading = await this.reading()
            if (reading === 0 || reading >= TOP_READING) isAtEnd = true
            sum += reading
        }
        this.put(0, onLine(sum, this.samples, this.line))
        if (!this.isCalibrated) this.qualities[0] = QUALITY_UNCALIBRATED
        if (isAtEnd) this.qualities[0] = QUALITY_SATURATED
        this.limit()
    }

    private async reading(): Promise<number> {
        const payload = await this.ask(READING_BYTES)
        return payload.getAt(0, "u16")
    }

    /** For values that the line must not leave. */
    protected limit(): void {}
}
