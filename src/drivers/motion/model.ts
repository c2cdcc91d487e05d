/** The motion service of the board's firmware: jacdac-c, services/motion.c. */
import { StateModel } from "../shared/pins/state-model.js"

const LOOK_MS = 128
const EVENT_MOVEMENT = 0x01
const EVENT_INACTIVE = 0x02
const MAX_DISTANCE = 0x180
const ANGLE = 0x181
const VARIANT = 0x107

export class MotionModel extends StateModel {
    readonly part = "PIR motion sensor"
    readonly serviceClass = 0x1179a749

    constructor() {
        super("motion", "movements", LOOK_MS)
    }

    protected reading(): Uint8Array {
        this.handOutState()
        return Uint8Array.of(this.isActive ? 1 : 0)
    }

    protected changed(): void {
        this.event(this.isActive ? EVENT_MOVEMENT : EVENT_INACTIVE)
    }

    protected register(code: number): Uint8Array | undefined {
        // 12 m as 16.16, 120°, passive infrared.
        if (code === MAX_DISTANCE) return Uint8Array.of(0, 0, 12, 0)
        if (code === ANGLE) return Uint8Array.of(120, 0)
        return code === VARIANT ? Uint8Array.of(1) : undefined
    }
}
