/** The transfers that a rig's program prints on a board: {@link BusLines} puts them together again. */

/** A transfer as a board saw it. */
export interface RecordedTransfer {
    /** Counts all transfers of the run. */
    readonly n: number
    /** Uptime of the board when it began, ms. */
    readonly ms: number
    readonly address: number
    /** Hex. */
    readonly write: string
    /** B that were asked for. */
    readonly readLength: number
    /** Hex; "" when it failed. */
    readonly read: string
    /** 0 = acknowledged; otherwise as Jacdac's I2C service numbers it. */
    readonly status: number
}

interface Open {
    readonly transfer: RecordedTransfer
    readonly writeLength: number
}

export class BusLines {
    /** Transfers of which lines did not arrive. */
    lost = 0
    private open: Open | undefined
    private next = 0

    constructor(private readonly onTransfer: (transfer: RecordedTransfer) => void) {}

    /** @returns whether the line was of the bus */
    read(line: string): boolean {
        const [kind, ...rest] = line.split(" ")
        if (kind === "BUS") this.begin(rest.map(Number))
        else if (kind === "BUSW") this.more("write", rest[0] ?? "")
        else if (kind === "BUSR") this.more("read", rest[0] ?? "")
        else return false
        return true
    }

    /** The last one may have lines that did not come. */
    end(): void {
        if (this.open !== undefined) this.lost++
        this.open = undefined
    }

    private begin([n, ms, address, readLength, status, writeLength]: number[]): void {
        this.end()
        // A board that restarts counts anew.
        if (n > this.next) this.lost += n - this.next
        this.next = n + 1
        const transfer = { n, ms, address, write: "", readLength, read: "", status }
        this.open = { transfer, writeLength }
        this.finish()
    }

    private more(side: "write" | "read", hex: string): void {
        if (this.open === undefined || !/^(?:[0-9a-f]{2})+$/.test(hex)) return
        const { transfer, writeLength } = this.open
        this.open = { transfer: { ...transfer, [side]: transfer[side] + hex }, writeLength }
        this.finish()
    }

    private finish(): void {
        if (this.open === undefined) return
        const { transfer, writeLength } = this.open
        const { write, read, readLength, status } = transfer
        if (write.length / 2 < writeLength) return
        if (status === 0 && read.length / 2 < readLength) return
        this.open = undefined
        this.onTransfer(transfer)
    }
}
