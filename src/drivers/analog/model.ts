/** The services for analog pins of the board's firmware: jacdac-c, services/analogsensor.c. */
import { type ModelChannel } from "../shared/part-model.js"
import { ServiceModel } from "../shared/pins/service-model.js"

const VARIANT = 0x107

/** Classes of the services that differ in nothing else. */
export const ANALOG_CLASSES = {
    potentiometer: 0x1f274746,
    soilMoisture: 0x1d4aa3b3,
    soundLevel: 0x14ad1a5d,
} as const

export interface AnalogModelOptions {
    /** What is on the pin. */
    readonly part: string
    readonly service: keyof typeof ANALOG_CLASSES
    readonly input: Omit<ModelChannel, "epsilon">
    /** Share of the full scale that the input gives, 0 … 1. */
    readonly share: (input: number) => number
    /** Of the converter: 12 (RP2040, ESP32, C3, S3) or 13 (S2); default 12. */
    readonly bits?: number
}

export class AnalogModel extends ServiceModel {
    readonly part: string
    readonly serviceClass: number
    readonly channels: readonly ModelChannel[]
    private readonly codes: number

    constructor(private readonly options: AnalogModelOptions) {
        super()
        this.part = options.part
        this.serviceClass = ANALOG_CLASSES[options.service]
        this.codes = 2 ** (options.bits ?? 12)
        const { min, max } = options.input
        const slope = Math.abs(options.share(max) - options.share(min)) / (max - min)
        // The converter cuts off: up to one of its own steps, and the highest code is one below the end.
        this.channels = [{ ...options.input, epsilon: 1 / this.codes / slope }]
    }

    protected powerUp(): void {
        // Its one state is that nobody asked yet.
    }

    /** Before the first conversion it gives 0. */
    protected reading(): Uint8Array {
        const bytes = Buffer.alloc(2)
        if (!this.isAwake) return bytes
        const { name } = this.options.input
        const value = this.input(name)
        const code = Math.floor(this.options.share(value) * this.codes)
        const limited = Math.min(this.codes - 1, Math.max(0, code))
        bytes.writeUInt16LE(limited * (65536 / this.codes))
        this.handOut(name, value)
        return bytes
    }

    protected register(code: number): Uint8Array | undefined {
        return code === VARIANT ? Uint8Array.of(0) : undefined
    }
}
