/** A driver and a model of a part with 16-bit registers, to be made into those of the real one. */
import { addressText } from "../parts.js"
import {
    channelFunctions,
    channelImports,
    classHead,
    functionName,
    halfWordStep,
    modelInputs,
    putWords,
} from "./common-files.js"
import { type DriverPlan } from "./plan.js"

/** Registers of the template; many parts with words have these in one form or another. */
const DATA = "0x00"
const CONFIG = "0x02"
const ID_REGISTER = "0xff"
const ID = "0x1050"
/** A setting that is neither that after power-up nor what a bus reads as that nobody drives. */
const SETTINGS = "0x1400"
const AFTER_POWER_UP = "0x1000"
const WRITABLE = "0x3700"
const MEASURE_MS = 20

export function wordsDriver(plan: DriverPlan): string {
    const P = plan.folder.toUpperCase()
    const functions = plan.channels.map(({ name }) => functionName(plan, name))
    return `import { I2C } from "@devicescript/i2c"
${channelImports(plan)}import { QUALITY_NOT_READY } from "../../core/quality.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, isResting } from "../shared/registers/register-driver.js"
import { ${functions.join(", ")} } from "./conversion.js"

// Datasheet "${plan.className}", which revision?
const ${P}_ADDRESS = ${addressText(plan.addresses[0])} // section ?
const ${P}_DATA = ${DATA} // section ?: writing its address starts a measurement
const ${P}_CONFIG = ${CONFIG} // section ?
const ${P}_SETTINGS = ${SETTINGS} // section ?: not what it is after power-up, nor ones or zeros
const ${P}_ID_REGISTER = ${ID_REGISTER} // section ?
const ${P}_ID = ${ID} // section ?
const ${P}_MEASURE_MS = ${MEASURE_MS} // section ?: at most
const ${P}_DATA_BYTES = ${2 * plan.channels.length} // section ?

${classHead(plan, "RegisterDriver")}
    protected override async setup(): Promise<void> {
        await this.expectWordId(${P}_ID_REGISTER, ${P}_ID)
        await this.writeWord(${P}_CONFIG, ${P}_SETTINGS)
    }

    protected override async measure(): Promise<void> {
        let data = await this.measureOnce()
        // A bus that nobody drives reads so: only a second measurement tells.
        if (isResting(data)) data = await this.measureOnce()
        // Settings that are gone tell of a power loss, or that nobody drives the bus.
        if ((await this.readWord(${P}_CONFIG)) !== ${P}_SETTINGS)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost its settings")
${putWords(plan)}
    }

    /** The part has no sign of being ready: it is read after its longest time. */
    private async measureOnce(): Promise<Buffer> {
        await this.write(Buffer.from([${P}_DATA]))
        await wait(${P}_MEASURE_MS)
        return await this.read(${P}_DATA_BYTES)
    }
}
${channelFunctions(plan)}`
}

export function wordsModel(plan: DriverPlan): string {
    return `/**
 * Register model of ${plan.maker} ${plan.className}.
 * Datasheet "${plan.className}", which revision?: registers section ?, timing section ?, conversion section ?
 */
import { type ModelChannel, type TransferStatus, TRANSFER_OK } from "../shared/register-model.js"
import { WordMapModel, type WordRule } from "../shared/registers/word-map-model.js"
import { toTicks } from "../shared/sensirion/word-model.js"

const DATA = ${DATA}
const CONFIG = ${CONFIG}
const ID = ${ID_REGISTER}
/** Longest measurement, ms (section ?). */
const MEASURE_MS = ${MEASURE_MS}

const RULES: ReadonlyMap<number, WordRule> = new Map([
    [DATA, { name: "data" }],
    [CONFIG, { name: "configuration", initial: ${AFTER_POWER_UP}, writable: true, mask: ${WRITABLE} }],
    [ID, { name: "device id", initial: ${ID} }],
])

export class ${plan.className}Model extends WordMapModel {
    readonly part = "${plan.maker} ${plan.className}"
    readonly channels: readonly ModelChannel[] = [
${modelInputs(plan, halfWordStep)}
    ]
    protected readonly rules = RULES
    /** The pointer is at the data, so that a bare read gives them. */
    private isAtData = false
    /** End of the measurement in progress or before; undefined: none since power-up. */
    private readyAt: number | undefined
    private truth: readonly number[] = []

    constructor(address = ${addressText(plan.addresses[0])}) {
        super(address)
    }

    protected override powerUp(): void {
        super.powerUp()
        this.isAtData = false
        this.readyAt = undefined
    }

    /** The address of the data, written alone, starts a measurement. */
    protected override onWrite(bytes: Uint8Array): TransferStatus {
        this.isAtData = bytes.length === 1 && bytes[0] === DATA
        if (!this.isAtData) return super.onWrite(bytes)
        this.readyAt = this.nowMs + MEASURE_MS
        this.truth = this.channels.map(({ name }) => this.input(name))
        return TRANSFER_OK
    }

    /** Not acknowledged while it measures. */
    protected override onRead(length: number): Uint8Array | undefined {
        if (!this.isAtData) return super.onRead(length)
        if (length > 2 * this.channels.length) this.illegal(\`read of \${length} B of data\`)
        if (this.readyAt === undefined || this.nowMs < this.readyAt || this.faults.stuckBusy) {
            this.illegal("read while it measures")
            return undefined
        }
        this.truth.forEach((value, i) => this.handOut(this.channels[i].name, value))
        return Uint8Array.from(
            this.truth.flatMap((value, i) => {
                const { min, max } = this.channels[i]
                const word = toTicks(value, min, max - min)
                return [word >> 8, word & 0xff]
            })
        )
    }
}
`
}

export function wordsModelTest(plan: DriverPlan): string {
    const bytes = 2 * plan.channels.length
    return `import { describe, expect, it } from "vitest"
import { ${plan.className}Model } from "./model.js"

describe("${plan.className} model", () => {
    it("does not acknowledge a read before the measurement is over", () => {
        const model = new ${plan.className}Model()
        const nothing = new Uint8Array(0)
        model.brownOut(0)
        model.transfer(Uint8Array.of(${DATA}), 0, 10)
        expect(model.transfer(nothing, ${bytes}, ${10 + MEASURE_MS - 1}).status).not.toBe(0)
        expect(model.transfer(nothing, ${bytes}, ${10 + MEASURE_MS}).status).toBe(0)
    })

    it("logs what the datasheet does not allow", () => {
        const model = new ${plan.className}Model()
        model.brownOut(0)
        model.transfer(Uint8Array.of(${ID_REGISTER}, 0, 0), 0, 10)
        model.transfer(Uint8Array.of(0x7f), 2, 11)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "write of 0x0000 to device id, which can only be read",
            "read of the reserved register 0x7f",
        ])
    })
})
`
}
