import { MAX_RECORD_BYTES, NodeRecord, getNodeRecord } from "../core/calibration/record.js"
import {
    CalibratedChannel,
    CalibrationClock,
    CorrectedSensor,
    NO_SLOT,
} from "./calibrated-channel.js"

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

/**
 * The calibrations of a node: two slots for each channel, the record in force and the one
 * before it. A new record is written over the older one, so that a power cut leaves the one
 * in force as it is.
 */
export class Calibrations {
    readonly channels: CalibratedChannel[] = []
    /** Slots that held what is no whole record, or did not answer, when the node started. */
    damaged = 0

    private readonly isUsed: boolean[] = []
    /** Id of what was taken out of force last: the request may come again. */
    private rolledBack = 0

    /** Corrects the samples of these sensors from now on; {@link load} finds out how. */
    constructor(
        readonly store: RecordStore,
        sensors: CorrectedSensor[],
        clock: CalibrationClock
    ) {
        for (const sensor of sensors) this.follow(sensor, clock)
    }

    /** Reads all slots. */
    async load(): Promise<void> {
        for (let slot = 0; slot < this.store.slots; slot++) {
            const bytes = await this.store.read(slot)
            // No answer, after a wait: the other slots would wait as long. What is in them is not written over.
            if (bytes === undefined) {
                this.damaged++
                break
            }
            this.isUsed.push(bytes.length > 1)
            if (bytes.length < 2) continue
            const record = getNodeRecord(bytes)
            const channel = record === undefined ? undefined : this.channelOf(record)
            if (record === undefined) {
                this.damaged++
                // There is nothing in it that is worth keeping.
                this.isUsed[slot] = false
            } else if (channel !== undefined) this.sortIn(channel, slot, record)
        }
    }

    /**
     * Keeps a record and takes it into force.
     *
     * @param bytes the record
     * @returns {@link APPLIED}, or REFUSED_… and nothing has changed
     */
    async apply(bytes: Buffer): Promise<number> {
        const record = bytes.length > MAX_RECORD_BYTES ? undefined : getNodeRecord(bytes)
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
        const { min, max } = channel.sensor.channels[channel.index]
        if (!record.correction.isMonotonic(min, max)) return REFUSED_SHAPE
        const slot = channel.otherSlot === NO_SLOT ? this.freeSlot() : channel.otherSlot
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
        const current = channel.record
        if (current === undefined || current.id !== id)
            return id === this.rolledBack ? APPLIED : REFUSED_ROLLBACK
        const other = channel.otherSlot
        let before: NodeRecord | undefined = undefined
        if (other !== NO_SLOT) {
            const bytes = await this.store.read(other)
            if (bytes !== undefined) before = getNodeRecord(bytes)
        }
        if (!(await this.store.write(channel.slot, NOTHING))) return REFUSED_STORE
        this.isUsed[channel.slot] = false
        channel.slot = NO_SLOT
        if (before !== undefined) channel.slot = other
        channel.otherSlot = NO_SLOT
        channel.record = before
        this.rolledBack = id
        return APPLIED
    }

    /** Members of the status record: when the newest calibration was, and what is wrong. */
    statusText(): string {
        let date = 0
        let others = ""
        for (const channel of this.channels) {
            const record = channel.record
            if (record === undefined) continue
            if (record.date > date) date = record.date
            if (channel.isOther()) others = others + (others === "" ? "" : " ") + record.channel
        }
        return (
            (date === 0 ? "" : ',"dateLastCalibration":' + date) +
            (this.damaged === 0 ? "" : ',"damagedCalibrations":' + this.damaged) +
            (others === "" ? "" : ',"otherPart":"' + others + '"')
        )
    }

    private follow(sensor: CorrectedSensor, clock: CalibrationClock): void {
        const own: CalibratedChannel[] = []
        for (let i = 0; i < sensor.channels.length; i++) {
            const channel = new CalibratedChannel(sensor, i)
            own.push(channel)
            this.channels.push(channel)
        }
        const inspect = sensor.inspect
        sensor.inspect = () => {
            if (inspect !== undefined) inspect()
            for (const channel of own) channel.correct(clock)
        }
    }

    private channelOf(record: NodeRecord): CalibratedChannel | undefined {
        for (const channel of this.channels)
            if (channel.sensor.channels[channel.index].name === record.channel) return channel
        return undefined
    }

    /** Of two records of a channel, the one that followed the other is in force. */
    private sortIn(channel: CalibratedChannel, slot: number, record: NodeRecord): void {
        const known = channel.record
        const isNewer =
            known === undefined ||
            record.previous === known.id ||
            (known.previous !== record.id && record.date > known.date)
        if (isNewer) {
            channel.otherSlot = channel.slot
            channel.slot = slot
            channel.record = record
            // What the readings to come are expected to be made with.
            channel.used = record.id
        } else channel.otherSlot = slot
    }

    private freeSlot(): number {
        for (let slot = 0; slot < this.isUsed.length; slot++) if (!this.isUsed[slot]) return slot
        return NO_SLOT
    }
}

/** In a slot whose record was taken back: it is not gone. */
const NOTHING = Buffer.alloc(1)
