import * as ds from "@devicescript/core"
import { CalibratedChannel } from "../../calibration/calibrated-channel.js"
import { APPLIED, Calibrations } from "../../calibration/calibrations.js"
import {
    AT_ARGUMENTS,
    LIVE_END,
    OPERATION_APPLY,
    OPERATION_CHANNEL,
    OPERATION_LIVE,
    OPERATION_RECORD,
    OPERATION_ROLL_BACK,
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

/** Operations 0x40 to 0x44 of services/suitcase.md. */
export class CalibrationService extends NodeService {
    /** The part at a reference; undefined: none. */
    private away: CalibratedChannel = undefined
    private awayUntil = 0
    /** Time between two rows before, s. */
    private usualSeconds = 0

    constructor(
        station: TellingStation,
        uplink: Uplink,
        settings: NodeSettings,
        private readonly all: Calibrations
    ) {
        super(station, uplink, settings)
    }

    /** Ends what nobody asked for any more. Called before each row. */
    check(): void {
        if (this.away !== undefined && ds.millis() > this.awayUntil) this.bringBack()
    }

    protected override async answer(operation: number, index: number): Promise<Buffer> {
        const { all, request } = this
        if (operation === OPERATION_RECORD)
            return index < all.store.slots ? await all.store.read(index) : undefined
        if (operation === OPERATION_APPLY)
            return this.done(await all.apply(request.slice(AT_ARGUMENTS)))
        const channel = all.channels[index]
        if (operation < OPERATION_CHANNEL || operation > OPERATION_ROLL_BACK)
            return this.tell(operation, index)
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
        this.usualSeconds = station.intervalSeconds()
        this.mark(true)
        if (seconds < this.usualSeconds) station.changeInterval(seconds)
    }

    private bringBack(): void {
        if (this.away === undefined) return
        this.mark(false)
        this.away = undefined
        this.station.changeInterval(this.usualSeconds)
    }

    private mark(isAway: boolean): void {
        for (const channel of this.all.channels)
            if (channel.sensor === this.away.sensor) channel.isAway = isAway
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
