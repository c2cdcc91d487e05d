import * as ds from "@devicescript/core"
import { Channel } from "../../../core/channel.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_STALE,
    QUALITY_WARMING_UP,
    isGap,
} from "../../../core/quality.js"
import { gasIndexChannel } from "../channels.js"
import { LEARNED_STATE_AT, Learned } from "../learned.js"
import { SensorDriver } from "../driver.js"
import { SGP4x } from "../../sgp4x/driver.js"
import { GasIndex, NOX, VOC } from "./gas-index.js"
import { sleep } from "../../../scheduler/scheduler.js"

/** What was learned of a place counts after an interruption of at most this: limit of the reference, ms. */
const FORGET_MS = 600_000
/** Time until the specifications are met, of VOC and NOx: SGP40, table 1; SGP41, tables 1 and 2. */
const SETTLE_MS = [3600_000, 6 * 3600_000]
/** Longest wait for the loop's end: a sample of an SGP41 that is conditioned, ms. */
const LOOP_END_MS = 12_000
const NAP_MS = 1000
const POLL_MS = 20

/**
 * An SGP40 or SGP41 with `voc_index`, and for the SGP41 `nox_index`, after its raw signals.
 * The index needs a sample every 1 or 10 s, whatever the station does: a fiber of its own
 * samples the part from the first {@link init} to {@link close}, and the station gets the
 * newest result. A failed sample is left out of the index and counted in {@link errors}.
 *
 *     sensors: [climate, new GasIndexDriver(new SGP41(bus, { climate }))]
 */
export class GasIndexDriver extends SensorDriver {
    /** Set by keepLearned: what VOC learned outlives a restart. */
    learned: Learned = undefined

    private readonly indices: GasIndex[]
    private readonly intervalMs: number
    private readonly newestValues: number[] = []
    private readonly newestQualities: number[] = []
    private hasResult = false
    private isNew = false
    private isRunning = false
    private isLooping = false
    private lastReading = 0
    /** Since when the indices learn, ms. */
    private learnsSince = 0
    /** Whether VOC goes on from before the boot. */
    private isRestored = false

    /**
     * @param gas the part's driver; nobody else may sample it
     * @param seconds between two samples of the part: 1 (default) or 10
     * @throws RangeError for other times
     */
    constructor(
        private readonly gas: SGP4x,
        seconds?: number
    ) {
        super(gas.part, undefined, gas.address, channelsOf(gas))
        const every = seconds ?? 1
        this.intervalMs = 1000 * every
        this.indices = [new GasIndex(VOC, every)]
        if (gas.channels.length > 1) this.indices.push(new GasIndex(NOX, every))
    }

    /** Starts the loop; the first result is there a second later, of an SGP41 ten. */
    protected override async setup(): Promise<void> {
        this.isRunning = true
        if (!this.isLooping) {
            this.isLooping = true
            this.loop.start()
        }
    }

    /** Takes the newest result; the same one never twice. */
    protected override async measure(): Promise<void> {
        if (!this.hasResult) return
        for (let i = 0; i < this.channels.length; i++) {
            this.values[i] = this.newestValues[i]
            this.qualities[i] = this.isNew ? this.newestQualities[i] : QUALITY_STALE
        }
        this.isNew = false
    }

    protected override async idle(): Promise<void> {
        this.isRunning = false
        for (let waited = 0; this.isLooping && waited < LOOP_END_MS; waited += POLL_MS)
            await sleep(POLL_MS)
        this.hasResult = false
        await this.gas.close()
    }

    private async loop(): Promise<void> {
        let due = ds.millis()
        while (this.isRunning) {
            try {
                await this.gas.sample()
                this.takeSample()
            } catch (e) {
                this.errors++
                this.lastError = e instanceof Error ? e.message : "unknown error"
            }
            // A sample that took longer, for the part was set up, delays those after it.
            due = Math.max(due + this.intervalMs, ds.millis())
            while (this.isRunning && ds.millis() < due)
                await sleep(Math.min(due - ds.millis(), NAP_MS))
        }
        this.isLooping = false
    }

    private takeSample(): void {
        const gas = this.gas
        const count = this.indices.length
        this.identity = gas.identity
        this.errors = gas.errors
        this.lastError = gas.lastError
        const isReading = !isGap(gas.qualities[0])
        const now = ds.millis()
        const isForgotten = isReading && now - this.lastReading > FORGET_MS
        if (isReading) this.lastReading = now
        if (isForgotten || this.learnsSince === 0) this.learnsSince = now
        if (isForgotten) {
            this.isRestored = false
            for (const index of this.indices) index.reset()
        }
        if (isReading && this.learned !== undefined) this.remember(this.learned)
        for (let i = 0; i < count; i++) {
            const value = gas.values[i]
            const quality = gas.qualities[i]
            this.newestValues[i] = value
            this.newestQualities[i] = quality
            this.newestQualities[count + i] = quality
            if (!isReading) continue
            const index = this.indices[i].process(value)
            this.newestValues[count + i] = index
            if (index === 0) this.newestQualities[count + i] = QUALITY_NOT_READY
            else if (i === VOC && this.isRestored) continue
            else if (quality === QUALITY_OK && now - this.learnsSince < SETTLE_MS[i])
                this.newestQualities[count + i] = QUALITY_WARMING_UP
        }
        this.hasResult = true
        this.isNew = true
    }

    /** Goes on from before the boot, or lets the state be kept. */
    private remember(learned: Learned): void {
        const voc = this.indices[VOC]
        if (learned.isEarlier && learned.fits(this.identity)) {
            voc.restore(learned.record, LEARNED_STATE_AT)
            learned.isEarlier = false
            this.isRestored = true
        } else if (voc.isSettled() && learned.isDue()) {
            voc.save(learned.record, LEARNED_STATE_AT)
            learned.sign(this.identity)
        }
    }
}

function channelsOf(gas: SGP4x): Channel[] {
    const channels: Channel[] = []
    for (const channel of gas.channels) channels.push(channel)
    channels.push(gasIndexChannel(gas.prefix, "voc_index", "vocIndex"))
    if (gas.channels.length > 1) channels.push(gasIndexChannel(gas.prefix, "nox_index", "noxIndex"))
    return channels
}
