/** Calibration of a node, from the host's side: services/suitcase.md, operations 0x40 to 0x46. */
import {
    LIVE_END,
    OPERATION_APPLY,
    OPERATION_CHANNEL,
    OPERATION_LIVE,
    OPERATION_PROCEDURES,
    OPERATION_RECORD,
    OPERATION_ROLL_BACK,
    OPERATION_RUN,
    STATUS_NO_ITEM,
    STATUS_UNKNOWN_OPERATION,
} from "../../src/core/protocol/node-service.js"
import { getU32 } from "../../src/core/bytes.js"
import { RUN_ARGUMENT_BYTES, RUN_HEAD_BYTES } from "../../src/core/protocol/procedures.js"
import { QUALITY_SKIPPED, isGap } from "../../src/core/quality.js"
import { RecordReader } from "../decoder/record.js"
import { type SchemaChannel } from "../decoder/index.js"
import { BoardError } from "../flash/board-access.js"
import { recordId } from "./record.js"
import { NodeServiceError, type NodeItems } from "../flash/usb/node-service.js"

/** Slots for records on a node. */
const SLOTS = 32
/** Most channels that are looked for. */
const MAX_CHANNELS = 255
const NO_SLOT = -1

const REFUSALS: Readonly<Record<number, string>> = {
    32: "it is damaged, or of a kind that this node's program does not know",
    33: "the node does not have the channel, or another part measures it (serial number)",
    34: "it does not follow the calibration in force; read the node again",
    35: "a higher raw reading would give a lower corrected one",
    36: "it could not be kept: the settings store is full or failing; what was in force still is",
    37: "that calibration is not in force",
    38: "somebody else began one meanwhile; read the node again",
    39: "the part is in service",
    40: "the part has no such procedure",
    41: "another correction is in force on that part by now; read the node again",
}

/** The node refused a calibration, and nothing has changed. */
export class CalibrationRefused extends BoardError {
    override name = "CalibrationRefused"
}

/** A channel that can be calibrated. */
export interface NodeChannel {
    /** Its place among the channels of the node's parts. */
    readonly index: number
    readonly name: string
    readonly part: string
    /** What the part tells of itself; "" = nothing, or not yet. */
    readonly identity: string
    /** Id of the record in force; 0 = none. */
    readonly calibration: number
    readonly slot: number | undefined
    /** The slot with the record before it. */
    readonly previousSlot: number | undefined
    /** The record is for another part than the one that answers. */
    readonly isOther: boolean
    /** Its column in the schema: unit, scale and range. */
    readonly column: SchemaChannel
}

/** A sample of a channel as it is now, in the channel's integers. */
export interface LiveSample {
    /** Uptime of the node when it was taken, ms; 0: there was none yet. */
    readonly takenMs: number
    /** undefined: a gap. */
    readonly raw: number | undefined
    readonly corrected: number | undefined
    /** src/core/quality.ts */
    readonly quality: number
    readonly rawQuality: number
    /** Id of the record that it was corrected by. */
    readonly calibration: number
}

/** A part that can do something to itself. */
export interface NodePart {
    /** Its place among the parts with procedures. */
    readonly index: number
    readonly part: string
    readonly identity: string
    /** Name of its first channel. */
    readonly channel: string
    /** Bit by bit, id by id: src/core/protocol/procedures.ts */
    readonly procedures: number
    /** Ids of the corrections in force on its channels, exclusive-or; 0 = none. */
    readonly corrections: number
    /** Begins the next run. */
    readonly token: number
}

/** What became of the run that was begun last. */
export interface ProcedureRun {
    /** RUN_… of src/core/protocol/procedures.ts */
    readonly state: number
    /** What came of it; counts when it is done. */
    readonly result: number
    /** That it was begun by. */
    readonly token: number
    /** Why it failed; "" = it did not. */
    readonly reason: string
}

const NO_SAMPLE: LiveSample = {
    takenMs: 0,
    raw: undefined,
    corrected: undefined,
    quality: QUALITY_SKIPPED,
    rawQuality: QUALITY_SKIPPED,
    calibration: 0,
}

/** Name, part, identity, calibration, slot, slot of the one before, whether the part is another: a line each. */
function parseChannel(item: Uint8Array): Omit<NodeChannel, "index" | "column"> {
    const lines = new TextDecoder().decode(item).split("\n")
    const [name, part, identity, ...numbers] = lines
    const [calibration, slot, previousSlot] = numbers.slice(0, 3).map(Number)
    const isOther = numbers[3] === "true"
    const isSlot = (value: number) => Number.isInteger(value) && value >= NO_SLOT && value < SLOTS
    const isId = Number.isInteger(calibration) && calibration >= 0 && calibration <= 4_294_967_295
    const isText = [name, part, identity].every(text => /^[\x20-\x7e]*$/.test(text))
    if (
        lines.length !== 7 ||
        !(isText && isId && isSlot(slot) && isSlot(previousSlot)) ||
        (!isOther && numbers[3] !== "false")
    )
        throw new BoardError("the node's answer is not as it should be")
    const slotOf = (value: number) => (value === NO_SLOT ? undefined : value)
    return {
        ...{ name, part, identity, calibration, isOther },
        ...{ slot: slotOf(slot), previousSlot: slotOf(previousSlot) },
    }
}

export class NodeCalibration {
    constructor(readonly service: NodeItems) {}

    /** @throws BoardError when the program has no calibration */
    async channels(): Promise<NodeChannel[]> {
        const schema = await this.service.schema()
        const found: NodeChannel[] = []
        for (let index = 0; index < MAX_CHANNELS; index++) {
            const item = await this.ifAny(OPERATION_CHANNEL, index)
            if (item === undefined) break
            const channel = parseChannel(item)
            const column = schema.channels.find(({ name }) => name === channel.name)
            if (column !== undefined) found.push({ index, ...channel, column })
        }
        return found
    }

    /** @returns undefined when the slot is empty */
    async record(slot: number): Promise<Uint8Array | undefined> {
        return this.ifAny(OPERATION_RECORD, slot)
    }

    /**
     * The newest sample. The part is out of service from now on, its readings are gaps in the
     * node's data, until {@link release}, or until nobody asked for two minutes.
     *
     * @param seconds between samples, 1 … 254; what the node does anyhow if that is less
     */
    async live(channel: NodeChannel, seconds: number): Promise<LiveSample> {
        return this.sample(channel, seconds)
    }

    /** The newest sample, of a part that stays in service. */
    async look(channel: NodeChannel): Promise<LiveSample> {
        return this.sample(channel, 0)
    }

    /** Puts the part back into service. */
    async release(channel: NodeChannel): Promise<void> {
        await this.sample(channel, LIVE_END)
    }

    /** @throws CalibrationRefused: nothing has changed */
    async apply(record: Uint8Array): Promise<void> {
        const item = await this.act(OPERATION_APPLY, 0, Uint8Array.from(record))
        const inForce = item.length < 4 ? 0 : getU32(item, 0)
        if (inForce !== recordId(record))
            throw new BoardError(`the node answered that calibration ${inForce} is in force`)
    }

    /** Takes the record in force back; the one before comes into force. @throws CalibrationRefused */
    async rollBack(channel: NodeChannel): Promise<void> {
        const id = new Uint8Array(4)
        new DataView(id.buffer).setUint32(0, channel.calibration, true)
        await this.act(OPERATION_ROLL_BACK, channel.index, id)
    }

    /** Parts that can do something to themselves; none: the program has no procedures. */
    async parts(): Promise<NodePart[]> {
        const found: NodePart[] = []
        for (let index = 0; index < MAX_CHANNELS; index++) {
            const item = await this.ifAny(OPERATION_PROCEDURES, index)
            if (item === undefined) break
            const record = RecordReader.parse(item, "part")
            found.push({
                index,
                part: record.text("part"),
                identity: record.message("identity"),
                channel: record.text("channel"),
                procedures: record.integer("procedures", 0, 0x7fff_ffff),
                corrections: record.integer("corrections", 0, 4_294_967_295),
                token: record.integer("token", 1, 4_294_967_295),
            })
        }
        return found
    }

    /**
     * Begins a procedure of a part that is out of service, see {@link live}. Asked again, it is not begun again.
     * It is refused when other corrections are in force than when the part was listed.
     *
     * @throws CalibrationRefused: it was not begun
     */
    async begin(part: NodePart, procedure: number, argument: number): Promise<void> {
        const { index, token, corrections } = part
        const args = new Uint8Array(RUN_ARGUMENT_BYTES)
        const view = new DataView(args.buffer)
        view.setUint8(0, procedure)
        view.setInt32(1, argument, true)
        view.setUint32(5, token, true)
        view.setUint32(9, corrections, true)
        await this.act(OPERATION_RUN, index, args)
    }

    async run({ index }: NodePart): Promise<ProcedureRun> {
        const item = await this.service.item(OPERATION_RUN, index)
        if (item.length < RUN_HEAD_BYTES)
            throw new BoardError("the node's answer is not as it should be")
        const view = new DataView(item.buffer, item.byteOffset, item.length)
        return {
            state: view.getUint8(0),
            result: view.getInt32(3, true),
            token: view.getUint32(7, true),
            // Characters that terminals act on are none of a message.
            reason: new TextDecoder()
                .decode(item.subarray(RUN_HEAD_BYTES))
                .replace(/[\u0000-\u001f\u007f-\u009f]/g, "?"),
        }
    }

    private async sample(channel: NodeChannel, seconds: number): Promise<LiveSample> {
        const item = await this.service.item(OPERATION_LIVE, channel.index, Uint8Array.of(seconds))
        if (item.length < 18) throw new BoardError("the node's answer is not as it should be")
        const view = new DataView(item.buffer, item.byteOffset, item.length)
        const rawQuality = view.getUint8(8)
        const quality = view.getUint8(13)
        const at = view.getUint32(0, true)
        if (at === 0) return NO_SAMPLE
        return {
            takenMs: at,
            raw: isGap(rawQuality) ? undefined : view.getInt32(4, true),
            corrected: isGap(quality) ? undefined : view.getInt32(9, true),
            quality,
            rawQuality,
            calibration: view.getUint32(14, true),
        }
    }

    private async act(
        operation: number,
        index: number,
        args: Uint8Array<ArrayBuffer>
    ): Promise<Uint8Array> {
        try {
            return await this.service.item(operation, index, args)
        } catch (e) {
            const reason = e instanceof NodeServiceError ? REFUSALS[e.status] : undefined
            if (reason === undefined) throw e
            throw new CalibrationRefused(
                `the node refused the ${operation === OPERATION_RUN ? "procedure" : "calibration"}: ${reason}`
            )
        }
    }

    private async ifAny(operation: number, index: number): Promise<Uint8Array | undefined> {
        try {
            return await this.service.item(operation, index)
        } catch (e) {
            if (e instanceof NodeServiceError && e.status === STATUS_NO_ITEM) return undefined
            if (e instanceof NodeServiceError && e.status === STATUS_UNKNOWN_OPERATION)
                throw new BoardError(
                    "this node's program has no calibration: add calibration: calibrations() to its " +
                        "startStation call, and flash it"
                )
            throw e
        }
    }
}
