/**
 * What the models of on-board services share: the Jacdac side of a service that the
 * board's firmware runs on a pin (jacdac-c, services/jd_sensor.c). A model knows nothing
 * of the simulator; it is given requests with their time and answers as the service would.
 */
import { PartFaults, PartModel, type Signal } from "../part-model.js"

const GET = 0x1000
const SET = 0x2000
const NOT_IMPLEMENTED = 0x0003
const STREAMING_SAMPLES = 0x003
const STREAMING_INTERVAL = 0x004
const READING = 0x101
const STATUS_CODE = 0x103

const STATUS_READY = 0
const STATUS_SLEEPING = 3

const STREAMING_DEFAULT_MS = 100
const STREAMING_MIN_MS = 20
const STREAMING_MAX_MS = 100_000

/** How often the main loop of the firmware polls a pin, ms. */
export const LOOP_MS = {
    /** RP2040: the loop is woken each ms. */
    pico: 1,
    /** ESP32 family: the loop is woken each 10 ms. */
    esp32: 10,
} as const

/** What a model needs of the bus that it is on. */
export interface ServiceBus {
    /** Unix ms. */
    now(): number
    report(command: number, data: Uint8Array): void
    event(code: number, data: Uint8Array): void
    /** Runs something later, unless the board was switched off meanwhile. */
    after(ms: number, action: () => void): void
}

/** Faults every service supports. Unplugged: it has no supply and does not announce itself. */
export class ServiceFaults extends PartFaults {
    /** It announces itself, but answers nothing and tells no events. */
    silent = false
    /** This many of its next reports get lost. */
    loseReports = 0
    /** This many of its next reports of readings are a byte too short … */
    shortReports = 0
    /** … or a byte too long. */
    longReports = 0
}

export abstract class ServiceModel extends PartModel {
    /** Service class, 32 bit. */
    abstract readonly serviceClass: number
    readonly faults = new ServiceFaults()
    /** Starts since the board was switched on; announcements begin anew with each. */
    starts = 0

    protected bus: ServiceBus | undefined
    /** Somebody asked for its reading since it started: services measure from then on only. */
    protected isAwake = false
    private streamingSamples = 0
    private streamingMs = STREAMING_DEFAULT_MS
    private isStreaming = false

    /** The board is switched on, or was reset: its services begin anew. */
    connect(bus: ServiceBus): void {
        this.bus = bus
        this.starts = 0
        this.begin()
    }

    /** The service alone begins anew, as a module with a supply of its own does. */
    restart(): void {
        this.begin()
    }

    /** A packet with a command for this service. */
    handle(command: number, data: Uint8Array): void {
        if (this.bus === undefined || this.faults.unplugged || this.faults.silent) return
        this.nowMs = this.bus.now()
        const register = command & 0xfff
        if ((command & 0xf000) === GET) this.onGet(register, data)
        else if ((command & 0xf000) === SET) this.onSet(register, data)
        else this.refuse(command, `command 0x${command.toString(16)}, which it does not have`)
    }

    override feed(channel: string, signal: Signal): this {
        this.beforeFeed()
        super.feed(channel, signal)
        this.afterFeed()
        return this
    }

    /** All state as after the start of the firmware. */
    protected abstract powerUp(): void
    /** The bytes of its reading, and what they are made of is handed out. */
    protected abstract reading(): Uint8Array
    /** A register of its own; undefined = it does not have it. */
    protected abstract register(code: number): Uint8Array | undefined
    /** The first request was answered. */
    protected wake(): void {}
    /** An input is about to change, or has changed. */
    protected beforeFeed(): void {}
    protected afterFeed(): void {}

    /** Tells an event, unless nobody could hear it. */
    protected event(code: number, data: Uint8Array = new Uint8Array(0)): void {
        if (!this.faults.unplugged && !this.faults.silent) this.bus?.event(code, data)
    }

    private begin(): void {
        this.nowMs = this.bus?.now() ?? 0
        this.starts++
        this.isAwake = false
        this.streamingSamples = 0
        this.powerUp()
    }

    private onGet(register: number, data: Uint8Array): void {
        const command = GET | register
        if (data.length > 0)
            this.illegal(`request for register 0x${register.toString(16)} with data`)
        if (register === READING) {
            this.sendReading()
            if (this.isAwake) return
            this.isAwake = true
            this.wake()
            return
        }
        const known = register === STATUS_CODE ? this.status() : this.register(register)
        if (known !== undefined) this.report(command, known)
        else this.refuse(command, `register 0x${register.toString(16)}, which it does not have`)
    }

    private onSet(register: number, data: Uint8Array): void {
        if (register === STREAMING_SAMPLES && data.length === 1) {
            this.streamingSamples = data[0]
            this.isAwake = true
            if (!this.isStreaming) this.stream()
        } else if (register === STREAMING_INTERVAL && data.length === 4) {
            const ms = Buffer.from(data).readUInt32LE(0)
            this.streamingMs = Math.min(STREAMING_MAX_MS, Math.max(STREAMING_MIN_MS, ms))
        } else {
            const what = `write of ${data.length} B to register 0x${register.toString(16)}`
            this.refuse(SET | register, what)
        }
    }

    private stream(): void {
        this.isStreaming = this.streamingSamples > 0 && !this.faults.unplugged
        if (!this.isStreaming) return
        this.streamingSamples--
        this.nowMs = this.bus?.now() ?? 0
        this.sendReading()
        this.bus?.after(this.streamingMs, () => this.stream())
    }

    private sendReading(): void {
        const bytes = this.reading()
        const { faults } = this
        if (faults.shortReports > 0) {
            faults.shortReports--
            this.report(GET | READING, bytes.subarray(1))
        } else if (faults.longReports > 0) {
            faults.longReports--
            this.report(GET | READING, Uint8Array.of(...bytes, 0))
        } else {
            this.report(GET | READING, bytes)
        }
    }

    private report(command: number, data: Uint8Array): void {
        if (this.faults.loseReports > 0) this.faults.loseReports--
        else this.bus?.report(command, data)
    }

    private refuse(command: number, what: string): void {
        this.illegal(what)
        this.report(NOT_IMPLEMENTED, Uint8Array.of(command & 0xff, command >> 8, 0, 0))
    }

    private status(): Uint8Array {
        return Uint8Array.of(this.isAwake ? STATUS_READY : STATUS_SLEEPING, 0, 0, 0)
    }
}
