/** A board in its boot mode, whatever it is and however it is connected. */

/** What kind of trouble it is, for who says it in words of their own: a page, in another language. */
export type BoardReason =
    | "gone"
    | "stalled"
    | "no answer"
    | "unknown chip"
    | "other board"
    | "no runtime"
    | "differs"
    | "transfer"
    | "no boot mode"
    | "RP2350"
    | "drive only"
    | "driver"
    | "denied"
    | "busy"
    | "not opened"
    | "other"

/** The board is gone, does not answer, or does not do what it was told. The message says what to do. */
export class BoardError extends Error {
    override name = "BoardError"

    constructor(
        message: string,
        readonly reason: BoardReason = "other"
    ) {
        super(message)
    }
}

export interface BoardAccess {
    /** "ESP32-C3" */
    readonly chip: string
    /** Names this board among others of its kind: its burnt-in address or serial number. */
    readonly serial: string
    /** Reads flash. @throws BoardError */
    read(address: number, bytes: number): Promise<Uint8Array>
    /** Whether flash holds these bytes. @throws BoardError */
    holds(address: number, bytes: Uint8Array): Promise<boolean>
    /**
     * Erases and writes; both ends are at borders of sectors or the end of the piece.
     *
     * @param onProgress told how much of the piece is written, 0 to 1
     * @throws BoardError
     */
    write(address: number, bytes: Uint8Array, onProgress: (share: number) => void): Promise<void>
    /** Starts what is in flash, and gives the connection up. */
    restart(): Promise<void>
    /** Gives the connection up; the board stays as it is. */
    close(): Promise<void>
}
