import { Bytes } from "./bytes.js"

/**
 * A memory part that keeps its bytes without power: an FRAM or an EEPROM.
 * Addresses are 0 … size − 1; an access never goes beyond the end.
 */
export interface ByteStore {
    /** B */
    readonly size: number
    /**
     * B that one write cycle rewrites as a whole, all of which a power cut in
     * that cycle can damage; 0 when every byte is written on its own (FRAM).
     */
    readonly pageBytes: number
    /** Finds out whether the part is there and keeps what is written. @throws StoreError or the bus's own error */
    open(): Promise<void>
    /** @throws StoreError or the bus's own error */
    read(address: number, target: Bytes, to: number, length: number): Promise<void>
    /** The bytes are kept when this returns. @throws StoreError or the bus's own error */
    write(address: number, source: Bytes, from: number, length: number): Promise<void>
}

/** A memory part that does not do what it should. */
export class StoreError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "StoreError"
    }
}
