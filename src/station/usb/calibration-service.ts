import * as ds from "@devicescript/core"
import { Absence, CalibratedChannel } from "../../calibration/calibrated-channel.js"
import { APPLIED, Calibrations } from "../../calibration/calibrations.js"
import {
    AT_ARGUMENTS,
    LIVE_END,
    OPERATION_APPLY,
    OPERATION_CHANNEL,
    OPERATION_LIVE,
    OPERATION_RECORD,
    OPERATION_ROLL_BACK,
    OPERATION_RUN,
} from "../../core/protocol/node-service.js"
import { getU32 } from "../../core/bytes.js"
import { Uplink } from "../../uplink/uplink.js"
import { TellingStation } from "../options.js"
import { NodeSettings } from "../settings.js"
import { jsonText } from "../status.js"
import { NodeService } from "./node-service.js"

/** A part goes back into service when nobody has asked for its readings for so long, ms. */
const AWAY_MS = 120_000
const LIVE_BYTES = 18

/** What is asked of procedures. */
export interface ProcedureCall {
    /** Why there is no item; APPLIED until it is set. */
    status: number
    readonly request: Buffer
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
    away: CalibratedChannel = undefined
    private awayUntil = 0
    /** Time between two rows before and since, s. */
    private usualSeconds = 0
    private awaySeconds = 0

    constructor(
        station: TellingStation,
        uplink: Uplink,
        settings: NodeSettings,
        private readonly all: Calibrations,
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

    protected override async answer(operation: number, index: number): Promise<Buffer> {
        const { all, request, procedures } = this
        if (operation === OPERATION_RECORD)
            return index < all.store.slots ? await all.store.read(index) : undefined
        if (operation === OPERATION_APPLY)
            return this.done(await all.apply(request.slice(AT_ARGUMENTS)))
        if (operation < OPERATION_CHANNEL || operation > OPERATION_RUN)
            return this.tell(operation, index)
        if (operation > OPERATION_ROLL_BACK)
            return procedures === undefined ? undefined : procedures.answer(this, operation, index)
        const channel = all.channels[index]
        if (channel === undefined) return undefined
        if (operation === OPERATION_CHANNEL) return Buffer.from(channelText(channel))
        if (operation === OPERATION_LIVE) return this.live(channel, request)
        return request.length < AT_ARGUMENTS + 4
            ? undefined
            : this.done(await all.rollBack(channel, getU32(request, AT_ARGUMENTS)))
    }

    /** @param status of calibrations.ts */
    private done(status: number): Buffer {
        this.status = status
        return status === APPLIED ? Buffer.alloc(1) : undefined
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
        const usual = station.intervalSeconds()
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
        if (this.station.intervalSeconds() === this.awaySeconds)
            this.station.changeInterval(this.usualSeconds)
    }

    private mark(absence: Absence): void {
        for (const channel of this.all.channels)
            if (channel.sensor === this.away.sensor) channel.absence = absence
    }
}

function channelText(channel: CalibratedChannel): string {
    const { sensor, record } = channel
    return (
        '{"v":1' +
        jsonText("channel", sensor.channels[channel.index].name) +
        jsonText("part", sensor.part) +
        jsonText("identity", sensor.identity) +
        (',"calibration":' + (record === undefined ? 0 : record.id)) +
        (',"slot":' + channel.slot) +
        (',"previous":' + channel.otherSlot) +
        (',"other":' + (channel.isOther ? "true" : "false") + "}")
    )
}
