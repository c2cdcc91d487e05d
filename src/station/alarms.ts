import * as ds from "@devicescript/core"
import { Threshold } from "../core/alarm/threshold.js"
import { Channel } from "../core/channel.js"
import { LEAF_ALARM } from "../core/protocol/topics.js"
import { isGap } from "../core/quality.js"
import { Source } from "../derived/derived.js"
import { stateChannel } from "../drivers/shared/channels.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { TextMessage } from "../uplink/message.js"
import { CommandServer, Uplink } from "../uplink/uplink.js"
import { CommandedStation, CommandsMaker } from "./options.js"
import { TAIL_MARK, tailOf } from "./station-store.js"
import { claimTail } from "./tail.js"

/** After a message about an alarm the next one about it waits for so long, and tells what is then, ms. */
const REST_MS = 60_000
/** What a store keeps of each alarm. */
const KEPT_BYTES = 3
const KEPT_ON = 1
const KEPT_TOLD = 2

/** When an alarm begins and ends. Integers in the scale of its channel. */
export interface AlarmOptions {
    /** Integers of the channel in one unit of the limit; default 1. */
    steps?: number
    /** On below the limit instead of above; default false. */
    isBelow?: boolean
    /** Must come back by so much before it ends; default 0. */
    hysteresis?: number
    /** Samples in a row that say so before it begins or ends; default 2. */
    sightings?: number
}

/** One alarm: a channel and its limit. */
export class Alarm {
    /** Changes since the node forgot them: a restart without a store. */
    count = 0
    /** Count of the last message that the broker acknowledged, and of the last that was handed over; −1 = none. */
    told = -1
    sending = -1
    /** It has seen a value, or remembers one from before the restart. */
    isKnown = false
    readonly threshold: Threshold

    private sentAt = 0 - REST_MS
    private changedAt = 0
    /** At the change; null while that was before the boot. */
    private value: number = null
    private readonly steps: number

    /**
     * @param name in topics: lower case, a–z 0–9 _
     * @param source the channel
     * @param limit a setting, or a number that does not change: `{ value: 1 }`
     */
    constructor(
        readonly name: string,
        readonly source: Source,
        private readonly limit: { readonly value: number },
        options?: AlarmOptions
    ) {
        this.steps = options?.steps ?? 1
        this.threshold = new Threshold(
            options?.isBelow !== true,
            options?.hysteresis ?? 0,
            options?.sightings ?? 2
        )
    }

    /** Looks at the latest sample; a gap changes nothing. @returns whether there is something to tell */
    update(): boolean {
        if (isGap(this.source.quality())) return false
        const value = this.source.value()
        const isChanged = this.threshold.update(value, this.limit.value * this.steps)
        if (isChanged) this.count = (this.count + 1) & 0xffff
        if (!isChanged && this.isKnown) return false
        this.isKnown = true
        this.value = value
        this.changedAt = ds.millis()
        return true
    }

    isDue(): boolean {
        return this.isKnown && this.sending !== this.count && ds.millis() - this.sentAt >= REST_MS
    }

    /** The alarm record, see docs/mqtt.md. */
    text(station: CommandedStation): string {
        this.sending = this.count
        this.sentAt = ds.millis()
        return (
            '{"v":1,"on":' +
            this.threshold.isOn +
            (',"count":' + this.count) +
            (',"boot":' + station.recorder.boot) +
            (',"uptime":' + this.changedAt) +
            (',"epoch":' + station.clock.epoch()) +
            (',"channel":"' + this.source.channel().name) +
            ('","value":' + this.value) +
            (',"limit":' + this.limit.value * this.steps) +
            "}"
        )
    }
}

/**
 * Alarms of a station. They stand at the end of its sensors, which they look at with each
 * sample, and beside its commands, so that they are sent at once:
 *
 *     const alarms = new Alarms([new Alarm("full", level, limit)])
 *     await startStation({ sensors: [sensor, level, alarms], commands: alarms.beside(remoteCommands), … })
 *
 * Each change goes out as a message of its own, kept until the broker acknowledged it, over
 * restarts too where the node has a store; at most one a minute for each alarm. Each alarm is
 * also a channel, "…_alarm", 0 or 1.
 */
export class Alarms extends SensorDriver implements CommandServer {
    private station: CommandedStation
    private commands: CommandServer
    private uplink: Uplink

    constructor(private readonly alarms: Alarm[]) {
        super("derived: alarms", undefined, 0, channelsOf(alarms))
    }

    /** @param maker {@link remoteCommands} @throws RangeError at the start of a station with keepLearned or LinkSurvey */
    beside(maker: CommandsMaker): CommandsMaker {
        const self = this
        return (station, kept) => {
            self.open(station, kept)
            self.commands = maker(station, kept)
            return self
        }
    }

    take(text: string, isRetained: boolean): void {
        this.commands.take(text, isRetained)
    }

    async answerNext(uplink: Uplink): Promise<boolean> {
        this.uplink = uplink
        for (const alarm of this.alarms)
            if (alarm.isDue()) {
                await uplink.client.publish(new AlarmMessage(this, alarm, alarm.text(this.station)))
                return true
            }
        return await this.commands.answerNext(uplink)
    }

    isReadyToReboot(): boolean {
        return this.commands.isReadyToReboot()
    }

    async reboot(uplink: Uplink): Promise<void> {
        await this.commands.reboot(uplink)
    }

    /** Keeps what is on and what was told, where the node has a store. */
    async keep(): Promise<void> {
        // Without commands that they stand beside they are channels, and nothing else.
        if (this.station === undefined) return
        const store = this.station.sinks.store
        if (store === undefined) return
        const tail = Buffer.alloc(1 + KEPT_BYTES * this.alarms.length)
        tail[0] = TAIL_MARK
        let at = 1
        for (const alarm of this.alarms) {
            const { count } = alarm
            const isTold = alarm.told === count
            tail[at] = (alarm.threshold.isOn ? KEPT_ON : 0) | (isTold ? KEPT_TOLD : 0)
            tail.setAt(at + 1, "u16", count)
            at += KEPT_BYTES
        }
        await store.keepTail(tail)
    }

    protected override async setup(): Promise<void> {}

    protected override async measure(): Promise<void> {
        let isNew = false
        const alarms = this.alarms
        for (let i = 0; i < alarms.length; i++) {
            const alarm = alarms[i]
            if (alarm.update()) isNew = true
            this.values[i] = alarm.threshold.isOn ? 1 : 0
            this.qualities[i] = alarm.source.quality()
        }
        if (!isNew) return
        await this.keep()
        if (this.uplink !== undefined) this.uplink.notify()
    }

    private open(station: CommandedStation, kept: Buffer): void {
        claimTail(station)
        this.station = station
        if (kept === undefined) return
        let at = tailOf(kept)
        // Another number of alarms is another app.
        if (kept.length - at !== 1 + KEPT_BYTES * this.alarms.length) return
        station.sinks.store.tail = kept.slice(at)
        at++
        for (const alarm of this.alarms) {
            const flags = kept[at]
            const count = kept.getAt(at + 1, "u16")
            alarm.isKnown = true
            alarm.threshold.isOn = (flags & KEPT_ON) !== 0
            alarm.count = count
            if ((flags & KEPT_TOLD) !== 0) {
                alarm.told = count
                alarm.sending = count
            }
            at += KEPT_BYTES
        }
    }
}

function channelsOf(alarms: Alarm[]): Channel[] {
    const channels: Channel[] = []
    for (const alarm of alarms) channels.push(stateChannel("", alarm.name + "_alarm", "alarm"))
    return channels
}

/** Retained, so that who comes later sees what is. */
class AlarmMessage extends TextMessage {
    private readonly count: number

    constructor(
        private readonly alarms: Alarms,
        private readonly alarm: Alarm,
        text: string
    ) {
        super(LEAF_ALARM + alarm.name, text, true)
        this.count = alarm.count
    }

    override async acknowledged(): Promise<void> {
        this.alarm.told = this.count
        await this.alarms.keep()
    }
}
