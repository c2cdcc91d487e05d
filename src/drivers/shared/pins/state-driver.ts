import * as ds from "@devicescript/core"
import { eventCountChannel, stateChannel } from "../channels.js"
import { SensorError } from "../driver.js"
import { QUALITY_WARMING_UP, QUALITY_WRONG_PART } from "../../../core/quality.js"
import { ServiceDriver, ServiceOptions } from "./service-driver.js"

/** Events come at most this late: they are repeated after 20 and after 100 ms. */
const LATE_EVENT_MS = 200

/** Options of drivers of what is or is not. */
export interface StateOptions extends ServiceOptions {
    /** Whether each change gives a row of its own at once; default true. */
    events?: boolean
}

/** How a part's two channels are called. */
export interface StateNames {
    /** "1 while …" */
    state: string
    stateQuantity: string
    /** How often it began. */
    count: string
    countQuantity: string
}

/**
 * Base of drivers of services that know two states. Changes come as events, so that
 * none between two samples is missed; each sample also asks for the state itself.
 */
export abstract class StateDriver extends ServiceDriver {
    /** Now, as far as is known. */
    protected isActive = false
    /** It was active at some time since the sample before. */
    protected wasActive = false
    /** From the board's start on, with which the part gets its power, readings are "warming up" for so long, ms. */
    protected settlingMs = 0
    private count = 0
    /** When a beginning was noticed without its event. */
    private noticedMs = 0 - LATE_EVENT_MS
    /** Whether each change gives a row of its own at once. */
    hasEvents: boolean
    private readonly readingBytes: number

    /** @param readingBytes bytes of the service's reading; 0 in all of them is inactive */
    constructor(
        part: string,
        role: ds.Role,
        readingBytes: number,
        names: StateNames,
        options: StateOptions
    ) {
        super(part, role, [
            stateChannel(options?.prefix, names.state, names.stateQuantity),
            eventCountChannel(options?.prefix, names.count, names.countQuantity),
        ])
        this.readingBytes = readingBytes
        this.hasEvents = options?.events ?? true
    }

    /** The service told that it begins: once more, even if nobody told of the end before. */
    protected began(): void {
        // A reading was faster than the event.
        if (ds.millis() - this.noticedMs < LATE_EVENT_MS) return
        this.count = (this.count + 1) & 0x7fffffff
        this.isActive = true
        this.wasActive = true
        this.tell()
    }

    /** The service told that it ends. */
    protected ended(): void {
        if (!this.isActive) return
        this.isActive = false
        this.tell()
    }

    /** Waits until the state can be asked for. */
    protected async settle(): Promise<void> {}

    protected override async collect(): Promise<void> {
        await this.settle()
        const payload = await this.ask(this.readingBytes)
        const first = payload[0]
        for (let i = 1; i < this.readingBytes; i++)
            if (payload[i] !== first) throw this.wrong(payload[i])
        if (first !== 0 && first !== (this.readingBytes === 1 ? 1 : 255)) throw this.wrong(first)
        const isActive = first !== 0
        // It began before anybody listened, or the event got lost.
        if (isActive && !this.isActive) {
            this.count = (this.count + 1) & 0x7fffffff
            this.noticedMs = ds.millis()
        }
        this.isActive = isActive
        if (isActive) this.wasActive = true
        this.put(0, this.state() ? 1 : 0)
        this.put(1, this.count)
        if (ds.millis() < this.settlingMs) {
            this.qualities[0] = QUALITY_WARMING_UP
            this.qualities[1] = QUALITY_WARMING_UP
        }
        this.wasActive = this.isActive
    }

    /** What the first channel shows. */
    protected abstract state(): boolean

    private tell(): void {
        if (this.hasEvents && this.onEvent !== undefined) this.onEvent(this)
    }

    private wrong(byte: number): SensorError {
        return new SensorError(QUALITY_WRONG_PART, this.part + ": its reading holds " + byte)
    }
}
