/**
 * A board around the virtual machine of a node: its bus, SPI, sockets, Wi-Fi, tick and
 * watchdog, and the time that everything takes. What the VM does costs time of the
 * node's clock while the world stands still; then the node is busy for so long.
 */
import { type I2cBus } from "../bus/i2c-bus.js"
import { DEFAULT_PASSWORD, DEFAULT_SSID } from "../net/air.js"
import { type Link } from "../net/link.js"
import { type Program } from "../program/program.js"
import { type CodePlace } from "../vm/fibers.js"
import { type HeapInfo } from "../vm/heap.js"
import { BoardNatives, type NativeHost, type SlowNative, type SpiSetup } from "../vm/natives.js"
import { type Vm } from "../vm/vm.js"
import { type VirtualClock } from "../time/clock.js"
import { type NodeClock } from "../time/node-clock.js"
import { type BoardSocket } from "./board-socket.js"
import {
    ERASE_US,
    LOG_CHUNK_BYTES,
    LOG_CHUNK_US,
    LOG_PIN,
    NATIVE_US,
    OPCODE_US,
    PER_BYTE,
    PROGRAM_US,
} from "./costs.js"
import { Esp32Socket } from "./esp32-socket.js"
import { checkNesting } from "./json-stack.js"
import { RunMeter } from "./meter.js"
import { NativeBus } from "./native-bus.js"
import { PicoSocket } from "./pico-socket.js"
import { type BoardProfile } from "./profile.js"
import { BoardReset } from "./reset.js"
import { SpiPort } from "./spi.js"
import { Esp32Tick, PicoTick, type BoardTick } from "./tick.js"
import { SRV_WIFI, WifiStation, type Credentials } from "./wifi.js"

/** ESP32: what does not come back to the main loop for so long is reset, µs. */
const WATCHDOG_US = 5_000_000
const SECTOR_BYTES = 4096
const PAGE_BYTES = 256
/** From power or reset to the first run of the runtime, µs. */
const BOOT_US = { esp32: 300_000, rp2040: 180_000 } as const
/** What happens in the first ms after power on counts as boot in the figures. */
export const BOOT_PHASE_MS = 30_000

export interface BoardOptions {
    readonly profile: BoardProfile
    /**
     * RP2040: a tick that is lost after boot stays lost. By default it is only counted, and goes on.
     */
    readonly strictTick?: boolean
    /** What it has stored of a network; default the one that there is. */
    readonly wifi?: Credentials
}

const DEFAULT_NETWORK: Credentials = { ssid: DEFAULT_SSID, password: DEFAULT_PASSWORD }

/** What a board needs of the node that it is. */
export interface BoardPlace {
    readonly world: VirtualClock
    readonly clock: NodeClock
    readonly bus: I2cBus
    readonly link: Link
    readonly program: Program
    /** Runs something later, unless the node was switched off meanwhile. */
    after(us: number, action: () => void): void
    /** An interrupt: a round of the main loop begins as soon as the node is not busy. */
    wake(): void
    /** Something came that the main loop will find at its next tick. */
    expect(): void
    /** The heap, if it may have less free than that, or a shorter largest block; B. */
    heapBelow(free: number, largestFree: number): HeapInfo | undefined
    isOn(): boolean
    /** The board's C code stops: it is reset. */
    reset(reset: BoardReset): void
    /** An event of the board's Wi-Fi service. */
    wifiEvent(code: number, data: Uint8Array): void
}

export class Board implements NativeHost {
    readonly profile: BoardProfile
    readonly tick: BoardTick
    readonly bootUs: number
    /** What the program asked of the board in the first 30 s after power on, and later. */
    readonly meters: { readonly boot: RunMeter; readonly later: RunMeter }

    readonly socket: BoardSocket
    readonly wifi: WifiStation

    private natives: BoardNatives | undefined
    private readonly nativeBus: NativeBus
    private readonly spi: SpiPort
    private countedOpcodes = 0
    private isRunning = false
    private fn = 0
    /** Time that the runtime takes before it runs the program's first opcode. */
    private startUs = 0
    private hasRun = false
    /** Fibers that were due when the runtime last went to sleep all the same. */
    private overdue: readonly CodePlace[] = []
    /** ESP32: whether the log goes out on a pin; known from the first line on. */
    private logsToPin: boolean | undefined
    private unloggedBytes = 0

    constructor(
        private readonly options: BoardOptions,
        private readonly place: BoardPlace
    ) {
        this.profile = options.profile
        const { family } = options.profile
        this.tick = family === "esp32" ? new Esp32Tick() : new PicoTick(() => this.losesTick())
        this.bootUs = BOOT_US[family]
        this.meters = { boot: new RunMeter(place.program), later: new RunMeter(place.program) }
        this.nativeBus = new NativeBus(family, place.bus, {
            unixMs: () => place.world.wallMs + place.clock.leadUs / 1000,
            spend: us => this.spend(us),
            isOn: () => place.isOn(),
            setting: (key, otherwise) => this.natives?.setting(key, otherwise) ?? otherwise,
            hasPin: key => this.natives?.pin(key) !== undefined,
        })
        const owner = {
            after: (us: number, action: () => void) => place.after(us + place.clock.leadUs, action),
            expect: () => place.expect(),
            fail: (detail: string) => place.reset(new BoardReset("assertion", detail)),
        }
        this.socket =
            family === "esp32"
                ? new Esp32Socket(place.link, owner)
                : new PicoSocket(place.link, owner)
        this.wifi = new WifiStation(
            family,
            {
                after: owner.after,
                air: place.link.air,
                event: (code, data) => place.wifiEvent(code, data),
                carrier: isThere => place.link.carry(isThere),
            },
            options.wifi ?? DEFAULT_NETWORK
        )
        this.spi = new SpiPort(family, {
            after: owner.after,
            done: () => {
                this.natives?.spiDone()
                place.wake()
            },
        })
    }

    /** Whether the program asks for the Wi-Fi service. */
    get offersWifi(): boolean {
        const spec = Buffer.alloc(4)
        spec.writeUInt32LE(SRV_WIFI)
        return this.profile.hasWifi && Buffer.from(this.place.program.bytecode).includes(spec)
    }

    /** Whether the runtime lets programs open sockets. */
    get isNetworkAvailable(): boolean {
        return this.profile.hasWifi && this.wifi.isConnected
    }

    /** The board is switched on, or was reset. @returns the natives for its VM */
    start(): BoardNatives {
        this.natives = new BoardNatives(this, this.profile.config)
        this.nativeBus.start()
        this.spi.start()
        this.socket.start()
        this.startUs = 0
        this.hasRun = false
        this.isRunning = false
        this.logsToPin = undefined
        this.unloggedBytes = 0
        return this.natives
    }

    /** The board's firmware runs: its radio looks for the network. */
    startRadio(): void {
        if (this.profile.hasWifi) this.wifi.start()
    }

    /** All access points are switched on or off. */
    setAccessPoints(areUp: boolean): void {
        for (const point of this.place.link.air) point.isUp = areUp
        this.wifi.notice()
    }

    /** What the main loop does after the VM. */
    poll(vm: Vm): void {
        if (this.profile.hasWifi) this.socket.poll((event, data) => vm.socketEvent(event, data))
        this.spend(Math.ceil(this.unloggedBytes / LOG_CHUNK_BYTES) * LOG_CHUNK_US)
        this.unloggedBytes = 0
    }

    /** Something for the device log. */
    logged(bytes: number): void {
        const pin = LOG_PIN[this.profile.architecture]
        this.logsToPin ??= pin !== undefined && this.natives?.pin("log.pinTX") === pin
        if (this.logsToPin) this.unloggedBytes += bytes
    }

    /** Flash changes. */
    flashed(before: Uint8Array, after: Uint8Array): void {
        for (let at = 0; at < after.length; at += SECTOR_BYTES) {
            let changed = 0
            let isErased = false
            for (let i = at; i < at + SECTOR_BYTES; i++) {
                if (before[i] === after[i]) continue
                changed++
                // Only erasing makes ones of zeros.
                if ((after[i] & ~before[i]) !== 0) isErased = true
            }
            this.spend((isErased ? ERASE_US : 0) + Math.ceil(changed / PAGE_BYTES) * PROGRAM_US)
        }
    }

    /** A round of the main loop is over. */
    endRound(): void {
        const { clock, world } = this.place
        this.meter.round(clock.leadUs - this.startUs, world.now)
        this.startUs = 0
    }

    runBegins(fn: number): void {
        this.countedOpcodes = 0
        this.fn = fn
        this.isRunning = true
        this.hasRun = true
    }

    runEnds(opcodes: number): void {
        this.count(opcodes)
        this.isRunning = false
        this.meter.run(opcodes, this.fn)
        const { leastFreeBytes, leastBlockBytes } = this.meter
        const heap = this.place.heapBelow(leastFreeBytes, leastBlockBytes)
        if (heap !== undefined) this.meter.heap(heap.free, heap.largestFree)
    }

    get lookUs(): number {
        return this.tick.lookUs
    }

    handled(sleepUs: number): void {
        const { world, clock } = this.place
        this.tick.handled(world.now + clock.leadUs / clock.rate, sleepUs)
    }

    fibersOverdue(places: readonly CodePlace[]): void {
        if (this.profile.family !== "rp2040") return
        this.overdue = places
        this.meter.tickLossRisk(places)
    }

    slow(native: SlowNative, amount: number): void {
        this.count()
        const us = NATIVE_US[native] * (PER_BYTE.has(native) ? amount : 1)
        if (!this.hasRun) this.startUs += us
        this.spend(us)
    }

    parse(text: Uint8Array): void {
        checkNesting(text)
    }

    i2c(address: number, write: Uint8Array, readLength: number): Uint8Array | -1 | -2 {
        this.count()
        return this.nativeBus.transfer(address, write, readLength)
    }

    spiConfigure(setup: SpiSetup): number {
        return this.spi.configure(setup)
    }

    spiTransfer(bytes: Uint8Array): number {
        this.count()
        return this.spi.transfer(bytes)
    }

    get isSpiReady(): boolean {
        return this.spi.isReady
    }

    private losesTick(): boolean {
        this.meter.tickLoss(this.overdue)
        return this.options.strictTick === true && !this.isBooting
    }

    private get isBooting(): boolean {
        return this.place.clock.uptimeMs < BOOT_PHASE_MS
    }

    private get meter(): RunMeter {
        return this.isBooting ? this.meters.boot : this.meters.later
    }

    /** Time for the opcodes that were run since the last time. */
    private count(opcodes = this.natives?.opcodes ?? 0): void {
        if (!this.isRunning) return
        this.spend((opcodes - this.countedOpcodes) * OPCODE_US)
        this.countedOpcodes = opcodes
    }

    private spend(us: number): void {
        const { clock } = this.place
        const before = clock.leadUs
        clock.leadUs += us
        if (before > WATCHDOG_US || clock.leadUs <= WATCHDOG_US) return
        this.meter.roundsWithoutFeed++
        if (this.profile.family === "esp32") throw new BoardReset("watchdog")
    }
}
