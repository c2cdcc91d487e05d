/**
 * A simulated node: one virtual machine with its flash, its Jacdac bus with the
 * I2C sensors on it, and its one TCP socket. It can be switched off and on like
 * a real one.
 */
import { Board, type BoardOptions } from "../board/board.js"
import { BoardHung, BoardReset } from "../board/reset.js"
import { HEAP_BYTES, HeapProbe, shrinkHeap, type HeapInfo } from "../vm/heap.js"
import { Vm, VmAbort, VmReset, type SocketEvent, type VmHost } from "../vm/vm.js"
import { type JacdacService } from "../jacdac/device.js"
import { I2cBus } from "../bus/i2c-bus.js"
import { type Connection, type WireCount } from "../net/connection.js"
import { type Link } from "../net/link.js"
import { type VirtualNetwork } from "../net/network.js"
import { codeOverflow } from "../linker/check.js"
import { type Program } from "../program/program.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { type VirtualClock } from "../time/clock.js"
import { NodeClock } from "../time/node-clock.js"
import { standbyIn } from "./deep-sleep.js"
import { Flash } from "./flash.js"
import { NodeLog, type LogLine } from "./node-log.js"
import { Peripherals } from "./peripherals.js"
import { PowerLost } from "./power-lost.js"
import { StatusLight } from "./status-light.js"
import { SeededRandom } from "../time/random.js"
import { AS_ASKED, WakeUps, type Rhythm } from "../time/wake-ups.js"

/** Flash for programs and settings in the stock simulator, as on RP2040. */
const FLASH_BYTES = 128 * 1024
/** From power on to the first run of the runtime, µs. */
const BOOT_US = 10_000
/** From a self-reset to running again, µs. */
const RESET_US = 100_000

const PANICS: Readonly<Record<number, string>> = {
    60001: "ran 131,072 instructions without a pause",
    60004: "out of memory",
    60005: "unhandled exception",
    60006: "stack overflow",
}
const RESTART_REQUESTED = 60000

export interface NodeOptions {
    readonly program: Program
    /**
     * The board that it is: its runtime's bus, sockets, tick, watchdog and memory.
     * Default the stock simulator: a bus that suspends, and no time for what the VM does.
     */
    readonly board?: BoardOptions
    /** Sensors on the I2C bus. */
    readonly sensors?: readonly RegisterModel[]
    /** Services that the board's firmware offers for parts on its pins; they start with the node. */
    readonly pins?: readonly ServiceModel[]
    /** Further services on the node's Jacdac bus. */
    readonly services?: readonly JacdacService[]
    /** How its main loop is woken, when it is no board; default as the VM asks for it. */
    readonly rhythm?: Rhythm
    /** I2C clock, kHz; default 100. */
    readonly i2cKHz?: number
    /** Shown in messages; default "node1", "node2" … */
    readonly name?: string
    /** 16 hex digits; default drawn from the world's seed. */
    readonly deviceId?: string
    /**
     * Deviation of the node's clock in parts per million; default 0. A function
     * of the ms since the start is asked once a virtual minute.
     */
    readonly clockPpm?: number | ((virtualMs: number) => number)
    /**
     * How long the node has been on when the world starts, ms; default 0. Its program starts
     * then: at 2³² ms is the wrap of the runtime's clock. After a power cut it is 0.
     */
    readonly uptimeMs?: number
    /**
     * How much longer a board of the ESP32 family sleeps deeply than it was asked to, parts per million: its timer
     * runs on an RC oscillator then; default 0.
     */
    readonly sleepPpm?: number
    /** Samples the heap's low-water mark every N virtual ms; default off. */
    readonly heapProbeMs?: number
    /** Heap of the board, B; default 65,536; 40,960 on an ESP32-S2. */
    readonly heapBytes?: number
    /**
     * What its flash for settings and program holds, in place of what the runtime writes when it is
     * given {@link program}. The names in messages still come from {@link program}.
     */
    readonly flashed?: Uint8Array
}

/** The program on a node stopped: a panic, an uncaught exception or an abort of the runtime. */
export class NodePanic extends Error {
    override name = "NodePanic"

    constructor(
        readonly node: string,
        readonly code: number,
        message: string,
        /** The device's own trace with source places. */
        readonly trace: readonly string[]
    ) {
        super(`${node}: ${message}${trace.length > 0 ? `\n${trace.join("\n")}` : ""}`)
    }
}

/** What a node asks of the world that it lives in. */
export interface NodeWorld {
    readonly seed: number | string
    readonly clock: VirtualClock
    readonly network: VirtualNetwork
    readonly runsEveryWake: boolean
    /** The node's program has stopped for good. */
    reportPanic(node: SimNode, panic: NodePanic): void
}

export class SimNode {
    readonly name: string
    readonly deviceId: string
    readonly program: Program
    readonly bus: I2cBus
    readonly flash: Flash
    /** What is around its virtual machine, if it is a board. */
    readonly board: Board | undefined
    /** Resets that its program did not ask for, newest last. */
    readonly boardResets: LogLine[] = []
    /** Panics so far; the world throws the first one unless it allows them. */
    readonly panics: NodePanic[] = []
    /** The board's light. */
    readonly light: StatusLight
    /** Its way to the network, with everything that can be wrong there. */
    readonly link: Link
    /** Called when the power of a running node is cut. */
    onPowerOff: (() => void) | undefined
    /** Called for each line the program prints. */
    onConsole: ((line: string) => void) | undefined
    /** Called for each Jacdac frame that the node sends: what USB would carry. */
    onFrame: ((frame: Uint8Array) => void) | undefined
    /** Times that its virtual machine was run. */
    rounds = 0
    /** Times that it slept deeply, and for how long altogether, ms, the present one included. */
    sleeps = 0
    asleepMs = 0
    /** How long it asked to sleep with the reset that comes, ms; undefined: it did not. */
    private standbyMs: number | undefined
    private isAsleep = false
    private vm: Vm | undefined
    private readonly clock: NodeClock
    private readonly wakeUps: WakeUps
    private peripherals: Peripherals | undefined
    /** What the VM takes for its socket; it may be dead. */
    private socket: Connection | undefined
    private readonly output: NodeLog
    private isInsideVm = false
    private generation = 0
    private isDeployed = false
    private lowWater = Infinity
    private readonly heapProbe: HeapProbe
    private readonly heapBytes: number
    private readonly randomSource: SeededRandom

    constructor(
        private readonly world: NodeWorld,
        private readonly options: NodeOptions,
        index: number
    ) {
        this.name = options.name ?? `node${index + 1}`
        this.program = options.program
        this.heapBytes = options.heapBytes ?? options.board?.profile.heapBytes ?? HEAP_BYTES
        this.flash = new Flash(options.board?.profile.flashBytes ?? FLASH_BYTES)
        if (options.flashed !== undefined) {
            this.flash.bytes.set(options.flashed)
            this.isDeployed = true
        }
        this.output = new NodeLog(
            options.program,
            text => this.onConsole?.(text),
            () => this.limitHeap()
        )
        this.heapProbe = new HeapProbe(this.heapBytes)
        this.randomSource = new SeededRandom(`${world.seed}/${this.name}`)
        this.deviceId = options.deviceId ?? this.drawDeviceId()
        this.light = new StatusLight(this.deviceId)
        this.bus = new I2cBus(options.sensors ?? [], options.i2cKHz)
        this.link = world.network.newLink(this.name)
        this.clock = new NodeClock(world.clock)
        this.board = options.board === undefined ? undefined : this.boardOf(options.board)
        this.wakeUps = new WakeUps(
            world.clock,
            this.clock,
            this.board?.tick ?? options.rhythm ?? AS_ASKED,
            !world.runsEveryWake,
            () => this.enter(undefined)
        )
        const { clockPpm } = options
        if (typeof clockPpm === "function") this.clock.follow(clockPpm, () => this.catchUp())
        else this.clock.setPpm(clockPpm ?? 0)
    }

    /** All of the device log, the runtime's own lines included, newest last. */
    get log(): LogLine[] {
        return this.output.lines
    }

    /** Lines the program printed with console.log (and debug, warn, error), newest last. */
    get console(): LogLine[] {
        return this.output.console
    }

    /** Whether a program runs on it: not while it sleeps deeply. */
    get isOn(): boolean {
        return this.vm !== undefined
    }

    /** The program's own bytes. */
    get bytecodeBytes(): number {
        return this.program.bytecode.length
    }

    /** Switches the node on; flash is as it was left. */
    powerOn(): void {
        if (this.vm !== undefined || this.isAsleep) return
        for (const sensor of this.bus.models) sensor.brownOut(this.world.clock.wallMs)
        this.boot(this.isDeployed ? 0 : (this.options.uptimeMs ?? 0))
    }

    /**
     * Cuts the power: RAM and everything in progress is lost, flash is kept, and so
     * is what parts on the bus keep without power. Nobody on the network is told.
     */
    powerOff(): void {
        if (this.vm === undefined && !this.isAsleep) return
        this.isAsleep = false
        this.onPowerOff?.()
        this.stop()
        for (const sensor of this.bus.models) sensor.powerLost(this.world.clock.wallMs)
    }

    /** Cuts the power for N ms. */
    powerCut(offMs: number): void {
        this.powerOff()
        this.world.clock.after(offMs * 1000, () => this.powerOn())
    }

    /**
     * Cuts the power in the middle of a transfer on the bus.
     *
     * @param transfer which one from now, 1 = the next one
     * @param bytes written bytes that still reach the part; it sees no stop condition
     * @param address counts only transfers to this part; default all
     */
    cutPowerDuringTransfer(transfer: number, bytes: number, address?: number): void {
        this.bus.cut = { transfers: transfer, bytes, address, lost: () => this.powerOff() }
    }

    /** From now on the node's clock is off by N parts per million. */
    setClockPpm(ppm: number): void {
        this.catchUp()
        this.clock.setPpm(ppm)
    }

    /** The node's own clock in ms since it was switched on. */
    get uptimeMs(): number {
        return this.clock.uptimeMs
    }

    /** Heap now; undefined while no program runs. */
    heap(): HeapInfo | undefined {
        return this.vm === undefined ? undefined : this.heapProbe.read(this.vm.memory)
    }

    /** Least free heap seen, B, garbage counted as used; undefined without {@link NodeOptions.heapProbeMs}. */
    get heapLowWater(): number | undefined {
        return this.lowWater === Infinity ? undefined : this.lowWater
    }

    /** Least free heap after a collection of garbage, B, on a board; undefined while there was none. */
    get heapAfterCollection(): number | undefined {
        const { leastCollected } = this.heapProbe
        return leastCollected === Infinity ? undefined : leastCollected
    }

    /** @internal The memory of its virtual machine as it is at this moment; undefined while it is off. */
    memory(): Uint8Array | undefined {
        if (this.vm !== undefined) this.wakeUps.catchUp(this.vm)
        return this.vm?.memory
    }

    /** Collects garbage at every allocation from now on. */
    gcStress(on: boolean): void {
        this.vm?.gcStress(on)
    }

    /** Bytes on all its connections. */
    get wire(): WireCount {
        return this.link.wire
    }

    /** Hands the node a Jacdac frame, as a host on USB does; lost while it is off. */
    receiveFrame(frame: Uint8Array): void {
        this.afterUs(0, () => {
            this.queueFrame()
            this.enter(vm => vm.receiveFrame(frame))
        })
    }

    /** Breaks the TCP connection, if there is one, without telling either side. */
    cutConnection(): void {
        this.link.connection?.halfOpen()
    }

    /** What the VM asks of the machine it runs on. */
    private machine(): VmHost {
        return {
            now: () => this.clock.look(),
            random: target => this.randomSource.fill(target),
            flash: this.flash.bytes,
            flashSave: image => {
                this.board?.flashed(this.flash.bytes, image)
                this.flash.save(image)
            },
            frame: frame => this.sendFrame(frame),
            log: line => {
                this.board?.logged(line.length + 1)
                this.output.add(line, this.world.clock.now + Math.trunc(this.clock.leadUs))
            },
            panic: code => this.panic(code),
            socketOpen: (host, port) => this.socketOpen(host, port),
            socketWrite: bytes => (this.board?.socket ?? this.socket)?.write(bytes) ?? -10,
            socketClose: () => this.socketClose(),
            socketAvailable: () => this.board?.isNetworkAvailable ?? true,
        }
    }

    private sendFrame(frame: Uint8Array): void {
        this.light.take(frame)
        this.standbyMs = standbyIn(frame, this.deviceId) ?? this.standbyMs
        this.queueFrame()
        this.afterUs(0, () => {
            this.peripherals?.receive(frame)
            this.onFrame?.(frame)
        })
    }

    /** Its clock is about to go otherwise. */
    private catchUp(): void {
        if (this.vm !== undefined) this.wakeUps.cutShort(this.vm)
    }

    private panic(code: number): void {
        if (code === 0 || code === RESTART_REQUESTED) return
        const words = PANICS[code] ?? "the runtime stopped the program"
        const panic = new NodePanic(
            this.name,
            code,
            `${words} (panic ${code})`,
            this.output.takeTrace()
        )
        this.world.reportPanic(this, panic)
    }

    /** @param port negative = TLS, which is a mere flag here */
    private socketOpen(host: string, port: number): number {
        if (this.board !== undefined) return this.board.socket.open(host, port)
        const generation = this.generation
        const connection: Connection = this.link.open(
            host,
            Math.abs(port),
            port < 0,
            (event, data) => {
                if (generation === this.generation && connection === this.socket)
                    this.socketEvent(event, data)
            }
        )
        this.socket = connection
        return 0
    }

    private socketClose(): number {
        if (this.board !== undefined) {
            this.board.socket.close()
            return 0
        }
        if (this.socket === undefined) return -10
        this.socket.close()
        this.socket = undefined
        return 0
    }

    private boot(uptimeMs: number): void {
        this.generation++
        this.standbyMs = undefined
        this.clock.start(uptimeMs)
        try {
            this.startVm(uptimeMs)
        } catch (e) {
            this.lostVm(e)
            return
        }
        this.board?.startRadio()
        this.attachPeripherals()
        this.wakeUps.boot(this.board?.bootUs ?? BOOT_US)
        if (this.options.heapProbeMs !== undefined) this.probeHeap(this.options.heapProbeMs * 1000)
    }

    private startVm(uptimeMs: number): void {
        if (!this.isDeployed) this.deploy(uptimeMs)
        // A board was flashed before; the stock simulator runs what it was just given.
        if (this.vm === undefined || this.board !== undefined) this.newVm(uptimeMs)
    }

    private newVm(uptimeMs: number): Vm {
        const natives = this.board?.start()
        const options = natives === undefined ? { uptimeMs } : { uptimeMs, natives }
        this.vm = new Vm(this.machine(), this.deviceId, options)
        this.clock.startVm(this.vm.idle.startUs)
        return this.vm
    }

    /** The first power-on comes from the factory: flashes the program. */
    private deploy(uptimeMs: number): void {
        const result = this.newVm(uptimeMs).deploy(this.program.bytecode)
        if (result !== 0) {
            const overflow = codeOverflow(this.program.bytecode)
            throw new VmAbort(
                overflow === undefined
                    ? `the runtime refused the program (error ${result})`
                    : `${this.program.name} is too large for the VM: ${overflow}`
            )
        }
        this.isDeployed = true
        this.flash.writes = 0
        // It was flashed long ago.
        this.clock.leadUs = 0
    }

    /** A reset of the board: its sensors keep their power. */
    private restart(): void {
        if (this.vm === undefined) this.boot(0)
    }

    /** In deep sleep, until the timer starts it anew. Other boards have none: their runtime resets at once. */
    private sleep(askedMs: number): void {
        const ms = askedMs * (1 + (this.options.sleepPpm ?? 0) / 1e6)
        this.isAsleep = true
        this.sleeps++
        this.asleepMs += ms
        this.afterUs(Math.round(ms * 1000), () => {
            this.isAsleep = false
            this.restart()
        })
    }

    private boardOf(options: BoardOptions): Board {
        const { world, clock, bus, link, program } = this
        return new Board(options, {
            world: world.clock,
            clock,
            bus,
            link,
            program,
            after: (us, action) => this.afterUs(us, action),
            wake: () => this.enter(undefined),
            expect: () => this.wakeUps.expect(),
            heapBelow: (free, largest) =>
                this.vm === undefined
                    ? undefined
                    : this.heapProbe.readBelow(this.vm.memory, free, largest),
            isOn: () => this.vm !== undefined,
            reset: reset => this.resetBoard(reset),
            wifiEvent: (code, data) => this.wifiEvent(code, data),
        })
    }

    private resetBoard(reset: BoardReset): void {
        if (this.isInsideVm) throw reset
        this.lostVm(reset)
    }

    private wifiEvent(code: number, data: Uint8Array): void {
        this.peripherals?.wifiEvent(code, data)
    }

    /** A frame of a service beside the VM: on a board it is part of the main loop. */
    private receiveOwn(frame: Uint8Array): void {
        if (this.board?.tick.isLost === true) return
        this.queueFrame()
        this.enter(vm => vm.receiveFrame(frame))
    }

    /** A frame that the board puts on its Jacdac bus. */
    private queueFrame(): void {
        if (this.vm === undefined || this.board === undefined) return
        this.wakeUps.catchUp(this.vm)
        const { clock, isInsideVm } = this
        const { now } = this.world.clock
        const lead = clock.leadUs / clock.rate
        this.board.tick.frameQueued(isInsideVm ? now + lead : Math.max(now, clock.busyUntil))
    }

    private stop(): void {
        this.generation++
        this.clock.busyUntil = 0
        this.wakeUps.cancel()
        // RAM is gone: nobody is left to hang up.
        this.link.connection?.vanish()
        this.link.life++
        this.socket = undefined
        this.vm = undefined
        this.light.goDark()
    }

    private attachPeripherals(): void {
        this.peripherals = new Peripherals(this.deviceId, this.bus, this.board, this.options, {
            now: () => this.world.clock.wallMs,
            after: (us, action) => this.afterUs(us, action),
            send: frame => this.receiveOwn(frame),
        })
        this.peripherals.start(BOOT_US + 1000)
    }

    private probeHeap(everyUs: number): void {
        this.afterUs(everyUs, () => {
            const heap = this.heap()
            if (heap !== undefined && heap.free < this.lowWater) this.lowWater = heap.free
            this.probeHeap(everyUs)
        })
    }

    private socketEvent(event: SocketEvent, data?: Uint8Array): void {
        this.enter(vm => vm.socketEvent(event, data))
    }

    /** Schedules an action that is dropped when the node was switched off meanwhile. */
    private afterUs(us: number, action: () => void): void {
        const generation = this.generation
        this.world.clock.after(us, () => {
            if (generation === this.generation) action()
        })
    }

    /** Does something to the VM and then runs all that became due by it. */
    private enter(use: ((vm: Vm) => void) | undefined): void {
        const vm = this.vm
        if (vm === undefined) return
        const busyUs = this.clock.busyUntil - this.world.clock.now
        if (busyUs > 0) {
            this.afterUs(busyUs, () => this.enter(use))
            return
        }
        if (this.isInsideVm) throw new Error("the VM was entered while it runs")
        this.isInsideVm = true
        let sleepUs: number
        this.clock.beginRound()
        try {
            this.wakeUps.begin(vm)
            if (use !== undefined) use(vm)
            this.rounds++
            sleepUs = vm.process()
            this.board?.poll(vm)
        } catch (e) {
            this.lostVm(e)
            return
        } finally {
            this.isInsideVm = false
        }
        if (vm !== this.vm) return
        this.wakeUps.plan(vm, sleepUs, this.endRound(vm))
    }

    /** @returns whether the next round begins at once */
    private endRound(vm: Vm): boolean {
        if (this.board === undefined) return false
        this.board.endRound()
        this.clock.endRound()
        return vm.idle.hasFrames
    }

    /** The VM threw: a reset starts it again, anything else ends it. */
    private lostVm(error: unknown): void {
        if (error instanceof PowerLost) {
            this.powerOff()
            return
        }
        // All that the VM did before took its time.
        const spentUs = this.clock.leadUs
        this.stop()
        if (error instanceof BoardReset) {
            this.boardResets.push({ at: this.world.clock.now + spentUs, text: error.message })
            this.world.clock.after(spentUs + RESET_US, () => this.restart())
            return
        }
        if (error instanceof VmReset) {
            if (this.board?.profile.family === "esp32" && this.standbyMs !== undefined)
                this.sleep(this.standbyMs)
            else this.world.clock.after(RESET_US, () => this.restart())
            return
        }
        const isKnown =
            error instanceof VmAbort ||
            error instanceof BoardHung ||
            error instanceof WebAssembly.RuntimeError
        if (!isKnown) throw error
        const trace = this.log.slice(-5).map(line => line.text)
        this.world.reportPanic(this, new NodePanic(this.name, 0, error.message, trace))
    }

    /** The program's heap was just made, and none of the program ran yet. */
    private limitHeap(): void {
        if (this.heapBytes !== HEAP_BYTES && this.vm !== undefined)
            shrinkHeap(this.vm.memory, this.heapBytes)
    }

    private drawDeviceId(): string {
        const id = new Uint8Array(8)
        this.randomSource.fill(id)
        id[3] = id[3] & 0x7f
        return Buffer.from(id).toString("hex")
    }
}
