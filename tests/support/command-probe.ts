/** Talks to a model of a part with 16-bit commands, without a driver. */
import { type RegisterModel, type TransferStatus } from "../../src/drivers/shared/register-model.js"

export interface CommandProbe {
    /** @param hex bytes to write @param ms Unix time */
    write: (hex: string, ms: number) => TransferStatus
    /** @returns the bytes as hex, or undefined when the part does not acknowledge */
    read: (length: number, ms: number) => string | undefined
    /** What the datasheet does not allow of all that was done. */
    complaints: () => string[]
}

/** @param model gives the model of the test that runs */
export function commandProbe(model: () => RegisterModel): CommandProbe {
    return {
        write: (hex, ms) => model().transfer(Buffer.from(hex, "hex"), 0, ms).status,
        read: (length, ms) => {
            const { status, data } = model().transfer(new Uint8Array(0), length, ms)
            return status === 0 ? Buffer.from(data).toString("hex") : undefined
        },
        complaints: () => model().illegalAccesses.map(({ what }) => what),
    }
}
