import * as ds from "@devicescript/core"
import { wait } from "../shared/driver.js"
import { StateDriver, StateOptions } from "../shared/pins/state-driver.js"

const CONTACT_NAMES = {
    state: "contact",
    stateQuantity: "contact",
    count: "closings",
    countQuantity: "closingCount",
}
const READING_BYTES = 2
const DEFAULT_DEBOUNCE_MS = 50

export interface ContactOptions extends StateOptions {
    /** Changes that come sooner after a change are bouncing, ms, 0 … 1,000; default 50. */
    debounceMs?: number
}

/**
 * A contact on a pin, as a button service tells it: 1 = closed, and how often it was closed.
 *
 * @devsPart Reed switch, door contact, float switch
 * @devsServices button
 */
export class Contact extends StateDriver {
    private readonly debounceMs: number
    private changedMs = -1000

    /** @throws RangeError when debounceMs is out of range */
    constructor(role: ds.Button, options?: ContactOptions) {
        super("Contact", role, READING_BYTES, CONTACT_NAMES, options)
        const debounceMs = options?.debounceMs ?? DEFAULT_DEBOUNCE_MS
        if (debounceMs < 0 || debounceMs > 1000)
            throw new RangeError("debounceMs must be 0 to 1000 ms, got " + debounceMs)
        this.debounceMs = debounceMs
        const self = this
        role.down.subscribe(async () => {
            if (self.isSteady()) self.began()
        })
        role.up.subscribe(async () => {
            if (self.isSteady()) self.ended()
        })
    }

    /** A sample waits for the end of the bouncing, above all one that a change asked for. */
    protected override async settle(): Promise<void> {
        const left = this.debounceMs - (ds.millis() - this.changedMs)
        if (left > 0) await wait(left)
    }

    protected override state(): boolean {
        return this.isActive
    }

    /** Whether this change is not the bouncing of the one before. */
    private isSteady(): boolean {
        const now = ds.millis()
        if (now - this.changedMs < this.debounceMs) return false
        this.changedMs = now
        return true
    }
}
