/**
 * One program for all that is to run of a part on the VM: its driver with each of
 * its option sets, functions over all their inputs, scripts of their own. It takes
 * about as long to compile twenty of them as one, so they share a program, and the
 * node's device id says what of it runs.
 *
 *     const program = new RigProgram()
 *     const plain = program.driver({ folder: "bh1750", className: "BH1750" })
 *     const rig = new DriverRig({ program, running: [plain], models: [new BH1750Model()] })
 */
import { compile, type CompileOptions } from "../program/compile.js"
import { type Program } from "../program/program.js"

/** A driver under test. */
export interface RigDriver {
    /** Folder under src/drivers: "sht4x". */
    readonly folder: string
    /** Exported class: "SHT4x". */
    readonly className: string
    /** Class of the service that it asks: "RotaryEncoder"; default: it is on the I2C bus. */
    readonly role?: string
    /** Options as DeviceScript source: "{ address: 0x45 }". */
    readonly options?: string
    /** Import statements that the options need, as seen from the folder devs. */
    readonly imports?: string
    /** Readings become gaps when none has changed for N samples; default never. */
    readonly frozenAfter?: number
}

/** A function that takes and gives an integer, called for inputs of 16 bits. */
export interface RigSweep {
    /** Path from the project's root, without extension: "src/drivers/sht4x/conversion". */
    readonly module: string
    readonly name: string
    /** What it is called with, as source: "input - 32768, 3"; default "input". */
    readonly args?: string
    /** Calls between two pauses; default 128. The VM runs 131,072 opcodes without one. */
    readonly pauseEvery?: number
    /** From one input to the next: 1 takes all 65,536. */
    readonly step: number
}

/** A small program of its own. */
export interface RigScript {
    /** Import statements, as seen from the folder devs; `ds` and `bus` are there. */
    readonly imports?: string
    /** Runs in an async function. */
    readonly body: string
}

/** What all scripts of a program have in common. */
export interface RigPreamble {
    /** Import statements, as seen from the folder devs. */
    readonly imports?: string
    /** Functions and classes; `bus` is there. */
    readonly declarations?: string
}

/** A program for a board on a desk, whose device id is its own and says nothing. */
export interface BoardRig {
    readonly plan: RigPlan
    /** Each transfer on the bus is printed: sim/parts/bus-lines.ts reads it. */
    readonly records: boolean
}

/** What of a program a node runs. */
export type RigPlan =
    | {
          readonly drivers: readonly number[]
          readonly everyMs: number
          /** Waits take as long as the driver asks for, and nothing on top; see {@link EXACT_WAITS}. */
          readonly hasExactWaits?: boolean
      }
    | { readonly sweep: number }
    | { readonly script: number }

/** Drivers that the plan has bits for; the highest bit is that of exact waits. */
const MAX_DRIVERS = 31
/** Begins each plan, so that device ids are never zero. */
const PLAN_MARK = 0x5d
const KIND_DRIVERS = 0
const KIND_SWEEP = 1
const KIND_SCRIPT = 2

export class RigProgram {
    private readonly drivers: RigDriver[] = []
    private readonly sweeps: RigSweep[] = []
    private readonly scripts: RigScript[] = []
    private compiled: Program | undefined

    constructor(
        private readonly preamble: RigPreamble = {},
        private readonly board?: BoardRig
    ) {}

    /** @returns its index, for plans and samples */
    driver(driver: RigDriver): number {
        if (this.drivers.length >= MAX_DRIVERS)
            throw new RangeError(`a rig's program has at most ${MAX_DRIVERS} drivers`)
        return this.add(this.drivers, driver)
    }

    /** @returns its index, for plans */
    sweep(sweep: RigSweep): number {
        return this.add(this.sweeps, sweep)
    }

    /** @returns its index, for plans */
    script(script: RigScript): number {
        return this.add(this.scripts, script)
    }

    /** Compiled when it is first asked for; nothing can be added afterwards. @throws CompileError */
    get program(): Program {
        return this.programFor()
    }

    /** The same for a board. @throws CompileError */
    programFor(options: CompileOptions = {}): Program {
        return (this.compiled ??= compile("devs/rig.ts", { ...options, source: this.source() }))
    }

    /** The device id of a node that carries out a plan. @throws RangeError for a time that it cannot hold */
    static deviceId(plan: RigPlan): string {
        if ("sweep" in plan) return idOf(KIND_SWEEP, plan.sweep, 0)
        if ("script" in plan) return idOf(KIND_SCRIPT, plan.script, 0)
        const every = Math.round(plan.everyMs / 100)
        if (every < 1 || every > 0xffff)
            throw new RangeError(`a rig samples every 0.1 to 6,553 s, got ${plan.everyMs} ms`)
        const exact = plan.hasExactWaits === true ? 1 << MAX_DRIVERS : 0
        const mask = plan.drivers.reduce((bits, i) => bits | (1 << i), exact)
        return idOf(KIND_DRIVERS, mask, every)
    }

    private add<T>(list: T[], item: T): number {
        if (this.compiled !== undefined)
            throw new Error(
                "the rig's program is compiled already: add to it before the first test runs"
            )
        return list.push(item) - 1
    }

    private source(): string {
        const { board } = this
        const plan =
            board === undefined
                ? 'ds.deviceIdentifier("self")'
                : JSON.stringify(RigProgram.deviceId(board.plan))
        const isRecorded = board?.records === true
        return `import * as ds from "@devicescript/core"
import { openBus } from "../src/station/bus.js"
${isRecorded ? RECORDED_BUS_IMPORT : ""}
${this.importLines().join("\n")}
${isRecorded ? RECORDED_BUS : ""}
const bus = ${isRecorded ? "new RecordedI2C(openBus())" : "openBus()"}
const plan = Buffer.from(${plan}, "hex")
const selected = (plan[2] << 24) | (plan[3] << 16) | (plan[4] << 8) | plan[5]
const everyMs = ((plan[6] << 8) | plan[7]) * 100
${this.drivers.length > 0 ? driversSource(this.drivers) : ""}
${this.preamble.declarations ?? ""}
${this.sweeps.map(sweepSource).join("")}
${this.scripts.map(scriptSource).join("")}
${dispatchSource(this.drivers, this.sweeps, this.scripts)}
`
    }

    /** Each import once, whoever asks for it. */
    private importLines(): string[] {
        const names = new Map<string, Set<string>>()
        const add = (name: string, from: string) => {
            const known = names.get(from) ?? new Set()
            names.set(from, known.add(name))
        }
        for (const { folder, className } of this.drivers)
            add(className, `../src/drivers/${folder}/driver.js`)
        for (const { module, name } of this.sweeps) add(name, `../${module}.js`)
        if (this.drivers.length > 0) {
            add("Channel", "../src/core/channel.js")
            add("SensorDriver", "../src/drivers/shared/driver.js")
        }
        if (this.drivers.some(({ frozenAfter }) => frozenAfter !== undefined))
            add("noticeFrozen", "../src/drivers/shared/frozen.js")
        for (const { imports } of [this.preamble, ...this.drivers, ...this.scripts])
            for (const [, list, from] of (imports ?? "").matchAll(
                /import \{([^}]*)\} from "([^"]+)"/g
            ))
                for (const name of list.split(",").map(text => text.trim()))
                    // The bus is there already.
                    if (name !== "" && name !== "openBus") add(name, from)
        return [...names].map(([from, list]) => `import { ${[...list].join(", ")} } from "${from}"`)
    }
}

/**
 * "wait" of src/drivers/shared/driver.ts pauses, which takes 1 ms here, and then sleeps 1 ms longer than
 * it is asked to, since the VM's clock stands still during transfers. Without these 2 ms, and on a
 * bus whose transfers take no time, a driver that waits 1 ms less than its part needs is 1 ms early.
 * So the scheduler's clock is told that it is 2 ms later than it is: whoever waits is resumed so
 * much sooner; 1 ms stays 2. It is the only fiber beside the main one that asks for the time at the start.
 */
const EXACT_WAITS = `
const EXTRA_MS = 2

async function makeWaitsExact(): Promise<void> {
    const millis = ds.millis
    const main = ds.Fiber.self()
    let clock: ds.Fiber = undefined
    ;(ds as any).millis = () => {
        const fiber = ds.Fiber.self()
        if (clock === undefined && fiber !== main) clock = fiber
        return fiber === clock ? millis() + EXTRA_MS : millis()
    }
    await ds.sleep(1)
}
`

const RECORDED_BUS_IMPORT = 'import { I2C } from "@devicescript/i2c"'
/** Longest piece of a line, B: a board's log cuts long lines. */
const RECORDED_BYTES = 64
const RECORDED_BUS = `
class RecordedI2C extends I2C {
    private count = 0

    constructor(private readonly bus: I2C) {
        super()
    }

    override async xfer(devAddr: number, writeBuf: Buffer, numRead?: number): Promise<Buffer> {
        const head = "BUS " + this.count + " " + ds.millis() + " " + devAddr + " " + (numRead ?? 0)
        this.count++
        try {
            const data = await this.bus.xfer(devAddr, writeBuf, numRead)
            this.tell(head + " 0", writeBuf)
            if (data !== undefined) this.tellBytes("BUSR ", data)
            return data
        } catch (e) {
            const status = (e as any).status as number
            this.tell(head + " " + (status === undefined ? 1 : status), writeBuf)
            throw e
        }
    }

    private tell(head: string, written: Buffer): void {
        const length = written === undefined ? 0 : written.length
        console.log(head + " " + length)
        if (length > 0) this.tellBytes("BUSW ", written)
    }

    private tellBytes(kind: string, data: Buffer): void {
        for (let from = 0; from < data.length; from = from + ${RECORDED_BYTES}) {
            const left = data.length - from
            const length = left < ${RECORDED_BYTES} ? left : ${RECORDED_BYTES}
            const piece = Buffer.alloc(length)
            piece.blitAt(0, data, from, length)
            console.log(kind + piece.toString("hex"))
        }
    }
}
`

function idOf(kind: number, selected: number, every: number): string {
    const id = Buffer.of(PLAN_MARK, kind, 0, 0, 0, 0, every >> 8, every & 0xff)
    id.writeInt32BE(selected, 2)
    return id.toString("hex")
}

function driversSource(drivers: readonly RigDriver[]): string {
    const makers = drivers.map((d, i) => {
        const on = d.role === undefined ? "bus" : `new ds.${d.role}("driver${i}")`
        const made = `new ${d.className}(${on}, ${d.options ?? "undefined"})`
        return `() => ${d.frozenAfter === undefined ? made : `noticeFrozen(${made}, ${d.frozenAfter})`}`
    })
    return `
const makers: (() => SensorDriver)[] = [
    ${makers.join(",\n    ")},
]

function list(values: number[]): string {
    let text = ""
    for (let i = 0; i < values.length; i++) text = text + (i > 0 ? "," : "") + values[i]
    return text
}

function declare(number: number, c: Channel): void {
    let line = "CHANNEL " + number + " " + c.name + " " + c.quantity + " " + c.unit + " " + c.unitCode
    line = line + " " + c.scaleNumerator + " " + c.scaleDenominator
    console.log(line + " " + c.min + " " + c.max)
}

${EXACT_WAITS}
async function runDrivers(): Promise<void> {
    if (selected < 0) await makeWaitsExact()
    const numbers: number[] = []
    const drivers: SensorDriver[] = []
    for (let i = 0; i < makers.length; i++)
        if ((selected & (1 << i)) !== 0) {
            const make = makers[i]
            numbers.push(i)
            drivers.push(make())
        }
    for (let i = 0; i < drivers.length; i++) {
        for (const channel of drivers[i].channels) declare(numbers[i], channel)
        await drivers[i].init()
    }
    for (;;) {
        const start = ds.millis()
        for (let i = 0; i < drivers.length; i++) {
            const d = drivers[i]
            const began = ds.millis()
            await d.sample()
            await ds.sleep(1)
            let line = "SAMPLE " + numbers[i] + " " + (ds.millis() - began) + " " + list(d.values) + " "
            line = line + list(d.qualities) + " " + d.errors
            console.log(line + " " + d.identity + "|" + d.lastError)
        }
        const left = everyMs - (ds.millis() - start)
        await ds.sleep(left > 0 ? left : 0)
    }
}
`
}

function sweepSource({ name, args, pauseEvery, step }: RigSweep, index: number): string {
    return `
async function sweep${index}(): Promise<void> {
    let digest = 1
    let calls = 0
    for (let input = 0; input < 65536; input = input + ${step}) {
        digest = (Math.imul(digest, 31) + ${name}(${args ?? "input"})) | 0
        calls++
        if (calls === ${pauseEvery ?? 128}) {
            calls = 0
            await ds.sleep(1)
        }
    }
    console.log("DIGEST " + digest)
}
`
}

function scriptSource({ body }: RigScript, index: number): string {
    return `
async function script${index}(): Promise<void> {
${body}
}
`
}

function dispatchSource(
    drivers: readonly RigDriver[],
    sweeps: readonly RigSweep[],
    scripts: readonly RigScript[]
): string {
    const branches = [
        ...(drivers.length > 0 ? [`if (plan[1] === ${KIND_DRIVERS}) await runDrivers()`] : []),
        ...sweeps.map(
            (_, i) => `if (plan[1] === ${KIND_SWEEP} && selected === ${i}) await sweep${i}()`
        ),
        ...scripts.map(
            (_, i) => `if (plan[1] === ${KIND_SCRIPT} && selected === ${i}) await script${i}()`
        ),
    ]
    return branches.join("\n")
}
