/**
 * The file around the frames: magic, version, then records of a type, a length
 * and a payload. docs/pack.md describes it in full.
 */
import { CRC16_START, crc16 } from "../../../src/core/crc.js"
import { MAX_FRAME_BYTES } from "../../../src/core/frame/format.js"
import { getU16, putU16 } from "../../../src/core/bytes.js"
import { MAX_RECORD_BYTES } from "../../decoder/record.js"
import { PackError } from "./errors.js"

/**
 * As PNG's signature (ISO/IEC 15948, 5.2): a byte above 127, the name, and line
 * ends that a transfer as text would change.
 */
export const MAGIC = Uint8Array.of(0x89, 0x53, 0x43, 0x50, 0x0d, 0x0a, 0x1a, 0x0a)
export const CONTAINER_VERSION = 1

/** Types of records, in the order in which they come. */
export const RECORD = {
    schema: 0x53,
    table: 0x54,
    boot: 0x42,
    frame: 0x46,
    end: 0x45,
} as const

const BOOT_BYTES = 10
const END_BYTES = 12
const CHECK_BYTES = 2

/** Where a container's bytes go. */
export interface ByteSink {
    write(bytes: Uint8Array): void
}

export class ContainerWriter {
    bytes = 0
    frames = 0
    frameBytes = 0

    constructor(private readonly sink: ByteSink) {
        this.put(MAGIC)
        this.put(Uint8Array.of(CONTAINER_VERSION))
    }

    records(schema: string, table: string): void {
        this.checked(RECORD.schema, Buffer.from(schema))
        this.checked(RECORD.table, Buffer.from(table))
    }

    boot(bootId: number, epoch: number): void {
        const payload = Buffer.alloc(BOOT_BYTES)
        payload.writeUInt16LE(bootId, 0)
        payload.writeBigInt64LE(BigInt(epoch), 2)
        this.checked(RECORD.boot, payload)
    }

    frame(frame: Uint8Array): void {
        this.frames++
        this.frameBytes += frame.length
        this.put(head(RECORD.frame, frame.length))
        this.put(frame)
    }

    end(rows: number): void {
        const payload = Buffer.alloc(END_BYTES)
        payload.writeUInt32LE(this.frames, 0)
        payload.writeBigUInt64LE(BigInt(rows), 4)
        this.checked(RECORD.end, payload)
    }

    private checked(type: number, payload: Uint8Array): void {
        const record = Buffer.concat([head(type, payload.length + CHECK_BYTES), payload])
        const check = new Uint8Array(CHECK_BYTES)
        putU16(check, 0, crc16(record, 0, record.length, CRC16_START))
        this.put(record)
        this.put(check)
    }

    private put(bytes: Uint8Array): void {
        this.bytes += bytes.length
        this.sink.write(bytes)
    }
}

function head(type: number, length: number): Uint8Array {
    const bytes = [type]
    let rest = length
    for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
    bytes.push(rest)
    return Uint8Array.from(bytes)
}

/** One record of a container. */
export type ContainerRecord =
    | { readonly type: "schema" | "table"; readonly payload: Uint8Array }
    | { readonly type: "boot"; readonly bootId: number; readonly epoch: number }
    | { readonly type: "frame"; readonly payload: Uint8Array }
    | { readonly type: "end"; readonly frames: number; readonly rows: number }

/** Bytes in pieces; takes as many as asked for, fewer only at the end. */
export interface ByteSource {
    take(length: number): Promise<Uint8Array>
}

/** Reads records one by one; the frame they stand at is named by the caller. */
export class ContainerReader {
    constructor(private readonly source: ByteSource) {}

    /** @throws PackError when this is no packed file of a known version */
    async open(): Promise<void> {
        const start = await this.source.take(MAGIC.length)
        const isMagic = start.length === MAGIC.length && MAGIC.every((byte, i) => byte === start[i])
        if (!isMagic)
            throw new PackError("magic", "this is no packed file; make one with suitcase pack")
        const [version] = await this.exactly(1)
        if (version !== CONTAINER_VERSION)
            throw new PackError("version", `version ${version} is not known to this program`)
    }

    /** @throws PackError when the record is cut off or damaged */
    async next(): Promise<ContainerRecord> {
        const [type] = await this.exactly(1)
        const length = await this.length()
        if (type === RECORD.frame) {
            if (length > MAX_FRAME_BYTES)
                throw new PackError("record", `a frame of ${length} B is longer than frames can be`)
            return { type: "frame", payload: await this.exactly(length) }
        }
        const isKnown = Object.values<number>(RECORD).includes(type)
        if (!isKnown || length < CHECK_BYTES || length > MAX_RECORD_BYTES + CHECK_BYTES)
            throw new PackError(
                "record",
                `a record of type ${type} and ${length} B is none of ours`
            )
        return recordOf(type, this.checked(type, length, await this.exactly(length)))
    }

    /** Whether nothing follows. */
    async isAtEnd(): Promise<boolean> {
        return (await this.source.take(1)).length === 0
    }

    private checked(type: number, length: number, bytes: Uint8Array): Uint8Array {
        const payload = bytes.subarray(0, length - CHECK_BYTES)
        const start = head(type, length)
        const crc = crc16(start, 0, start.length, CRC16_START)
        if (crc16(payload, 0, payload.length, crc) !== getU16(bytes, payload.length))
            throw new PackError("record", "the checksum of a record does not match")
        return payload
    }

    private async length(): Promise<number> {
        let length = 0
        for (let shift = 0; shift < 28; shift += 7) {
            const [byte] = await this.exactly(1)
            length |= (byte & 127) << shift
            if (byte < 128) return length
        }
        throw new PackError("record", "the length of a record has more than 28 bits")
    }

    private async exactly(length: number): Promise<Uint8Array> {
        const bytes = await this.source.take(length)
        if (bytes.length === length) return bytes
        throw new PackError("truncated", "the file ends here, but its end is missing")
    }
}

function recordOf(type: number, payload: Uint8Array): ContainerRecord {
    if (type === RECORD.schema) return { type: "schema", payload }
    if (type === RECORD.table) return { type: "table", payload }
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
    const expected = type === RECORD.boot ? BOOT_BYTES : END_BYTES
    if (payload.length !== expected)
        throw new PackError("record", `a record of ${expected} B has ${payload.length} B`)
    if (type === RECORD.boot)
        return {
            type: "boot",
            bootId: view.getUint16(0, true),
            epoch: Number(view.getBigInt64(2, true)),
        }
    return {
        type: "end",
        frames: view.getUint32(0, true),
        rows: Number(view.getBigUint64(4, true)),
    }
}
