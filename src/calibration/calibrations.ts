import { NodeRecord, getNodeRecord } from "../core/calibration/record.js"
import {
    CalibratedChannel,
    CalibrationClock,
    CorrectedSensor,
    NO_SLOT,
    SampleCorrector,
} from "./calibrated-channel.js"

/** A part goes back into service when nobody has asked for its readings for so long, ms. */
const AWAY_MS = 120_000

/** Where records are kept, each in a slot of its own. */
export interface RecordStore {
    /** How many there are. */
    readonly slots: number
    /** @returns the bytes, none or one when the slot is empty; undefined when it cannot be read */
    read: (slot: number) => Promise<Buffer>
    /** Replaces what is in a slot. @param bytes a record, or one byte when it was taken back @returns whether they were read back */
    write: (slot: number, bytes: Buffer) => Promise<boolean>
}

/** Why a record was not taken; the statuses of the USB service. */
export const APPLIED = 0
/** It is damaged, or no record that this program knows. */
export const REFUSED_RECORD = 32
/** This node has no such channel, or another part measures it. */
export const REFUSED_PART = 33
/** It does not follow the record in force. */
export const REFUSED_ORDER = 34
/** A higher raw reading would give a lower corrected one. */
export const REFUSED_SHAPE = 35
/** It could not be kept; what was in force before still is. */
export const REFUSED_STORE = 36
/** Nothing is in force that could be taken back, or not what was named. */
export const REFUSED_ROLLBACK = 37

/** What calibrations need of a station. */
export interface SampledStation {
    readonly clock: CalibrationClock
    /** How many samples make a row. */
    readonly sinks: { readonly rows: { readonly samples: number } }
    /** Time between two rows as it was set, not what a pace has made of it, s. */
    readonly options: { readonly intervalSeconds: number }
    changeInterval: (seconds: number) => void
}

/**
 * The calibrations of a node: two slots for each channel, the record in force and the one
 * before it. A new record is written over the older one, so that a power cut leaves the one
 * in force as it is.
 */
export abstract class Calibrations implements SampleCorrector {
    readonly channels: CalibratedChannel[] = []
    /** Some channel is corrected in another way than {@link schemaEnd} told last. */
    isNew = false
    /** Of the part that is at a reference, not at its place; undefined: none. */
    away: CorrectedSensor | undefined

    /** Slots that held what is no whole record, or did not answer, when the node started. */
    private damaged = 0
    private store!: RecordStore
    private station!: SampledStation
    private readonly isUsed: boolean[] = []
    /** Id of what was taken out of force last: the request may come again. */
    private rolledBack = 0
    private awayUntil = 0
    /** Time between two rows before and since, s. */
    private usualSeconds = 0
    private awaySeconds = 0

    /** Reads all slots, and corrects the samples of these sensors from now on. */
    async load(
        store: RecordStore,
        sensors: CorrectedSensor[],
        station: SampledStation
    ): Promise<void> {
        this.store = store
        this.station = station
        for (const sensor of sensors) this.follow(sensor)
        for (let slot = 0; slot < store.slots; slot++) {
            const bytes = await store.read(slot)
            // No answer, after a wait: the other slots would wait as long. What is in them is not written over.
            if (bytes === undefined) {
                this.damaged++
                break
            }
            const record = getNodeRecord(bytes)
            // What is damaged is not worth keeping.
            this.isUsed.push(record !== undefined)
            if (record !== undefined) this.sortIn(slot, record)
            else if (bytes.length > 1) this.damaged++
        }
    }

    /** Corrects the newest sample of a sensor. */
    correct(sensor: CorrectedSensor): void {
        const { station } = this
        const now = this.clockMs()
        if (this.away !== undefined && now > this.awayUntil) this.bringBack()
        for (const channel of this.channels)
            if (channel.sensor === sensor) {
                if (channel.correct(station.clock, now, station.sinks.rows.samples > 1))
                    this.isNew = true
                if (sensor === this.away) channel.skip()
            }
    }

    /** @returns the record in a slot; undefined: there is none, or it cannot be read */
    async read(slot: number): Promise<Buffer | undefined> {
        if (slot < 0 || slot >= this.store.slots) return undefined
        const bytes = await this.store.read(slot)
        return bytes === undefined || bytes.length < 2 ? undefined : bytes
    }

    /**
     * Keeps a record and takes it into force.
     *
     * @param bytes the record
     * @returns {@link APPLIED}, or REFUSED_… and nothing has changed
     */
    async apply(bytes: Buffer): Promise<number> {
        const record = getNodeRecord(bytes)
        if (record === undefined) return REFUSED_RECORD
        const channel = this.channelOf(record)
        if (channel === undefined || !channel.isFor(record)) return REFUSED_PART
        const current = channel.record
        // Asked again, as when the answer was lost on its way: it is applied.
        // On a node that lost its records, any may come first: its journal restores them.
        if (current !== undefined) {
            if (record.id === current.id) return APPLIED
            if (record.previous !== current.id) return REFUSED_ORDER
        }
        const { min, max } = channel.channel
        if (!record.correction.isMonotonic(min, max)) return REFUSED_SHAPE
        let slot = channel.otherSlot
        if (slot === NO_SLOT) slot = this.isUsed.indexOf(false)
        if (slot === NO_SLOT || !(await this.store.write(slot, bytes))) return REFUSED_STORE
        this.isUsed[slot] = true
        channel.otherSlot = channel.slot
        channel.slot = slot
        channel.record = record
        return APPLIED
    }

    /**
     * Takes a record out of force; the one before it, if there is one, comes back.
     *
     * @param id of the record in force
     * @returns {@link APPLIED}, or REFUSED_… and nothing has changed
     */
    async rollBack(channel: CalibratedChannel, id: number): Promise<number> {
        const { slot, otherSlot, record } = channel
        if (record === undefined || record.id !== id)
            return id === this.rolledBack ? APPLIED : REFUSED_ROLLBACK
        const bytes = await this.read(otherSlot)
        const before = bytes === undefined ? undefined : getNodeRecord(bytes)
        if (!(await this.store.write(slot, NOTHING))) return REFUSED_STORE
        this.isUsed[slot] = false
        channel.slot = before === undefined ? NO_SLOT : otherSlot
        channel.otherSlot = NO_SLOT
        channel.record = before
        this.rolledBack = id
        return APPLIED
    }

    /**
     * A part is somewhere else: the readings of all its channels are gaps until {@link bringBack}, or until that was
     * not said again for two minutes.
     *
     * @param seconds time between two rows meanwhile, if that is less than usual
     */
    takeAway(sensor: CorrectedSensor, seconds: number): void {
        this.awayUntil = this.clockMs() + AWAY_MS
        if (sensor === this.away) return
        this.bringBack()
        this.away = sensor
        const usual = this.station.options.intervalSeconds
        this.usualSeconds = usual
        this.awaySeconds = Math.min(seconds, usual)
        this.station.changeInterval(this.awaySeconds)
    }

    /** The part that was away is at its place again. */
    bringBack(): void {
        if (this.away === undefined) return
        this.away = undefined
        // What a command has set meanwhile stays.
        if (this.station.options.intervalSeconds === this.awaySeconds)
            this.station.changeInterval(this.usualSeconds)
    }

    /** Members of the status record: when the newest calibration was, and what is wrong. */
    statusText(): string {
        let date = 0
        let others = ""
        for (const channel of this.channels) {
            if (channel.record !== undefined) date = Math.max(date, channel.record.date)
            if (channel.isOther()) others = others + " " + channel.name
        }
        return (
            ',"dateLastCalibration":' +
            date +
            (',"damagedCalibrations":' + this.damaged) +
            (',"otherPart":"' + others + '"')
        )
    }

    /** @returns ms */
    protected abstract clockMs(): number

    private follow(sensor: CorrectedSensor): void {
        const { channels } = sensor
        if (sensor.isRaw) return
        sensor.corrector = this
        for (let i = 0; i < channels.length; i++)
            this.channels.push(new CalibratedChannel(sensor, i, channels[i]))
    }

    private channelOf(record: NodeRecord): CalibratedChannel | undefined {
        for (const channel of this.channels) if (channel.name === record.channel) return channel
        return undefined
    }

    /** Of two records of a channel, the one that followed the other is in force. */
    private sortIn(slot: number, record: NodeRecord): void {
        const channel = this.channelOf(record)
        if (channel === undefined) return
        const known = channel.record
        const isNewer =
            known === undefined ||
            record.previous === known.id ||
            (known.previous !== record.id && record.date > known.date)
        channel.otherSlot = isNewer ? channel.slot : slot
        if (!isNewer) return
        channel.slot = slot
        channel.record = record
        // What the readings to come are expected to be made with.
        channel.used = record.id
    }
}

/** In a slot whose record was taken back: it is not gone. */
const NOTHING = Buffer.alloc(1)
