/** The node's own service over USB, from the host's side: services/suitcase.md. */
import { type FrameLink } from "../../../sim/jacdac/frame-link.js"
import { deviceIdBytes, deviceIdText } from "../../../sim/jacdac/frame.js"
import { isGap, QUALITY_SKIPPED } from "../../../src/core/quality.js"
import { toUnit } from "../../../src/core/channel.js"
import {
    AT_ARGUMENTS,
    AT_DATA,
    AT_INDEX,
    AT_OPERATION,
    AT_PART,
    AT_PARTS,
    AT_STATUS,
    AT_TAG,
    EXCHANGE,
    MOST_PARTS,
    NODE_SERVICE_INDEX,
    OPERATION_DIAGNOSTICS,
    OPERATION_IDENTITY,
    OPERATION_READINGS,
    OPERATION_SCHEMA,
    OPERATION_SETTINGS,
    PART_BYTES,
    READINGS_HEAD_BYTES,
    READING_BYTES,
    STATUS_DONE,
    STATUS_FAILED,
    STATUS_NO_ITEM,
    STATUS_NO_PART,
    STATUS_UNKNOWN_OPERATION,
} from "../../../src/core/protocol/node-service.js"
import { RecordError, RecordReader } from "../../decoder/record.js"
import { parseSchema, type Schema, type SchemaChannel } from "../../decoder/schema-record.js"
import { BoardError } from "../board-access.js"
import { ask, viewOf } from "./ask.js"

/** Exclusive-or of a board's id and that of the device with its program's services. */
const PROGRAM_DEVICE = Uint8Array.of(0xf8, 0x53, 0x1b, 0x75, 0xa7, 0x49, 0x22, 0xdb)
/** A node that does not answer for so long has no service, or is not running, ms. */
const ANSWER_MS = 4000
/** An item whose parts did not fit together is begun anew. */
const ATTEMPTS = 3
/** Most pieces of a schema record. */
const MOST_PIECES = 64
const DIAGNOSTICS_BEFORE_SENSORS = 2
const TAGS = 256

/** A status other than "done". */
export class NodeServiceError extends BoardError {
    override name = "NodeServiceError"

    constructor(
        readonly operation: number,
        readonly status: number
    ) {
        super(`the node refused operation 0x${operation.toString(16)}: ${statusText(status)}`)
    }
}

function statusText(status: number): string {
    switch (status) {
        case STATUS_UNKNOWN_OPERATION:
            return "its program does not have it"
        case STATUS_NO_ITEM:
            return "there is no such item"
        case STATUS_NO_PART:
            return "the parts of its answer did not fit together"
        case STATUS_FAILED:
            return "it failed; suitcase console shows how"
        default:
            return `status ${status}`
    }
}

export interface NodeIdentity {
    /** The board's id, 16 hex digits. */
    readonly device: string
    readonly node: string
    readonly site: string
    /** What the board's configuration calls it; "" if nothing. */
    readonly board: string
    readonly app: string
    readonly version: string
    /** CRC-16 of the schema record. */
    readonly schema: number
    /** Values in a row. */
    readonly columns: number
    readonly sensors: number
}

/** The newest reading of a column. */
export interface LiveReading {
    readonly channel: SchemaChannel
    /** In the channel's scale; undefined for a gap, and when there was no row yet. */
    readonly reading: number | undefined
    /** In the channel's unit. */
    readonly value: number | undefined
    /** src/core/quality.ts */
    readonly quality: number
    /** Time since the sample began, ms; undefined: there was no row yet. */
    readonly ageMs: number | undefined
    /** Uptime of the node when the sample began, ms, modulo 2³². */
    readonly takenAtMs: number | undefined
}

/**
 * The device that carries the services of a board's program.
 *
 * @param board and result: 16 hex digits
 */
export function programDeviceOf(board: string): string {
    return deviceIdText(deviceIdBytes(board).map((byte, i) => byte ^ PROGRAM_DEVICE[i]))
}

/** Members of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

export interface NodeState {
    /** Members of the status record, with `broker` and `problem`. */
    readonly fields: Fields
    readonly uptimeMs: number
    readonly bootId: number
    /** Whether a broker accepted the node. */
    readonly isBrokerReached: boolean
    /** Why the latest attempt or connection failed; "" for none. */
    readonly problem: string
}

export interface SensorState {
    readonly part: string
    /** 7-bit I2C address; 0: not on that bus. */
    readonly address: number
    readonly channels: number
    readonly identity: string
    readonly errors: number
    readonly lastError: string
}

/** A node's service, whichever way its requests go. */
export abstract class NodeItems {
    private tag = 0
    private schemaRecord: Schema | undefined

    /**
     * Sends a request and waits for the reply to it.
     *
     * @param isAnswer whether a message, operation first, is that reply
     * @throws BoardError when none comes
     */
    protected abstract exchange(
        request: Uint8Array<ArrayBuffer>,
        isAnswer: (reply: Uint8Array) => boolean
    ): Promise<Uint8Array>

    /** @throws BoardError when the node has no such service, or does not answer */
    async identity(): Promise<NodeIdentity> {
        const identity = await this.read(OPERATION_IDENTITY, 0, record => ({
            device: record.text("device"),
            node: record.text("node"),
            site: record.text("site"),
            board: record.message("board"),
            app: record.text("app"),
            version: record.text("version"),
            schema: record.integer("schema", 0, 0xffff),
            columns: record.integer("columns", 1, 0xff),
            sensors: record.integer("sensors", 1, 0xff),
        }))
        if (this.schemaRecord?.id !== identity.schema) this.schemaRecord = undefined
        return identity
    }

    /** What the columns are. Kept until {@link identity} says that it is another one. */
    async schema(): Promise<Schema> {
        if (this.schemaRecord !== undefined) return this.schemaRecord
        const { schema } = await this.identity()
        const bytes: number[] = []
        for (let piece = 0; piece < MOST_PIECES; piece++) {
            const text = await this.itemIfAny(OPERATION_SCHEMA, piece)
            if (text === undefined) break
            bytes.push(...text)
        }
        const record = checked(() => parseSchema(Uint8Array.from(bytes)))
        if (record.id !== schema)
            throw new BoardError("the node's schema record is not the one that it names; ask again")
        return (this.schemaRecord = record)
    }

    /** The newest reading of each column. */
    async readings(): Promise<LiveReading[]> {
        const { channels } = await this.schema()
        const item = await this.item(OPERATION_READINGS, 0)
        if (item.length !== READINGS_HEAD_BYTES + channels.length * READING_BYTES)
            throw new BoardError(
                `the node has readings of ${item.length} B for ${channels.length} columns`
            )
        const view = viewOf(item)
        const now = view.getUint32(0, true)
        return channels.map((channel, i) => {
            const at = READINGS_HEAD_BYTES + i * READING_BYTES
            const quality = item[at + 4]
            const takenAt = view.getUint32(at + 5, true)
            const isThere = quality !== QUALITY_SKIPPED && takenAt !== 0
            const reading = isThere && !isGap(quality) ? view.getInt32(at, true) : undefined
            return {
                channel,
                reading,
                value: reading === undefined ? undefined : toUnit(channel, reading),
                quality,
                ageMs: isThere ? (now - takenAt) >>> 0 : undefined,
                takenAtMs: isThere ? takenAt : undefined,
            }
        })
    }

    async state(): Promise<NodeState> {
        return this.read(OPERATION_DIAGNOSTICS, 0, (record, fields) => ({
            fields,
            uptimeMs: record.integer("uptime", 0, Number.MAX_SAFE_INTEGER),
            bootId: record.integer("boot", 0, 0xffff),
            isBrokerReached: record.boolean("broker"),
            problem: record.message("problem"),
        }))
    }

    /** Counts since boot, and the store, as in the status record. */
    async counts(): Promise<Fields> {
        return this.read(OPERATION_DIAGNOSTICS, 1, (_, fields) => fields)
    }

    /** In the order of their columns. */
    async sensors(): Promise<SensorState[]> {
        const { sensors } = await this.identity()
        const all: SensorState[] = []
        for (let i = 0; i < sensors; i++)
            all.push(
                await this.read(OPERATION_DIAGNOSTICS, DIAGNOSTICS_BEFORE_SENSORS + i, record => {
                    const sensor = record.record("sensor")
                    return {
                        part: sensor.text("part"),
                        address: sensor.integer("address", 0, 0x7f),
                        channels: record.integer("channels", 0, 0xff),
                        identity: sensor.message("identity"),
                        errors: sensor.integer("errors", 0, Number.MAX_SAFE_INTEGER),
                        lastError: sensor.message("lastError"),
                    }
                })
            )
        return all
    }

    /** What the program made of its settings, without secrets. */
    async settings(): Promise<Fields> {
        return this.read(OPERATION_SETTINGS, 0, (_, fields) => fields)
    }

    /**
     * Asks for one item, part by part. For operations that do not change anything: a question
     * whose answer is late is asked again.
     *
     * @param args follow the part, in each question
     * @throws NodeServiceError for a status other than "done"; BoardError when no answer comes
     */
    async item(operation: number, index: number, args = new Uint8Array(0)): Promise<Uint8Array> {
        for (let attempt = 1; ; attempt++)
            try {
                return await this.allParts(operation, index, args)
            } catch (e) {
                const isTorn = e instanceof NodeServiceError && e.status === STATUS_NO_PART
                if (!isTorn || attempt === ATTEMPTS) throw e
            }
    }

    /** @returns undefined when there is no item with this index */
    private async itemIfAny(operation: number, index: number): Promise<Uint8Array | undefined> {
        try {
            return await this.item(operation, index)
        } catch (e) {
            if (e instanceof NodeServiceError && e.status === STATUS_NO_ITEM) return undefined
            throw e
        }
    }

    /** Reads an item that is a JSON object. */
    private async read<T>(
        operation: number,
        index: number,
        take: (record: RecordReader, fields: Fields) => T
    ): Promise<T> {
        const item = await this.item(operation, index)
        return checked(() => {
            const record = RecordReader.parse(item, `item ${index} of operation ${operation}`)
            return take(record, JSON.parse(new TextDecoder().decode(item)) as Fields)
        })
    }

    private async allParts(
        operation: number,
        index: number,
        args: Uint8Array
    ): Promise<Uint8Array> {
        const bytes: number[] = []
        for (let part = 0, parts = 1; part < parts; part++) {
            const reply = await this.part(operation, index, part, args)
            const status = reply[AT_STATUS]
            if (status !== STATUS_DONE) throw new NodeServiceError(operation, status)
            parts = reply[AT_PARTS]
            const data = reply.subarray(AT_DATA)
            const isLast = part === parts - 1
            if (parts < 1 || parts > MOST_PARTS || data.length === 0)
                throw new BoardError("the node sent an answer that is none")
            if (!isLast && data.length !== PART_BYTES)
                throw new NodeServiceError(operation, STATUS_NO_PART)
            bytes.push(...data)
        }
        return Uint8Array.from(bytes)
    }

    private async part(
        operation: number,
        index: number,
        part: number,
        args: Uint8Array
    ): Promise<Uint8Array> {
        const tag = (this.tag = (this.tag + 1) % TAGS)
        const data = new Uint8Array(AT_ARGUMENTS + args.length)
        data[AT_OPERATION] = operation
        data[AT_TAG] = tag
        data[AT_INDEX] = index
        data[AT_PART] = part
        data.set(args, AT_ARGUMENTS)
        return this.exchange(
            data,
            reply =>
                reply.length >= AT_DATA &&
                reply[AT_OPERATION] === operation &&
                reply[AT_TAG] === tag &&
                reply[AT_PART] === part
        )
    }
}

/** The service of a node on USB. */
export class NodeService extends NodeItems {
    private readonly device: string

    /**
     * @param board its device id, 16 hex digits
     * @param signal ends every wait with its reason
     * @param answerMs longest wait for an answer, ms
     */
    constructor(
        private readonly link: FrameLink,
        board: string,
        private readonly signal?: AbortSignal,
        private readonly answerMs = ANSWER_MS
    ) {
        super()
        this.device = programDeviceOf(board)
    }

    protected override exchange(
        data: Uint8Array<ArrayBuffer>,
        isAnswer: (reply: Uint8Array) => boolean
    ): Promise<Uint8Array> {
        return ask(this.link, {
            device: this.device,
            serviceIndex: NODE_SERVICE_INDEX,
            command: EXCHANGE,
            data,
            isAnswer,
            limitMs: this.answerMs,
            refusal:
                "the node does not answer over USB: its program is older, was made without usbService, or does not run",
            ...(this.signal === undefined ? {} : { signal: this.signal }),
        })
    }
}

/** What is on a cable is input from strangers: it is an error of the board when it is not what it should be. */
function checked<T>(take: () => T): T {
    try {
        return take()
    } catch (e) {
        if (!(e instanceof RecordError)) throw e
        throw new BoardError(`the node's answer is not as it should be (${e.message})`)
    }
}
