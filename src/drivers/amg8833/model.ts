/**
 * Register model of Panasonic AMG8833 (Grid-EYE).
 * "Infrared Array Sensor Grid-EYE (AMG88)", reference specifications: registers, start-up 50 ms, frame
 * rates. Interrupts only keep their settings. A frame is whole: whether the part's can tear is not stated.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { RegisterMapModel, type RegisterRule } from "../shared/registers/register-map-model.js"

const POWER = 0x00
const RESET = 0x01
const FRAME_RATE = 0x02
const THERMISTOR = 0x0e
const PIXELS = 0x80
const SLEEP = 0x10
const WAKE_MS = 50
/** Slowest clock; no tolerance is stated. */
const SLOWEST = 0.95
/** The spot: 2 × 2 pixels in the middle. */
const SPOT = [27, 28, 35, 36]

function level(name: string, mask = 0xff): RegisterRule {
    return { name, writable: true, mask }
}

export class AMG8833Model extends RegisterMapModel {
    readonly part = "Panasonic AMG8833"
    readonly channels: readonly ModelChannel[] = [
        { name: "background", unit: "Cel", min: -20, max: 100, epsilon: 0.125 },
        { name: "spot", unit: "Cel", min: -20, max: 100, epsilon: 0.125 },
        { name: "housing_temperature", unit: "Cel", min: -20, max: 80, epsilon: 0.03125 },
    ]
    /** Temperature of each pixel, °C; default: the spot in front of the background. */
    scene: ((pixel: number, unixMs: number) => number) | undefined
    protected readonly rules: ReadonlyMap<number, RegisterRule> = new Map<number, RegisterRule>([
        [POWER, { name: "PCTL", writable: true, mask: 0x31 }],
        [RESET, { name: "RST", writable: true, readable: false }],
        [FRAME_RATE, { name: "FPSC", writable: true, mask: 0x01 }],
        [0x03, { name: "INTC", writable: true, mask: 0x03 }],
        [0x04, { name: "STAT" }],
        [0x05, { name: "SCLR", writable: true, readable: false, mask: 0x0e }],
        [0x07, { name: "AVE", writable: true, mask: 0x20 }],
        [0x08, level("INTHL")],
        [0x09, level("INTHH", 0x0f)],
        [0x0a, level("INTLL")],
        [0x0b, level("INTLH", 0x0f)],
        [0x0c, level("IHYSL")],
        [0x0d, level("IHYSH", 0x0f)],
        [THERMISTOR, { name: "TTHL" }],
        [THERMISTOR + 1, { name: "TTHH" }],
        ...Array.from({ length: 8 }, (_, i) => [0x10 + i, { name: "INT" }] as const),
        [0x1f, { name: "AVE unlock", writable: true, readable: false }],
        ...Array.from({ length: 128 }, (_, i) => [PIXELS + i, { name: "pixel" }] as const),
    ])
    /** When the frames began. */
    private startedAt = 0
    private awakeAt = 0
    private truth = new Map<string, number>()

    constructor(address = 0x69) {
        super(address)
    }

    protected override powerUp(): void {
        super.powerUp()
        this.awakeAt = this.nowMs + WAKE_MS
        this.restart()
    }

    protected override written(address: number, value: number): void {
        if (this.nowMs < this.awakeAt) this.illegal("access within 50 ms of power-up or sleep")
        if (address === RESET && value === 0x3f) {
            for (const register of [...this.rules.keys()].filter(r => r !== POWER))
                this.registers[register] = 0
            this.restart()
        } else if (address === RESET && value !== 0x30) this.illegal(`${value} is no reset`)
        if (address !== POWER) return
        if (value === SLEEP) this.truth = new Map()
        this.awakeAt = this.nowMs + WAKE_MS
        this.restart()
    }

    protected override beforeRead(address: number): void {
        this.advance()
        if (address === THERMISTOR) this.giveOut("housing_temperature")
        if (address !== PIXELS) return
        this.giveOut("background")
        this.giveOut("spot")
    }

    private giveOut(name: string): void {
        const value = this.truth.get(name)
        if (value !== undefined) this.handOut(name, value)
    }

    private restart(): void {
        this.startedAt = this.nowMs
        this.truth = new Map()
    }

    private advance(): void {
        const period = (this.registers[FRAME_RATE] === 1 ? 1000 : 100) / SLOWEST
        const frames = Math.floor((this.nowMs - this.startedAt) / period)
        if (frames < 1 || this.registers[POWER] === SLEEP || this.faults.stuckBusy) return
        const at = this.startedAt + frames * period
        for (const { name } of this.channels) this.truth.set(name, this.inputAt(name, at))
        const [background, spot, housing] = this.channels.map(
            ({ name }) => this.truth.get(name) as number
        )
        const scene = this.scene ?? (pixel => (SPOT.includes(pixel) ? spot : background))
        for (let pixel = 0; pixel < 64; pixel++)
            this.setLow(PIXELS + 2 * pixel, Math.round(scene(pixel, at) * 4) & 0xfff)
        const steps = Math.round(Math.abs(housing) * 16)
        this.setLow(THERMISTOR, housing < 0 ? 0x800 | steps : steps)
    }

    /** Sets a register of 16 bits, low byte at the lower address. */
    private setLow(address: number, word: number): void {
        this.registers[address] = word & 0xff
        this.registers[address + 1] = word >> 8
    }
}
