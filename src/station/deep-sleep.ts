import * as ds from "@devicescript/core"
import { Alarm } from "./alarms.js"
import { ClockKeeper } from "./clock-keeper.js"
import { CommandsMaker } from "./options.js"
import { Station } from "./station.js"
import { DurableOutbox, MemoryPart } from "./station-store.js"
import { nextAligned } from "../core/sampling/schedule.js"
import { RESTART_SLEEP } from "../core/protocol/restart.js"
import { StoredRecord } from "../core/outbox/record.js"
import { NodeClock } from "../uplink/clock.js"
import { CommandServer, Uplink } from "../uplink/uplink.js"
import { sleep } from "../scheduler/scheduler.js"

/** Last bytes of the memory part: two slots of the record. */
export const SLEEP_BYTES = 256
/** Longest record with its header, B. */
const SLOT_BYTES = SLEEP_BYTES / 2
const HEADER_BYTES = 12
const BYTEWISE_GRID = 8

// The record.
const SINCE_REPORT_AT = 0
const BOOT_AT = 2
/** Unix time, and then of the next start, ms; 0 = not known. */
const ASLEEP_AT = 4
const WAKE_AT = 12
const STATES_AT = 20

/** From the timer to the first sample, ms: devicescript.md 13, 2.8 s to the end of the first row. */
const START_MS = 2000
const SHORTEST_SLEEP_MS = 2000
/** A start that is earlier or later than planned by so much, and a tenth, is none that was planned, ms. */
const LATE_MS = 60000
/** After such a start the node stays up: somebody sets it up, ms. */
const SET_UP_MS = 300000
/** The first row is there by then, or will not come, ms. */
const FIRST_ROW_MS = 60000
/** A report that takes longer has failed, ms. */
const LONGEST_REPORT_MS = 90000
/** Commands that waited come with the connection, and a clock part takes a second to set, ms. */
const REST_MS = 3000
const POLL_MS = 50
/** State from before a longer break is none. */
const FORGET_MINUTES = 1440

/** What outlives deep sleep beside readings, alarms and command ids. */
export interface SleepState {
    /** B; with those of all others at most 90. */
    readonly stateBytes: number
    /** Writes what has to outlive the sleep. */
    putState: (bytes: Buffer, at: number) => void
    /** Takes it back, before the first sample. @param minutes since it was written; −1: not known, or more than a day */
    takeState: (bytes: Buffer, at: number, minutes: number) => void
}

export interface DeepSleepOptions {
    /** Rows from one report to the next; 0: the node stays up. */
    reportRows: { readonly value: number }
    /** Each change is reported at once, in the very wake that sees it. */
    alarms: Alarm[]
    states: SleepState[]
}

/**
 * Sleeps deeply between rows, and joins the network only for each N-th row, or for an alarm. What the board's
 * firmware starts anew is a boot like any other: rows wait in the memory part, the time in the clock part, and
 * what is in no reading in a record in the memory's last 256 B. Boots are numbered one by one.
 *
 *     const sleeper = new DeepSleep(light, memory, { reportRows, alarms: [full], states: [level] })
 *     await startStation({
 *         store: storeIn(memory, 700, SLEEP_BYTES),
 *         clock: sleeper.keepsTime(keepTimeIn(new DS3231(bus))),
 *         commands: sleeper.beside(alarms.beside(remoteCommands)), …
 *
 * Boards of the ESP32 family only: others reset at once instead of sleeping, and stay up here. So does a node
 * without the FRAM (an EEPROM would wear out), or whose clock part has no time until the network has told it.
 */
export class DeepSleep implements CommandServer {
    private readonly bytes = Buffer.alloc(SLOT_BYTES - HEADER_BYTES)
    private record: StoredRecord = undefined
    private outbox: DurableOutbox = undefined
    private commands: CommandServer = undefined
    private station: Station = undefined
    private uplink: Uplink = undefined
    private recordBytes = STATES_AT
    /** The node was to start now. */
    private isPlanned = false
    /** All is sent: the uplink may hang up. */
    private isDone = false

    /** @throws RangeError when there is more state than room */
    constructor(
        private readonly board: ds.Control,
        private readonly memory: MemoryPart,
        private readonly options: DeepSleepOptions
    ) {
        for (const state of options.states) this.recordBytes += state.stateBytes
        this.recordBytes += options.alarms.length
        if (this.recordBytes > this.bytes.length)
            throw new RangeError("deep sleep keeps at most 116 B, got " + this.recordBytes)
    }

    /** @param keeper {@link keepTimeIn}: without a clock part the time of a row would not be known */
    keepsTime(keeper: ClockKeeper): ClockKeeper {
        const self = this
        return async (clock, recorder, outbox) => {
            const isBack = await self.open(outbox as DurableOutbox)
            // In order, so that one comes again only after 65,536 others.
            if (isBack) recorder.boot = (self.bytes.getAt(BOOT_AT, "u16") + 1) & 0xffff
            await keeper(clock, recorder, outbox)
            if (isBack) self.takeStates(clock)
            if (self.isPlanned) recorder.options.store.resetCause = RESTART_SLEEP
        }
    }

    /** @param maker of the commands that it stands beside */
    beside(maker: CommandsMaker): CommandsMaker {
        const self = this
        return (station, kept) => {
            // Copies of calibration records are in the same bytes of the part.
            if (station.options.calibration !== undefined)
                throw new RangeError("deep sleep and calibrations cannot be on one node")
            self.station = station as Station
            self.commands = maker(station, kept)
            if (self.record !== undefined) self.run.start()
            return self
        }
    }

    take(text: string, isRetained: boolean): void {
        this.commands.take(text, isRetained)
    }

    async answerNext(uplink: Uplink): Promise<boolean> {
        this.uplink = uplink
        return await this.commands.answerNext(uplink)
    }

    isReadyToReboot(): boolean {
        return this.isDone || this.commands.isReadyToReboot()
    }

    async reboot(uplink: Uplink): Promise<void> {
        if (this.commands.isReadyToReboot()) {
            await this.commands.reboot(uplink)
            return
        }
        try {
            // Without a goodbye: asleep is not away, and the broker drops the last will.
            await uplink.client.disconnect()
        } catch {
            console.warn("deep sleep: the connection broke")
        }
        await this.sleepDeeply(0)
    }

    /** @returns whether something was kept */
    private async open(outbox: DurableOutbox): Promise<boolean> {
        if (this.options.reportRows.value === 0) return false
        const memory = this.memory
        const isAble = outbox.log !== undefined && memory.pageBytes === 0
        if (!isAble || ds._dcfgString("archId").indexOf("esp32") !== 0) {
            console.warn("deep sleep: not on this board, or without its FRAM; the node stays up")
            return false
        }
        this.record = new StoredRecord(
            memory,
            memory.size - SLEEP_BYTES,
            SLOT_BYTES,
            BYTEWISE_GRID,
            this.bytes.length,
            Buffer.alloc(HEADER_BYTES)
        )
        this.outbox = outbox
        try {
            return (await outbox.log.load(this.record, this.bytes)) === this.recordBytes
        } catch {
            console.warn("deep sleep: what was kept cannot be read")
            return false
        }
    }

    private takeStates(clock: NodeClock): void {
        const bytes = this.bytes
        const { states, alarms } = this.options
        const asleep = bytes.getAt(ASLEEP_AT, "f64")
        let minutes = -1
        const now = clock.now()
        if (clock.isSet() && asleep > 0 && now >= asleep) {
            minutes = Math.floor((now - asleep) / 60000)
            const planned = bytes.getAt(WAKE_AT, "f64")
            const off = Math.abs(now - ds.millis() - planned)
            this.isPlanned = off < LATE_MS + (planned - asleep) / 10
        }
        if (minutes > FORGET_MINUTES) minutes = -1
        let at = STATES_AT
        for (const state of states) {
            state.takeState(bytes, at, minutes)
            at += state.stateBytes
        }
        for (const alarm of alarms) {
            alarm.threshold.seen = minutes < 0 ? 0 : bytes[at]
            at++
        }
    }

    private async run(): Promise<void> {
        const { recorder } = this.station
        while (recorder.frames === 0 && ds.millis() < FIRST_ROW_MS) await sleep(POLL_MS)
        if (this.isPlanned) {
            const since = this.bytes[SINCE_REPORT_AT] + 1
            if (!this.mustReport(since)) {
                await this.sleepDeeply(since)
                return
            }
        } else await sleep(SET_UP_MS)
        const begun = ds.millis()
        let quietAt = begun
        while (ds.millis() - begun < LONGEST_REPORT_MS) {
            await sleep(POLL_MS)
            if (!this.isAllSent()) quietAt = ds.millis()
            if (ds.millis() - quietAt < REST_MS) continue
            // In the uplink's own fiber, which may be waiting.
            this.isDone = true
            this.uplink.notify()
        }
        // No network, or a broker that does not answer: after as many rows it is tried again, alarms with each.
        await this.sleepDeeply(0)
    }

    private mustReport(since: number): boolean {
        const { options, station } = this
        return since >= options.reportRows.value || !station.clock.isSet() || this.isAlarmDue()
    }

    private isAlarmDue(): boolean {
        for (const alarm of this.options.alarms) if (alarm.isDue()) return true
        return false
    }

    private isAllSent(): boolean {
        const uplink = this.uplink
        if (uplink === undefined || uplink.client.acceptedAt < 0) return false
        if (uplink.isStatusWanted || !uplink.isDrained()) return false
        return this.station.clock.isSet() && !this.isAlarmDue()
    }

    /** Keeps what there is and sleeps until the next row. Does not return. @param since rows since the latest report */
    private async sleepDeeply(since: number): Promise<void> {
        const station = this.station
        try {
            await station.flush()
        } catch {
            console.warn("deep sleep: rows stay in the journal")
        }
        const interval = 1000 * station.intervalSeconds()
        const clock = station.clock
        const now = clock.now()
        let ms = nextAligned(now + START_MS + SHORTEST_SLEEP_MS, interval) - now - START_MS
        await this.keep(since, clock.isSet() ? now : 0, ms)
        for (;;) {
            await this.board.standby(ms)
            await sleep(POLL_MS)
            // It did not: next time somebody looks there is a reset.
            ms = SHORTEST_SLEEP_MS
        }
    }

    private async keep(since: number, now: number, ms: number): Promise<void> {
        const bytes = this.bytes
        bytes.setAt(SINCE_REPORT_AT, "u16", Math.min(since, 255))
        bytes.setAt(BOOT_AT, "u16", this.station.recorder.boot)
        bytes.setAt(ASLEEP_AT, "f64", now)
        bytes.setAt(WAKE_AT, "f64", now + ms)
        let at = STATES_AT
        for (const state of this.options.states) {
            state.putState(bytes, at)
            at += state.stateBytes
        }
        for (const alarm of this.options.alarms) {
            bytes[at] = alarm.threshold.seen
            at++
        }
        try {
            await this.outbox.log.save(this.record, bytes, this.recordBytes)
        } catch {
            console.warn("deep sleep: what is in no reading is lost")
        }
    }
}
