/**
 * `suitcase try --replay`: the driver again in the VM, answered with what the real part said. Beside it the
 * register model gets the same transfers: where it takes or refuses another one than the part did, it is told.
 */
import { type I2cBus, type BusTransfer } from "../../../sim/bus/i2c-bus.js"
import { type RecordedTransfer } from "../../../sim/parts/bus-lines.js"
import { type CataloguedPart } from "../../../sim/parts/catalogue.js"
import { DriverRig } from "../../../sim/parts/driver-rig.js"
import { fed } from "../../../sim/parts/part-bench.js"
import { driverAt } from "../../../sim/parts/part-program.js"
import { RigProgram } from "../../../sim/parts/rig-program.js"
import { RegisterModel, type TransferStatus } from "../../../src/drivers/shared/register-model.js"
import { type Recording, type RecordedSample } from "./recording.js"

/** Virtual time beyond that of the recording within which its last transfer must come, ms. */
const GRACE_MS = 60_000

export interface Replayed {
    readonly samples: readonly RecordedSample[]
    /** Transfers of the recording that the driver made again, in their order. */
    readonly repeated: number
    /** Where the driver did something else than when it was recorded; undefined: nowhere. */
    readonly divergence: string | undefined
    /** What the model answered otherwise than the part. */
    readonly modelDiffers: readonly string[]
}

export async function replay(part: CataloguedPart, recording: Recording): Promise<Replayed> {
    const { head, transfers } = recording
    const model = fed(part, part.model(head.address))
    if (!(model instanceof RegisterModel)) throw new RangeError(`${part.folder} is on no bus`)
    const program = new RigProgram()
    const driver = program.driver(driverAt(part, head.address, head.options || undefined))
    const rig = new DriverRig({
        program,
        running: [driver],
        models: [model],
        everyMs: head.everyMs,
    })
    const played = new Player(rig.node.bus, transfers)
    const span = (transfers.at(-1)?.ms ?? 0) - (transfers[0]?.ms ?? 0)
    const { world } = rig
    await world.runUntil(() => played.isOver, 2 * span + GRACE_MS)
    // The sample that the last transfer belongs to.
    if (played.divergence === undefined) await world.run(Math.min(head.everyMs, 2000))
    world.close()
    return {
        samples: rig.samples.map(({ values, qualities }) => ({ values, qualities })),
        repeated: played.repeated,
        divergence: played.divergence,
        modelDiffers: played.modelDiffers,
    }
}

class Player {
    repeated = 0
    divergence: string | undefined
    readonly modelDiffers: string[] = []

    constructor(
        bus: I2cBus,
        private readonly transfers: readonly RecordedTransfer[]
    ) {
        const real = bus.transfer.bind(bus)
        bus.transfer = (address, write, readLength, unixMs) =>
            this.answer(real(address, write, readLength, unixMs))
    }

    get isOver(): boolean {
        return this.divergence !== undefined || this.repeated === this.transfers.length
    }

    /** @param modelled what the model says to the same transfer */
    private answer(modelled: BusTransfer): BusTransfer {
        const recorded = this.isOver ? undefined : this.transfers[this.repeated]
        if (recorded === undefined) return modelled
        const { address, write, readLength } = modelled
        const asked = textOf(address, Buffer.from(write).toString("hex"), readLength)
        const expected = textOf(recorded.address, recorded.write, recorded.readLength)
        if (asked !== expected) {
            this.divergence = `transfer ${recorded.n}: the driver makes ${asked}, recorded is ${expected}`
            return modelled
        }
        this.repeated++
        const isTaken = recorded.status === 0
        if (isTaken !== (modelled.result.status === 0))
            this.modelDiffers.push(
                `transfer ${recorded.n} (${expected}): the part ${isTaken ? "acknowledged" : "refused"} it, the model did not`
            )
        return {
            ...modelled,
            result: {
                status: recorded.status as TransferStatus,
                data: Buffer.from(recorded.read, "hex"),
            },
        }
    }
}

function textOf(address: number, write: string, readLength: number): string {
    const written = write === "" ? "" : ` W ${write}`
    return `0x${address.toString(16)}${written}${readLength === 0 ? "" : ` R ${readLength}`}`
}
