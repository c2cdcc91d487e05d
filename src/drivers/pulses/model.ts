/**
 * The rotary encoder service of the board's firmware with the same pin for both of its
 * inputs, so that it counts pulses. jacdac-c, services/rotaryencoder.c: quarter steps by
 * a table, the count is a quarter of them.
 */
import { type ModelChannel } from "../shared/part-model.js"
import { LOOP_MS, ServiceModel } from "../shared/pins/service-model.js"

const CLICKS_PER_TURN = 0x180
const DEFAULT_CLICKS = 12
/** The count is an int32 of quarter steps, shifted right by two. */
const COUNT_BITS = 30
/** Signals that change are looked at this often, ms. */
const STEP_MS = 1000

/** Steps by the levels before (bits 0, 1) and now (bits 2, 3) of both inputs. */
const STEPS = [0, 1, -1, 2, -1, 0, -2, 1, 1, -2, 0, -1, 2, -1, 1, 0]

/** Counts pulses as the firmware does: looks at the pin each time it is told to. */
export class SampledCounter {
    private levels = 0
    private position = 0

    /** @param level at the start; what was before does not count */
    constructor(level: boolean) {
        this.look(level)
        this.position = 0
    }

    get count(): number {
        return this.position >> 2
    }

    look(level: boolean): void {
        const both = level ? 3 : 0
        this.position = (this.position + STEPS[this.levels | (both << 2)]) | 0
        this.levels = both
    }
}

export interface RotaryEncoderOptions {
    /** How often the firmware looks at the pin, ms; default as on the ESP32 family. */
    readonly loopMs?: number
    /** Count at the first request: after a restart of the program the firmware counts on. */
    readonly firstCount?: number
}

/**
 * Pulses of equal high and low time, up to a tenth below half of the rate at which the
 * firmware looks. What a board makes of faster ones is in sampling.test.ts.
 */
export class RotaryEncoderModel extends ServiceModel {
    readonly part = "Pulses on a pin"
    readonly serviceClass = 0x10fa29c9
    readonly channels: readonly ModelChannel[]
    /**
     * Pulses until a Unix time in ms, in place of the frequency: where it is known when each one comes.
     */
    total: ((unixMs: number) => number) | undefined

    private readonly firstCount: number
    /** Pulses since the first request; a fraction is a pulse in progress. */
    private pulses = 0
    private countedTo = 0
    /** Since the board was switched on: what the count grew by between two requests. */
    private told = 0
    private toldCount = 0
    private toldPulses = 0
    private toldMs = 0

    constructor(options: RotaryEncoderOptions = {}) {
        super()
        const max = (0.9 * 500) / (options.loopMs ?? LOOP_MS.esp32)
        this.channels = [{ name: "frequency", unit: "Hz", min: 0, max, epsilon: 0 }]
        this.firstCount = options.firstCount ?? 0
    }

    protected powerUp(): void {
        this.pulses = this.firstCount
        this.toldCount = this.firstCount
        this.toldPulses = this.firstCount
        this.toldMs = this.nowMs
        if (this.starts === 1) this.told = 0
    }

    protected override wake(): void {
        this.countedTo = this.nowMs
    }

    protected override beforeFeed(): void {
        if (this.bus !== undefined) this.countUpTo(this.bus.now())
    }

    protected reading(): Uint8Array {
        this.countUpTo(this.nowMs)
        const count = Math.floor(this.pulses)
        this.told += count - this.toldCount
        this.toldCount = count
        this.handOut("pulses", this.told)
        const ms = this.nowMs - this.toldMs
        if (ms > 0) this.handOut("frequency", ((this.pulses - this.toldPulses) * 1000) / ms)
        this.handOut("interval", ms)
        this.toldPulses = this.pulses
        this.toldMs = this.nowMs
        const bytes = Buffer.alloc(4)
        bytes.writeInt32LE((count << (32 - COUNT_BITS)) >> (32 - COUNT_BITS))
        return bytes
    }

    protected register(code: number): Uint8Array | undefined {
        return code === CLICKS_PER_TURN ? Uint8Array.of(DEFAULT_CLICKS, 0) : undefined
    }

    private countUpTo(unixMs: number): void {
        if (!this.isAwake) return
        if (this.total !== undefined) {
            const came = this.total(unixMs) - this.total(this.countedTo)
            if (!this.faults.stuckValue) this.pulses += came
            this.countedTo = unixMs
        }
        while (this.countedTo < unixMs) {
            const ms = Math.min(STEP_MS, unixMs - this.countedTo)
            const frequency = this.inputAt("frequency", this.countedTo + ms / 2)
            if (!this.faults.stuckValue) this.pulses += (frequency * ms) / 1000
            this.countedTo += ms
        }
    }
}
