/** A driver and a model of a part with 16-bit commands and words, to be made into those of the real one. */
import { addressText } from "../parts.js"
import {
    channelFunctions,
    channelImports,
    classHead,
    functionName,
    halfWordStep,
    modelInputs,
} from "./common-files.js"
import { type DriverPlan } from "./plan.js"

const MEASURE = "0x2400"
const SERIAL = "0x3780"

export function sensirionDriver(plan: DriverPlan): string {
    const P = plan.folder.toUpperCase()
    const functions = plan.channels.map(({ name }) => functionName(plan, name))
    return `import { I2C } from "@devicescript/i2c"
${channelImports(plan)}import { DriverOptions, wait } from "../shared/driver.js"
import { SensirionDriver } from "../shared/sensirion/words.js"
import { ${functions.join(", ")} } from "./conversion.js"

// Datasheet "${plan.className}", which revision?
const ${P}_ADDRESS = ${addressText(plan.addresses[0])} // section ?
const ${P}_MEASURE = ${MEASURE} // section ?: measures once
const ${P}_SERIAL = ${SERIAL} // section ?: two words
const ${P}_MEASURE_MS = 20 // section ?: at most
const ${P}_SERIAL_MS = 1 // section ?: at most

${classHead(plan, "SensirionDriver")}
    protected override async setup(): Promise<void> {
        await this.identify(
            Buffer.from([${P}_SERIAL >> 8, ${P}_SERIAL & 0xff]),
            ${P}_SERIAL_MS,
            2
        )
        this.identity = "serial " + this.wordsAsHex()
    }

    protected override async measure(): Promise<void> {
        await this.command(${P}_MEASURE)
        await wait(${P}_MEASURE_MS)
        await this.readWords(${plan.channels.length})
${functions.map((name, i) => `        this.put(${i}, ${name}(this.words[${i}]))`).join("\n")}
    }
}
${channelFunctions(plan)}`
}

export function sensirionModel(plan: DriverPlan): string {
    return `/**
 * Register model of ${plan.maker} ${plan.className}.
 * Datasheet "${plan.className}", which revision?: commands section ?, timing section ?, conversion section ?
 */
import { type ModelChannel } from "../shared/register-model.js"
import { CommandModel, type Command } from "../shared/sensirion/command-model.js"
import { toTicks } from "../shared/sensirion/word-model.js"

const MEASURE = ${MEASURE}
const SERIAL = ${SERIAL}

export class ${plan.className}Model extends CommandModel {
    readonly part = "${plan.maker} ${plan.className}"
    readonly channels: readonly ModelChannel[] = [
${modelInputs(plan, halfWordStep)}
    ]
    private truth: readonly number[] = []
    protected readonly commands: ReadonlyMap<number, Command> = new Map([
        [
            MEASURE,
            {
                name: "measure",
                executionMs: 20,
                run: () => this.measurement(),
                answered: () =>
                    this.truth.forEach((value, i) => this.handOut(this.channels[i].name, value)),
            },
        ],
        [SERIAL, { name: "read serial number", executionMs: 1, run: () => [0x1234, 0x5678] }],
    ])

    constructor(address = ${addressText(plan.addresses[0])}) {
        super(address)
    }

    protected powerUp(): void {
        this.restart(1)
    }

    /** A part that is stuck never answers. */
    protected override isBusy(): boolean {
        return this.faults.stuckBusy || super.isBusy()
    }

    private measurement(): readonly number[] {
        this.truth = this.channels.map(({ name }) => this.input(name))
        return this.truth.map((value, i) => {
            const { min, max } = this.channels[i]
            return toTicks(value, min, max - min)
        })
    }
}
`
}

export function sensirionModelTest(plan: DriverPlan): string {
    return `import { describe, expect, it } from "vitest"
import { ${plan.className}Model } from "./model.js"

describe("${plan.className} model", () => {
    it("does not acknowledge a read before the measurement is over, and gives it once", () => {
        const model = new ${plan.className}Model()
        const nothing = new Uint8Array(0)
        model.brownOut(0)
        model.transfer(Uint8Array.of(${MEASURE} >> 8, ${MEASURE} & 0xff), 0, 10)
        expect(model.transfer(nothing, ${3 * plan.channels.length}, 29).status).not.toBe(0)
        expect(model.transfer(nothing, ${3 * plan.channels.length}, 30).status).toBe(0)
        expect(model.transfer(nothing, ${3 * plan.channels.length}, 31).status).not.toBe(0)
    })

    it("logs what the datasheet does not allow", () => {
        const model = new ${plan.className}Model()
        model.brownOut(0)
        model.transfer(Uint8Array.of(0x12, 0x34), 0, 10)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual(["unknown command 1234"])
    })
})
`
}
