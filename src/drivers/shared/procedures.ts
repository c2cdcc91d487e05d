import { ARGUMENT_LOOK } from "../../core/protocol/procedures.js"
import { QUALITY_NOT_READY } from "../../core/quality.js"
import { SensorDriver, SensorError } from "./driver.js"

/**
 * What a part does to itself when it is asked: recalibrates, keeps a setting, blows out its fan.
 * Apart from its driver, so that a program that only samples does not carry it. A station takes
 * it with `calibrations(undefined, procedures([…]))`.
 */
export interface PartProcedures {
    /** Of the part; it rests meanwhile. */
    readonly driver: SensorDriver
    /** Bit N: the part has number N of src/core/protocol/procedures.ts. */
    readonly procedures: number
    /**
     * Carries one out, within a bounded time.
     *
     * @param procedure one of {@link procedures}
     * @param argument whole; ARGUMENT_LOOK only tells a setting
     * @returns what came of it: a correction, or the setting as the part has it now
     * @throws Error whose message says why not
     */
    readonly carryOut: (procedure: number, argument: number) => Promise<number>
    /**
     * Of a part that forgets with its power what the node gave it: reads what was kept, before the part is set up.
     *
     * @param slot its own
     */
    readonly open?: (store: ProcedureStore, slot: number) => Promise<void>
}

/** Where the node keeps what its parts forget. */
export interface ProcedureStore {
    /** @returns the bytes, none when nothing was kept; undefined when it cannot be read */
    read: (slot: number) => Promise<Buffer>
    /** @returns whether the bytes were read back */
    write: (slot: number, bytes: Buffer) => Promise<boolean>
}

/** @throws RangeError when an argument is not within its limits */
export function checkArgument(name: string, value: number, min: number, max: number): void {
    if (!(value >= min && value <= max))
        throw new RangeError(name + " must be " + min + " to " + max + ", got " + value)
}

/**
 * Before a setting of 0 … most is written.
 *
 * @param name of the setting and of the driver's option for it
 * @param option what the program gave the driver; undefined: the part's own setting counts
 * @param argument ARGUMENT_LOOK only tells the setting
 * @returns whether it is to be written
 * @throws RangeError outside of the limits
 * @throws SensorError when the program writes it at each start: it cannot be another one afterwards
 */
export function checkSetting(
    driver: SensorDriver,
    name: string,
    option: unknown,
    argument: number,
    most: number
): boolean {
    if (argument === ARGUMENT_LOOK) return false
    checkArgument(driver.part + ": " + name, argument, 0, most)
    if (option !== undefined)
        throw new SensorError(
            QUALITY_NOT_READY,
            driver.part + ": the program sets it at each start, by the option " + name
        )
    return true
}
