/** The flash chip of an RP2040 board, behind the chip's SSI controller: a Winbond W25Q16JV. */

/** Of a Raspberry Pi Pico. */
export const PICO_FLASH_BYTES = 2 * 1024 * 1024
export const SECTOR_BYTES = 4096
export const PAGE_BYTES = 256
const ERASED = 0xff
const READ_UNIQUE_ID = 0x4b
/** Bytes of command and dummies before the number. */
const ID_AFTER = 5
const FIFO_DEPTH = 16

/** RP2040 datasheet, sections 4.10.13 (SSI) and 2.19.6.2 (IO_QSPI). */
const SSI_RXFLR = 0x18000024
const SSI_DR0 = 0x18000060
const SELECT_CONTROL = 0x4001800c
const SELECT_LOW = 0x200

export interface FlashFaults {
    /** Calls back in the midst of the N-th erasure of a sector or programming of a page; 1 = the first. */
    readonly atOperation?: { readonly operation: number; readonly action: () => void }
    /** Offset of a byte that stays 0 whatever is done. */
    readonly badCellAt?: number
}

export class PicoFlash {
    readonly cells = new Uint8Array(PICO_FLASH_BYTES).fill(ERASED)
    faults: FlashFaults = {}
    /** Erasures and programmings so far. */
    operations = 0
    /** What they were: "erase 0x1000". */
    readonly log: string[] = []
    /** Whether the SSI is set up for commands, which the boot ROM's EXIT_XIP does. */
    isConnected = false
    /** Bytes that the chip sent and nobody fetched yet. */
    private readonly fifo: number[] = []
    /** Bytes since it was selected; undefined while it is not. */
    private received: number | undefined
    private command = 0

    /** @param id the chip's number, 8 B */
    constructor(readonly id: Uint8Array) {}

    /** Erases the sector at an offset. */
    erase(offset: number): void {
        if (!this.isConnected) return
        const at = this.wrap(offset)
        this.change(`erase 0x${at.toString(16)}`, SECTOR_BYTES, i => {
            this.cells[at + i] = ERASED
        })
    }

    /** Programs a page: bits can only become 0. */
    program(offset: number, page: Uint8Array): void {
        if (!this.isConnected) return
        const at = this.wrap(offset)
        this.change(`program 0x${at.toString(16)}`, PAGE_BYTES, i => {
            this.cells[at + i] &= page[i]
        })
    }

    /** What the SSI gets: zeros as long as nothing is connected. */
    read(offset: number, bytes: number): Uint8Array {
        if (!this.isConnected) return new Uint8Array(bytes)
        const at = this.wrap(offset)
        return this.cells.slice(at, at + bytes)
    }

    /** A register of the SSI, or of its select line. @throws Error for one that is not known */
    readRegister(address: number): number {
        if (address === SSI_RXFLR) return this.fifo.length
        if (address === SSI_DR0) return this.fifo.shift() ?? 0
        throw new Error(`register ${address.toString(16)} is not known`)
    }

    writeRegister(address: number, value: number): void {
        if (address === SELECT_CONTROL) this.received = value === SELECT_LOW ? 0 : undefined
        else if (address === SSI_DR0) this.exchange(value & 0xff)
        else throw new Error(`register ${address.toString(16)} is not known`)
    }

    private exchange(byte: number): void {
        if (!this.isConnected || this.received === undefined) return
        if (this.received === 0) this.command = byte
        const i = this.received++ - ID_AFTER
        const answer =
            this.command === READ_UNIQUE_ID && i >= 0 ? this.id[i % this.id.length] : 0xff
        if (this.fifo.length < FIFO_DEPTH) this.fifo.push(answer)
    }

    private change(what: string, bytes: number, cell: (i: number) => void): void {
        const { atOperation, badCellAt } = this.faults
        this.operations++
        this.log.push(what)
        const isCut = atOperation?.operation === this.operations
        for (let i = 0; i < (isCut ? bytes / 2 : bytes); i++) cell(i)
        if (badCellAt !== undefined) this.cells[badCellAt] = 0
        if (isCut) atOperation.action()
    }

    /** The chip does not look at the address's highest bits. */
    private wrap(offset: number): number {
        return offset % this.cells.length
    }
}
