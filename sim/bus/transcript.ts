/** The bus in lines for people and in CSV for spreadsheets. */
import {
    TRANSFER_NACK_ADDRESS,
    TRANSFER_OK,
    type RegisterModel,
} from "../../src/drivers/shared/register-model.js"
import { type BusTransfer } from "./i2c-bus.js"

/** "W e4 b8  R 00 06 81": what was written and read, hexadecimal; "–" for an address probe. */
export function bytesOf({ write, readLength, result }: BusTransfer): string {
    const parts: string[] = []
    if (write.length > 0) parts.push(`W ${hex(write)}`)
    if (readLength > 0) parts.push(result.data.length > 0 ? `R ${hex(result.data)}` : "R")
    return parts.length === 0 ? "–" : parts.join("  ")
}

/** How it ended: "ok", "no ACK of the address", "no ACK of the data". */
export function endOf({ result }: BusTransfer): string {
    if (result.status === TRANSFER_OK) return "ok"
    return result.status === TRANSFER_NACK_ADDRESS ? "no ACK of the address" : "no ACK of the data"
}

/** In the words of the part's datasheet, as far as its model has them. */
export function wordsOf(transfer: BusTransfer, model: RegisterModel | undefined): string {
    const { write, result } = transfer
    return model?.describe?.(write, result.data) ?? ""
}

export const CSV_HEADER = "time_s,address,written_hex,read_hex,result,duration_us,meaning"

/** @param startMs Unix time of the start of the run, ms */
export function csvLine(
    transfer: BusTransfer,
    model: RegisterModel | undefined,
    startMs: number
): string {
    const { unixMs, address, write, result, durationUs } = transfer
    return [
        ((unixMs - startMs) / 1000).toFixed(6),
        `0x${address.toString(16).padStart(2, "0")}`,
        hex(write),
        hex(result.data),
        endOf(transfer),
        durationUs,
        `"${wordsOf(transfer, model).replaceAll('"', '""')}"`,
    ].join(",")
}

function hex(bytes: Uint8Array): string {
    return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join(" ")
}
