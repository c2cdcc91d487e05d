/**
 * Register model of ST VL53L1X: datasheet DocID031281 revision 3 (boot and timing), the
 * registers that ST lists for its "ultra lite driver" (UM2510): which of them a user may
 * set, and what the others have to hold; names and contents after reset: ST's full API,
 * vl53l1_register_map.h. Not modelled, and logged: gradients of crosstalk, another address.
 */
import {
    RegisterModel,
    TRANSFER_NACK_ADDRESS,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"

const SOFT_RESET = 0x0000
const OSCILLATOR = 0x06
const CROSSTALK = 0x16
const OFFSET = 0x1e
const CONFIG_FIRST = 0x2d
const CONFIG_LAST = 0x87
const MUX_CTRL = 0x30
const DATA_READY = 0x31
const TIMEOUT_A = 0x5e
const PERIOD_A = 0x60
const TIMEOUT_B = 0x61
const PERIOD_B = 0x63
const INTERVAL = 0x6c
const MODE_START = 0x87
const RESULT = 0x89
const RESULT_LAST = 0x99
const CALIBRATION = 0xde
const FIRMWARE_STATUS = 0xe5
const MODEL_ID = 0x10f
const CENTRE = 0x13e
const SIZE = 0x200
/** Starts: once; one after the other; at the interval of the register. */
const SINGLE = 0x10
const BACK_TO_BACK = 0x20
const TIMED = 0x40
const ABORT = 0x80
/** Ticks of the interval in a ms; each part has its own. */
const TICKS_PER_MS = 0x02a0

/** Boot after power-up or reset, ms. */
const BOOT_MS = 1.2
/** A ranging takes its budget and the start and end of the sequence, ms. */
const OVERHEAD_MS = 5
/** Effective detectors in 8.8 bits; the part chooses them by the light. */
const SPADS = 0x4680

/** What ST lists for 0x2D … 0x87. */
const LISTED = Buffer.from(
    "000000" +
        "0102000208000810010100000000ff00" +
        "0f0000000000200b0000020a21000005" +
        "00000000c8000038ff010008000001cc" +
        "0f01f10d0168008008b8000000000f89" +
        "00000000000000010f0d0e0e000002c7" +
        "ff9b000000010000",
    "hex"
)
/** Those of them that are not marked "not user-modifiable", or that belong to the mode or the budget. */
const USER = new Set([
    ...[0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x46, 0x4b, 0x69, 0x7f, 0x80, 0x86, 0x87],
    ...[0x5e, 0x5f, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67],
    ...[0x6c, 0x6d, 0x6e, 0x6f, 0x72, 0x73, 0x74, 0x75, 0x78, 0x79, 0x7a, 0x7b],
])
/** Below the configuration: reset, loop bound and start of the detectors' voltage, offsets, target rate. */
const LOW = new Set([0x00, 0x08, 0x0b, 0x16, 0x17, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25])

interface DistanceMode {
    /** Farthest target in the dark, m; with a budget of at least {@link LONG_BUDGET_MS}. */
    readonly farthest: readonly [number, number]
    /** Timeout A → timeout B and budget in ms, as ST lists them. */
    readonly budgets: Readonly<Record<number, readonly [number, number]>>
}

/** From here on the long mode sees to 4 m (2.5.2). */
const LONG_BUDGET_MS = 140

/** By the laser's period A; period B is two less. Distances: tables 6 and 8; that of the medium one: revision 1. */
const MODES: Readonly<Record<number, DistanceMode>> = {
    0x07: {
        farthest: [1.3, 1.3],
        budgets: {
            0x01d: [0x027, 15],
            0x051: [0x06e, 20],
            0x0d6: [0x06e, 33],
            0x1ae: [0x1e8, 50],
            0x2e1: [0x388, 100],
            0x3e1: [0x496, 200],
            0x591: [0x5c1, 500],
        },
    },
    0x0b: { farthest: [2.9, 2.9], budgets: {} },
    0x0f: {
        farthest: [3.6, 4],
        budgets: {
            0x060: [0x06e, 33],
            0x0ad: [0x0c6, 50],
            0x1cc: [0x1ea, 100],
            0x2d9: [0x2f8, 200],
            0x48f: [0x4a4, 500],
        },
    },
}
/** Shortest budget of the short mode, and of the others, ms (2.5.2). */
const SHORTEST_MS = [15, 33]
/** Other timeouts: the budgets that ST lists are those two, 8.5 % and 13 ms, to 2 %. */
const SHARE = 1.085
const REST_MS = 13
/** One step of a period at 11.8 MHz in a macro period of 2304, µs. */
const STEP_US = 6.104

/** Rate that a grey target (17 %) at 1 m gives, kcps for each detector; it falls with the square of the distance. */
const SIGNAL_AT_1_M = 28

/** Where a value lies in the result. */
const RESULTS = [
    ["distance", 0x96],
    ["ambient_rate", 0x90],
] as const

export class VL53L1XModel extends RegisterModel {
    readonly part = "ST VL53L1X"
    readonly channels: readonly ModelChannel[] = [
        { name: "distance", unit: "m", min: 0, max: 6, epsilon: 0.0005 },
        // One count of the rate over all detectors.
        {
            name: "ambient_rate",
            unit: "1/s",
            min: 0,
            max: 7_000_000,
            epsilon: (0.5 * 1e6 * 256) / 128 / SPADS,
        },
    ]

    /** Range status of the next results instead of what follows from the distance; 9 is valid. */
    rangeStatus: number | undefined

    /** Light that a cover glass throws back, kcps for each detector: it makes distances too short. */
    glass = 0
    /** Error of this very part, mm, without what ST stored in it. */
    error = 0
    private readonly registers = new Uint8Array(SIZE)
    private pointer = 0
    private bootedAt = 0
    private isHeldInReset = false
    private hasInterrupt = false
    /** End of the ranging in progress; undefined when there is none. */
    private readyAt: number | undefined
    /** What is in the result and was not read yet. */
    private readonly fresh = new Map<string, number>()

    constructor(address = 0x29) {
        super(address)
    }

    protected powerUp(): void {
        this.pointer = 0
        this.boot()
    }

    /** The block that configures it, with any contents, and a ranging that nobody fetches. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        const block = Array.from({ length: 0x86 - 0x2d }, () => random(256))
        const start = [0x10, 0x40][random(2)]
        return [Uint8Array.of(0x00, 0x2d, ...block), Uint8Array.of(0x00, 0x86, 1, start)]
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        if (this.isBooting()) return TRANSFER_NACK_ADDRESS
        if (bytes.length === 1) {
            this.illegal("index of 1 B; it has 2 B")
            this.pointer = bytes[0] << 8
            return TRANSFER_OK
        }
        this.advance()
        this.pointer = (bytes[0] << 8) | bytes[1]
        for (const byte of bytes.subarray(2)) this.writeOne(this.pointer++, byte)
        return TRANSFER_OK
    }

    protected onRead(length: number): Uint8Array | undefined {
        if (this.isBooting()) return undefined
        this.advance()
        const data = new Uint8Array(length)
        for (const [channel, register] of RESULTS) {
            const value = this.fresh.get(channel)
            const isCovered = this.pointer <= register && this.pointer + length > register + 1
            if (value === undefined || !isCovered) continue
            this.handOut(channel, value)
            this.fresh.delete(channel)
        }
        for (let i = 0; i < length; i++) data[i] = this.readOne(this.pointer++)
        return data
    }

    protected override acknowledgesAddress(): boolean {
        return !this.isBooting()
    }

    private boot(): void {
        this.registers.fill(0)
        this.registers[MUX_CTRL] = 0x11
        this.registers[DATA_READY] = 0x02
        this.registers[CENTRE] = 0xc7
        this.registers.set([0xbc, 0xcc], OSCILLATOR)
        this.registers.set([TICKS_PER_MS >> 8, TICKS_PER_MS & 0xff], CALIBRATION)
        this.registers[FIRMWARE_STATUS] = 0x03
        this.registers.set([0xea, 0xcc, 0x10], MODEL_ID)
        this.bootedAt = this.nowMs + BOOT_MS
        this.isHeldInReset = false
        this.hasInterrupt = false
        this.readyAt = undefined
        this.fresh.clear()
    }

    private isBooting(): boolean {
        return this.nowMs < this.bootedAt
    }

    private writeOne(register: number, byte: number): void {
        if (register === SOFT_RESET) {
            if (byte === 0) this.isHeldInReset = true
            else if (this.isHeldInReset) this.boot()
            return
        }
        if (this.isHeldInReset) this.illegal(`write to ${hex(register)} while held in reset`)
        const isConfig = register >= CONFIG_FIRST && register <= CONFIG_LAST
        if (!isConfig && register > 0x2c) {
            this.illegal(`write to ${hex(register)}, which can only be read`)
            return
        }
        if (!isConfig && !LOW.has(register) && byte !== 0)
            this.illegal(`${hex(byte)} in ${hex(register)}, which this model does not have`)
        if (isConfig && !USER.has(register) && byte !== LISTED[register - CONFIG_FIRST])
            this.illegal(`${hex(byte)} in ${hex(register)}, which is not user-modifiable`)
        this.registers[register] = byte
        if (register === 0x86 && (byte & 1) !== 0) this.hasInterrupt = false
        if (register === MODE_START) this.startMode(byte)
    }

    private readOne(register: number): number {
        if (register >= SIZE) {
            this.illegal(`read of ${hex(register)}`)
            return 0
        }
        if (this.isHeldInReset && register === FIRMWARE_STATUS) return 0
        if (register !== DATA_READY) return this.registers[register]
        const isActiveHigh = (this.registers[MUX_CTRL] & 0x10) === 0
        return 0x02 | (this.hasInterrupt === isActiveHigh ? 1 : 0)
    }

    private startMode(mode: number): void {
        this.fresh.clear()
        if (mode === SINGLE || mode === BACK_TO_BACK || mode === TIMED) {
            this.complain()
            this.readyAt = this.nowMs + (this.budget() ?? 20) + OVERHEAD_MS
        } else {
            if (mode !== 0 && mode !== ABORT) this.illegal(`mode ${hex(mode)}`)
            this.readyAt = undefined
        }
    }

    private complain(): void {
        const budget = this.budget()
        if (budget === undefined) this.illegal("ranging without a configuration")
        else if (budget < SHORTEST_MS[this.registers[PERIOD_A] === 0x07 ? 0 : 1] * 0.97)
            this.illegal(`a budget of ${budget.toFixed(1)} ms, which is too short for its mode`)
    }

    /** Ends the rangings that are due; the next one follows, if it is not a single one. */
    private advance(): void {
        while (this.readyAt !== undefined && this.readyAt <= this.nowMs && !this.faults.stuckBusy) {
            this.measure(this.readyAt)
            const mode = this.registers[MODE_START]
            const ranging = (this.budget() ?? 20) + OVERHEAD_MS
            const interval = mode === TIMED ? this.intervalMs() : 0
            this.readyAt = mode === SINGLE ? undefined : this.readyAt + Math.max(ranging, interval)
        }
    }

    private measure(at: number): void {
        const distance = this.inputAt("distance", at)
        const ambientRate = this.inputAt("ambient_rate", at)
        const budget = this.budget()
        // Without its configuration it measures something, and calls that valid.
        const shown = budget === undefined ? distance / 2 : distance
        const farthest = this.mode()?.farthest[(budget ?? 0) < LONG_BUDGET_MS ? 0 : 1]
        const isFar = farthest !== undefined && distance > farthest
        const view = new DataView(this.registers.buffer, RESULT, RESULT_LAST - RESULT + 1)
        view.setUint8(0, this.rangeStatus ?? (isFar ? 4 : 9))
        view.setUint8(2, (view.getUint8(2) + 1) & 0xff)
        view.setUint16(3, SPADS)
        view.setUint16(7, Math.round((ambientRate / 1e6) * 128 * (SPADS / 256)))
        const signal = SIGNAL_AT_1_M / Math.max(shown, 0.05) ** 2
        // What comes from the glass has no way to go; what is known of it is taken out.
        const rest = Math.max(signal + this.glass - this.word(CROSSTALK) / 512, 0.001)
        const seen = (signal * shown) / rest
        const shift = this.error + this.offsetMm()
        view.setUint16(13, Math.max(0, Math.round(seen * 1000 + shift)))
        view.setUint16(15, Math.min(65_535, Math.round((rest / 1000) * 128 * (SPADS / 256))))
        this.fresh.clear()
        if (budget !== undefined) {
            this.fresh.set("distance", distance)
            this.fresh.set("ambient_rate", ambientRate)
        }
        this.hasInterrupt = true
    }

    /** The distance mode that the laser's periods make; undefined when they make none. */
    private mode(): DistanceMode | undefined {
        const mode = MODES[this.registers[PERIOD_A]]
        return this.registers[PERIOD_B] === this.registers[PERIOD_A] - 2 ? mode : undefined
    }

    /** Timing budget, ms; undefined when the part is not configured. */
    private budget(): number | undefined {
        const mode = this.mode()
        const [a, b] = [TIMEOUT_A, TIMEOUT_B].map(register => this.word(register))
        if (mode === undefined || a === 0 || b === 0) return undefined
        const [listedB, ms] = mode.budgets[a] ?? []
        if (listedB === b && ms !== undefined) return ms
        const us = (timeout: number, period: number) =>
            (((timeout & 0xff) << (timeout >> 8)) + 1) * STEP_US * (this.registers[period] + 1)
        return REST_MS + (SHARE * (us(a, PERIOD_A) + us(b, PERIOD_B))) / 1000
    }

    /** Time between two timed rangings. */
    private intervalMs(): number {
        return (this.word(INTERVAL) * 65536 + this.word(INTERVAL + 2)) / TICKS_PER_MS
    }

    /** Offset of the part, in its register in 1/4 mm of 13 bits. */
    private offsetMm(): number {
        return ((this.word(OFFSET) << 19) >> 19) / 4
    }

    private word(register: number): number {
        return (this.registers[register] << 8) | this.registers[register + 1]
    }
}

function hex(value: number): string {
    return `0x${value.toString(16).padStart(2, "0")}`
}
