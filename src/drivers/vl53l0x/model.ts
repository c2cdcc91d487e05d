/**
 * Register model of ST VL53L0X. The datasheet (DS11555, revision 6, June 2024) describes its
 * address, ids and boot time; the other registers are as ST's API and public drivers have
 * them. The model ranges right only after the whole sequence of ST's initialisation.
 */
import {
    RegisterModel,
    TRANSFER_NACK_ADDRESS,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"

const PAGE = 0xff
/** Registers that are the same on all pages. */
const ON_ALL_PAGES = new Set([0x80, 0xbf, PAGE])
const START = 0x00
/** Modes of the start register beside a single ranging: one after the other; at an interval. */
const BACK_TO_BACK = 0x02
const TIMED = 0x04
const INTERVAL = 0x04
/** Counts of the oscillator in a ms, by which an interval is set; each part has its own. */
const OSCILLATOR = 0xf8
const OSCILLATOR_COUNTS = 0x4e
const SEQUENCE = 0x01
const INTERRUPT_CLEAR = 0x0b
const READY = 0x13
const RESULT = 0x14
const TIMEOUT = 0x71
const SPAD_CONTROL = 0x83
const STOP_VARIABLE = 0x91
const SPAD_INFO = 0x92
const SPAD_MAP = 0xb0
const RESET = 0xbf
const MODEL = 0xc0

const BOOT_MS = 1.2
const CALIBRATION_MS = 10
/** Answer of the memory that holds the number of reference detectors, ms. */
const SPAD_ANSWER_MS = 1
const OVERHEAD_MS = 3
/** The start bit says that a ranging was accepted, not that it is done: ST's API waits for the two one after the other. */
const START_BIT_MS = 1
/** Effective detectors of a ranging in 8.8 bits. */
const SPADS = 0x3200
/** Each part has its own. */
const STOP = 0x3c
const REFERENCE_SPADS = 5
const GOOD_SPADS = [0xf5, 0x3f, 0xea, 0xff, 0x0f, 0x00]
const FIRST_APERTURE = 12
const FARTHEST_M = 2

/** ST's default tuning as "page register value" triples, in ST's order, without what is set again later. */
const TUNING = (
    "000900 001000 001100 002401 0025ff 007500 014e2c 014800 013020 003009 005400 003104 003203 " +
    "004083 004625 006000 002700 005006 005100 005296 005608 005730 006100 006200 006400 006500 " +
    "0066a0 012232 014714 0149ff 014a00 007a0a 007b00 007821 012334 014200 0144ff 014526 014605 " +
    "014040 010e06 01201a 014340 003403 003544 013104 014b09 014c05 014d04 004400 004520 004708 " +
    "004828 006700 007004 007600 007700 010d01 018e01 000a04"
)
    .split(" ")
    .map(triple => [...Buffer.from(triple, "hex")])

/** Further registers that the sequences write, as page and register. */
const SEQUENCES = new Set(
    (
        "0000 0001 0004 0005 0006 0007 000b 0071 0072 0084 0088 0089 00b0 00b1 00b2 00b3 00b4 00b5 00b6 " +
        "0100 0191 014f 0683 0781 0783 0794"
    ).split(" ")
)

const RESULTS = [
    ["distance", RESULT + 10],
    ["ambient_rate", RESULT + 8],
] as const

type Task = "ranging" | "vhv calibration" | "phase calibration"

export class VL53L0XModel extends RegisterModel {
    readonly part = "ST VL53L0X"
    readonly channels: readonly ModelChannel[] = [
        { name: "distance", unit: "m", min: 0, max: 4, epsilon: 0.0005 },
        {
            name: "ambient_rate",
            unit: "1/s",
            min: 0,
            max: 9_000_000,
            epsilon: (0.5 * 1e6 * 256) / 128 / SPADS,
        },
    ]

    /** Range status of the next results instead of what follows from the distance; 11 is valid. */
    rangeStatus: number | undefined

    private readonly pages = new Map<number, Uint8Array>()
    private page = 0
    private pointer = 0
    private bootedAt = 0
    private isHeldInReset = false
    private readonly calibrated = new Set<Task>()
    private task: { readonly what: Task; readonly readyAt: number } | undefined
    /** Time from one ranging to the next, ms; 0: there is no next one. */
    private everyMs = 0
    private startedAt = 0
    private spadAnswerAt: number | undefined
    /** What is in the result and was not read yet. */
    private readonly fresh = new Map<string, number>()

    constructor(address = 0x29) {
        super(address)
    }

    protected powerUp(): void {
        this.pages.clear()
        this.page = 0
        this.pointer = 0
        this.bootedAt = this.nowMs + BOOT_MS
        this.isHeldInReset = false
        this.calibrated.clear()
        this.task = undefined
        this.spadAnswerAt = undefined
        this.fresh.clear()
        this.registers(0).set([0xee, 0xaa, 0x10], MODEL)
        this.registers(0).set(GOOD_SPADS, SPAD_MAP)
        this.registers(0)[0x84] = 0x10
        this.registers(0).set([0, OSCILLATOR_COUNTS], OSCILLATOR)
        this.registers(1)[STOP_VARIABLE] = STOP
    }

    /** Other settings, a ranging that nobody fetches, and any page of registers. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        const settings = [0x01, 0x09, 0x46, 0x71, 0x72].map(at => Uint8Array.of(at, random(256)))
        return [
            ...settings,
            Uint8Array.of(0x00, 0x01),
            Uint8Array.of(0x80, random(2)),
            Uint8Array.of(0xff, random(2)),
        ]
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        if (this.nowMs < this.bootedAt) return TRANSFER_NACK_ADDRESS
        this.advance()
        this.pointer = bytes[0]
        for (const byte of bytes.subarray(1)) {
            this.writeOne(this.pointer, byte)
            this.pointer = (this.pointer + 1) & 0xff
        }
        return TRANSFER_OK
    }

    protected onRead(length: number): Uint8Array | undefined {
        if (this.nowMs < this.bootedAt) return undefined
        this.advance()
        const data = new Uint8Array(length)
        for (const [channel, register] of RESULTS) {
            const value = this.fresh.get(channel)
            const isCovered = this.pointer <= register && this.pointer + length > register + 1
            if (this.page !== 0 || value === undefined || !isCovered) continue
            this.handOut(channel, value)
            this.fresh.delete(channel)
        }
        for (let i = 0; i < length; i++) {
            data[i] = this.readOne(this.pointer)
            this.pointer = (this.pointer + 1) & 0xff
        }
        return data
    }

    protected override acknowledgesAddress(): boolean {
        return this.nowMs >= this.bootedAt
    }

    private readOne(register: number): number {
        if (this.isHeldInReset) return 0
        if (register === PAGE) return this.page
        if (this.page === 7 && register === SPAD_CONTROL)
            return this.spadAnswerAt !== undefined && this.nowMs >= this.spadAnswerAt ? 0x10 : 0
        if (this.page === 7 && register === SPAD_INFO) return 0x80 | REFERENCE_SPADS
        return this.registers(this.page)[register]
    }

    private writeOne(register: number, byte: number): void {
        if (register === RESET) {
            if (byte === 1 && this.isHeldInReset) this.powerUp()
            this.isHeldInReset = byte === 0
            return
        }
        if (this.isHeldInReset) {
            this.illegal(`write to ${hex(register)} while held in reset`)
            return
        }
        if (register === PAGE) {
            this.page = byte
            return
        }
        const key = hex(this.page) + hex(register)
        const isTuning = TUNING.some(([page, at]) => page === this.page && at === register)
        if (!isTuning && !SEQUENCES.has(key) && !ON_ALL_PAGES.has(register))
            this.illegal(`write of ${hex(byte)} to register ${hex(register)} of page ${this.page}`)
        this.registers(this.page)[register] = byte
        if (key === "0783" && byte === 0) this.askSpads()
        if (this.page !== 0) return
        if (register === INTERRUPT_CLEAR && (byte & 1) === 1) this.registers(0)[READY] = 0
        if (register === START) this.start(byte)
    }

    private askSpads(): void {
        const isPrepared = (this.registers(6)[SPAD_CONTROL] & 4) !== 0
        if (!isPrepared || this.registers(7)[0x94] !== 0x6b)
            this.illegal("question for the reference detectors without its preparation")
        else if (!this.faults.stuckBusy) this.spadAnswerAt = this.nowMs + SPAD_ANSWER_MS
    }

    private start(mode: number): void {
        this.fresh.clear()
        const isContinuous = mode === BACK_TO_BACK || mode === TIMED
        if ((mode & 1) === 0 && !isContinuous) {
            if (mode !== 0) this.illegal(`start with mode ${hex(mode)}`)
            return
        }
        const sequence = this.registers(0)[SEQUENCE]
        let what: Task = "ranging"
        if (sequence === 0x01 && mode === 0x41) what = "vhv calibration"
        if (sequence === 0x02 && mode === 0x01) what = "phase calibration"
        if (what === "ranging") for (const fault of this.missing()) this.illegal(`ranging ${fault}`)
        const ms = what === "ranging" ? this.budgetMs() + OVERHEAD_MS : CALIBRATION_MS
        // A single start while it ranges on and on ends that with the ranging in progress.
        this.everyMs = isContinuous ? Math.max(ms, mode === TIMED ? this.intervalMs() : 0) : 0
        this.task = { what, readyAt: this.nowMs + ms }
        this.startedAt = this.nowMs
    }

    private advance(): void {
        if (this.nowMs >= this.startedAt + START_BIT_MS) this.registers(0)[START] &= ~1
        const task = this.task
        if (task === undefined || this.nowMs < task.readyAt || this.faults.stuckBusy) return
        this.task = undefined
        this.registers(0)[READY] = 0x04
        if (task.what !== "ranging") {
            if (this.isTuned()) this.calibrated.add(task.what)
            return
        }
        const further =
            this.everyMs === 0 ? 0 : Math.floor((this.nowMs - task.readyAt) / this.everyMs)
        const at = task.readyAt + further * this.everyMs
        this.measure(at)
        if (this.everyMs !== 0) this.task = { what: "ranging", readyAt: at + this.everyMs }
    }

    private intervalMs(): number {
        const bytes = this.registers(0).subarray(INTERVAL, INTERVAL + 4)
        return bytes.reduce((sum, byte) => 256 * sum + byte, 0) / OSCILLATOR_COUNTS
    }

    private measure(at: number): void {
        const distance = this.inputAt("distance", at)
        const ambientRate = this.inputAt("ambient_rate", at)
        const isRight = this.missing().length === 0
        // Without its initialisation it measures something, and calls that valid.
        const isFar = isRight && distance > FARTHEST_M
        const mm = isFar ? 8190 : Math.round((isRight ? distance : distance / 2) * 1000)
        const view = new DataView(this.registers(0).buffer)
        view.setUint8(RESULT, (this.rangeStatus ?? (isFar ? 4 : 11)) << 3)
        view.setUint16(RESULT + 2, SPADS)
        view.setUint16(RESULT + 8, Math.round((ambientRate / 1e6) * 128 * (SPADS / 256)))
        view.setUint16(RESULT + 10, mm)
        this.fresh.clear()
        if (!isRight) return
        this.fresh.set("distance", distance)
        this.fresh.set("ambient_rate", ambientRate)
    }

    /** What the initialisation lacks for a right ranging. */
    private missing(): string[] {
        const faults: string[] = []
        if ((this.registers(0)[0x89] & 1) === 0) faults.push("with I2C at 1.8 V")
        if (!this.isTuned()) faults.push("without ST's tuning")
        if (!this.hasReferenceSpads()) faults.push("with other reference detectors than ST's")
        if (this.calibrated.size < 2) faults.push("without both calibrations")
        if (this.registers(0)[SEQUENCE] !== 0xe8) faults.push("with another sequence")
        if (this.registers(1)[STOP_VARIABLE] !== STOP) faults.push("without its stop variable")
        return faults
    }

    private isTuned(): boolean {
        return TUNING.every(([page, register, value]) => this.registers(page)[register] === value)
    }

    private hasReferenceSpads(): boolean {
        const enabled = [...this.registers(0).subarray(SPAD_MAP, SPAD_MAP + 6)]
        const good: number[] = []
        for (let i = FIRST_APERTURE; i < 48 && good.length < REFERENCE_SPADS; i++)
            if (((GOOD_SPADS[i >> 3] >> (i & 7)) & 1) === 1) good.push(i)
        const right = [0, 0, 0, 0, 0, 0]
        for (const i of good) right[i >> 3] |= 1 << (i & 7)
        return right.every((byte, i) => byte === enabled[i]) && this.registers(1)[0x4f] === 0
    }

    /** Timing budget that follows from the timeout of the last step, ms. */
    private budgetMs(): number {
        const registers = this.registers(0)
        const periods = (registers[TIMEOUT + 1] << registers[TIMEOUT]) + 1
        const preRange = 151 * 53.384 + 660
        const spadSelection = 2 * (38 * 53.384 + 690)
        const last = (periods - 151) * 38.131 + 550
        return Math.max(0, (1910 + 960 + preRange + spadSelection + last) / 1000)
    }

    private registers(page: number): Uint8Array {
        let registers = this.pages.get(page)
        if (registers === undefined) this.pages.set(page, (registers = new Uint8Array(256)))
        return registers
    }
}

function hex(byte: number): string {
    return byte.toString(16).padStart(2, "0")
}
