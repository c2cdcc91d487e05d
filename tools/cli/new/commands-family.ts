/** A driver and a model of a part with 8-bit commands, to be made into those of the real one. */
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

/** Commands of the template; many parts have these in one form or another. */
const MEASURE = "0xf5"
const RESET = "0xfe"
const TELL_ID = "0xfc"
const ID = "0x1506"
const MEASURE_MS = 20
const RESET_MS = 15

export function commandsDriver(plan: DriverPlan): string {
    const P = plan.folder.toUpperCase()
    const functions = plan.channels.map(({ name }) => functionName(plan, name))
    return `import { I2C } from "@devicescript/i2c"
${channelImports(plan)}import { DriverOptions, SensorDriver, wait } from "../shared/driver.js"
import { idText, isResting, wrongPart } from "../shared/registers/register-driver.js"
import { ${functions.join(", ")} } from "./conversion.js"

// Datasheet "${plan.className}", which revision?
const ${P}_ADDRESS = ${addressText(plan.addresses[0])} // section ?
const ${P}_RESET = ${RESET} // section ?
const ${P}_TELL_ID = ${TELL_ID} // section ?
const ${P}_ID = ${ID} // section ?
const ${P}_MEASURE = ${MEASURE} // section ?: measures once
const ${P}_RESET_MS = ${RESET_MS} // section ?: at most
const ${P}_MEASURE_MS = ${MEASURE_MS} // section ?: at most
const ${P}_DATA_BYTES = ${2 * plan.channels.length} // section ?

${classHead(plan, "SensorDriver")}
    protected override async setup(): Promise<void> {
        await this.command(${P}_RESET)
        await wait(${P}_RESET_MS)
        await this.expectPart()
        this.identity = idText(${P}_ID)
    }

    protected override async measure(): Promise<void> {
        let data = await this.measureOnce()
        if (isResting(data)) {
            // A bus that nobody drives reads so: the id, which is neither, tells.
            await this.expectPart()
            data = await this.measureOnce()
            if (isResting(data)) await this.expectPart()
        }
${putWords(plan)}
    }

    /** The part has no sign of being ready: it is read after its longest time. */
    private async measureOnce(): Promise<Buffer> {
        await this.command(${P}_MEASURE)
        await wait(${P}_MEASURE_MS)
        return await this.read(${P}_DATA_BYTES)
    }

    /** Asks twice before it blames the part. */
    private async expectPart(): Promise<void> {
        if ((await this.tellsId()) !== ${P}_ID && (await this.tellsId()) !== ${P}_ID)
            throw wrongPart(this.part)
    }

    private async tellsId(): Promise<number> {
        const bytes = await this.bus.xfer(this.address, Buffer.from([${P}_TELL_ID]), 2)
        return (bytes[0] << 8) | bytes[1]
    }

    private async command(code: number): Promise<void> {
        await this.write(Buffer.from([code]))
    }
}
${channelFunctions(plan)}`
}

export function commandsModel(plan: DriverPlan): string {
    return `/**
 * Register model of ${plan.maker} ${plan.className}.
 * Datasheet "${plan.className}", which revision?: commands section ?, timing section ?, conversion section ?
 */
import {
    RegisterModel,
    TRANSFER_NACK_ADDRESS,
    TRANSFER_NACK_DATA,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"
import { toTicks } from "../shared/sensirion/word-model.js"

const MEASURE = ${MEASURE}
const RESET = ${RESET}
const TELL_ID = ${TELL_ID}
const ID = ${ID}
/** Longest times, ms (section ?). */
const MEASURE_MS = ${MEASURE_MS}
const RESET_MS = ${RESET_MS}

export class ${plan.className}Model extends RegisterModel {
    readonly part = "${plan.maker} ${plan.className}"
    readonly channels: readonly ModelChannel[] = [
${modelInputs(plan, halfWordStep)}
    ]
    private silentUntil = 0
    /** The command whose answer can be read; undefined: none. */
    private command: number | undefined
    private readyAt = 0
    private truth: readonly number[] = []

    constructor(address = ${addressText(plan.addresses[0])}) {
        super(address)
    }

    protected powerUp(): void {
        this.silentUntil = this.nowMs + RESET_MS
        this.command = undefined
    }

    protected override acknowledgesAddress(): boolean {
        return this.nowMs >= this.silentUntil
    }

    /** A measurement that nobody fetched. */
    override othersWrites(): readonly Uint8Array[] {
        return [Uint8Array.of(MEASURE)]
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        if (!this.acknowledgesAddress()) {
            this.illegal("command while it starts")
            return TRANSFER_NACK_ADDRESS
        }
        const [code] = bytes
        if (bytes.length !== 1 || ![MEASURE, RESET, TELL_ID].includes(code)) {
            this.illegal(\`unknown command \${Buffer.from(bytes).toString("hex")}\`)
            return TRANSFER_NACK_DATA
        }
        if (code === RESET) {
            this.powerUp()
            return TRANSFER_OK
        }
        this.command = code
        this.readyAt = this.nowMs + (code === MEASURE ? MEASURE_MS : 0)
        this.truth = this.channels.map(({ name }) => this.input(name))
        return TRANSFER_OK
    }

    /** Not acknowledged before there is an answer. */
    protected onRead(length: number): Uint8Array | undefined {
        const isStuck = this.faults.stuckBusy && this.command === MEASURE
        if (this.command === undefined || this.nowMs < this.readyAt || isStuck) {
            this.illegal("read while there is no answer")
            return undefined
        }
        const isId = this.command === TELL_ID
        this.command = undefined
        const words = isId ? [ID] : this.measurement()
        if (length > 2 * words.length) this.illegal(\`read of \${length} B\`)
        return Uint8Array.from(words.flatMap(word => [word >> 8, word & 0xff]))
    }

    private measurement(): number[] {
        return this.truth.map((value, i) => {
            const { name, min, max } = this.channels[i]
            this.handOut(name, value)
            return toTicks(value, min, max - min)
        })
    }
}
`
}

export function commandsModelTest(plan: DriverPlan): string {
    const bytes = 2 * plan.channels.length
    return `import { describe, expect, it } from "vitest"
import { ${plan.className}Model } from "./model.js"

describe("${plan.className} model", () => {
    it("does not acknowledge a read before the measurement is over, and gives it once", () => {
        const model = new ${plan.className}Model()
        const nothing = new Uint8Array(0)
        model.brownOut(0)
        model.transfer(Uint8Array.of(${MEASURE}), 0, 100)
        expect(model.transfer(nothing, ${bytes}, ${100 + MEASURE_MS - 1}).status).not.toBe(0)
        expect(model.transfer(nothing, ${bytes}, ${100 + MEASURE_MS}).status).toBe(0)
        expect(model.transfer(nothing, ${bytes}, ${100 + MEASURE_MS + 1}).status).not.toBe(0)
    })

    it("logs what the datasheet does not allow", () => {
        const model = new ${plan.className}Model()
        model.brownOut(0)
        model.transfer(Uint8Array.of(0x12), 0, 100)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual(["unknown command 12"])
    })
})
`
}
