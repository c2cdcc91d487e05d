/**
 * The program of one part: what its bench runs, and what its own tests add. See
 * {@link RigProgram}: all of it is compiled once.
 */
import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { type PartModel } from "../../src/drivers/shared/part-model.js"
import { type Part } from "../../src/drivers/shared/part.js"
import { ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { RegisterModel } from "../../src/drivers/shared/register-model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { DriverRig, type RigOptions } from "./driver-rig.js"
import { RigProgram, type RigDriver } from "./rig-program.js"
import { isOnPin, type CataloguedPart } from "./catalogue.js"

/** The drivers of a bench, by their index in the program. */
export const DEFAULT_DRIVER = 0
/** The same part at its second address, if it has one. */
export const SECOND_DRIVER = 1
/** Takes the part for frozen after {@link FROZEN_AFTER} equal samples. */
export const FROZEN_DRIVER = 2
/** A part of another kind. */
export const NEIGHBOUR_DRIVER = 3
/** The part without an address given. */
export const UNADDRESSED_DRIVER = 4
export const FROZEN_AFTER = 4

interface Neighbour {
    readonly driver: RigDriver
    readonly address: number
    readonly model: () => RegisterModel
}

const NEIGHBOURS: readonly Neighbour[] = [
    {
        driver: { folder: "bh1750", className: "BH1750", options: "{ address: 0x5c }" },
        address: 0x5c,
        model: () => new BH1750Model(0x5c).feed("illuminance", 345),
    },
    {
        driver: { folder: "sht4x", className: "SHT4x", options: "{ address: 0x46 }" },
        address: 0x46,
        model: () => new SHT4xModel(0x46).feed("temperature", -3).feed("humidity", 45),
    },
]

/** A part of another kind that can be on the bus beside this one. */
export function neighbourOf({ folder, addresses }: CataloguedPart): Neighbour {
    return NEIGHBOURS.find(
        ({ driver, address }) => driver.folder !== folder && !addresses.includes(address)
    ) as Neighbour
}

/** A part whose models are of this kind. */
export type BenchPart<M extends PartModel> = CataloguedPart & {
    readonly model: (address: number) => M
}

export class PartProgram<M extends PartModel = PartModel> extends RigProgram {
    readonly part: BenchPart<M>

    /**
     * @param folder under src/drivers: "sht4x"
     * @param optionImports statements that options of {@link variant} need, as seen from the folder devs
     */
    constructor(
        folder: string,
        part: Part,
        private readonly optionImports = ""
    ) {
        super()
        this.part = { ...part, folder } as BenchPart<M>
        for (const driver of benchDrivers(this.part)) this.driver(driver)
    }

    /**
     * The driver with options of one's own.
     * @param options DeviceScript source: "{ powerDown: true }"; default none
     * @returns its index
     */
    variant(options?: string): number {
        return this.driver({
            ...driverOf(this.part),
            imports: this.optionImports,
            ...(options === undefined ? {} : { options }),
        })
    }

    /** A rig on which these drivers run; samples are taken every second unless it says otherwise. */
    rig(
        running: number | readonly number[],
        models: PartModel | readonly PartModel[],
        options: Omit<RigOptions, "program" | "running" | "models" | "pins"> = {}
    ): DriverRig {
        const all: PartModel[] = [models].flat()
        return new DriverRig({
            ...options,
            program: this,
            running: [running].flat(),
            models: all.filter(model => model instanceof RegisterModel),
            pins: all.filter(model => model instanceof ServiceModel),
        })
    }
}

function driverOf(part: CataloguedPart): RigDriver {
    const { folder, className } = part
    return { folder, className, ...(isOnPin(part) ? { role: part.role } : {}) }
}

/**
 * The driver at an address, with the options that its part needs.
 * @param address undefined: it is on a pin, or at its default address
 * @param options further ones as DeviceScript source: 'prefix: "second_"'
 */
export function driverAt(
    part: CataloguedPart,
    address: number | undefined,
    options?: string
): RigDriver {
    const own = address === undefined ? undefined : `address: ${address}`
    const all = [own, part.options, options].filter(text => text !== undefined)
    return { ...driverOf(part), options: `{ ${all.join(", ")} }` }
}

function benchDrivers(part: CataloguedPart): RigDriver[] {
    const at = (address: number | undefined, options?: string) => driverAt(part, address, options)
    return [
        at(part.addresses[0]),
        at(part.addresses[1] ?? part.addresses[0], 'prefix: "second_"'),
        { ...at(part.addresses[0]), frozenAfter: FROZEN_AFTER },
        neighbourOf(part).driver,
        at(undefined),
    ]
}
