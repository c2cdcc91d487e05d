import * as ds from "@devicescript/core"
import { Absence, CalibratedChannel } from "../../calibration/calibrated-channel.js"
import { APPLIED, Calibrations } from "../../calibration/calibrations.js"
import {
    AT_ARGUMENTS,
    AT_OPERATION,
    LIVE_END,
    OPERATION_APPLY,
    OPERATION_CHANNEL,
    OPERATION_LIVE,
    OPERATION_RECORD,
    OPERATION_ROLL_BACK,
    OPERATION_RUN,
} from "../../core/protocol/node-service.js"
import { getU32 } from "../../core/bytes.js"
import { RECORD_ID_BYTES } from "../../core/calibration/record.js"
import { sleep } from "../../scheduler/scheduler.js"
import { Uplink } from "../../uplink/uplink.js"
import { TellingStation } from "../options.js"
import { NodeSettings } from "../settings.js"
import { jsonText } from "../status.js"
import { NodeService } from "./node-service.js"

/** A part goes back into service when nobody has asked for its readings for so long, ms. */
const AWAY_MS = 120_000
const LIVE_BYTES = 18
/** Pause until the service may be free again, ms. */
const BUSY_MS = 20

/** What is asked of procedures. */
export interface ProcedureCall {
    /** Why there is no item; APPLIED until it is set. */
    status: number
    readonly request: Buffer
    readonly all: Calibrations
    /** A channel of the part that is out of service; undefined: none. */
    readonly away: CalibratedChannel
}

/** Answers what has to do with procedures of parts: `procedures` of procedures.ts. An interface, so that apps without it do not carry it. */
export interface ProcedureServer {
    /** @returns an item; undefined: none */
    answer: (call: ProcedureCall, operation: number, index: number) => Buffer
}

/** Operations 0x40 to 0x46 of services/suitcase.md. */
export class CalibrationService extends NodeService implements Absence, ProcedureCall {
    /** Of the part at a reference; undefined: none. */
    away: CalibratedChannel
    private awayUntil = 0
    /** Time between two rows before and since, s. */
    private usualSeconds = 0
    private awaySeconds = 0

    constructor(
        station: TellingStation,
        uplink: Uplink,
        settings: NodeSettings,
        readonly all: Calibrations,
        private readonly procedures: ProcedureServer
    ) {
        super(station, uplink, settings)
    }

    /** Asked at each sample of the part, whether or not its row is recorded. */
    isOver(): boolean {
        if (ds.millis() <= this.awayUntil) return false
        this.bringBack()
        return true
    }

    /**
     * Answers a request from the network, in its turn. What takes a part out of service is for whoever stands
     * beside it.
     *
     * @returns the reply without the operation
     */
    async replyRemotely(request: Buffer): Promise<Buffer> {
        const operation = request[AT_OPERATION]
        if (operation === OPERATION_LIVE || operation > OPERATION_ROLL_BACK)
            request[AT_OPERATION] = 0
        while (this.isBusy) await sleep(BUSY_MS)
        this.isBusy = true
        try {
            return await this.reply(request)
        } finally {
            this.isBusy = false
        }
    }

    protected override async answer(operation: number, index: number): Promise<Buffer> {
        const { all, request, procedures } = this
        if (operation === OPERATION_RECORD) {
            if (index >= all.store.slots) return undefined
            const record = await all.store.read(index)
            if (record === undefined) return undefined
            return record.length < 2 ? undefined : record
        }
        if (operation === OPERATION_APPLY) {
            const status = await all.apply(request.slice(AT_ARGUMENTS))
            return this.done(status, getU32(request, request.length - RECORD_ID_BYTES))
        }
        if (operation < OPERATION_CHANNEL || operation > OPERATION_RUN)
            return this.tell(operation, index)
        if (operation > OPERATION_ROLL_BACK)
            return procedures === undefined ? undefined : procedures.answer(this, operation, index)
        const channel = all.channels[index]
        if (channel === undefined) return undefined
        if (operation === OPERATION_CHANNEL) return Buffer.from(channelText(channel))
        if (operation === OPERATION_LIVE) return this.live(channel, request)
        if (request.length < AT_ARGUMENTS + 4) return undefined
        const status = await all.rollBack(channel, getU32(request, AT_ARGUMENTS))
        return this.done(status, idOf(channel))
    }

    /** @param status of calibrations.ts @param id of the calibration that is in force then */
    private done(status: number, id: number): Buffer {
        this.status = status
        if (status !== APPLIED) return undefined
        const item = Buffer.alloc(4)
        item.setAt(0, "u32", id)
        return item
    }

    private live(channel: CalibratedChannel, request: Buffer): Buffer {
        const seconds = request.length > AT_ARGUMENTS ? request[AT_ARGUMENTS] : 0
        if (seconds === LIVE_END) this.bringBack()
        else if (seconds > 0) this.takeAway(channel, seconds)
        const reply = Buffer.alloc(LIVE_BYTES)
        reply.setAt(0, "u32", channel.samples)
        reply.setAt(4, "i32", channel.raw)
        reply[8] = channel.rawQuality
        reply.setAt(9, "i32", channel.value)
        reply[13] = channel.quality
        reply.setAt(14, "u32", channel.used)
        return reply
    }

    /** All channels of the part, as it is the part that is somewhere else. */
    private takeAway(channel: CalibratedChannel, seconds: number): void {
        this.awayUntil = ds.millis() + AWAY_MS
        const { station, away } = this
        if (away !== undefined && away.sensor === channel.sensor) return
        this.bringBack()
        this.away = channel
        // Not what an adaptive pace has made of it.
        const usual = station.options.intervalSeconds
        this.usualSeconds = usual
        this.awaySeconds = Math.min(seconds, usual)
        this.mark(this)
        station.changeInterval(this.awaySeconds)
    }

    private bringBack(): void {
        if (this.away === undefined) return
        this.mark(undefined)
        this.away = undefined
        // What a command has set meanwhile stays.
        if (this.station.options.intervalSeconds === this.awaySeconds)
            this.station.changeInterval(this.usualSeconds)
    }

    private mark(absence: Absence): void {
        for (const channel of this.all.channels)
            if (channel.sensor === this.away.sensor) channel.absence = absence
    }
}

/** @returns that of the calibration in force; 0 = none */
function idOf(channel: CalibratedChannel): number {
    return channel.record === undefined ? 0 : channel.record.id
}

function channelText(channel: CalibratedChannel): string {
    const sensor = channel.sensor
    return (
        '{"v":1' +
        jsonText("channel", sensor.channels[channel.index].name) +
        jsonText("part", sensor.part) +
        jsonText("identity", sensor.identity) +
        (',"calibration":' + idOf(channel)) +
        (',"slot":' + channel.slot) +
        (',"previous":' + channel.otherSlot) +
        (',"other":' + (channel.isOther() ? "true" : "false") + "}")
    )
}
