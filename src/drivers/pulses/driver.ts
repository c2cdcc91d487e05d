import * as ds from "@devicescript/core"
import { Channel } from "../../core/channel.js"
import { mulDiv } from "../../core/fixed.js"
import { QUALITY_NOT_READY } from "../../core/quality.js"
import { EventCounter } from "../../core/sampling/events.js"
import { eventCountChannel, frequencyChannel } from "../shared/channels.js"
import { ServiceDriver, ServiceOptions } from "../shared/pins/service-driver.js"

// jacdac-c, services/rotaryencoder.c: four quarter steps per pulse in an int32,
// shifted right by two: the count comes around after 2³⁰ pulses.
const COUNT_MODULUS = 1073741824
const READING_BYTES = 4
/** Pulses between two samples; more is a service that began anew. Nine hours of 500 Hz. */
const LARGEST_STEP = 16777216
/** Shorter times between two samples say nothing about a rate, ms. */
const SHORTEST_MS = 200

/** mHz that the fastest board can count: 500 Hz, half of its 1,000 looks a second. */
export const MAX_FREQUENCY = 500000

/**
 * Counts what a {@link ds.RotaryEncoder} service sees that has the same pin twice: one
 * count per whole pulse. Base of what counts pulses.
 */
export abstract class PulseDriver extends ServiceDriver {
    /** Pulses since the program's start; comes around to 0 behind 2³¹ − 1. */
    protected total = 0
    /** Pulses between the last two samples … */
    protected step = 0
    /** … and the time between them, ms; 0 = there was no sample before. */
    protected stepMs = 0

    private readonly counter = new EventCounter(COUNT_MODULUS, LARGEST_STEP)
    private lastMs = 0
    private isFirst = true

    constructor(part: string, role: ds.RotaryEncoder, channels: Channel[]) {
        super(part, role, channels)
    }

    protected override async begin(): Promise<void> {
        this.isFirst = true
    }

    protected override async collect(): Promise<void> {
        const payload = await this.ask(READING_BYTES)
        const now = ds.millis()
        this.step = this.counter.update(payload.getAt(0, "i32") & (COUNT_MODULUS - 1))
        this.total = (this.total + this.step) & 0x7fffffff
        this.stepMs = this.isFirst ? 0 : now - this.lastMs
        this.isFirst = false
        this.lastMs = now
        this.show()
    }

    /** Fills the values from {@link total}, {@link step} and {@link stepMs}. */
    protected abstract show(): void

    /** Mean rate between the last two samples, mHz; undefined while there is none. */
    protected rate(): number {
        if (this.stepMs < SHORTEST_MS) return undefined
        return mulDiv(this.step, 1000000, this.stepMs)
    }
}

/**
 * Pulses on a pin: their number since the start and their mean rate since the sample
 * before (0.001 Hz).
 *
 * @devsPart Pulses on a pin
 * @devsServices rotaryencoder
 */
export class PulseCounter extends PulseDriver {
    constructor(role: ds.RotaryEncoder, options?: ServiceOptions) {
        super("Pulses on a pin", role, [
            eventCountChannel(options?.prefix, "pulses", "pulseCount"),
            frequencyChannel(options?.prefix, MAX_FREQUENCY),
        ])
    }

    protected override show(): void {
        this.put(0, this.total)
        const rate = this.rate()
        if (rate === undefined) this.qualities[1] = QUALITY_NOT_READY
        else this.put(1, rate)
    }
}
