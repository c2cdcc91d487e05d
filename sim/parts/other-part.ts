import {
    RegisterModel,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../../src/drivers/shared/register-model.js"

/**
 * A part that a driver does not expect at its address: it acknowledges everything
 * and reads as one byte, over and over.
 */
export class OtherPart extends RegisterModel {
    readonly part = "some other part"
    readonly channels: readonly ModelChannel[] = []

    constructor(
        address: number,
        private readonly byte = 0x5a
    ) {
        super(address)
    }

    protected onWrite(): TransferStatus {
        return TRANSFER_OK
    }

    protected onRead(length: number): Uint8Array {
        return new Uint8Array(length).fill(this.byte)
    }

    protected powerUp(): void {
        // It has no state.
    }
}
