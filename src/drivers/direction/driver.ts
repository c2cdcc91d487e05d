import * as ds from "@devicescript/core"
import { DirectionCount } from "../../core/derived/direction.js"
import { isGap } from "../../core/quality.js"
import { Contact } from "../contact/driver.js"
import { eventCountChannel } from "../shared/channels.js"
import { SensorError } from "../shared/driver.js"
import { ServiceDriver, ServiceOptions } from "../shared/pins/service-driver.js"

const READING_BYTES = 2
const FIRST = 0
const SECOND = 1
// The firmware looks each 10 ms: a difference of one look is none.
const DEFAULT_TOGETHER_MS = 20
const DEFAULT_APART_MS = 1500
const DEFAULT_QUIET_MS = 80

export interface DirectionOptions extends ServiceOptions {
    /** The contact or light barrier that somebody meets first on the way in; its changes give no rows then. */
    first: Contact
    /** A passage opens the contacts in place of closing them: PIR modules, contacts that are normally closed; default false. */
    opens?: boolean
    /** Inputs that change within a shorter time change at once, ms, 10 … 1,000; default 20. */
    togetherMs?: number
    /** Longest time between leaving one input and reaching the other, ms, 100 … 10,000; default 1,500. */
    apartMs?: number
    /** With both inputs quiet for so long somebody has passed, ms, 50 … 5,000; default 80. */
    quietMs?: number
}

/**
 * Passages and their direction, by two contacts or light barriers one behind the other:
 * this one is the second. Counts since the start. No single passage gives a row of its
 * own: nothing shows when somebody passed, but in which interval.
 *
 * @devsPart Second of two inputs
 * @devsServices button
 */
export class Direction extends ServiceDriver {
    private readonly first: Contact
    private readonly opens: boolean
    private readonly passages: DirectionCount

    /** @throws RangeError when a time is out of range, or the first input is no contact */
    constructor(role: ds.Button, options?: DirectionOptions) {
        super("Direction by two inputs", role, [
            eventCountChannel(options?.prefix, "count_in", "passageCount"),
            eventCountChannel(options?.prefix, "count_out", "passageCount"),
            eventCountChannel(options?.prefix, "count_unclear", "passageCount"),
        ])
        this.first = options?.first
        this.opens = options?.opens ?? false
        this.passages = new DirectionCount(
            checked("togetherMs", options?.togetherMs ?? DEFAULT_TOGETHER_MS, 10, 1000),
            checked("apartMs", options?.apartMs ?? DEFAULT_APART_MS, 100, 10000),
            checked("quietMs", options?.quietMs ?? DEFAULT_QUIET_MS, 50, 5000)
        )
        this.watch(SECOND, role)
        if (this.first === undefined) return
        if (!(this.first instanceof Contact)) throw new RangeError("first must be a contact")
        this.first.hasEvents = false
        this.watch(FIRST, this.first.role as ds.Button)
    }

    protected override async collect(): Promise<void> {
        const payload = await this.ask(READING_BYTES)
        if (this.first !== undefined) {
            const quality = this.first.qualities[0]
            if (isGap(quality)) throw new SensorError(quality, this.part + ": no first input")
            // What an event that got lost would have told.
            this.see(FIRST, this.first.values[0] !== 0)
        }
        this.see(SECOND, payload[0] !== 0)
        this.passages.settle(ds.millis())
        this.put(0, this.passages.inwards)
        this.put(1, this.passages.outwards)
        this.put(2, this.passages.unclear)
    }

    private watch(input: number, role: ds.Button): void {
        const self = this
        role.down.subscribe(async () => self.see(input, true))
        role.up.subscribe(async () => self.see(input, false))
    }

    private see(input: number, isClosed: boolean): void {
        this.passages.change(input, isClosed !== this.opens, ds.millis())
    }
}

/** @throws RangeError when it is out of range */
function checked(name: string, ms: number, min: number, max: number): number {
    if (ms < min || ms > max)
        throw new RangeError(name + " must be " + min + " to " + max + " ms, got " + ms)
    return ms
}
