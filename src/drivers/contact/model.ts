/** The button service of the board's firmware: jacdac-c, services/button.c. */
import { LOOP_MS } from "../shared/pins/service-model.js"
import { StateModel } from "../shared/pins/state-model.js"

/** The service looks each 9 ms, but not more often than the firmware's loop turns. */
const LOOK_MS = 9
const HOLD_MS = 500
const EVENT_DOWN = 0x01
const EVENT_UP = 0x02
const EVENT_HOLD = 0x81

export class ContactModel extends StateModel {
    readonly part = "Contact"
    readonly serviceClass = 0x1473a263
    private downMs = 0
    private presses = 0

    /** @param loopMs how often the firmware's loop turns; default as on the ESP32 family */
    constructor(loopMs: number = LOOP_MS.esp32) {
        super("contact", "closings", Math.max(LOOK_MS, loopMs))
    }

    protected reading(): Uint8Array {
        this.handOutState()
        const byte = this.isActive ? 0xff : 0
        return Uint8Array.of(byte, byte)
    }

    protected changed(): void {
        this.presses++
        if (this.isActive) {
            this.downMs = this.nowMs
            this.event(EVENT_DOWN)
            this.hold(this.presses)
        } else {
            this.event(EVENT_UP, this.pressedFor())
        }
    }

    protected register(): Uint8Array | undefined {
        return undefined
    }

    private hold(press: number): void {
        this.bus?.after(HOLD_MS, () => {
            if (press !== this.presses || !this.isActive) return
            this.nowMs = this.bus?.now() ?? 0
            this.event(EVENT_HOLD, this.pressedFor())
            this.hold(press)
        })
    }

    private pressedFor(): Uint8Array {
        const ms = Buffer.alloc(4)
        ms.writeUInt32LE(Math.round(this.nowMs - this.downMs))
        return ms
    }
}
