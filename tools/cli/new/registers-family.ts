/** A driver and a model of a part with registers, to be made into those of the real one. */
import { addressText } from "../parts.js"
import {
    channelFunctions,
    channelImports,
    classHead,
    functionName,
    modelInputs,
    stepText,
} from "./common-files.js"
import { type DriverPlan } from "./plan.js"

/** Registers of the template; most parts have these in one form or another. */
const WHO_AM_I = "0x0f"
const CONTROL = "0x11"
const STATUS = "0x27"
const DATA = "0x28"
const ID = "0xb1"
const BYTES = 3

export function registersDriver(plan: DriverPlan): string {
    const P = plan.folder.toUpperCase()
    const puts = plan.channels
        .map(
            ({ name }, i) =>
                `        this.put(${i}, ${functionName(plan, name)}(data, ${1 + BYTES * i}))`
        )
        .join("\n")
    const imports = plan.channels.map(({ name }) => functionName(plan, name)).join(", ")
    return `import { I2C } from "@devicescript/i2c"
${channelImports(plan)}import { QUALITY_TIMEOUT } from "../../core/quality.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver } from "../shared/registers/register-driver.js"
import { ${imports} } from "./conversion.js"

// Datasheet "${plan.className}", which revision?
const ${P}_ADDRESS = ${addressText(plan.addresses[0])} // section ?
const ${P}_WHO_AM_I = ${WHO_AM_I} // section ?
const ${P}_ID = ${ID} // section ?
const ${P}_CONTROL = ${CONTROL} // section ?
const ${P}_START = 0x01 // section ?: measures once, clears itself
const ${P}_STATUS = ${STATUS} // section ?
const ${P}_READY = 0x01 // section ?: cleared when data are read
const ${P}_DATA_BYTES = ${BYTES * plan.channels.length} // section ?: they follow the status
const ${P}_MEASURE_MS = 20 // section ?: at most
const ${P}_ATTEMPTS = 2

${classHead(plan, "RegisterDriver")}
    protected override async setup(): Promise<void> {
        await this.expectId(${P}_WHO_AM_I, ${P}_ID)
        // A result from before the board's last reset must not be mistaken for a new one.
        await this.readRegisters(${P}_STATUS, 1 + ${P}_DATA_BYTES)
    }

    protected override async measure(): Promise<void> {
        await this.writeRegister(${P}_CONTROL, ${P}_START)
        const data = await this.statusAndData()
${puts}
    }

    /** Both in one transfer: a part that loses power in between cannot pass zeros for data. */
    private async statusAndData(): Promise<Buffer> {
        for (let attempt = 0; attempt < ${P}_ATTEMPTS; attempt++) {
            await wait(${P}_MEASURE_MS)
            const bytes = await this.readRegisters(${P}_STATUS, 1 + ${P}_DATA_BYTES)
            // Its other bits are 0, as a bus that nobody drives does not read.
            if (bytes[0] === ${P}_READY) return bytes
        }
        throw new SensorError(QUALITY_TIMEOUT, this.part + ": its measurement does not end")
    }
}
${channelFunctions(plan)}`
}

export function registersConversion(plan: DriverPlan): string {
    return `/** What the ${plan.className}'s bytes mean. Free of device imports, so that the same code is checked in Node. */
import { Bytes } from "../../core/bytes.js"

/** 24 bits with sign, high byte first. */
function signed24(data: Bytes, at: number): number {
    return (((data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8)) >> 8)
}
${plan.channels
    .map(
        channel => `
/**
 * To ${stepText(channel)} (section ?): here the part counts in just these steps.
 * A worked example with units: …
 */
export function ${functionName(plan, channel.name)}(data: Bytes, at: number): number {
    return signed24(data, at)
}
`
    )
    .join("")}`
}

export function registersModel(plan: DriverPlan): string {
    const scales = plan.channels.map(({ scale }) => `${scale[1]} / ${scale[0]}`).join(", ")
    const data = plan.channels
        .flatMap(({ name }) => ["high", "middle", "low"].map(part => `${name} ${part}`))
        .map((name, i) => `    [DATA + ${i}, { name: "${name}" }],`)
        .join("\n")
    return `/**
 * Register model of ${plan.maker} ${plan.className}.
 * Datasheet "${plan.className}", which revision?: registers section ?, timing section ?
 */
import { type ModelChannel } from "../shared/register-model.js"
import { RegisterMapModel, type RegisterRule } from "../shared/registers/register-map-model.js"

const WHO_AM_I = ${WHO_AM_I}
const CONTROL = ${CONTROL}
const STATUS = ${STATUS}
const DATA = ${DATA}
const START = 0x01
const READY = 0x01
/** Longest measurement, ms (section ?). */
const MEASURE_MS = 20
const DATA_BYTES = ${BYTES}
/** Counts of the part per unit, by channel. */
const SCALES = [${scales}]

const RULES: ReadonlyMap<number, RegisterRule> = new Map([
    [WHO_AM_I, { name: "who am I", initial: ${ID} }],
    [CONTROL, { name: "control", writable: true, mask: START }],
    [STATUS, { name: "status" }],
${data}
])

export class ${plan.className}Model extends RegisterMapModel {
    readonly part = "${plan.maker} ${plan.className}"
    readonly channels: readonly ModelChannel[] = [
${modelInputs(plan, ({ scale }) => scale[0] / scale[1] / 2)}
    ]
    protected readonly rules = RULES
    /** End of the measurement in progress; undefined while there is none. */
    private readyAt: number | undefined
    /** The inputs behind what the data registers hold. */
    private truth: readonly number[] = []

    constructor(address = ${addressText(plan.addresses[0])}) {
        super(address)
    }

    protected override powerUp(): void {
        super.powerUp()
        this.readyAt = undefined
        this.truth = []
    }

    protected override written(address: number, value: number): void {
        if (address !== CONTROL || (value & START) === 0) return
        if (this.readyAt !== undefined) this.illegal("a measurement is started while one is in progress")
        this.readyAt = this.nowMs + MEASURE_MS
    }

    protected override beforeRead(address: number, length: number): void {
        if (this.readyAt !== undefined && this.nowMs >= this.readyAt && !this.faults.stuckBusy)
            this.finish()
        if (address + length > DATA) this.handOutData()
    }

    private finish(): void {
        this.readyAt = undefined
        this.registers[CONTROL] &= ~START
        this.registers[STATUS] |= READY
        this.truth = this.channels.map(({ name }) => this.input(name))
        this.truth.forEach((value, i) => {
            const count = Math.round(value * SCALES[i])
            for (let byte = 0; byte < DATA_BYTES; byte++)
                this.registers[DATA + DATA_BYTES * i + byte] = count >> (8 * (DATA_BYTES - 1 - byte))
        })
    }

    /** Reading data clears the flag, after it was read. */
    protected override readValue(address: number): number {
        const value = super.readValue(address)
        if (address === DATA) this.registers[STATUS] &= ~READY
        return value
    }

    private handOutData(): void {
        this.truth.forEach((value, i) => this.handOut(this.channels[i].name, value))
        this.truth = []
    }
}
`
}

export function registersModelTest(plan: DriverPlan): string {
    const [channel] = plan.channels
    return `import { describe, expect, it } from "vitest"
import { ${plan.className}Model } from "./model.js"

describe("${plan.className} model", () => {
    const write = (model: ${plan.className}Model, bytes: number[], ms: number) =>
        model.transfer(Uint8Array.from(bytes), 0, ms)
    const read = (model: ${plan.className}Model, register: number, length: number, ms: number) => [
        ...model.transfer(Uint8Array.of(register), length, ms).data,
    ]

    it("has data ready only when the measurement is over, and gives them once", () => {
        const model = new ${plan.className}Model().feed("${channel.name}", ${channel.min})
        model.brownOut(0)
        write(model, [${CONTROL}, 0x01], 10)
        expect(read(model, ${STATUS}, 1, 29)).toEqual([0])
        expect(read(model, ${STATUS}, 1, 30)).toEqual([1])
        read(model, ${DATA}, ${BYTES}, 31)
        expect(read(model, ${STATUS}, 1, 32)).toEqual([0])
        expect(model.illegalAccesses).toEqual([])
    })

    it("logs what the datasheet does not allow", () => {
        const model = new ${plan.className}Model()
        model.brownOut(0)
        write(model, [${WHO_AM_I}, 0], 10)
        write(model, [0x7f, 0], 11)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "write of 0x00 to who am I, which can only be read",
            "write of 0x00 to the reserved register 0x7f",
        ])
    })
})
`
}
